import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import type { Database } from "../../lib/db/client.ts";
import { readDialogue, saveStep } from "../../lib/db/dialogues.ts";
import { type HoldAnswer, holdForGeneration } from "../../lib/db/holds.ts";
import { credit } from "../../lib/db/wallets.ts";
import type { TestDatabase } from "../support/database.ts";
import { expectMoneyAddsUp, holdOf, makePerson, NOW, nextUpdateId, PRICE } from "./money.ts";
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
});
afterAll(async () => {
  await rig.end();
});

const kinds = (answers: readonly HoldAnswer[]) =>
  tally(answers.map((answer) => (answer.kind === "refused" ? answer.refusal.code : answer.kind)));
const conversationOf = (userId: number) => ({
  sql: "select 1 from conversations where user_id = $1 for update",
  parameters: [userId],
});
const walletOf = (userId: number) => ({
  sql: "select 1 from wallets where user_id = $1 for update",
  parameters: [userId],
});

test("C1: one draft confirmed by many racers is held once", async () => {
  await makePerson({ db, database }, 1, { main: 100_000n });
  const answers = await raceAt(
    db,
    conversationOf(1),
    racers(RACERS, () => holdForGeneration(database, holdOf(1, "draft-1"))),
  );
  expect(kinds(answers)).toEqual({ held: 1, stale: RACERS - 1 });
  expect(await db.rows("select held, queued from wallets where user_id = 1")).toEqual([{ held: "100", queued: 1 }]);
});

test("C1: one update delivered to many instances at once is held once", async () => {
  await makePerson({ db, database }, 2, { main: 100_000n });
  const updateId = nextUpdateId();
  const answers = await raceAt(
    db,
    conversationOf(2),
    racers(RACERS, () => holdForGeneration(database, holdOf(2, "draft-2", { updateId }))),
  );
  expect(kinds(answers)).toEqual({ held: 1, stale: RACERS - 1 });
  expect(await db.rows("select status from updates where update_id = $1", [updateId])).toEqual([{ status: "done" }]);
});

test("the revision lets one of many different drafts through, whatever the balance", async () => {
  await makePerson({ db, database }, 3, { main: 1_000_000n });
  const answers = await raceAt(
    db,
    conversationOf(3),
    racers(RACERS, (index) => holdForGeneration(database, holdOf(3, `other-${index}`))),
  );
  expect(kinds(answers)).toEqual({ held: 1, stale: RACERS - 1 });
  expect(await db.rows("select revision from conversations where user_id = 3")).toEqual([{ revision: 2 }]);
});

test("racers who read again and decide again, as the dialogue does, never spend more than the balance", async () => {
  await makePerson({ db, database }, 4, { main: 600n, bonus: 450n });
  const answers = await Promise.all(
    Array.from({ length: 60 }, async (_, index) => {
      for (;;) {
        const { revision } = await readDialogue(database, { userId: 4, updateId: nextUpdateId(), needs: {} });
        const answer = await holdForGeneration(database, holdOf(4, `again-${index}`, { expectedRevision: revision }));
        if (answer.kind !== "stale") return answer;
      }
    }),
  );
  expect(kinds(answers)).toEqual({ held: 10, "low-balance": 50 });
  expect(await db.rows("select main, bonus, held from wallets where user_id = 4")).toEqual([
    { main: "50", bonus: "0", held: "1000" },
  ]);
});

test("people do not stand in each other's way", async () => {
  for (let index = 0; index < RACERS; index += 1) {
    await makePerson({ db, database }, 1_000 + index, { bonus: 100n });
  }
  const answers = await Promise.all(
    Array.from({ length: RACERS }, (_, index) => holdForGeneration(database, holdOf(1_000 + index, `own-${index}`))),
  );
  expect(kinds(answers)).toEqual({ held: RACERS });
});

const spend60 = (parts: { db: TestDatabase; database: Database }, fields: Parameters<typeof holdOf>[2]) =>
  raceAt(
    parts.db,
    walletOf(7),
    racers(60, (index) =>
      holdForGeneration(parts.database, holdOf(7, `edge-${index}`, { expectedRevision: index + 1, ...fields })),
    ),
  );

