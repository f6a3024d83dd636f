import { type SQL, sql } from "drizzle-orm";
import * as z from "zod";
import type { ActivePromo } from "../conversation/money/types.ts";
import { PROMO_KINDS } from "../ledger/payments.ts";
import type { Kopecks } from "../shared/kopecks.ts";
import type { Database } from "./client.ts";
import { credited } from "./ledger.ts";
import { kopecksJson, momentJson } from "./rows.ts";

export const activePromoRow = z.lazy(() =>
  z
    .object({
      code: z.string(),
      kind: z.enum(PROMO_KINDS),
      percent: z.number().nullable(),
      generations_left: z.number().nullable(),
      until: momentJson.nullable(),
    })
    .transform(
      (row): ActivePromo => ({
        code: row.code,
        kind: row.kind,
        percent: row.percent,
        generationsLeft: row.generations_left,
        until: row.until,
      }),
    ),
);

/** JSON array of `activePromoRow` for a user, or null. Those whose time is over are among them: the reader has the clock. */
export function activePromos(userId: number): SQL {
  return sql`(select jsonb_agg(jsonb_build_object('code', k.code, 'kind', k.kind, 'percent', k.percent,
      'generations_left', p.generations_left, 'until', p.until) order by p.created_at, p.code)
    from promo_uses p join promo_codes k on k.code = p.code
    where p.user_id = ${userId}::bigint and (p.generations_left > 0 or p.until is not null))`;
}

/** Wrong codes of one user within the window; then nothing is even looked up until it has passed. */
const MAX_WRONG_CODES = 10;
const WINDOW_SECONDS = 3_600;

export type RedeemAnswer =
  | {
      kind: "redeemed";
      code: string;
      promo: ActivePromo["kind"];
      kopecks: Kopecks | null;
      percent: number | null;
      generationsLeft: number | null;
      until: Date | null;
    }
  /** Unknown, over, closed or taken by enough people: nobody is told which. */
  | { kind: "wrong" }
  | { kind: "used" }
  | { kind: "newcomers-only" }
  | { kind: "too-many" };

const redeemSchema = z.lazy(() =>
  z.object({
    promo: z.enum(PROMO_KINDS).nullable(),
    kopecks: kopecksJson.nullable(),
    percent: z.number().nullable(),
    generations_left: z.number().nullable(),
    until: momentJson.nullable(),
    is_open: z.boolean(),
    is_used: z.boolean(),
    is_counted: z.boolean(),
    is_fit: z.boolean(),
  }),
);

/**
 * Enters a code, once per user, in one statement. The locks of the wallet and of the code order racing entries, so the
 * cap holds; a wrong code is counted, and after ten of them nothing is looked up for an hour. A bonus is credited by
 * the same statement. The user has a wallet by then: the step that ordered this made it.
 */
export async function redeemPromo(
  database: Database,
  input: { userId: number; code: string; now: Date },
): Promise<RedeemAnswer> {
  const { userId, code, now } = input;
  const at = sql`${now.toISOString()}::timestamptz`;
  const windowBegins = sql`${new Date(now.getTime() - WINDOW_SECONDS * 1000).toISOString()}::timestamptz`;
  const id = `promo:${code}:${userId}`;
  const [row] = await database.query(sql`
    with w as (
      select user_id, queued, running from wallets where user_id = ${userId}::bigint for update
    ), k as (
      select c.* from promo_codes c, w where c.code = ${code} for update of c
    ), open as (
      select k.* from k where k.used < coalesce(k.cap, k.used + 1) and k.closed_at is null
        and (k.expires_at is null or k.expires_at > ${at})
    ), mine as (
      select 1 from promo_uses where user_id = ${userId}::bigint and code = ${code}
    ), fit as (
      select open.* from open, w where not exists (select 1 from mine)
        and (not open.newcomers_only or (w.queued = 0 and w.running = 0 and not exists (
          select 1 from generations g where g.user_id = ${userId}::bigint
            and g.state not in ('failed', 'returned', 'expired', 'cancelled'))))
    ), a as (
      insert into promo_attempts (user_id, window_start, attempts)
      select w.user_id, ${at}, case when exists (select 1 from fit) or exists (select 1 from mine) then 0 else 1 end from w
      on conflict (user_id) do update set
        attempts = excluded.attempts + case when promo_attempts.window_start > ${windowBegins} then promo_attempts.attempts else 0 end,
        window_start = case when promo_attempts.window_start > ${windowBegins} then promo_attempts.window_start else excluded.window_start end
        where promo_attempts.window_start <= ${windowBegins} or promo_attempts.attempts < ${MAX_WRONG_CODES}::int
      returning user_id
    ), taken as (
      insert into promo_uses (code, user_id, created_at, generations_left, until)
      select fit.code, a.user_id, ${at},
        case fit.kind when 'topup' then 1 when 'discount' then fit.generations end,
        case when fit.kind = 'discount' then ${at} + make_interval(hours => fit.days * 24) end
      from fit, a
      on conflict (user_id, code) do nothing
      returning code, generations_left, until
    ), counted as (
      update promo_codes set used = promo_codes.used + 1 from taken where promo_codes.code = taken.code
    ), ${credited(
      sql`select ${id}::text as id, ${userId}::bigint as user_id, 'credit'::text as kind, fit.kopecks, 'promo'::text as source,
        'bonus'::text as destination, null::text as generation_id, fit.code as reason, null::bigint as actor_id
      from taken join fit on fit.code = taken.code where fit.kind = 'bonus' and fit.kopecks > 0`,
      now,
    )}
    select fit.kind as promo, fit.kopecks::text as kopecks, fit.percent, taken.generations_left,
      to_jsonb(taken.until) #>> '{}' as until, exists (select 1 from open) as is_open,
      exists (select 1 from mine) as is_used, exists (select 1 from a) as is_counted,
      exists (select 1 from fit) as is_fit
    from (select 1) one left join taken on true left join fit on fit.code = taken.code`);
  const answer = redeemSchema.parse(row);
  if (!answer.is_counted) return { kind: "too-many" };
  if (answer.promo !== null) {
    const { kopecks, percent, promo } = answer;
    return {
      kind: "redeemed",
      code,
      promo,
      kopecks,
      percent,
      generationsLeft: answer.generations_left,
      until: answer.until,
    };
  }
  // What fitted and was not taken lost a race against the same code of the same user.
  if (answer.is_used || answer.is_fit) return { kind: "used" };
  return answer.is_open ? { kind: "newcomers-only" } : { kind: "wrong" };
}

