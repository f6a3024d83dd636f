import { type SQL, sql } from "drizzle-orm";
import * as z from "zod";
import type { TodayFacts } from "../conversation/admin/types.ts";
import type {
  FoundUser,
  UserCard,
  UserFacts,
  UserGeneration,
  UserOperation,
} from "../conversation/admin/user-types.ts";
import { GENERATION_STATES } from "../generation/states.ts";
import { RUN_MODES } from "../shared/run-mode.ts";
import { paymentRow, paymentsJson } from "./admin-payments.ts";
import { catalogRevision, revisionJson } from "./catalog-revision.ts";
import type { Database } from "./client.ts";
import { kopecksJson, momentJson } from "./rows.ts";

/** Rows of each list of the admins. */
const LISTED = 8;
/** Stored updates that are looked through for who wrote last: enough for a page of people who write a lot. */
const LOOKED_THROUGH = 500;

/** What one page about users needs. */
export interface UsersWanted {
  /** People found by these words; null: the last active ones. */
  search?: string | null;
  userId?: number;
  /** Of the user. */
  operations?: boolean;
  generations?: boolean;
  generationId?: string;
  payments?: boolean;
  /** Of one payment: see `UserPayment`. */
  paymentKey?: string;
  /** Confirmation whose transfer is looked for. */
  adjustId?: string;
  /** `2026-11`, Europe/Moscow. */
  month: string;
}

const foundRow = z.lazy(() =>
  z
    .object({
      id: z.number(),
      first_name: z.string(),
      username: z.string().nullable(),
      available: kopecksJson,
      banned: z.boolean(),
    })
    .transform(
      (row): FoundUser => ({
        userId: row.id,
        firstName: row.first_name,
        username: row.username,
        availableKopecks: row.available,
        isBanned: row.banned,
      }),
    ),
);

const cardRow = z.lazy(() =>
  z
    .object({
      id: z.number(),
      first_name: z.string(),
      username: z.string().nullable(),
      reachable: z.boolean(),
      created_at: momentJson,
      main: kopecksJson,
      bonus: kopecksJson,
      held: kopecksJson,
      debt: kopecksJson,
      spent: kopecksJson,
      spend_limit: kopecksJson.nullable(),
      paid: kopecksJson,
      payments: z.number(),
      running: z.number(),
      queued: z.number(),
      banned: z.boolean(),
    })
    .transform(
      (row): UserCard => ({
        userId: row.id,
        firstName: row.first_name,
        username: row.username,
        isReachable: row.reachable,
        createdAt: row.created_at,
        mainKopecks: row.main,
        bonusKopecks: row.bonus,
        heldKopecks: row.held,
        debtKopecks: row.debt,
        spentThisMonthKopecks: row.spent,
        spendLimitKopecks: row.spend_limit,
        paidKopecks: row.paid,
        payments: row.payments,
        running: row.running,
        queued: row.queued,
        isBanned: row.banned,
      }),
    ),
);

const operationRow = z.lazy(() =>
  z
    .object({
      kind: z.enum(["credit", "hold", "post", "void", "refund", "adjust"]),
      kopecks: kopecksJson,
      source: z.string(),
      destination: z.string(),
      reason: z.string().nullable(),
      actor_id: z.number().nullable(),
      generation_id: z.string().nullable(),
      created_at: momentJson,
    })
    .transform(
      (row): UserOperation => ({
        kind: row.kind,
        kopecks: row.kopecks,
        source: row.source,
        destination: row.destination,
        reason: row.reason,
        actorId: row.actor_id,
        generationId: row.generation_id,
        at: row.created_at,
      }),
    ),
);

