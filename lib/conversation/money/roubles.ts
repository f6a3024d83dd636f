import type { Kopecks } from "../../shared/kopecks.ts";

/**
 * A sum in roubles as people type it: "1500", "1 500,50", "1500 ₽", "500 руб.". At most two decimals, above zero.
 * @returns null for anything else.
 */
export function readRoubles(text: string): Kopecks | null {
  const typed = text
    .trim()
    .toLowerCase()
    .replace(/\s*(₽|р\.?|руб(?:\.|лей|ля|ль)?|rub|roubles?|rubles?)$/, "")
    .replace(/^₽\s*/, "");
  const match = /^(\d{1,3}(?:[ \u00a0\u202f]\d{3})+|\d{1,9})(?:[.,](\d{1,2}))?$/.exec(typed);
  if (match?.[1] === undefined) return null;
  const roubles = BigInt(match[1].replace(/\D/g, ""));
  const kopecks = roubles * 100n + BigInt((match[2] ?? "").padEnd(2, "0"));
  return kopecks > 0n ? kopecks : null;
}
