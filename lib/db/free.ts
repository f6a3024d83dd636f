import { type SQL, sql } from "drizzle-orm";
import * as z from "zod";

/** One free try: when it is (Moscow), and how many there may be. */
export interface FreeTry {
  /** `2026-11-21` */
  day: string;
  /** `2026-11-21T14` */
  hour: string;
  /** Both at least 1. */
  perDay: number;
  perHour: number;
}

/** What was used on the last day on which anything was. */
export const freeUseRow = z.lazy(() =>
  z
    .object({ day: z.string(), used: z.number(), hour: z.string(), used_in_hour: z.number() })
    .transform((row) => ({ day: row.day, used: row.used, hour: row.hour, usedInHour: row.used_in_hour })),
);
export type FreeUse = z.output<typeof freeUseRow>;

/** JSON of `freeUseRow` for a user, or null: one look at the end of the table's key. */
export function lastFreeUse(userId: number): SQL {
  return sql`(select to_jsonb(f) from free_uses f where f.user_id = ${userId}::bigint order by f.day desc limit 1)`;
}

/**
 * The statement of a CTE: counts one free try for each row of `ok`, or gives no row when none is left. The guard stands
 * in the conflict's WHERE, which sees the newest row, whatever the statement's snapshot is.
 */
export function freeClaim(userId: number, wanted: FreeTry): SQL {
  return sql`insert into free_uses (user_id, day, used, hour, used_in_hour)
      select ${userId}::bigint, ${wanted.day}, 1, ${wanted.hour}, 1 from ok
      on conflict (user_id, day) do update set used = free_uses.used + 1, hour = excluded.hour,
        used_in_hour = case when free_uses.hour = excluded.hour then free_uses.used_in_hour + 1 else 1 end
        where free_uses.used < ${wanted.perDay}::int
          and (free_uses.hour <> excluded.hour or free_uses.used_in_hour < ${wanted.perHour}::int)
      returning 1 as claimed`;
}

/** A failed free try goes back to the day and the hour in which it was taken; so many times a day at most. */
const RETURNED_A_DAY = 2;

/** The statement of a CTE that gives a free try back to the user of `wu`, whose wallet is locked by then. */
export function freeReturn({ day, hour }: { day: string; hour: string }): SQL {
  return sql`update free_uses set used = free_uses.used - 1, returned = free_uses.returned + 1,
        used_in_hour = case when free_uses.hour = ${hour} then greatest(free_uses.used_in_hour - 1, 0) else free_uses.used_in_hour end
      from wu where free_uses.user_id = wu.user_id and free_uses.day = ${day}
        and free_uses.used > 0 and free_uses.returned < ${RETURNED_A_DAY}::int`;
}
