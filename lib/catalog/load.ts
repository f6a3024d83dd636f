import { readFileSync } from "node:fs";
import type { Category } from "./categories.ts";
import type { Entry, Family } from "./entry.ts";
import type { CatalogIndex, FamilySummary, IndexedFamily } from "./family-index.ts";

export type { FamilySummary } from "./family-index.ts";

export interface CatalogEntry {
  family: Family;
  entry: Entry;
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
  /**
   * Families whose title, vendor, aliases or mode names hold every typed word, best first: a title that starts with
   * the text, then menu order. Blank text finds nothing.
   */
  search(text: string): readonly FamilySummary[];
  /** What a prompt without a card opens. */
  defaultEntryKey: string;
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
  const haystacks = new Map(sold.map((family) => [family.key, haystackOf(family)]));
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
    search(text) {
      const words = wordsOf(text);
      if (words.length === 0) return [];
      const found = sold.filter((family) => words.every((word) => haystacks.get(family.key)?.includes(word)));
      const startsWith = (family: FamilySummary) => wordsOf(family.title).join(" ").startsWith(words.join(" "));
      return found.toSorted((a, b) => Number(startsWith(b)) - Number(startsWith(a)));
    },
    defaultEntryKey: DEFAULT_ENTRY_KEY,
  };
}

function byMenuOrder(a: FamilySummary, b: FamilySummary): number {
  return a.order - b.order || (a.key < b.key ? -1 : 1);
}

/** Everything a family can be found by; also without spaces, because "nanobanana" is typed as often as "nano banana". */
function haystackOf(family: IndexedFamily): string {
  const names = [
    family.title,
    family.vendor,
    ...family.aliases,
    ...family.modes.flatMap(({ title }) => [title.ru, title.en]),
  ];
  return names.flatMap((name) => [wordsOf(name).join(" "), wordsOf(name).join("")]).join("\n");
}

function wordsOf(text: string): string[] {
  return (
    text
      .toLowerCase()
      .replaceAll("ё", "е")
      .match(/[\p{L}\p{N}]+/gu) ?? []
  );
}
