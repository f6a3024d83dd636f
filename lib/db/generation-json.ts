import { type SQL, sql } from "drizzle-orm";
import * as z from "zod";
import { type GenerationRow, generationRow, type OutputRow, outputRow, usualRow } from "./rows.ts";

/** A generation with everything a person or a service looks at. */
export interface GenerationWithOutputs extends GenerationRow {
  outputs: readonly OutputRow[];
  /** Generations of the same user that wait before this one; null when it does not wait. */
  ahead: number | null;
  usualSeconds: { p50: number; p90: number } | null;
}

export const generationWithOutputs: z.ZodType<GenerationWithOutputs> = z.lazy(() =>
  z
    .object({
      generation: generationRow,
      outputs: z.array(outputRow).nullable(),
      ahead: z.number().nullable(),
      usual: usualRow.nullable(),
    })
    .transform((row) => ({
      ...row.generation,
      outputs: row.outputs ?? [],
      ahead: row.ahead,
      usualSeconds: row.usual,
    })),
);

/** The JSON that `generationWithOutputs` reads, for a row of `generations` under the given alias. */
export function generationJson(alias: SQL): SQL {
  return sql`jsonb_build_object(
    'generation', to_jsonb(${alias}),
    'outputs', (select jsonb_agg(to_jsonb(o) order by o.position) from outputs o where o.generation_id = ${alias}.id),
    'ahead', case when ${alias}.state = 'queued' then (
      select count(*) from generations q
      where q.user_id = ${alias}.user_id and q.state = 'queued' and (q.created_at, q.id) < (${alias}.created_at, ${alias}.id)) end,
    'usual', (select to_jsonb(t) from usual_times t where t.entry_key = ${alias}.entry_key))`;
}
