import { sql } from "drizzle-orm";
import * as z from "zod";
import type { ParamValues } from "../catalog/param-values.ts";
import type { Kopecks } from "../shared/kopecks.ts";
import { catalogRevision, revisionJson } from "./catalog-revision.ts";
import type { Database } from "./client.ts";
import { kopecksJson, momentJson } from "./rows.ts";

export interface StaleHold {
  generationId: string;
  userId: number;
  entryKey: string;
  heldKopecks: Kopecks;
  deadlineAt: Date;
}

const staleRow = z.lazy(() =>
  z
    .object({
      id: z.string(),
      user_id: z.coerce.number(),
      entry_key: z.string(),
      held: kopecksJson,
      deadline_at: momentJson,
    })
    .transform(
      (row): StaleHold => ({
        generationId: row.id,
        userId: row.user_id,
        entryKey: row.entry_key,
        heldKopecks: row.held,
        deadlineAt: row.deadline_at,
      }),
    ),
);

/**
 * Generations that should have ended before `deadlineBefore`. Looked for by the wallets that hold something, so that one
 * which nothing reminds the sweeper of is found as well.
 */
export async function staleHolds(
  database: Database,
  input: { deadlineBefore: Date; limit: number },
): Promise<StaleHold[]> {
  const rows = await database.read(sql`
    select g.id, g.user_id, g.entry_key, (g.held_main + g.held_bonus)::text as held, g.deadline_at
    from wallets w join generations g on g.user_id = w.user_id
    where (w.held > 0 or w.queued > 0 or w.running > 0) and g.state in ('queued', 'submitting', 'submitted')
      and g.deadline_at <= ${input.deadlineBefore.toISOString()}::timestamptz
    order by g.deadline_at, g.id limit ${input.limit}::int`);
  return rows.map((row) => staleRow.parse(row));
}

/** How many of those that the sweeper is reminded of are that late: cheap enough for every sweep. */
export async function countStaleHolds(database: Database, deadlineBefore: Date): Promise<number> {
  const [row] = await database.read(sql`
    select count(*)::int as late from generations where due_at is not null and state in ('queued', 'submitting', 'submitted')
      and deadline_at <= ${deadlineBefore.toISOString()}::timestamptz`);
  return z.number().parse(row?.["late"]);
}

/** A generation whose credits and price do not go together by the rate alone. */
export interface OddCredits {
  generationId: string;
  entryKey: string;
  values: ParamValues;
  priceKopecks: Kopecks;
  consumedCredits: number;
  catalogRevision: number;
}

const oddRow = z.lazy(() =>
  z
    .object({
      id: z.string(),
      entry_key: z.string(),
      values: z.custom<ParamValues>((value) => typeof value === "object" && value !== null),
      price: kopecksJson,
      credits: z.coerce.number(),
      catalog_revision: revisionJson,
    })
    .transform(
      (row): OddCredits => ({
        generationId: row.id,
        entryKey: row.entry_key,
        values: row.values,
        priceKopecks: row.price,
        consumedCredits: row.credits,
        catalogRevision: row.catalog_revision,
      }),
    ),
);

/**
 * Generations finished since a moment, or asked for by id, that were paid whole and cost more or less than KIE's credits by
 * more than the rounding. Those of the free tier held nothing and are left out here; discounts are for the caller.
 *
 * @param input.kopecksPerMillion the price of a million credits: rate and multiplier have at most six digits that count.
 */
export async function oddCredits(
  database: Database,
  input: { since: Date; generationIds: readonly string[]; kopecksPerMillion: Kopecks; limit: number },
): Promise<OddCredits[]> {
  const paid = sql`g.mode = 'real' and not g.loss and g.credits_consumed is not null and g.price_kopecks > 0
      and g.state in ('succeeded', 'delivered', 'undeliverable') and g.held_main + g.held_bonus = g.price_kopecks
      and abs(g.price_kopecks - g.credits_consumed::numeric * ${input.kopecksPerMillion.toString()}::numeric / 1000000) > 1`;
  const columns = sql`g.id, g.entry_key, g."values", g.price_kopecks::text as price, g.credits_consumed::text as credits, ${catalogRevision} as catalog_revision`;
  const rows = await database.read(sql`
    (select ${columns} from generations g where g.finished_at > ${input.since.toISOString()}::timestamptz and ${paid}
      order by g.finished_at desc limit ${input.limit}::int)
    union all
    (select ${columns} from generations g
      where g.id in (select jsonb_array_elements_text(${JSON.stringify(input.generationIds)}::jsonb)) and ${paid})`);
  return rows.map((row) => oddRow.parse(row));
}