test("the wallet alone: of 60 spends with a balance for 10, ten are held, bonus money first", async () => {
  const parts = await withoutRevisionGuard(rig);
  await makePerson(parts, 7, { main: 660n, bonus: 350n });
  const answers = await spend60(parts, {});
  expect(kinds(answers)).toEqual({ held: 10, "low-balance": 50 });
  expect(await parts.db.rows("select main, bonus, held, queued from wallets")).toEqual([
    { main: "10", bonus: "0", held: "1000", queued: 10 },
  ]);
  expect(
    await parts.db.rows("select sum(held_bonus) as bonus, sum(held_main) as main, count(*)::int from generations"),
  ).toEqual([{ bonus: "350", main: "650", count: 10 }]);
  await expectMoneyAddsUp(parts.db);
});

test("the wallet alone: the queue's limit holds against 60 racers", async () => {
  const parts = await withoutRevisionGuard(rig);
  await makePerson(parts, 7, { main: 100_000n });
  expect(kinds(await spend60(parts, { queueLimit: 5 }))).toEqual({ held: 5, "queue-full": 55 });
  await expectMoneyAddsUp(parts.db);
});

test("the wallet alone: the month's spend limit holds against 60 racers", async () => {
  const parts = await withoutRevisionGuard(rig);
  await makePerson(parts, 7, { main: 100_000n });
  await parts.db.rows("update wallets set spend_limit = 799");
  expect(kinds(await spend60(parts, {}))).toEqual({ held: 7, "spend-limit": 53 });
  await expectMoneyAddsUp(parts.db);
});

test("the wallet alone: credits between the spends are neither lost nor spent twice", async () => {
  const parts = await withoutRevisionGuard(rig);
  await makePerson(parts, 7, { main: 5n * PRICE });
  const answers = await raceAt<HoldAnswer | null>(
    parts.db,
    walletOf(7),
    racers(56, (index) =>
      index % 2 === 0
        ? holdForGeneration(parts.database, holdOf(7, `mixed-${index}`, { expectedRevision: index + 1 }))
        : credit(parts.database, {
            id: `sandbox:mixed-${index % 10}`,
            userId: 7,
            kopecks: PRICE,
            account: "main",
            source: "sandbox",
            reason: null,
            now: NOW,
          }).then(() => null),
    ),
    30,
  );
  const held = kinds(answers.filter((answer) => answer !== null)).held ?? 0;
  expect(held).toBeGreaterThanOrEqual(5);
  expect(held).toBeLessThanOrEqual(10);
  // Five of the 28 credits have ids of their own.
  expect(await parts.db.rows("select main, held from wallets")).toEqual([
    { main: String(1_000 - 100 * held), held: String(100 * held) },
  ]);
  await expectMoneyAddsUp(parts.db);
});

test("one credit told by many is booked once, for somebody nobody has seen", async () => {
  const answers = await raceAt(
    db,
    {
      sql: `insert into transfers (id, user_id, kind, kopecks, source, destination, created_at)
        values ('sandbox:same', 20, 'credit', 1, 'sandbox', 'main', '2026-11-20')`,
    },
    racers(RACERS, () =>
      credit(database, {
        id: "sandbox:same",
        userId: 20,
        kopecks: 700n,
        account: "main",
        source: "sandbox",
        reason: null,
        now: NOW,
      }),
    ),
  );
  expect(answers.filter((answer) => answer.applied)).toHaveLength(1);
  expect(await db.rows("select main from wallets where user_id = 20")).toEqual([{ main: "700" }]);
});

test("A1: many first updates of one new person make one wallet with one welcome bonus", async () => {
  const revisions = await Promise.all(
    Array.from({ length: RACERS }, () =>
      saveStep(database, {
        updateId: nextUpdateId(),
        sender: { id: 30, firstName: "Анна", username: null, language: "ru" },
        expectedRevision: 0,
        state: {},
        now: NOW,
        welcomeBonusKopecks: 5_000n,
      }),
    ),
  );
  expect(revisions.filter((revision) => revision !== null)).toEqual([1]);
  expect(await db.rows("select bonus from wallets where user_id = 30")).toEqual([{ bonus: "5000" }]);
  expect(await db.rows("select count(*)::int from updates where user_id = 30")).toEqual([{ count: 1 }]);
});
