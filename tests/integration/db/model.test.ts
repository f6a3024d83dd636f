import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Database } from "../../../lib/db/client.ts";
import { leaseTelling, markTold } from "../../../lib/db/delivery.ts";
import { recordOutcome, savePlan, saveTaskId } from "../../../lib/db/generations.ts";
import { holdForGeneration } from "../../../lib/db/holds.ts";
import { returnToQueue } from "../../../lib/db/queue.ts";
import { credit } from "../../../lib/db/wallets.ts";
import { isRunning, transition } from "../../../lib/generation/life-cycle.ts";
import type { GenerationState } from "../../../lib/generation/states.ts";
import { spendingMonth } from "../../../lib/ledger/settlement.ts";
import { addSeconds } from "../../../lib/shared/clock.ts";
import { claim, claimOf, expectMoneyAddsUp, holdOf, makePerson, NOW, outcomeOf } from "../../races/money.ts";
import { type Rig, startRig } from "../../races/rig.ts";
import type { TestDatabase } from "../../support/database.ts";

let rig: Rig;
let db: TestDatabase;
let database: Database;
beforeAll(async () => {
  rig = await startRig();
  ({ db, database } = await rig.open());
});
afterAll(async () => {
  await rig.end();
});

const RUNNING_LIMIT = 2;
const QUEUE_LIMIT = 3;
const OUTCOMES = ["finished", "errored", "refused", "queue-expired", "lost", "overdue"] as const;
/** Where a service may believe a generation to be: it read it a moment ago. */
const BELIEVED = ["queued", "submitting", "submitted", "expired", "returned"] as const;

/** One statement of the product, made `1 + repeats` times: an answer that was lost is asked for again. */
type Command = { repeats: number } & (
  | { kind: "credit"; cause: number; kopecks: bigint; account: "main" | "bonus" }
  | { kind: "hold"; slot: number; kopecks: bigint; isStale: boolean }
  | { kind: "claim" | "accept" | "postpone" | "plan" | "deliver" | "give-up"; slot: number }
  | {
      kind: "outcome";
      slot: number;
      event: (typeof OUTCOMES)[number];
      from: (typeof BELIEVED)[number];
      quarters: bigint;
    }
  | { kind: "outcome-now"; slot: number; event: (typeof OUTCOMES)[number]; quarters: bigint }
);

const slot = fc.integer({ min: 0, max: 3 });
const repeats = fc.constantFrom(0, 0, 1, 2);
const event = fc.constantFrom(...OUTCOMES, "finished" as const, "finished" as const);
const quarters = fc.bigInt({ min: 0n, max: 4n });
const command: fc.Arbitrary<Command> = fc.oneof(
  fc.record({
    kind: fc.constant("credit" as const),
    cause: fc.integer({ min: 0, max: 5 }),
    kopecks: fc.bigInt({ min: 1n, max: 900n }),
    account: fc.constantFrom("main" as const, "bonus" as const),
    repeats,
  }),
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant("hold" as const),
      slot,
      kopecks: fc.bigInt({ min: 0n, max: 500n }),
      isStale: fc.integer({ min: 0, max: 9 }).map((n) => n === 0),
      repeats,
    }),
  },
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constantFrom(
        ...(["claim", "claim", "accept", "accept", "postpone", "plan", "deliver", "give-up"] as const),
      ),
      slot,
      repeats,
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant("outcome" as const),
      slot,
      event,
      from: fc.constantFrom(...BELIEVED),
      quarters,
      repeats,
    }),
  },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant("outcome-now" as const), slot, event, quarters, repeats }) },
);

interface ModelGeneration {
  id: string;
  state: GenerationState;
  heldMain: bigint;
  heldBonus: bigint;
  posted: bigint | null;
  loss: boolean;
  taskId: string | null;
  createdAt: Date;
  isTold: boolean;
}

/** The house in memory: one person's money, counters and generations. */
class Model {
  readonly userId: number;
  main = 0n;
  bonus = 0n;
  spent = 0n;
  spentMonth = "";
  revision = 1;
  readonly causes = new Set<number>();
  readonly generations = new Map<number, ModelGeneration>();

