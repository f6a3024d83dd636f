import { type SQL, sql } from "drizzle-orm";
import * as z from "zod";
import type { FailureCause } from "../faults/causes.ts";
import { QUEUE_NET_SECONDS } from "../generation/schedule.ts";
import type { KieApi } from "../shared/kie-api.ts";
import { openPause, type PauseInput, pauseCtes, pauseRow } from "./breaker.ts";
import type { Database } from "./client.ts";
import { momentJson } from "./rows.ts";

/** A limit that holds for every stretch of its length, over all instances. */
export interface Rate {
  name: string;
  limit: number;
  windowSeconds: number;
}

export interface ClaimInput {
  generationId: string;
  runningLimit: number;
  rate: Rate;
  /** Where createTask goes. */
  api: KieApi;
  /** Links of files that were just stored at KIE. */
  uploaded: readonly { uploadId: string; url: string; expiresAt: Date }[];
  deadlineAt: Date;
  dueAt: Date;
  /** Goes although selling pauses, and before everybody: what becomes of it tells whether things go on. */
  isTrial?: boolean;
  now: Date;
}

/**
 * `not-queued`: somebody else took it, or it is over. `rate-limit`: it stands in the line at KIE's rate from now on,
 * behind `ahead` others of everybody, and at `freeAt` somebody can go. `paused`: see lib/db/breaker.ts.
 */
export type Claim =
  | { kind: "claimed" | "not-queued" | "running-limit" }
  | { kind: "rate-limit"; ahead: number; freeAt: Date }
  | { kind: "paused"; pause: z.output<typeof pauseRow> };

/** An instance whose clock runs ahead by more than this would keep all others waiting; its takes are forgotten. */
const CLOCK_TOLERANCE = sql.raw("interval '1 minute'");

const claimRow = z.lazy(() =>
  z.object({
    answer: z.enum(["claimed", "paused", "running-limit", "rate-limit"]).nullable(),
    pause: pauseRow.nullable(),
    ahead: z.coerce.number().nullable(),
    free_at: momentJson.nullable(),
  }),
);

/** The id of the first that waits of the owner of `g`, who gave a place back: a query over the index of the queue. */
export const nextOfOwner: SQL = sql`select q.id from generations q
  where q.user_id = g.user_id and q.state = 'queued' and q.id <> g.id order by q.priority, q.created_at, q.id limit 1`;

/**
 * Takes the per-user limit and a place at the account's rate, and writes `submitting`: createTask is called right after,
 * and never again for this generation unless KIE says that nothing was created.
 *
 * Whoever is refused by the rate alone waits in one line with everybody, and a place is given only to whom as many
 * places are free as stand in the line before them, priority first. All other refusals take it out of the line.
 */
