import type { HealthMark } from "../catalog/live/changes.ts";
import type { Catalog, CatalogEntry, FamilySummary } from "../catalog/load.ts";
import { texts } from "../i18n/index.ts";
import type { Localized } from "../shared/localized.ts";
import type { Facts, ViewButton } from "./types.ts";
import { button, cut } from "./view-parts.ts";

const MARKS: Readonly<Record<HealthMark, string>> = { good: "🟢", shaky: "🟡", broken: "🔴" };

/** From best to worst. A family is not worse than what can be ordered of it, and what is unknown is not called broken. */
const BEST_FIRST = ["good", "shaky", undefined, "broken"] as const;

/** A name with the mark before it; nothing while nothing is known. */
export function marked(name: string, mark: HealthMark | undefined): string {
  return mark === undefined ? name : `${MARKS[mark]} ${name}`;
}

export function markOf(entryKey: string, catalog: Catalog): HealthMark | undefined {
  return catalog.health(entryKey)?.mark;
}

/** The mark of the best mode that is sold. */
export function familyMark({ modes }: Pick<FamilySummary, "modes">, catalog: Catalog): HealthMark | undefined {
  const marks = modes.map(({ entryKey }) => markOf(entryKey, catalog));
  return BEST_FIRST.find((mark) => marks.includes(mark));
}

/** Whether an entry is taken out of the menus for now: because it fails, or by an admin. */
export function isHidden({ entry, isOff }: Pick<CatalogEntry, "entry" | "isOff">, catalog: Catalog): boolean {
  return isOff === true || catalog.health(entry.key)?.isHidden === true;
}

/** Whether it fails so often that somebody may want to hear when it works again. */
export function isAiling(entryKey: string, catalog: Catalog): boolean {
  const health = catalog.health(entryKey);
  return health?.mark === "broken" || health?.isHidden === true;
}

/** The first entry of a family that is hidden now; undefined when none is. */
export function hiddenIn(familyKey: string, catalog: Catalog): CatalogEntry | undefined {
  const { family } = familyOf(familyKey, catalog) ?? {};
  return family?.entries.flatMap(({ key }) => catalog.entry(key) ?? []).find((found) => isHidden(found, catalog));
}

/** Any entry of a family, through which the whole of it can be seen; also when none of its modes is in the menus. */
export function familyOf(familyKey: string, catalog: Catalog): CatalogEntry | undefined {
  const [mode] = catalog.summary(familyKey)?.modes ?? [];
  if (mode !== undefined) return catalog.entry(mode.entryKey);
  for (const key of catalog.entryKeys()) {
    const found = catalog.entry(key);
    if (found?.family.key === familyKey) return found;
  }
  return undefined;
}

/** "🔔 Сообщить, когда заработает"; with names where there are several. */
export function notifyRows(modes: readonly { entryKey: string; title: Localized }[], facts: Facts): ViewButton[][] {
  const { language } = facts.user;
  const { health } = texts(language);
  return modes.map(({ entryKey, title }) => [
    button(modes.length === 1 ? health.notify : health.notifyOf(cut(title[language], 40)), {
      kind: "notify",
      entry: entryKey,
    }),
  ]);
}
