import { sql } from "drizzle-orm";
import * as z from "zod";
import type { ReceiptAdminFacts, ReceiptCard } from "../conversation/admin/receipt-types.ts";
import { BANK_REQUEST_STATUSES } from "../ledger/payments.ts";
import { LANGUAGES, type Language } from "../shared/localized.ts";
import type { Database } from "./client.ts";
import { kopecksJson, momentJson, userRow } from "./rows.ts";

const readingJson = z.lazy(() =>
  z.object({ sums: z.array(z.string()), paidAt: z.string().nullable(), numbers: z.array(z.string()) }),
);
const duplicateJson = z.lazy(() =>
  z.object({
    receiptId: z.string(),
    requestId: z.string(),
    userId: z.number(),
    by: z.enum(["bytes", "file", "operation", "picture"]),
  }),
);

const cardRow = z.lazy(() =>
  z
    .object({
      request: z.object({
        id: z.string(),
        user_id: z.number(),
        kopecks: kopecksJson,
        pay_kopecks: kopecksJson,
        status: z.enum(BANK_REQUEST_STATUSES),
        created_at: momentJson,
        credited_kopecks: kopecksJson.nullable(),
        reason: z.string().nullable(),
        decided_at: momentJson.nullable(),
        decided_by: z.number().nullable(),
      }),
      owner: userRow.nullable(),
      decider: z.string().nullable(),
      earlier: z
        .array(z.object({ status: z.enum(BANK_REQUEST_STATUSES), many: z.number(), credited: kopecksJson }))
        .nullable(),
      receipts: z
        .array(
          z.object({
            id: z.string(),
            status: z.enum(["waiting", "read", "unreadable"]),
            reading: readingJson.nullable(),
            score: z.number().nullable(),
            duplicates: z.array(duplicateJson),
          }),
        )
        .nullable(),
    })
    .transform(({ request, owner, decider, earlier, receipts }): ReceiptCard => {
      const many = (status: string) => earlier?.find((each) => each.status === status)?.many ?? 0;
      return {
        requestId: request.id,
        user: {
          id: request.user_id,
          name: owner?.firstName ?? String(request.user_id),
          username: owner?.username ?? null,
          since: owner?.createdAt ?? null,
        },
        kopecks: request.kopecks,
        payKopecks: request.pay_kopecks,
        status: request.status,
        createdAt: request.created_at,
        creditedKopecks: request.credited_kopecks,
        reason: request.reason,
        decidedAt: request.decided_at,
        decidedBy: request.decided_by === null ? null : (decider ?? `id ${request.decided_by}`),
        history: {
          approved: many("approved"),
          rejected: many("rejected"),
          reversed: many("reversed"),
          creditedKopecks: earlier?.find(({ status }) => status === "approved")?.credited ?? 0n,
        },
        receipts: (receipts ?? []).map((each) => ({
          receiptId: each.id,
          status: each.status,
          reading: each.reading,
          score: each.score,
          duplicates: each.duplicates,
        })),
      };
    }),
);

/** Everything that an admin's card says about a request; null when there is none. */
export async function readReceiptCard(database: Database, requestId: string): Promise<ReceiptCard | null> {
  const [row] = await database.read(sql`
    select to_jsonb(r) as request, to_jsonb(u) as owner,
      (select d.first_name from users d where d.id = r.decided_by) as decider,
      (select jsonb_agg(to_jsonb(e)) from (
        select b.status, count(*)::int as many, coalesce(sum(b.credited_kopecks), 0)::text as credited from bank_requests b
        where b.user_id = r.user_id and b.id <> r.id and b.created_at <= r.created_at group by b.status) e) as earlier,
      (select jsonb_agg(to_jsonb(c) order by c.created_at, c.id) from receipts c where c.request_id = r.id) as receipts
    from bank_requests r left join users u on u.id = r.user_id where r.id = ${requestId}`);
  return row === undefined ? null : cardRow.parse(row);
}

