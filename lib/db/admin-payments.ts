import { type SQL, sql } from "drizzle-orm";
import * as z from "zod";
import type { UserPayment } from "../conversation/admin/user-types.ts";
import { BANK_REQUEST_STATUSES, STAR_STATUSES } from "../ledger/payments.ts";
import { kopecksJson, momentJson } from "./rows.ts";

const starsRow = z.lazy(() =>
  z.object({
    key: z.string(),
    id: z.string(),
    order_id: z.string().nullable(),
    stars: z.number(),
    kopecks: kopecksJson,
    status: z.enum(STAR_STATUSES),
    source: z.enum(["update", "reconciliation"]),
    paid_at: momentJson,
    refunded_at: momentJson.nullable(),
  }),
);

const bankRow = z.lazy(() =>
  z.object({
    key: z.string(),
    id: z.string(),
    pay_kopecks: kopecksJson,
    credited_kopecks: kopecksJson.nullable(),
    status: z.enum(BANK_REQUEST_STATUSES),
    created_at: momentJson,
    decided_at: momentJson.nullable(),
  }),
);

/** Reads one of `paymentsJson`: one of the two is there. */
export const paymentRow = z.lazy(() =>
  z.union([
    z.object({ stars: starsRow }).transform(
      ({ stars }): UserPayment => ({
        kind: "stars",
        key: stars.key,
        chargeId: stars.id,
        orderId: stars.order_id,
        stars: stars.stars,
        kopecks: stars.kopecks,
        status: stars.status,
        isFound: stars.source === "reconciliation",
        at: stars.paid_at,
        refundedAt: stars.refunded_at,
      }),
    ),
    z.object({ bank: bankRow }).transform(
      ({ bank }): UserPayment => ({
        kind: "bank",
        key: bank.key,
        requestId: bank.id,
        payKopecks: bank.pay_kopecks,
        creditedKopecks: bank.credited_kopecks,
        status: bank.status,
        at: bank.created_at,
        decidedAt: bank.decided_at,
      }),
    ),
  ]),
);

/**
 * The newest payments of a user, Stars and bank together, or the one of a key, as a column of any statement; null when
 * none is wanted. Each kind is read by its index on (user, moment), so the list costs the same for any history.
 */
export function paymentsJson(
  userId: number,
  { payments, paymentKey }: { payments?: boolean; paymentKey?: string },
  limit: number,
): SQL {
  if (paymentKey === undefined && payments !== true) return sql`null::jsonb`;
  const only = paymentKey === undefined ? sql`` : sql`where key = ${paymentKey}`;
  const newest = paymentKey === undefined ? sql`limit ${limit}::int` : sql``;
  return sql`(select jsonb_agg(p.item order by p.at desc, p.key) from (
      select * from (
        (select 's' || left(md5(id), 12) as key, paid_at as at,
          jsonb_build_object('stars', to_jsonb(c) || jsonb_build_object('key', 's' || left(md5(id), 12))) as item
        from star_charges c where user_id = ${userId}::bigint order by paid_at desc ${newest})
        union all
        (select 'b' || left(md5(id), 12), created_at,
          jsonb_build_object('bank', to_jsonb(r) || jsonb_build_object('key', 'b' || left(md5(id), 12)))
        from bank_requests r where user_id = ${userId}::bigint order by created_at desc ${newest})) both_kinds
      ${only} order by at desc, key limit ${limit}::int) p)`;
}
