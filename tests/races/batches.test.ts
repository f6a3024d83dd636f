import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { leaseBatch, markBatchTold, readBatch, takeProgress } from "../../lib/db/batch-delivery.ts";
import { type BatchHoldAnswer, type BatchHoldInput, cancelRest, holdBatch } from "../../lib/db/batches.ts";
import type { Database } from "../../lib/db/client.ts";
import { leaseTelling } from "../../lib/db/delivery.ts";
import { recordOutcome } from "../../lib/db/generations.ts";
import { type HoldAnswer, holdForGeneration } from "../../lib/db/holds.ts";
import { claimForSubmit } from "../../lib/db/queue.ts";
import { PRIORITY } from "../../lib/generation/batch.ts";
import { spendingMonth } from "../../lib/ledger/settlement.ts";
import { addSeconds } from "../../lib/shared/clock.ts";
import { expectBatchesAddUp } from "../support/batches.ts";
import type { TestDatabase } from "../support/database.ts";
import {
  claimOf,
  expectMoneyAddsUp,
  holdOf,
  makePerson,
  NOW,
  nextUpdateId,
  outcomeOf,
  PRICE,
  queueOne,
} from "./money.ts";
import { RACERS, type Rig, raceAt, racers, startRig, tally } from "./rig.ts";
import { withoutRevisionGuard } from "./without-revision-guard.ts";

let rig: Rig;
let db: TestDatabase;
let database: Database;
beforeAll(async () => {
  rig = await startRig({ races: true });
  ({ db, database } = await rig.open());
});
afterEach(async () => {
  await rig.proxy.disconnect();
  await expectMoneyAddsUp(db);
  await expectBatchesAddUp(db);
});
afterAll(async () => {
  await rig.end();
});

/** What ✅ on a batch asks of the database: each item costs what `prices` says. */
function batchOf(userId: number, batchId: string, prices: readonly bigint[], fields: Partial<BatchHoldInput> = {}) {
  const now = fields.now ?? NOW;
  const { state } = holdOf(userId, batchId);
  const input: BatchHoldInput = {
    updateId: nextUpdateId(),
    userId,
    expectedRevision: 1,
    state,
    batch: {
      id: batchId,
      kind: "batch",
      statusMessageId: 5,
      items: prices.map((kopecks, position) => ({
        id: itemOf(batchId, position),
        entryKey: "z-image",
        values: { prompt: `Море ${position}` },
        priceKopecks: kopecks,
        holdKopecks: kopecks,
        callbackToken: "token",
      })),
      priority: PRIORITY.batch,
      mode: "real",
      deadlineAt: addSeconds(now, 3_600),
      dueAt: addSeconds(now, 45),
    },
    queueLimit: 1_000,
    month: spendingMonth(now),
    now,
    ...fields,
  };
  return input;
}

const itemOf = (batchId: string, position: number): string => `${batchId}${String(position).padStart(2, "0")}`;
const times = (count: number, kopecks = PRICE): bigint[] => Array.from({ length: count }, () => kopecks);
const kinds = (answers: readonly (BatchHoldAnswer | HoldAnswer)[]) =>
  tally(answers.map((answer) => (answer.kind === "refused" ? answer.refusal.code : answer.kind)));
const lockOf = (table: "conversations" | "wallets", userId: number) => ({
  sql: `select 1 from ${table} where user_id = $1 for update`,
  parameters: [userId],
});

/** A batch of a person who has just enough for it. */
async function bought(userId: number, batchId: string, size: number): Promise<void> {
  await makePerson({ db, database }, userId, { main: PRICE * BigInt(size) });
  expect(await holdBatch(database, batchOf(userId, batchId, times(size)))).toMatchObject({ kind: "held" });
}

async function claimed(batchId: string, count: number): Promise<void> {
  for (let position = 0; position < count; position += 1) {
    const input = claimOf(itemOf(batchId, position), { runningLimit: 1_000 });
    expect(await claimForSubmit(database, input)).toEqual({ kind: "claimed" });
  }
}

function ends(id: string, event: "finished" | "errored" = "finished") {
  const input = outcomeOf({ id, state: "submitting", heldMain: PRICE, heldBonus: 0n }, event);
  if (input === null) throw new Error("the table must know this");
  return recordOutcome(database, input);
}

