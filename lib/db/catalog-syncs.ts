import { sql } from "drizzle-orm";
import * as z from "zod";
import type { CatalogChange } from "../catalog/live/changes.ts";
import { catalogRevision, revisionJson } from "./catalog-revision.ts";
import type { Database } from "./client.ts";

/**
 * Row of `settings` that all starts of a sync meet at: `{"running": true, "orderedBy": "admin", "prices": {…}}`.
 * `prices` holds the price texts that admins were told of, by model. Its `updated_at` is when a sync was last started.
 */
const CATALOG_SYNC = "catalog-sync";

/** Who wants to know: an ordered sync is reported even when it found nothing. */
export type SyncOrder = "admin" | "set-up" | "schedule";

/**
 * Begins a sync unless one is under way. The work itself is done by `leaseSync` and what follows.
 *
 * @param input.ifOlderThan for a schedule: only when the last one began before; the first call ever notes the time and
 *   begins nothing.
 * @returns whether a sync began.
 */
export async function beginSync(
  database: Database,
  input: { id: string; orderedBy: SyncOrder; ifOlderThan?: Date; now: Date },
): Promise<boolean> {
  const now = sql`${input.now.toISOString()}::timestamptz`;
  const value = JSON.stringify({ running: true, orderedBy: input.orderedBy });
  const isDue =
    input.ifOlderThan === undefined
      ? sql`true`
      : sql`settings.updated_at <= ${input.ifOlderThan.toISOString()}::timestamptz`;
  const first = input.ifOlderThan === undefined ? value : JSON.stringify({ running: false });
  const rows = await database.query(sql`
    with t as (
      insert into settings (key, value, updated_at) values (${CATALOG_SYNC}, ${first}::jsonb, ${now})
      on conflict (key) do update set value = settings.value || ${value}::jsonb, updated_at = excluded.updated_at
        where (settings.value ->> 'running')::boolean is not true and ${isDue}
      returning (value ->> 'running')::boolean as running
    )
    insert into catalog_syncs (id, started_at) select ${input.id}, ${now} from t where t.running
    on conflict (id) do nothing
    returning id`);
  return rows.length > 0;
}

export interface LeasedSync {
  syncId: string;
  startedAt: Date;
  /** Models in the list; 0 until the list was read. */
  total: number;
  catalogRevision: number;
}

const leasedSchema = z.lazy(() =>
  z.object({ id: z.string(), started_at: z.string(), total: z.number(), revision: revisionJson }).transform(
    (row): LeasedSync => ({
      syncId: row.id,
      startedAt: new Date(row.started_at),
      total: row.total,
      catalogRevision: row.revision,
    }),
  ),
);

/** Takes the sync that is under way, when nobody has it. The moment of `leaseUntil` is the token of what follows. */
export async function leaseSync(
  database: Database,
  input: { now: Date; leaseUntil: Date },
): Promise<LeasedSync | null> {
  const [row] = await database.query(sql`
    update catalog_syncs set lease_until = ${input.leaseUntil.toISOString()}::timestamptz
    where id = (select id from catalog_syncs where finished_at is null order by started_at, id limit 1)
      and finished_at is null
      and (lease_until is null or lease_until <= ${input.now.toISOString()}::timestamptz)
    returning id, started_at, total, ${catalogRevision} as revision`);
  return row === undefined ? null : leasedSchema.parse(row);
}

/** A sync in the hands of one process: every write needs it, and gives the lease a new end. */
export interface SyncLease {
  syncId: string;
  leaseUntil: Date;
  nextLeaseUntil: Date;
}

const renewed = ({ syncId, leaseUntil, nextLeaseUntil }: SyncLease, set = sql``) => sql`
      update catalog_syncs set lease_until = ${nextLeaseUntil.toISOString()}::timestamptz ${set}
      where id = ${syncId} and finished_at is null and lease_until = ${leaseUntil.toISOString()}::timestamptz
      returning id`;

/** Whether a sync is under way that nobody works on. */
export async function isSyncIdle(database: Database, now: Date): Promise<boolean> {
  const rows = await database.read(
    sql`select id from catalog_syncs where finished_at is null and (lease_until is null or lease_until <= ${now.toISOString()}::timestamptz) limit 1`,
  );
  return rows.length > 0;
}

