import { type SQL, sql } from "drizzle-orm";
import * as z from "zod";
import type { AdjustAccount, AdjustDirection } from "../conversation/admin/user-types.ts";
import type { Kopecks } from "../shared/kopecks.ts";
import { adjustTransferId } from "./admin-users.ts";
import type { Database } from "./client.ts";
import { credited, debited, movementRow, refundRows } from "./ledger.ts";
import { kopecksJson } from "./rows.ts";

/** What `balance-adjusted` in the outbox tells. */
export const adjustedPayload = z.lazy(() =>
  z.object({
    direction: z.enum(["credit", "debit"]),
    account: z.enum(["main", "bonus"]),
    kopecks: kopecksJson,
    reason: z.string(),
  }),
);

/** What `generation-refunded` in the outbox tells; `kopecks` holds `bonusKopecks`. */
export const refundedPayload = z.lazy(() =>
  z.object({ kopecks: kopecksJson, bonusKopecks: kopecksJson, reason: z.string() }),
);

/**
 * Credits or debits a user once per confirmation, and owes them the news of it: one statement. A credit pays what the
 * user owes first; a debit takes all of it from the one account or nothing.
 */
export async function adjustBalance(
  database: Database,
  input: {
    /** Of the confirmation. */
    id: string;
    userId: number;
    direction: AdjustDirection;
    account: AdjustAccount;
    kopecks: Kopecks;
    reason: string;
    adminId: number;
    now: Date;
  },
): Promise<boolean> {
  const { direction, account, kopecks, reason, now } = input;
  const id = adjustTransferId(input.id);
  const isCredit = direction === "credit";
  const row = sql`${movementRow({
    id,
    userId: input.userId,
    kind: "adjust",
    kopecks,
    source: isCredit ? "admin" : account,
    destination: isCredit ? account : "admin",
    reason,
    actorId: input.adminId,
  })} from users where users.id = ${input.userId}::bigint`;
  const made = isCredit ? sql.raw("credit_made") : sql.raw("debit_made");
  const payload = JSON.stringify({ direction, account, kopecks: kopecks.toString(), reason });
  const [answer] = await database.query(sql`
    with ${isCredit ? credited(row, now) : debited(row, now, { beyond: "nothing" })},
    ${owed({ id, kind: "balance-adjusted", payload: sql`${payload}::jsonb`, from: sql`${made}`, now })}
    select exists (select 1 from ${made}) as moved`);
  return z.boolean().parse(answer?.["moved"]);
}

/**
 * Gives back what a delivered generation was charged, to the accounts it came from, once, and owes its user the news.
 * @returns false when nothing was charged, it is not over, or it was given back before.
 */
export async function refundGeneration(
  database: Database,
  input: { generationId: string; userId: number; reason: string; adminId: number; now: Date },
): Promise<boolean> {
  const { generationId, userId, reason, now } = input;
  const rows = sql`select r.* from (${refundRows({ generationId, reason, actorId: input.adminId })}) r
      (id, user_id, kind, kopecks, source, destination, generation_id, reason, actor_id)
    join generations g on g.id = r.generation_id
    where g.user_id = ${userId}::bigint and g.state in ('delivered', 'undeliverable')`;
  const payload = sql`jsonb_build_object('reason', ${reason}::text, 'kopecks', sum(kopecks)::text,
    'bonusKopecks', coalesce(sum(kopecks) filter (where destination = 'bonus'), 0)::text)`;
  const [answer] = await database.query(sql`
    with ${credited(rows, now)},
    ${owed({ id: `gen:${generationId}:refund`, kind: "generation-refunded", payload, from: sql`credit_made`, now })}
    select exists (select 1 from credit_made) as moved`);
  return z.boolean().parse(answer?.["moved"]);
}

/** A CTE that owes a message to whoever the rows of `from` are about; one, also where an admin moved both accounts. */
function owed(input: { id: string; kind: string; payload: SQL; from: SQL; now: Date }): SQL {
  const now = sql`${input.now.toISOString()}::timestamptz`;
  return sql`news as (
      insert into outbox (id, user_id, kind, payload, due_at, created_at)
      select ${input.id}, user_id, ${input.kind}, ${input.payload}, ${now}, ${now} from ${input.from} group by user_id
      on conflict (id) do nothing
    )`;
}

/** @returns false when it stands so already, or there is no such user. */
export async function setBanned(database: Database, input: { userId: number; isBanned: boolean }): Promise<boolean> {
  const rows = await database.query(sql`
    insert into wallets (user_id, banned) select id, ${input.isBanned} from users where id = ${input.userId}::bigint
    on conflict (user_id) do update set banned = excluded.banned where wallets.banned <> excluded.banned
    returning user_id`);
  return rows.length > 0;
}
