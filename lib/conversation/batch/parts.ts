import { missingParam } from "../../catalog/check.ts";
import type { Catalog, CatalogEntry } from "../../catalog/load.ts";
import { quote } from "../../catalog/quote.ts";
import { DAY_MS } from "../../shared/clock.ts";
import type { Kopecks } from "../../shared/kopecks.ts";
import type { MediaKind } from "../../shared/media.ts";
import { carriedOver, inputsOf } from "../alternatives.ts";
import { type Card, captionParam, problemsOf } from "../draft.ts";
import { isHidden } from "../health-marks.ts";
import { bestDiscount, isSameOffer, payable } from "../price-offer.ts";
import { isMediaKind } from "../result-actions.ts";
import type { Draft, Facts } from "../types.ts";
import type { BatchDraft } from "./types.ts";

/** Models of one comparison. */
export const MAX_COMPARED = 3;
/** Other models that a comparison offers. */
const MAX_RIVALS = 8;

/** Most items of one batch; 0 where there are none: no prompt, a free step of something else, or words for an answer. */
export function limitOf(card: Card, { maxBatch = 0 }: Facts): number {
  const { offer, output } = card.entry;
  if (maxBatch < 2 || captionParam(card) === undefined || offer === "helper" || !isMediaKind(output)) return 0;
  return maxBatch;
}

/** The card with other words. */
export function withWords(card: Card, words: string): Card {
  const param = captionParam(card);
  if (param === undefined) return card;
  return { ...card, draft: { ...card.draft, values: { ...card.draft.values, [param.name]: words } } };
}

/** The prompt of the card; "" while it has none. */
export function wordsOn(card: Card): string {
  return inputsOf(card).caption;
}

/** Whether the card's prompt can be given to other models at all; a result that it goes on from belongs to one model. */
function isComparable(card: Card, facts: Facts): boolean {
  return limitOf(card, facts) > 0 && wordsOn(card) !== "" && card.draft.source === undefined;
}

/** Whether there is another model for this prompt. */
export function hasRival(card: Card, facts: Facts, catalog: Catalog): boolean {
  return isComparable(card, facts) && !rivals(card, facts, catalog).next().done;
}

/** Cards of the other models that can make something of the same words and files, the nearest ones first. */
export function rivalsOf(card: Card, facts: Facts, catalog: Catalog): Card[] {
  return isComparable(card, facts) ? [...rivals(card, facts, catalog).take(MAX_RIVALS)] : [];
}

/** One by one, because each may have to be read from its file. */
function* rivals(card: Card, facts: Facts, catalog: Catalog): Generator<Card, undefined> {
  for (const { key } of card.entry.alternatives ?? []) {
    const rival = rivalIn(card, catalog.entry(key), facts, catalog);
    if (rival !== null) yield rival;
  }
  const files = new Set<MediaKind>(inputsOf(card).uploads.map(({ kind }) => kind));
  for (const family of catalog.families(card.family.category)) {
    if (family.key === card.family.key) continue;
    const rival = family.modes
      .values()
      .filter(
        ({ needs, accepts }) =>
          needs.every((kind) => files.has(kind)) && files.values().every((kind) => accepts.includes(kind)),
      )
      .filter(({ entryKey }) => !card.entry.alternatives?.some(({ key }) => key === entryKey))
      .map(({ entryKey }) => rivalIn(card, catalog.entry(entryKey), facts, catalog))
      .find((each) => each !== null);
    if (rival) yield rival;
  }
}

/** The card of another model, complete and without problems; null when it can not be that. */
function rivalIn(card: Card, found: CatalogEntry | undefined, facts: Facts, catalog: Catalog): Card | null {
  if (found === undefined || found.entry.offer !== "card" || found.entry.output !== card.entry.output) return null;
  if (isHidden(found, catalog) || catalog.health(found.entry.key)?.mark === "broken") return null;
  const other = carriedOver(card, found, facts);
  if (other === null || wordsOn(other) !== wordsOn(card)) return null;
  const { entry, draft } = other;
  if (missingParam(entry, draft.values) !== undefined || problemsOf(other).length > 0) return null;
  return quote(entry, draft.values, facts.pricing).ok ? other : null;
}

