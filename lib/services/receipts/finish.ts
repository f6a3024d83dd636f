import { finishReceipt } from "../../db/receipts.ts";
import { DAY_MS } from "../../shared/clock.ts";
import type { App } from "../app.ts";
import { redrawReceiptCards } from "../payments/bank-cards.ts";

/** Near-identical pictures are looked for among the receipts of so many days. */
const PICTURE_DAYS = 90;

/** Ends the wait for a receipt that could not be read; the request goes on without a score. */
export async function giveUpReceipt(app: App, receiptId: string): Promise<"unreadable" | "done"> {
  return await finish(app, receiptId, "unreadable");
}

/** Ends the reading of a receipt, once, and draws the admins' cards again. @returns `done` when it was ended before. */
export async function finish<Status extends "read" | "unreadable">(
  app: App,
  receiptId: string,
  status: Status,
): Promise<Status | "done"> {
  const picturesSince = new Date(app.clock.now().getTime() - PICTURE_DAYS * DAY_MS);
  const finished = await finishReceipt(app.database, { receiptId, status, picturesSince });
  if (finished === null) return "done";
  if (finished.duplicates.length > 0) {
    app.log.warn("receipt.duplicate", { receiptId, by: finished.duplicates.map(({ by }) => by) });
  }
  await redrawReceiptCards(app, finished.requestId);
  return status;
}
