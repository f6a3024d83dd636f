import type { HealthMark } from "../../catalog/live/changes.ts";
import type { Catalog } from "../../catalog/load.ts";
import { type HealthFacts, type HealthRow, saveHealth, takeHealthTurn } from "../../db/health-marks.ts";
import type { App } from "../app.ts";
import { withCatalog } from "../catalog/current.ts";

/** From so many ends of our own on, KIE's figure is not looked at. */
const OWN_SAMPLES = 5;
const GOOD = 0.9;
const SHAKY = 0.6;
/** A model is hidden by our own experience alone, and only by enough of it. */
const HIDING_SAMPLES = 10;
const HIDDEN_BELOW = 0.4;

/** How each model did in the last 24 hours, as a mark that people see. At most once per ten minutes. */
export async function markHealth(app: App): Promise<void> {
  const now = app.clock.now();
  const facts = await takeHealthTurn(app.database, now);
  if (facts === null) return;
  const { catalog } = await withCatalog(app, facts.catalogRevision);
  const rows = marksOf(catalog, facts);
  const known = new Set(rows.map(({ entryKey }) => entryKey));
  const forget = facts.marked.filter((entryKey) => !known.has(entryKey));
  if (rows.length === 0 && forget.length === 0) return;
  const saved = await saveHealth(app.database, { rows, forget, adminIds: app.config.ADMIN_ID, now });
  app.log.info("health.marked", { ...saved });
}

/** Marks of all entries of which anything is known. */
export function marksOf(catalog: Catalog, { own, providerRates }: HealthFacts): HealthRow[] {
  const ownOf = new Map(own.map((each) => [each.entryKey, each]));
  // Without any figure of KIE's only the entries that were used can have a mark: no need to open every family.
  const keys = providerRates.size === 0 ? [...ownOf.keys()] : catalog.entryKeys();
  return keys.flatMap((entryKey) => {
    const found = catalog.entry(entryKey);
    if (found === undefined) return [];
    const { succeeded, failed } = ownOf.get(entryKey) ?? { succeeded: 0, failed: 0 };
    const providerRate = providerRates.get(found.entry.route.id) ?? null;
    const samples = succeeded + failed;
    const ownRate = samples === 0 ? null : succeeded / samples;
    const rate = samples >= OWN_SAMPLES ? ownRate : providerRate;
    if (rate === null) return [];
    const hides = samples >= HIDING_SAMPLES && ownRate !== null && ownRate < HIDDEN_BELOW;
    return [{ entryKey, succeeded, failed, providerRate, mark: markOf(rate), hides }];
  });
}

function markOf(rate: number): HealthMark {
  if (rate >= GOOD) return "good";
  return rate >= SHAKY ? "shaky" : "broken";
}
