import { type SQL, sql } from "drizzle-orm";
import * as z from "zod";
import type { ParamValues } from "../catalog/param-values.ts";
import type { ConversationState, HoldRefusal } from "../conversation/types.ts";
import type { Kopecks } from "../shared/kopecks.ts";
import type { RunMode } from "../shared/run-mode.ts";
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

/** Key of the settings row that stops new holds until a moment: `{"until": "…"}`. */
export const SELLING_PAUSED = "selling-paused";

const answerSchema = z.lazy(() =>
  z.object({
    revision: z.number().nullable(),
    is_current: z.boolean(),
    is_paused: z.boolean(),
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
    with c as (
      select user_id from conversations
      where user_id = ${userId}::bigint and revision = ${input.expectedRevision}::int for update
    ), w as (
      select *, (case when spent_month = ${input.month} then spent else 0 end) as spent_now
      from wallets where user_id = ${userId}::bigint for update
    ), p as (
      select 1 from settings where key = ${SELLING_PAUSED} and (value #>> '{until}')::timestamptz > ${now}
    ), ok as (
      select least(w.bonus, ${price}) as from_bonus, ${price} - least(w.bonus, ${price}) as from_main
      from w, c
      where w.main + w.bonus >= ${price} and not w.banned and w.debt = 0 and w.queued < ${input.queueLimit}::int
        and (w.spend_limit is null or w.spent_now + ${price} <= w.spend_limit)
        and not exists (select 1 from generations where id = ${generation.id})
        and not exists (select 1 from p)
    ), claim as (
      ${offerClaim(input)}
    ), g as (
      insert into generations (id, user_id, entry_key, "values", mode, state, price_kopecks, held_main, held_bonus,
        callback_token, status_message_id, due_at, deadline_at, created_at)
      select ${generation.id}, ${userId}::bigint, ${generation.entryKey}, ${JSON.stringify(generation.values)}::jsonb,
        ${generation.mode}, 'queued', ${generation.priceKopecks.toString()}::bigint, ok.from_main, ok.from_bonus,
        ${generation.callbackToken}, ${generation.statusMessageId}::int, ${generation.dueAt.toISOString()}::timestamptz,
        ${generation.deadlineAt.toISOString()}::timestamptz, ${now}
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
    select (select revision from cu) as revision,
      exists (select 1 from c) as is_current, exists (select 1 from p) as is_paused,
      exists (select 1 from ok) as is_allowed, exists (select 1 from claim) as is_claimed,
      exists (select 1 from generations where id = ${generation.id}) as exists_already,
      coalesce((select main from u), (select main from w))::text as main,
      coalesce((select bonus from u), (select bonus from w))::text as bonus,
      coalesce((select held from u), (select held from w))::text as held,
      (select debt::text from w) as debt, (select queued from w) as queued, (select banned from w) as banned,
      (select spend_limit::text from w) as spend_limit,
      (select spent_now + ${price} > spend_limit from w) as over_limit,
      (select jsonb_build_object('generation', to_jsonb(g), 'outputs', null,
        'ahead', (select count(*) from generations q where q.user_id = g.user_id and q.state = 'queued'),
        'usual', (select to_jsonb(s) from usual_times s where s.entry_key = g.entry_key)) from g) as item,
      (select ${uploadsOf(sql`g`)} from g) as uploads,
      owner.language, owner.first_name, owner.reachable, ${catalogRevision} as catalog_revision
    from (select 1) one left join users owner on owner.id = ${userId}::bigint`);
  const answer = answerSchema.parse(row);
  const main = answer.main ?? 0n;
  const bonus = answer.bonus ?? 0n;
  if (answer.revision !== null) {
    return { kind: "held", revision: answer.revision, generation: ownedSchema.parse(row) };
  }
  if (!answer.is_current || answer.exists_already) return { kind: "stale" };
  if (answer.is_allowed && !answer.is_claimed) return { kind: "offer-gone" };
  const refusal = refusalOf(answer, main + bonus, input);
  return refusal === null ? { kind: "stale" } : { kind: "refused", refusal };
}

/** One row where the offer still holds. It is taken after the wallet's lock, and before the generation exists. */
function offerClaim({ offer, userId, now }: HoldInput): SQL {
  if (offer === undefined) return sql`select 1 as claimed from ok`;
  return offer.kind === "free" ? freeClaim(userId, offer.wanted) : discountClaim(userId, offer, now);
}

/** The guards of the statement once more, in the order in which a person can act on them. */
function refusalOf(
  wallet: z.output<typeof answerSchema>,
  availableKopecks: Kopecks,
  input: HoldInput,
): HoldRefusal | null {
  if (wallet.banned === true) return { code: "banned" };
  if (wallet.is_paused) return { code: "paused" };
  if (wallet.debt !== null && wallet.debt > 0n) return { code: "debt", kopecks: wallet.debt };
  if (availableKopecks < input.holdKopecks) return { code: "low-balance", availableKopecks };
  if (wallet.over_limit === true) return { code: "spend-limit", limitKopecks: wallet.spend_limit ?? 0n };
  if (wallet.queued !== null && wallet.queued >= input.queueLimit)
    return { code: "queue-full", limit: input.queueLimit };
  return null;
}
