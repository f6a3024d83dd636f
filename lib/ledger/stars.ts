import type { Kopecks } from "../shared/kopecks.ts";

/** As much as one invoice may ask for. */
export const MAX_INVOICE_STARS = 10_000;

/** A rate of kopecks per Star as a fraction: `kopecks` ÷ `per`. */
function rateOf(starsToRub: string): { kopecks: bigint; per: bigint } {
  const [whole = "", fraction = ""] = starsToRub.split(".");
  return { kopecks: BigInt(whole + fraction) * 100n, per: 10n ** BigInt(fraction.length) };
}

/**
 * What a sum costs in Stars, rounded up to a whole one.
 *
 * @param starsToRub roubles that one Star is worth: a plain decimal above zero, as the configuration has checked it.
 */
export function starsFor(kopecks: Kopecks, starsToRub: string): number {
  const rate = rateOf(starsToRub);
  return Number((kopecks * rate.per + rate.kopecks - 1n) / rate.kopecks);
}

/** What Stars are worth where no order says it, rounded down to the kopeck; never nothing. */
export function kopecksOfStars(stars: number, starsToRub: string): Kopecks {
  const rate = rateOf(starsToRub);
  const kopecks = (BigInt(stars) * rate.kopecks) / rate.per;
  return kopecks > 0n ? kopecks : 1n;
}
