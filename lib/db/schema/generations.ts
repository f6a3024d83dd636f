import { sql } from "drizzle-orm";
import {
  boolean,
  doublePrecision,
  index,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  smallint,
  text,
} from "drizzle-orm/pg-core";
import type { ParamValues } from "../../catalog/param-values.ts";
import type { FailureCause } from "../../faults/causes.ts";
import type { BatchKind } from "../../generation/batch.ts";
import type { GenerationState } from "../../generation/states.ts";
import type { KieApi } from "../../shared/kie-api.ts";
import type { MediaKind, OutputKind } from "../../shared/media.ts";
import type { RunMode } from "../../shared/run-mode.ts";
import { kopecks, moment, telegramId } from "./columns.ts";

export const generations = pgTable(
  "generations",
  {
    /** The draft's id. */
    id: text("id").primaryKey(),
    userId: telegramId("user_id").notNull(),
    entryKey: text("entry_key").notNull(),
    values: jsonb("values").$type<ParamValues>().notNull(),
    mode: text("mode").$type<RunMode>().notNull(),
    state: text("state").$type<GenerationState>().notNull(),
    priceKopecks: kopecks("price_kopecks").notNull(),
    heldMain: kopecks("held_main").notNull(),
    heldBonus: kopecks("held_bonus").notNull(),
    /** Null until the hold is posted (what revenue got) or voided (0). */
    postedKopecks: kopecks("posted_kopecks"),
    /** A success that came after the money had been returned. */
    loss: boolean("loss").notNull().default(false),
    /** Unguessable part of the callback URL. */
    callbackToken: text("callback_token").notNull(),
    /** The family of KIE's API that the task was created at: its record is there, wherever the entry leads by now. */
    api: text("api").$type<KieApi>().notNull().default("market"),
    taskId: text("task_id"),
    attempt: integer("attempt").notNull().default(0),
    looks: integer("looks").notNull().default(0),
    extended: boolean("extended").notNull().default(false),
    failure: text("failure").$type<FailureCause>(),
    /** KIE's code, for the operator; its text is not kept. */
    failureCode: text("failure_code"),
    creditsConsumed: doublePrecision("credits_consumed"),
    /** The card that became the status message. */
    statusMessageId: integer("status_message_id"),
    /** The message that rang; stored before it is edited into the result. */
    doneMessageId: integer("done_message_id"),
    deliveryAttempts: integer("delivery_attempts").notNull().default(0),
    leaseUntil: moment("lease_until"),
    /** When something is owed next: submit, look, deliver, tell. Null = nothing is. */
    dueAt: moment("due_at"),
    deadlineAt: moment("deadline_at").notNull(),
    lastLookAt: moment("last_look_at"),
    createdAt: moment("created_at").notNull(),
    submittedAt: moment("submitted_at"),
    finishedAt: moment("finished_at"),
    /** When the user was given the result, or told that there is none. */
    toldAt: moment("told_at"),
    /** The batch or comparison it belongs to, which delivers it; null = it is delivered by itself. */
    batchId: text("batch_id"),
    /** From 0, in the order of the batch. */
    batchPosition: integer("batch_position"),
    /** Who leaves the queue first: the lower number, then the older. */
    priority: smallint("priority").notNull().default(0),
    /** True while only the account's rate at KIE keeps it in the queue: it then waits in line with those of everybody. */
    rateWaiting: boolean("rate_waiting").notNull().default(false),
    /** When its files are to be copied into the archive; null = they are not, or it is done. */
    archiveDueAt: moment("archive_due_at"),
    archiveAttempts: smallint("archive_attempts").notNull().default(0),
  },
  (table) => [
    index("generations_user").on(table.userId, table.createdAt.desc(), table.id.desc()),
    index("generations_due").on(table.dueAt).where(sql`${table.dueAt} is not null`),
    index("generations_queue")
      .on(table.userId, table.priority, table.createdAt, table.id)
      .where(sql`${table.state} = 'queued'`),
    index("generations_line").on(table.priority, table.createdAt, table.id).where(sql`${table.rateWaiting}`),
    index("generations_batch").on(table.batchId, table.batchPosition).where(sql`${table.batchId} is not null`),
    index("generations_archive").on(table.archiveDueAt).where(sql`${table.archiveDueAt} is not null`),
    index("generations_finished").on(table.finishedAt),
  ],
);

