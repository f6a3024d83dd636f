import { type SQL, sql } from "drizzle-orm";
import * as z from "zod";
import type { ActivePromo, Operation } from "../conversation/money/types.ts";
import type { HistoryPage } from "../conversation/types.ts";
import type { Kopecks } from "../shared/kopecks.ts";
import type { Language } from "../shared/localized.ts";
import { batchJson, type StoredBatch, storedBatch } from "./batch-json.ts";
import { catalogRevision, revisionJson } from "./catalog-revision.ts";
import type { Database } from "./client.ts";
import { type FreeUse, freeUseRow, lastFreeUse } from "./free.ts";
import { type GenerationWithOutputs, generationJson, generationWithOutputs } from "./generation-json.ts";
import { operationRow, operationsPage, toOperations } from "./operations.ts";
import { activePromoRow, activePromos } from "./promo.ts";
import { bindReferral } from "./referrals.ts";
import { ledgerLineRow, type UserRow, userRow, usualRow, type WalletRow, walletRow } from "./rows.ts";

/** Who sent an update, as Telegram says it. */
export interface Sender {
  id: number;
  firstName: string;
  username: string | null;
  language: Language;
}

/** What one step of a dialogue may need besides the dialogue itself. */
export interface DialogueNeeds {
  generationId?: string;
  batchId?: string;
  history?: { before: string | null };
  ledgerOf?: string;
  /** A page of all movements of the user's money. */
  operations?: { before: string | null };
  /** What waits in the user's queue: enough of it to offer its end. */
  waiting?: true;
  /** How many results could not be delivered. Counted in any case for somebody who comes back after blocking the bot. */
  undelivered?: true;
  /** Entries whose usual times are wanted besides that of the open draft and its other speeds. */
  usualOf?: readonly string[];
}

export interface DialogueRead {
  user: UserRow | null;
  wallet: WalletRow | null;
  /** 0 for a user without a conversation. */
  revision: number;
  state: unknown;
  /** Of what lies over the catalog's files. */
  catalogRevision: number;
  /** True when this update already did what it does. */
  isDone: boolean;
  /** Seconds, by entry; without those of which not enough is known. */
  usualSecondsOf: Readonly<Record<string, { p50: number; p90: number }>>;
  /** Promo codes that are not used up; the time of some may be over. */
  promos: readonly ActivePromo[];
  /** Free tries of the last day on which there were any. */
  freeUse: FreeUse | null;
  /** The first two of what waits; [] where it was not asked for. */
  waiting: readonly GenerationWithOutputs[];
  /** Null where it was not asked for. */
  undelivered: number | null;
  generation: GenerationWithOutputs | null;
  batch: StoredBatch | null;
  history: { items: readonly GenerationWithOutputs[]; next: HistoryPage["next"] } | null;
  ledgerLines: ReturnType<typeof ledgerLineRow.parse>[];
  operations: { items: readonly Operation[]; next: string | null } | null;
}

export const HISTORY_PAGE = 8;

const readSchema = z.lazy(() =>
  z.object({
    user: userRow.nullable(),
    wallet: walletRow.nullable(),
    revision: z.number().nullable(),
    state: z.unknown(),
    catalog_revision: revisionJson,
    update_status: z.string().nullable(),
    usual: z.record(z.string(), usualRow).nullable(),
    promos: z.array(activePromoRow).nullable(),
    free_use: freeUseRow.nullable(),
    waiting: z.array(generationWithOutputs).nullish(),
    undelivered: z.coerce.number().nullable(),
    generation: generationWithOutputs.nullable().optional(),
    batch: storedBatch.nullable().optional(),
    history: z.array(generationWithOutputs).nullable().optional(),
    ledger_lines: z.array(ledgerLineRow).nullable().optional(),
    operations: z.array(operationRow).nullable().optional(),
  }),
);

