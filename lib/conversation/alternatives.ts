import { paramNamed, uploadsOf } from "../catalog/conditions.ts";
import type { Entry } from "../catalog/entry.ts";
import type { Catalog, CatalogEntry } from "../catalog/load.ts";
import { rulesOf } from "../catalog/param-kinds.ts";
import type { ParamValue, ParamValues } from "../catalog/param-values.ts";
import { quote } from "../catalog/quote.ts";
import { defaultValues } from "../catalog/values.ts";
import { formatKopecks, formatSecondsRange } from "../i18n/format.ts";
import { texts } from "../i18n/index.ts";
import { type Card, captionParam, newDraft } from "./draft.ts";
import { isHidden } from "./health-marks.ts";
import { attach, type Opened, openDraft } from "./open-draft.ts";
import type { Turn } from "./turn.ts";
import type { Facts, PendingInput, ViewButton } from "./types.ts";
import { button, oneLine, priceText } from "./view-parts.ts";

/** One button for each other card that does the same job, with what it would cost with these words and files. */
export function alternativeRows(card: Card, facts: Facts, catalog: Catalog): ViewButton[][] {
  const { language } = facts.user;
  const { buttons, health } = texts(language);
  return (card.entry.alternatives ?? []).flatMap(({ kind, key }) => {
    const found = catalog.entry(key);
    if (found === undefined || isHidden(found, catalog)) return [];
    const switched = carriedOver(card, found, facts);
    const quoted = switched === null ? null : quote(found.entry, switched.draft.values, facts.pricing);
    // Not offered where something would be lost on the way, or where it would cost no less.
    if (!quoted?.ok) return [];
    const now = quote(card.entry, card.draft.values, facts.pricing);
    if (kind === "cheaper" && now.ok && quoted.value.kopecks >= now.value.kopecks) return [];
    const action = { kind: "switch" as const, entry: key };
    if (kind !== "cheaper") {
      // Both prices and both usual times are the whole sense of this button, so it is not cut like a name.
      const other = offered(priceText(quoted.value, language), key, facts);
      const mine = now.ok ? offered(priceText(now.value, language), card.entry.key, facts) : null;
      const parts = [health.speeds[kind](other), mine === null ? null : health.speedNow(mine)];
      return [[{ text: parts.filter((part) => part !== null).join(" | "), action }]];
    }
    const title = oneLine(found.family.title, 24);
    const text = buttons.alternatives.cheaper(title, formatKopecks(quoted.value.kopecks, language));
    return [[button(text, action)]];
  });
}

/** The card of another model with the words and files of this one; null where any would be lost on the way. */
export function carriedOver(card: Card, found: CatalogEntry, facts: Facts): Card | null {
  const fresh = { draft: newDraft(found.entry, carried(card, found.entry), facts), ...found };
  const inputs = inputsOf(card);
  const { card: other, notes } = attach(fresh, inputs, facts);
  return notes.length > 0 || inputsOf(other).uploads.length !== inputs.uploads.length ? null : other;
}

/** "7,86 ₽ · 20–30 с"; the price alone while the usual time is unknown. */
function offered(price: string, entryKey: string, { usualSecondsOf, user }: Facts): string {
  const usual = usualSecondsOf?.[entryKey];
  return usual === undefined ? price : `${price} · ${formatSecondsRange(usual.p50, usual.p90, user.language)}`;
}

/** The other card with everything that fits it: words, files, and choices of the same name. */
export function switchTo(turn: Turn, card: Card, key: string): Opened | null {
  const isOffered = card.entry.alternatives?.some((alternative) => alternative.key === key) ?? false;
  const found: CatalogEntry | undefined = isOffered ? turn.catalog.entry(key) : undefined;
  return found === undefined ? null : openDraft(turn, found, carried(card, found.entry), inputsOf(card));
}

/** The words and files of a card. */
export function inputsOf(card: Card): PendingInput {
  const { entry, draft } = card;
  const words = captionParam(card);
  const caption = words === undefined ? undefined : draft.values[words.name];
  return {
    uploads: entry.params.flatMap((param) => (param.kind === "media" ? uploadsOf(draft.values[param.name]) : [])),
    caption: typeof caption === "string" ? caption : "",
  };
}

/** Choices that mean the same in both entries: same name, same kind, and a value that the other one takes. */
function carried(card: Card, to: Entry): ParamValues {
  const values: Record<string, ParamValue> = { ...defaultValues(to) };
  for (const [name, value] of Object.entries(card.draft.values)) {
    const [from, into] = [paramNamed(card.entry, name), paramNamed(to, name)];
    if (from === undefined || into === undefined || from.kind !== into.kind || into.kind === "fixed") continue;
    if (into.kind === "text" || into.kind === "media") continue;
    if (rulesOf(into).check(into, value) === null) values[name] = value;
  }
  return values;
}
