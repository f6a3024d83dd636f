import { type SQL, sql } from "drizzle-orm";
import * as z from "zod";
import type { FailureCause } from "../faults/causes.ts";
import type { GenerationState } from "../generation/states.ts";
import type { Settlement } from "../ledger/settlement.ts";
import type { KieApi } from "../shared/kie-api.ts";
import type { OutputKind } from "../shared/media.ts";
import { catalogRevision } from "./catalog-revision.ts";
import type { Database } from "./client.ts";
import { freeReturn } from "./free.ts";
import { generationJson } from "./generation-json.ts";
import { SELLING_PAUSED } from "./holds.ts";
import { type OwnedGeneration, ownedSchema, ownerColumns, uploadsOf } from "./owned-generation.ts";
import { discountReturn } from "./promo.ts";

/** One generation, or null. One statement. */
export async function readGeneration(database: Database, generationId: string): Promise<OwnedGeneration | null> {
  const [row] = await database.read(sql`
    select ${generationJson(sql`g`)} as item, ${ownerColumns}, ${uploadsOf(sql`g`)} as uploads
    from generations g join users u on u.id = g.user_id join wallets w on w.user_id = g.user_id
    where g.id = ${generationId}`);
  return row === undefined ? null : ownedSchema.parse(row);
}

export interface ClaimInput {
  generationId: string;
  runningLimit: number;
  rate: { name: string; limit: number; windowSeconds: number };
  /** Where createTask goes. */
  api: KieApi;
  /** Links of files that were just stored at KIE. */
  uploaded: readonly { uploadId: string; url: string; expiresAt: Date }[];
  deadlineAt: Date;
  dueAt: Date;
  now: Date;
}

/** `not-queued`: somebody else took it, or it is over. */
export type ClaimAnswer = "claimed" | "not-queued" | "running-limit" | "rate-limit";

/**
 * Takes the per-user limit and a place in the account's rate window, and writes `submitting`: createTask is called
 * right after, and never again for this generation unless KIE says that nothing was created.
 */
export async function claimForSubmit(database: Database, input: ClaimInput): Promise<ClaimAnswer> {
  const now = sql`${input.now.toISOString()}::timestamptz`;
  const windowStart = new Date(
    Math.floor(input.now.getTime() / (input.rate.windowSeconds * 1000)) * input.rate.windowSeconds * 1000,
  );
  const [row] = await database.query(sql`
    with g as (
      select id, user_id from generations where id = ${input.generationId} and state = 'queued' for update
    ), w as (
      select wallets.user_id, wallets.running from wallets join g on g.user_id = wallets.user_id for update of wallets
    ), b as (
      insert into rate_buckets (name, window_start, used)
      select ${input.rate.name}, ${windowStart.toISOString()}::timestamptz, 1 from w where w.running < ${input.runningLimit}::int
      on conflict (name) do update set
        used = case when rate_buckets.window_start >= excluded.window_start then rate_buckets.used + 1 else 1 end,
        window_start = greatest(rate_buckets.window_start, excluded.window_start)
        where rate_buckets.window_start < excluded.window_start or rate_buckets.used < ${input.rate.limit}::int
      returning used
    ), gu as (
      update generations set state = 'submitting', attempt = attempt + 1, submitted_at = ${now}, task_id = null, api = ${input.api},
        deadline_at = ${input.deadlineAt.toISOString()}::timestamptz, due_at = ${input.dueAt.toISOString()}::timestamptz
      from b where generations.id = ${input.generationId} returning generations.user_id
    ), wu as (
      update wallets set queued = wallets.queued - 1, running = wallets.running + 1
      from gu where wallets.user_id = gu.user_id
    ), f as (
      update uploads set kie_url = fresh.url, kie_expires_at = fresh.expires_at
      from gu, jsonb_to_recordset(${JSON.stringify(
        input.uploaded.map((upload) => ({
          id: upload.uploadId,
          url: upload.url,
          expires_at: upload.expiresAt.toISOString(),
        })),
      )}::jsonb) as fresh (id text, url text, expires_at timestamptz)
      where uploads.id = fresh.id and uploads.user_id = gu.user_id
    )
    select exists (select 1 from gu) as claimed, exists (select 1 from g) as queued,
      (select running from w) as running`);
  const answer = z.object({ claimed: z.boolean(), queued: z.boolean(), running: z.number().nullable() }).parse(row);
  if (answer.claimed) return "claimed";
  if (!answer.queued) return "not-queued";
  return (answer.running ?? 0) >= input.runningLimit ? "running-limit" : "rate-limit";
}