/** Everything a step of a user's dialogue looks at, in one statement. Generations and batches of other users read as null. */
export async function readDialogue(
  database: Database,
  input: { userId: number; updateId: number; needs: DialogueNeeds },
): Promise<DialogueRead> {
  const { userId, updateId, needs } = input;
  const parts: SQL[] = [
    sql`to_jsonb(u) as "user"`,
    sql`to_jsonb(w) as wallet`,
    sql`c.revision`,
    sql`c.state`,
    sql`${catalogRevision} as catalog_revision`,
    sql`(select status from updates where update_id = ${updateId}::bigint) as update_status`,
    sql`(select jsonb_object_agg(t.entry_key, to_jsonb(t)) from usual_times t where t.entry_key = c.state #>> '{draft,entryKey}' or c.state #> '{draft,otherSpeeds}' ? t.entry_key or ${JSON.stringify(needs.usualOf ?? [])}::jsonb ? t.entry_key) as usual`,
    sql`${activePromos(userId)} as promos`,
    sql`${lastFreeUse(userId)} as free_use`,
  ];
  parts.push(
    sql`case when ${needs.undelivered === true} or not coalesce(u.reachable, true) then (${countOfUndelivered(userId)}) end as undelivered`,
  );
  if (needs.waiting === true) {
    parts.push(sql`(select jsonb_agg(first.item) from (
      select ${generationJson(sql`g`)} as item from generations g where g.user_id = ${userId}::bigint and g.state = 'queued'
      order by g.priority, g.created_at, g.id limit 2) first) as waiting`);
  }
  if (needs.generationId !== undefined) {
    parts.push(
      sql`(select ${generationJson(sql`g`)} from generations g where g.id = ${needs.generationId} and g.user_id = ${userId}::bigint) as generation`,
    );
  }
  if (needs.batchId !== undefined) {
    parts.push(
      sql`(select ${batchJson(sql`b`)} from batches b where b.id = ${needs.batchId} and b.user_id = ${userId}::bigint) as batch`,
    );
  }
  if (needs.history !== undefined) {
    parts.push(sql`(select jsonb_agg(page.item) from (${historyPage(userId, needs.history.before)}) page) as history`);
  }
  if (needs.ledgerOf !== undefined) {
    parts.push(
      sql`(select jsonb_agg(to_jsonb(t) order by t.created_at, t.id) from transfers t where t.generation_id = ${needs.ledgerOf} and t.user_id = ${userId}::bigint) as ledger_lines`,
    );
  }
  if (needs.operations !== undefined) {
    const page = operationsPage(userId, needs.operations.before);
    parts.push(sql`(select jsonb_agg(page.item) from (${page}) page) as operations`);
  }
  const [row] = await database.read(
    sql`select ${sql.join(parts, sql`, `)} from (select 1) one left join users u on u.id = ${userId}::bigint left join conversations c on c.user_id = ${userId}::bigint left join wallets w on w.user_id = ${userId}::bigint`,
  );
  const read = readSchema.parse(row);
  const items = read.history ?? [];
  return {
    user: read.user,
    wallet: read.wallet,
    revision: read.revision ?? 0,
    state: read.state,
    catalogRevision: read.catalog_revision,
    isDone: read.update_status === "done",
    usualSecondsOf: read.usual ?? {},
    promos: read.promos ?? [],
    freeUse: read.free_use,
    waiting: read.waiting ?? [],
    undelivered: read.undelivered,
    generation: read.generation ?? null,
    batch: read.batch ?? null,
    history:
      needs.history === undefined
        ? null
        : {
            items: items.slice(0, HISTORY_PAGE),
            next: items.length > HISTORY_PAGE ? cursorOf(items[HISTORY_PAGE - 1]) : null,
          },
    ledgerLines: read.ledger_lines ?? [],
    operations: needs.operations === undefined ? null : toOperations(read.operations ?? [], needs.operations.before),
  };
}

/** Only among the newest, so that it costs the same whatever somebody has made before. */
function countOfUndelivered(userId: number): SQL {
  return sql`select count(*) from (${newestOf(userId)}) newest where newest.state = 'undeliverable'`;
}

