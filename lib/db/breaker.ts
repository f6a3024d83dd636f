import { type SQL, sql } from "drizzle-orm";
import * as z from "zod";
import type { FailureCause } from "../faults/causes.ts";
import {
  FAILURE_WINDOW_SECONDS,
  OUTSIDE_CAUSES,
  PAUSE_CAUSES,
  type Pause,
  type PauseCause,
  PROBE_GAPS_SECONDS,
  SAME_TROUBLE_SECONDS,
  SILENT_CREATE_SECONDS,
} from "../generation/breaker.ts";
import type { Database } from "./client.ts";
import { momentJson } from "./rows.ts";

/**
 * Key of the settings row of the circuit breaker. Open: `{since, cause, code, nextProbeAt, probes}`. Closed again:
 * `{closedAt, cause, probes}`. No row: it was never open.
 */
const SELLING_PAUSED = "selling-paused";

/** A query for the row's `value` while selling pauses; no rows while it does not. */
export const openPause: SQL = sql`select settings.value from settings where settings.key = ${SELLING_PAUSED} and settings.value ? 'since'`;

/** Reads the `value` of `openPause`. */
export const pauseRow = z.lazy(() =>
  z.object({
    since: momentJson,
    cause: z.enum(PAUSE_CAUSES),
    code: z.string().nullable(),
    nextProbeAt: momentJson,
    probes: z.number(),
  }),
) satisfies z.ZodType<Pause>;

export interface PauseInput {
  cause: PauseCause;
  code: string | null;
  /** The alert's name and what it says besides; told to each admin once per pause. */
  alert: { adminIds: readonly number[]; payload: Record<string, unknown> };
  now: Date;
}

/**
 * CTEs `pause_opened` and `pause_told`: open the breaker for each row of `gate`, and owe the admins the alert. A pause
 * that is open stays as it is, and nobody is told twice.
 */
export function pauseCtes(gate: SQL, { cause, code, alert, now }: PauseInput): SQL {
  const at = sql`${now.toISOString()}::timestamptz`;
  const gaps = sql.raw(`(array[${PROBE_GAPS_SECONDS.join(", ")}])`);
  const last = sql.raw(String(PROBE_GAPS_SECONDS.length));
  const carried = sql`case when settings.value ->> 'cause' = ${cause} and (settings.value ->> 'closedAt')::timestamptz > ${at} - ${sql.raw(String(SAME_TROUBLE_SECONDS))} * interval '1 second'
    then coalesce((settings.value ->> 'probes')::int, 0) else 0 end`;
  return sql`pause_opened as (
      insert into settings (key, value, updated_at)
      select ${SELLING_PAUSED}, jsonb_build_object('since', ${now.toISOString()}::text, 'cause', ${cause}::text, 'code', ${code}::text,
        'probes', 0, 'nextProbeAt', to_jsonb(${at} + ${gaps}[1] * interval '1 second')), ${at}
      from ${gate} limit 1
      on conflict (key) do update set updated_at = excluded.updated_at,
        value = excluded.value || jsonb_build_object('probes', ${carried},
          'nextProbeAt', to_jsonb(${at} + ${gaps}[least(${carried} + 1, ${last})] * interval '1 second'))
        where not settings.value ? 'since'
      returning key
    ), pause_told as (
      insert into outbox (id, user_id, kind, payload, due_at, created_at)
      select 'alert:selling-paused:' || ${now.toISOString()}::text || ':' || admin.id, admin.id::bigint, 'alert', ${JSON.stringify(alert.payload)}::jsonb, ${at}, ${at}
      from pause_opened, jsonb_array_elements_text(${JSON.stringify(alert.adminIds)}::jsonb) as admin (id)
      on conflict (id) do nothing
    )`;
}

/** Opens the breaker by itself. @returns false when it is open already. */
export async function pauseSelling(database: Database, input: PauseInput): Promise<boolean> {
  const rows = await database.query(sql`
    with one as (select 1), ${pauseCtes(sql`one`, input)} select key from pause_opened`);
  return rows.length > 0;
}

/** The open pause, or null. */
export async function readPause(database: Database): Promise<Pause | null> {
  const [row] = await database.read(openPause);
  return row === undefined ? null : pauseRow.parse(row["value"]);
}

/**
 * Takes the turn to try whether things go on, and plans the next one.
 * @returns false when somebody else has it, it is not due, or the pause is over.
 */
