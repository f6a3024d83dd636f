import { type SQL, sql } from "drizzle-orm";
import * as z from "zod";
import type { Pause } from "../generation/breaker.ts";
import { openPause, pauseRow } from "./breaker.ts";
import { type GenerationRow, generationRow, type OutputRow, outputRow, usualRow } from "./rows.ts";

/** A generation with everything a person or a service looks at. */
export interface GenerationWithOutputs extends GenerationRow {
  outputs: readonly OutputRow[];
  /**
   * Generations that leave the queue before this one; null when it does not wait. Those of the same user, or those of
   * everybody where it stands in the line at KIE's rate.
   */
  ahead: number | null;
  /** Of the same user, at the provider at this moment; null when this one does not wait. */
  ownRunning: number | null;
  usualSeconds: { p50: number; p90: number } | null;
  /** Of a generation that waits while selling pauses. */
  pause: Pause | null;
}

export const generationWithOutputs: z.ZodType<GenerationWithOutputs> = z.lazy(() =>
  z
    .object({
      generation: generationRow,
      outputs: z.array(outputRow).nullable(),
      ahead: z.number().nullable(),
      own_running: z.number().nullish(),
      usual: usualRow.nullable(),
      pause: pauseRow.nullish(),
    })
    .transform((row) => ({
      ...row.generation,
      outputs: row.outputs ?? [],
      ahead: row.ahead,
      ownRunning: row.own_running ?? null,
      usualSeconds: row.usual,
      pause: row.pause ?? null,
    })),
);

/** The JSON that `generationWithOutputs` reads, for a row of `generations` under the given alias. */
export function generationJson(alias: SQL): SQL {
  return sql`jsonb_build_object(
    'generation', to_jsonb(${alias}),
    'outputs', (select jsonb_agg(to_jsonb(o) order by o.position) from outputs o where o.generation_id = ${alias}.id),
    'pause', case when ${alias}.state = 'queued' then (${openPause}) end,
    'ahead', case when ${alias}.rate_waiting then (
      select count(*) from generations q
      where q.rate_waiting and (q.priority, q.created_at, q.id) < (${alias}.priority, ${alias}.created_at, ${alias}.id))
    when ${alias}.state = 'queued' then (
      select count(*) from generations q
      where q.user_id = ${alias}.user_id and q.state = 'queued' and (q.priority, q.created_at, q.id) < (${alias}.priority, ${alias}.created_at, ${alias}.id)) end,
    'own_running', case when ${alias}.state = 'queued' then (select w.running from wallets w where w.user_id = ${alias}.user_id) end,
    'usual', (select to_jsonb(t) from usual_times t where t.entry_key = ${alias}.entry_key))`;
}
