import type { Localized } from "../shared/localized.ts";
import type { MediaKind } from "../shared/media.ts";
import type { Category } from "./categories.ts";
import { cheapestCredits } from "./combinations.ts";
import type { Entry, Family } from "./entry.ts";
import { isInMenus } from "./offers.ts";

/** One mode of a family as the menus need it. */
export interface ModeSummary {
  mode: string;
  entryKey: string;
  title: Localized;
  /** KIE credits of the cheapest generation this mode offers (see `cheapestCredits`). */
  fromCredits: number;
  /** Kinds of files it can take, and those without which it does nothing. */
  accepts: MediaKind[];
  needs: MediaKind[];
}

/** What the menus need to know about a family, without its entries. Only modes sold from the menus are listed. */
export interface FamilySummary {
  key: string;
  category: Category;
  title: string;
  vendor: string;
  about: Localized;
  /** ISO date. */
  addedAt: string;
  order: number;
  modes: ModeSummary[];
  fromCredits: number;
}

export interface IndexedFamily extends FamilySummary {
  /** Path of the family's file below the catalog directory. */
  file: string;
  /** Every entry of the family, sold or not: history refers to them. */
  entryKeys: string[];
  /** Ids of its entries on KIE's market. */
  models: string[];
  /** Further words people type to find it. */
  aliases: string[];
}

/** The shape of catalog/index.json. */
export interface CatalogIndex {
  families: IndexedFamily[];
}

export interface FamilyFile {
  file: string;
  family: Family;
}

/** The index of the given families, ordered by file, so that the same data always gives the same index. */
export function indexFamilies(files: readonly FamilyFile[]): CatalogIndex {
  const ordered = files.toSorted((a, b) => (a.file < b.file ? -1 : 1));
  return { families: ordered.map(({ file, family }) => indexFamily(file, family)) };
}

function indexFamily(file: string, family: Family): IndexedFamily {
  const inMenus = family.entries.filter(isInMenus);
  const modes = inMenus.map(summarizeMode);
  // A free step is no price of the family, unless there is nothing else in it.
  const prices = inMenus.filter(({ offer }) => offer === "card").map(cheapestCredits);
  return {
    key: family.key,
    category: family.category,
    title: family.title,
    vendor: family.vendor,
    about: family.about,
    addedAt: family.addedAt,
    order: family.order,
    modes,
    fromCredits: prices.length === 0 ? 0 : Math.min(...prices),
    file,
    entryKeys: family.entries.map((entry) => entry.key),
    models: [...new Set(family.entries.flatMap(({ route }) => (route.api === "market" ? [route.id] : [])))],
    aliases: family.aliases ?? [],
  };
}

function summarizeMode(entry: Entry): ModeSummary {
  const media = entry.params.filter((param) => param.kind === "media" && param.placement !== "never");
  const kinds = (params: typeof media): MediaKind[] => [
    ...new Set(params.flatMap((param) => (param.kind === "media" ? [param.accepts] : []))),
  ];
  return {
    mode: entry.mode,
    entryKey: entry.key,
    title: entry.title,
    fromCredits: cheapestCredits(entry),
    accepts: kinds(media),
    needs: kinds(media.filter((param) => param.kind === "media" && param.required)),
  };
}
