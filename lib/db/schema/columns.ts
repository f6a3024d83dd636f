import { bigint, timestamp } from "drizzle-orm/pg-core";

/** Telegram's ids fit in 52 bits, so a JS number holds them. */
export const telegramId = (name: string) => bigint(name, { mode: "number" });
export const kopecks = (name: string) => bigint(name, { mode: "bigint" });
export const moment = (name: string) => timestamp(name, { withTimezone: true, mode: "date", precision: 3 });