  constructor(userId: number) {
    this.userId = userId;
  }

  idOf(slotNumber: number): string {
    return `m${this.userId}-${slotNumber}`;
  }
  count(matches: (state: GenerationState) => boolean): number {
    return [...this.generations.values()].filter((generation) => matches(generation.state)).length;
  }
  get held(): bigint {
    let held = 0n;
    for (const one of this.generations.values()) if (one.posted === null) held += one.heldMain + one.heldBonus;
    return held;
  }
}

/** What the first of the repeats must answer; the others must answer that there was nothing to do. */
async function expectAnswer<T>(run: () => Promise<T>, times: number, first: T, then: T): Promise<void> {
  for (let attempt = 0; attempt < times; attempt += 1) expect(await run()).toEqual(attempt === 0 ? first : then);
}

async function runCommand(model: Model, given: Command, now: Date, seenUpdates: number): Promise<void> {
  const times = 1 + given.repeats;
  const { userId } = model;
  if (given.kind === "credit") {
    const isNew = !model.causes.has(given.cause);
    model.causes.add(given.cause);
    if (isNew) model[given.account] += given.kopecks;
    const run = async () =>
      (
        await credit(database, {
          id: `sandbox:${userId}:${given.cause}`,
          userId,
          kopecks: given.kopecks,
          account: given.account,
          source: "sandbox",
          reason: null,
          now,
        })
      ).applied;
    return await expectAnswer(run, times, isNew, false);
  }
  const id = model.idOf(given.slot);
  const known = model.generations.get(given.slot);
  if (given.kind === "hold") {
    const input = holdOf(userId, id, {
      updateId: seenUpdates,
      expectedRevision: given.isStale ? model.revision + 7 : model.revision,
      holdKopecks: given.kopecks,
      queueLimit: QUEUE_LIMIT,
      now,
    });
    const run = async () => {
      const answer = await holdForGeneration(database, input);
      return answer.kind === "refused" ? answer.refusal.code : answer.kind;
    };
    if (given.isStale || known !== undefined) return await expectAnswer(run, times, "stale", "stale");
    if (model.main + model.bonus < given.kopecks) return await expectAnswer(run, times, "low-balance", "low-balance");
    if (model.count((state) => state === "queued") >= QUEUE_LIMIT) {
      return await expectAnswer(run, times, "queue-full", "queue-full");
    }
    const heldBonus = model.bonus < given.kopecks ? model.bonus : given.kopecks;
    const heldMain = given.kopecks - heldBonus;
    model.bonus -= heldBonus;
    model.main -= heldMain;
    model.revision += 1;
    const month = spendingMonth(now);
    model.spent = (model.spentMonth === month ? model.spent : 0n) + given.kopecks;
    model.spentMonth = month;
    const fresh = { state: "queued", posted: null, loss: false, taskId: null, isTold: false } as const;
    model.generations.set(given.slot, { ...fresh, id, heldMain, heldBonus, createdAt: now });
    return await expectAnswer(run, times, "held", "stale");
  }
  switch (given.kind) {
    case "claim": {
      const run = () => claim(database, claimOf(id, { runningLimit: RUNNING_LIMIT, now }));
      if (known?.state !== "queued") return await expectAnswer(run, times, "not-queued", "not-queued");
      if (model.count(isRunning) >= RUNNING_LIMIT) {
        return await expectAnswer(run, times, "running-limit", "running-limit");
      }
      Object.assign(known, { state: "submitting", taskId: null });
      return await expectAnswer(run, times, "claimed", "not-queued");
    }
    case "accept": {
      const can = known?.state === "submitting";
      if (can) Object.assign(known, { state: "submitted", taskId: `t-${id}` });
      return await expectAnswer(() => saveTaskId(database, { generationId: id, taskId: `t-${id}` }), times, can, false);
    }
    case "postpone": {
      const can = known?.state === "submitting" && known.taskId === null;
      if (can) known.state = "queued";
      const run = () => returnToQueue(database, { generationId: id, deadlineAt: now, dueAt: now, failure: null });
      return await expectAnswer(run, times, can, false);
    }
    case "plan": {
      if (known !== undefined && isRunning(known.state)) {
        Object.assign(known, { state: "submitted", taskId: known.taskId ?? `h-${id}` });
      }
      const run = () => savePlan(database, { generationId: id, now, dueAt: now, taskId: `h-${id}` });
      return await expectAnswer(run, times, undefined, undefined);
    }
    case "deliver":
    case "give-up": {
      const step =
        known === undefined ? null : transition(known.state, given.kind === "deliver" ? "delivered" : "unreachable");
      if (known === undefined || step === null) return;
      const from = known.state;
      Object.assign(known, { state: step.to, isTold: true });
      await leaseTelling(database, { generationId: id, state: from, now, leaseUntil: addSeconds(now, 90) });
      const run = () => markTold(database, { generationId: id, from, to: step.to, now, files: [] });
      return await expectAnswer(run, times, true, false);
    }
    case "outcome":
    case "outcome-now": {
      if (known === undefined) return;
      const from = given.kind === "outcome" ? given.from : known.state;
      const held = known.heldMain + known.heldBonus;
      const charge = (held * given.quarters) / 4n;
      const input = outcomeOf({ id, state: from, heldMain: known.heldMain, heldBonus: known.heldBonus }, given.event, {
        charge,
        now,
        createdAt: known.createdAt,
      });
      if (input === null) return;
      const can = from === known.state;
      if (can) {
        const { settlement } = input;
        if (settlement !== null) {
          known.posted = settlement.postedKopecks;
          model.main += settlement.mainBack;
          model.bonus += settlement.bonusBack;
          const back = settlement.mainBack + settlement.bonusBack;
          if (model.spentMonth === spendingMonth(known.createdAt)) model.spent -= back;
        }
        Object.assign(known, {
          state: input.to,
          loss: known.loss || input.isLoss,
          taskId: known.taskId ?? input.taskId,
          isTold: false,
        });
      }
      const run = async () => (await recordOutcome(database, input)) !== null;
      return await expectAnswer(run, times, can, false);
    }
  }
}

