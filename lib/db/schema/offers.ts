import { boolean, index, integer, pgTable, primaryKey, text } from "drizzle-orm/pg-core";
import type { PromoKind } from "../../ledger/payments.ts";
import { kopecks, moment, telegramId } from "./columns.ts";

export const promoCodes = pgTable("promo_codes", {
  /** Upper case. */
  code: text("code").primaryKey(),
  kind: text("kind").$type<PromoKind>().notNull(),
  /** Of a bonus. */
  kopecks: kopecks("kopecks"),
  /** Of a discount or of the bonus on the next top-up. */
  percent: integer("percent"),
  /** A discount holds for so many generations, or so many days. */
  generations: integer("generations"),
  days: integer("days"),
  /** Only before the user's first generation. */
  newcomersOnly: boolean("newcomers_only").notNull().default(false),
  cap: integer("cap"),
  used: integer("used").notNull().default(0),
  expiresAt: moment("expires_at"),
  closedAt: moment("closed_at"),
  createdAt: moment("created_at").notNull(),
  createdBy: telegramId("created_by"),
});

export const promoUses = pgTable(
  "promo_uses",
  {
    code: text("code").notNull(),
    userId: telegramId("user_id").notNull(),
    createdAt: moment("created_at").notNull(),
    /** What is left of a discount or of a top-up bonus: generations, or the moment it ends. Null and null: used up. */
    generationsLeft: integer("generations_left"),
    until: moment("until"),
  },
  (table) => [primaryKey({ columns: [table.userId, table.code] })],
);

/** Wrong codes typed lately, per user. */
export const promoAttempts = pgTable("promo_attempts", {
  userId: telegramId("user_id").primaryKey(),
  windowStart: moment("window_start").notNull(),
  attempts: integer("attempts").notNull(),
});

/** Who brought whom; one friend, one referrer, for ever. */
export const referrals = pgTable(
  "referrals",
  {
    friendId: telegramId("friend_id").primaryKey(),
    referrerId: telegramId("referrer_id").notNull(),
    createdAt: moment("created_at").notNull(),
    /** When both were rewarded, after the friend's first paid top-up. */
    rewardedAt: moment("rewarded_at"),
  },
  (table) => [index("referrals_referrer").on(table.referrerId, table.createdAt.desc())],
);

/** Free generations of one user on one day (`2026-11-21`, Europe/Moscow). */
export const freeUses = pgTable(
  "free_uses",
  {
    userId: telegramId("user_id").notNull(),
    day: text("day").notNull(),
    used: integer("used").notNull(),
    /** `2026-11-21T14`, and how many in it. */
    hour: text("hour").notNull(),
    usedInHour: integer("used_in_hour").notNull(),
    /** Failed ones given back. */
    returned: integer("returned").notNull().default(0),
  },
  (table) => [primaryKey({ columns: [table.userId, table.day] }), index("free_uses_day").on(table.day)],
);
