import { quote } from "../catalog/quote.ts";
import { formatDateTime } from "../i18n/format.ts";
import { texts } from "../i18n/index.ts";
import type { Card, Price } from "./draft.ts";
import { freeAgainAt, freeLeft, isInFreeTier } from "./price-offer.ts";
import type { Facts, RichText } from "./types.ts";
import { priceText, sumText } from "./view-parts.ts";

/** Why the price is what it is: the old one beside the new, the free tries that are left, or when the next one comes. */
export function offerLines(card: Card, price: Price | null, facts: Facts): RichText[] {
  if (price === null) return [];
  const { language } = facts.user;
  const { promo } = texts(language);
  const { full, offer } = price;
  const free = freeLine(card, facts);
  if (offer?.kind !== "discount") return free;
  const reduced = promo.reduced(priceText(price, language), offer.code, offer.percent);
  return [[`${promo.price} `, { strike: sumText(full, language) }, ` ${reduced}`], ...free];
}

function freeLine({ entry, draft }: Card, facts: Facts): RichText[] {
  const { offers, mode, now, user } = facts;
  if (offers === undefined || mode !== "real") return [];
  const quoted = quote(entry, draft.values, facts.pricing);
  if (!quoted.ok || quoted.value.kopecks === 0n || !isInFreeTier(entry, quoted.value.credits, facts)) return [];
  const { promo } = texts(user.language);
  const { free } = offers;
  if (freeLeft(free) > 0) return [[promo.free(free.perDay - free.usedToday, free.perDay)]];
  return [[promo.freeOver(formatDateTime(freeAgainAt(free, now), user.language))]];
}
