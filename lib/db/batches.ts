import { type SQL, sql } from "drizzle-orm";
import * as z from "zod";
import type { ParamValues } from "../catalog/param-values.ts";
import type { ConversationState } from "../conversation/types.ts";
import type { BatchKind } from "../generation/batch.ts";
import type { GenerationState } from "../generation/states.ts";
import type { Kopecks } from "../shared/kopecks.ts";
import type { RunMode } from "../shared/run-mode.ts";
import { type OwnedBatch, ownedBatchRow } from "./batch-json.ts";
import { catalogRevision } from "./catalog-revision.ts";
import type { Database } from "./client.ts";
import { inboxInsert } from "./dialogues.ts";
import { guardColumns, type HoldAnswer, holdAnswerRow, maySpend, notHeld, spenderCtes } from "./holds.ts";
import { timedDiscountClaim } from "./promo.ts";

export interface BatchHoldInput {
  updateId: number;
  userId: number;
  /** Revision of the screen whose ✅ was pressed. */
  expectedRevision: number;
  /** The dialogue after the hold. */
  state: ConversationState;
  batch: {
    id: string;
    kind: BatchKind;
    statusMessageId: number;
    /** 2 to 100, in their order. */
    items: readonly {
      /** Two digits after the batch's id. */
      id: string;
      entryKey: string;
      values: ParamValues;
      priceKopecks: Kopecks;
      /** What is taken now: the price, or 0 where nothing is charged. */
      holdKopecks: Kopecks;
      callbackToken: string;
    }[];
    priority: number;
    mode: RunMode;
    deadlineAt: Date;
    dueAt: Date;
  };
  /** The discount in the prices: one that holds for some days. Absent: none is. */
  discount?: { code: string; percent: number };
  queueLimit: number;
  /** `2026-11`, Europe/Moscow. */
  month: string;
  now: Date;
}

export type BatchHoldAnswer =
  | { kind: "held"; revision: number; batch: OwnedBatch }
  | Exclude<HoldAnswer, { kind: "held" }>;

/**
 * Takes the money for all items and creates their generations, or does nothing and says which guard refused, as
 * `holdForGeneration` does for one. Bonus money goes first, in the order of the items; each item has a hold of its own.
 * Safe to repeat: the revision, the batch's id and the transfers' ids each stop a second one.
 */
