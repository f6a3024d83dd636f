import { sql } from "drizzle-orm";
import { boolean, check, index, integer, jsonb, pgTable, text } from "drizzle-orm/pg-core";
import type { FindingKind } from "../../ledger/payments.ts";
import type { LedgerLineKind } from "../../ledger/settlement.ts";
import { kopecks, moment, telegramId } from "./columns.ts";

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
    /** Accounts of lib/ledger/accounts.ts. */
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

/** What the nightly comparison found wrong, until somebody repaired it. */
export const findings = pgTable(
  "findings",
  {
    /** Made from what is wrong, so that it is told once. */
    id: text("id").primaryKey(),
    kind: text("kind").$type<FindingKind>().notNull(),
    payload: jsonb("payload").$type<Record<string, unknown>>().notNull(),
    status: text("status").$type<"open" | "repaired" | "dismissed" | "gone">().notNull(),
    createdAt: moment("created_at").notNull(),
    decidedAt: moment("decided_at"),
    decidedBy: telegramId("decided_by"),
  },
  (table) => [index("findings_status").on(table.status, table.createdAt)],
);
