import { sql } from "drizzle-orm";
import * as z from "zod";
import type { ReceiptDuplicate, ReceiptReading } from "../ledger/payments.ts";
import type { Kopecks } from "../shared/kopecks.ts";
import type { Database } from "./client.ts";
import { kopecksJson, momentJson } from "./rows.ts";

/** Pictures that differ in no more of their 64 bits look the same. */
export const NEAR_BITS = 6;
/** Duplicates that are kept: an admin needs a few to look at, not all. */
const MAX_DUPLICATES = 5;

const toReadRow = z.lazy(() =>
  z
    .object({
      request_id: z.string(),
      telegram_file_id: z.string(),
      kind: z.enum(["picture", "pdf"]),
      received_at: momentJson,
      pay_kopecks: kopecksJson,
      announced_at: momentJson,
    })
    .transform((row) => ({
      requestId: row.request_id,
      telegramFileId: row.telegram_file_id,
      kind: row.kind,
      receivedAt: row.received_at,
      payKopecks: row.pay_kopecks satisfies Kopecks,
      createdAt: row.announced_at,
    })),
);
export type ReceiptToRead = z.output<typeof toReadRow>;

/** A receipt that nobody has read yet, with what its request expects; null for any other. */
export async function receiptToRead(database: Database, receiptId: string): Promise<ReceiptToRead | null> {
  const [row] = await database.read(sql`
    select r.request_id, r.telegram_file_id, r.kind, to_json(r.created_at)#>>'{}' as received_at, b.pay_kopecks,
      to_json(b.created_at)#>>'{}' as announced_at
    from receipts r join bank_requests b on b.id = r.request_id
    where r.id = ${receiptId} and r.status = 'waiting'`);
  return row === undefined ? null : toReadRow.parse(row);
}

/**
 * What was read, kept while the receipt still waits. Comes before `finishReceipt`: of two receipts of one operation that
 * are read at the same moment, each then finds the other or is found by it.
 */
export async function storeReading(
  database: Database,
  input: {
    receiptId: string;
    reading: ReceiptReading;
    score: number;
    pictureHash: string | null;
    operationNumber: string | null;
  },
): Promise<void> {
  await database.query(sql`
    update receipts set reading = ${JSON.stringify(input.reading)}::jsonb, score = ${input.score}::int,
      picture_hash = ${input.pictureHash}::text, operation_number = ${input.operationNumber}::text
    where id = ${input.receiptId} and status = 'waiting'`);
}

const duplicate = z.lazy(() =>
  z.object({
    receiptId: z.string(),
    requestId: z.string(),
    userId: z.number(),
    by: z.enum(["bytes", "file", "operation", "picture"]),
  }),
);
const finishedRow = z.lazy(() => z.object({ request_id: z.string(), duplicates: z.array(duplicate) }));

/**
 * Ends the reading of a receipt, once: looks for receipts of other requests, of anybody, with the same bytes, Telegram
 * file or operation number (an index each), and since `picturesSince` for near-identical pictures. A look-alike does not
 * count when both its time and its operation number are known to be others: two receipts of one bank look alike always.
 * With a duplicate the score is 0.
 *
 * Cost: the pictures of the window are compared one by one, 64 bits each: about a tenth of a second for 100,000 of them.
 * It runs once per receipt, outside of any webhook.
 *
 * @returns null when it was ended before (nothing changes).
 */
export async function finishReceipt(
  database: Database,
  input: { receiptId: string; status: "read" | "unreadable"; picturesSince: Date },
): Promise<{ requestId: string; duplicates: ReceiptDuplicate[] } | null> {
  const [row] = await database.query(sql`
    with me as (
      select * from receipts where id = ${input.receiptId} and status = 'waiting'
    ), found as (
      select r.id, r.request_id, r.user_id, 'bytes' as by, 1 as rank from me join receipts r on r.sha256 = me.sha256
      union all
      select r.id, r.request_id, r.user_id, 'file', 2 from me join receipts r on r.file_unique_id = me.file_unique_id
      union all
      select r.id, r.request_id, r.user_id, 'operation', 3 from me
        join receipts r on r.operation_number = me.operation_number
      union all
      select r.id, r.request_id, r.user_id, 'picture', 4 from me
        join receipts r on r.created_at >= ${input.picturesSince.toISOString()}::timestamptz
        where bit_count(('x' || r.picture_hash)::bit(64) # ('x' || me.picture_hash)::bit(64)) <= ${NEAR_BITS}::int
          and not coalesce(r.operation_number <> me.operation_number
            and r.reading->>'paidAt' <> me.reading->>'paidAt', false)
    ), others as (
      select distinct on (found.id) found.* from found, me
      where found.id <> me.id and found.request_id <> me.request_id
      order by found.id, found.rank
    ), kept as (
      select * from others order by rank, id limit ${MAX_DUPLICATES}::int
    )
    update receipts set status = ${input.status},
      duplicates = coalesce((select jsonb_agg(jsonb_build_object(
        'receiptId', id, 'requestId', request_id, 'userId', user_id, 'by', by) order by rank, id) from kept), '[]'::jsonb),
      score = case when exists (select from kept) and receipts.score is not null then 0 else receipts.score end
    from me where receipts.id = me.id and receipts.status = 'waiting'
    returning receipts.request_id, receipts.duplicates`);
  if (row === undefined) return null;
  const { request_id: requestId, duplicates } = finishedRow.parse(row);
  return { requestId, duplicates };
}

const waitingRow = z.lazy(() => z.object({ id: z.string(), created_at: momentJson }));

/** Receipts that came between two moments and that nobody has read yet, oldest first. */
export async function waitingReceipts(
  database: Database,
  input: { since: Date; before: Date; limit: number },
): Promise<{ receiptId: string; createdAt: Date }[]> {
  const rows = await database.read(sql`
    select id, to_json(created_at)#>>'{}' as created_at from receipts
    where created_at >= ${input.since.toISOString()}::timestamptz and created_at <= ${input.before.toISOString()}::timestamptz
      and status = 'waiting'
    order by created_at limit ${input.limit}::int`);
  return rows.map((row) => {
    const { id, created_at: createdAt } = waitingRow.parse(row);
    return { receiptId: id, createdAt };
  });
}