async function expectSame(model: Model): Promise<void> {
  expect(
    await db.rows("select main, bonus, held, queued, running, spent, spent_month from wallets where user_id = $1", [
      model.userId,
    ]),
  ).toEqual([
    {
      main: String(model.main),
      bonus: String(model.bonus),
      held: String(model.held),
      queued: model.count((state) => state === "queued"),
      running: model.count(isRunning),
      spent: String(model.spent),
      spent_month: model.spentMonth,
    },
  ]);
  const rows = await db.rows(
    "select id, state, posted_kopecks, loss, task_id, told_at is not null as told from generations where user_id = $1 order by id",
    [model.userId],
  );
  const expected = [...model.generations.values()]
    .toSorted((a, b) => a.id.localeCompare(b.id))
    .map((generation) => ({
      id: generation.id,
      state: generation.state,
      posted_kopecks: generation.posted === null ? null : String(generation.posted),
      loss: generation.loss,
      task_id: generation.taskId,
      told: generation.isTold,
    }));
  expect(rows).toEqual(expected);
}

test("random histories, each statement repeated as after lost answers, leave the database as the model says", async () => {
  let people = 0;
  let updates = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(command, { minLength: 4, maxLength: 18 }), async (commands) => {
      people += 1;
      const model = new Model(people);
      await makePerson({ db, database }, people, {});
      for (const [index, given] of commands.entries()) {
        updates += 1;
        // Two days a step: histories cross the end of a month.
        await runCommand(model, given, addSeconds(NOW, index * 2 * 86_400), updates);
      }
      await expectSame(model);
    }),
    // On a machine that is busy with other things fewer histories must do.
    { numRuns: 300, interruptAfterTimeLimit: 15_000 },
  );
  await expectMoneyAddsUp(db);
}, 60_000);
