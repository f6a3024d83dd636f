import { type SQL, sql } from "drizzle-orm";
import * as z from "zod";
import type { FailureCause } from "../faults/causes.ts";
import type { GenerationState } from "../generation/states.ts";
import type { Settlement } from "../ledger/settlement.ts";
import type { KieApi } from "../shared/kie-api.ts";
import type { OutputKind } from "../shared/media.ts";
import { batchItemEnded } from "./batches.ts";
import { type PauseInput, pauseCtes } from "./breaker.ts";
import { catalogRevision } from "./catalog-revision.ts";
import type { Database } from "./client.ts";
import { freeReturn } from "./free.ts";
import { generationJson } from "./generation-json.ts";
import { type OwnedGeneration, ownedSchema, ownerColumns, uploadsOf } from "./owned-generation.ts";
import { discountReturn } from "./promo.ts";
import { nextOfOwner } from "./queue.ts";

/** One generation, or null. One statement. */
export async function readGeneration(database: Database, generationId: string): Promise<OwnedGeneration | null> {
  const [row] = await database.read(sql`
    select ${generationJson(sql`g`)} as item, ${ownerColumns}, ${uploadsOf(sql`g`)} as uploads
    from generations g join users u on u.id = g.user_id join wallets w on w.user_id = g.user_id
    where g.id = ${generationId}`);
  return row === undefined ? null : ownedSchema.parse(row);
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
    /** A picture of it that the provider made. */
    previewUrl: string | null;
  }[];
  creditsConsumed: number | null;
  /** The Moscow day and hour of a free try that comes back; absent where none does. */
  freeReturned?: { day: string; hour: string };
  month: string;
  /** The caller delivers or tells at once; somebody else may from then on. */
  leaseUntil: Date;
  /** Nothing is owed any more: the user saw it happen. */
  isTold: boolean;
  /** Opens the circuit breaker; null leaves selling as it is. */
  pause: PauseInput | null;
  /** Written in the same statement: an alert to the operators, once per id. */
  alert: { id: string; adminIds: readonly number[]; payload: Record<string, unknown> } | null;
  now: Date;
}

export interface OutcomeAnswer {
  generation: OwnedGeneration;
  /**
   * The batch it belongs to, whose delivery brings it while the batch is not told. `isComplete`: this was the last item
   * under way, and the caller holds the lease for that delivery.
   */
  batch: { id: string; isComplete: boolean; isTold: boolean } | null;
  /** The owner's next generation that waits for the place this one gave back. */
  nextQueuedId: string | null;
}

const endedBatch = z.lazy(() =>
  z
    .object({ id: z.string(), remaining: z.number().nullable(), is_told: z.boolean() })
    .transform(({ id, remaining, is_told }) => ({ id, isComplete: remaining === 0, isTold: is_told }))
    .nullable(),
);

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
      preview_url: output.previewUrl,
    })),
  );
  // An item of a batch is told by the batch. A late success comes when its batch may have been told: then it has itself
  // to see to it, and waits for the batch where that comes first.
  const leaseUntil = sql`${input.leaseUntil.toISOString()}::timestamptz`;
  const byItself = settlement === null ? leaseUntil : sql`case when batch_id is null then ${leaseUntil} end`;
  const tellBy = input.isTold ? sql`null` : byItself;
  const [row] = await database.query(sql`
    with g as (
      update generations set state = ${input.to}, posted_kopecks = coalesce(posted_kopecks, ${posted}::bigint),
        loss = loss or ${input.isLoss}, task_id = coalesce(task_id, ${input.taskId}),
        failure = ${input.failure?.cause ?? null}, failure_code = ${input.failure?.code ?? null},
        credits_consumed = ${input.creditsConsumed}::float8, finished_at = ${now}, rate_waiting = false,
        told_at = ${input.isTold ? now : sql`null`},
        done_message_id = null, delivery_attempts = 0,
        lease_until = ${tellBy}, due_at = ${tellBy}
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
    )${settlement === null ? sql`` : sql`, b as (${batchItemEnded(input.leaseUntil)})`}${offersBack(input)}, o as (
      insert into outputs (generation_id, position, kind, url, text, expires_at, title, duration_seconds, external_id, preview_url)
      select g.id, made.position, made.kind, made.url, made.text, made.expires_at, made.title, made.duration_seconds, made.external_id, made.preview_url
      from g, jsonb_to_recordset(${outputs}::jsonb) as made (position int, kind text, url text, text text, expires_at timestamptz, title text, duration_seconds float8, external_id text, preview_url text)
      on conflict do nothing
      returning *
    )${input.pause === null ? sql`` : sql`, ${pauseCtes(sql`g`, input.pause)}`}, a as (
      insert into outbox (id, user_id, kind, payload, due_at, created_at)
      select ${input.alert?.id ?? ""} || ':' || admin.id, admin.id::bigint, 'alert', ${JSON.stringify(input.alert?.payload ?? {})}::jsonb, ${now}, ${now}
      from g, jsonb_array_elements_text(${JSON.stringify(input.alert?.adminIds ?? [])}::jsonb) as admin (id)
      on conflict (id) do nothing
    )
    select jsonb_build_object('generation', to_jsonb(g), 'ahead', null,
        'outputs', (select jsonb_agg(to_jsonb(o) order by o.position) from o),
        'usual', (select to_jsonb(s) from usual_times s where s.entry_key = g.entry_key)) as item,
      u.language, u.first_name, u.reachable, u.data_saver, wu.main::text as main, wu.bonus::text as bonus, wu.held::text as held,
      null::jsonb as uploads, ${catalogRevision} as catalog_revision,
      case when g.batch_id is not null then jsonb_build_object('id', g.batch_id,
        'remaining', ${settlement === null ? sql`null` : sql`(select remaining from b)`},
        'is_told', (select told_at is not null from batches where id = g.batch_id)) end as batch,
      (${nextOfOwner}) as next_queued
    from g join wu on wu.user_id = g.user_id join users u on u.id = g.user_id`);
  if (row === undefined) return null;
  return {
    generation: ownedSchema.parse(row),
    batch: endedBatch.parse(row["batch"]),
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