export async function claimForSubmit(database: Database, input: ClaimInput): Promise<Claim> {
  const { rate, runningLimit, isTrial = false } = input;
  const now = sql`${input.now.toISOString()}::timestamptz`;
  const [row] = await database.query(sql`
    with g as (
      select id, user_id, priority, created_at from generations where id = ${input.generationId} and state = 'queued' for update
    ), w as (
      select wallets.user_id, wallets.running from wallets join g on g.user_id = wallets.user_id for update of wallets
    ), p as (
      ${openPause}
    ), line as (
      -- More of them than there are places make no difference.
      select count(*)::int as size from (
        select 1 from g, generations q join wallets on wallets.user_id = q.user_id
        where q.rate_waiting and (q.priority, q.created_at, q.id) < (g.priority, g.created_at, g.id)
          and wallets.running < ${runningLimit}::int and not ${isTrial}
        limit ${rate.limit}::int) one
    ), b as (
      insert into rate_windows (name, taken_at)
      select ${rate.name}, array[${now}] from w, line
      where w.running < ${runningLimit}::int and line.size < ${rate.limit}::int and (${isTrial} or not exists (select 1 from p))
      on conflict (name) do update set taken_at = (
          select array_agg(moment order by moment) from (
            select moment from unnest(rate_windows.taken_at || ${now}) moment where moment < ${now} + ${CLOCK_TOLERANCE}
            order by moment desc limit ${rate.limit}::int) kept)
        -- Of the row as it is now, which whoever was first has changed.
        where ${placesLeft(rate, now)} > (select size from line)
      returning name
    ), d as (
      select w.user_id, case when exists (select 1 from b) then 'claimed'
        when exists (select 1 from p) and not ${isTrial} then 'paused'
        when w.running >= ${runningLimit}::int then 'running-limit' else 'rate-limit' end as answer
      from w
    ), gu as (
      update generations set rate_waiting = d.answer = 'rate-limit',
        state = case d.answer when 'claimed' then 'submitting' else state end,
        attempt = attempt + (d.answer = 'claimed')::int,
        submitted_at = case d.answer when 'claimed' then ${now} else submitted_at end,
        task_id = case d.answer when 'claimed' then null else task_id end,
        api = case d.answer when 'claimed' then ${input.api} else api end,
        deadline_at = case d.answer when 'claimed' then ${input.deadlineAt.toISOString()}::timestamptz else deadline_at end,
        -- Whatever it waits for wakes it; this is the net below, which must not find it again and again.
        due_at = case d.answer when 'claimed' then ${input.dueAt.toISOString()}::timestamptz
          else greatest(least(${now} + ${sql.raw(String(QUEUE_NET_SECONDS))} * interval '1 second', deadline_at), ${now} + interval '1 second') end
      from d where generations.id = ${input.generationId}
    ), wu as (
      update wallets set queued = wallets.queued - 1, running = wallets.running + 1
      from d where wallets.user_id = d.user_id and d.answer = 'claimed'
    ), f as (
      update uploads set kie_url = fresh.url, kie_expires_at = fresh.expires_at
      from d, jsonb_to_recordset(${JSON.stringify(
        input.uploaded.map((upload) => ({
          id: upload.uploadId,
          url: upload.url,
          expires_at: upload.expiresAt.toISOString(),
        })),
      )}::jsonb) as fresh (id text, url text, expires_at timestamptz)
      where uploads.id = fresh.id and uploads.user_id = d.user_id
    )
    select d.answer, (select value from p) as pause,
      case d.answer when 'rate-limit' then (
        select count(*) from g, generations q
        where q.rate_waiting and (q.priority, q.created_at, q.id) < (g.priority, g.created_at, g.id)) end as ahead,
      case d.answer when 'rate-limit' then (${freeAt(rate, now, sql`(select size from line)`)}) end as free_at
    from (select 1) one left join d on true`);
  const { answer, pause, ahead, free_at: free } = claimRow.parse(row);
  if (answer === null) return { kind: "not-queued" };
  if (answer === "rate-limit") return { kind: answer, ahead: ahead ?? 0, freeAt: free ?? input.now };
  if (answer !== "paused") return { kind: answer };
  if (pause === null) throw new Error("a pause that stopped a claim can be read");
  return { kind: answer, pause };
}

/** How many may go now, of a row of `rate_windows`. */
function placesLeft({ limit, windowSeconds }: Rate, now: SQL): SQL {
  return sql`(${limit}::int - (select count(*) from unnest(rate_windows.taken_at) moment
    where moment > ${now} - ${windowSeconds}::int * interval '1 second' and moment < ${now} + ${CLOCK_TOLERANCE}))`;
}

/**
 * When the next place is free, by the statement's snapshot: now, when there are places and only the line keeps somebody
 * from them. A snapshot that is older than the takes which filled the window shows places for whom was refused; after
 * one length of the window there is one in any case.
 */
function freeAt(rate: Rate, now: SQL, standing: SQL): SQL {
  const length = sql`${rate.windowSeconds}::int * interval '1 second'`;
  return sql`coalesce((
    select case when ${placesLeft(rate, now)} > ${standing} then ${now} + ${length}
      when ${placesLeft(rate, now)} > 0 then ${now}
      else rate_windows.taken_at[greatest(cardinality(rate_windows.taken_at) - ${rate.limit}::int + 1, 1)] + ${length} end
    from rate_windows where name = ${rate.name}), ${now} + ${length})`;
}

