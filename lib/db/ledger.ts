import { type SQL, sql } from "drizzle-orm";
import type { Account } from "../ledger/accounts.ts";
import type { LedgerLineKind } from "../ledger/settlement.ts";
import type { Kopecks } from "../shared/kopecks.ts";

/** One movement that a statement is to make, if its id is not there yet. */
export interface Movement {
  /** Made from the cause: `star:<charge>`, `bank:<request>`, `promo:<code>:<user>` … */
  id: string;
  userId: number;
  kind: LedgerLineKind;
  kopecks: Kopecks;
  source: Account;
  destination: Account;
  generationId?: string | null;
  /** What a person wrote, or a code: shown to the user. */
  reason?: string | null;
  /** The admin who caused it. */
  actorId?: number | null;
}

const COLUMNS = sql.raw("id, user_id, kind, kopecks, source, destination, generation_id, reason, actor_id");

/**
 * A movement as a row of the relation that `credited` and `debited` take: `select …`, to which a caller may add `from x`
 * (no row of `x`, no movement) and which may be joined with others by `union all`.
 */
export function movementRow(movement: Movement): SQL {
  const { id, userId, kind, kopecks, source, destination } = movement;
  return sql`select ${id}::text as id, ${userId}::bigint as user_id, ${kind}::text as kind, ${kopecks.toString()}::bigint as kopecks,
    ${source}::text as source, ${destination}::text as destination, ${movement.generationId ?? null}::text as generation_id,
    ${movement.reason ?? null}::text as reason, ${movement.actorId ?? null}::bigint as actor_id`;
}

/**
 * CTEs (without `with`) that credit users, as part of one statement that may do more: several credits of several users
 * at once, because one statement can change a wallet only once.
 *
 * A row of `rows` has the columns of `movementRow`, in that order: its destination is `main` or `bonus`, its kopecks are
 * above zero, its id names the cause. A row whose id is in the ledger already changes nothing. What a user owes (`debt`)
 * is paid at once from what was credited, main money first, by a transfer `<id>:debt` from the credited account. Wallets
 * that do not exist are made; they are locked in the order of their users.
 *
 * The statement may go on with `credit_made` (id, user_id, kopecks, destination: what was not there before) and
 * `credit_wallets` (user_id, main, bonus, held, debt afterwards, only of users who were credited).
 */
export function credited(rows: SQL, now: Date): SQL {
  const at = sql`${now.toISOString()}::timestamptz`;
  return sql`credit_rows (${COLUMNS}) as (${rows}),
    credit_locked as (
      select user_id, debt from wallets where user_id in (select user_id from credit_rows) order by user_id for update
    ), credit_made as (
      insert into transfers (id, user_id, kind, kopecks, source, destination, generation_id, reason, actor_id, created_at)
      select r.id, r.user_id, r.kind, r.kopecks, r.source, r.destination, r.generation_id, r.reason, r.actor_id, ${at}
      from credit_rows r left join credit_locked l on l.user_id = r.user_id
      on conflict (id) do nothing
      returning id, user_id, kopecks, destination, generation_id
    ), credit_shares as (
      select m.*, greatest(0, least(m.kopecks, coalesce(l.debt, 0) - coalesce(sum(m.kopecks) over (
        partition by m.user_id order by m.destination desc, m.id rows between unbounded preceding and 1 preceding), 0)))::bigint as paid
      from credit_made m left join credit_locked l on l.user_id = m.user_id
    ), credit_debts as (
      insert into transfers (id, user_id, kind, kopecks, source, destination, generation_id, created_at)
      select id || ':debt', user_id, 'adjust', paid, destination, 'debt', generation_id, ${at} from credit_shares where paid > 0
    ), credit_wallets as (
      insert into wallets (user_id, main, bonus)
      select user_id, coalesce(sum(kopecks - paid) filter (where destination = 'main'), 0),
        coalesce(sum(kopecks - paid) filter (where destination = 'bonus'), 0)
      from credit_shares group by user_id
      on conflict (user_id) do update set main = wallets.main + excluded.main, bonus = wallets.bonus + excluded.bonus,
        debt = wallets.debt - (select coalesce(sum(s.paid), 0) from credit_shares s where s.user_id = wallets.user_id)
      returning user_id, main, bonus, held, debt
    )`;
}

