import { sql } from "drizzle-orm";
import {
  bigint,
  boolean,
  check,
  doublePrecision,
  index,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  text,
  timestamp,
} from "drizzle-orm/pg-core";
import type { CatalogChange, CatalogSetting, Completion, HealthMark } from "../catalog/live/changes.ts";
import type { ParamValues } from "../catalog/param-values.ts";
import type { ProposalStatus } from "../conversation/admin/types.ts";
import type { ConversationState } from "../conversation/types.ts";
import type { FailureCause } from "../faults/causes.ts";
import type { GenerationState } from "../generation/states.ts";
import type { LedgerLineKind } from "../ledger/settlement.ts";
import type { KieApi } from "../shared/kie-api.ts";
import type { Language } from "../shared/localized.ts";
import type { MediaKind, OutputKind } from "../shared/media.ts";
import type { RunMode } from "../shared/run-mode.ts";

/** Telegram's ids fit in 52 bits, so a JS number holds them. */
const telegramId = (name: string) => bigint(name, { mode: "number" });
const kopecks = (name: string) => bigint(name, { mode: "bigint" });
const moment = (name: string) => timestamp(name, { withTimezone: true, mode: "date", precision: 3 });

export const users = pgTable("users", {
  id: telegramId("id").primaryKey(),
  firstName: text("first_name").notNull(),
  username: text("username"),
  language: text("language").$type<Language>().notNull(),
  /** False since Telegram said that the bot is blocked; true again with the next update of the user. */
  reachable: boolean("reachable").notNull().default(true),
  createdAt: moment("created_at").notNull(),
});

/** One dialogue per user. `revision` rises with each stored step; a card's buttons carry it. */
export const conversations = pgTable("conversations", {
  userId: telegramId("user_id").primaryKey(),
  revision: integer("revision").notNull(),
  state: jsonb("state").$type<ConversationState>().notNull(),
  updatedAt: moment("updated_at").notNull(),
});

/** Inbox of Telegram updates that changed something, or failed. Kept 14 days. */
export const updates = pgTable(
  "updates",
  {
    id: bigint("update_id", { mode: "number" }).primaryKey(),
    userId: telegramId("user_id"),
    status: text("status").$type<"done" | "failing" | "failed">().notNull(),
    attempts: integer("attempts").notNull(),
    /** Class and code of the last error; never its text from outside. */
    error: text("error"),
    receivedAt: moment("received_at").notNull(),
  },
  (table) => [index("updates_received_at").on(table.receivedAt)],
);

/**
 * The one row whose lock orders everything that concerns a user's money and limits. The balances are the sum of the
 * user's transfers, kept here by the statement that writes the transfer.
 */
export const wallets = pgTable(
  "wallets",
  {
    userId: telegramId("user_id").primaryKey(),
    main: kopecks("main").notNull().default(sql`0`),
    bonus: kopecks("bonus").notNull().default(sql`0`),
    held: kopecks("held").notNull().default(sql`0`),
    /** What a chargeback took back beyond the balance; blocks spending until paid. */
    debt: kopecks("debt").notNull().default(sql`0`),
    /** Generations in our queue, and at KIE. */
    queued: integer("queued").notNull().default(0),
    running: integer("running").notNull().default(0),
    /** Held or posted in `spentMonth` (`2026-11`, Europe/Moscow). */
    spent: kopecks("spent").notNull().default(sql`0`),
    spentMonth: text("spent_month").notNull().default(""),
    spendLimit: kopecks("spend_limit"),
    banned: boolean("banned").notNull().default(false),
  },
  (table) => [
    check("wallets_not_negative", sql`${table.main} >= 0 and ${table.bonus} >= 0 and ${table.held} >= 0`),
    check("wallets_debt_not_negative", sql`${table.debt} >= 0`),
    check("wallets_counters_not_negative", sql`${table.queued} >= 0 and ${table.running} >= 0 and ${table.spent} >= 0`),
  ],
);

/**
 * Append-only double entry: money goes from `source` to `destination`. The id is made from the cause, so that a repeat
 * finds it and changes nothing. A trigger refuses UPDATE and DELETE.
 */
export const transfers = pgTable(
  "transfers",
  {
    id: text("id").primaryKey(),
    userId: telegramId("user_id").notNull(),
    kind: text("kind").$type<LedgerLineKind>().notNull(),
    kopecks: kopecks("kopecks").notNull(),
    /** `main`, `bonus`, `held` (of the user), `revenue`, `welcome`, `sandbox`, later `stars`, `bank`, `promo` … */
    source: text("source").notNull(),
    destination: text("destination").notNull(),
    generationId: text("generation_id"),
    reason: text("reason"),
    /** Admin who caused it. */
    actorId: telegramId("actor_id"),
    createdAt: moment("created_at").notNull(),
  },
  (table) => [
    index("transfers_user").on(table.userId, table.createdAt.desc(), table.id.desc()),
    index("transfers_generation").on(table.generationId),
    check("transfers_positive", sql`${table.kopecks} > 0`),
    check("transfers_two_accounts", sql`${table.source} <> ${table.destination}`),
  ],
);

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
  },
  (table) => [
    index("generations_user").on(table.userId, table.createdAt.desc(), table.id.desc()),
    index("generations_due").on(table.dueAt).where(sql`${table.dueAt} is not null`),
    index("generations_queue").on(table.userId, table.createdAt).where(sql`${table.state} = 'queued'`),
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
  },
  (table) => [primaryKey({ columns: [table.generationId, table.position] })],
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

