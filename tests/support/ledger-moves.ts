import { type SQL, sql } from "drizzle-orm";
import type { Database } from "../../lib/db/client.ts";
import { credited, debited, movementRow, refundRows } from "../../lib/db/ledger.ts";
import type { OutsideAccount } from "../../lib/ledger/accounts.ts";

/** Statements made of the ledger's parts and nothing else, as payments and admins make theirs with more around them. */

interface Move {
  id: string;
  userId: number;
  kopecks: bigint;
  destination: OutsideAccount;
  now: Date;
}

/** All of it from one account, or nothing. @returns whether anything moved. */
export function debit(database: Database, input: Move & { account: "main" | "bonus" }): Promise<boolean> {
  const row = movementRow({ ...input, kind: "adjust", source: input.account });
  return moved(database, debited(row, input.now, { beyond: "nothing" }), "debit_made");
}

/** From the balances, and what is missing from the debt. */
export function chargeBack(database: Database, input: Move): Promise<boolean> {
  const row = movementRow({ ...input, kind: "adjust", source: "main" });
  return moved(database, debited(row, input.now, { beyond: "debt" }), "debit_made");
}

export function refund(database: Database, input: { generationId: string; now: Date }): Promise<boolean> {
  const rows = refundRows({ generationId: input.generationId, reason: null, actorId: 1 });
  return moved(database, credited(rows, input.now), "credit_made");
}

/** A paid top-up with its bonus: two credits in one statement. */
export function topUp(
  database: Database,
  input: { cause: string; userId: number; kopecks: bigint; bonusKopecks: bigint; now: Date },
): Promise<boolean> {
  const { cause, userId, kopecks, bonusKopecks } = input;
  const paid = movementRow({
    id: `star:${cause}`,
    userId,
    kind: "credit",
    kopecks,
    source: "stars",
    destination: "main",
  });
  const bonus = movementRow({
    id: `promo:${cause}`,
    userId,
    kind: "credit",
    kopecks: bonusKopecks,
    source: "promo",
    destination: "bonus",
  });
  return moved(database, credited(sql`${paid} union all ${bonus}`, input.now), "credit_made");
}

async function moved(database: Database, parts: SQL, made: string): Promise<boolean> {
  const [row] = await database.query(sql`with ${parts} select exists (select 1 from ${sql.raw(made)}) as moved`);
  return row?.["moved"] === true;
}