/** Lets go of a sync that is not finished, for whoever comes next. */
export async function releaseSync(database: Database, lease: { syncId: string; leaseUntil: Date }): Promise<void> {
  await database.query(
    sql`update catalog_syncs set lease_until = null where id = ${lease.syncId} and lease_until = ${lease.leaseUntil.toISOString()}::timestamptz`,
  );
}

/** Stores KIE's list. @returns false when the lease is lost. */
export async function saveList(
  database: Database,
  input: {
    lease: SyncLease;
    models: readonly {
      model: string;
      title: string;
      provider: string;
      taskTypes: readonly string[];
      priceText: string | null;
    }[];
  },
): Promise<boolean> {
  const { lease, models } = input;
  const rows = JSON.stringify(
    models.map(({ model, title, provider, taskTypes, priceText }) => ({
      model,
      title,
      provider,
      task_types: taskTypes,
      price_text: priceText,
    })),
  );
  const answer = await database.query(sql`
    with s as (${renewed(lease, sql`, total = ${models.length}::int`)}),
    m as (
      insert into kie_models (model, title, provider, task_types, price_text, listed_by)
      select n.model, n.title, n.provider, n.task_types, n.price_text, s.id
      from s, jsonb_to_recordset(${rows}::jsonb) as n (model text, title text, provider text, task_types jsonb, price_text text)
      on conflict (model) do update set title = excluded.title, provider = excluded.provider,
        task_types = excluded.task_types, price_text = coalesce(excluded.price_text, kie_models.price_text),
        listed_by = excluded.listed_by
    )
    select id from s`);
  return answer.length > 0;
}

export interface UnreadModel {
  model: string;
  /** From the list, or from an earlier sync. */
  priceText: string | null;
}

/** Models of the list whose schema this sync has not read yet. */
export async function unreadModels(database: Database, syncId: string): Promise<UnreadModel[]> {
  const rows = await database.read(
    sql`select model, price_text from kie_models where listed_by = ${syncId} and read_by is distinct from ${syncId} order by model`,
  );
  return rows.map((row) => ({
    model: z.string().parse(row["model"]),
    priceText: z.string().nullable().parse(row["price_text"]),
  }));
}

/**
 * Stores what was read of one model.
 *
 * @param input.read.schema JSON; null where KIE has none.
 * @param input.read.successRate absent: not asked, what is known stays.
 * @returns false when the lease is lost.
 */
export async function saveModel(
  database: Database,
  input: {
    lease: SyncLease;
    model: string;
    read: { schema: unknown; priceText: string | null; successRate?: number | null };
    now: Date;
  },
): Promise<boolean> {
  const { schema, priceText, successRate } = input.read;
  const rate = successRate === undefined ? sql`success_rate` : sql`${successRate}::float8`;
  const rows = await database.query(sql`
    with s as (${renewed(input.lease)}),
    m as (
      update kie_models set schema = ${JSON.stringify(schema ?? null)}::jsonb, price_text = ${priceText},
        success_rate = ${rate}, read_by = s.id, read_at = ${input.now.toISOString()}::timestamptz
      from s where model = ${input.model} and listed_by = s.id
    )
    select id from s`);
  return rows.length > 0;
}

export interface SyncFindings {
  catalogRevision: number;
  orderedBy: SyncOrder;
  models: readonly {
    model: string;
    title: string;
    provider: string;
    taskTypes: string[];
    priceText: string | null;
    /** Undefined: admins were never told of a price. */
    previousPriceText: string | null | undefined;
    schema: unknown;
  }[];
  /** How the changes that are known stand, by id. */
  statuses: ReadonlyMap<string, string>;
}

const findingsSchema = z.lazy(() =>
  z.object({
    revision: revisionJson,
    sync: z
      .object({
        orderedBy: z.enum(["admin", "set-up", "schedule"]).catch("schedule"),
        prices: z.record(z.string(), z.string().nullable()).optional(),
      })
      .nullable(),
    models: z
      .array(
        z.object({
          model: z.string(),
          title: z.string(),
          provider: z.string(),
          task_types: z.array(z.string()),
          price_text: z.string().nullable(),
          schema: z.unknown(),
        }),
      )
      .nullable(),
    statuses: z.record(z.string(), z.string()).nullable(),
  }),
);

