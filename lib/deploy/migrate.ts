import { fileURLToPath } from "node:url";
import { neon } from "@neondatabase/serverless";
import { drizzle } from "drizzle-orm/neon-http";
import { migrate } from "drizzle-orm/neon-http/migrator";

/**
 * Brings the database to the newest layout. Safe to repeat: what is there is skipped. Migrations only add; a running
 * older program goes on working.
 *
 * @param url connection string of the direct host (not a pooler), as `DATABASE_URL` usually is.
 * @param folder `drizzle/` with the generated SQL.
 */
export async function migrateDatabase(url: string, folder: URL): Promise<void> {
  await migrate(drizzle({ client: neon(url) }), { migrationsFolder: fileURLToPath(folder) });
}
