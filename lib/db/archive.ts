import { sql } from "drizzle-orm";
import * as z from "zod";
import type { Database } from "./client.ts";
import { type OutputRow, outputRow } from "./rows.ts";

/** A generation whose files are being copied, in the hands of whoever took the lease. */
export interface LeasedArchive {
  userId: number;
  /** How often it was tried, with this time. */
  attempts: number;
  /** Files that are not in the archive yet, in their order. */
  outputs: readonly OutputRow[];
}

const leasedSchema = z.lazy(() =>
  z.object({
    user_id: z.coerce.number(),
    attempts: z.number(),
    outputs: z.array(outputRow).nullable(),
  }),
);

/** Ids of generations whose files are to be copied since `dueBefore`, oldest first. */
export async function dueArchives(database: Database, input: { dueBefore: Date; limit: number }): Promise<string[]> {
  const rows = await database.read(
    sql`select id from generations where archive_due_at is not null and archive_due_at <= ${input.dueBefore.toISOString()}::timestamptz order by archive_due_at limit ${input.limit}::int`,
  );
  return rows.map((row) => z.string().parse(row["id"]));
}

/** Takes the right to copy for one lease. @returns null when nothing is owed, or somebody else is at it. */
export async function leaseArchive(
  database: Database,
  input: { generationId: string; now: Date; leaseUntil: Date },
): Promise<LeasedArchive | null> {
  const [row] = await database.query(sql`
    with g as (
      update generations set archive_due_at = ${input.leaseUntil.toISOString()}::timestamptz, archive_attempts = archive_attempts + 1
      where id = ${input.generationId} and archive_due_at <= ${input.now.toISOString()}::timestamptz
      returning id, user_id, archive_attempts
    )
    select g.user_id::text as user_id, g.archive_attempts as attempts, (
      select jsonb_agg(to_jsonb(o) order by o.position) from outputs o
      where o.generation_id = g.id and o.url is not null and o.archive_key is null) as outputs
    from g`);
  if (row === undefined) return null;
  const leased = leasedSchema.parse(row);
  return { userId: leased.user_id, attempts: leased.attempts, outputs: leased.outputs ?? [] };
}

/** One file is in the archive; the lease goes on. */
export async function saveArchived(
  database: Database,
  input: { generationId: string; position: number; key: string; leaseUntil: Date },
): Promise<void> {
  await database.query(sql`
    with o as (
      update outputs set archive_key = ${input.key}
      where generation_id = ${input.generationId} and position = ${input.position}::int
    )
    update generations set archive_due_at = ${input.leaseUntil.toISOString()}::timestamptz
    where id = ${input.generationId} and archive_due_at is not null`);
}

/** Nothing is left to copy (`dueAt` null), or it is tried again then. */
export async function planArchive(
  database: Database,
  input: { generationId: string; dueAt: Date | null },
): Promise<void> {
  await database.query(sql`
    update generations set archive_due_at = ${input.dueAt?.toISOString() ?? null}::timestamptz
    where id = ${input.generationId} and archive_due_at is not null`);
}
