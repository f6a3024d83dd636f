import type { PromoCodeFacts } from "../../conversation/admin/promo-types.ts";
import { endPromo, insertPromos, type NewPromo, selectPromo, selectPromos } from "../../db/promo-codes.ts";
import { isPromoCode } from "../../ledger/payments.ts";
import { addSeconds } from "../../shared/clock.ts";
import { randomId } from "../../shared/ids.ts";
import type { App } from "../app.ts";

const DAY_SECONDS = 86_400;

/** A code nobody can guess: 16 characters, 82 bits. */
export function makePromoCode(): string {
  return randomId(16).toUpperCase();
}

/** What an admin asks for; `daysOpen`: until nobody can enter it any more, null = for ever. */
export type PromoWish = Omit<NewPromo, "expiresAt" | "createdBy"> & { daysOpen: number | null };

/**
 * Makes a code. Safe to repeat: one that exists stays as it is.
 * @returns `taken` when the code exists already, `invalid` when it could do nothing or give more than all.
 */
export async function createPromo(
  app: App,
  adminId: number,
  wish: PromoWish,
): Promise<"created" | "taken" | "invalid"> {
  if (!isPossible(wish)) return "invalid";
  const { daysOpen, ...promo } = wish;
  const now = app.clock.now();
  const expiresAt = daysOpen === null ? null : addSeconds(now, daysOpen * DAY_SECONDS);
  const made = await insertPromos(app.database, [{ ...promo, expiresAt, createdBy: adminId }], now);
  return made.length > 0 ? "created" : "taken";
}

/** Each kind has what it needs and nothing else. */
function isPossible({ code, kind, kopecks, percent, generations, days, cap }: PromoWish): boolean {
  if (!isPromoCode(code) || (cap !== null && cap < 1)) return false;
  const isPercent = percent !== null && percent >= 1 && percent <= 100;
  switch (kind) {
    case "bonus":
      return kopecks !== null && kopecks > 0n && percent === null && generations === null && days === null;
    case "topup":
      return isPercent && kopecks === null && generations === null && days === null;
    case "discount":
      return (
        isPercent && kopecks === null && (generations === null) !== (days === null) && (generations ?? days ?? 0) > 0
      );
  }
}

/** Codes that can be entered, or those that are closed or over; the newest first. `page` counts from 0. */
export async function listPromos(
  app: App,
  input: { isClosed: boolean; page: number; pageSize: number },
): Promise<{ codes: PromoCodeFacts[]; pages: number }> {
  return await selectPromos(app.database, { ...input, now: app.clock.now() });
}

/** One code as it stands, or null. */
export async function readPromo(app: App, code: string): Promise<PromoCodeFacts | null> {
  return await selectPromo(app.database, code);
}

/** Nobody can enter the code from now on; discounts that people have stay theirs. @returns false when it was not open. */
export async function closePromo(app: App, code: string): Promise<boolean> {
  return await endPromo(app.database, code, app.clock.now());
}
