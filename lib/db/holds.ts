import { type SQL, sql } from "drizzle-orm";
import * as z from "zod";
import type { ParamValues } from "../catalog/param-values.ts";
import type { ConversationState, HoldRefusal } from "../conversation/types.ts";
import { PRIORITY } from "../generation/batch.ts";
import type { Kopecks } from "../shared/kopecks.ts";
import type { RunMode } from "../shared/run-mode.ts";
import { openPause, pauseRow } from "./breaker.ts";
import { catalogRevision } from "./catalog-revision.ts";
import type { Database } from "./client.ts";
import { inboxInsert } from "./dialogues.ts";
import { type FreeTry, freeClaim } from "./free.ts";
import { type OwnedGeneration, ownedSchema, uploadsOf } from "./owned-generation.ts";
import { discountClaim } from "./promo.ts";
import { kopecksJson } from "./rows.ts";

export interface HoldInput {
  updateId: number;
  userId: number;
  /** Revision of the card whose ✅ was pressed. */
  expectedRevision: number;
  /** The dialogue after the hold. */
  state: ConversationState;
  generation: {
    id: string;
    entryKey: string;
    values: ParamValues;
    mode: RunMode;
    priceKopecks: Kopecks;
    callbackToken: string;
    statusMessageId: number;
    deadlineAt: Date;
    dueAt: Date;
  };
  /** What is taken now: the price, or 0 where nothing is charged. */
  holdKopecks: Kopecks;
  /** Why the price is lower than the catalog's; proved and used up by the statement. Absent: it is not. */
  offer?: { kind: "free"; wanted: FreeTry } | { kind: "discount"; code: string; percent: number };
  queueLimit: number;
  /** `2026-11`, Europe/Moscow. */
  month: string;
  now: Date;
}

/**
 * `stale`: another step, or the same tap, was first. `offer-gone`: the discount or the free try has run out, so the price
 * is another one. `refused`: a guard of the wallet said no. All three changed nothing.
 */
export type HoldAnswer =
  | { kind: "held"; revision: number; generation: OwnedGeneration }
  | { kind: "stale" }
  | { kind: "offer-gone" }
  | { kind: "refused"; refusal: HoldRefusal };

/** Reads `guardColumns`, the new revision and whether the thing was there before. */
export const holdAnswerRow = z.lazy(() =>
  z.object({
    revision: z.number().nullable(),
    is_current: z.boolean(),
    pause: pauseRow.nullable(),
    is_allowed: z.boolean(),
    is_claimed: z.boolean(),
    exists_already: z.boolean(),
    main: kopecksJson.nullable(),
    bonus: kopecksJson.nullable(),
    debt: kopecksJson.nullable(),
    queued: z.number().nullable(),
    banned: z.boolean().nullable(),
    spend_limit: kopecksJson.nullable(),
    over_limit: z.boolean().nullable(),
  }),
);

type HoldAnswerRow = z.output<typeof holdAnswerRow>;

/** What a hold asked the wallet for. */
interface Asked {
  holdKopecks: Kopecks;
  queueLimit: number;
  /** How many generations. */
  size: number;
}

/**
 * Takes the money and creates the generation, or does nothing and says which guard refused: one statement, so no crash
 * can fall between the two. The wallet row's lock orders racing spends; bonus money goes first.
 * Safe to repeat: the card's revision, the generation's id and the transfers' ids each stop a second one.
 */
export async function holdForGeneration(database: Database, input: HoldInput): Promise<HoldAnswer> {
  const { generation, userId } = input;
  const now = sql`${input.now.toISOString()}::timestamptz`;
  const price = sql`${input.holdKopecks.toString()}::bigint`;
  const [row] = await database.query(sql`
    with ${spenderCtes(input)}, ok as (
      select least(w.bonus, ${price}) as from_bonus, ${price} - least(w.bonus, ${price}) as from_main
      from w, c
      where ${maySpend(price, { queueLimit: input.queueLimit, size: 1 })}
        and not exists (select 1 from generations where id = ${generation.id})
    ), claim as (
      ${offerClaim(input)}
    ), g as (
      insert into generations (id, user_id, entry_key, "values", mode, state, price_kopecks, held_main, held_bonus,
        callback_token, status_message_id, due_at, deadline_at, created_at, priority)
      select ${generation.id}, ${userId}::bigint, ${generation.entryKey}, ${JSON.stringify(generation.values)}::jsonb,
        ${generation.mode}, 'queued', ${generation.priceKopecks.toString()}::bigint, ok.from_main, ok.from_bonus,
        ${generation.callbackToken}, ${generation.statusMessageId}::int, ${generation.dueAt.toISOString()}::timestamptz,
        ${generation.deadlineAt.toISOString()}::timestamptz, ${now},
        ${input.offer?.kind === "free" ? PRIORITY.free : PRIORITY.paid}::smallint
      from ok, claim on conflict (id) do nothing
      returning *
    ), t as (
      insert into transfers (id, user_id, kind, kopecks, source, destination, generation_id, reason, created_at)
      select 'gen:' || g.id || ':hold:' || part.account, ${userId}::bigint, 'hold', part.kopecks, part.account, 'held', g.id,
        ${input.offer?.kind === "discount" ? input.offer.code : null}, ${now}
      from g, lateral (values ('main', g.held_main), ('bonus', g.held_bonus)) as part (account, kopecks)
      where part.kopecks > 0
    ), u as (
      -- From the locked row: the statement's snapshot may be older than the credit that pays for this, and a CHECK would
      -- refuse its sums before the newer row is looked at.
      update wallets set main = w.main - g.held_main, bonus = w.bonus - g.held_bonus,
        held = w.held + g.held_main + g.held_bonus, queued = w.queued + 1,
        spent = w.spent_now + g.held_main + g.held_bonus, spent_month = ${input.month}
      from g, w where wallets.user_id = w.user_id
      returning wallets.main, wallets.bonus, wallets.held
    ), cu as (
      update conversations set revision = revision + 1, state = ${JSON.stringify(input.state)}::jsonb, updated_at = ${now}
      from g where conversations.user_id = ${userId}::bigint
      returning revision
    ), i as (${inboxInsert(input.updateId, userId, input.now)} from cu on conflict (update_id) do update set status = 'done', error = null)
    select ${guardColumns(price)},
      exists (select 1 from generations where id = ${generation.id}) as exists_already,
      (select jsonb_build_object('generation', to_jsonb(g), 'outputs', null,
        'ahead', (select count(*) from generations q where q.user_id = g.user_id and q.state = 'queued'
          and (q.priority, q.created_at, q.id) < (g.priority, g.created_at, g.id)),
        'own_running', (select running from w),
        'usual', (select to_jsonb(s) from usual_times s where s.entry_key = g.entry_key)) from g) as item,
      (select ${uploadsOf(sql`g`)} from g) as uploads,
      owner.language, owner.first_name, owner.reachable, owner.data_saver, ${catalogRevision} as catalog_revision
    from (select 1) one left join users owner on owner.id = ${userId}::bigint`);
  const answer = holdAnswerRow.parse(row);
  if (answer.revision !== null) {
    return { kind: "held", revision: answer.revision, generation: ownedSchema.parse(row) };
  }
  return notHeld(answer, { holdKopecks: input.holdKopecks, queueLimit: input.queueLimit, size: 1 });
}