function newestOf(userId: number): SQL {
  return sql`select g.id, g.state, g.created_at from generations g where g.user_id = ${userId}::bigint
    order by g.created_at desc nulls last, g.id desc nulls last limit 100`;
}

/** Ids of a user's results that could not be delivered, oldest first. */
export async function undeliveredOf(database: Database, input: { userId: number; limit: number }): Promise<string[]> {
  const rows = await database.read(sql`
    select newest.id from (${newestOf(input.userId)}) newest where newest.state = 'undeliverable'
    order by newest.created_at, newest.id limit ${input.limit}::int`);
  return rows.map((row) => z.string().parse(row["id"]));
}

/**
 * One more than a page, so that it is known whether an older page exists. Pages by key, as fast on page 100 as on 1, in
 * the order as the index spells it: with any other spelling PostgreSQL sorts all of a user's rows.
 */
function historyPage(userId: number, before: string | null): SQL {
  const older =
    before === null
      ? sql``
      : sql`and (g.created_at, g.id) < (select b.created_at, b.id from generations b where b.id = ${before} and b.user_id = ${userId}::bigint)`;
  return sql`select ${generationJson(sql`g`)} as item from generations g where g.user_id = ${userId}::bigint ${older} order by g.created_at desc nulls last, g.id desc nulls last limit ${sql.raw(String(HISTORY_PAGE + 1))}`;
}

function cursorOf(item: GenerationWithOutputs | undefined): string | null {
  return item?.id ?? null;
}

export interface StepWrite {
  updateId: number;
  sender: Sender;
  /** The revision that was read: 0 for a new user. */
  expectedRevision: number;
  state: unknown;
  now: Date;
  /** Given once, with the first step; a wallet that a credit made before gets it, too. */
  welcomeBonusKopecks: Kopecks;
  /** A status message that another screen takes the place of: its generation, or batch, must not overwrite it later. */
  leftStatus?: { messageId: number } & ({ generationId: string } | { batchId: string });
  /** A model of which the person wants to hear when it works again. */
  waitsFor?: string;
  /** What the person changed in the settings. */
  settings?: { language?: Language; dataSaver?: boolean };
  /** Who brought a new person; it is proved by the statement. */
  referrerId?: number;
}

/**
 * Stores one step: inbox, user, conversation, and for a new user the wallet with its welcome bonus.
 * @returns the new revision, or null when another step was first (read again and decide again).
 */
export async function saveStep(database: Database, step: StepWrite): Promise<number | null> {
  const { sender, now } = step;
  const [row] = await database.query(sql`
    with c as (
      insert into conversations (user_id, revision, state, updated_at)
      select ${sender.id}::bigint, 1, ${JSON.stringify(step.state)}::jsonb, ${now.toISOString()}::timestamptz
      where ${step.expectedRevision}::int = 0
         or exists (select 1 from conversations where user_id = ${sender.id}::bigint)
      on conflict (user_id) do update
        -- A step that only orders something leaves the screen as it is, and so the buttons on it stay current.
        set revision = conversations.revision + (conversations.state is distinct from excluded.state)::int,
          state = excluded.state, updated_at = excluded.updated_at
        where conversations.revision = ${step.expectedRevision}::int
      returning revision
    ), i as (${inboxInsert(step.updateId, sender.id, now)} from c on conflict (update_id) do update set status = 'done', error = null
    ), u as (
      insert into users (id, first_name, username, language, created_at)
      select ${sender.id}::bigint, ${sender.firstName}, ${sender.username}, ${sender.language}, ${now.toISOString()}::timestamptz from c
      on conflict (id) do update set first_name = excluded.first_name, username = excluded.username, reachable = true,
        language = coalesce(${step.settings?.language ?? null}, users.language),
        data_saver = coalesce(${step.settings?.dataSaver ?? null}::boolean, users.data_saver)
    ), t as (
      insert into transfers (id, user_id, kind, kopecks, source, destination, created_at)
      select 'welcome:' || ${sender.id}::bigint, ${sender.id}::bigint, 'credit', ${step.welcomeBonusKopecks.toString()}::bigint, 'welcome', 'bonus', ${now.toISOString()}::timestamptz
      from c where c.revision = 1 and ${step.welcomeBonusKopecks.toString()}::bigint > 0
      on conflict (id) do nothing returning kopecks
    ), w as (
      insert into wallets (user_id, bonus)
      select ${sender.id}::bigint, coalesce((select kopecks from t), 0) from c
      where c.revision = 1 or not exists (select 1 from wallets where user_id = ${sender.id}::bigint)
      on conflict (user_id) do update set bonus = wallets.bonus + excluded.bonus
    )${step.leftStatus === undefined ? sql`` : leaveStatus(sender.id, step.leftStatus)}${step.waitsFor === undefined ? sql`` : waitFor(sender.id, step.waitsFor, now)}${step.referrerId === undefined ? sql`` : sql`, rf as (${bindReferral(sender.id, step.referrerId, now)})`}
    select revision from c`);
  return row === undefined ? null : z.number().parse(row["revision"]);
}