/** What is owed to a person without a generation. Written in the statement that caused it; the id is the cause. */
export const outbox = pgTable(
  "outbox",
  {
    id: text("id").primaryKey(),
    userId: telegramId("user_id").notNull(),
    kind: text("kind").notNull(),
    payload: jsonb("payload").$type<Record<string, unknown>>().notNull(),
    attempts: integer("attempts").notNull().default(0),
    /** Null = sent or given up. */
    dueAt: moment("due_at"),
    createdAt: moment("created_at").notNull(),
    sentAt: moment("sent_at"),
  },
  (table) => [index("outbox_due").on(table.dueAt).where(sql`${table.dueAt} is not null`)],
);

/** Small facts of the installation: the bot's name, the catalog revision, when a periodic job last ran. */
export const settings = pgTable("settings", {
  key: text("key").primaryKey(),
  value: jsonb("value").notNull(),
  updatedAt: moment("updated_at").notNull(),
});

/** Fixed windows shared by all instances. */
export const rateBuckets = pgTable("rate_buckets", {
  name: text("name").primaryKey(),
  windowStart: moment("window_start").notNull(),
  used: integer("used").notNull(),
});

/** Rolled-up time from submit to result over the last 7 days. */
export const usualTimes = pgTable("usual_times", {
  entryKey: text("entry_key").primaryKey(),
  p50Seconds: doublePrecision("p50_seconds").notNull(),
  p90Seconds: doublePrecision("p90_seconds").notNull(),
  samples: integer("samples").notNull(),
  computedAt: moment("computed_at").notNull(),
});

/** One reading of the provider's catalogue, continued over many function calls. */
export const catalogSyncs = pgTable("catalog_syncs", {
  id: text("id").primaryKey(),
  startedAt: moment("started_at").notNull(),
  finishedAt: moment("finished_at"),
  /** Who reads now, until when. */
  leaseUntil: moment("lease_until"),
  total: integer("total").notNull().default(0),
});

/** What the provider's catalogue said of a model when it was last read. */
export const kieModels = pgTable("kie_models", {
  model: text("model").primaryKey(),
  title: text("title").notNull(),
  provider: text("provider").notNull(),
  taskTypes: jsonb("task_types").$type<string[]>().notNull(),
  priceText: text("price_text"),
  /** OpenAPI 3.1; null where there is none. */
  schema: jsonb("schema"),
  /** 0 to 1, over the last hour that has figures; null = unknown. */
  successRate: doublePrecision("success_rate"),
  /** The sync that last found the model in the list, and the one that last read the rest. */
  listedBy: text("listed_by").notNull(),
  readBy: text("read_by"),
  readAt: moment("read_at"),
});

/**
 * What differs between the provider's catalogue and ours, and what admins decided or set by themselves. The approved
 * rows are the overrides; the catalog's revision (settings, `catalog`) rises with each decision.
 */
export const catalogChanges = pgTable(
  "catalog_changes",
  {
    /** Made from the change, so that one is proposed once. */
    id: text("id").primaryKey(),
    kind: text("kind").$type<"change" | "setting">().notNull(),
    payload: jsonb("payload").$type<CatalogChange | CatalogSetting>().notNull(),
    completion: jsonb("completion").$type<Completion>().notNull().default({}),
    status: text("status").$type<ProposalStatus>().notNull(),
    syncId: text("sync_id"),
    createdAt: moment("created_at").notNull(),
    decidedAt: moment("decided_at"),
    decidedBy: telegramId("decided_by"),
  },
  (table) => [index("catalog_changes_status").on(table.status, table.createdAt, table.id)],
);

/** Rolled-up success of the last 24 hours. */
export const modelHealth = pgTable("model_health", {
  entryKey: text("entry_key").primaryKey(),
  succeeded: integer("succeeded").notNull(),
  failed: integer("failed").notNull(),
  /** The provider's own figure, 0 to 1. */
  providerRate: doublePrecision("provider_rate"),
  mark: text("mark").$type<HealthMark>().notNull(),
  hidden: boolean("hidden").notNull().default(false),
  /** An admin showed it again: it is not hidden before it has worked once more. */
  keepShown: boolean("keep_shown").notNull().default(false),
  computedAt: moment("computed_at").notNull(),
});

/** Who wants to be told when a model works again. */
export const healthWaits = pgTable(
  "health_waits",
  {
    entryKey: text("entry_key").notNull(),
    userId: telegramId("user_id").notNull(),
    createdAt: moment("created_at").notNull(),
  },
  (table) => [primaryKey({ columns: [table.entryKey, table.userId] })],
);
