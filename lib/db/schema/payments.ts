import { sql } from "drizzle-orm";
import { index, integer, jsonb, pgTable, text, uniqueIndex } from "drizzle-orm/pg-core";
import type { BankRequestStatus, ReceiptDuplicate, ReceiptReading, StarStatus } from "../../ledger/payments.ts";
import { kopecks, moment, telegramId } from "./columns.ts";

/** A wish to top up by Telegram Stars; its id is the invoice's payload. */
export const starOrders = pgTable(
  "star_orders",
  {
    id: text("id").primaryKey(),
    userId: telegramId("user_id").notNull(),
    /** What the main balance gets. */
    kopecks: kopecks("kopecks").notNull(),
    stars: integer("stars").notNull(),
    status: text("status").$type<"open" | "paid" | "expired">().notNull(),
    createdAt: moment("created_at").notNull(),
    expiresAt: moment("expires_at").notNull(),
    paidAt: moment("paid_at"),
  },
  (table) => [
    index("star_orders_user").on(table.userId, table.createdAt.desc()),
    index("star_orders_open").on(table.expiresAt).where(sql`${table.status} = 'open'`),
  ],
);

/** Every payment that Telegram told of, once; the id is `telegram_payment_charge_id`. */
export const starCharges = pgTable(
  "star_charges",
  {
    id: text("id").primaryKey(),
    /** Null for a payment whose order nobody knows. */
    orderId: text("order_id"),
    /** Who paid; a forwarded invoice can be paid by somebody else. */
    userId: telegramId("user_id").notNull(),
    stars: integer("stars").notNull(),
    kopecks: kopecks("kopecks").notNull(),
    status: text("status").$type<StarStatus>().notNull(),
    /** Who told first: the update, or the comparison with Telegram's own list. */
    source: text("source").$type<"update" | "reconciliation">().notNull(),
    paidAt: moment("paid_at").notNull(),
    refundedAt: moment("refunded_at"),
  },
  (table) => [
    index("star_charges_user").on(table.userId, table.paidAt.desc()),
    index("star_charges_paid_at").on(table.paidAt),
  ],
);

/** A bank transfer that a user announced. The sum to pay has kopecks of its own, so that it is found on the account. */
export const bankRequests = pgTable(
  "bank_requests",
  {
    id: text("id").primaryKey(),
    userId: telegramId("user_id").notNull(),
    /** What was asked for, and what has to be paid (with the unique kopecks). */
    kopecks: kopecks("kopecks").notNull(),
    payKopecks: kopecks("pay_kopecks").notNull(),
    status: text("status").$type<BankRequestStatus>().notNull(),
    createdAt: moment("created_at").notNull(),
    expiresAt: moment("expires_at").notNull(),
    /** When the first receipt came: from then on it does not expire, an admin decides. */
    receiptAt: moment("receipt_at"),
    creditedKopecks: kopecks("credited_kopecks"),
    reason: text("reason"),
    decidedAt: moment("decided_at"),
    decidedBy: telegramId("decided_by"),
  },
  (table) => [
    uniqueIndex("bank_requests_one_open").on(table.userId).where(sql`${table.status} = 'pending'`),
    uniqueIndex("bank_requests_sum").on(table.payKopecks).where(sql`${table.status} = 'pending'`),
    index("bank_requests_status").on(table.status, table.createdAt),
    index("bank_requests_user").on(table.userId, table.createdAt.desc()),
  ],
);

/** A picture or PDF that a user sent as proof. */
export const receipts = pgTable(
  "receipts",
  {
    id: text("id").primaryKey(),
    requestId: text("request_id").notNull(),
    userId: telegramId("user_id").notNull(),
    telegramFileId: text("telegram_file_id").notNull(),
    fileUniqueId: text("file_unique_id").notNull(),
    kind: text("kind").$type<"picture" | "pdf">().notNull(),
    sha256: text("sha256").notNull(),
    /** Of how the picture looks: near-identical ones differ in few bits. 16 hex digits; null for a PDF. */
    pictureHash: text("picture_hash"),
    status: text("status").$type<"waiting" | "read" | "unreadable">().notNull(),
    /** What was read: sum, date, numbers. Never more than a hint. */
    reading: jsonb("reading").$type<ReceiptReading>(),
    /** 0 to 100; null while nobody has read it. */
    score: integer("score"),
    /** Earlier receipts, of anybody, that look like this one. */
    duplicates: jsonb("duplicates").$type<ReceiptDuplicate[]>().notNull().default([]),
    operationNumber: text("operation_number"),
    createdAt: moment("created_at").notNull(),
  },
  (table) => [
    index("receipts_request").on(table.requestId),
    index("receipts_sha256").on(table.sha256),
    index("receipts_file").on(table.fileUniqueId),
    index("receipts_operation").on(table.operationNumber).where(sql`${table.operationNumber} is not null`),
    index("receipts_created_at").on(table.createdAt),
  ],
);
