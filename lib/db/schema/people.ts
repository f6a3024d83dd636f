import { bigint, boolean, index, integer, jsonb, pgTable, text } from "drizzle-orm/pg-core";
import type { ConversationState } from "../../conversation/types.ts";
import type { Language } from "../../shared/localized.ts";
import { moment, telegramId } from "./columns.ts";

export const users = pgTable("users", {
  id: telegramId("id").primaryKey(),
  firstName: text("first_name").notNull(),
  username: text("username"),
  language: text("language").$type<Language>().notNull(),
  /** False since Telegram said that the bot is blocked; true again with the next update of the user. */
  reachable: boolean("reachable").notNull().default(true),
  /** Large files are offered by a button instead of being sent at once. */
  dataSaver: boolean("data_saver").notNull().default(false),
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
