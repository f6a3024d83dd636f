import { sql } from "drizzle-orm";
import * as z from "zod";
import { LANGUAGES, type Language } from "../shared/localized.ts";
import { catalogRevision, revisionJson } from "./catalog-revision.ts";
import type { Database } from "./client.ts";

export interface OutboxMessage {
  id: string;
  userId: number;
  kind: string;
  payload: Record<string, unknown>;
  attempts: number;
  /** Null for an admin who never wrote to the bot. */
  language: Language | null;
  catalogRevision: number;
}

const messageSchema = z.lazy(() =>
  z
    .object({
      id: z.string(),
      user_id: z.coerce.number(),
      kind: z.string(),
      payload: z.record(z.string(), z.unknown()),
      attempts: z.number(),
      language: z.enum(LANGUAGES).nullable(),
      catalog_revision: revisionJson,
    })
    .transform((row) => ({
      id: row.id,
      userId: row.user_id,
      kind: row.kind,
      payload: row.payload,
      attempts: row.attempts,
      language: row.language,
      catalogRevision: row.catalog_revision,
    })),
);

/** Adds what is owed to people; an id that is there already changes nothing, which also throttles alerts. */
export async function addToOutbox(
  database: Database,
  input: {
    messages: readonly { id: string; userId: number; kind: string; payload: Record<string, unknown> }[];
    now: Date;
  },
): Promise<void> {
  if (input.messages.length === 0) return;
  const now = sql`${input.now.toISOString()}::timestamptz`;
  await database.query(sql`
    insert into outbox (id, user_id, kind, payload, due_at, created_at)
    select m.id, m.user_id, m.kind, m.payload, ${now}, ${now}
    from jsonb_to_recordset(${JSON.stringify(
      input.messages.map((message) => ({ ...message, user_id: message.userId })),
    )}::jsonb) as m (id text, user_id bigint, kind text, payload jsonb)
    on conflict (id) do nothing`);
}

/** Takes due messages for one lease, oldest first. */
export async function leaseOutbox(
  database: Database,
  input: { now: Date; leaseUntil: Date; limit: number },
): Promise<OutboxMessage[]> {
  const rows = await database.query(sql`
    update outbox set due_at = ${input.leaseUntil.toISOString()}::timestamptz, attempts = attempts + 1
    where id in (
      select id from outbox where due_at is not null and due_at <= ${input.now.toISOString()}::timestamptz
      order by due_at limit ${input.limit}::int for update skip locked)
    returning id, user_id, kind, payload, attempts,
      (select u.language from users u where u.id = outbox.user_id) as language, ${catalogRevision} as catalog_revision`);
  return rows.map((row) => messageSchema.parse(row));
}

/** Sent, or given up: nothing is owed any more. */
export async function closeOutbox(database: Database, input: { id: string; sentAt: Date | null }): Promise<void> {
  await database.query(
    sql`update outbox set due_at = null, sent_at = ${input.sentAt?.toISOString() ?? null}::timestamptz where id = ${input.id}`,
  );
}