const generationRow = z.lazy(() =>
  z
    .object({
      id: z.string(),
      entry_key: z.string(),
      state: z.enum(GENERATION_STATES),
      mode: z.enum(RUN_MODES),
      price_kopecks: kopecksJson,
      posted_kopecks: kopecksJson.nullable(),
      posted_bonus: kopecksJson,
      refunded: kopecksJson,
      task_id: z.string().nullable(),
      failure_code: z.string().nullable(),
      created_at: momentJson,
      finished_at: momentJson.nullable(),
    })
    .transform(
      (row): UserGeneration => ({
        generationId: row.id,
        entryKey: row.entry_key,
        state: row.state,
        mode: row.mode,
        priceKopecks: row.price_kopecks,
        chargedKopecks: row.posted_kopecks,
        chargedMainKopecks: (row.posted_kopecks ?? 0n) - row.posted_bonus,
        chargedBonusKopecks: row.posted_bonus,
        refundedKopecks: row.refunded,
        taskId: row.task_id,
        failureCode: row.failure_code,
        createdAt: row.created_at,
        finishedAt: row.finished_at,
      }),
    ),
);

const usersRow = z.lazy(() =>
  z.object({
    revision: revisionJson,
    found: z.array(foundRow).nullable(),
    card: cardRow.nullable(),
    operations: z.array(operationRow).nullable(),
    generations: z.array(generationRow).nullable(),
    payments: z.array(paymentRow).nullable(),
    applied: z.boolean(),
  }),
);

/** What a page of the admins shows of users, in one statement, and the catalog's revision that it is true for. */
export async function readUsers(
  database: Database,
  wanted: UsersWanted,
): Promise<{ facts: UserFacts; catalogRevision: number }> {
  const { userId, search, adjustId } = wanted;
  const [row] = await database.read(sql`
    select ${catalogRevision} as revision,
      ${search === undefined ? sql`null::jsonb` : peopleJson(search)} as found,
      ${userId === undefined ? sql`null::jsonb` : cardJson(userId, wanted.month)} as card,
      ${userId === undefined || wanted.operations !== true ? sql`null::jsonb` : operationsJson(userId)} as operations,
      ${userId === undefined ? sql`null::jsonb` : generationsJson(userId, wanted)} as generations,
      ${userId === undefined ? sql`null::jsonb` : paymentsJson(userId, wanted, LISTED)} as payments,
      ${
        adjustId === undefined
          ? sql`false`
          : sql`exists (select 1 from transfers where id = ${adjustTransferId(adjustId)})`
      } as applied`);
  const read = usersRow.parse(row);
  return {
    facts: {
      found: read.found ?? [],
      card: read.card,
      operations: read.operations ?? [],
      generations: read.generations ?? [],
      payments: read.payments ?? [],
      isApplied: read.applied,
    },
    catalogRevision: read.revision,
  };
}

/** Whole digits are an id, `@…` begins a username, other words are part of a name or username. */
function peopleJson(search: string | null): SQL {
  const person = sql`jsonb_build_object('id', u.id, 'first_name', u.first_name, 'username', u.username,
    'available', coalesce(w.main + w.bonus, 0), 'banned', coalesce(w.banned, false))`;
  if (search === null) {
    return sql`(select jsonb_agg(${person} order by a.at desc, u.id) from (
        select user_id, max(received_at) as at from (
          select user_id, received_at from updates where user_id is not null order by received_at desc limit ${LOOKED_THROUGH}::int) last
        group by user_id order by at desc limit ${LISTED}::int) a
      join users u on u.id = a.user_id left join wallets w on w.user_id = u.id)`;
  }
  const like = search.replace(/^@/, "").replace(/[\\%_]/g, (each) => `\\${each}`);
  const matches = /^\d{1,16}$/.test(search)
    ? sql`p.id = ${search}::bigint`
    : search.startsWith("@")
      ? sql`p.username ilike ${`${like}%`}`
      : sql`(p.first_name ilike ${`%${like}%`} or p.username ilike ${`%${like}%`})`;
  // A name that is just this comes before one that only holds it.
  return sql`(select jsonb_agg(${person} order by u.rank, u.created_at desc, u.id) from (
      select p.*, case when p.username ilike ${like} or p.first_name ilike ${like} then 0 else 1 end as rank from users p
      where ${matches} order by rank, p.created_at desc, p.id limit ${LISTED}::int) u
    left join wallets w on w.user_id = u.id)`;
}

