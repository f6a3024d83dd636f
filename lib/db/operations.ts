import { type SQL, sql } from "drizzle-orm";
import * as z from "zod";
import type { Operation } from "../conversation/money/types.ts";
import { OUTSIDE_ACCOUNTS, USER_ACCOUNTS } from "../ledger/accounts.ts";
import type { Kopecks } from "../shared/kopecks.ts";
import type { Database } from "./client.ts";
import { kopecksJson, momentJson } from "./rows.ts";

export const OPERATIONS_PAGE = 8;
/** Movements that one statement brings of a month's list. */
const STATEMENT_PAGE = 5_000;

const account = z.lazy(() => z.enum([...USER_ACCOUNTS, ...OUTSIDE_ACCOUNTS]));

export const operationRow = z.lazy(() =>
  z
    .object({
      id: z.string(),
      kind: z.enum(["credit", "hold", "post", "void", "refund", "adjust"]),
      kopecks: kopecksJson,
      source: account,
      destination: account,
      reason: z.string().nullable(),
      created_at: momentJson,
      generation_id: z.string().nullable(),
      entry_key: z.string().nullable(),
    })
    .transform(
      (row): Operation => ({
        id: row.id,
        kind: row.kind,
        kopecks: row.kopecks,
        source: row.source,
        destination: row.destination,
        reason: row.reason,
        at: row.created_at,
        generation:
          row.generation_id === null || row.entry_key === null
            ? null
            : { generationId: row.generation_id, entryKey: row.entry_key },
      }),
    ),
);

const COLUMNS = sql`t.id, t.kind, t.kopecks, t.source, t.destination, t.reason, t.created_at, t.generation_id`;

/**
 * One more than a page of a user's movements, newest first, each as `item`. Pages by key: as fast on page 100 as on 1.
 * The order is spelled as the index has it (`nulls last`): with any other spelling PostgreSQL sorts all of a user's rows.
 *
 * @param before A cursor of `operationsAfter`: ids are too long for a button, so it is the moment of the last movement
 *   shown, and how many of that moment were shown.
 */
export function operationsPage(userId: number, before: string | null): SQL {
  const cursor = readCursor(before);
  const older = cursor === null ? sql`` : sql`and t.created_at <= ${cursor.at.toISOString()}::timestamptz`;
  return sql`select to_jsonb(p) || jsonb_build_object('entry_key', (select entry_key from generations g where g.id = p.generation_id)) as item
    from (
      select ${COLUMNS} from transfers t where t.user_id = ${userId}::bigint ${older}
      order by t.created_at desc nulls last, t.id desc nulls last offset ${cursor?.skip ?? 0}::int limit ${OPERATIONS_PAGE + 1}::int
    ) p`;
}

/** What `operationsPage` brought, as a page. `before`: the cursor that it was asked with. */
export function toOperations(
  items: readonly Operation[],
  before: string | null,
): { items: readonly Operation[]; next: string | null } {
  const shown = items.slice(0, OPERATIONS_PAGE);
  const last = shown.at(-1);
  if (items.length <= OPERATIONS_PAGE || last === undefined) return { items: shown, next: null };
  const at = last.at.getTime();
  const cursor = readCursor(before);
  const earlier = cursor?.at.getTime() === at ? cursor.skip : 0;
  const skip = earlier + shown.filter((operation) => operation.at.getTime() === at).length;
  return { items: shown, next: `${at.toString(36)}.${skip}` };
}

/** Moments are kept to the millisecond (`timestamptz(3)`), so a cursor says exactly where to go on. */
function readCursor(text: string | null): { at: Date; skip: number } | null {
  const match = /^([0-9a-z]{1,11})(?:\.(\d{1,4}))?$/.exec(text ?? "");
  if (match?.[1] === undefined) return null;
  const at = new Date(Number.parseInt(match[1], 36));
  return Number.isNaN(at.getTime()) ? null : { at, skip: Number(match[2] ?? 0) };
}

/** What a user had on each account at a moment. */
export interface Standing {
  mainKopecks: Kopecks;
  bonusKopecks: Kopecks;
  heldKopecks: Kopecks;
  debtKopecks: Kopecks;
}

/** Σ transfers before a moment. */
export async function readStanding(database: Database, input: { userId: number; before: Date }): Promise<Standing> {
  const sum = (name: string) =>
    sql`coalesce(sum(case when destination = ${name} then kopecks when source = ${name} then -kopecks end), 0)::text`;
  const [row] = await database.read(sql`
    select ${sum("main")} as main, ${sum("bonus")} as bonus, ${sum("held")} as held, ${sum("debt")} as debt
    from transfers where user_id = ${input.userId}::bigint and created_at < ${input.before.toISOString()}::timestamptz`);
  const { main, bonus, held, debt } = z
    .object({ main: kopecksJson, bonus: kopecksJson, held: kopecksJson, debt: kopecksJson })
    .parse(row);
  // Money that goes out of `debt` is owed.
  return { mainKopecks: main, bonusKopecks: bonus, heldKopecks: held, debtKopecks: -debt };
}

/** A user's movements from one moment until before another, oldest first, some thousands at a time. */
export async function* readMovements(
  database: Database,
  input: { userId: number; from: Date; until: Date },
): AsyncGenerator<readonly Operation[]> {
  let after: Operation | undefined;
  for (;;) {
    const from =
      after === undefined
        ? sql`t.created_at >= ${input.from.toISOString()}::timestamptz`
        : sql`(t.created_at, t.id) > (${after.at.toISOString()}::timestamptz, ${after.id})`;
    const rows = await database.read(sql`
      select to_jsonb(p) || jsonb_build_object('entry_key', g.entry_key) as item from (
        select ${COLUMNS} from transfers t
        where t.user_id = ${input.userId}::bigint and ${from} and t.created_at < ${input.until.toISOString()}::timestamptz
        order by t.created_at, t.id limit ${STATEMENT_PAGE}::int
      ) p left join generations g on g.id = p.generation_id order by p.created_at, p.id`);
    const operations = rows.map((row) => operationRow.parse(row["item"]));
    if (operations.length > 0) yield operations;
    after = operations.at(-1);
    if (operations.length < STATEMENT_PAGE) return;
  }
}
