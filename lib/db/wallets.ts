import { sql } from "drizzle-orm";
import * as z from "zod";
import type { Account } from "../ledger/settlement.ts";
import type { Kopecks } from "../shared/kopecks.ts";
import type { Database } from "./client.ts";
import { kopecksJson } from "./rows.ts";

/**
 * Credits a user once per `id`, which names the cause (`sandbox:<…>`). Creates the wallet of a user nobody has seen.
 * @returns the balance afterwards; `applied` is false for a repeat.
 */
export async function credit(
  database: Database,
  input: {
    id: string;
    userId: number;
    kopecks: Kopecks;
    account: "main" | "bonus";
    source: Account;
    reason: string | null;
    now: Date;
  },
): Promise<{ applied: boolean; mainKopecks: Kopecks; bonusKopecks: Kopecks }> {
  const amount = sql`${input.kopecks.toString()}::bigint`;
  const toMain = input.account === "main";
  const [row] = await database.query(sql`
    with t as (
      insert into transfers (id, user_id, kind, kopecks, source, destination, reason, created_at)
      values (${input.id}, ${input.userId}::bigint, 'credit', ${amount}, ${input.source}, ${input.account}, ${input.reason}, ${input.now.toISOString()}::timestamptz)
      on conflict (id) do nothing returning user_id
    ), u as (
      insert into wallets (user_id, main, bonus)
      select user_id, ${toMain ? amount : sql`0::bigint`}, ${toMain ? sql`0::bigint` : amount} from t
      on conflict (user_id) do update set main = wallets.main + excluded.main, bonus = wallets.bonus + excluded.bonus
      returning main, bonus
    )
    select exists (select 1 from t) as applied,
      coalesce((select main from u), (select main from wallets where user_id = ${input.userId}::bigint), 0)::text as main,
      coalesce((select bonus from u), (select bonus from wallets where user_id = ${input.userId}::bigint), 0)::text as bonus`);
  const answer = z.object({ applied: z.boolean(), main: kopecksJson, bonus: kopecksJson }).parse(row);
  return { applied: answer.applied, mainKopecks: answer.main, bonusKopecks: answer.bonus };
}
