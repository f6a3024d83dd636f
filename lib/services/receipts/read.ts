import { type ReceiptToRead, receiptToRead, storeReading } from "../../db/receipts.ts";
import { scoreOf } from "../../ledger/receipt-score.ts";
import { probePicture } from "../../media/picture.ts";
import { extractReading } from "../../receipts/extract.ts";
import { operationNumberOf } from "../../receipts/numbers.ts";
import { ReceiptUnreadable, readPdf, readPicture } from "../../receipts/read.ts";
import { TELEGRAM_FILE_MEGABYTES } from "../../shared/media.ts";
import { FileTooLarge } from "../../telegram/download.ts";
import { TelegramFailure } from "../../telegram/failure.ts";
import { fetchFile } from "../../telegram/files.ts";
import type { App } from "../app.ts";
import { finish, giveUpReceipt } from "./finish.ts";

const MAX_BYTES = TELEGRAM_FILE_MEGABYTES * 1_000_000;
/** A small file can unfold into a huge picture; a photo of a paper receipt has 12 million pixels. */
const MAX_PIXELS = 24_000_000;
/** Of real time, for the reading alone. */
const READING_MS = 45_000;

/**
 * Reads a stored receipt: its file from Telegram, its text, what the text says, how well that fits the request, and
 * whether it was seen before; then the admins' cards are drawn again. Once: a repeat, a doubled job or a second reader
 * changes nothing. What is read is a hint for the admin and moves no money; a file that can not be read only leaves the
 * request without a score.
 *
 * @returns `done` when nothing was left to do.
 * @throws (rejects) when Telegram or the database did not answer: to be tried again.
 */
export async function readReceipt(app: App, receiptId: string): Promise<"read" | "unreadable" | "done"> {
  const receipt = await receiptToRead(app.database, receiptId);
  if (receipt === null) return "done";
  const startedAt = app.clock.now();
  const seen = await look(app, receiptId, receipt);
  if (seen === null) return await giveUpReceipt(app, receiptId);
  const reading = extractReading(seen.text, app.config.BANK_REQUISITES);
  const score = scoreOf(reading, receipt);
  await storeReading(app.database, {
    receiptId,
    reading,
    score,
    pictureHash: seen.pictureHash,
    operationNumber: operationNumberOf(reading.numbers),
  });
  const result = await finish(app, receiptId, "read");
  const tookMs = app.clock.now().getTime() - startedAt.getTime();
  app.log.info("receipt.read", { receiptId, score, sums: reading.sums.length, tookMs });
  return result;
}

/** The file's text and look; null when it is none that can be read, for good. */
async function look(
  app: App,
  receiptId: string,
  receipt: ReceiptToRead,
): Promise<{ text: string; pictureHash: string | null } | null> {
  try {
    const { bytes } = await fetchFile(app.telegram, receipt.telegramFileId, MAX_BYTES);
    const signal = AbortSignal.timeout(READING_MS);
    if (receipt.kind === "pdf") return { text: await readPdf(bytes, { signal }), pictureHash: null };
    const facts = probePicture(bytes);
    if (facts === null || (facts.width ?? 0) * (facts.height ?? 0) > MAX_PIXELS) return null;
    return await readPicture(bytes, { dataFolder: app.config.RECEIPT_OCR_DATA, signal });
  } catch (error) {
    const isRefused = error instanceof TelegramFailure && error.outcome === "refused" && error.code === 400;
    if (!isRefused && !(error instanceof ReceiptUnreadable) && !(error instanceof FileTooLarge)) throw error;
    app.log.warn("receipt.unreadable", { receiptId, error });
    return null;
  }
}