export async function holdBatch(database: Database, input: BatchHoldInput): Promise<BatchHoldAnswer> {
  const { batch, userId } = input;
  const now = sql`${input.now.toISOString()}::timestamptz`;
  const holdKopecks = batch.items.reduce((sum, item) => sum + item.holdKopecks, 0n);
  const price = sql`${holdKopecks.toString()}::bigint`;
  const size = batch.items.length;
  const items = JSON.stringify(
    batch.items.map((item, position) => ({
      position,
      id: item.id,
      entry_key: item.entryKey,
      values: item.values,
      price: item.priceKopecks.toString(),
      held: item.holdKopecks.toString(),
      callback_token: item.callbackToken,
    })),
  );
  const [row] = await database.query(sql`
    with ${spenderCtes(input)}, ok as (
      select w.bonus from w, c
      where ${maySpend(price, { queueLimit: input.queueLimit, size })}
        and not exists (select 1 from batches where id = ${batch.id})
    ), claim as (
      ${input.discount === undefined ? sql`select 1 as claimed from ok` : timedDiscountClaim(userId, input.discount, input.now)}
    ), b as (
      insert into batches (id, user_id, kind, size, remaining, status_message_id, created_at)
      select ${batch.id}, ${userId}::bigint, ${batch.kind}, ${size}::int, ${size}::int, ${batch.statusMessageId}::int, ${now}
      from ok, claim on conflict (id) do nothing
      returning *
    ), item as (
      select given.*, (sum(given.held) over (order by given.position) - given.held)::bigint as before
      from jsonb_to_recordset(${items}::jsonb) as given (position int, id text, entry_key text, "values" jsonb, price bigint, held bigint, callback_token text)
    ), g as (
      insert into generations (id, user_id, entry_key, "values", mode, state, price_kopecks, held_main, held_bonus,
        callback_token, due_at, deadline_at, created_at, batch_id, batch_position, priority)
      select item.id, b.user_id, item.entry_key, item."values", ${batch.mode}, 'queued', item.price,
        item.held - part.bonus, part.bonus, item.callback_token, ${batch.dueAt.toISOString()}::timestamptz,
        ${batch.deadlineAt.toISOString()}::timestamptz, ${now}, b.id, item.position, ${batch.priority}::smallint
      from b, ok, item, lateral (select greatest(0, least(item.held, ok.bonus - item.before)) as bonus) part
      returning *
    ), t as (
      insert into transfers (id, user_id, kind, kopecks, source, destination, generation_id, reason, created_at)
      select 'gen:' || g.id || ':hold:' || part.account, g.user_id, 'hold', part.kopecks, part.account, 'held', g.id,
        ${input.discount?.code ?? null}, ${now}
      from g, lateral (values ('main', g.held_main), ('bonus', g.held_bonus)) as part (account, kopecks)
      where part.kopecks > 0
    ), h as (
      select sum(held_main)::bigint as main, sum(held_bonus)::bigint as bonus, count(*)::int as size from g having count(*) > 0
    ), u as (
      -- From the locked row, as for a single hold: the statement's snapshot may be older.
      update wallets set main = w.main - h.main, bonus = w.bonus - h.bonus, held = w.held + h.main + h.bonus,
        queued = w.queued + h.size, spent = w.spent_now + h.main + h.bonus, spent_month = ${input.month}
      from h, w where wallets.user_id = w.user_id
      returning wallets.main, wallets.bonus, wallets.held
    ), cu as (
      update conversations set revision = revision + 1, state = ${JSON.stringify(input.state)}::jsonb, updated_at = ${now}
      from b where conversations.user_id = b.user_id
      returning revision
    ), i as (${inboxInsert(input.updateId, userId, input.now)} from cu on conflict (update_id) do update set status = 'done', error = null)
    select ${guardColumns(price)}, exists (select 1 from batches where id = ${batch.id}) as exists_already,
      (select jsonb_build_object('batch', to_jsonb(b), 'items', (${itemsJson})) from b) as batch,
      (select jsonb_agg(to_jsonb(f)) from uploads f where f.user_id = ${userId}::bigint
        and f.id in (select jsonb_path_query(g."values", '$.**.uploadId') #>> '{}' from g)) as uploads,
      owner.language, owner.first_name, owner.reachable, owner.data_saver, ${catalogRevision} as catalog_revision
    from (select 1) one left join users owner on owner.id = ${userId}::bigint`);
  const answer = holdAnswerRow.parse(row);
  if (answer.revision !== null) return { kind: "held", revision: answer.revision, batch: ownedBatchRow.parse(row) };
  return notHeld(answer, { holdKopecks, queueLimit: input.queueLimit, size });
}

/** The new items, which the statement's snapshot does not show: those before an item stand before it in the queue. */
const itemsJson: SQL = sql`select jsonb_agg(jsonb_build_object('generation', to_jsonb(g), 'outputs', null,
    'ahead', g.batch_position + (select count(*) from generations q where q.user_id = g.user_id and q.state = 'queued'
      and (q.priority, q.created_at, q.id) < (g.priority, g.created_at, g.id)),
    'own_running', (select running from w),
    'usual', (select to_jsonb(s) from usual_times s where s.entry_key = g.entry_key)) order by g.batch_position) from g`;

export interface CancelRestInput {
  batchId: string;
  userId: number;
  /** Of the life-cycle table, for what still waits. */
  to: GenerationState;
  /** Where this ends the batch, the caller delivers it at once; somebody else may from then on. */
  leaseUntil: Date;
  now: Date;
}

export interface CancelRestAnswer {
  cancelled: number;
  /** What came back, a debt that it paid included. */
  kopecks: Kopecks;
  /** True where nothing else was under way: the caller holds the lease for the delivery. */
  isComplete: boolean;
}

const cancelRow = z.lazy(() =>
  z.object({
    cancelled: z.number(),
    kopecks: z.string().transform((text) => BigInt(text)),
    remaining: z.number().nullable(),
  }),
);

/**
 * Takes everything of a batch that still waits in our queue out of it: the holds are voided, a debt is paid first, and
 * the batch's delivery is owed where nothing of it is at KIE. One statement; a repeat finds nothing to cancel.
 */
