import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { drizzle } from "drizzle-orm/node-postgres";
import { migrate } from "drizzle-orm/node-postgres/migrator";
import pg from "pg";
import { startPostgres } from "../../lib/sandbox/postgres.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

export interface Databases {
  /** One migrated database for each worker. */
  urls: readonly string[];
  stop(): Promise<void>;
}

/**
 * Nothing has to survive here: a world's crashes are the product's, never the server's. Plans are made once per statement,
 * and nothing works behind the worlds' backs, so that rows come in the same order whenever a world is lived through.
 */
const SETTINGS = {
  synchronous_commit: "off",
  full_page_writes: "off",
  autovacuum: "off",
  plan_cache_mode: "force_generic_plan",
  track_activities: "off",
  track_counts: "off",
  max_wal_size: "2GB",
  checkpoint_timeout: "1h",
};

/** Starts a PostgreSQL of its own, with this many databases. */
export async function startDatabases(count: number): Promise<Databases> {
  const folder = await temporaryFolder("bot-simulation");
  const dataDirectory = join(folder.path, "data");
  const server = await startPostgres({ dataDirectory, settings: SETTINGS, note: () => undefined });
  const names = Array.from({ length: count }, (_, place) => `world_${place + 1}`);
  for (const [place, name] of names.entries()) {
    await server.createDatabase(name, place === 0 ? undefined : names[0]);
    if (place > 0) continue;
    const client = new pg.Client({ connectionString: server.url(name) });
    await client.connect();
    await migrate(drizzle({ client }), { migrationsFolder: fileURLToPath(new URL("../../drizzle", import.meta.url)) });
    await client.end();
  }
  return {
    urls: names.map((name) => server.url(name)),
    stop: async () => {
      await server.stop();
      await folder.remove();
    },
  };
}
