import type { Category } from "../../catalog/categories.ts";
import type { Catalog, CatalogEntry } from "../../catalog/load.ts";
import { rulesOf } from "../../catalog/param-kinds.ts";
import type { ParamValues } from "../../catalog/param-values.ts";
import { routesOf, type Way } from "../../catalog/second-route.ts";
import type { KieApi } from "../../shared/kie-api.ts";

/** Where its model stands in the menus: how long such a thing takes. One that is gone is treated as the quickest. */
export function categoryOf(catalog: Catalog, { entryKey }: { entryKey: string }): Category {
  return catalog.entry(entryKey)?.family.category ?? "image";
}

/** The way of an entry that goes by this family of endpoints; the entry's first one where the catalog knows none by now. */
export function wayBy(catalog: Catalog, found: CatalogEntry, api: KieApi): Way {
  const ways = routesOf(catalog, found);
  return ways.find((way) => way.entry.route.api === api) ?? ways[0];
}

/**
 * The ways that a create call may still go, first what is tried first. A generation that KIE sent back to our queue goes
 * again the way it went last, and one that had changed its way by then does not change it back.
 */
export function waysLeft(
  catalog: Catalog,
  found: CatalogEntry,
  generation: { attempt: number; api: KieApi; values: ParamValues },
): readonly [Way, ...Way[]] {
  const ways = routesOf(catalog, found, generation.values);
  if (generation.attempt === 0 || generation.api === ways[0].entry.route.api) return ways;
  return [wayBy(catalog, found, generation.api)];
}

/** What a task was given out of an earlier result, as it stood in the create request. */
export function earlierFields(way: Way, own: ParamValues): Record<string, unknown> {
  const values = way.values(own);
  const fields: Record<string, unknown> = {};
  for (const param of way.entry.params) {
    const value = values[param.name];
    if (param.kind !== "earlier" || param.sent === false || value === undefined) continue;
    fields[param.name] = rulesOf(param).encode(param, value, noUploads);
  }
  return fields;
}

const noUploads = (uploadId: string): string => {
  throw new Error(`upload ${uploadId} is no value out of an earlier result`);
};
