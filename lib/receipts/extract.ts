import type { ReceiptReading } from "../ledger/payments.ts";
import { toLines } from "./lines.ts";
import { momentIn } from "./moments.ts";
import { numbersIn } from "./numbers.ts";
import { sumsIn } from "./sums.ts";

/** Longer texts are no receipts; the rest is not looked at. */
const MAX_LENGTH = 20_000;
const MAX_LINES = 400;
const MAX_LINE = 300;

/**
 * What a receipt's text says: sums, moment, numbers. Pure; any text is taken, an empty one gives an empty reading.
 * The text comes from a stranger's picture: nothing in it is followed, it is only searched for figures.
 *
 * @param payee our own requisites: their figures stand on every receipt and say nothing about this one.
 */
export function extractReading(text: string, payee = ""): ReceiptReading {
  const lines = toLines(text.slice(0, MAX_LENGTH))
    .slice(0, MAX_LINES)
    .map((line) => line.slice(0, MAX_LINE));
  return { sums: sumsIn(lines), paidAt: momentIn(lines), numbers: numbersIn(lines, payee) };
}
