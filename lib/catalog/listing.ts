import { cheapestKopecks } from "./combinations.ts";
import type { Condition, Entry, OnTopRow, Param, PriceRow } from "./entry.ts";
import type { CatalogEntry } from "./load.ts";
import { allowed, conditionText } from "./problem-sentences.ts";
import { namesCounted, quantityParts } from "./quantity.ts";
import { creditsToKopecks, type Pricing } from "./quote.ts";
import { fieldParams } from "./request-values.ts";

/** A price row for programs. */
interface ListedPrice {
  when: Condition;
  credits: number;
  per: string;
  kopecks: number;
  /** Added to the row that wins. */
  onTop: boolean;
}

interface ListedEntry {
  key: string;
  id: string;
  api: string;
  family: string;
  category: string;
  mode: string;
  offer: string;
  title: string;
  output: string;
  /** Of the cheapest order, with the operator's surcharges (the rows in `prices` are without); null where there is no price. */
  fromKopecks: number | null;
  parameters: { name: string; kind: string; required: boolean; allowed: string; default?: unknown }[];
  prices: ListedPrice[];
}

/** What a program that lists the catalog gets of an entry. Texts are English, prices kopecks of the given rate. */
export function listedEntry(found: CatalogEntry, pricing: Pricing): ListedEntry {
  const { family, entry } = found;
  const from = entry.price.rows.length === 0 ? null : cheapestKopecks(entry, pricing);
  return {
    key: entry.key,
    id: entry.route.id,
    api: entry.route.api,
    family: family.title,
    category: family.category,
    mode: entry.mode,
    offer: entry.offer,
    title: entry.title.en,
    output: entry.output,
    fromKopecks: from === null ? null : Number(from),
    parameters: fieldParams(found.entry).map((param) => ({
      name: param.name,
      kind: param.kind,
      required: param.kind === "fixed" || param.required,
      allowed: allowed(param),
      ...("default" in param && param.default !== undefined ? { default: param.default } : {}),
    })),
    prices: [
      ...entry.price.rows.map((row) => listedPrice(row, pricing, false)),
      ...(entry.price.onTop ?? []).map((row) => listedPrice(row, pricing, true)),
    ],
  };
}

/** The same with everything the data says, for `show --json`. */
export function shownEntry(found: CatalogEntry, pricing: Pricing): ListedEntry & { entry: CatalogEntry["entry"] } {
  return { ...listedEntry(found, pricing), entry: found.entry };
}

/** One line for people: key, id, name, price, parameters, and where it is not simply sold from the menus, how else. */
export function listLine(found: CatalogEntry, pricing: Pricing): string {
  const listed = listedEntry(found, pricing);
  const { offer, why } = found.entry;
  const how = offer === "card" ? [] : [[offer, ...(why === undefined ? [] : [why])].join(": ")];
  const names = listed.parameters.map(({ name, required }) => (required ? `${name}*` : name)).join(" ");
  const price = listed.fromKopecks === null ? "no price" : `from ${roubles(listed.fromKopecks)}`;
  return [listed.key, listed.id, `${listed.family}, ${listed.title}`, price, names, ...how].join("\t");
}

const OFFERED: Readonly<Record<Entry["offer"], string>> = {
  card: "sold from the menus",
  "follow-up": "sold under a result",
  helper: "a free step",
  unpriced: "not sold",
  "second-route": "the second route of another entry",
};

/** A page for people: everything that a request may hold, and what it costs. */
export function describeEntry(found: CatalogEntry, pricing: Pricing): string {
  const { entry } = found;
  const listed = listedEntry(found, pricing);
  const sold = [OFFERED[entry.offer], ...(entry.why === undefined ? [] : [entry.why])].join(": ");
  const rows = [...entry.price.rows, ...(entry.price.onTop ?? [])];
  return [
    `${listed.key}  ${listed.id} (${listed.api})`,
    `${listed.family}, ${listed.title}: ${listed.category}, gives ${listed.output}; ${sold}`,
    "Parameters:",
    ...fieldParams(found.entry).map((param) => `  ${describeParam(param)}`),
    ...(entry.rules.length === 0 ? [] : ["Rules:", ...entry.rules.map((rule) => `  ${rule.say.en}`)]),
    rows.length === 0 ? "No price is known." : `Prices (counted by ${countedBy(found)}; ${entry.price.charge}):`,
    ...listed.prices.map((price) => `  ${describePrice(price)}`),
    ...(listed.fromKopecks === null ? [] : [`From ${roubles(listed.fromKopecks)}. ${entry.source}`]),
  ].join("\n");
}

function listedPrice(row: PriceRow | OnTopRow, pricing: Pricing, onTop: boolean): ListedPrice {
  const { when, credits, per } = row;
  return { when, credits, per, kopecks: Number(creditsToKopecks(credits, pricing)), onTop };
}

function describeParam(param: Param): string {
  const isNeeded = param.kind === "fixed" || param.required;
  const initial = "default" in param && param.default !== undefined ? `, default ${JSON.stringify(param.default)}` : "";
  const only = !param.onlyWhen ? "" : `, only when ${conditionText(param.onlyWhen)}`;
  return `${param.name}${isNeeded ? "*" : ""}: ${allowed(param)}${initial}${only}`;
}

function describePrice({ when, credits, per, kopecks, onTop }: ListedPrice): string {
  const condition = conditionText(when);
  const plus = onTop ? "plus " : "";
  return `${plus}${credits} credits = ${roubles(kopecks)} per ${per}${condition === "" ? "" : ` when ${condition}`}`;
}

function countedBy({ entry }: CatalogEntry): string {
  return quantityParts(entry)
    .map((part) => [part.from, ...namesCounted(part)].join(" "))
    .join(" + ");
}

function roubles(kopecks: number): string {
  return `${(kopecks / 100).toFixed(2)} ₽`;
}
