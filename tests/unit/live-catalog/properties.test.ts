import fc from "fast-check";
import { expect, test } from "vitest";
import { CATEGORIES } from "../../../lib/catalog/categories.ts";
import { catalogFaults } from "../../../lib/catalog/consistency.ts";
import { familySchema } from "../../../lib/catalog/entry.ts";
import { approvalFault } from "../../../lib/catalog/live/approve.ts";
import type { CatalogChange, Completion, LiveCatalog, Override } from "../../../lib/catalog/live/changes.ts";
import { changeId, compareCatalog } from "../../../lib/catalog/live/compare.ts";
import { overlay } from "../../../lib/catalog/live/overlay.ts";
import type { Catalog } from "../../../lib/catalog/load.ts";
import type { AlterationsInput } from "../../../lib/sandbox/kie/catalogue-alterations.ts";
import { newsScenario } from "../../../lib/sandbox/kie/catalogue-scenario.ts";
import { type FieldSchema, requestSchemas } from "../../../lib/sandbox/kie/request-schemas.ts";
import { catalog } from "../../support/catalog-entry.ts";
import { simulatedListing, TODAY } from "./simulated.ts";

const { models } = requestSchemas();
const ids = Object.keys(models);

/** Everything that a catalog tells. */
function told(from: Catalog) {
  return {
    menus: CATEGORIES.map((category) => from.families(category)),
    entries: from.entryKeys().map((key) => from.entry(key)),
    search: ["kling", "видео", "image", "z-image"].map((text) => from.search(text)),
    modes: CATEGORIES.flatMap((category) => from.families(category)).flatMap(({ key, modes }) =>
      modes.map(({ mode }) => from.mode(key, mode)),
    ),
    byModel: ids.map((id) => from.entriesOf(id)),
    first: from.defaultEntryKey,
  };
}

const NEW_FIELDS: FieldSchema[] = [
  { type: "boolean", default: false },
  { type: "string", enum: ["soft", "hard"], default: "soft" },
  { type: "string", required: true, maxLength: 300 },
  { type: "integer", min: 1, max: 9, default: 3 },
  { type: "array", items: { type: "object", properties: { x: { type: "integer" } } } },
  { type: "string", required: true, accepts: "image" },
];
const newField = fc.constantFrom(...NEW_FIELDS);

/** One thing that KIE might change about a field. */
function changedField(field: FieldSchema, nudge: number): FieldSchema {
  const { enum: options, max, maxLength, maxItems, required: _required, ...rest } = field;
  const whole = { ...field };
  if (nudge === 0)
    return { ...rest, ...(options ? { enum: options } : {}), ...(field.required ? {} : { required: true }) };
  if (options && options.length > 1)
    return { ...whole, enum: nudge === 1 ? options.slice(1) : [...options, "brand-new"] };
  if (max !== undefined) return { ...whole, max: nudge === 1 ? Math.max(field.min ?? 0, max - 1) : max + 1 };
  if (maxLength !== undefined) return { ...whole, maxLength: nudge === 1 ? Math.ceil(maxLength / 2) : maxLength * 2 };
  if (maxItems !== undefined)
    return { ...whole, maxItems: nudge === 1 ? Math.max(field.minItems ?? 1, maxItems - 1) : maxItems + 3 };
  return whole;
}

const alteration = fc.record({
  model: fc.constantFrom(...ids),
  at: fc.nat(40),
  what: fc.constantFrom("add", "remove", "change", "gone"),
  nudge: fc.nat(2),
  added: newField,
});

const alterations = fc.uniqueArray(alteration, { minLength: 1, maxLength: 12, selector: ({ model }) => model }).map(
  (wishes): AlterationsInput => ({
    remove: wishes.filter(({ what }) => what === "gone").map(({ model }) => model),
    change: wishes.flatMap(({ model, at, what, nudge, added }): NonNullable<AlterationsInput["change"]> => {
      const fields = Object.entries(models[model]?.input ?? {});
      const [name, field] = fields[at % Math.max(1, fields.length)] ?? [];
      if (name === undefined || field === undefined || what === "gone") return [];
      if (what === "add") return [{ model, setFields: { something_new: added } }];
      if (what === "remove") return [{ model, removeFields: [name] }];
      return [{ model, setFields: { [name]: changedField(field, nudge) } }];
    }),
  }),
);

function approved(changes: readonly CatalogChange[], completion: Completion): Override[] {
  return changes.map((change) => ({ id: changeId(change), kind: "change", change, completion }));
}

const over = (overrides: readonly Override[], revision = 1): LiveCatalog => ({ revision, overrides, health: [] });
const PRICE: Completion = { price: { credits: 5, per: "generation" } };

test("nothing over the files changes nothing", () => {
  expect(told(overlay(catalog, over([], 0)))).toEqual(told(catalog));
});

test("what is approved and rolled back leaves no trace", () => {
  const before = told(catalog);
  const news = compareCatalog(catalog, simulatedListing(newsScenario()), TODAY);
  const live = over(approved(news, PRICE));
  expect(told(overlay(catalog, live))).not.toEqual(before);
  expect(told(overlay(catalog, { ...live, revision: 2, overrides: [] }))).toEqual(before);
  expect(told(catalog)).toEqual(before);
});

test("after everything that was found is approved nothing more is found, with or without prices", () => {
  fc.assert(
    fc.property(alterations, fc.boolean(), (altered, isPriced) => {
      const listed = simulatedListing(altered).map((each) => ({ ...each, previousPriceText: each.priceText }));
      const found = compareCatalog(catalog, listed, TODAY);
      const live = overlay(catalog, over(approved(found, isPriced ? PRICE : {})));
      expect(compareCatalog(live, listed, TODAY)).toEqual([]);
    }),
    { numRuns: 40 },
  );
});

test("whatever may be approved leaves a catalog that fits its schema and does not contradict itself", () => {
  fc.assert(
    fc.property(alterations, (altered) => {
      const listed = simulatedListing(altered);
      let live = over([], 0);
      for (const change of compareCatalog(catalog, listed, TODAY)) {
        if (approvalFault(catalog, live, change, {}) !== null) continue;
        live = over([...live.overrides, ...approved([change], {})], live.revision + 1);
      }
      const result = overlay(catalog, live);
      const touched = new Set(live.overrides.flatMap((each) => (each.kind === "change" ? [each.change.model] : [])));
      const families = new Map(
        [...touched].flatMap((model) => result.entriesOf(model)).map(({ family }) => [family.key, family]),
      );
      for (const family of families.values()) {
        const entries = family.entries.map(({ key }) => result.entry(key)?.entry);
        const parsed = familySchema.parse({ ...family, entries });
        const before = catalog.entry(parsed.entries[0]?.key ?? "")?.family;
        const known = new Set(before ? catalogFaults([before]) : []);
        expect(catalogFaults([parsed]).filter((fault) => !known.has(fault))).toEqual([]);
      }
    }),
    { numRuns: 25 },
  );
});