/** One item as it would be ordered. */
export interface Part {
  card: Card;
  full: Kopecks;
  /** Less the discount. */
  kopecks: Kopecks;
  upTo: boolean;
}

/** Everything about an order but the balance. */
export interface Order {
  parts: readonly Part[];
  full: Kopecks;
  kopecks: Kopecks;
  upTo: boolean;
  discount: NonNullable<BatchDraft["discount"]> | null;
}

/** The cards of a draft's parts; compared models that are not to be had any more are left out. */
export function cardsOf(card: Card, batch: BatchDraft, facts: Facts, catalog: Catalog): Card[] {
  if (batch.kind === "batch") return batch.parts.map((words) => withWords(card, words));
  return batch.parts.flatMap((key) => {
    if (key === card.entry.key) return [card];
    const other = rivalIn(card, catalog.entry(key), facts, catalog);
    return other === null ? [] : [other];
  });
}

/** A price that was shown holds for 24 hours. */
export function isLocked({ prices, parts }: BatchDraft, now: Date): boolean {
  return prices !== null && prices.kopecks.length === parts.length && now.getTime() - prices.quotedAt < DAY_MS;
}

/**
 * What a batch costs: each item its own price (the locked one, else today's) less the best discount that only time
 * ends; null while a price can not be told, or a compared model is not to be had any more.
 */
export function orderOf(card: Card, batch: BatchDraft, facts: Facts, catalog: Catalog): Order | null {
  const locked = isLocked(batch, facts.now) ? batch.prices : null;
  const discount = bestDiscount(facts, "many");
  const cards = cardsOf(card, batch, facts, catalog);
  if (cards.length !== batch.parts.length) return null;
  const parts: Part[] = [];
  for (const [index, each] of cards.entries()) {
    const quoted = quote(each.entry, each.draft.values, facts.pricing);
    if (!quoted.ok) return null;
    const known = locked?.kopecks[index];
    const full = known === undefined ? quoted.value.kopecks : BigInt(known);
    parts.push({ card: each, full, kopecks: payable(full, discount), upTo: quoted.value.upTo });
  }
  return {
    parts,
    full: sumOf(parts.map((part) => part.full)),
    kopecks: sumOf(parts.map((part) => part.kopecks)),
    upTo: parts.some((part) => part.upTo),
    discount: discount === null ? null : { code: discount.code, percent: discount.percent },
  };
}

export function sumOf(sums: readonly Kopecks[]): Kopecks {
  return sums.reduce((sum, each) => sum + each, 0n);
}

/** The draft with today's prices of these parts, which its next screen shows. */
export function priced(card: Card, batch: Pick<BatchDraft, "kind" | "parts">, facts: Facts, catalog: Catalog): Draft {
  const { kind } = batch;
  const fresh: BatchDraft = { kind, parts: batch.parts, prices: null };
  const standing =
    kind === "batch" ? fresh : { ...fresh, parts: cardsOf(card, fresh, facts, catalog).map(({ entry }) => entry.key) };
  return { ...card.draft, asking: null, batch: withSeen(standing, orderOf(card, standing, facts, catalog), facts) };
}

/** What the user sees from now on. */
export function withSeen({ kind, parts }: BatchDraft, order: Order | null, facts: Facts): BatchDraft {
  if (order === null) return { kind, parts, prices: null };
  const kopecks = order.parts.map(({ full }) => String(full));
  const seen: BatchDraft = { kind, parts, prices: { kopecks, quotedAt: facts.now.getTime() } };
  return order.discount === null ? seen : { ...seen, discount: order.discount };
}

/** What the user last saw on the button; null when there was no price. */
export function seenTotal({ prices, discount }: BatchDraft): Kopecks | null {
  if (prices === null) return null;
  const offer = discount === undefined ? null : ({ kind: "discount", ...discount } as const);
  return sumOf(prices.kopecks.map((kopecks) => payable(BigInt(kopecks), offer)));
}

/** Whether the user knows something that does not hold here: a discount for single generations only. */
export function losesDiscount(facts: Facts): boolean {
  return !isSameOffer(bestDiscount(facts), bestDiscount(facts, "many"));
}
