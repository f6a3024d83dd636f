import { waitingReceipts } from "../../db/receipts.ts";
import { addSeconds, MINUTE_MS } from "../../shared/clock.ts";
import type { App } from "../app.ts";
import { askToRead } from "./ask.ts";
import { giveUpReceipt } from "./finish.ts";

/** Reading takes seconds; one that still waits after this time lost its wake-up, or its reader was killed. */
const LATE_SECONDS = 5 * 60;
/** After this an admin should not wait for a score any longer. */
const GIVE_UP_SECONDS = 30 * 60;
/** Bounds the search; the sweeper looks every few minutes. */
const LOOK_BACK_SECONDS = 7 * 24 * 3_600;
const BATCH = 20;

/** The sweeper's part: wakes the reader again for receipts that wait too long, and gives up on those that always did. */
export async function wakeReceipts(app: App): Promise<number> {
  const now = app.clock.now();
  const waiting = await waitingReceipts(app.database, {
    since: addSeconds(now, -LOOK_BACK_SECONDS),
    before: addSeconds(now, -LATE_SECONDS),
    limit: BATCH,
  });
  for (const { receiptId, createdAt } of waiting) {
    try {
      if (createdAt <= addSeconds(now, -GIVE_UP_SECONDS)) await giveUpReceipt(app, receiptId);
      else await askToRead(app, receiptId, Math.floor(now.getTime() / MINUTE_MS));
    } catch (error) {
      app.log.warn("receipt.wake-failed", { receiptId, error });
    }
  }
  return waiting.length;
}
