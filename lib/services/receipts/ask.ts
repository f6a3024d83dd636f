import type { App } from "../app.ts";

/** The admins' cards are sent meanwhile: they have to be there when what was read is drawn into them. */
const HEAD_START_SECONDS = 3;

/**
 * Wakes the function that reads receipts. A wake-up that gets lost is made good by the sweeper.
 *
 * @param attempt tells one wake-up of a receipt from the next, for the queue's deduplication.
 * @throws QueueFailure
 */
export async function askToRead(app: App, receiptId: string, attempt = 0): Promise<void> {
  await app.queue.publish(
    { name: "read-receipt", receiptId },
    { delaySeconds: HEAD_START_SECONDS, deduplicationId: `receipt:${receiptId}:${attempt}` },
  );
}
