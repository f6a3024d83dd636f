import { fingerprint } from "../../shared/fingerprint.ts";
import type { Scalar } from "../entry.ts";
import type { KieField } from "../kie-field.ts";
import type { Catalog } from "../load.ts";
import { type CatalogChange, LIMITS } from "./changes.ts";
import { knownFields } from "./entry-fields.ts";
import { generateFamily } from "./new-family.ts";
import { type KieFields, readModelSchema } from "./openapi.ts";

/** A model as KIE's catalogue lists it, with what was read for it. */
export interface ListedModel {
  model: string;
  title: string;
  provider: string;
  taskTypes: readonly string[];
  priceText: string | null;
  /** The text of the last sync; undefined when it was never read before: then it is no news. */
  previousPriceText: string | null | undefined;
  /** What `GET /api/v1/models/{model}/schema` answered. */
  schema: unknown;
}

type Limit = (typeof LIMITS)[number];
/** Nothing less can be asked for anyway, so such a limit is none. */
const NO_LIMIT: Readonly<Partial<Record<Limit, number>>> = { minLength: 1, minItems: 1 };

/**
 * Everything in which KIE's catalogue differs from ours as it stands, approved changes included: an approved change is
 * not found again. Models that are no jobs of the market are left out. A model that we do not sell is compared as well;
 * one whose schema could not be read is only known to be there.
 *
 * @param listed every model of KIE's catalogue: what is not among them is gone.
 * @param today ISO date, for entries of new models.
 */
export function compareCatalog(catalog: Catalog, listed: readonly ListedModel[], today: string): CatalogChange[] {
  const taken = new Set<string>();
  return [
    ...listed.flatMap((each) => {
      const entries = catalog.entriesOf(each.model).map(({ entry }) => entry);
      if (entries.length > 0) return changesOf(each, knownFields(entries));
      return newModel(catalog, each, today, taken);
    }),
    ...goneModels(catalog, listed),
  ];
}

/**
 * A short name of a change: the same change has the same one in every sync. Of a new model only the model counts, not
 * what was read of it.
 *
 * @returns 16 characters of `[0-9a-z]`.
 */
export function changeId(change: CatalogChange): string {
  return fingerprint(JSON.stringify(identityOf(change)));
}

function identityOf(change: CatalogChange): unknown[] {
  const { kind, model } = change;
  switch (change.kind) {
    case "new-model":
    case "gone-model":
      return [kind, model];
    case "field-added":
      return [kind, model, change.name, change.field];
    case "field-removed":
      return [kind, model, change.name];
    case "options":
      return [kind, model, change.name, change.added, change.removed];
    case "limit":
      return [kind, model, change.name, change.limit, change.before, change.after];
    case "price-text":
      return [kind, model, change.before, change.after];
  }
}

function newModel(catalog: Catalog, listed: ListedModel, today: string, taken: Set<string>): CatalogChange[] {
  const { model, title, provider, priceText } = listed;
  const taskTypes = [...listed.taskTypes];
  const fields = readModelSchema(listed.schema);
  // A synchronous model, or one of another family of endpoints.
  if (fields === null && listed.schema !== null && listed.schema !== undefined) return [];
  const isTaken = (key: string) =>
    taken.has(key) || catalog.summary(key) !== undefined || catalog.entry(key) !== undefined;
  const made = fields
    ? generateFamily({ model, title, provider, taskTypes, fields, today, isTaken })
    : { family: null, problem: "KIE gives no schema for it." };
  if (made.family) taken.add(made.family.key);
  return [{ kind: "new-model", model, title, provider, taskTypes, priceText, ...made }];
}

function goneModels(catalog: Catalog, listed: readonly ListedModel[]): CatalogChange[] {
  const there = new Set(listed.map(({ model }) => model));
  const sold = catalog
    .entryKeys()
    .flatMap((key) => catalog.entry(key)?.entry ?? [])
    .filter(({ route, offer }) => route.api === "market" && offer !== "unpriced" && !there.has(route.id));
  return [...new Set(sold.map(({ route }) => route.id))].map((model) => ({ kind: "gone-model", model }));
}

function changesOf(listed: ListedModel, ours: KieFields): CatalogChange[] {
  const { model, previousPriceText: before, priceText: after } = listed;
  const theirs = readModelSchema(listed.schema);
  return [
    ...(theirs ? fieldChanges(model, ours, theirs, "") : []),
    ...(before !== undefined && before !== after ? [{ kind: "price-text" as const, model, before, after }] : []),
  ];
}

/** @param prefix what names of inner fields begin with: `speakers[].`. */
function fieldChanges(model: string, ours: KieFields, theirs: KieFields, prefix: string): CatalogChange[] {
  const added = Object.entries(theirs).filter(([name]) => !Object.hasOwn(ours, name));
  const removed = Object.keys(ours).filter((name) => !Object.hasOwn(theirs, name));
  return [
    ...added.map(([name, field]) => ({ kind: "field-added" as const, model, name: prefix + name, field })),
    ...removed.map((name) => ({ kind: "field-removed" as const, model, name: prefix + name })),
    ...Object.entries(ours).flatMap(([name, field]) => {
      const other = theirs[name];
      return other === undefined ? [] : differences(model, prefix + name, field, other);
    }),
  ];
}

function differences(model: string, name: string, ours: KieField, theirs: KieField): CatalogChange[] {
  const limits = LIMITS.flatMap((limit) => {
    const [before, after] = [limitOf(ours, limit), limitOf(theirs, limit)];
    return before === after ? [] : [{ kind: "limit" as const, model, name, limit, before, after }];
  });
  const inner =
    ours.properties && theirs.properties ? fieldChanges(model, ours.properties, theirs.properties, `${name}.`) : [];
  const items = ours.items && theirs.items ? differences(model, `${name}[]`, ours.items, theirs.items) : [];
  return [...optionChanges(model, name, ours, theirs), ...limits, ...inner, ...items];
}

function optionChanges(model: string, name: string, ours: KieField, theirs: KieField): CatalogChange[] {
  // Yes and no need no list, and a list that one side does not have is no news about its options.
  if (!ours.enum || !theirs.enum || theirs.type === "boolean") return [];
  const added = without(theirs.enum, ours.enum);
  const removed = without(ours.enum, theirs.enum);
  return added.length + removed.length === 0 ? [] : [{ kind: "options", model, name, added, removed }];
}

function without(options: readonly Scalar[], others: readonly Scalar[]): Scalar[] {
  return options.filter((option) => !others.includes(option));
}

function limitOf(field: KieField, limit: Limit): number | null {
  if (limit === "required") return Number(field.required === true);
  const value = field[limit];
  const none = NO_LIMIT[limit];
  return value === undefined || (none !== undefined && value <= none) ? null : value;
}
