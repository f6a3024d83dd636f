import { readFileSync } from "node:fs";
import type { Category } from "./categories.ts";
import type { Entry, Family } from "./entry.ts";
import type { CatalogIndex, FamilySummary, IndexedFamily } from "./family-index.ts";
import type { EntryHealth } from "./live/changes.ts";
import { byMenuOrder, haystackOf, titlesFirst, wordsOf } from "./search.ts";
import type { Surcharges } from "./surcharges.ts";

export type { FamilySummary } from "./family-index.ts";

export interface CatalogEntry {
  family: Family;
  entry: Entry;
  /** An admin sends this family by its second route first (`entry.second`). */
  secondFirst?: true;
  /** An admin took it off sale; it is sold again as soon as it is shown again. */
  isOff?: true;
}

/** Read-only view of the catalog data. Lookups of unknown keys give undefined: keys come from old buttons and history. */
export interface Catalog {
  /** Families of a category that can be bought from the menus, in menu order. */
  families(category: Category): readonly FamilySummary[];
  summary(familyKey: string): FamilySummary | undefined;
  mode(familyKey: string, mode: string): CatalogEntry | undefined;
  /** Any entry, also one that is not sold from the menus. */
  entry(entryKey: string): CatalogEntry | undefined;
  entryKeys(): readonly string[];
  /** Every entry that goes by this id on KIE's market, sold or not. */
  entriesOf(model: string): readonly CatalogEntry[];
  /**
   * Families whose title, vendor, aliases or mode names hold every typed word, best first: a title that starts with
   * the text, then menu order. Blank text finds nothing.
   */
  search(text: string): readonly FamilySummary[];
  /** What a prompt without a card opens. */
  defaultEntryKey: string;
  /** Revision of what lies over the files (lib/catalog/live/); 0 for the files alone. */
  revision: number;
  /** How a model does now; undefined while nothing is known. */
  health(entryKey: string): EntryHealth | undefined;
}

const DEFAULT_ENTRY_KEY = "z-image";

/**
 * The catalog of a directory with an index.json (see build-index.ts). The index is read at once, a family's file on
 * first use and then kept. The files are trusted: tests parse all of them by the schema.
 *
 * @param directory a file URL that ends in a slash.
 * @throws Error when the index or a file it names can not be read.
 */
export function createCatalog(directory: URL): Catalog {
  const index: CatalogIndex = JSON.parse(readFileSync(new URL("index.json", directory), "utf8"));
  const sold = index.families.filter((family) => family.modes.length > 0).toSorted(byMenuOrder);
  const byKey = new Map(index.families.map((family) => [family.key, family]));
  const byEntry = new Map(index.families.flatMap((family) => family.entryKeys.map((key) => [key, family] as const)));
  /** Made by the first search: most processes never see one. */
  let haystacks: ReadonlyMap<string, string> | undefined;
  const loaded = new Map<string, Family>();

  function load({ file }: IndexedFamily): Family {
    const known = loaded.get(file);
    if (known) return known;
    const family: Family = JSON.parse(readFileSync(new URL(file, directory), "utf8"));
    loaded.set(file, family);
    return family;
  }

  function find(indexed: IndexedFamily | undefined, wanted: (entry: Entry) => boolean): CatalogEntry | undefined {
    if (!indexed) return undefined;
    const family = load(indexed);
    const entry = family.entries.find(wanted);
    return entry && { family, entry };
  }

  return {
    families: (category) => sold.filter((family) => family.category === category),
    summary: (familyKey) => byKey.get(familyKey),
    mode: (familyKey, mode) => find(byKey.get(familyKey), (entry) => entry.mode === mode),
    entry: (entryKey) => find(byEntry.get(entryKey), (entry) => entry.key === entryKey),
    entryKeys: () => [...byEntry.keys()],
    entriesOf: (model) =>
      index.families
        .filter(({ models }) => models.includes(model))
        .flatMap((indexed) => entriesOf(load(indexed), model)),
    search(text) {
      const words = wordsOf(text);
      if (words.length === 0) return [];
      haystacks ??= new Map(sold.map((family) => [family.key, haystackOf(family)]));
      const found = sold.filter(({ key }) => words.every((word) => haystacks?.get(key)?.includes(word)));
      return titlesFirst(found, words);
    },
    defaultEntryKey: DEFAULT_ENTRY_KEY,
    revision: 0,
    health: () => undefined,
  };
}

/**
 * The operator's surcharges of a catalog directory, read at once; trusted like the families' files.
 *
 * @throws Error when surcharges.json can not be read.
 */
export function readSurcharges(directory: URL): Surcharges {
  return JSON.parse(readFileSync(new URL("surcharges.json", directory), "utf8"));
}

function entriesOf(family: Family, model: string): CatalogEntry[] {
  return family.entries
    .filter(({ route }) => route.api === "market" && route.id === model)
    .map((entry) => ({ family, entry }));
}
