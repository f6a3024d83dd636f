import { sql } from "drizzle-orm";
import * as z from "zod";
import type { Database } from "./client.ts";

export interface DatabaseHealth {
  /** Migrations that the database says it has. */
  migrations: number;
  queued: number;
  running: number;
  undelivered: number;
  /** Age of the oldest money that is held, in seconds; null when nothing is. */
  oldestHoldSeconds: number | null;
  /** Rows of the outbox that wait. */
  outbox: number;
}

const healthSchema = z.lazy(() =>
  z.object({
    migrations: z.coerce.number(),
    queued: z.coerce.number(),
    running: z.coerce.number(),
    undelivered: z.coerce.number(),
    oldest: z.coerce.number().nullable(),
    outbox: z.coerce.number(),
  }),
);

/** One statement over the indexes of what is open. @throws DatabaseFailure also when the tables are not there. */
export async function readHealth(database: Database, now: Date): Promise<DatabaseHealth> {
  const [row] = await database.read(sql`
    select (select count(*) from drizzle.__drizzle_migrations) as migrations,
      count(*) filter (where state = 'queued') as queued,
      count(*) filter (where state in ('submitting', 'submitted')) as running,
      count(*) filter (where state = 'succeeded') as undelivered,
      extract(epoch from ${now.toISOString()}::timestamptz - min(created_at) filter (where posted_kopecks is null)) as oldest,
      (select count(*) from outbox where due_at is not null) as outbox
    from generations where due_at is not null`);
  const health = healthSchema.parse(row);
  const { oldest, ...counts } = health;
  return { ...counts, oldestHoldSeconds: oldest };
}

/** Stores a fact of the installation. */
export async function saveSetting(database: Database, key: string, value: unknown, now: Date): Promise<void> {
  await database.query(sql`
    insert into settings (key, value, updated_at) values (${key}, ${JSON.stringify(value)}::jsonb, ${now.toISOString()}::timestamptz)
    on conflict (key) do update set value = excluded.value, updated_at = excluded.updated_at`);
}
