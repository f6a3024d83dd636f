import { checkValues } from "./check.ts";
import { effectiveValues, matches } from "./conditions.ts";
import type { Entry } from "./entry.ts";
import type { Catalog, CatalogEntry } from "./load.ts";
import type { ParamValues } from "./param-values.ts";

/** One way to have an entry made: the entry whose route and fields are used, and its values out of the own ones. */
export interface Way {
  entry: Entry;
  values(own: ParamValues): ParamValues;
}

/**
 * The ways of an entry, first what is tried first: its own route, and the second one where there is one.
 *
 * @param own Leaves out a second way that these values do not fit: not everything can be said there.
 */
export function routesOf(
  catalog: Catalog,
  { entry, secondFirst }: CatalogEntry,
  own?: ParamValues,
): readonly [Way, ...Way[]] {
  const first: Way = { entry, values: (values) => values };
  const { second } = entry;
  const other = second === undefined ? undefined : catalog.entry(second.key)?.entry;
  if (second === undefined || other === undefined) return [first];
  const way: Way = {
    entry: other,
    values: (values) => renamed(effectiveValues(entry, values), second.names ?? {}, other),
  };
  if (own !== undefined) {
    const isMeant = second.onlyWhen === undefined || matches(second.onlyWhen, entry, effectiveValues(entry, own));
    if (!isMeant || checkValues(other, way.values(own)).length > 0) return [first];
  }
  return secondFirst ? [way, first] : [first, way];
}

/** What really counts of the own values, by the other entry's names; what it does not know is left out. */
function renamed(values: ParamValues, names: Readonly<Record<string, string>>, other: Entry): ParamValues {
  const known = new Set(other.params.filter((param) => param.kind !== "fixed").map((param) => param.name));
  return Object.fromEntries(
    Object.entries(values)
      .map(([name, value]) => [names[name] ?? name, value] as const)
      .filter(([name]) => known.has(name)),
  );
}
