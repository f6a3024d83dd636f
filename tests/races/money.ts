import { expect } from "vitest";
import type { Database } from "../../lib/db/client.ts";
import type { OutcomeInput } from "../../lib/db/generations.ts";
import { type HoldInput, holdForGeneration } from "../../lib/db/holds.ts";
import { type ClaimInput, claimForSubmit } from "../../lib/db/queue.ts";
import { credit } from "../../lib/db/wallets.ts";
import type { GenerationEvent } from "../../lib/generation/life-cycle.ts";
import { isRunning, transition } from "../../lib/generation/life-cycle.ts";
import { settleHold, spendingMonth } from "../../lib/ledger/settlement.ts";
import { addSeconds } from "../../lib/shared/clock.ts";
import type { TestDatabase } from "../support/database.ts";

export const NOW = new Date("2026-11-20T11:03:00Z");
export const PRICE = 100n;
const STATE = { v: 1, screen: { kind: "menu" }, messageId: 5, draft: null, pending: null, albumId: null } as const;

let lastUpdateId = 1_000_000;
export const nextUpdateId = (): number => {
  lastUpdateId += 1;
  return lastUpdateId;
};

/** A person with money, at revision 1 of the dialogue. The money comes through the ledger. */
export async function makePerson(
  { db, database }: { db: TestDatabase; database: Database },
  userId: number,
  balance: { main?: bigint; bonus?: bigint },
): Promise<void> {
  await db.rows("insert into users (id, first_name, language, created_at) values ($1, 'Анна', 'ru', $2)", [
    userId,
    NOW.toISOString(),
  ]);
  await db.rows("insert into conversations (user_id, revision, state, updated_at) values ($1, 1, $2, $3)", [
    userId,
    JSON.stringify(STATE),
    NOW.toISOString(),
  ]);
  await db.rows("insert into wallets (user_id) values ($1)", [userId]);
  for (const account of ["main", "bonus"] as const) {
    const kopecks = balance[account] ?? 0n;
    if (kopecks === 0n) continue;
    await credit(database, {
      id: `sandbox:${userId}:${account}`,
      userId,
      kopecks,
      account,
      source: "sandbox",
      reason: null,
      now: NOW,
    });
  }
}

/** What ✅ asks of the database, for a generation of the given id. */
export function holdOf(userId: number, generationId: string, fields: Partial<HoldInput> = {}): HoldInput {
  const now = fields.now ?? NOW;
  const holdKopecks = fields.holdKopecks ?? PRICE;
  return {
    updateId: nextUpdateId(),
    userId,
    expectedRevision: 1,
    state: { ...STATE, screen: { kind: "generation", generationId } },
    generation: {
      id: generationId,
      entryKey: "z-image",
      values: { prompt: "Море" },
      mode: "real",
      priceKopecks: holdKopecks,
      callbackToken: "token",
      statusMessageId: 5,
      deadlineAt: addSeconds(now, 3_600),
      dueAt: addSeconds(now, 45),
    },
    holdKopecks,
    queueLimit: 1_000,
    month: spendingMonth(now),
    now,
    ...fields,
  };
}

/** A queued generation of a person, one revision further. */
export async function queueOne(
  { db, database }: { db: TestDatabase; database: Database },
  userId: number,
  generationId: string,
  fields: Partial<HoldInput> = {},
): Promise<void> {
  const [row] = await db.rows("select revision from conversations where user_id = $1", [userId]);
  const answer = await holdForGeneration(
    database,
    holdOf(userId, generationId, { expectedRevision: Number(row?.["revision"]), ...fields }),
  );
  expect(answer.kind).toBe("held");
}

export function claimOf(generationId: string, fields: Partial<ClaimInput> = {}) {
  const now = fields.now ?? NOW;
  return {
    generationId,
    runningLimit: 3,
    rate: { name: "kie-create", limit: 1_000, windowSeconds: 10 },
    api: "market" as const,
    uploaded: [],
    deadlineAt: addSeconds(now, 1_200),
    dueAt: addSeconds(now, 45),
    now,
    ...fields,
  };
}

/** How a claim ended, in a word. */
export async function claim(database: Database, input: ClaimInput): Promise<string> {
  return (await claimForSubmit(database, input)).kind;
}

/** A generation at KIE. */
export async function submitOne(
  parts: { db: TestDatabase; database: Database },
  userId: number,
  generationId: string,
): Promise<void> {
  await queueOne(parts, userId, generationId);
  expect(await claim(parts.database, claimOf(generationId, { runningLimit: 1_000 }))).toBe("claimed");
}

