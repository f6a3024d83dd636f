import type { Kopecks } from "../shared/kopecks.ts";

/** A discount leaves at least this: what costs nothing moves no money, and could not be told from the free tier. */
const LEAST_KOPECKS = 1n;

/**
 * The price with a discount of `percent` (1 to 100), rounded half up to the kopeck once; never below one kopeck, and 0
 * where nothing was charged anyway.
 */
export function discounted(kopecks: Kopecks, percent: number): Kopecks {
  if (kopecks === 0n) return 0n;
  const left = (kopecks * BigInt(100 - percent) + 50n) / 100n;
  return left < LEAST_KOPECKS ? LEAST_KOPECKS : left;
}

/** What the real figure of a measured job comes to, when the price was reduced: rounded down in the user's favour. */
export function inProportion(kopecks: Kopecks, price: { agreed: Kopecks; full: Kopecks }): Kopecks {
  return price.full <= price.agreed ? kopecks : (kopecks * price.agreed) / price.full;
}