/** KIE's task id becomes known. Ignored when a callback was faster. */
export async function saveTaskId(
  database: Database,
  input: { generationId: string; taskId: string },
): Promise<boolean> {
  const rows = await database.query(sql`
    update generations set state = 'submitted', task_id = ${input.taskId}
    where id = ${input.generationId} and state = 'submitting' and (task_id is null or task_id = ${input.taskId})
    returning id`);
  return rows.length > 0;
}

/**
 * KIE knows no such model where it was asked, and the same is asked for elsewhere. Written before the second call, so
 * that the record is looked for in the right place, and so that nobody can make the call twice: it is allowed to whoever
 * changed the row.
 *
 * @param input.submittedAt the claim that the refused call belongs to.
 * @returns false when the generation is no longer in the hands of that claim: then nothing may be called.
 */
export async function changeRoute(
  database: Database,
  input: { generationId: string; submittedAt: Date; from: KieApi; to: KieApi },
): Promise<boolean> {
  const rows = await database.query(sql`
    update generations set api = ${input.to}
    where id = ${input.generationId} and state = 'submitting' and task_id is null
      and submitted_at = ${input.submittedAt.toISOString()}::timestamptz and api = ${input.from}
    returning id`);
  return rows.length > 0;
}

/** KIE created nothing and may later: back into our queue, the limit given back. `failure`: why it has to wait. */
export async function returnToQueue(
  database: Database,
  input: {
    generationId: string;
    failure?: { cause: FailureCause; code: string } | null;
    deadlineAt: Date;
    dueAt: Date;
  },
): Promise<boolean> {
  const rows = await database.query(sql`
    with g as (
      update generations set state = 'queued', due_at = ${input.dueAt.toISOString()}::timestamptz,
        deadline_at = ${input.deadlineAt.toISOString()}::timestamptz,
        failure = ${input.failure?.cause ?? null}, failure_code = ${input.failure?.code ?? null}
      where id = ${input.generationId} and state = 'submitting' and task_id is null returning user_id
    ), w as (
      update wallets set queued = wallets.queued + 1, running = wallets.running - 1
      from g where wallets.user_id = g.user_id
    )
    select user_id from g`);
  return rows.length > 0;
}

/** A look that found nothing new, or an extension: only the plan changes. */
export async function savePlan(
  database: Database,
  input: { generationId: string; now: Date; dueAt: Date; deadlineAt?: Date; taskId?: string },
): Promise<void> {
  await database.query(sql`
    update generations set looks = looks + 1, last_look_at = ${input.now.toISOString()}::timestamptz,
      due_at = ${input.dueAt.toISOString()}::timestamptz,
      task_id = coalesce(task_id, ${input.taskId ?? null}),
      state = case when state = 'submitting' and coalesce(task_id, ${input.taskId ?? null}) is not null then 'submitted' else state end,
      deadline_at = coalesce(${input.deadlineAt?.toISOString() ?? null}::timestamptz, deadline_at),
      extended = extended or ${input.deadlineAt !== undefined}
    where id = ${input.generationId} and state in ('submitting', 'submitted')`);
}

/** Still queued: try again at `dueAt`. */
export async function postponeQueued(database: Database, input: { generationId: string; dueAt: Date }): Promise<void> {
  await database.query(
    sql`update generations set due_at = ${input.dueAt.toISOString()}::timestamptz where id = ${input.generationId} and state = 'queued'`,
  );
}