/**
 * CTEs (without `with`) that take money from one user, as part of one statement.
 *
 * `row` gives one row of `movementRow`, or none: its source is `main` (the money's way out is its destination). With
 * `beyond: "debt"` (a chargeback, a reversal) main money goes first, then bonus money, and the rest becomes debt; the
 * transfers are `<id>`, `<id>:bonus`, `<id>:debt`, where the first that is needed bears the plain id, so that a repeat
 * finds it. With `beyond: "nothing"` only the account of the source is touched, and nothing happens unless it has all.
 *
 * The statement may go on with `debit_made` (id, user_id, kopecks, source) and `debit_wallets` (user_id, main, bonus,
 * held, debt afterwards); both are empty for a repeat and for a refusal.
 */
export function debited(row: SQL, now: Date, options: { beyond: "debt" | "nothing" }): SQL {
  const at = sql`${now.toISOString()}::timestamptz`;
  const parts =
    options.beyond === "debt"
      ? sql`(values
          (0, 'main', least(r.kopecks, r.has_main)),
          (1, 'bonus', least(r.kopecks - least(r.kopecks, r.has_main), r.has_bonus)),
          (2, 'debt', greatest(r.kopecks - r.has_main - r.has_bonus, 0)))`
      : sql`(values (0, r.source, case when r.kopecks <= case when r.source = 'bonus' then r.has_bonus else r.has_main end then r.kopecks else 0 end))`;
  return sql`debit_row (${COLUMNS}) as (${row}),
    debit_locked as (
      select w.user_id, w.main, w.bonus from wallets w where w.user_id = (select user_id from debit_row) for update
    ), debit_parts as (
      select r.*, part.account, part.amount, row_number() over (order by part.place) as place
      from (select d.*, coalesce(l.main, 0) as has_main, coalesce(l.bonus, 0) as has_bonus
        from debit_row d left join debit_locked l on l.user_id = d.user_id) r,
        lateral ${parts} as part (place, account, amount)
      where part.amount > 0
    ), debit_cause as (
      insert into transfers (id, user_id, kind, kopecks, source, destination, generation_id, reason, actor_id, created_at)
      select id, user_id, kind, amount, account, destination, generation_id, reason, actor_id, ${at}
      from debit_parts where place = 1
      on conflict (id) do nothing
      returning id, user_id, kopecks, source
    ), debit_rest as (
      insert into transfers (id, user_id, kind, kopecks, source, destination, generation_id, reason, actor_id, created_at)
      select p.id || ':' || p.account, p.user_id, p.kind, p.amount, p.account, p.destination, p.generation_id, p.reason, p.actor_id, ${at}
      from debit_parts p join debit_cause c on c.id = p.id where p.place > 1
      returning id, user_id, kopecks, source
    ), debit_made as (
      select * from debit_cause union all select * from debit_rest
    ), debit_wallets as (
      insert into wallets (user_id, debt)
      select user_id, coalesce(sum(kopecks) filter (where source = 'debt'), 0) from debit_made group by user_id
      on conflict (user_id) do update set debt = wallets.debt + excluded.debt,
        main = wallets.main - (select coalesce(sum(m.kopecks), 0) from debit_made m where m.source = 'main'),
        bonus = wallets.bonus - (select coalesce(sum(m.kopecks), 0) from debit_made m where m.source = 'bonus')
      returning user_id, main, bonus, held, debt
    )`;
}

/**
 * Rows for `credited`: what a generation was charged goes back to the accounts it came from, as `gen:<id>:refund:<account>`.
 * No rows while nothing is posted; a second refund finds the first.
 */
export function refundRows(input: { generationId: string; reason: string | null; actorId: number | null }): SQL {
  return sql`select 'gen:' || t.generation_id || ':refund:' || account, t.user_id, 'refund'::text, t.kopecks, 'revenue'::text, account,
      t.generation_id, ${input.reason}::text, ${input.actorId}::bigint
    from transfers t, lateral (select case when t.id like '%:bonus' then 'bonus' else 'main' end as account) a
    where t.generation_id = ${input.generationId} and t.kind = 'post'`;
}
