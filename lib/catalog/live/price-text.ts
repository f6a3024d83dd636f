import type { PriceRow } from "../entry.ts";
import type { Completion } from "./changes.ts";

type Price = NonNullable<Completion["price"]>;

const UNITS: readonly [RegExp, PriceRow["per"]][] = [
  [/^(?:seconds?|secs?|s)\b/i, "second"],
  [/^(?:images?|pictures?|photos?)\b/i, "image"],
  [/^(?:1,?000|1k|thousand) (?:characters?|chars?)\b/i, "1000 chars"],
  [/^(?:megapixels?|mp)\b/i, "megapixel"],
  [/^(?:requests?|calls?)\b/i, "request"],
  [/^(?:generations?|videos?|songs?|tracks?|tasks?|jobs?|runs?)\b/i, "generation"],
];

/**
 * A price out of KIE's prose, as a suggestion for an admin: "12 credits per image", "22.5 credits per second at 720p",
 * "A 5-second video costs 160 credits (0.80 USD)" (one price for the whole generation).
 *
 * @returns null when the text names no price, or more than one: then nobody can be sure.
 */
export function suggestedPrice(text: string | null): Price | null {
  if (text === null) return null;
  const found = [...text.matchAll(/(\d[\d,]*(?:\.\d+)?)\s*credits?\b/gi)].map((match) =>
    readPrice(match[1] ?? "", text.slice(match.index + match[0].length), text.slice(0, match.index)),
  );
  const [first, ...others] = found;
  if (!first) return null;
  return others.every((other) => other?.credits === first.credits && other.per === first.per) ? first : null;
}

function readPrice(amount: string, after: string, before: string): Price | null {
  const credits = Number(amount.replaceAll(",", ""));
  // Ranges ("from 12 credits", "10–20 credits") have another end.
  if (!Number.isFinite(credits) || /(?:\bfrom|\bup to|[-–]|\bto)\s*$/i.test(before)) return null;
  const unit = /^\s*(?:\([^)]*\))?\s*(?:per|\/|for (?:each|every|one|1)|an?|each)\s+(?:1 )?(.+)/i.exec(after)?.[1];
  if (unit !== undefined) {
    const per = UNITS.find(([pattern]) => pattern.test(unit))?.[1];
    return per ? { credits, per } : null;
  }
  const subject = before.slice(Math.max(before.lastIndexOf("."), before.lastIndexOf("\n")) + 1);
  return /\b(?:video|clip|image|picture|song|track|generation|request|job|task)s?\b[^.]*\bcosts?\s*$/i.test(subject)
    ? { credits, per: "generation" }
    : null;
}
