import { type SQL, sql } from "drizzle-orm";
import * as z from "zod";
import type { Kopecks } from "../shared/kopecks.ts";
import type { Database } from "./client.ts";
import { inboxInsert } from "./dialogues.ts";
import { credited, debited } from "./ledger.ts";
import { topupBonus } from "./promo.ts";
import { referralReward } from "./referrals.ts";
import { kopecksJson } from "./rows.ts";

const moment = (at: Date): SQL => sql`${at.toISOString()}::timestamptz`;

/** Remembers what an invoice is for; its id is the invoice's payload. */
export async function openStarOrder(
  database: Database,
  order: { id: string; userId: number; kopecks: Kopecks; stars: number; now: Date; expiresAt: Date },
): Promise<void> {
  await database.query(sql`
    insert into star_orders (id, user_id, kopecks, stars, status, created_at, expires_at)
    values (${order.id}, ${order.userId}::bigint, ${order.kopecks.toString()}::bigint, ${order.stars}::int, 'open', ${moment(order.now)}, ${moment(order.expiresAt)})`);
}

export interface StarOrderFacts {
  userId: number;
  stars: number;
  status: "open" | "paid" | "expired";
  expiresAt: Date;
  isBanned: boolean;
}

/**
 * What a payment is checked against before it is made, in one read by keys. Asked once only: a second try would not be
 * answered within Telegram's ten seconds.
 */
export async function readStarOrder(database: Database, orderId: string): Promise<StarOrderFacts | null> {
  const [row] = await database.query(sql`
    select o.user_id, o.stars, o.status, o.expires_at, coalesce(w.banned, false) as banned
    from star_orders o left join wallets w on w.user_id = o.user_id where o.id = ${orderId}`);
  if (row === undefined) return null;
  const order = orderSchema.parse(row);
  return {
    userId: order.user_id,
    stars: order.stars,
    status: order.status,
    expiresAt: order.expires_at,
    isBanned: order.banned,
  };
}

const orderSchema = z.lazy(() =>
  z.object({
    user_id: z.coerce.number(),
    stars: z.number(),
    status: z.enum(["open", "paid", "expired"]),
    expires_at: z.coerce.date(),
    banned: z.boolean(),
  }),
);

/** Why a payment was not credited by its order but by the Stars it brought. */
export const STAR_ODDITIES = ["unknown-order", "other-payer", "paid-order", "other-amount"] as const;
export type StarOddity = (typeof STAR_ODDITIES)[number];

export interface StarPayment {
  /** `telegram_payment_charge_id`: each is credited once. */
  chargeId: string;
  /** The invoice's payload: an order of ours, or anything. */
  orderId: string;
  /** Who paid. */
  userId: number;
  stars: number;
  /** What is credited where the order does not say it. */
  worthKopecks: Kopecks;
  source: "update" | "reconciliation";
  paidAt: Date;
  /** Null where no update told of it. */
  updateId: number | null;
  /** Who hears of an odd payment, and of one that only the comparison found. */
  adminIds: readonly number[];
  /** What a first paid top-up brings to a friend and to who invited them. */
  referral: { bonusKopecks: Kopecks; monthlyLimit: number };
  now: Date;
}

/**
 * Credits a payment in Stars, and what a promo code and a referral add, once per charge, whoever tells of it first. The order is guarded by its row: it pays out
 * once, to the one it was made for. Every other charge is credited to its payer by what it is worth, and admins are told.
 * The person's message waits in the outbox afterwards.
 *
 * @returns `applied` false for a charge that is known already (also one that was refunded before it was heard of).
 */
