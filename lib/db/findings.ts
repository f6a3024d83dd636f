import { sql } from "drizzle-orm";
import * as z from "zod";
import {
  type Finding,
  type FindingBody,
  type ReconciliationFacts,
  STARS_PROBLEMS,
} from "../conversation/admin/finding-types.ts";
import { USER_ACCOUNTS } from "../ledger/accounts.ts";
import type { FindingKind } from "../ledger/payments.ts";
import { catalogRevision, revisionJson } from "./catalog-revision.ts";
import type { Database } from "./client.ts";
import { runState } from "./reconciliation.ts";
import { kopecksJson, momentJson } from "./rows.ts";

/** Open findings that one page shows. */
export const FINDINGS_SHOWN = 8;

const findingBody = z.lazy(() =>
  z.discriminatedUnion("kind", [
    z.object({
      kind: z.literal("balance"),
      userId: z.number(),
      accounts: z.array(
        z.object({ account: z.enum(USER_ACCOUNTS), cachedKopecks: kopecksJson, sumKopecks: kopecksJson }),
      ),
    }),
    z.object({
      kind: z.literal("stale-hold"),
      userId: z.number(),
      generationId: z.string(),
      entryKey: z.string(),
      heldKopecks: kopecksJson,
      deadlineAt: momentJson,
    }),
    z.object({
      kind: z.literal("credits"),
      entryKey: z.string(),
      generationId: z.string(),
      expectedCredits: z.string(),
      consumedCredits: z.string(),
    }),
    z.object({
      kind: z.literal("stars"),
      problem: z.enum(STARS_PROBLEMS),
      chargeId: z.string(),
      orderId: z.string(),
      userId: z.number(),
      stars: z.number(),
      at: momentJson,
    }),
  ]),
);

const findingRow = z.lazy(() =>
  z
    .object({
      id: z.string(),
      status: z.enum(["open", "repaired", "dismissed", "gone"]),
      created_at: momentJson,
      payload: findingBody,
    })
    .transform((row): Finding => ({ id: row.id, status: row.status, createdAt: row.created_at, body: row.payload })),
);

/** Bigints travel as text, because JSON has none. */
function payloadOf(body: FindingBody): string {
  return JSON.stringify(body, (_key, value) => (typeof value === "bigint" ? value.toString() : value));
}

/**
 * Writes what one comparison found, tells the admins of what is new, and closes what was looked at again and is no longer
 * true. One statement. A dismissed finding stays dismissed; one that was repaired, or had gone, and is true again opens
 * anew, and is told at most once a day.
 *
 * @param input.checkedIds open findings that the comparison looked at.
 * @param input.mostTold so many get a message of their own; the list has the rest.
 */
export async function saveFindings(
  database: Database,
  input: {
    kind: FindingKind;
    found: readonly { id: string; body: FindingBody }[];
    checkedIds: readonly string[];
    adminIds: readonly number[];
    mostTold: number;
    now: Date;
  },
): Promise<{ opened: number; gone: number }> {
  if (input.found.length === 0 && input.checkedIds.length === 0) return { opened: 0, gone: 0 };
  const now = sql`${input.now.toISOString()}::timestamptz`;
  const found = `[${input.found.map(({ id, body }) => `{"id":${JSON.stringify(id)},"payload":${payloadOf(body)}}`).join(",")}]`;
  const [row] = await database.query(sql`
    with found as (
      select distinct on (f.id) f.id, f.payload from jsonb_to_recordset(${found}::jsonb) as f (id text, payload jsonb)
    ), f as (
      insert into findings (id, kind, payload, status, created_at)
      select id, ${input.kind}, payload, 'open', ${now} from found
      on conflict (id) do update set status = 'open', payload = excluded.payload, created_at = excluded.created_at,
        decided_at = null, decided_by = null
        where findings.status in ('repaired', 'gone')
      returning id
    ), g as (
      update findings set status = 'gone', decided_at = ${now}
      where status = 'open' and ${JSON.stringify(input.checkedIds)}::jsonb ? id and id not in (select id from found)
      returning id
    ), a as (
      insert into outbox (id, user_id, kind, payload, due_at, created_at)
      select 'finding:' || told.id || ':' || ${input.now.toISOString().slice(0, 10)} || ':' || admin.id, admin.id::bigint,
        'finding', jsonb_build_object('findingId', told.id, 'body', found.payload), ${now}, ${now}
      from (select id from f order by id limit ${input.mostTold}::int) told join found on found.id = told.id,
        jsonb_array_elements_text(${JSON.stringify(input.adminIds)}::jsonb) as admin (id)
      on conflict (id) do nothing
    )
    select (select count(*) from f)::int as opened, (select count(*) from g)::int as gone`);
  return z.object({ opened: z.number(), gone: z.number() }).parse(row);
}

/** Open findings, by kind or all; those that this program can not read are left out. */
export async function openFindings(database: Database, kind: FindingKind): Promise<Finding[]> {
  const rows = await database.read(sql`
    select to_jsonb(f) as item from findings f where f.status = 'open' and f.kind = ${kind} order by f.created_at limit 1000`);
  return rows.flatMap((row) => readable(row["item"]) ?? []);
}

/** One finding, or null. */
export async function readFinding(database: Database, findingId: string): Promise<Finding | null> {
  const [row] = await database.read(sql`select to_jsonb(f) as item from findings f where f.id = ${findingId}`);
  return readable(row?.["item"]);
}

/** What the admins' page shows, in one statement. */
export async function readReconciliation(
  database: Database,
  findingId: string | null,
): Promise<ReconciliationFacts & { catalogRevision: number }> {
  const [row] = await database.read(sql`
    select ${catalogRevision} as revision, (select value from settings where key = 'reconciliation') as run,
      (select count(*) from findings where status = 'open')::int as open_count,
      (select jsonb_agg(page.item) from (
        select to_jsonb(f) as item from findings f where f.status = 'open'
        order by f.created_at desc, f.id limit ${FINDINGS_SHOWN}::int) page) as open,
      (select to_jsonb(f) from findings f where f.id = ${findingId}) as finding`);
  const read = z
    .object({
      revision: revisionJson,
      run: z.unknown(),
      open_count: z.number(),
      open: z.array(z.unknown()).nullable(),
      finding: z.unknown(),
    })
    .parse(row);
  const run = runState(read.run);
  return {
    catalogRevision: read.revision,
    run:
      run === null || run.startedAt === null
        ? null
        : { startedAt: run.startedAt, finishedAt: run.finishedAt, checkedWallets: run.checkedWallets },
    open: (read.open ?? []).flatMap((item) => readable(item) ?? []),
    openCount: read.open_count,
    finding: readable(read.finding),
  };
}

/** The body of a finding as it is stored, also in a message of the outbox; null where it can not be read. */
export function readFindingBody(json: unknown): FindingBody | null {
  const parsed = findingBody.safeParse(json);
  return parsed.success ? parsed.data : null;
}

function readable(item: unknown): Finding | null {
  const parsed = findingRow.safeParse(item);
  return parsed.success ? parsed.data : null;
}

/** Closes an open finding. @returns false when somebody else was first. */
export async function closeFinding(
  database: Database,
  input: { findingId: string; status: "repaired" | "dismissed"; adminId: number; now: Date },
): Promise<boolean> {
  const rows = await database.query(sql`
    update findings set status = ${input.status}, decided_at = ${input.now.toISOString()}::timestamptz, decided_by = ${input.adminId}::bigint
    where id = ${input.findingId} and status = 'open' returning id`);
  return rows.length > 0;
}