export const outputs = pgTable(
  "outputs",
  {
    generationId: text("generation_id").notNull(),
    position: integer("position").notNull(),
    kind: text("kind").$type<OutputKind>().notNull(),
    /** Null for an answer in words. */
    url: text("url"),
    /** The answer in words, or the lyrics of a song. */
    text: text("text"),
    expiresAt: moment("expires_at").notNull(),
    title: text("title"),
    durationSeconds: doublePrecision("duration_seconds"),
    externalId: text("external_id"),
    /** Telegram's, once delivered: sends it again free, for ever. */
    fileId: text("file_id"),
    /** How it was sent: photo, video, audio, document. */
    sentAs: text("sent_as"),
    messageId: integer("message_id"),
    /** A picture of it that the provider made: a song's cover, a video's first frame. */
    previewUrl: text("preview_url"),
    /** Its key in the archive, where it was copied. */
    archiveKey: text("archive_key"),
  },
  (table) => [primaryKey({ columns: [table.generationId, table.position] })],
);

/** Several generations that were bought together, with one status message and one delivery. */
export const batches = pgTable(
  "batches",
  {
    /** The draft's id. */
    id: text("id").primaryKey(),
    userId: telegramId("user_id").notNull(),
    kind: text("kind").$type<BatchKind>().notNull(),
    size: integer("size").notNull(),
    /** Items that are not final yet. Falls in the statement that makes one final. */
    remaining: integer("remaining").notNull(),
    statusMessageId: integer("status_message_id"),
    /** When the status message was last redrawn because an item had ended: Telegram allows few edits. */
    shownAt: moment("shown_at"),
    /** The message that rang; stored before the albums follow it. */
    doneMessageId: integer("done_message_id"),
    deliveryAttempts: integer("delivery_attempts").notNull().default(0),
    leaseUntil: moment("lease_until"),
    /** When its delivery is owed; null while items are under way, and when everything was said. */
    dueAt: moment("due_at"),
    toldAt: moment("told_at"),
    createdAt: moment("created_at").notNull(),
  },
  (table) => [
    index("batches_due").on(table.dueAt).where(sql`${table.dueAt} is not null`),
    index("batches_user").on(table.userId, table.createdAt.desc(), table.id.desc()),
  ],
);

/** Files of users. The bytes stay at Telegram; KIE holds a copy for 24 h. */
export const uploads = pgTable(
  "uploads",
  {
    id: text("id").primaryKey(),
    userId: telegramId("user_id").notNull(),
    telegramFileId: text("telegram_file_id").notNull(),
    kind: text("kind").$type<MediaKind>().notNull(),
    format: text("format").notNull(),
    mime: text("mime").notNull(),
    sizeBytes: integer("size_bytes").notNull(),
    width: integer("width"),
    height: integer("height"),
    durationSeconds: doublePrecision("duration_seconds"),
    kieUrl: text("kie_url"),
    kieExpiresAt: moment("kie_expires_at"),
    createdAt: moment("created_at").notNull(),
  },
  (table) => [index("uploads_created_at").on(table.createdAt)],
);

/** Rolled-up time from submit to result over the last 7 days. */
export const usualTimes = pgTable("usual_times", {
  entryKey: text("entry_key").primaryKey(),
  p50Seconds: doublePrecision("p50_seconds").notNull(),
  p90Seconds: doublePrecision("p90_seconds").notNull(),
  samples: integer("samples").notNull(),
  computedAt: moment("computed_at").notNull(),
});
