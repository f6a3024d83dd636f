import { type SQL, sql } from "drizzle-orm";
import type { GenerationState } from "../generation/states.ts";
import type { Database } from "./client.ts";

/**
 * Takes the right to deliver, or to tell, for one lease: a crashed holder loses it by time. An undeliverable result may
 * be leased too, by its owner who asks for it; nothing becomes due by that.
 * @returns false when somebody holds it, nothing is owed any more, or it is an item of a batch that is not told yet.
 */
export async function leaseTelling(
  database: Database,
  input: { generationId: string; state: GenerationState; now: Date; leaseUntil: Date },
): Promise<boolean> {
  const rows = await database.query(sql`
    update generations set lease_until = ${input.leaseUntil.toISOString()}::timestamptz,
      due_at = case when told_at is null then ${input.leaseUntil.toISOString()}::timestamptz end,
      delivery_attempts = delivery_attempts + 1
    where id = ${input.generationId} and state = ${input.state} and (told_at is null or state = 'undeliverable')
      and (lease_until is null or lease_until <= ${input.now.toISOString()}::timestamptz)
      and (batch_id is null or exists (select 1 from batches where batches.id = batch_id and batches.told_at is not null))
    returning id`);
  return rows.length > 0;
}

/** The message that rang. Stored before it is edited, so that a crash leads to an edit and not to a second message. */
export async function saveDoneMessage(
  database: Database,
  input: { generationId: string; messageId: number },
): Promise<void> {
  await database.query(
    sql`update generations set done_message_id = ${input.messageId}::int where id = ${input.generationId}`,
  );
}

/** One output that reached the user. */
export interface SentFile {
  position: number;
  /** Null for a link. */
  fileId: string | null;
  sentAs: string;
  messageId: number;
}

/**
 * Remembers what has arrived: the next try sends the rest.
 *
 * @param input.leaseUntil goes on holding the lease of the delivery until then; absent: nothing is held.
 */
export async function saveSentFiles(
  database: Database,
  input: { generationId: string; files: readonly SentFile[]; leaseUntil?: Date },
): Promise<void> {
  const leaseUntil = sql`${input.leaseUntil?.toISOString() ?? null}::timestamptz`;
  await database.query(sql`
    with g as (
      update generations set lease_until = ${leaseUntil}, due_at = case when told_at is null then ${leaseUntil} end
      where id = ${input.generationId} and ${leaseUntil} is not null and lease_until is not null
    )
    update outputs set file_id = sent.file_id, sent_as = sent.sent_as, message_id = sent.message_id
    from ${sentRecords(input.files)}
    where outputs.generation_id = ${input.generationId} and outputs.position = sent.position`);
}

function sentRecords(files: readonly SentFile[]): SQL {
  const rows = files.map((file) => ({
    position: file.position,
    file_id: file.fileId,
    sent_as: file.sentAs,
    message_id: file.messageId,
  }));
  return sql`jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as sent (position int, file_id text, sent_as text, message_id int)`;
}

/** The user has the result (or was told that there is none): nothing is owed any more. */
export async function markTold(
  database: Database,
  input: {
    generationId: string;
    from: GenerationState;
    to: GenerationState;
    now: Date;
    files: readonly SentFile[];
    /** When the files are to be copied into the archive; absent or null: they are not. */
    archiveDueAt?: Date | null;
  },
): Promise<boolean> {
  const rows = await database.query(sql`
    with g as (
      update generations set state = ${input.to}, told_at = ${input.now.toISOString()}::timestamptz, lease_until = null, due_at = null,
        archive_due_at = ${input.archiveDueAt?.toISOString() ?? null}::timestamptz, archive_attempts = 0
      where id = ${input.generationId} and state = ${input.from} and (told_at is null or state = 'undeliverable') returning id
    ), o as (
      update outputs set file_id = sent.file_id, sent_as = sent.sent_as, message_id = sent.message_id
      from g, ${sentRecords(input.files)}
      where outputs.generation_id = g.id and outputs.position = sent.position
    )
    select id from g`);
  return rows.length > 0;
}

/** Telegram did not take it now. */
export async function postponeTelling(
  database: Database,
  input: { generationId: string; retryAt: Date },
): Promise<void> {
  await database.query(sql`
    update generations set lease_until = ${input.retryAt.toISOString()}::timestamptz, due_at = ${input.retryAt.toISOString()}::timestamptz
    where id = ${input.generationId} and told_at is null`);
}