/** The line at KIE's rate, as it stands. */
export interface Line {
  isPaused: boolean;
  /** Who could go if there were places, first who is first; at most as many as the limit. */
  heads: readonly string[];
  places: number;
  /** When the next place is free; now, when there are places. */
  freeAt: Date;
}

const lineRow = z.lazy(() =>
  z.object({
    paused: z.boolean(),
    heads: z.array(z.string()).nullable(),
    places: z.coerce.number().nullable(),
    free_at: momentJson,
  }),
);

export async function readLine(
  database: Database,
  input: { rate: Rate; runningLimit: number; now: Date },
): Promise<Line> {
  const { rate } = input;
  const now = sql`${input.now.toISOString()}::timestamptz`;
  const [row] = await database.read(sql`
    select exists (${openPause}) as paused,
      (select jsonb_agg(head.id order by head.priority, head.created_at, head.id) from (${lineHeads(rate.limit, input.runningLimit)}) head) as heads,
      (select ${placesLeft(rate, now)} from rate_windows where name = ${rate.name}) as places,
      ${freeAt(rate, now, sql`${rate.limit}::int`)} as free_at`);
  const { paused, heads, places, free_at } = lineRow.parse(row);
  // Nobody has gone yet: all places are there.
  return { isPaused: paused, heads: heads ?? [], places: places ?? rate.limit, freeAt: free_at };
}

/** The first of the line who could go: others of theirs do not fill their own limit. */
export function lineHeads(limit: number, runningLimit: number): SQL {
  return sql`select q.id, q.priority, q.created_at from generations q join wallets on wallets.user_id = q.user_id
    where q.rate_waiting and wallets.running < ${runningLimit}::int
    order by q.priority, q.created_at, q.id limit ${limit}::int`;
}

/** Selling goes on: everything that waits stands in the line, in which it goes in its order and at KIE's rate. */
export async function wakeQueue(database: Database, now: Date): Promise<number> {
  const rows = await database.query(sql`
    update generations set rate_waiting = true, due_at = ${now.toISOString()}::timestamptz
    where id in (select id from generations where state = 'queued' and not rate_waiting order by id for update skip locked)
    returning id`);
  return rows.length;
}

/**
 * KIE created nothing and may later: back into our queue, the limit given back.
 *
 * @param input.failure why it has to wait.
 * @param input.pause present when nobody else needs to try for now either.
 */
export async function returnToQueue(
  database: Database,
  input: {
    generationId: string;
    failure?: { cause: FailureCause; code: string } | null;
    pause?: PauseInput | null;
    deadlineAt: Date;
    dueAt: Date;
  },
): Promise<boolean> {
  const pause = input.pause ?? null;
  const rows = await database.query(sql`
    with g as (
      update generations set state = 'queued', due_at = ${input.dueAt.toISOString()}::timestamptz, rate_waiting = false,
        deadline_at = ${input.deadlineAt.toISOString()}::timestamptz,
        failure = ${input.failure?.cause ?? null}, failure_code = ${input.failure?.code ?? null}
      where id = ${input.generationId} and state = 'submitting' and task_id is null returning user_id
    ), w as (
      update wallets set queued = wallets.queued + 1, running = wallets.running - 1
      from g where wallets.user_id = g.user_id
    )${pause === null ? sql`` : sql`, ${pauseCtes(sql`g`, pause)}`}
    select user_id from g`);
  return rows.length > 0;
}

/** Still queued, and out of the line: whatever keeps it must not keep everybody behind it. Tried again at `dueAt`. */
export async function postponeQueued(database: Database, input: { generationId: string; dueAt: Date }): Promise<void> {
  await database.query(sql`
    update generations set due_at = ${input.dueAt.toISOString()}::timestamptz, rate_waiting = false
    where id = ${input.generationId} and state = 'queued'`);
}