function leaveStatus(userId: number, left: NonNullable<StepWrite["leftStatus"]>): SQL {
  const [table, id] = "batchId" in left ? [sql`batches`, left.batchId] : [sql`generations`, left.generationId];
  return sql`, s as (
      update ${table} set status_message_id = null from c
      where ${table}.id = ${id} and ${table}.user_id = ${userId}::bigint and ${table}.status_message_id = ${left.messageId}::int
    )`;
}

function waitFor(userId: number, entryKey: string, now: Date): SQL {
  return sql`, h as (
      insert into health_waits (entry_key, user_id, created_at)
      select ${entryKey}, ${userId}::bigint, ${now.toISOString()}::timestamptz from c
      on conflict (entry_key, user_id) do nothing
    )`;
}

/** `insert into updates … select …`, to be finished by the caller's FROM. */
export function inboxInsert(updateId: number, userId: number, now: Date): SQL {
  return sql`insert into updates (update_id, user_id, status, attempts, received_at) select ${updateId}::bigint, ${userId}::bigint, 'done', 1, ${now.toISOString()}::timestamptz`;
}

/** Remembers which message shows the screen; another step in between makes it moot. */
export async function saveScreenMessage(
  database: Database,
  input: { userId: number; revision: number; messageId: number },
): Promise<void> {
  await database.query(
    sql`update conversations set state = jsonb_set(state, '{messageId}', to_jsonb(${input.messageId}::int)) where user_id = ${input.userId}::bigint and revision = ${input.revision}::int`,
  );
}

/**
 * Counts a failing update.
 * @returns how often it has failed now; at `giveUpAt` the row is marked failed.
 */
export async function countFailure(
  database: Database,
  input: { updateId: number; userId: number | null; error: string; giveUpAt: number; now: Date },
): Promise<number> {
  const [row] = await database.query(sql`
    insert into updates (update_id, user_id, status, attempts, error, received_at)
    values (${input.updateId}::bigint, ${input.userId}::bigint, case when 1 >= ${input.giveUpAt}::int then 'failed' else 'failing' end, 1, ${input.error}, ${input.now.toISOString()}::timestamptz)
    on conflict (update_id) do update set
      attempts = updates.attempts + 1,
      error = excluded.error,
      status = case when updates.status = 'done' then 'done' when updates.attempts + 1 >= ${input.giveUpAt}::int then 'failed' else 'failing' end
    returning attempts`);
  return z.number().parse(row?.["attempts"]);
}

/** Telegram said that the user blocked the bot, or came back. */
export async function setReachable(database: Database, userId: number, isReachable: boolean): Promise<void> {
  await database.query(sql`update users set reachable = ${isReachable} where id = ${userId}::bigint`);
}
