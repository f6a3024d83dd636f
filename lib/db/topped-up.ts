import { sql } from "drizzle-orm";
import * as z from "zod";
import type { Kopecks } from "../shared/kopecks.ts";
import type { Database } from "./client.ts";
import { kopecksJson } from "./rows.ts";

const rowSchema = z.lazy(() =>
  z.object({
    main: kopecksJson,
    bonus: kopecksJson,
    held: kopecksJson,
    debt: kopecksJson,
    entry_key: z.string().nullable(),
    opened_at: z.coerce.number().nullable(),
  }),
);

/** What a message about a top-up shows: the wallet as it is now, and the card that is open. */
export async function readAfterTopUp(
  database: Database,
  userId: number,
): Promise<{
  mainKopecks: Kopecks;
  bonusKopecks: Kopecks;
  heldKopecks: Kopecks;
  debtKopecks: Kopecks;
  /** Null: nothing is open. `openedAt` in epoch milliseconds. */
  draft: { entryKey: string; openedAt: number } | null;
}> {
  const [row] = await database.read(sql`
    select coalesce(w.main, 0)::text as main, coalesce(w.bonus, 0)::text as bonus, coalesce(w.held, 0)::text as held,
      coalesce(w.debt, 0)::text as debt, c.state #>> '{draft,entryKey}' as entry_key, c.state #>> '{draft,openedAt}' as opened_at
    from (select 1) one left join wallets w on w.user_id = ${userId}::bigint
      left join conversations c on c.user_id = ${userId}::bigint`);
  const { main, bonus, held, debt, entry_key, opened_at } = rowSchema.parse(row);
  return {
    mainKopecks: main,
    bonusKopecks: bonus,
    heldKopecks: held,
    debtKopecks: debt,
    draft: entry_key === null || opened_at === null ? null : { entryKey: entry_key, openedAt: opened_at },
  };
}