const cancelOf = (userId: number, batchId: string) =>
  cancelRest(database, { batchId, userId, to: "cancelled", leaseUntil: addSeconds(NOW, 90), now: NOW });

test("C9: one batch confirmed by many racers is held once, split exactly, bonus money first", async () => {
  await makePerson({ db, database }, 1, { main: 10_000n, bonus: 250n });
  const answers = await raceAt(
    db,
    lockOf("conversations", 1),
    racers(RACERS, () => holdBatch(database, batchOf(1, "batch-1-", [101n, 99n, 73n, 0n, 227n]))),
  );
  expect(kinds(answers)).toEqual({ held: 1, stale: RACERS - 1 });
  expect(await db.rows("select main, bonus, held, queued, spent from wallets where user_id = 1")).toEqual([
    { main: "9750", bonus: "0", held: "500", queued: 5, spent: "500" },
  ]);
  expect(
    await db.rows(
      "select held_bonus, held_main, priority, status_message_id from generations where user_id = 1 order by batch_position",
    ),
  ).toEqual([
    { held_bonus: "101", held_main: "0", priority: 1, status_message_id: null },
    { held_bonus: "99", held_main: "0", priority: 1, status_message_id: null },
    { held_bonus: "50", held_main: "23", priority: 1, status_message_id: null },
    { held_bonus: "0", held_main: "0", priority: 1, status_message_id: null },
    { held_bonus: "0", held_main: "227", priority: 1, status_message_id: null },
  ]);
});

test("C9: a batch that was held is told to whoever asks again, and its items stand in line in their order", async () => {
  await makePerson({ db, database }, 2, { main: 10_000n });
  await holdForGeneration(database, holdOf(2, "single-2"));
  const answer = await holdBatch(database, batchOf(2, "batch-2-", times(3), { expectedRevision: 2 }));
  if (answer.kind !== "held") throw new Error(answer.kind);
  expect(answer.batch).toMatchObject({ id: "batch-2-", size: 3, remaining: 3, toldAt: null });
  expect(answer.batch.items.map(({ id, ahead }) => [id, ahead])).toEqual([
    ["batch-2-00", 1],
    ["batch-2-01", 2],
    ["batch-2-02", 3],
  ]);
  expect((await readBatch(database, "batch-2-"))?.items).toEqual(answer.batch.items);
  expect(await holdBatch(database, batchOf(2, "batch-2-", times(3), { expectedRevision: 3 }))).toEqual({
    kind: "stale",
  });
});

test.each([
  { why: "queue-full", prepare: "update wallets set queued = queued where user_id = $1", limit: 4 },
  { why: "low-balance", prepare: "update wallets set main = main - 51 where user_id = $1", limit: 5 },
  { why: "spend-limit", prepare: "update wallets set spend_limit = 499 where user_id = $1", limit: 5 },
  { why: "banned", prepare: "update wallets set banned = true where user_id = $1", limit: 5 },
  { why: "debt", prepare: "update wallets set debt = 1 where user_id = $1", limit: 5 },
] as const)("C9: a batch is held whole or not at all: $why", async ({ why, prepare, limit }) => {
  const parts = await rig.open();
  await makePerson(parts, 3, { main: 550n });
  await queueOne(parts, 3, "refused-single");
  await queueOne(parts, 3, "refused-other", { holdKopecks: 0n });
  await parts.db.rows(prepare, [3]);
  const answer = await holdBatch(
    parts.database,
    batchOf(3, "refused-", [150n, 150n, 150n], { expectedRevision: 3, queueLimit: limit }),
  );
  expect(answer).toMatchObject({ kind: "refused", refusal: { code: why } });
  expect(await parts.db.rows("select count(*)::int from generations")).toEqual([{ count: 2 }]);
  expect(await parts.db.rows("select revision from conversations where user_id = 3")).toEqual([{ revision: 3 }]);
});

