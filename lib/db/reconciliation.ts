import { sql } from "drizzle-orm";
import * as z from "zod";
import type { Database } from "./client.ts";
import { momentJson } from "./rows.ts";

/** Row of `settings` with the run under way, or the last one. */
const RUN = "reconciliation";

/** One comparison of the books, continued over several calls. */
export interface ReconciliationRun {
  /** The night it belongs to: `2026-11-21`. */
  day: string;
  orderedBy: "schedule" | "admin";
  /** Null before the first one. */
  startedAt: Date | null;
  /** When the one before it began: what moved since then is compared again. */
  since: Date | null;
  /** The last wallet that was compared. */
  cursor: number;
  checkedWallets: number;
  opened: number;
  finishedAt: Date | null;
}

const runSchema = z.lazy(() =>
  z.object({
    day: z.string(),
    orderedBy: z.enum(["schedule", "admin"]).default("schedule"),
    startedAt: momentJson.nullable().default(null),
    since: momentJson.nullable().default(null),
    cursor: z.number().default(0),
    checkedWallets: z.number().default(0),
    opened: z.number().default(0),
    finishedAt: momentJson.nullable().default(null),
  }),
);

/** A run as it is stored; null where there is none that can be read. */
export function runState(value: unknown): ReconciliationRun | null {
  const parsed = runSchema.safeParse(value);
  return parsed.success ? parsed.data : null;
}

/**
 * Begins a run unless one is under way. For a schedule: only on a day that has none yet; the first call ever notes the
 * day and begins nothing, because there is nothing of yesterday to compare.
 *
 * @returns `isUnderWay`: also one that was begun before.
 */
export async function beginReconciliation(
  database: Database,
  input: { day: string; orderedBy: "schedule" | "admin"; now: Date },
): Promise<{ isBegun: boolean; isUnderWay: boolean }> {
  const at = input.now.toISOString();
  const begun = { day: input.day, orderedBy: input.orderedBy, startedAt: at, cursor: 0, checkedWallets: 0, opened: 0 };
  const first = input.orderedBy === "admin" ? { ...begun, finishedAt: null } : { day: input.day, finishedAt: at };
  const isDue = input.orderedBy === "admin" ? sql`true` : sql`settings.value ->> 'day' < ${input.day}`;
  const [row] = await database.query(sql`
    with b as (
      insert into settings (key, value, updated_at) values (${RUN}, ${JSON.stringify(first)}::jsonb, ${at}::timestamptz)
      on conflict (key) do update set updated_at = excluded.updated_at,
        value = ${JSON.stringify(begun)}::jsonb || jsonb_build_object('since', settings.value -> 'startedAt')
        where settings.value ->> 'finishedAt' is not null and ${isDue}
      returning value
    )
    select exists (select 1 from b where value ->> 'finishedAt' is null) as is_begun,
      coalesce((select value from b), (select value from settings where key = ${RUN})) ->> 'finishedAt' is null as is_under_way`);
  const answer = z.object({ is_begun: z.boolean(), is_under_way: z.boolean() }).parse(row);
  return { isBegun: answer.is_begun, isUnderWay: answer.is_under_way };
}

/** Takes the run that is under way, when nobody has it. The moment of `leaseUntil` is the token of what follows. */
export async function leaseReconciliation(
  database: Database,
  input: { now: Date; leaseUntil: Date },
): Promise<ReconciliationRun | null> {
  const [row] = await database.query(sql`
    update settings set value = value || jsonb_build_object('leaseUntil', ${input.leaseUntil.toISOString()}::text)
    where key = ${RUN} and value ->> 'finishedAt' is null
      and (value ->> 'leaseUntil' is null or (value ->> 'leaseUntil')::timestamptz <= ${input.now.toISOString()}::timestamptz)
    returning value`);
  return runState(row?.["value"]);
}

/** Stores how far the run came. @returns false when its lease belongs to somebody else by now. */
export async function saveReconciliation(
  database: Database,
  input: {
    leaseUntil: Date;
    progress: { cursor: number; checkedWallets: number; opened: number };
    finishedAt: Date | null;
    /** Also lets somebody else go on. */
    release: boolean;
  },
): Promise<boolean> {
  const patch = {
    ...input.progress,
    ...(input.finishedAt === null ? {} : { finishedAt: input.finishedAt.toISOString() }),
    ...(input.release ? { leaseUntil: null } : {}),
  };
  const rows = await database.query(sql`
    update settings set value = value || ${JSON.stringify(patch)}::jsonb
    where key = ${RUN} and value ->> 'leaseUntil' = ${input.leaseUntil.toISOString()}
    returning key`);
  return rows.length > 0;
}
