import { sql } from "drizzle-orm";
import * as z from "zod";
import type { Database } from "./client.ts";
import { momentJson } from "./rows.ts";

/** How far the hourly comparison with Telegram's list came, as it writes it. */
const COMPARED = "stars-compared";

/** @returns null before the first comparison, or where Stars were never sold. */
export async function readStarsCompared(database: Database): Promise<{ offset: number; since: Date } | null> {
  const [row] = await database.read(sql`select value from settings where key = ${COMPARED}`);
  const parsed = z.object({ offset: z.number(), since: momentJson }).safeParse(row?.["value"]);
  return parsed.success ? parsed.data : null;
}

export interface KnownCharge {
  chargeId: string;
  orderId: string;
  userId: number;
  stars: number;
  isRefunded: boolean;
  paidAt: Date;
}

/** Charges of our books: those of these ids, and those that were paid within a span. */
export async function knownCharges(
  database: Database,
  input: { ids: readonly string[]; from: Date; to: Date; limit: number },
): Promise<KnownCharge[]> {
  const rows = await database.read(sql`
    select to_jsonb(c) as item from star_charges c
    where ${JSON.stringify(input.ids)}::jsonb ? c.id
      or c.paid_at between ${input.from.toISOString()}::timestamptz and ${input.to.toISOString()}::timestamptz
    limit ${input.limit}::int`);
  return rows.map((row) => chargeRow.parse(row["item"]));
}

const chargeRow = z.lazy(() =>
  z
    .object({
      id: z.string(),
      order_id: z.string().nullable(),
      user_id: z.number(),
      stars: z.number(),
      status: z.string(),
      paid_at: momentJson,
    })
    .transform(
      (row): KnownCharge => ({
        chargeId: row.id,
        orderId: row.order_id ?? "",
        userId: row.user_id,
        stars: row.stars,
        isRefunded: row.status === "refunded",
        paidAt: row.paid_at,
      }),
    ),
);