test.each([
  { what: "balance", refusal: "low-balance", prepare: "", limit: 1_000 },
  {
    what: "spend limit",
    refusal: "spend-limit",
    prepare: "update wallets set main = main, spend_limit = 1000",
    limit: 1_000,
  },
  { what: "queue's limit", refusal: "queue-full", prepare: "", limit: 10 },
])("C9: batches against single holds at the edge of the $what: all of a batch, or nothing", async (edge) => {
  const parts = await withoutRevisionGuard(rig);
  await makePerson(parts, 7, { main: edge.what === "balance" ? 850n : 99_850n, bonus: 150n });
  if (edge.prepare !== "") await parts.db.rows(edge.prepare);
  const answers = await raceAt<BatchHoldAnswer | HoldAnswer>(
    parts.db,
    lockOf("wallets", 7),
    racers<BatchHoldAnswer | HoldAnswer>(RACERS, (index) => {
      const fields = { expectedRevision: index + 1, queueLimit: edge.limit };
      return index % 2 === 0
        ? holdBatch(parts.database, batchOf(7, `edge-${index}-`, times(3), fields))
        : holdForGeneration(parts.database, holdOf(7, `edge-${index}`, fields));
    }),
  );
  expect(Object.keys(kinds(answers)).toSorted()).toEqual(["held", edge.refusal].toSorted());
  const [row] = await parts.db.rows("select held, queued, spent from wallets where user_id = 7");
  // Ten fit. Batches of three leave at most nothing, because a single one fits into what is left.
  expect(row).toEqual({ held: "1000", queued: 10, spent: "1000" });
  expect(await parts.db.rows("select count(*)::int from generations")).toEqual([{ count: 10 }]);
  await expectMoneyAddsUp(parts.db);
  await expectBatchesAddUp(parts.db);
});

test("C5 C9: cancel the rest against claims: each item is cancelled or at KIE, never both", async () => {
  await bought(20, "claims-", 40);
  const answers = await raceAt<string>(
    db,
    lockOf("wallets", 20),
    racers(RACERS, async (index) => {
      // Eight cancel, forty claim.
      if (index % 6 === 5) return `cancelled ${(await cancelOf(20, "claims-")).cancelled}`;
      const position = index - Math.floor(index / 6);
      return (await claimForSubmit(database, claimOf(itemOf("claims-", position), { runningLimit: 1_000 }))).kind;
    }),
  );
  const counts = await db.rows(
    "select state, count(*)::int from generations where batch_id = 'claims-' group by state order by state",
  );
  const of = (state: string) => Number(counts.find((row) => row["state"] === state)?.["count"] ?? 0);
  const taken = answers.filter((answer) => answer === "claimed").length;
  const cancelled = answers
    .filter((answer) => answer.startsWith("cancelled"))
    .reduce((sum, answer) => sum + Number(answer.split(" ")[1]), 0);
  expect([of("submitting"), of("cancelled"), of("queued")]).toEqual([taken, cancelled, 0]);
  expect(taken + cancelled).toBe(40);
  expect(await db.rows("select main, held, queued, running from wallets where user_id = 20")).toEqual([
    { main: String(100 * cancelled), held: String(100 * taken), queued: 0, running: taken },
  ]);
});

test("C9: cancel the rest by many at once gives each kopeck back once, and pays a debt first", async () => {
  await bought(21, "debts-", 5);
  await db.rows("update wallets set debt = 250 where user_id = 21");
  await db.rows(
    `insert into transfers (id, user_id, kind, kopecks, source, destination, created_at)
      values ('chargeback', 21, 'adjust', 250, 'debt', 'stars', $1)`,
    [NOW.toISOString()],
  );
  const answers = await raceAt(
    db,
    lockOf("wallets", 21),
    racers(RACERS, () => cancelOf(21, "debts-")),
    1,
  );
  expect(tally(answers.map(({ cancelled, kopecks, isComplete }) => `${cancelled} ${kopecks} ${isComplete}`))).toEqual({
    "5 500 true": 1,
    "0 0 false": RACERS - 1,
  });
  expect(await db.rows("select main, held, debt, queued, spent from wallets where user_id = 21")).toEqual([
    { main: "250", held: "0", debt: "0", queued: 0, spent: "0" },
  ]);
  expect(
    await db.rows("select id, kopecks from transfers where user_id = 21 and destination = 'debt' order by id"),
  ).toEqual([
    { id: "gen:debts-00:void:main:debt", kopecks: "100" },
    { id: "gen:debts-01:void:main:debt", kopecks: "100" },
    { id: "gen:debts-02:void:main:debt", kopecks: "50" },
  ]);
  expect(await db.rows("select remaining, due_at is not null as is_due from batches where id = 'debts-'")).toEqual([
    { remaining: 0, is_due: true },
  ]);
});

