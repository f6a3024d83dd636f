import { sql } from "drizzle-orm";
import * as z from "zod";
import type { HealthMark } from "../catalog/live/changes.ts";
import type { FailureCause } from "../faults/causes.ts";
import { CATALOG, catalogRevision, revisionJson } from "./catalog-revision.ts";
import type { Database } from "./client.ts";

/** Failures that say nothing of the model: what was asked for, and our own account. */
const NOT_THE_MODELS = [
  "content-policy",
  "input-not-fetched",
  "wrong-parameters",
  "no-credits",
  "key-cap",
  "authorization",
  "rate-limited",
] as const satisfies readonly FailureCause[];

/** At most so often over all instances. */
const GAP = sql.raw("interval '10 minutes'");
/** KIE's own figures are read with each sync; older ones say nothing of now. */
const PROVIDER_LIFE = sql.raw("interval '36 hours'");

export interface HealthFacts {
  /** Ends of the last 24 hours, by entry. */
  own: readonly { entryKey: string; succeeded: number; failed: number }[];
  /** KIE's figures, 0 to 1, by its id of the model. */
  providerRates: ReadonlyMap<string, number>;
  /** Entries that have a mark now. */
  marked: readonly string[];
  catalogRevision: number;
}

const factsSchema = z.lazy(() =>
  z.object({
    own: z
      .array(z.object({ entry_key: z.string(), succeeded: z.number(), failed: z.number() }))
      .nullable()
      .transform((rows) => rows ?? []),
    provider: z.record(z.string(), z.number()).nullable(),
    marked: z.array(z.string()).nullable(),
    revision: revisionJson,
  }),
);

/**
 * What the marks are made of, for whoever has the turn. Generations that never left our queue do not count.
 * @returns null when it was done less than ten minutes ago.
 */
export async function takeHealthTurn(database: Database, now: Date): Promise<HealthFacts | null> {
  const at = sql`${now.toISOString()}::timestamptz`;
  const [row] = await database.query(sql`
    with turn as (
      insert into settings (key, value, updated_at) values ('health-marked', 'true'::jsonb, ${at})
      on conflict (key) do update set updated_at = excluded.updated_at where settings.updated_at <= ${at} - ${GAP}
      returning key
    )
    select
      (select jsonb_agg(jsonb_build_object('entry_key', o.entry_key, 'succeeded', o.succeeded, 'failed', o.failed)) from (
        select g.entry_key,
          count(*) filter (where g.state in ('succeeded', 'delivered', 'undeliverable')) as succeeded,
          count(*) filter (where g.state in ('failed', 'returned', 'expired')) as failed
        from generations g
        where g.finished_at > ${at} - interval '24 hours' and g.mode = 'real' and g.submitted_at is not null
          and (g.failure is null or g.failure not in (select jsonb_array_elements_text(${JSON.stringify(NOT_THE_MODELS)}::jsonb)))
        group by g.entry_key) o) as own,
      (select jsonb_object_agg(m.model, m.success_rate) from kie_models m
        where m.success_rate is not null and m.read_at > ${at} - ${PROVIDER_LIFE}) as provider,
      (select jsonb_agg(h.entry_key) from model_health h) as marked,
      ${catalogRevision} as revision
    from turn`);
  if (row === undefined) return null;
  const facts = factsSchema.parse(row);
  return {
    own: facts.own.map(({ entry_key, succeeded, failed }) => ({ entryKey: entry_key, succeeded, failed })),
    providerRates: new Map(Object.entries(facts.provider ?? {})),
    marked: facts.marked ?? [],
    catalogRevision: facts.revision,
  };
}

export interface HealthRow {
  entryKey: string;
  succeeded: number;
  failed: number;
  providerRate: number | null;
  mark: HealthMark;
  /** Fails too often to be shown. */
  hides: boolean;
}

/**
 * Stores the marks, forgets entries that nothing is known of, and tells who has to know, in one statement: admins of
 * newly hidden models, and people who waited for one that is good now. The catalog's revision rises only when people
 * see a difference.
 */
