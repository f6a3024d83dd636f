import { type SQL, sql } from "drizzle-orm";
import * as z from "zod";
import type { CatalogSetting, Completion } from "../catalog/live/changes.ts";
import { fingerprint } from "./catalog-changes.ts";
import { CATALOG } from "./catalog-revision.ts";
import type { Database } from "./client.ts";

interface Decision {
  proposalId: string;
  adminId: number;
  now: Date;
}

/** Raises the revision for each row of `cause`, which is a CTE of at most one row. */
function raised(cause: SQL, now: Date): SQL {
  return sql`insert into settings (key, value, updated_at)
      select ${CATALOG}, '{"revision": 1}'::jsonb, ${now.toISOString()}::timestamptz from ${cause} limit 1
      on conflict (key) do update set updated_at = excluded.updated_at,
        value = jsonb_build_object('revision', (settings.value ->> 'revision')::int + 1)
      returning (value ->> 'revision')::int as revision`;
}

/** Rows of `settings` are locked by key only once they exist; a first decision has nothing to lock without this. */
export async function prepareRevision(database: Database, now: Date): Promise<void> {
  await database.query(sql`
    insert into settings (key, value, updated_at) values (${CATALOG}, '{"revision": 0}'::jsonb, ${now.toISOString()}::timestamptz)
    on conflict (key) do nothing`);
}

/**
 * Puts a change into force, if it and the catalog still are what was checked.
 *
 * @param input.checked the revision that the change was checked against, and the fingerprint it had.
 * @returns the new revision, or null when something moved in between: read, check and decide again.
 */
export async function approveChange(
  database: Database,
  input: Decision & { checked: { revision: number; fingerprint: string } },
): Promise<number | null> {
  const now = sql`${input.now.toISOString()}::timestamptz`;
  const [row] = await database.query(sql`
    with s as (
      select 1 from settings where key = ${CATALOG} and (value ->> 'revision')::int = ${input.checked.revision}::int for update
    ), c as (
      update catalog_changes set status = 'approved', decided_at = ${now}, decided_by = ${input.adminId}::bigint
      from s where id = ${input.proposalId} and kind = 'change' and status <> 'approved'
        and ${fingerprint} = ${input.checked.fingerprint}
      returning id
    ), r as (${raised(sql`c`, input.now)})
    select revision from r`);
  return revisionOf(row);
}

/** Takes an approved change, or setting, out of force. @returns the new revision, or null when it was not in force. */
export async function rollBackChange(database: Database, input: Decision): Promise<number | null> {
  const [row] = await database.query(sql`
    with c as (
      update catalog_changes set status = 'rolled-back', decided_at = ${input.now.toISOString()}::timestamptz, decided_by = ${input.adminId}::bigint
      where id = ${input.proposalId} and status = 'approved'
      returning id
    ), r as (${raised(sql`c`, input.now)})
    select revision from r`);
  return revisionOf(row);
}

/** Decides that a change is not wanted; it is never proposed again. The catalog stays as it is. */
export async function ignoreChange(database: Database, input: Decision): Promise<boolean> {
  const rows = await database.query(sql`
    update catalog_changes set status = 'ignored', decided_at = ${input.now.toISOString()}::timestamptz, decided_by = ${input.adminId}::bigint
    where id = ${input.proposalId} and kind = 'change' and status in ('proposed', 'rolled-back')
    returning id`);
  return rows.length > 0;
}

/** Adds what KIE's catalogue does not tell. A change in force stays as it was checked. */
export async function completeChange(
  database: Database,
  input: { proposalId: string; completion: Completion },
): Promise<boolean> {
  const rows = await database.query(sql`
    update catalog_changes set completion = completion || ${JSON.stringify(input.completion)}::jsonb
    where id = ${input.proposalId} and kind = 'change' and status <> 'approved'
    returning id`);
  return rows.length > 0;
}

/**
 * Puts an admin's own setting into force; an earlier one about the same thing gives way. A model that is shown again is
 * not hidden for its failures before it has worked once more.
 *
 * @returns the new revision.
 */
export async function saveSettingChange(
  database: Database,
  input: { id: string; setting: CatalogSetting; adminId: number; now: Date },
): Promise<number | null> {
  const { setting } = input;
  const now = sql`${input.now.toISOString()}::timestamptz`;
  const about =
    setting.kind === "route"
      ? sql`payload ->> 'family' = ${setting.family}`
      : sql`payload ->> 'entry' = ${setting.entry}`;
  const shown =
    setting.kind === "visible"
      ? sql`, h as (
      update model_health set keep_shown = ${setting.visible}::boolean, hidden = hidden and not ${setting.visible}::boolean
      from c where entry_key = ${setting.entry}
    )`
      : sql``;
  const [row] = await database.query(sql`
    with s as (
      select 1 from settings where key = ${CATALOG} for update
    ), o as (
      update catalog_changes set status = 'rolled-back', decided_at = ${now}, decided_by = ${input.adminId}::bigint
      where kind = 'setting' and status = 'approved' and payload ->> 'kind' = ${setting.kind} and ${about}
    ), c as (
      insert into catalog_changes (id, kind, payload, status, created_at, decided_at, decided_by)
      select ${input.id}, 'setting', ${JSON.stringify(setting)}::jsonb, 'approved', ${now}, ${now}, ${input.adminId}::bigint
      from s
      on conflict (id) do nothing
      returning id
    )${shown}, r as (${raised(sql`c`, input.now)})
    select revision from r`);
  return revisionOf(row);
}

function revisionOf(row: Record<string, unknown> | undefined): number | null {
  return row === undefined ? null : z.number().parse(row["revision"]);
}