/**
 * The statement of a CTE: proves a discount for each row of `ok` and takes one generation off it, or gives no row when
 * it has run out. An UPDATE looks at the newest row before it changes it, so the last generation goes to one of many.
 */
export function discountClaim(userId: number, discount: { code: string; percent: number }, now: Date): SQL {
  return sql`update promo_uses set generations_left = promo_uses.generations_left - 1
      from ok, promo_codes k
      where promo_uses.user_id = ${userId}::bigint and promo_uses.code = ${discount.code} and k.code = promo_uses.code
        and k.kind = 'discount' and k.percent = ${discount.percent}::int
        and (promo_uses.generations_left > 0 or promo_uses.until > ${now.toISOString()}::timestamptz)
      returning 1 as claimed`;
}

/**
 * As `discountClaim`, for a discount that holds for some days, on however many generations: it is only looked at, nothing
 * of it is used up. A discount on the first generations is not proved by this.
 */
export function timedDiscountClaim(userId: number, discount: { code: string; percent: number }, now: Date): SQL {
  return sql`select 1 as claimed from ok, promo_uses p join promo_codes k on k.code = p.code
      where p.user_id = ${userId}::bigint and p.code = ${discount.code} and k.kind = 'discount'
        and k.percent = ${discount.percent}::int and p.generations_left is null and p.until > ${now.toISOString()}::timestamptz`;
}

/**
 * The statement of a CTE that gives a discount's generation back to the user of `wu`, whose wallet is locked by then.
 * The hold's transfers name the code as their reason.
 */
export function discountReturn(generationId: string): SQL {
  return sql`update promo_uses set generations_left = promo_uses.generations_left + 1
      from wu, transfers h
      where h.id in (${`gen:${generationId}:hold:main`}, ${`gen:${generationId}:hold:bonus`}) and h.reason is not null
        and promo_uses.user_id = wu.user_id and promo_uses.code = h.reason and promo_uses.generations_left is not null`;
}

/**
 * The bonus that a `topup` code promised on the next top-up: the greatest one, used up by it.
 *
 * @param paid Name of a CTE with (user_id bigint, kopecks bigint): one row where a top-up is credited for the first
 *   time, none for a repeat. It must be exact, because a used code stays used.
 * @returns `parts`: CTEs (without `with`) that come before `credited`; `rows`: a `select` of `movementRow`'s columns for
 *   its rows, to be joined by `union all`. `promo_topup` (code, user_id, kopecks) says what was given.
 */
export function topupBonus(paid: SQL, now: Date): { parts: SQL; rows: SQL } {
  const at = sql`${now.toISOString()}::timestamptz`;
  return {
    parts: sql`promo_best as (
      select p.user_id, p.code, k.percent, paid.kopecks
      from ${paid} paid join promo_uses p on p.user_id = paid.user_id join promo_codes k on k.code = p.code
      where k.kind = 'topup' and p.generations_left > 0 and (p.until is null or p.until > ${at})
      order by k.percent desc, p.created_at, p.code limit 1
    ), promo_topup as (
      update promo_uses set generations_left = 0 from promo_best
      where promo_uses.user_id = promo_best.user_id and promo_uses.code = promo_best.code and promo_uses.generations_left > 0
      returning promo_uses.code, promo_uses.user_id, ((promo_best.kopecks * promo_best.percent + 50) / 100)::bigint as kopecks
    )`,
    rows: sql`select 'promo:' || code || ':' || user_id, user_id, 'credit'::text, kopecks, 'promo'::text, 'bonus'::text,
      null::text, code, null::bigint from promo_topup where kopecks > 0`,
  };
}
