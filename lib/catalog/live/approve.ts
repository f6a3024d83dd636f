import { catalogFaults } from "../consistency.ts";
import { type Entry, type Family, familySchema } from "../entry.ts";
import type { Catalog } from "../load.ts";
import { isSold } from "../offers.ts";
import type { CatalogChange, Completion, LiveCatalog } from "./changes.ts";
import { overlay } from "./overlay.ts";

/**
 * Why a change can not be approved as it stands with what an admin added to it: an English sentence, or null. The catalog
 * that would result has to fit its schema and must not contradict itself where the change touches it; a new model and
 * every new option on a card need one price.
 *
 * @param catalog the catalog of the files, without anything over it.
 * @param live what lies over it now.
 */
export function approvalFault(
  catalog: Catalog,
  live: LiveCatalog,
  change: CatalogChange,
  completion: Completion,
): string | null {
  const before = overlay(catalog, live);
  const id = "under-approval";
  const after = overlay(catalog, {
    ...live,
    overrides: [...live.overrides, { id, kind: "change", change, completion }],
  });
  if (change.kind === "new-model") {
    const fault = newModelFault(before, after, change, completion);
    if (fault) return fault;
  }
  const families = familiesOf(after, change);
  for (const family of families) {
    const parsed = familySchema.safeParse(family);
    if (!parsed.success) {
      const [issue] = parsed.error.issues;
      return `${family.key} would not fit the catalog: ${issue?.path.join(".") ?? ""} ${issue?.message ?? ""}`.trim();
    }
  }
  if (change.kind === "price-text" && completion.price) {
    const fault = flatPriceFault(before, change);
    if (fault) return fault;
  }
  const option = change.kind === "options" ? optionFault(before, after, change) : null;
  if (option) return option;
  // What the files say wrong already is not this change's fault.
  const known = new Set(catalogFaults(familiesOf(before, change)));
  return catalogFaults(families).find((fault) => !known.has(fault)) ?? null;
}

function newModelFault(
  before: Catalog,
  after: Catalog,
  { model, family, problem }: Extract<CatalogChange, { kind: "new-model" }>,
  { price }: Completion,
): string | null {
  if (family === null) return `${model} can not be sold as it is: ${problem ?? "no card can be made of it"}`;
  if (before.entriesOf(model).length > 0) return `${model} is in the catalog already.`;
  const isTaken = before.summary(family.key) !== undefined || family.entries.some(({ key }) => before.entry(key));
  if (isTaken) return `The key ${family.key} is taken by another model.`;
  if (price === undefined) return `${model} has no price yet.`;
  if (after.summary(family.key)?.modes.length !== family.entries.length) {
    return `${model} can not be sold at ${price.credits} credits per ${price.per}: nothing of it can be counted so.`;
  }
  return null;
}

/** One price in the place of several would sell the dearest options at it. */
function flatPriceFault(before: Catalog, { model }: Extract<CatalogChange, { kind: "price-text" }>): string | null {
  const entry = before
    .entriesOf(model)
    .map((found) => found.entry)
    .find((each) => isSold(each) && new Set(each.price.rows.map(({ credits, per }) => `${credits} ${per}`)).size > 1);
  if (!entry) return null;
  const count = entry.price.rows.length;
  return `${entry.key} has ${count} prices, and one can not stand for all of them: take the price back, and edit the files.`;
}

/** The families that a change of a model touches, with links to what is not sold left out, as everybody sees them. */
function familiesOf(catalog: Catalog, { model }: CatalogChange): Family[] {
  const found = new Map(catalog.entriesOf(model).map(({ family }) => [family.key, family]));
  return [...found.values()].map((family) => ({
    ...family,
    entries: family.entries.map((entry) => catalog.entry(entry.key)?.entry ?? entry),
  }));
}

function optionFault(
  before: Catalog,
  after: Catalog,
  { model, name, added }: Extract<CatalogChange, { kind: "options" }>,
): string | null {
  for (const { entry } of before.entriesOf(model)) {
    if (!isSold(entry)) continue;
    const next = after.entry(entry.key)?.entry;
    const missing = added.find((option) => isAwaited(entry, name) && next && !isOffered(next, name, option));
    if (missing !== undefined) return `The option ${String(missing)} of ${name} has no price of its own yet.`;
  }
  return null;
}

/** Whether a card shows the field as a choice, so that people should get its new options. */
function isAwaited(entry: Entry, name: string): boolean {
  return entry.params.some((param) => param.name === name && param.kind === "choice" && param.placement !== "never");
}

function isOffered(entry: Entry, name: string, option: unknown): boolean {
  return (
    !isSold(entry) ||
    entry.params.some(
      (param) => param.name === name && param.kind === "choice" && param.options.some(({ value }) => value === option),
    )
  );
}
