import { cheapestCredits } from "../catalog/combinations.ts";
import type { Entry } from "../catalog/entry.ts";
import { discounted } from "../ledger/discounts.ts";
import { nextMoscowDay, nextMoscowHour } from "../ledger/moscow.ts";
import type { Kopecks } from "../shared/kopecks.ts";
import type { ActivePromo } from "./money/types.ts";
import type { Facts } from "./types.ts";

/** Why a generation costs less than its price. One reason at a time: discounts are never added up. */
export type Offer = { kind: "free" } | { kind: "discount"; code: string; percent: number };

/** The free tier as it stands for one person at this moment. */
export interface FreeFacts {
  /** Entries whose cheapest generation may cost nothing. */
  entryKeys: readonly string[];
  /** 0: there is no free tier. */
  perDay: number;
  perHour: number;
  usedToday: number;
  usedThisHour: number;
}

/** What may reduce a price: read with every step. */
export interface OfferFacts {
  /** Discounts and top-up bonuses that are not used up; those whose time is over are left out. */
  promos: readonly ActivePromo[];
  free: FreeFacts;
}

/**
 * The one offer that holds for a generation: a free try, else the greatest discount. Nothing is taken in the modes that
 * charge nothing, so nothing is used up there.
 */
export function offerFor(entry: Entry, quoted: { credits: string; kopecks: Kopecks }, facts: Facts): Offer | null {
  if (facts.mode !== "real" || quoted.kopecks === 0n || facts.offers === undefined) return null;
  if (isInFreeTier(entry, quoted.credits, facts) && freeLeft(facts.offers.free) > 0) return { kind: "free" };
  return bestDiscount(facts);
}

/**
 * Equal discounts: one that only time ends goes first, because it costs nothing to use it.
 *
 * @param scope Of `many` generations at once each gets the discount, so only those count that are not used up by one.
 */
export function bestDiscount(
  { offers, mode }: Facts,
  scope: "one" | "many" = "one",
): Extract<Offer, { kind: "discount" }> | null {
  if (mode !== "real") return null;
  const [best] = (offers?.promos ?? [])
    .filter((promo) => promo.kind === "discount" && promo.percent !== null)
    .filter((promo) => scope === "one" || promo.generationsLeft === null)
    .toSorted(
      (a, b) =>
        (b.percent ?? 0) - (a.percent ?? 0) || Number(a.until === null) - Number(b.until === null) || order(a, b),
    );
  return best === undefined ? null : { kind: "discount", code: best.code, percent: best.percent ?? 0 };
}

const order = (a: ActivePromo, b: ActivePromo): number => (a.code < b.code ? -1 : 1);

export function isSameOffer(a: Offer | null, b: Offer | null): boolean {
  if (a?.kind !== "discount" || b?.kind !== "discount") return a?.kind === b?.kind;
  return a.code === b.code && a.percent === b.percent;
}

/** What has to be paid under an offer. */
export function payable(full: Kopecks, offer: Offer | null): Kopecks {
  if (offer === null) return full;
  return offer.kind === "free" ? 0n : discounted(full, offer.percent);
}

/** Free tries left: the day's, and no more than the hour allows. */
export function freeLeft({ perDay, perHour, usedToday, usedThisHour }: FreeFacts): number {
  return Math.max(0, Math.min(perDay - usedToday, perHour - usedThisHour));
}

/** When the next free try comes, once none is left. */
export function freeAgainAt({ perDay, usedToday }: FreeFacts, now: Date): Date {
  return usedToday >= perDay ? nextMoscowDay(now) : nextMoscowHour(now);
}

/** Whether a generation is one that the free tier is for, whatever is left of it: dearer options cost. */
export function isInFreeTier(entry: Entry, credits: string, { offers }: Facts): boolean {
  if (offers === undefined || offers.free.perDay === 0 || !offers.free.entryKeys.includes(entry.key)) return false;
  return Number(credits) <= leastCredits(entry);
}

/** Entries are never changed once loaded, and their combinations are many. */
const least = new WeakMap<Entry, number>();
function leastCredits(entry: Entry): number {
  const known = least.get(entry) ?? cheapestCredits(entry);
  least.set(entry, known);
  return known;
}