/** Everything that a sync read, for the comparison. One statement of a few megabytes. */
export async function readFindings(database: Database, syncId: string): Promise<SyncFindings> {
  const [row] = await database.read(sql`
    select ${catalogRevision} as revision,
      (select value from settings where key = ${CATALOG_SYNC}) as sync,
      (select jsonb_agg(jsonb_build_object('model', m.model, 'title', m.title, 'provider', m.provider,
        'task_types', m.task_types, 'price_text', m.price_text, 'schema', m.schema) order by m.model)
        from kie_models m where m.listed_by = ${syncId}) as models,
      (select jsonb_object_agg(c.id, c.status) from catalog_changes c where c.kind = 'change') as statuses`);
  const read = findingsSchema.parse(row);
  const prices = read.sync?.prices ?? {};
  return {
    catalogRevision: read.revision,
    orderedBy: read.sync?.orderedBy ?? "schedule",
    models: (read.models ?? []).map((model) => ({
      model: model.model,
      title: model.title,
      provider: model.provider,
      taskTypes: model.task_types,
      priceText: model.price_text,
      previousPriceText: Object.hasOwn(prices, model.model) ? prices[model.model] : undefined,
      schema: model.schema,
    })),
    statuses: new Map(Object.entries(read.statuses ?? {})),
  };
}

/**
 * Ends a sync: new proposals, those that are no longer true taken away, and the report, in one statement. A change that
 * is known keeps its status, so an ignored one stays ignored; one that waits says what KIE says today.
 *
 * @param input.prices the price texts that admins know of from now on; null leaves them as they were.
 * @returns false when the lease is lost.
 */
export async function finishSync(
  database: Database,
  input: {
    syncId: string;
    leaseUntil: Date;
    /** Null: the sync is given up, and what was proposed stays. */
    changes: readonly { id: string; change: CatalogChange }[] | null;
    prices: Readonly<Record<string, string | null>> | null;
    report: { adminIds: readonly number[]; payload: Record<string, unknown> } | null;
    now: Date;
  },
): Promise<boolean> {
  const now = sql`${input.now.toISOString()}::timestamptz`;
  const changes = JSON.stringify((input.changes ?? []).map(({ id, change }) => ({ id, payload: change })));
  const value = JSON.stringify({ running: false, ...(input.prices === null ? {} : { prices: input.prices }) });
  const rows = await database.query(sql`
    with s as (
      update catalog_syncs set finished_at = ${now}, lease_until = null
      where id = ${input.syncId} and finished_at is null and lease_until = ${input.leaseUntil.toISOString()}::timestamptz
      returning id
    ), n as (
      select n.id, n.payload from jsonb_to_recordset(${changes}::jsonb) as n (id text, payload jsonb)
    ), d as (
      delete from catalog_changes using s
      where ${input.changes !== null} and kind = 'change' and status = 'proposed'
        and catalog_changes.id not in (select n.id from n)
    ), c as (
      insert into catalog_changes (id, kind, payload, status, sync_id, created_at)
      select n.id, 'change', n.payload, 'proposed', s.id, ${now} from n, s
      on conflict (id) do update set payload = excluded.payload
        where catalog_changes.status = 'proposed' and catalog_changes.payload <> excluded.payload
    ), v as (
      update settings set value = settings.value || ${value}::jsonb from s where key = ${CATALOG_SYNC}
    ), o as (
      insert into outbox (id, user_id, kind, payload, due_at, created_at)
      select 'sync:' || s.id || ':' || admin.id, admin.id::bigint, 'sync-report', ${JSON.stringify(input.report?.payload ?? {})}::jsonb, ${now}, ${now}
      from s, jsonb_array_elements_text(${JSON.stringify(input.report?.adminIds ?? [])}::jsonb) as admin (id)
      on conflict (id) do nothing
    )
    select id from s`);
  return rows.length > 0;
}