const listRow = z.lazy(() =>
  z.object({
    waiting: z.number(),
    list: z
      .array(z.object({ id: z.string(), name: z.string(), pay_kopecks: kopecksJson, receipt_at: momentJson }))
      .nullable(),
  }),
);

/** Requests whose receipts wait for a decision, the longest waiting first, and how many there are. */
export async function readWaitingReceipts(
  database: Database,
  limit: number,
): Promise<Pick<ReceiptAdminFacts, "waiting" | "list">> {
  const [row] = await database.read(sql`
    select (select count(*)::int from bank_requests where status = 'pending' and receipt_at is not null) as waiting,
      (select jsonb_agg(to_jsonb(w) order by w.receipt_at) from (
        select r.id, coalesce(u.first_name, r.user_id::text) as name, r.pay_kopecks, r.receipt_at
        from bank_requests r left join users u on u.id = r.user_id
        where r.status = 'pending' and r.receipt_at is not null order by r.receipt_at limit ${limit}::int) w) as list`);
  const { waiting, list } = listRow.parse(row);
  return {
    waiting,
    list: (list ?? []).map((each) => ({
      requestId: each.id,
      userName: each.name,
      payKopecks: each.pay_kopecks,
      receiptAt: each.receipt_at,
    })),
  };
}

/** A card that stands in an admin's chat. */
export interface SentCard {
  adminId: number;
  language: Language;
  receiptId: string;
  messageId: number;
}

const sentRow = z.lazy(() =>
  z
    .object({
      user_id: z.coerce.number(),
      language: z.enum(LANGUAGES),
      receipt_id: z.string(),
      message_id: z.coerce.number(),
    })
    .transform(
      (row): SentCard => ({
        adminId: row.user_id,
        language: row.language,
        receiptId: row.receipt_id,
        messageId: row.message_id,
      }),
    ),
);

/** The cards of a request that were sent to these admins. */
export async function readSentCards(
  database: Database,
  input: { requestId: string; adminIds: readonly number[] },
): Promise<SentCard[]> {
  const rows = await database.read(sql`
    select o.user_id, coalesce(u.language, 'ru') as language, c.id as receipt_id, o.payload ->> 'messageId' as message_id
    from receipts c cross join jsonb_array_elements_text(${JSON.stringify(input.adminIds)}::jsonb) as admin
    join outbox o on o.id = 'receipt-card:' || c.id || ':' || admin left join users u on u.id = o.user_id
    where c.request_id = ${input.requestId} and o.payload ? 'messageId'`);
  return rows.map((row) => sentRow.parse(row));
}

/** Remembers which message shows a card, so that it can be redrawn when somebody decides. */
export async function saveCardMessage(
  database: Database,
  input: { outboxId: string; messageId: number },
): Promise<void> {
  await database.query(
    sql`update outbox set payload = payload || jsonb_build_object('messageId', ${input.messageId}::bigint) where id = ${input.outboxId}`,
  );
}

/** Owes an admin the cards of a request once more; also one who became an admin after they were sent. */
export async function oweCardsAgain(
  database: Database,
  input: { requestId: string; adminId: number; adminIds: readonly number[]; now: Date },
): Promise<void> {
  const now = sql`${input.now.toISOString()}::timestamptz`;
  await database.query(sql`
    insert into outbox (id, user_id, kind, payload, due_at, created_at)
    select distinct on (c.id) 'receipt-card:' || c.id || ':' || ${input.adminId}::bigint, ${input.adminId}::bigint,
      'receipt-card', o.payload - 'messageId', ${now}, ${now}
    from receipts c cross join jsonb_array_elements_text(${JSON.stringify(input.adminIds)}::jsonb) as admin
    join outbox o on o.id = 'receipt-card:' || c.id || ':' || admin
    where c.request_id = ${input.requestId}
    on conflict (id) do update set payload = excluded.payload, due_at = excluded.due_at, attempts = 0, sent_at = null`);
}
