import { type SQL, sql } from "drizzle-orm";
import type { Kopecks } from "../shared/kopecks.ts";
import type { Database } from "./client.ts";
import { credited, debited } from "./ledger.ts";
import { topupBonus } from "./promo.ts";
import { referralReward } from "./referrals.ts";

/** What an admin decides about one request. A reason is a code of the dialogue, or words; the user sees it. */
export interface BankDecision {
  requestId: string;
  adminId: number;
  now: Date;
}

const at = (now: Date): SQL => sql`${now.toISOString()}::timestamptz`;

/**
 * Credits a transfer: the request's guard, the money with what a promo code and a referral add, and what people are
 * told, in one statement. Of many who approve, or approve and expire, one gets through.
 *
 * @param kopecks What arrived, which may be another sum than the one that was asked for.
 * @returns whether it was decided by this call.
 */
export async function approveRequest(
  database: Database,
  input: BankDecision & {
    /** Whose request it is. */
    userId: number;
    kopecks: Kopecks;
    reason: string | null;
    referral: { bonusKopecks: Kopecks; monthlyLimit: number };
  },
): Promise<boolean> {
  const now = at(input.now);
  const paid = sql`paid`;
  const bonus = topupBonus(paid, input.now);
  const reward = referralReward({ friendId: input.userId, paid, ...input.referral, now: input.now });
  const rows = await database.query(sql`
    with r as (
      update bank_requests set status = 'approved', credited_kopecks = ${input.kopecks.toString()}::bigint,
        reason = ${input.reason}, decided_at = ${now}, decided_by = ${input.adminId}::bigint
      where id = ${input.requestId} and user_id = ${input.userId}::bigint and status = 'pending'
      returning id, user_id, credited_kopecks, reason, decided_by
    ), paid as (
      select user_id, credited_kopecks as kopecks from r
    ), ${reward.parts}, ${bonus.parts}, ${credited(
      sql`select 'bank:' || r.id as id, r.user_id, 'credit'::text as kind, r.credited_kopecks as kopecks,
          'bank'::text as source, 'main'::text as destination, null::text as generation_id, r.reason, r.decided_by as actor_id
        from r union all ${bonus.rows} union all ${reward.rows}`,
      input.now,
    )}, o as (
      insert into outbox (id, user_id, kind, payload, due_at, created_at)
      select 'bank:' || r.id || ':topped-up', r.user_id, 'topped-up',
        jsonb_build_object('kopecks', r.credited_kopecks::text, 'by', 'bank',
          'bonusKopecks', (select coalesce(sum(p.kopecks), 0)::text from promo_topup p)), ${now}, ${now}
      from r on conflict (id) do nothing
    ) select id from r`);
  return rows.length > 0;
}

/** Ends a request without money. @returns whether it was decided by this call. */
export async function rejectRequest(database: Database, input: BankDecision & { reason: string }): Promise<boolean> {
  const now = at(input.now);
  const rows = await database.query(sql`
    with r as (
      update bank_requests set status = 'rejected', reason = ${input.reason}, decided_at = ${now},
        decided_by = ${input.adminId}::bigint
      where id = ${input.requestId} and status = 'pending'
      returning id, user_id, pay_kopecks, reason
    ), o as (
      insert into outbox (id, user_id, kind, payload, due_at, created_at)
      select 'bank:' || r.id || ':rejected', r.user_id, 'bank-rejected',
        jsonb_build_object('payKopecks', r.pay_kopecks::text, 'reason', r.reason), ${now}, ${now}
      from r on conflict (id) do nothing
    ) select id from r`);
  return rows.length > 0;
}

/**
 * Takes back what a transfer was credited with: what is not there any more becomes debt. Bonuses that came with it stay.
 *
 * @returns whether it was reversed by this call.
 */
export async function reverseRequest(database: Database, input: BankDecision & { reason: string }): Promise<boolean> {
  const now = at(input.now);
  const rows = await database.query(sql`
    with r as (
      update bank_requests set status = 'reversed', reason = ${input.reason}, decided_at = ${now},
        decided_by = ${input.adminId}::bigint
      where id = ${input.requestId} and status = 'approved'
      returning id, user_id, credited_kopecks, reason, decided_by
    ), ${debited(
      sql`select 'bank:' || r.id || ':reversal' as id, r.user_id, 'adjust'::text as kind, r.credited_kopecks as kopecks,
          'main'::text as source, 'bank'::text as destination, null::text as generation_id, r.reason, r.decided_by as actor_id
        from r`,
      input.now,
      { beyond: "debt" },
    )}, o as (
      insert into outbox (id, user_id, kind, payload, due_at, created_at)
      select 'bank:' || r.id || ':reversed', r.user_id, 'bank-reversed',
        jsonb_build_object('kopecks', r.credited_kopecks::text, 'reason', r.reason,
          'debtKopecks', (select coalesce(sum(d.debt), 0)::text from debit_wallets d)), ${now}, ${now}
      from r on conflict (id) do nothing
    ) select id from r`);
  return rows.length > 0;
}

/** Ends requests whose time is over and that have no receipt, and owes their users a word. @returns how many. */
export async function expireRequests(database: Database, now: Date): Promise<number> {
  const rows = await database.query(sql`
    with r as (
      update bank_requests set status = 'expired', decided_at = ${at(now)}
      where status = 'pending' and receipt_at is null and expires_at <= ${at(now)}
      returning id, user_id, pay_kopecks
    ), o as (
      insert into outbox (id, user_id, kind, payload, due_at, created_at)
      select 'bank:' || r.id || ':expired', r.user_id, 'bank-expired',
        jsonb_build_object('payKopecks', r.pay_kopecks::text), ${at(now)}, ${at(now)}
      from r on conflict (id) do nothing
    ) select id from r`);
  return rows.length;
}

/** Owes every admin one alert about each request whose receipt came before `receiptBefore` and is not decided. */
export async function alertLateReceipts(
  database: Database,
  input: { receiptBefore: Date; adminIds: readonly number[]; now: Date },
): Promise<void> {
  const now = at(input.now);
  await database.query(sql`
    insert into outbox (id, user_id, kind, payload, due_at, created_at)
    select 'receipt-late:' || r.id || ':' || a.id, a.id, 'receipt-late',
      jsonb_build_object('requestId', r.id, 'payKopecks', r.pay_kopecks::text), ${now}, ${now}
    from bank_requests r, jsonb_array_elements_text(${JSON.stringify(input.adminIds)}::jsonb) as given,
      lateral (select given::bigint as id) as a
    where r.status = 'pending' and r.receipt_at <= ${at(input.receiptBefore)}
    on conflict (id) do nothing`);
}
