import { sql } from "drizzle-orm";
import * as z from "zod";
import type { GenerationState } from "../generation/states.ts";
import { type OwnedBatch, ownedBatchColumns, ownedBatchRow } from "./batch-json.ts";
import type { Database } from "./client.ts";
import type { SentFile } from "./delivery.ts";

/** One batch with its items and its owner, or null. One statement. */
export async function readBatch(database: Database, batchId: string): Promise<OwnedBatch | null> {
  const [row] = await database.read(sql`
    select ${ownedBatchColumns}
    from batches b join users u on u.id = b.user_id join wallets w on w.user_id = b.user_id
    where b.id = ${batchId}`);
  return row === undefined ? null : ownedBatchRow.parse(row);
}

/** Ids of batches whose delivery is owed since `dueBefore`, oldest first. */
export async function dueBatches(database: Database, input: { dueBefore: Date; limit: number }): Promise<string[]> {
  const rows = await database.read(
    sql`select id from batches where due_at is not null and due_at <= ${input.dueBefore.toISOString()}::timestamptz order by due_at limit ${input.limit}::int`,
  );
  return rows.map((row) => z.string().parse(row["id"]));
}

/**
 * Takes the right to redraw a batch's progress, at most once per `gapSeconds`, and reads what to draw.
 *
 * @returns `too-soon`: a later call may; null: there is nothing (any more) to be drawn.
 */
export async function takeProgress(
  database: Database,
  input: { batchId: string; gapSeconds: number; now: Date },
): Promise<OwnedBatch | "too-soon" | null> {
  const now = sql`${input.now.toISOString()}::timestamptz`;
  const [row] = await database.query(sql`
    with shown as (
      select id from batches
      where id = ${input.batchId} and told_at is null and remaining > 0 and status_message_id is not null
    ), b as (
      update batches set shown_at = ${now} from shown
      where batches.id = shown.id and (batches.shown_at is null or batches.shown_at <= ${now} - make_interval(secs => ${input.gapSeconds}::int))
      returning batches.*
    )
    select ${ownedBatchColumns} from shown left join b on b.id = shown.id
      left join users u on u.id = b.user_id left join wallets w on w.user_id = b.user_id`);
  if (row === undefined) return null;
  return row["language"] === null ? "too-soon" : ownedBatchRow.parse(row);
}

/**
 * Takes the right to deliver a batch for one lease: a crashed holder loses it by time.
 * @returns false when somebody holds it, or nothing is owed: items are still under way, or everything was said.
 */
export async function leaseBatch(
  database: Database,
  input: { batchId: string; now: Date; leaseUntil: Date },
): Promise<boolean> {
  const leaseUntil = sql`${input.leaseUntil.toISOString()}::timestamptz`;
  const rows = await database.query(sql`
    update batches set lease_until = ${leaseUntil}, due_at = ${leaseUntil}, delivery_attempts = delivery_attempts + 1
    where id = ${input.batchId} and told_at is null and remaining = 0
      and (lease_until is null or lease_until <= ${input.now.toISOString()}::timestamptz)
    returning id`);
  return rows.length > 0;
}

/** The message that rang. Stored before it is edited and before the albums follow it. */
export async function saveBatchMessage(
  database: Database,
  input: { batchId: string; messageId: number },
): Promise<void> {
  await database.query(
    sql`update batches set done_message_id = ${input.messageId}::int where id = ${input.batchId} and told_at is null`,
  );
}

/** One output of a batch that reached the user. */
export interface SentOutput extends SentFile {
  generationId: string;
}

/** Remembers what of the albums has arrived, and goes on holding the lease: the next try sends the rest. */
export async function saveBatchFiles(
  database: Database,
  input: { batchId: string; files: readonly SentOutput[]; leaseUntil: Date },
): Promise<void> {
  const leaseUntil = sql`${input.leaseUntil.toISOString()}::timestamptz`;
  await database.query(sql`
    with b as (
      update batches set lease_until = ${leaseUntil}, due_at = ${leaseUntil}
      where id = ${input.batchId} and told_at is null
    )
    update outputs set file_id = sent.file_id, sent_as = sent.sent_as, message_id = sent.message_id
    from ${sentRecords(input.files)}
    where outputs.generation_id = sent.generation_id and outputs.position = sent.position`);
}

const sentRecords = (files: readonly SentOutput[]) =>
  sql`jsonb_to_recordset(${JSON.stringify(
    files.map((file) => ({
      generation_id: file.generationId,
      position: file.position,
      file_id: file.fileId,
      sent_as: file.sentAs,
      message_id: file.messageId,
    })),
  )}::jsonb) as sent (generation_id text, position int, file_id text, sent_as text, message_id int)`;

/**
 * The user has all of a batch (or can not be reached): nothing is owed any more. An item that changed since it was read,
 * because its success came late, is left alone and is delivered by itself.
 */
export async function markBatchTold(
  database: Database,
  input: {
    batchId: string;
    items: readonly { generationId: string; from: GenerationState; to: GenerationState }[];
    files: readonly SentOutput[];
    now: Date;
    /** When the files are to be copied into the archive; absent or null: they are not. */
    archiveDueAt?: Date | null;
  },
): Promise<boolean> {
  const now = sql`${input.now.toISOString()}::timestamptz`;
  const items = JSON.stringify(
    input.items.map(({ generationId, from, to }) => ({ id: generationId, was: from, becomes: to })),
  );
  const rows = await database.query(sql`
    with b as (
      update batches set told_at = ${now}, lease_until = null, due_at = null
      where id = ${input.batchId} and told_at is null and remaining = 0 returning id
    ), g as (
      update generations set state = known.becomes, told_at = ${now}, lease_until = null, due_at = null,
        archive_due_at = case when known.becomes in ('delivered', 'undeliverable') then ${input.archiveDueAt?.toISOString() ?? null}::timestamptz end
      from b, jsonb_to_recordset(${items}::jsonb) as known (id text, was text, becomes text)
      where generations.id = known.id and generations.batch_id = b.id and generations.state = known.was
        and generations.told_at is null
      returning generations.id
    ), o as (
      update outputs set file_id = sent.file_id, sent_as = sent.sent_as, message_id = sent.message_id
      from b, ${sentRecords(input.files)}
      where outputs.generation_id = sent.generation_id and outputs.position = sent.position
    )
    select id from b`);
  return rows.length > 0;
}

/** Telegram did not take it now. */
export async function postponeBatch(database: Database, input: { batchId: string; retryAt: Date }): Promise<void> {
  const retryAt = sql`${input.retryAt.toISOString()}::timestamptz`;
  await database.query(sql`
    update batches set lease_until = ${retryAt}, due_at = ${retryAt} where id = ${input.batchId} and told_at is null`);
}