function cardJson(userId: number, month: string): SQL {
  return sql`(select jsonb_build_object('id', u.id, 'first_name', u.first_name, 'username', u.username,
      'reachable', u.reachable, 'created_at', u.created_at, 'main', coalesce(w.main, 0), 'bonus', coalesce(w.bonus, 0),
      'held', coalesce(w.held, 0), 'debt', coalesce(w.debt, 0), 'spend_limit', w.spend_limit,
      'spent', case when w.spent_month = ${month} then w.spent else 0 end,
      'running', coalesce(w.running, 0), 'queued', coalesce(w.queued, 0), 'banned', coalesce(w.banned, false),
      'paid', p.paid, 'payments', p.payments)
    from users u left join wallets w on w.user_id = u.id cross join (
      select coalesce(sum(kopecks), 0) as paid, count(*) as payments from (
        select kopecks from star_charges where user_id = ${userId}::bigint and status = 'credited'
        union all
        select coalesce(credited_kopecks, kopecks) from bank_requests where user_id = ${userId}::bigint and status = 'approved') paid) p
    where u.id = ${userId}::bigint)`;
}

function operationsJson(userId: number): SQL {
  return sql`(select jsonb_agg(to_jsonb(t) order by t.created_at desc, t.id desc) from (
    select * from transfers where user_id = ${userId}::bigint order by created_at desc nulls last, id desc nulls last limit ${LISTED}::int) t)`;
}

function generationsJson(userId: number, { generations, generationId }: UsersWanted): SQL {
  const which =
    generationId !== undefined
      ? sql`and id = ${generationId}`
      : generations === true
        ? sql`order by created_at desc nulls last, id desc nulls last limit ${LISTED}::int`
        : null;
  if (which === null) return sql`null::jsonb`;
  return sql`(select jsonb_agg(jsonb_build_object('id', g.id, 'entry_key', g.entry_key, 'state', g.state, 'mode', g.mode,
      'price_kopecks', g.price_kopecks, 'posted_kopecks', g.posted_kopecks, 'posted_bonus', coalesce(m.posted_bonus, 0),
      'refunded', coalesce(m.refunded, 0), 'task_id', g.task_id, 'failure_code', g.failure_code,
      'created_at', g.created_at, 'finished_at', g.finished_at) order by g.created_at desc, g.id desc)
    from (select * from generations where user_id = ${userId}::bigint ${which}) g
    left join lateral (
      select sum(kopecks) filter (where kind = 'post' and id like '%:bonus') as posted_bonus,
        sum(kopecks) filter (where kind = 'refund') as refunded
      from transfers where generation_id = g.id) m on true)`;
}

/** Reads `todayJson`. */
export const todayRow = z.lazy(() =>
  z.object({ topped_up: kopecksJson, spent: kopecksJson, running: z.number(), queued: z.number() }).transform(
    (row): TodayFacts => ({
      toppedUpKopecks: row.topped_up,
      spentKopecks: row.spent,
      running: row.running,
      queued: row.queued,
    }),
  ),
);

/** Money and work since a moment, as a column of any statement. Reads payments and what ended since, never the ledger. */
export function todayJson(since: Date): SQL {
  const from = sql`${since.toISOString()}::timestamptz`;
  return sql`(select jsonb_build_object(
    'topped_up', coalesce((select sum(kopecks) from star_charges where status = 'credited' and paid_at >= ${from}), 0)
      + coalesce((select sum(coalesce(credited_kopecks, kopecks)) from bank_requests where status = 'approved' and decided_at >= ${from}), 0),
    'spent', coalesce((select sum(posted_kopecks) from generations where finished_at >= ${from}), 0),
    'running', count(*) filter (where state in ('submitting', 'submitted')),
    'queued', count(*) filter (where state = 'queued'))
    from generations where due_at is not null and state in ('queued', 'submitting', 'submitted'))`;
}

/** Id of the transfer that a confirmation causes. */
export function adjustTransferId(adjustId: string): string {
  return `admin:${adjustId}`;
}
