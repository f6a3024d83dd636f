/** A bank transfer is decided once: every step is a guarded update from `pending` (and `reversed` from `approved`). */
export const BANK_REQUEST_STATUSES = ["pending", "approved", "rejected", "expired", "cancelled", "reversed"] as const;
export type BankRequestStatus = (typeof BANK_REQUEST_STATUSES)[number];

/** A payment in Stars. `refunding`: an admin ordered its refund, and Telegram has not said yet that it is done. */
export const STAR_STATUSES = ["credited", "refunding", "refunded"] as const;
export type StarStatus = (typeof STAR_STATUSES)[number];

/** `bonus`: a fixed sum now. `topup`: per cent on the next top-up. `discount`: per cent off generations. */
export const PROMO_KINDS = ["bonus", "topup", "discount"] as const;
export type PromoKind = (typeof PROMO_KINDS)[number];

/** Whether a promo code can be entered, linked to and put into a button. */
export function isPromoCode(text: string): boolean {
  return /^[A-Z0-9_-]{3,24}$/.test(text);
}

/** Why a transfer is not credited, by buttons; any other reason is typed. The order is part of old buttons. */
export const REJECT_REASONS = ["not-arrived", "wrong-sum", "fake"] as const;
export type RejectReason = (typeof REJECT_REASONS)[number];

/** What was read from a receipt. Never a proof: letters and digits can be painted. */
export interface ReceiptReading {
  /** Sums found, in kopecks as decimal strings, the likeliest first. */
  sums: readonly string[];
  /** Moment of the payment as written, Moscow time: `2026-11-21T14:05:00+03:00`, or the day alone; null = none found. */
  paidAt: string | null;
  /** Document or operation numbers. */
  numbers: readonly string[];
}

/** An earlier receipt, of anybody, that looks like this one. */
export interface ReceiptDuplicate {
  receiptId: string;
  requestId: string;
  userId: number;
  by: "bytes" | "file" | "operation" | "picture";
}

export const FINDING_KINDS = [
  /** Σ transfers of an account and the cached balance differ. */
  "balance",
  /** A hold is older than its generation's deadline. */
  "stale-hold",
  /** KIE took other credits than the price was made from. */
  "credits",
  /** Telegram's list has a payment, or a refund, that we have not, or the other way round. */
  "stars",
] as const;
export type FindingKind = (typeof FINDING_KINDS)[number];