test("C9: nobody cancels another person's batch", async () => {
  await bought(22, "others-", 3);
  expect(await cancelOf(21, "others-")).toEqual({ cancelled: 0, kopecks: 0n, isComplete: false });
});

test("C9: the last items ending at once, each told by many: exactly one learns that the batch is complete", async () => {
  for (let round = 0; round < 3; round += 1) {
    const batchId = `last-${round}-`;
    await bought(30 + round, batchId, 24);
    await claimed(batchId, 24);
    const answers = await raceAt(
      db,
      lockOf("wallets", 30 + round),
      racers(RACERS, (index) => ends(itemOf(batchId, index % 24), index % 5 === 0 ? "errored" : "finished")),
      // The second one to bring an outcome waits for the first one's row.
      40,
    );
    const recorded = answers.filter((answer) => answer !== null);
    expect(recorded).toHaveLength(24);
    expect(recorded.filter(({ batch }) => batch?.isComplete)).toHaveLength(1);
    expect(
      await db.rows(
        "select remaining, due_at is not null as is_due, lease_until is not null as is_leased from batches where id = $1",
        [batchId],
      ),
    ).toEqual([{ remaining: 0, is_due: true, is_leased: true }]);
    // Nothing is owed for an item itself.
    expect(await db.rows("select id from generations where batch_id = $1 and due_at is not null", [batchId])).toEqual(
      [],
    );
  }
});

test("C9: the last item at KIE ends while the rest is cancelled: exactly one learns that the batch is complete", async () => {
  for (let round = 0; round < 6; round += 1) {
    const batchId = `both-${round}-`;
    await bought(40 + round, batchId, 10);
    await claimed(batchId, 2);
    const answers = await raceAt<boolean>(
      db,
      lockOf("wallets", 40 + round),
      racers(RACERS, async (index) => {
        if (index % 3 === 0) return (await cancelOf(40 + round, batchId)).isComplete;
        return (await ends(itemOf(batchId, index % 2)))?.batch?.isComplete === true;
      }),
      3,
    );
    expect(answers.filter((isComplete) => isComplete)).toHaveLength(1);
  }
});

test("D4: of many deliverers of a batch one holds the lease, after its end one more, and it is told once", async () => {
  await bought(50, "leased-", 2);
  await claimed("leased-", 2);
  const lease = (now: Date) => leaseBatch(database, { batchId: "leased-", now, leaseUntil: addSeconds(now, 90) });
  const batchRow = { sql: "select 1 from batches where id = 'leased-' for update" };
  expect(await lease(addSeconds(NOW, 900))).toBe(false);
  await ends("leased-00");
  await ends("leased-01", "errored");
  // Whoever recorded the last outcome holds it.
  expect(await lease(NOW)).toBe(false);
  for (const now of [addSeconds(NOW, 90), addSeconds(NOW, 180)]) {
    const taken = await raceAt(
      db,
      batchRow,
      racers(RACERS, () => lease(now)),
    );
    expect(taken.filter((isMine) => isMine)).toHaveLength(1);
  }
  const told = await raceAt(
    db,
    batchRow,
    racers(RACERS, () => markBatchTold(database, toldOf("leased-", ["delivered", "failed"]))),
  );
  expect(told.filter((isMine) => isMine)).toHaveLength(1);
  expect(await lease(addSeconds(NOW, 900))).toBe(false);
  expect(
    await db.rows(
      "select state, told_at is not null as is_told, due_at from generations where batch_id = 'leased-' order by id",
    ),
  ).toEqual([
    { state: "delivered", is_told: true, due_at: null },
    { state: "failed", is_told: true, due_at: null },
  ]);
});

