import { beginSync } from "../../lib/db/catalog-syncs.ts";
import { createCatalogueClient, type KieCatalogue } from "../../lib/kie/catalogue.ts";
import type { App } from "../../lib/services/app.ts";
import { syncCatalog } from "../../lib/services/catalog/sync.ts";
import { randomId } from "../../lib/shared/ids.ts";
import type { World } from "./world.ts";

/** The simulated KIE's catalogue, asked as in production, but with the gap between two questions in virtual time. */
export function virtualCatalogue(world: World): KieCatalogue {
  const { config } = world.app;
  return createCatalogueClient({
    baseUrl: config.KIE_BASE_URL,
    apiKey: config.KIE_API_KEY,
    gapMs: 1_100,
    wait: (milliseconds) => world.context.clock.advance(milliseconds / 1000),
  });
}

/** What an order writes, without the job that it publishes: the test does the job's work. */
export async function orderedSync(world: World): Promise<void> {
  await beginSync(world.app.database, { id: randomId(12), orderedBy: "admin", now: world.app.clock.now() });
}

/** A whole sync, its waits in virtual time, and the report that follows it. */
export async function runSync(world: World): Promise<void> {
  const app: App = { ...world.app, catalogue: virtualCatalogue(world) };
  await orderedSync(world);
  await syncCatalog(app, { deadline: new AbortController().signal });
  await world.advance(300);
}