/** What the outcome service writes for an event, taken from the table; null when the table ignores it. */
export function outcomeOf(
  generation: { id: string; state: OutcomeInput["from"]; heldMain: bigint; heldBonus: bigint },
  event: Extract<
    GenerationEvent,
    "finished" | "errored" | "refused" | "queue-expired" | "cancelled" | "lost" | "overdue"
  >,
  fields: { charge?: bigint; now?: Date; createdAt?: Date } = {},
): OutcomeInput | null {
  const step = transition(generation.state, event);
  if (step === null) return null;
  const now = fields.now ?? NOW;
  const isPost = step.effects.includes("post-hold");
  const settles = isPost || step.effects.includes("void-hold");
  const { id: generationId, heldMain, heldBonus } = generation;
  return {
    generationId,
    from: generation.state,
    to: step.to,
    settlement: settles
      ? settleHold({
          generationId,
          heldMain,
          heldBonus,
          charge: isPost ? (fields.charge ?? heldMain + heldBonus) : 0n,
        })
      : null,
    wasRunning: isRunning(generation.state),
    wasQueued: generation.state === "queued",
    isLoss: step.effects.includes("count-loss"),
    taskId: event === "finished" ? `task-${generationId}` : null,
    failure: event === "finished" ? null : { cause: "other", code: null },
    outputs:
      event === "finished"
        ? [
            {
              kind: "image",
              url: "https://files.example/1.png",
              text: null,
              expiresAt: addSeconds(now, 86_400),
              title: null,
              durationSeconds: null,
              externalId: null,
              previewUrl: null,
            },
          ]
        : [],
    creditsConsumed: null,
    month: spendingMonth(fields.createdAt ?? now),
    leaseUntil: addSeconds(now, 90),
    pause: null,
    isTold: step.effects.every((effect) => effect !== "deliver" && effect !== "tell-failure"),
    alert: null,
    now,
  };
}

/** Fails unless Σ transfers = wallets ≥ 0, the counters equal the states, and each hold is open, posted or voided. */
export async function expectMoneyAddsUp(db: TestDatabase): Promise<void> {
  expect(
    await db.rows(`
      select w.user_id, w.main, w.bonus, w.held, w.debt, w.queued, w.running, w.spent, s.*, c.*, m.spent_sum from wallets w
      cross join lateral (
        select coalesce(sum(case when destination = 'main' then kopecks when source = 'main' then -kopecks end), 0) as main_sum,
          coalesce(sum(case when destination = 'bonus' then kopecks when source = 'bonus' then -kopecks end), 0) as bonus_sum,
          coalesce(sum(case when destination = 'held' then kopecks when source = 'held' then -kopecks end), 0) as held_sum,
          coalesce(sum(case when source = 'debt' then kopecks when destination = 'debt' then -kopecks end), 0) as debt_sum
        from transfers t where t.user_id = w.user_id) s
      cross join lateral (
        select count(*) filter (where state = 'queued') as queued_count,
          count(*) filter (where state in ('submitting', 'submitted')) as running_count
        from generations g where g.user_id = w.user_id) c
      cross join lateral (
        select coalesce(sum(case when t.kind = 'hold' then t.kopecks when t.kind = 'void' then -t.kopecks end), 0) as spent_sum
        from transfers t join generations g on g.id = t.generation_id
        where t.user_id = w.user_id and to_char(g.created_at at time zone 'Europe/Moscow', 'YYYY-MM') = w.spent_month) m
      where (w.main, w.bonus, w.held, w.debt) <> (s.main_sum, s.bonus_sum, s.held_sum, s.debt_sum)
        or (w.queued, w.running) <> (c.queued_count, c.running_count) or w.spent <> m.spent_sum
        or least(w.main, w.bonus, w.held, w.queued, w.running, w.spent, w.debt) < 0`),
  ).toEqual([]);
  expect(
    await db.rows(`
      select g.id, g.state, g.held_main, g.held_bonus, g.posted_kopecks, g.loss, s.* from generations g cross join lateral (
        select coalesce(sum(kopecks) filter (where kind = 'hold'), 0) as held_sum,
          coalesce(sum(kopecks) filter (where kind = 'post'), 0) as post_sum,
          coalesce(sum(kopecks) filter (where kind = 'void'), 0) as void_sum
        from transfers t where t.generation_id = g.id) s
      where s.held_sum <> g.held_main + g.held_bonus
        or (g.posted_kopecks is null) <> (g.state in ('queued', 'submitting', 'submitted'))
        or (g.posted_kopecks is null and s.post_sum + s.void_sum <> 0)
        or (g.posted_kopecks is not null and (s.post_sum <> g.posted_kopecks or s.post_sum + s.void_sum <> s.held_sum))
        or (g.state in ('failed', 'returned', 'expired', 'cancelled') and s.post_sum <> 0)
        or (g.loss and s.post_sum <> 0)`),
  ).toEqual([]);
}
