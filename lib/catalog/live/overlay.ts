import { cheapestCredits } from "../combinations.ts";
import type { Entry, Family } from "../entry.ts";
import { type IndexedFamily, indexFamilies } from "../family-index.ts";
import type { Catalog, CatalogEntry, FamilySummary } from "../load.ts";
import { byMenuOrder, haystackOf, titlesFirst, wordsOf } from "../search.ts";
import { unsold as takenOffSale } from "./apply-change.ts";
import { applyOverrides } from "./apply-overrides.ts";
import type { EntryHealth, LiveCatalog } from "./changes.ts";

/** A family that differs from the files, as everybody sees it. */
interface Touched {
  family: Family;
  summary: IndexedFamily;
  haystack: string;
}

/**
 * The catalog with everything that lies over its files: approved changes, settings of admins, health. Families that
 * nothing speaks of are read from the base when they are first wanted, as ever. An override that does not fit is left
 * out; what it would have changed stays as it is. Entries that are hidden because they fail stay what they are and only
 * leave the menus.
 */
export function overlay(base: Catalog, live: LiveCatalog): Catalog {
  const health = new Map(live.health.map((each) => [each.entryKey, each]));
  const { families, secondFirst, off } = applyOverrides(base, live.overrides);
  const hidden = new Set(live.health.filter(({ isHidden }) => isHidden).map(({ entryKey }) => entryKey));
  const touched = touchedFamilies(base, families, hidden);
  const own = new Map(
    [...touched.values()].flatMap(({ family }) =>
      family.entries.map((entry) => [entry.key, { family, entry }] as const),
    ),
  );
  const unsold = new Set(
    [...own.values()].filter(({ entry }) => isTakenOff(base, entry)).map(({ entry }) => entry.key),
  );
  const added = [...own.keys()].filter((key) => base.entry(key) === undefined);
  const inMenus = [...touched.values()].filter(({ summary }) => summary.modes.length > 0);

  function seen(found: CatalogEntry | undefined): CatalogEntry | undefined {
    if (found === undefined) return undefined;
    const { family } = found;
    const entry = unsold.size + hidden.size === 0 ? found.entry : withoutLinks(found.entry, unsold, hidden);
    if (entry === found.entry && !secondFirst.has(family.key) && !off.has(entry.key)) return found;
    return {
      family,
      entry,
      ...(secondFirst.has(family.key) ? { secondFirst: true as const } : {}),
      ...(off.has(entry.key) ? { isOff: true as const } : {}),
    };
  }

  function untouched(summaries: readonly FamilySummary[]): FamilySummary[] {
    return summaries.filter(({ key }) => !touched.has(key));
  }

  const catalog: Catalog = {
    families(category) {
      if (touched.size === 0) return base.families(category);
      const others = inMenus.map(({ summary }) => summary).filter((summary) => summary.category === category);
      return [...untouched(base.families(category)), ...others].toSorted(byMenuOrder);
    },
    summary: (familyKey) => touched.get(familyKey)?.summary ?? base.summary(familyKey),
    mode(familyKey, mode) {
      const family = touched.get(familyKey)?.family;
      if (family === undefined) return seen(base.mode(familyKey, mode));
      const entry = family.entries.find((each) => each.mode === mode);
      return seen(entry && { family, entry });
    },
    entry: (entryKey) => seen(own.get(entryKey) ?? base.entry(entryKey)),
    entryKeys: () => (added.length === 0 ? base.entryKeys() : [...base.entryKeys(), ...added]),
    entriesOf(model) {
      const known = base.entriesOf(model).map(({ entry }) => entry.key);
      const news = added.filter((key) => {
        const route = own.get(key)?.entry.route;
        return route?.api === "market" && route.id === model;
      });
      return [...known, ...news].flatMap((key) => catalog.entry(key) ?? []);
    },
    search(text) {
      const words = wordsOf(text);
      if (touched.size === 0 || words.length === 0) return base.search(text);
      const others = inMenus.filter(({ haystack }) => words.every((word) => haystack.includes(word)));
      const found = [...untouched(base.search(text)), ...others.map(({ summary }) => summary)];
      return titlesFirst(found.toSorted(byMenuOrder), words);
    },
    get defaultEntryKey() {
      const isGone = unsold.has(base.defaultEntryKey) || hidden.has(base.defaultEntryKey);
      return (isGone ? firstTextModel(catalog) : undefined) ?? base.defaultEntryKey;
    },
    revision: live.revision,
    health: (entryKey): EntryHealth | undefined => health.get(entryKey),
  };
  return catalog;
}

function touchedFamilies(
  base: Catalog,
  overridden: ReadonlyMap<string, Family>,
  hidden: ReadonlySet<string>,
): Map<string, Touched> {
  const families = new Map(overridden);
  for (const key of hidden) {
    const family = base.entry(key)?.family;
    if (family && !families.has(family.key)) families.set(family.key, family);
  }
  const touched = new Map<string, Touched>();
  for (const [key, changed] of families) {
    // A family that can not be summed up stays as the files have it.
    try {
      const family = { ...changed, entries: changed.entries.map(priced) };
      const summary = summarized(family, hidden);
      touched.set(key, { family, summary, haystack: haystackOf(summary) });
    } catch {}
  }
  return touched;
}

/** A card that has lost its price is none. */
function priced(entry: Entry): Entry {
  const isLost = entry.offer === "card" && !Number.isFinite(cheapestCredits(entry));
  return isLost ? takenOffSale(entry, "No price is known.") : entry;
}

/** The family as the menus have it, without what is hidden. */
function summarized(family: Family, hidden: ReadonlySet<string>): IndexedFamily {
  const shown = family.entries.filter(({ key }) => !hidden.has(key));
  const [indexed] = indexFamilies([{ file: "", family: { ...family, entries: shown } }]).families;
  if (indexed === undefined) throw new Error("unreachable: one family gives one summary");
  return { ...indexed, entryKeys: family.entries.map(({ key }) => key) };
}

function isTakenOff(base: Catalog, entry: Entry): boolean {
  return entry.offer === "unpriced" && base.entry(entry.key)?.entry.offer !== "unpriced";
}

/** Without other cards, follow-ups and second routes that can not be had any more. */
function withoutLinks(entry: Entry, unsold: ReadonlySet<string>, hidden: ReadonlySet<string>): Entry {
  const { alternatives, followUps, second, ...rest } = entry;
  const others = alternatives?.filter(({ key }) => !unsold.has(key) && !hidden.has(key));
  const next = followUps?.filter((key) => !unsold.has(key) && !hidden.has(key));
  const isSame =
    others?.length === alternatives?.length &&
    next?.length === followUps?.length &&
    !(second && unsold.has(second.key));
  if (isSame) return entry;
  return {
    ...rest,
    ...(others && others.length > 0 ? { alternatives: others } : {}),
    ...(next && next.length > 0 ? { followUps: next } : {}),
    ...(second && !unsold.has(second.key) ? { second } : {}),
  };
}

/** The first card of a menu that needs no file. */
function firstTextModel(catalog: Catalog): string | undefined {
  return catalog
    .families("image")
    .flatMap(({ modes }) => modes)
    .find(({ needs }) => needs.length === 0)?.entryKey;
}