export async function creditStars(
  database: Database,
  payment: StarPayment,
): Promise<{ applied: boolean; kopecks: Kopecks; oddity: StarOddity | null }> {
  const { chargeId, userId, now } = payment;
  const paid = sql`ch`;
  const bonus = topupBonus(paid, now);
  const reward = referralReward({ friendId: userId, paid, ...payment.referral, now });
  const [row] = await database.query(sql`
    with o as (
      select id, user_id, kopecks, stars, status from star_orders where id = ${payment.orderId} for update
    ), k as (
      select judged.*, case when judged.oddity is null then judged.ordered else ${payment.worthKopecks.toString()}::bigint end as kopecks
      from (select o.id as order_id, o.kopecks as ordered, case
          when o.id is null then 'unknown-order'
          when o.user_id <> ${userId}::bigint then 'other-payer'
          when o.status = 'paid' then 'paid-order'
          when o.stars <> ${payment.stars}::int then 'other-amount' end as oddity
        from (select 1) one left join o on true) judged
    ), ch as (
      insert into star_charges (id, order_id, user_id, stars, kopecks, status, source, paid_at)
      select ${chargeId}, k.order_id, ${userId}::bigint, ${payment.stars}::int, k.kopecks, 'credited', ${payment.source}, ${moment(payment.paidAt)}
      from k on conflict (id) do nothing
      returning id, user_id, kopecks
    ), po as (
      update star_orders set status = 'paid', paid_at = ${moment(now)} from ch, k
      where star_orders.id = k.order_id and k.oddity is null
    ), ${reward.parts}, ${bonus.parts}, ${credited(
      sql`select 'star:' || ch.id, ch.user_id, 'credit'::text, ch.kopecks, 'stars'::text, 'main'::text, null::text, null::text, null::bigint
        from ch union all ${bonus.rows} union all ${reward.rows}`,
      now,
    )},
    told as (
      insert into outbox (id, user_id, kind, payload, due_at, created_at)
      select 'topped-up:star:' || ch.id, ch.user_id, 'topped-up', jsonb_build_object('by', 'stars', 'kopecks', ch.kopecks::text,
        'bonusKopecks', (select coalesce(sum(p.kopecks), 0)::text from promo_topup p),
        'debtKopecks', (select coalesce(sum(s.paid), 0)::text from credit_shares s where s.user_id = ch.user_id and s.destination = 'main')),
        ${moment(now)}, ${moment(now)}
      from ch on conflict (id) do nothing
    ), ${adminAlerts(
      payment.adminIds,
      now,
      sql`
      select 'star:' || ch.id, case when k.oddity is null then 'stars-healed' else 'stars-odd' end, coalesce(k.oddity || ' · ', '') || ch.id
      from ch, k where k.oddity is not null or ${payment.source}::text = 'reconciliation'`,
    )}
    ${inbox(payment.updateId, userId, now)}
    select exists (select 1 from ch) as applied, k.oddity, k.kopecks::text as kopecks from k`);
  return z.object({ applied: z.boolean(), oddity: z.enum(STAR_ODDITIES).nullable(), kopecks: kopecksJson }).parse(row);
}

/** Row of `settings` with the admin's wish behind a refund that is under way: `{"adminId": 1, "reason": "…"}`. */
const wishKey = (chargeId: string): string => `star-refund:${chargeId}`;

export interface StarRefund {
  chargeId: string;
  /** For a payment that nobody has heard of yet: it is remembered as refunded and never credited. */
  orderId: string;
  userId: number;
  stars: number;
  source: "update" | "reconciliation";
  updateId: number | null;
  adminIds: readonly number[];
  now: Date;
}

/**
 * Takes back what a refunded payment was credited with, once, whoever tells of it first: an admin's own refund, the
 * update, or the comparison with Telegram's list. What is not there any more becomes debt. The ledger names the admin
 * who wished it; admins are told of refunds that none of them wished.
 *
 * @returns `applied` false when the charge was refunded already.
 */
export async function settleStarRefund(
  database: Database,
  refund: StarRefund,
): Promise<{ applied: boolean; kopecks: Kopecks }> {
  const { chargeId, now } = refund;
  const [row] = await database.query(sql`
    with ch as (
      insert into star_charges (id, order_id, user_id, stars, kopecks, status, source, paid_at, refunded_at)
      values (${chargeId}, ${refund.orderId}, ${refund.userId}::bigint, ${refund.stars}::int, 0, 'refunded', ${refund.source}, ${moment(now)}, ${moment(now)})
      on conflict (id) do update set status = 'refunded', refunded_at = excluded.refunded_at
        where star_charges.status <> 'refunded'
      returning id, user_id, kopecks
    ), wish as (
      delete from settings using ch where key = ${wishKey(chargeId)} returning value
    ), ${debited(
      sql`
      select 'star:' || ch.id || ':refund' as id, ch.user_id, 'refund'::text as kind, ch.kopecks, 'main'::text as source, 'stars'::text as destination,
        null::text as generation_id, wish.value ->> 'reason' as reason, (wish.value ->> 'adminId')::bigint as actor_id
      from ch left join wish on true where ch.kopecks > 0`,
      now,
      { beyond: "debt" },
    )},
    told as (
      insert into outbox (id, user_id, kind, payload, due_at, created_at)
      select 'stars-refunded:' || ch.id, ch.user_id, 'stars-refunded', jsonb_build_object('kopecks', ch.kopecks::text,
        'debtKopecks', (select coalesce(sum(m.kopecks), 0)::text from debit_made m where m.source = 'debt')), ${moment(now)}, ${moment(now)}
      from ch where ch.kopecks > 0 on conflict (id) do nothing
    ), ${adminAlerts(
      refund.adminIds,
      now,
      sql`
      select 'star-refund:' || ch.id, 'stars-charged-back', ch.id from ch where not exists (select 1 from wish)`,
    )}
    ${inbox(refund.updateId, refund.userId, now)}
    select exists (select 1 from ch) as applied, coalesce((select kopecks from ch), 0)::text as kopecks`);
  return z.object({ applied: z.boolean(), kopecks: kopecksJson }).parse(row);
}

