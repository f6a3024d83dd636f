import type { Entry, Family } from "../entry.ts";
import type { Catalog, CatalogEntry } from "../load.ts";
import { applyChange, unsold } from "./apply-change.ts";
import type { CatalogChange, CatalogSetting, Completion, Override } from "./changes.ts";
import { repriced } from "./reprice.ts";

/** What approved overrides make of a catalog: only the families that they speak of. */
export interface Overridden {
  /** By key, whole: also families that the files do not have. */
  families: ReadonlyMap<string, Family>;
  /** Families whose second route goes first. */
  secondFirst: ReadonlySet<string>;
  /** Entries that an admin took off sale. */
  off: ReadonlySet<string>;
}

/**
 * Applies overrides in their order. One that leads nowhere (its model or entry is not there), or that an older or newer
 * program wrote in a shape that does not fit, changes nothing.
 */
export function applyOverrides(base: Catalog, overrides: readonly Override[]): Overridden {
  const families = new Map<string, Family>();
  const secondFirst = new Set<string>();
  const hidden = new Set<string>();
  for (const override of overrides) {
    // Each is tried for itself: what one of them breaks must not take the others along.
    try {
      if (override.kind === "change") changeFamilies(base, families, override.change, override.completion);
      else if (override.kind === "setting") set(base, { families, secondFirst, hidden }, override.setting);
    } catch {}
  }
  for (const key of hidden) {
    const found = entryIn(base, families, key);
    if (found) put(families, found, unsold(found.entry, "An admin took it off sale."));
  }
  return { families, secondFirst, off: hidden };
}

interface State {
  families: Map<string, Family>;
  secondFirst: Set<string>;
  hidden: Set<string>;
}

function set(base: Catalog, { families, secondFirst, hidden }: State, setting: CatalogSetting): void {
  switch (setting.kind) {
    case "route":
      if (setting.second) secondFirst.add(setting.family);
      else secondFirst.delete(setting.family);
      return;
    case "visible":
      // Applied in the end, so that what is shown again is shown as it would be now.
      if (setting.visible) hidden.delete(setting.entry);
      else hidden.add(setting.entry);
      return;
    case "label": {
      const found = entryIn(base, families, setting.entry);
      const title = { ru: setting.titleRu, en: setting.titleEn };
      if (found) put(families, found, { ...found.entry, title });
      return;
    }
  }
}

function changeFamilies(
  base: Catalog,
  families: Map<string, Family>,
  change: CatalogChange,
  completion: Completion,
): void {
  if (change.kind === "new-model") {
    const family = change.family && completedFamily(change.family, completion);
    // Described in the files by now, perhaps under another key: the files know it better.
    if (family === null || base.entriesOf(change.model).length > 0) return;
    const isTaken = base.summary(family.key) !== undefined || families.has(family.key);
    if (isTaken || family.entries.some(({ key }) => entryIn(base, families, key) !== undefined)) return;
    families.set(family.key, family);
    return;
  }
  for (const { entry, family } of entriesOfModel(base, families, change.model)) {
    put(families, { entry, family }, applyChange(entry, change, completion));
  }
}

/** The family of a new model with what an admin added to it. */
export function completedFamily(family: Family, { category, titleRu, titleEn, price }: Completion): Family {
  return {
    ...family,
    category: category ?? family.category,
    entries: family.entries.map((entry) => {
      const title = { ru: titleRu ?? entry.title.ru, en: titleEn ?? entry.title.en };
      const priced = price ? repriced(entry, price) : entry;
      return { ...priced, title };
    }),
  };
}

/** The entries of a model as they stand after the overrides so far. */
function entriesOfModel(base: Catalog, families: ReadonlyMap<string, Family>, model: string): CatalogEntry[] {
  const untouched = base.entriesOf(model).filter(({ family }) => !families.has(family.key));
  const touched = [...families.values()].flatMap((family) =>
    family.entries
      .filter(({ route }) => route.api === "market" && route.id === model)
      .map((entry) => ({ family, entry })),
  );
  return [...untouched, ...touched];
}

function entryIn(base: Catalog, families: ReadonlyMap<string, Family>, key: string): CatalogEntry | undefined {
  for (const family of families.values()) {
    const entry = family.entries.find((each) => each.key === key);
    if (entry) return { family, entry };
  }
  return base.entry(key);
}

/** Several entries of one family may change one after the other: the latest form of the family counts. */
function put(families: Map<string, Family>, { family: { key }, entry: old, family }: CatalogEntry, entry: Entry): void {
  const latest = families.get(key) ?? family;
  families.set(key, { ...latest, entries: latest.entries.map((each) => (each.key === old.key ? entry : each)) });
}
