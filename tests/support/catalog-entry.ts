import { type Entry, entrySchema, type Param, paramSchema } from "../../lib/catalog/entry.ts";
import { createCatalog } from "../../lib/catalog/load.ts";

/** The catalog that is shipped. */
export const catalog = createCatalog(new URL("../../catalog/", import.meta.url));

/** An entry of the shipped catalog. */
export function entryOf(key: string): Entry {
  const found = catalog.entry(key);
  if (!found) throw new Error(`no entry ${key}`);
  return found.entry;
}

/** A param of an entry. */
export function paramOf(entry: Entry, name: string): Param {
  const param = entry.params.find((candidate) => candidate.name === name);
  if (!param) throw new Error(`${entry.key} has no param ${name}`);
  return param;
}

const label = { ru: "Поле", en: "Field" };

/** A param made up for a test; `label`, `required` and `placement` are filled in. */
export function makeParam(fields: Record<string, unknown>): Param {
  return paramSchema.parse({ name: "field", label, required: false, placement: "card", ...fields });
}

/** A free-standing entry made up for a test, one credit per generation. */
export function makeEntry(params: readonly Param[], fields: Record<string, unknown> = {}): Entry {
  return entrySchema.parse({
    key: "made-up",
    mode: "made-up",
    offer: "card",
    route: { api: "market", id: "made-up" },
    title: label,
    about: label,
    output: "image",
    outputs: 1,
    example: { ru: {}, en: {} },
    params,
    rules: [],
    price: { rows: [{ when: {}, credits: 1, per: "generation" }], quantity: { from: "one" }, charge: "generation" },
    source: "made up for a test",
    checkedAt: "2026-01-01",
    ...fields,
  });
}