export async function cancelRest(database: Database, input: CancelRestInput): Promise<CancelRestAnswer> {
  const now = sql`${input.now.toISOString()}::timestamptz`;
  const leaseUntil = sql`${input.leaseUntil.toISOString()}::timestamptz`;
  const [row] = await database.query(sql`
    with g as (
      -- Each one as it is now: whoever was claimed meanwhile is not cancelled. In one order, so that two of these wait
      -- for one another instead of blocking one another.
      select id, held_main, held_bonus, batch_position from generations
      where batch_id = ${input.batchId} and user_id = ${input.userId}::bigint and state = 'queued' order by id for update
    ), n as (
      select count(*)::int as size, coalesce(sum(held_main), 0)::bigint as main, coalesce(sum(held_bonus), 0)::bigint as bonus from g
    ), w as (
      -- After all of the items: generation, then wallet, then batch is the order of every lock.
      select wallets.* from n, wallets where wallets.user_id = ${input.userId}::bigint and n.size > 0 for update of wallets
    ), part as (
      select g.id, back.account, back.kopecks,
        (sum(back.kopecks) over (order by g.batch_position, back.account desc) - back.kopecks)::bigint as before
      from g, lateral (values ('main', g.held_main), ('bonus', g.held_bonus)) as back (account, kopecks)
      where back.kopecks > 0
    ), owed as (
      select part.*, greatest(0, least(part.kopecks, w.debt - part.before)) as to_debt from part, w
    ), gu as (
      update generations set state = ${input.to}, posted_kopecks = 0, finished_at = ${now}, told_at = ${now}, failure = null, failure_code = null,
        rate_waiting = false, lease_until = null, due_at = null
      from g, w where generations.id = g.id
    ), t as (
      insert into transfers (id, user_id, kind, kopecks, source, destination, generation_id, created_at)
      select 'gen:' || id || ':void:' || account, ${input.userId}::bigint, 'void', kopecks, 'held', account, id, ${now} from owed
    ), td as (
      insert into transfers (id, user_id, kind, kopecks, source, destination, generation_id, created_at)
      select 'gen:' || id || ':void:' || account || ':debt', ${input.userId}::bigint, 'adjust', to_debt, account, 'debt', id, ${now}
      from owed where to_debt > 0
    ), wu as (
      -- What comes back lowers the month in which it was held: Moscow's, three hours before UTC.
      update wallets set held = w.held - n.main - n.bonus, queued = w.queued - n.size, debt = w.debt - paid.main - paid.bonus,
        main = w.main + n.main - paid.main, bonus = w.bonus + n.bonus - paid.bonus,
        spent = case when w.spent_month = (
            select to_char((created_at at time zone 'UTC') + interval '3 hours', 'YYYY-MM') from batches where id = ${input.batchId})
          then greatest(w.spent - n.main - n.bonus, 0) else w.spent end
      from w, n, (
        select coalesce(sum(to_debt) filter (where account = 'main'), 0)::bigint as main,
          coalesce(sum(to_debt) filter (where account = 'bonus'), 0)::bigint as bonus from owed) paid
      where wallets.user_id = w.user_id
      returning wallets.user_id
    ), b as (
      update batches set remaining = batches.remaining - n.size, ${dueWhenLast(sql`n.size`, leaseUntil)}
      from wu, n where batches.id = ${input.batchId}
      returning batches.remaining
    )
    select n.size as cancelled, (n.main + n.bonus)::text as kopecks, (select remaining from b) as remaining from n`);
  const { cancelled, kopecks, remaining } = cancelRow.parse(row);
  return { cancelled, kopecks, isComplete: remaining === 0 };
}

/** Where the last items of a batch become final, its delivery is owed, and leased to whoever made them so. */
function dueWhenLast(ended: SQL, leaseUntil: SQL): SQL {
  return sql`lease_until = case when batches.remaining = ${ended} then ${leaseUntil} else batches.lease_until end,
        due_at = case when batches.remaining = ${ended} then ${leaseUntil} else batches.due_at end`;
}

/**
 * The statement of a CTE that counts an item which has just become final (`g`, with its wallet locked by `wu`) off its
 * batch. An UPDATE looks at the newest row, so of two last items exactly one finds nothing remaining.
 */
export function batchItemEnded(leaseUntil: Date): SQL {
  return sql`update batches set remaining = batches.remaining - 1,
        ${dueWhenLast(sql`1`, sql`${leaseUntil.toISOString()}::timestamptz`)}
      from g join wu on wu.user_id = g.user_id where batches.id = g.batch_id
      returning batches.remaining`;
}
