import { moscowDay } from "../../ledger/moscow.ts";
import type { Kopecks } from "../../shared/kopecks.ts";
import type { Language } from "../../shared/localized.ts";
import { cut, oneLine } from "../view-parts.ts";
import type { AdjustDraft, StarsPayment, UserCard, UserGeneration, UserPayment } from "./user-types.ts";

/** What one order may move: more is a slip of the hand. */
export const MOST_KOPECKS = 100_000_000n;
export const MOST_REASON = 200;
/** Longer words find nobody. */
export const MOST_QUERY = 64;

/** "100", "1 000,50", "99.9 ₽" as typed, in kopecks; null for anything that is not a sum above zero. */
export function readRoubles(text: string): Kopecks | null {
  const plain = text
    .trim()
    .replace(/\s*(?:₽|руб(?:\.|лей|ля|ль)?|р\.?|rub(?:les|le)?)$/iu, "")
    .replace(/(?<=\d)[\s\u00a0](?=\d{3}(?:\D|$))/g, "");
  const read = /^(\d{1,9})(?:[.,](\d{1,2}))?$/.exec(plain);
  if (read === null) return null;
  const kopecks = BigInt(read[1] ?? "0") * 100n + BigInt((read[2] ?? "").padEnd(2, "0"));
  return kopecks > 0n ? kopecks : null;
}

/** Balances after the draft; null when the account has less. A credit pays the debt first, as the ledger does. */
export function balancesAfter(
  card: Pick<UserCard, "mainKopecks" | "bonusKopecks" | "debtKopecks">,
  { direction, account }: Pick<AdjustDraft, "direction" | "account">,
  kopecks: Kopecks,
): { mainKopecks: Kopecks; bonusKopecks: Kopecks; debtKopecks: Kopecks } | null {
  const { mainKopecks, bonusKopecks, debtKopecks } = card;
  const paid = direction === "debit" ? 0n : debtKopecks < kopecks ? debtKopecks : kopecks;
  const change = direction === "debit" ? -kopecks : kopecks - paid;
  const after = {
    mainKopecks: mainKopecks + (account === "main" ? change : 0n),
    bonusKopecks: bonusKopecks + (account === "bonus" ? change : 0n),
    debtKopecks: debtKopecks - paid,
  };
  return after.mainKopecks < 0n || after.bonusKopecks < 0n ? null : after;
}

/** Balances after a payment is taken back, as the ledger does it: main money first, then bonus, and the rest is debt. */
export function balancesAfterRefund(
  { mainKopecks, bonusKopecks, debtKopecks }: Pick<UserCard, "mainKopecks" | "bonusKopecks" | "debtKopecks">,
  kopecks: Kopecks,
): { mainKopecks: Kopecks; bonusKopecks: Kopecks; debtKopecks: Kopecks } {
  const main = mainKopecks < kopecks ? mainKopecks : kopecks;
  const bonus = bonusKopecks < kopecks - main ? bonusKopecks : kopecks - main;
  return {
    mainKopecks: mainKopecks - main,
    bonusKopecks: bonusKopecks - bonus,
    debtKopecks: debtKopecks + kopecks - main - bonus,
  };
}

/** Whether its Stars can be sent back. A refund that Telegram did not answer can be ordered again. */
export function isStarsRefundable(payment: UserPayment): payment is StarsPayment {
  return payment.kind === "stars" && payment.status !== "refunded";
}

/** Whether an admin can give back what it cost: it was paid for, it is over, and nothing was given back yet. */
export function isRefundable({ state, chargedKopecks, refundedKopecks }: UserGeneration): boolean {
  const isOver = state === "delivered" || state === "undeliverable";
  return isOver && chargedKopecks !== null && chargedKopecks > 0n && refundedKopecks === 0n;
}

/** Whether there is a result to send. */
export function isSendable({ state }: UserGeneration): boolean {
  return state === "delivered" || state === "undeliverable";
}

/** Moscow day with its year: "20.11.2026", "2026-11-20". */
export function dayOf(date: Date, language: Language): string {
  const day = moscowDay(date);
  return language === "ru" ? day.split("-").toReversed().join(".") : day;
}

/** "Анна (@anna)". */
export function nameOf({ firstName, username }: Pick<UserCard, "firstName" | "username">): string {
  const name = oneLine(firstName, 64);
  return username === null ? name : `${name} (@${cut(username, 32)})`;
}