/**
 * Marks a charge as being refunded by an admin. A refund that was left half-way can be begun again.
 * @returns null when there is nothing to refund: no such charge, or a refunded one.
 */
export async function beginStarRefund(
  database: Database,
  input: { chargeId: string; adminId: number; reason: string; now: Date },
): Promise<{ userId: number; stars: number; orderId: string } | null> {
  const wish = JSON.stringify({ adminId: input.adminId, reason: input.reason });
  const [row] = await database.query(sql`
    with ch as (
      update star_charges set status = 'refunding' where id = ${input.chargeId} and status in ('credited', 'refunding')
      returning id, user_id, stars, order_id
    ), wish as (
      insert into settings (key, value, updated_at) select ${wishKey(input.chargeId)}, ${wish}::jsonb, ${moment(input.now)} from ch
      on conflict (key) do nothing
    )
    select user_id, stars, coalesce(order_id, '') as order_id from ch`);
  if (row === undefined) return null;
  const charge = z.object({ user_id: z.coerce.number(), stars: z.number(), order_id: z.string() }).parse(row);
  return { userId: charge.user_id, stars: charge.stars, orderId: charge.order_id };
}

/** Telegram refused the refund: the charge stays as it was. */
export async function dropStarRefund(database: Database, chargeId: string): Promise<void> {
  await database.query(sql`
    with ch as (
      update star_charges set status = 'credited' where id = ${chargeId} and status = 'refunding' returning id
    )
    delete from settings using ch where key = ${wishKey(chargeId)}`);
}

/** Row of `settings` with how far Telegram's list has been compared: `{"offset": 120, "since": "…"}`. */
const COMPARED = "stars-compared";

/**
 * Takes the turn to compare with Telegram's list, at most once per hour over all instances, and closes orders that
 * nobody paid.
 *
 * @returns where to go on, and from which moment payments are ours: an older bot with the same name may have sold, too.
 */
export async function takeStarTurn(database: Database, now: Date): Promise<{ offset: number; since: Date } | null> {
  const [row] = await database.query(sql`
    with turn as (
      insert into settings (key, value, updated_at)
      values (${COMPARED}, jsonb_build_object('offset', 0, 'since', ${moment(now)} - interval '1 hour'), ${moment(now)})
      on conflict (key) do update set updated_at = excluded.updated_at
        where settings.updated_at <= ${moment(now)} - interval '1 hour'
      returning value
    ), gone as (
      update star_orders set status = 'expired' from turn where status = 'open' and expires_at <= ${moment(now)}
    )
    select value from turn`);
  if (row === undefined) return null;
  return z.object({ offset: z.number(), since: z.coerce.date() }).parse(row["value"]);
}

/** @param isDone false: the next sweep goes on at once. */
export async function saveStarOffset(
  database: Database,
  input: { offset: number; isDone: boolean; now: Date },
): Promise<void> {
  await database.query(sql`
    update settings set value = value || jsonb_build_object('offset', greatest((value ->> 'offset')::int, ${input.offset}::int)),
      updated_at = case when ${input.isDone} then updated_at else ${moment(input.now)} - interval '1 hour' end
    where key = ${COMPARED}`);
}

/** A CTE that tells every admin, once per cause. `causes` gives rows of (id, alert's name, its code). */
function adminAlerts(adminIds: readonly number[], now: Date, causes: SQL): SQL {
  return sql`alerts as (
      insert into outbox (id, user_id, kind, payload, due_at, created_at)
      select 'alert:' || cause.id || ':' || admin.id, admin.id::bigint, 'alert',
        jsonb_build_object('name', cause.name, 'code', cause.code), ${moment(now)}, ${moment(now)}
      from (${causes}) as cause (id, name, code), jsonb_array_elements_text(${JSON.stringify(adminIds)}::jsonb) as admin (id)
      on conflict (id) do nothing
    )`;
}

/** A CTE that notes the update as done, where there is one. */
function inbox(updateId: number | null, userId: number, now: Date): SQL {
  return updateId === null
    ? sql``
    : sql`, i as (${inboxInsert(updateId, userId, now)} on conflict (update_id) do update set status = 'done', error = null)`;
}