const toldOf = (batchId: string, becomes: readonly ("delivered" | "failed" | "expired")[]) => ({
  batchId,
  items: becomes.map((to, position) => ({
    generationId: itemOf(batchId, position),
    from: to === "delivered" ? ("succeeded" as const) : to,
    to,
  })),
  files: [],
  archiveDueAt: null,
  now: NOW,
});

test("C7 D4: a success that comes late, while its batch is told, is owed by itself or was told: never lost", async () => {
  for (let round = 0; round < 4; round += 1) {
    const batchId = `late-${round}-`;
    await bought(60 + round, batchId, 2);
    await claimed(batchId, 2);
    await ends(itemOf(batchId, 0));
    const late = itemOf(batchId, 1);
    const overdue = outcomeOf({ id: late, state: "submitting", heldMain: PRICE, heldBonus: 0n }, "overdue");
    const finished = outcomeOf({ id: late, state: "expired", heldMain: PRICE, heldBonus: 0n }, "finished");
    if (overdue === null || finished === null) throw new Error("the table must know this");
    await recordOutcome(database, overdue);
    await raceAt<unknown>(
      db,
      { sql: "select 1 from generations where id = $1 for update", parameters: [late] },
      racers<unknown>(RACERS, (index) =>
        index % 2 === 0
          ? recordOutcome(database, finished)
          : markBatchTold(database, toldOf(batchId, ["delivered", "expired"])),
      ),
      3,
    );
    const [item] = await db.rows("select state, told_at, due_at, loss from generations where id = $1", [late]);
    expect(item).toMatchObject({ state: "succeeded", told_at: null, loss: true });
    expect(item?.["due_at"]).not.toBeNull();
    const leased = await leaseTelling(database, {
      generationId: late,
      state: "succeeded",
      now: addSeconds(NOW, 90),
      leaseUntil: addSeconds(NOW, 180),
    });
    expect(leased).toBe(true);
  }
});

test("C7 D4: a success that came after the batch was read for its delivery is not told away with it", async () => {
  await bought(65, "after-", 1);
  await claimed("after-", 1);
  const item = { id: "after-00", heldMain: PRICE, heldBonus: 0n };
  const overdue = outcomeOf({ ...item, state: "submitting" }, "overdue");
  const finished = outcomeOf({ ...item, state: "expired" }, "finished");
  if (overdue === null || finished === null) throw new Error("the table must know this");
  expect(await recordOutcome(database, overdue)).toMatchObject({ batch: { isComplete: true, isTold: false } });
  expect(await recordOutcome(database, finished)).toMatchObject({ batch: { isComplete: false, isTold: false } });
  expect(await markBatchTold(database, toldOf("after-", ["expired"]))).toBe(true);
  const columns = "state, told_at, due_at is not null as is_due";
  expect(await db.rows(`select ${columns} from generations where id = 'after-00'`)).toEqual([
    { state: "succeeded", told_at: null, is_due: true },
  ]);
});

test("D4: an item of a batch that is not told is not delivered by itself", async () => {
  await bought(70, "alone-", 2);
  await claimed("alone-", 2);
  await ends("alone-00");
  const later = addSeconds(NOW, 900);
  const input = {
    generationId: "alone-00",
    state: "succeeded" as const,
    now: later,
    leaseUntil: addSeconds(later, 90),
  };
  expect(await leaseTelling(database, input)).toBe(false);
});

test("C3 C9: of many who bring news within three seconds one redraws the progress", async () => {
  await bought(80, "shown-", 2);
  const show = (now: Date) => takeProgress(database, { batchId: "shown-", gapSeconds: 3, now });
  for (const now of [NOW, addSeconds(NOW, 3)]) {
    const answers = await raceAt(
      db,
      { sql: "select 1 from batches where id = 'shown-' for update" },
      racers(RACERS, () => show(now)),
    );
    expect(tally(answers.map((answer) => (typeof answer === "string" ? answer : "draws")))).toEqual({
      draws: 1,
      "too-soon": RACERS - 1,
    });
  }
  expect(await show(addSeconds(NOW, 5))).toBe("too-soon");
  await cancelOf(80, "shown-");
  expect(await show(addSeconds(NOW, 60))).toBeNull();
});
