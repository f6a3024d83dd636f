import { alertText } from "../../conversation/alerts.ts";
import { modelHiddenView, modelWorksView, syncReportView } from "../../conversation/notices.ts";
import type { RichText, View } from "../../conversation/types.ts";
import { closeOutbox, leaseOutbox, type OutboxMessage } from "../../db/outbox.ts";
import { LEASE_SECONDS } from "../../generation/schedule.ts";
import { addSeconds } from "../../shared/clock.ts";
import { toMessage } from "../../telegram/view-message.ts";
import { adminNews } from "../admin/news.ts";
import type { App } from "../app.ts";
import { withCatalog } from "../catalog/current.ts";
import { sendReceiptCard } from "../payments/bank-cards.ts";
import { bankMessage } from "../payments/bank-news.ts";
import { starsRefunded, toppedUp } from "../payments/payment-views.ts";
import { booksView } from "./books.ts";

const BATCH = 20;
const MAX_ATTEMPTS = 10;

/** Sends what is owed to people without a generation. A message that Telegram refuses for good is given up and logged. */
export async function sendOutbox(app: App): Promise<number> {
  const now = app.clock.now();
  const messages = await leaseOutbox(app.database, { now, leaseUntil: addSeconds(now, LEASE_SECONDS), limit: BATCH });
  let sent = 0;
  for (const message of messages) {
    try {
      if (message.kind === "receipt-card") await sendReceiptCard(app, message);
      const view = await viewOf(await withCatalog(app, message.catalogRevision), message);
      if (view !== null) {
        await app.telegram.call("sendMessage", { chat_id: message.userId, ...toMessage(view, 0) });
      }
      await closeOutbox(app.database, { id: message.id, sentAt: app.clock.now() });
      sent += 1;
    } catch (error) {
      app.log.error("outbox.not-sent", { outboxId: message.id, kind: message.kind, attempts: message.attempts, error });
      if (message.attempts >= MAX_ATTEMPTS) await closeOutbox(app.database, { id: message.id, sentAt: null });
    }
  }
  return sent;
}

/** Null for news of a model that is not in the catalog any more: there is nothing left to tell. */
async function viewOf(app: App, message: OutboxMessage): Promise<View | null> {
  const { kind, payload, language } = message;
  const to = language ?? "ru";
  switch (kind) {
    case "sync-report":
      return syncReportView({ counts: countsIn(payload["counts"]), models: Number(payload["models"] ?? 0) }, to);
    case "model-hidden":
    case "model-works": {
      const found = app.catalog.entry(String(payload["entryKey"]));
      if (found === undefined) return null;
      return kind === "model-hidden" ? modelHiddenView(found, to) : modelWorksView(found, to);
    }
    case "balance-adjusted":
    case "generation-refunded":
      return adminNews({ kind, payload }, to);
    case "receipt-card":
      return null;
    case "bank-expired":
    case "bank-rejected":
    case "bank-reversed":
    case "receipt-late":
      return bankMessage({ kind, payload }, to);
    case "topped-up":
      return await toppedUp(app, message);
    case "stars-refunded":
      return starsRefunded(message);
    case "finding":
    case "reconciled":
    case "late-holds":
    case "referral-reward":
      return booksView(app, { kind, payload }, to);
    default:
      return { text: alertOf(kind, payload), keyboard: [] };
  }
}

function alertOf(kind: string, payload: OutboxMessage["payload"]): RichText {
  const { name, code, generationId, entryKey, isPause } = payload;
  return alertText({
    name: String(name ?? kind),
    code: code === null || code === undefined ? null : String(code),
    generationId: generationId === undefined ? null : String(generationId),
    entryKey: entryKey === undefined ? null : String(entryKey),
    isPause: isPause === true,
  });
}

function countsIn(counts: unknown): Record<string, number> {
  if (typeof counts !== "object" || counts === null) return {};
  return Object.fromEntries(Object.entries(counts).map(([kind, count]) => [kind, Number(count)]));
}
