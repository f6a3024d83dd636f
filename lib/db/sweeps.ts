import { type SQL, sql } from "drizzle-orm";
import * as z from "zod";
import type { Database } from "./client.ts";

/**
 * Ids of generations that owe something since `dueBefore`, oldest first. Who stands in the line at KIE's rate is left to
 * that (lib/services/queue/drain.ts), unless its time in the queue is over.
 */
export async function dueGenerations(database: Database, input: { dueBefore: Date; limit: number }): Promise<string[]> {
  const rows = await database.read(dueQuery(input));
  return rows.map((row) => z.string().parse(row["id"]));
}

/** The query of `dueGenerations`, for the bench that looks at its plan. */
export function dueQuery({ dueBefore, limit }: { dueBefore: Date; limit: number }): SQL {
  const at = sql`${dueBefore.toISOString()}::timestamptz`;
  return sql`select id from generations
    where due_at is not null and due_at <= ${at} and (not rate_waiting or deadline_at <= ${at})
    order by due_at limit ${limit}::int`;
}

/**
 * Rolls up the times from create call to result of the last seven days, per entry with at least five results, and
 * removes old inbox rows. At most once per ten minutes over all instances: the settings row is the guard.
 */
export async function rollUp(database: Database, now: Date): Promise<boolean> {
  const at = sql`${now.toISOString()}::timestamptz`;
  const rows = await database.query(sql`
    with turn as (
      insert into settings (key, value, updated_at) values ('rolled-up', 'true'::jsonb, ${at})
      on conflict (key) do update set updated_at = excluded.updated_at
        where settings.updated_at <= ${at} - interval '10 minutes'
      returning key
    ), timed as (
      select g.entry_key, extract(epoch from g.finished_at - g.submitted_at) as seconds
      from generations g, turn
      where g.finished_at > ${at} - interval '7 days' and g.finished_at >= g.submitted_at
        and g.state in ('succeeded', 'delivered', 'undeliverable') and not g.loss and g.mode = 'real'
    ), u as (
      insert into usual_times (entry_key, p50_seconds, p90_seconds, samples, computed_at)
      select entry_key, percentile_cont(0.5) within group (order by seconds),
        percentile_cont(0.9) within group (order by seconds), count(*)::int, ${at}
      from timed group by entry_key having count(*) >= 5
      on conflict (entry_key) do update set p50_seconds = excluded.p50_seconds, p90_seconds = excluded.p90_seconds,
        samples = excluded.samples, computed_at = excluded.computed_at
    ), i as (
      delete from updates using turn where received_at < ${at} - interval '14 days'
    )
    select key from turn`);
  return rows.length > 0;
}
