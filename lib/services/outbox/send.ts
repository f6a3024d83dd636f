import { alertText } from "../../conversation/alerts.ts";
import { closeOutbox, leaseOutbox, type OutboxMessage } from "../../db/outbox.ts";
import { LEASE_SECONDS } from "../../generation/schedule.ts";
import { addSeconds } from "../../shared/clock.ts";
import { toMessage } from "../../telegram/view-message.ts";
import type { App } from "../app.ts";

const BATCH = 20;
const MAX_ATTEMPTS = 10;

/** Sends what is owed to people without a generation. A message that Telegram refuses for good is given up and logged. */
export async function sendOutbox(app: App): Promise<number> {
  const now = app.clock.now();
  const messages = await leaseOutbox(app.database, { now, leaseUntil: addSeconds(now, LEASE_SECONDS), limit: BATCH });
  let sent = 0;
  for (const message of messages) {
    try {
      await app.telegram.call("sendMessage", {
        chat_id: message.userId,
        ...toMessage({ text: textOf(message), keyboard: [] }, 0),
      });
      await closeOutbox(app.database, { id: message.id, sentAt: app.clock.now() });
      sent += 1;
    } catch (error) {
      app.log.error("outbox.not-sent", { outboxId: message.id, kind: message.kind, attempts: message.attempts, error });
      if (message.attempts >= MAX_ATTEMPTS) await closeOutbox(app.database, { id: message.id, sentAt: null });
    }
  }
  return sent;
}

function textOf(message: OutboxMessage) {
  const { name, code, generationId, entryKey } = message.payload;
  return alertText({
    name: String(name ?? message.kind),
    code: code === null || code === undefined ? null : String(code),
    generationId: generationId === undefined ? null : String(generationId),
    entryKey: entryKey === undefined ? null : String(entryKey),
  });
}