export async function saveHealth(
  database: Database,
  input: { rows: readonly HealthRow[]; forget: readonly string[]; adminIds: readonly number[]; now: Date },
): Promise<{ revision: number | null; hidden: string[]; told: number }> {
  const now = sql`${input.now.toISOString()}::timestamptz`;
  const rows = JSON.stringify(
    input.rows.map(({ entryKey, succeeded, failed, providerRate, mark, hides }) => ({
      entry_key: entryKey,
      succeeded,
      failed,
      provider_rate: providerRate,
      mark,
      hides,
    })),
  );
  const [row] = await database.query(sql`
    with n as (
      select * from jsonb_to_recordset(${rows}::jsonb)
        as n (entry_key text, succeeded int, failed int, provider_rate float8, mark text, hides boolean)
    ), l as (
      -- In the order in which an admin's setting takes the same locks.
      select 1 from settings where key = ${CATALOG} for update
    ), b as (
      select h.entry_key, h.mark, h.hidden from model_health h where (select count(*) from l) >= 0 for update
    ), u as (
      insert into model_health (entry_key, succeeded, failed, provider_rate, mark, hidden, keep_shown, computed_at)
      select n.entry_key, n.succeeded, n.failed, n.provider_rate, n.mark, n.hides, false, ${now}
      -- Before anything is written, or what was read for comparison would be the new rows.
      from n where (select count(*) from b) >= 0
      on conflict (entry_key) do update set succeeded = excluded.succeeded, failed = excluded.failed,
        provider_rate = excluded.provider_rate, mark = excluded.mark,
        hidden = excluded.hidden and not model_health.keep_shown,
        keep_shown = model_health.keep_shown and excluded.mark <> 'good', computed_at = excluded.computed_at
        where (model_health.succeeded, model_health.failed, model_health.provider_rate, model_health.mark)
            is distinct from (excluded.succeeded, excluded.failed, excluded.provider_rate, excluded.mark)
          or model_health.hidden <> (excluded.hidden and not model_health.keep_shown)
          or (model_health.keep_shown and excluded.mark = 'good')
      returning entry_key, mark, hidden
    ), f as (
      delete from model_health using b where model_health.entry_key = b.entry_key and not model_health.keep_shown
        and b.entry_key in (select jsonb_array_elements_text(${JSON.stringify(input.forget)}::jsonb))
      returning model_health.entry_key
    ), changed as (
      select u.entry_key from u left join b on b.entry_key = u.entry_key
      where (u.mark, u.hidden) is distinct from (b.mark, b.hidden)
      union all select entry_key from f
    ), r as (
      insert into settings (key, value, updated_at)
      select ${CATALOG}, '{"revision": 1}'::jsonb, ${now} from changed limit 1
      on conflict (key) do update set updated_at = excluded.updated_at,
        value = jsonb_build_object('revision', (settings.value ->> 'revision')::int + 1)
      returning (value ->> 'revision')::int as revision
    ), newly as (
      select u.entry_key from u left join b on b.entry_key = u.entry_key where u.hidden and b.hidden is not true
    ), a as (
      insert into outbox (id, user_id, kind, payload, due_at, created_at)
      select 'hidden:' || newly.entry_key || ':' || ${input.now.toISOString()} || ':' || admin.id, admin.id::bigint,
        'model-hidden', jsonb_build_object('entryKey', newly.entry_key), ${now}, ${now}
      from newly, jsonb_array_elements_text(${JSON.stringify(input.adminIds)}::jsonb) as admin (id)
      on conflict (id) do nothing
    ), w as (
      delete from health_waits using n where health_waits.entry_key = n.entry_key and n.mark = 'good'
      returning health_waits.entry_key, health_waits.user_id
    ), t as (
      insert into outbox (id, user_id, kind, payload, due_at, created_at)
      select 'works:' || w.entry_key || ':' || ${input.now.toISOString()} || ':' || w.user_id, w.user_id,
        'model-works', jsonb_build_object('entryKey', w.entry_key), ${now}, ${now} from w
      on conflict (id) do nothing
      returning id
    )
    select (select revision from r) as revision, (select jsonb_agg(entry_key) from newly) as hidden,
      (select count(*)::int from t) as told`);
  const answer = z
    .object({ revision: z.number().nullable(), hidden: z.array(z.string()).nullable(), told: z.number() })
    .parse(row);
  return { revision: answer.revision, hidden: answer.hidden ?? [], told: answer.told };
}