/** The CTEs `c` (the conversation at the expected revision), `w` (the locked wallet) and `p` (an open pause of selling). */
export function spenderCtes(input: { userId: number; expectedRevision: number; month: string }): SQL {
  return sql`c as (
      select user_id from conversations
      where user_id = ${input.userId}::bigint and revision = ${input.expectedRevision}::int for update
    ), w as (
      select *, (case when spent_month = ${input.month} then spent else 0 end) as spent_now
      from wallets where user_id = ${input.userId}::bigint for update
    ), p as (
      ${openPause}
    )`;
}

/** Whether `w` may pay `price` for this many generations, and anything is sold at all. */
export function maySpend(price: SQL, { queueLimit, size }: { queueLimit: number; size: number }): SQL {
  return sql`w.main + w.bonus >= ${price} and not w.banned and w.debt = 0 and w.queued + ${size}::int <= ${queueLimit}::int
        and (w.spend_limit is null or w.spent_now + ${price} <= w.spend_limit)
        and not exists (select 1 from p)`;
}

/**
 * Columns that say what each guard saw, for a statement with the CTEs `c` (the conversation at the expected revision), `w`
 * (the locked wallet), `p` (`openPause`), `ok` (the guards passed), `claim`, `u` (the wallet afterwards) and `cu`.
 */
export function guardColumns(price: SQL): SQL {
  return sql`(select revision from cu) as revision,
      exists (select 1 from c) as is_current, (select value from p) as pause,
      exists (select 1 from ok) as is_allowed, exists (select 1 from claim) as is_claimed,
      coalesce((select main from u), (select main from w))::text as main,
      coalesce((select bonus from u), (select bonus from w))::text as bonus,
      coalesce((select held from u), (select held from w))::text as held,
      (select debt::text from w) as debt, (select queued from w) as queued, (select banned from w) as banned,
      (select spend_limit::text from w) as spend_limit,
      (select spent_now + ${price} > spend_limit from w) as over_limit`;
}

/** Why a hold did nothing. */
export function notHeld(answer: HoldAnswerRow, asked: Asked): Exclude<HoldAnswer, { kind: "held" }> {
  if (!answer.is_current || answer.exists_already) return { kind: "stale" };
  if (answer.is_allowed && !answer.is_claimed) return { kind: "offer-gone" };
  const refusal = refusalOf(answer, asked);
  return refusal === null ? { kind: "stale" } : { kind: "refused", refusal };
}

/** One row where the offer still holds. It is taken after the wallet's lock, and before the generation exists. */
function offerClaim({ offer, userId, now }: HoldInput): SQL {
  if (offer === undefined) return sql`select 1 as claimed from ok`;
  return offer.kind === "free" ? freeClaim(userId, offer.wanted) : discountClaim(userId, offer, now);
}

/** The guards of the statement once more, in the order in which a person can act on them. */
function refusalOf(wallet: HoldAnswerRow, { holdKopecks, queueLimit, size }: Asked): HoldRefusal | null {
  const availableKopecks = (wallet.main ?? 0n) + (wallet.bonus ?? 0n);
  if (wallet.banned === true) return { code: "banned" };
  if (wallet.pause !== null) {
    return { code: "paused", cause: wallet.pause.cause, retryAt: wallet.pause.nextProbeAt };
  }
  if (wallet.debt !== null && wallet.debt > 0n) return { code: "debt", kopecks: wallet.debt };
  if (availableKopecks < holdKopecks) return { code: "low-balance", availableKopecks };
  if (wallet.over_limit === true) return { code: "spend-limit", limitKopecks: wallet.spend_limit ?? 0n };
  if (wallet.queued !== null && wallet.queued + size > queueLimit) return { code: "queue-full", limit: queueLimit };
  return null;
}
