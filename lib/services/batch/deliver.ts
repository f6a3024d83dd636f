import { batchDoneText, batchResultView } from "../../conversation/batch/views.ts";
import type { Facts } from "../../conversation/types.ts";
import { markBatchTold, postponeBatch, saveBatchMessage } from "../../db/batch-delivery.ts";
import type { OwnedBatch } from "../../db/batch-json.ts";
import { setReachable } from "../../db/dialogues.ts";
import { type GenerationEvent, transition } from "../../generation/life-cycle.ts";
import { deliveryRetryAt } from "../../generation/schedule.ts";
import { telegramKind, toFault } from "../../telegram/failure.ts";
import { placeText } from "../../telegram/place-text.ts";
import { toMessage } from "../../telegram/view-message.ts";
import type { App } from "../app.ts";
import { archiveDueAt, wakeArchive } from "../archive/plan.ts";
import { wakeBatch } from "./advance.ts";
import { batchFacts, batchOwnerFacts } from "./facts.ts";
import { sendFiles } from "./send-files.ts";

/** Tries before a batch counts as undeliverable; with the growing waits about three hours. */
const MAX_ATTEMPTS = 25;

/**
 * Gives the user all of a batch. The caller holds the lease. First a short text, so that the phone rings; its id is
 * stored, then it is edited into what came of the whole, and the albums follow below it. What has arrived is remembered
 * album by album, so that whoever goes on after a crash sends the rest. Never throws for Telegram's sake: what could not
 * be done now is owed and planned.
 */
export async function deliverBatch(app: App, batch: OwnedBatch): Promise<void> {
  if (batch.toldAt !== null || batch.remaining > 0) return;
  const facts = batchOwnerFacts(app, batch);
  try {
    const doneMessageId = batch.doneMessageId ?? (await ring(app, batch, facts));
    const shown = batchFacts(batch);
    const messageId = await placeText(app.telegram, {
      chatId: batch.userId,
      messageId: doneMessageId,
      message: toMessage(batchResultView({ ...shown, isTold: true }, facts, app.catalog), 0),
    });
    // Where the user removed the message, the albums of the next try belong to the new one.
    if (messageId !== doneMessageId) await saveBatchMessage(app.database, { batchId: batch.id, messageId });
    const files = await sendFiles(app, batch, facts, messageId);
    const items = told(batch, "delivered");
    const now = app.clock.now();
    await markBatchTold(app.database, { batchId: batch.id, items, files, now, archiveDueAt: archiveDueAt(app) });
    app.log.info("batch.delivered", { batchId: batch.id, size: batch.size });
    retireStatus(app, batch);
    wakeArchive(app, resultsOf(batch));
  } catch (error) {
    await handleError(app, batch, error);
  }
}

async function ring(app: App, batch: OwnedBatch, facts: Facts): Promise<number> {
  const message = toMessage({ text: batchDoneText(batchFacts(batch), facts, app.catalog), keyboard: [] }, 0);
  const sent = await app.telegram.call("sendMessage", { chat_id: batch.userId, ...message });
  await saveBatchMessage(app.database, { batchId: batch.id, messageId: sent.message_id });
  return sent.message_id;
}

/** What each item is from now on: a success is delivered or undeliverable, everything else stays what it is. */
function told(batch: OwnedBatch, event: Extract<GenerationEvent, "delivered" | "unreachable">) {
  return batch.items.map(({ id, state }) => ({
    generationId: id,
    from: state,
    to: transition(state, event)?.to ?? state,
  }));
}

const resultsOf = ({ items }: OwnedBatch): string[] =>
  items.filter(({ state }) => state === "succeeded").map(({ id }) => id);

/** Blocked is final, everything else is tried again later. */
async function handleError(app: App, batch: OwnedBatch, error: unknown): Promise<void> {
  const kind = telegramKind(error);
  app.log.warn("batch.not-told", { batchId: batch.id, attempts: batch.deliveryAttempts, kind, error });
  const now = app.clock.now();
  const isUnreachable = kind === "blocked" || kind === "chat-gone";
  if (isUnreachable || batch.deliveryAttempts >= MAX_ATTEMPTS) {
    const items = told(batch, "unreachable");
    await markBatchTold(app.database, { batchId: batch.id, items, files: [], now, archiveDueAt: archiveDueAt(app) });
    wakeArchive(app, resultsOf(batch));
    if (isUnreachable) await setReachable(app.database, batch.userId, false);
    return;
  }
  const retryAt = deliveryRetryAt(now, batch.deliveryAttempts, toFault(error).retryAfterSeconds);
  await postponeBatch(app.database, { batchId: batch.id, retryAt });
  const delaySeconds = Math.ceil((retryAt.getTime() - now.getTime()) / 1000);
  await wakeBatch(app, batch.id, { delaySeconds, slot: `tell-${batch.deliveryAttempts}` });
}

/** Takes away the message that showed the progress: its news stands in a message of its own now. */
function retireStatus(app: App, { statusMessageId, userId }: OwnedBatch): void {
  if (statusMessageId === null) return;
  app.defer("retire status message", async () => {
    await app.telegram.call("deleteMessage", { chat_id: userId, message_id: statusMessageId });
  });
}
