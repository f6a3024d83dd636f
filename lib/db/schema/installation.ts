import { sql } from "drizzle-orm";
import { index, integer, jsonb, pgTable, text } from "drizzle-orm/pg-core";
import { moment, telegramId } from "./columns.ts";

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

/** The moments of the last takes, oldest first: a limit that holds for every window of its length, not only for fixed ones. */
export const rateWindows = pgTable("rate_windows", {
  name: text("name").primaryKey(),
  takenAt: moment("taken_at").array().notNull(),
});
