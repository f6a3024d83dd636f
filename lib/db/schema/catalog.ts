import { boolean, doublePrecision, index, integer, jsonb, pgTable, primaryKey, text } from "drizzle-orm/pg-core";
import type { CatalogChange, CatalogSetting, Completion, HealthMark } from "../../catalog/live/changes.ts";
import type { ProposalStatus } from "../../conversation/admin/types.ts";
import { moment, telegramId } from "./columns.ts";

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