export interface OutcomeInput {
  generationId: string;
  from: GenerationState;
  to: GenerationState;
  /** Null when the money was settled before. */
  settlement: Settlement | null;
  wasRunning: boolean;
  wasQueued: boolean;
  isLoss: boolean;
  taskId: string | null;
  failure: { cause: FailureCause; code: string | null } | null;
  outputs: readonly {
    kind: OutputKind;
    /** Null for words. */
    url: string | null;
    text: string | null;
    expiresAt: Date;
    title: string | null;
    durationSeconds: number | null;
    externalId: string | null;
  }[];
  creditsConsumed: number | null;
  /** The Moscow day and hour of a free try that comes back; absent where none does. */
  freeReturned?: { day: string; hour: string };
  month: string;
  /** The caller delivers or tells at once; somebody else may from then on. */
  leaseUntil: Date;
  /** Stops new holds of everybody until then; null leaves selling as it is. */
  pauseUntil: Date | null;
  /** Written in the same statement: an alert to the operators, once per id. */
  alert: { id: string; adminIds: readonly number[]; payload: Record<string, unknown> } | null;
  now: Date;
}

export interface OutcomeAnswer {
  generation: OwnedGeneration;
  /** The owner's next generation that waits for the place this one gave back. */
  nextQueuedId: string | null;
}

/**
 * The guarded transition to an outcome: state, money, outputs, counters, delivery lease and alert, in one statement.
 * @returns null when the generation was no longer in `from`: somebody else was first.
 */
