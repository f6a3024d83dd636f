import { sql } from "drizzle-orm";
import * as z from "zod";
import type { OutsideAccount } from "../ledger/accounts.ts";
import type { Kopecks } from "../shared/kopecks.ts";
import type { Database } from "./client.ts";
import { credited, movementRow } from "./ledger.ts";
import { kopecksJson } from "./rows.ts";

/** The balance afterwards; `applied` is false for a repeat. */
export interface CreditAnswer {
  applied: boolean;
  mainKopecks: Kopecks;
  bonusKopecks: Kopecks;
  debtKopecks: Kopecks;
}

const answerSchema = z.lazy(() =>
  z.object({ applied: z.boolean(), main: kopecksJson, bonus: kopecksJson, debt: kopecksJson }),
);

/** Credits a user once per `id`, which names the cause; a debt is paid first. Makes the wallet of a user nobody has seen. */
export async function credit(
  database: Database,
  input: {
    id: string;
    userId: number;
    kopecks: Kopecks;
    account: "main" | "bonus";
    source: OutsideAccount;
    /** Shown to the user. */
    reason: string | null;
    now: Date;
  },
): Promise<CreditAnswer> {
  const row = movementRow({ ...input, kind: "credit", destination: input.account });
  const [answer] = await database.query(sql`
    with ${credited(row, input.now)}
    select after.user_id is not null as applied, coalesce(after.main, before.main, 0)::text as main,
      coalesce(after.bonus, before.bonus, 0)::text as bonus, coalesce(after.debt, before.debt, 0)::text as debt
    from (select 1) one left join credit_wallets after on true left join wallets before on before.user_id = ${input.userId}::bigint`);
  const { applied, main, bonus, debt } = answerSchema.parse(answer);
  return { applied, mainKopecks: main, bonusKopecks: bonus, debtKopecks: debt };
}

/** What a user may spend in a month, counted from the first hold on; null = no limit. Safe to repeat. */
export async function setSpendLimit(
  database: Database,
  input: { userId: number; kopecks: Kopecks | null },
): Promise<void> {
  const limit = input.kopecks === null ? null : input.kopecks.toString();
  await database.query(sql`
    insert into wallets (user_id, spend_limit) values (${input.userId}::bigint, ${limit}::bigint)
    on conflict (user_id) do update set spend_limit = excluded.spend_limit`);
}
