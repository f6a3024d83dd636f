import { join } from "node:path";
import { drizzle } from "drizzle-orm/node-postgres";
import { migrate } from "drizzle-orm/node-postgres/migrator";
import pg from "pg";
import type { TestProject } from "vitest/node";
import { startPostgres } from "../../lib/sandbox/postgres.ts";
import { temporaryFolder } from "./temporary-folder.ts";

declare module "vitest" {
  export interface ProvidedContext {
    /** Port of the real PostgreSQL that all test files share; each file copies `TEMPLATE` for itself. */
    postgresPort: number;
  }
}

export const TEMPLATE = "template_bot";

/** One real PostgreSQL for the whole run, with a migrated template database. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const folder = await temporaryFolder("bot-tests");
  const server = await startPostgres({ dataDirectory: join(folder.path, "data"), note: () => undefined });
  await server.createDatabase(TEMPLATE);
  const client = new pg.Client({ connectionString: server.url(TEMPLATE) });
  await client.connect();
  await migrate(drizzle({ client }), { migrationsFolder: "drizzle" });
  await client.end();
  project.provide("postgresPort", server.port);
  return async () => {
    await server.stop();
    await folder.remove();
  };
}
