import type { Kopecks } from "../shared/kopecks.ts";
import type { ReceiptReading } from "./payments.ts";

/** What was expected of a receipt. */
export interface ExpectedPayment {
  payKopecks: Kopecks;
  /** When the transfer was announced. */
  createdAt: Date;
  /** When the receipt came. */
  receivedAt: Date;
}

/** What a reading says for its request; each is a hint for the admin, none is a proof. */
export interface ReceiptFlags {
  /** `first`: the likeliest sum is the one to pay, to the kopeck. `listed`: another sum on it is. */
  sum: "first" | "listed" | "other" | "none";
  /** `day`: only the date is written, and it is the right one. */
  time: "within" | "day" | "outside" | "none";
  hasNumbers: boolean;
}

/** Clocks differ, and a receipt rounds down to the minute. */
const EARLY_MS = 2 * 60_000;
const LATE_MS = 5 * 60_000;
const DAY_MS = 24 * 3_600_000;
/** Moscow is three hours ahead of UTC all year. */
const MOSCOW_MS = 3 * 3_600_000;

const SUM_POINTS = { first: 60, listed: 40, other: 0, none: 0 } as const satisfies Record<ReceiptFlags["sum"], number>;
const TIME_POINTS = { within: 25, day: 10, outside: 0, none: 0 } as const satisfies Record<
  ReceiptFlags["time"],
  number
>;
const NUMBER_POINTS = 15;

/** Compares what was read with what was expected. */
export function receiptFlags(reading: ReceiptReading, expected: ExpectedPayment): ReceiptFlags {
  return { sum: sumFlag(reading, expected), time: timeFlag(reading, expected), hasNumbers: reading.numbers.length > 0 };
}

/** 0 to 100: how well a reading fits its request. For the admin's eyes; money never depends on it. */
export function scoreOf(reading: ReceiptReading, expected: ExpectedPayment): number {
  const { sum, time, hasNumbers } = receiptFlags(reading, expected);
  return SUM_POINTS[sum] + TIME_POINTS[time] + (hasNumbers ? NUMBER_POINTS : 0);
}

function sumFlag({ sums }: ReceiptReading, { payKopecks }: ExpectedPayment): ReceiptFlags["sum"] {
  const wanted = String(payKopecks);
  if (sums[0] === undefined) return "none";
  if (sums[0] === wanted) return "first";
  return sums.includes(wanted) ? "listed" : "other";
}

function timeFlag({ paidAt }: ReceiptReading, { createdAt, receivedAt }: ExpectedPayment): ReceiptFlags["time"] {
  if (paidAt === null) return "none";
  const paid = Date.parse(paidAt);
  if (Number.isNaN(paid)) return "none";
  const isDay = !paidAt.includes("T");
  if (isDay) {
    const dayOf = (date: Date) => Math.floor((date.getTime() + MOSCOW_MS) / DAY_MS) * DAY_MS;
    return paid >= dayOf(createdAt) && paid <= dayOf(receivedAt) ? "day" : "outside";
  }
  const isWithin = paid >= createdAt.getTime() - EARLY_MS && paid <= receivedAt.getTime() + LATE_MS;
  return isWithin ? "within" : "outside";
}