export async function takeProbe(
  database: Database,
  input: { pause: Pause; nextProbeAt: Date; now: Date },
): Promise<boolean> {
  const { pause, now } = input;
  const rows = await database.query(sql`
    update settings set updated_at = ${now.toISOString()}::timestamptz,
      value = value || jsonb_build_object('probes', ${pause.probes + 1}::int, 'nextProbeAt', ${input.nextProbeAt.toISOString()}::text)
    where key = ${SELLING_PAUSED} and (value ->> 'since')::timestamptz = ${pause.since.toISOString()}::timestamptz
      and (value ->> 'probes')::int = ${pause.probes}::int and (value ->> 'nextProbeAt')::timestamptz <= ${now.toISOString()}::timestamptz
    returning key`);
  return rows.length > 0;
}

/** Ends this pause and owes the admins the news. @returns false when it is over already, or another one has begun. */
export async function resumeSelling(
  database: Database,
  input: { pause: Pause; adminIds: readonly number[]; payload: Record<string, unknown>; now: Date },
): Promise<boolean> {
  const { pause } = input;
  const now = sql`${input.now.toISOString()}::timestamptz`;
  const rows = await database.query(sql`
    with s as (
      update settings set updated_at = ${now},
        value = jsonb_build_object('closedAt', ${input.now.toISOString()}::text, 'cause', value -> 'cause', 'probes', value -> 'probes')
      where key = ${SELLING_PAUSED} and (value ->> 'since')::timestamptz = ${pause.since.toISOString()}::timestamptz
      returning key
    ), a as (
      insert into outbox (id, user_id, kind, payload, due_at, created_at)
      select 'alert:selling-resumed:' || ${pause.since.toISOString()}::text || ':' || admin.id, admin.id::bigint, 'alert', ${JSON.stringify(input.payload)}::jsonb, ${now}, ${now}
      from s, jsonb_array_elements_text(${JSON.stringify(input.adminIds)}::jsonb) as admin (id)
      on conflict (id) do nothing
    )
    select key from s`);
  return rows.length > 0;
}

/** Who would go first of everybody that waits, for a trial; null where nobody can go. */
export async function firstForTrial(database: Database, input: { runningLimit: number }): Promise<string | null> {
  const [row] = await database.read(sql`
    select g.id from generations g join wallets w on w.user_id = g.user_id
    where g.state = 'queued' and g.mode = 'real' and w.running < ${input.runningLimit}::int
    order by g.priority, g.created_at, g.id limit 1`);
  return row === undefined ? null : z.string().parse(row["id"]);
}

/**
 * Create calls and outcomes of the last minutes, and how many of them failed for reasons that lie outside: out of the
 * index of what ended lately and that of what is open. Nothing from before the last pause's end counts.
 */
export async function countFailures(database: Database, now: Date): Promise<{ counted: number; failed: number }> {
  const [row] = await database.read(failureCount(now));
  return z.object({ counted: z.coerce.number(), failed: z.coerce.number() }).parse(row);
}

const causes = sql.raw(OUTSIDE_CAUSES.map((cause: FailureCause) => `'${cause}'`).join(", "));

/** The query of `countFailures`, for the bench that looks at its plan. */
export function failureCount(now: Date): SQL {
  const at = sql`${now.toISOString()}::timestamptz`;
  // The plain bound is the one that the planner can estimate by.
  const from = sql`${new Date(now.getTime() - FAILURE_WINDOW_SECONDS * 1000).toISOString()}::timestamptz`;
  const countedFrom = sql`coalesce((select (value ->> 'closedAt')::timestamptz from settings where key = ${SELLING_PAUSED}), ${from})`;
  return sql`
    select count(*) as counted, count(*) filter (where outcome.is_failure) as failed from (
      select g.failure in (${causes}) is true as is_failure from generations g
      where g.finished_at > ${from} and g.finished_at > ${countedFrom} and g.submitted_at is not null and g.mode = 'real' and g.state <> 'cancelled'
      union all
      select true from generations g
      where g.due_at is not null and g.state = 'submitting' and g.task_id is null and g.mode = 'real'
        and g.submitted_at > ${from} and g.submitted_at > ${countedFrom} and g.submitted_at < ${at} - ${sql.raw(String(SILENT_CREATE_SECONDS))} * interval '1 second'
    ) outcome`;
}