export async function recordOutcome(database: Database, input: OutcomeInput): Promise<OutcomeAnswer | null> {
  const now = sql`${input.now.toISOString()}::timestamptz`;
  const settlement = input.settlement;
  const posted = settlement === null ? null : settlement.postedKopecks.toString();
  const mainBack = sql`${(settlement?.mainBack ?? 0n).toString()}::bigint`;
  const bonusBack = sql`${(settlement?.bonusBack ?? 0n).toString()}::bigint`;
  const settled = sql`${((settlement?.postedKopecks ?? 0n) + (settlement?.mainBack ?? 0n) + (settlement?.bonusBack ?? 0n)).toString()}::bigint`;
  const transfers = JSON.stringify(
    (settlement?.transfers ?? []).map((transfer) => ({ ...transfer, kopecks: transfer.kopecks.toString() })),
  );
  const outputs = JSON.stringify(
    input.outputs.map((output, position) => ({
      position,
      kind: output.kind,
      url: output.url,
      text: output.text,
      expires_at: output.expiresAt.toISOString(),
      title: output.title,
      duration_seconds: output.durationSeconds,
      external_id: output.externalId,
    })),
  );
  const [row] = await database.query(sql`
    with g as (
      update generations set state = ${input.to}, posted_kopecks = coalesce(posted_kopecks, ${posted}::bigint),
        loss = loss or ${input.isLoss}, task_id = coalesce(task_id, ${input.taskId}),
        failure = ${input.failure?.cause ?? null}, failure_code = ${input.failure?.code ?? null},
        credits_consumed = ${input.creditsConsumed}::float8, finished_at = ${now}, told_at = null,
        done_message_id = null, delivery_attempts = 0,
        lease_until = ${input.leaseUntil.toISOString()}::timestamptz, due_at = ${input.leaseUntil.toISOString()}::timestamptz
      where id = ${input.generationId} and state = ${input.from}
        and (${posted}::bigint is null or posted_kopecks is null)
      returning *
    ), t as (
      insert into transfers (id, user_id, kind, kopecks, source, destination, generation_id, created_at)
      select moved.id, g.user_id, moved.kind, moved.kopecks, moved.source, moved.destination, g.id, ${now}
      from g, jsonb_to_recordset(${transfers}::jsonb) as moved (id text, kind text, kopecks bigint, source text, destination text)
    ), w as (
      select wallets.* from wallets join g on g.user_id = wallets.user_id for update of wallets
    ), owed as (
      -- A chargeback came while the money was held: what returns pays the debt at once, as every credit does.
      select user_id, least(debt, ${mainBack}) as from_main, least(debt - least(debt, ${mainBack}), ${bonusBack}) as from_bonus
      from w
    ), td as (
      insert into transfers (id, user_id, kind, kopecks, source, destination, generation_id, created_at)
      select 'gen:' || g.id || ':void:' || part.account || ':debt', g.user_id, 'adjust', part.kopecks, part.account, 'debt', g.id, ${now}
      from g, owed, lateral (values ('main', owed.from_main), ('bonus', owed.from_bonus)) as part (account, kopecks)
      where part.kopecks > 0
    ), wu as (
      -- From the locked row, not from the statement's older snapshot, whose sums a CHECK could refuse.
      update wallets set held = w.held - ${settled}, debt = w.debt - owed.from_main - owed.from_bonus,
        main = w.main + ${mainBack} - owed.from_main, bonus = w.bonus + ${bonusBack} - owed.from_bonus,
        running = w.running - ${input.wasRunning ? 1 : 0}::int, queued = w.queued - ${input.wasQueued ? 1 : 0}::int,
        spent = case when w.spent_month = ${input.month} then greatest(w.spent - ${mainBack} - ${bonusBack}, 0) else w.spent end
      from w join owed on owed.user_id = w.user_id where wallets.user_id = w.user_id
      returning wallets.user_id, wallets.main, wallets.bonus, wallets.held
    )${offersBack(input)}, o as (
      insert into outputs (generation_id, position, kind, url, text, expires_at, title, duration_seconds, external_id)
      select g.id, made.position, made.kind, made.url, made.text, made.expires_at, made.title, made.duration_seconds, made.external_id
      from g, jsonb_to_recordset(${outputs}::jsonb) as made (position int, kind text, url text, text text, expires_at timestamptz, title text, duration_seconds float8, external_id text)
      on conflict do nothing
      returning *
    ), p as (
      insert into settings (key, value, updated_at)
      select ${SELLING_PAUSED}, jsonb_build_object('until', ${input.pauseUntil?.toISOString() ?? null}::text), ${now}
      from g where ${input.pauseUntil !== null}
      on conflict (key) do update set value = excluded.value, updated_at = excluded.updated_at
    ), a as (
      insert into outbox (id, user_id, kind, payload, due_at, created_at)
      select ${input.alert?.id ?? ""} || ':' || admin.id, admin.id::bigint, 'alert', ${JSON.stringify(input.alert?.payload ?? {})}::jsonb, ${now}, ${now}
      from g, jsonb_array_elements_text(${JSON.stringify(input.alert?.adminIds ?? [])}::jsonb) as admin (id)
      on conflict (id) do nothing
    )
    select jsonb_build_object('generation', to_jsonb(g), 'ahead', null,
        'outputs', (select jsonb_agg(to_jsonb(o) order by o.position) from o),
        'usual', (select to_jsonb(s) from usual_times s where s.entry_key = g.entry_key)) as item,
      u.language, u.first_name, u.reachable, wu.main::text as main, wu.bonus::text as bonus, wu.held::text as held,
      null::jsonb as uploads, ${catalogRevision} as catalog_revision,
      (select q.id from generations q where q.user_id = g.user_id and q.state = 'queued' and q.id <> g.id order by q.created_at, q.id limit 1) as next_queued
    from g join wu on wu.user_id = g.user_id join users u on u.id = g.user_id`);
  if (row === undefined) return null;
  return {
    generation: ownedSchema.parse(row),
    nextQueuedId: z.string().nullable().parse(row["next_queued"]),
  };
}

/** What is free of money but not of limits comes back as well: the discount's generation, the free try. */
function offersBack({ settlement, generationId, freeReturned }: OutcomeInput): SQL {
  const isVoid = settlement?.postedKopecks === 0n;
  return sql.join([
    isVoid ? sql`, discount_back as (${discountReturn(generationId)})` : sql``,
    isVoid && freeReturned !== undefined ? sql`, free_back as (${freeReturn(freeReturned)})` : sql``,
  ]);
}
