import { sql } from "drizzle-orm";
import * as z from "zod";
import type { BankRequestFacts } from "../conversation/money/types.ts";
import { BANK_REQUEST_STATUSES } from "../ledger/payments.ts";
import type { Kopecks } from "../shared/kopecks.ts";
import type { Database } from "./client.ts";
import { kopecksJson, momentJson } from "./rows.ts";

/** Kopecks that are added to a sum, so that no two open requests are for the same one. */
const MOST_TAIL = 99;
/** Files that are taken for one request. */
export const MAX_RECEIPTS = 10;

const requestRow = z.lazy(() =>
  z
    .object({
      id: z.string(),
      kopecks: kopecksJson,
      pay_kopecks: kopecksJson,
      status: z.enum(BANK_REQUEST_STATUSES),
      expires_at: momentJson,
      receipt_at: momentJson.nullable(),
      credited_kopecks: kopecksJson.nullable(),
      reason: z.string().nullable(),
    })
    .transform(
      (row): BankRequestFacts => ({
        id: row.id,
        kopecks: row.kopecks,
        payKopecks: row.pay_kopecks,
        status: row.status,
        expiresAt: row.expires_at,
        hasReceipt: row.receipt_at !== null,
        creditedKopecks: row.credited_kopecks,
        reason: row.reason,
      }),
    ),
);

/** The user's newest request, whatever became of it; null when there was none. */
export async function readBankRequest(database: Database, userId: number): Promise<BankRequestFacts | null> {
  const [row] = await database.read(
    sql`select to_jsonb(r) as request from bank_requests r where r.user_id = ${userId}::bigint order by r.created_at desc nulls last limit 1`,
  );
  return row === undefined ? null : requestRow.parse(row["request"]);
}

/** The user's open request, and whether they look at its page; null when none is open. */
export async function readOpenBankRequest(
  database: Database,
  userId: number,
): Promise<{ request: BankRequestFacts; isShown: boolean } | null> {
  const [row] = await database.read(sql`
    select to_jsonb(r) as request, coalesce(c.state #> '{screen,page}' @> '{"kind": "bank"}', false) as is_shown
    from bank_requests r left join conversations c on c.user_id = r.user_id
    where r.user_id = ${userId}::bigint and r.status = 'pending'`);
  return row === undefined ? null : { request: requestRow.parse(row["request"]), isShown: row["is_shown"] === true };
}

/**
 * Opens a request for a sum that nobody else is to pay now. All 99 tails are tried by one insert, in an order of the
 * request's own: the unique indexes let the first free one in, and the others stumble over its id. A tail that somebody
 * is taking at this moment is waited for, so racers never get the same.
 *
 * @returns null when the user has an open request already, or every tail of the sum is taken.
 */
export async function openRequest(
  database: Database,
  input: { id: string; userId: number; kopecks: Kopecks; now: Date; expiresAt: Date },
): Promise<BankRequestFacts | null> {
  const kopecks = sql`${input.kopecks.toString()}::bigint`;
  const [row] = await database.query(sql`
    with r as (
      insert into bank_requests (id, user_id, kopecks, pay_kopecks, status, created_at, expires_at)
      select ${input.id}, ${input.userId}::bigint, ${kopecks}, ${kopecks} + tail, 'pending',
        ${input.now.toISOString()}::timestamptz, ${input.expiresAt.toISOString()}::timestamptz
      from generate_series(1, ${MOST_TAIL}::int) as tail
      order by md5(${input.id} || ':' || tail)
      on conflict do nothing
      returning *
    ) select to_jsonb(r) as request from r`);
  return row === undefined ? null : requestRow.parse(row["request"]);
}

/** By the user, before there is a receipt. @returns whether it was open. */
export async function cancelRequest(
  database: Database,
  input: { requestId: string; userId: number; now: Date },
): Promise<boolean> {
  const rows = await database.query(sql`
    update bank_requests set status = 'cancelled', decided_at = ${input.now.toISOString()}::timestamptz
    where id = ${input.requestId} and user_id = ${input.userId}::bigint and status = 'pending' and receipt_at is null
    returning id`);
  return rows.length > 0;
}

export interface NewReceipt {
  /** Made from the update that brought the file. */
  receiptId: string;
  userId: number;
  fileId: string;
  fileUniqueId: string;
  kind: "picture" | "pdf";
  /** How Telegram keeps the file: a file id can be sent again only as what it is. */
  sentAs: "photo" | "document";
  /** Hex. */
  sha256: string;
  adminIds: readonly number[];
  now: Date;
}

/**
 * Adds a receipt to the user's open request, which from then on does not expire, and owes every admin a card with it.
 *
 * @returns `added` also for a repeat; `closed` when no request is open (any more).
 */
export async function addReceipt(database: Database, receipt: NewReceipt): Promise<"added" | "too-many" | "closed"> {
  const now = sql`${receipt.now.toISOString()}::timestamptz`;
  const [row] = await database.query(sql`
    with r as (
      update bank_requests set receipt_at = coalesce(receipt_at, ${now})
      where user_id = ${receipt.userId}::bigint and status = 'pending'
      returning id
    ), c as (
      insert into receipts (id, request_id, user_id, telegram_file_id, file_unique_id, kind, sha256, status, created_at)
      select ${receipt.receiptId}, r.id, ${receipt.userId}::bigint, ${receipt.fileId}, ${receipt.fileUniqueId},
        ${receipt.kind}, ${receipt.sha256}, 'waiting', ${now}
      from r where (select count(*) from receipts x where x.request_id = r.id) < ${MAX_RECEIPTS}::int
      on conflict (id) do nothing returning id, request_id
    ), o as (
      insert into outbox (id, user_id, kind, payload, due_at, created_at)
      select 'receipt-card:' || c.id || ':' || a.id, a.id, 'receipt-card',
        jsonb_build_object('requestId', c.request_id, 'receiptId', c.id, 'fileId', ${receipt.fileId}::text,
          'sentAs', ${receipt.sentAs}::text), ${now}, ${now}
      from c, jsonb_array_elements_text(${JSON.stringify(receipt.adminIds)}::jsonb) as given, lateral (select given::bigint as id) as a
      on conflict (id) do nothing
    )
    select exists (select 1 from r) as is_open,
      exists (select 1 from c) or exists (select 1 from receipts where id = ${receipt.receiptId}) as is_added`);
  const answer = z.object({ is_open: z.boolean(), is_added: z.boolean() }).parse(row);
  if (answer.is_added) return "added";
  return answer.is_open ? "too-many" : "closed";
}
