import type { CatalogChange, Completion } from "../../catalog/live/changes.ts";
import { suggestedPrice } from "../../catalog/live/price-text.ts";
import type { Catalog } from "../../catalog/load.ts";
import { type AdminTexts, adminTexts } from "../../i18n/admin.ts";
import { formatNumber } from "../../i18n/format.ts";
import type { Language } from "../../shared/localized.ts";

export type Price = NonNullable<Completion["price"]>;
export type Per = Price["per"];

/** What a price can be counted by; the order is part of old buttons, so new ones go to the end. */
export const PERS = [
  "generation",
  "request",
  "image",
  "second",
  "1000 chars",
  "megapixel",
  "minute",
  "1M tokens",
] as const satisfies readonly Per[];

/** One line that says what is different, in the admin's language; names of fields are KIE's. */
export function changeLine(change: CatalogChange, language: Language, catalog: Catalog): string {
  const { admin } = adminTexts(language);
  const [ours] = catalog.entriesOf(change.model);
  const model = ours === undefined ? change.model : `${ours.family.title} (${change.model})`;
  switch (change.kind) {
    case "new-model":
      return admin.change["new-model"](change.model, change.title);
    case "gone-model":
      return admin.change["gone-model"](model);
    case "field-added":
      return admin.change["field-added"](model, change.name);
    case "field-removed":
      return admin.change["field-removed"](model, change.name);
    case "options":
      return admin.change.options(model, change.name);
    case "limit": {
      const say = (value: number | null) => limitText(change.limit, value, language);
      const [before, after] = [say(change.before), say(change.after)];
      return admin.change.limit(model, change.name, admin.limits[change.limit], before, after);
    }
    case "price-text":
      return admin.change["price-text"](model);
  }
}

function limitText(
  limit: Extract<CatalogChange, { kind: "limit" }>["limit"],
  value: number | null,
  language: Language,
): string {
  const { admin } = adminTexts(language);
  if (limit === "required") return value === 1 ? admin.yes : admin.no;
  return value === null ? admin.none : formatNumber(value, language);
}

/** "8 кредитов за изображение". */
export function priceWords({ credits, per }: Price, { admin }: AdminTexts): string {
  return admin.priceOf(credits, admin.per[per]);
}

/** What an admin can add to a change of this kind. */
export function editableParts({ kind, ...change }: CatalogChange): readonly (keyof Completion)[] {
  if (kind === "new-model") return ["category", "price", "titleRu", "titleEn"];
  // What was taken away may be what the price was counted by.
  if (kind === "price-text" || kind === "field-removed") return ["price"];
  return kind === "options" && "added" in change && change.added.length > 0 ? ["price"] : [];
}

/** Whether it can not be approved before somebody says its price. */
export function lacksPrice(change: CatalogChange, { price }: Completion): boolean {
  return change.kind === "new-model" && price === undefined;
}

/** The text in which KIE says what the change costs; null where it says nothing. */
export function priceProse(change: CatalogChange): string | null {
  if (change.kind === "new-model") return change.priceText;
  return change.kind === "price-text" ? change.after : null;
}

/** The price that the prose seems to name; null where nobody can be sure. */
export function priceGuess(change: CatalogChange): Price | null {
  return suggestedPrice(priceProse(change));
}

/** Words by which admins say what a price is counted by. The first that fits counts. */
const PER_WORDS: readonly (readonly [Per, RegExp])[] = [
  ["1000 chars", /1,?000\s*(?:characters|chars)|1k\s*(?:characters|chars)|1000\s*(?:знак|символ)/i],
  ["1M tokens", /(?:1M|million|1,000,000)\s*tokens|(?:млн|миллион)\S*\s*токен/i],
  ["megapixel", /megapixel|\bMP\b|мегапиксел/i],
  ["second", /(?:per|\/|each|a)\s*(?:sec\b|second\b|s\b)|за\s*(?:сек|с(?!\p{L}))/iu],
  ["minute", /(?:per|\/|each|a)\s*(?:min\b|minute\b)|за\s*мин/i],
  ["image", /(?:per|\/|each|an)\s*(?:image|picture)|за\s*(?:изображен|картин|фото)/i],
  ["request", /(?:per|\/|each|a)\s*(?:request|call)|за\s*запрос/i],
  ["generation", /(?:per|\/|each|a)\s*(?:generation|video|song|job|run|track)|за\s*(?:генерац|видео|песн)/i],
];

function perOf(text: string): Per | undefined {
  return PER_WORDS.find(([, words]) => words.test(text))?.[0];
}

const MOST_CREDITS = 1_000_000;

/** "8", "0,5 за секунду", "8 credits per image" as typed; null when there is not exactly one sensible number first. */
export function readTypedPrice(text: string): { credits: number; per?: Per } | null {
  const read = /^(\d{1,7}(?:[.,]\d{1,4})?)(?:\s+(\D.{0,60})|\s*)$/.exec(text.trim());
  if (read === null) return null;
  const credits = Number((read[1] ?? "").replace(",", "."));
  if (!Number.isFinite(credits) || credits > MOST_CREDITS) return null;
  const per = read[2] === undefined ? undefined : perOf(read[2]);
  return per === undefined ? { credits } : { credits, per };
}
