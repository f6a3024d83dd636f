import { type SQL, sql } from "drizzle-orm";
import * as z from "zod";
import type { UserAccount } from "../ledger/accounts.ts";
import type { Kopecks } from "../shared/kopecks.ts";
import type { Database } from "./client.ts";
import { kopecksJson } from "./rows.ts";

/** A wallet whose cached balances are not what its transfers add up to. */
export interface WrongWallet {
  userId: number;
  accounts: { account: UserAccount; cachedKopecks: Kopecks; sumKopecks: Kopecks }[];
}

/** Σ transfers of one user, by account. `debt` is what left that account: a chargeback takes from it, credits pay it back. */
function sumsOf(userId: SQL): SQL {
  return sql`select
      coalesce(sum(case when t.destination = 'main' then t.kopecks when t.source = 'main' then -t.kopecks end), 0)::bigint as main,
      coalesce(sum(case when t.destination = 'bonus' then t.kopecks when t.source = 'bonus' then -t.kopecks end), 0)::bigint as bonus,
      coalesce(sum(case when t.destination = 'held' then t.kopecks when t.source = 'held' then -t.kopecks end), 0)::bigint as held,
      coalesce(sum(case when t.source = 'debt' then t.kopecks when t.destination = 'debt' then -t.kopecks end), 0)::bigint as debt
    from transfers t where t.user_id = ${userId}`;
}

/**
 * Of one page of wallets: those that moved lately, those whose turn it is, and those that are asked for by name. Whether
 * one moved is asked of its newest transfer, one step of the index; an `exists` would read the whole ledger for it.
 */
export function walletsQuery(input: {
  after: number;
  pageSize: number;
  movedSince: Date;
  /** A wallet is compared at least once in so many runs, whether it moved or not. */
  shares: number;
  share: number;
  userIds: readonly number[];
}): SQL {
  return sql`
    with page as (
      select user_id, main, bonus, held, debt from wallets where user_id > ${input.after}::bigint
      order by user_id limit ${input.pageSize}::int
    ), compared as (
      select p.*, s.main as main_sum, s.bonus as bonus_sum, s.held as held_sum, s.debt as debt_sum
      from page p cross join lateral (${sumsOf(sql`p.user_id`)}) s
      where p.user_id % ${input.shares}::int = ${input.share}::int
        or ${JSON.stringify(input.userIds)}::jsonb @> to_jsonb(p.user_id)
        or (select t.created_at from transfers t where t.user_id = p.user_id order by t.created_at desc nulls last limit 1)
          > ${input.movedSince.toISOString()}::timestamptz
    )
    select (select max(user_id) from page)::text as last, (select count(*) from page)::int as seen,
      (select count(*) from compared)::int as checked,
      (select jsonb_agg(to_jsonb(c)) from compared c
        where c.main <> c.main_sum or c.bonus <> c.bonus_sum or c.held <> c.held_sum or c.debt <> c.debt_sum) as wrong`;
}

const comparedRow = z.lazy(() =>
  z
    .object({
      user_id: z.number(),
      main: kopecksJson,
      bonus: kopecksJson,
      held: kopecksJson,
      debt: kopecksJson,
      main_sum: kopecksJson,
      bonus_sum: kopecksJson,
      held_sum: kopecksJson,
      debt_sum: kopecksJson,
    })
    .transform(
      (row): WrongWallet => ({
        userId: row.user_id,
        accounts: (["main", "bonus", "held", "debt"] as const)
          .map((account) => ({ account, cachedKopecks: row[account], sumKopecks: row[`${account}_sum`] }))
          .filter(({ cachedKopecks, sumKopecks }) => cachedKopecks !== sumKopecks),
      }),
    ),
);

/**
 * Compares one page of wallets with their transfers. Both are read by one statement, so a movement that happens
 * meanwhile is in both or in neither.
 *
 * @returns `last`: null behind the last page.
 */
export async function compareWallets(
  database: Database,
  input: Parameters<typeof walletsQuery>[0],
): Promise<{ last: number | null; checked: number; wrong: WrongWallet[] }> {
  const [row] = await database.read(walletsQuery(input));
  const read = z
    .object({
      last: z.coerce.number().nullable(),
      seen: z.number(),
      checked: z.number(),
      wrong: z.array(comparedRow).nullable(),
    })
    .parse(row);
  return { last: read.seen < input.pageSize ? null : read.last, checked: read.checked, wrong: read.wrong ?? [] };
}

/**
 * Sets a cached wallet to what its transfers add up to, and closes the finding, in one statement. The wallet must still be
 * as this statement saw it when it took its lock: a movement in between makes it do nothing, and it can be tried again.
 *
 * @returns false when nothing was changed: somebody was first, the wallet moved, or the sums would be below zero.
 */
export async function repairBalance(
  database: Database,
  input: { findingId: string; userId: number; adminId: number; now: Date },
): Promise<boolean> {
  const rows = await database.query(sql`
    with f as (
      select id from findings where id = ${input.findingId} and status = 'open' for update
    ), seen as (
      select w.user_id, w.main, w.bonus, w.held, w.debt,
        s.main as main_sum, s.bonus as bonus_sum, s.held as held_sum, s.debt as debt_sum
      from wallets w cross join lateral (${sumsOf(sql`w.user_id`)}) s
      where w.user_id = ${input.userId}::bigint
    ), u as (
      update wallets set main = seen.main_sum, bonus = seen.bonus_sum, held = seen.held_sum, debt = seen.debt_sum
      from seen, f
      where wallets.user_id = seen.user_id and wallets.main = seen.main and wallets.bonus = seen.bonus
        and wallets.held = seen.held and wallets.debt = seen.debt
        and least(seen.main_sum, seen.bonus_sum, seen.held_sum, seen.debt_sum) >= 0
      returning wallets.user_id
    )
    update findings set status = 'repaired', decided_at = ${input.now.toISOString()}::timestamptz, decided_by = ${input.adminId}::bigint
    from u where findings.id = ${input.findingId}
    returning findings.id`);
  return rows.length > 0;
}
