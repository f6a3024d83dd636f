import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import type { Database } from "../../../lib/db/client.ts";
import { recordOutcome } from "../../../lib/db/generations.ts";
import { holdForGeneration } from "../../../lib/db/holds.ts";
import { expectMoneyAddsUp, holdOf, makePerson, NOW, outcomeOf, queueOne } from "../../races/money.ts";
import { type Rig, startRig } from "../../races/rig.ts";
import type { TestDatabase } from "../../support/database.ts";

let rig: Rig;
let db: TestDatabase;
let database: Database;
let lastUserId = 0;
beforeAll(async () => {
  rig = await startRig();
  ({ db, database } = await rig.open());
});
afterEach(async () => {
  await expectMoneyAddsUp(db);
});
afterAll(async () => {
  await rig.end();
});

async function person(balance: { main?: bigint; bonus?: bigint }): Promise<number> {
  lastUserId += 1;
  await makePerson({ db, database }, lastUserId, balance);
  return lastUserId;
}
const snapshot = async (userId: number) => [
  await db.rows("select * from wallets where user_id = $1", [userId]),
  await db.rows("select revision, state from conversations where user_id = $1", [userId]),
  await db.rows("select id from transfers where user_id = $1 order by id", [userId]),
  await db.rows("select id from generations where user_id = $1", [userId]),
  await db.rows("select update_id from updates where user_id = $1", [userId]),
];

test("C1: a hold takes bonus money first, creates the generation and moves the dialogue on", async () => {
  const userId = await person({ main: 500n, bonus: 30n });
  const answer = await holdForGeneration(database, holdOf(userId, "split"));
  expect(answer).toMatchObject({
    kind: "held",
    revision: 2,
    generation: {
      id: "split",
      state: "queued",
      ahead: 0,
      owner: { wallet: { mainKopecks: 430n, bonusKopecks: 0n, heldKopecks: 100n } },
    },
  });
  expect(
    await db.rows("select id, kopecks, source, destination from transfers where generation_id = 'split' order by id"),
  ).toEqual([
    { id: "gen:split:hold:bonus", kopecks: "30", source: "bonus", destination: "held" },
    { id: "gen:split:hold:main", kopecks: "70", source: "main", destination: "held" },
  ]);
  expect(
    await db.rows("select state, held_main, held_bonus, posted_kopecks from generations where id = 'split'"),
  ).toEqual([{ state: "queued", held_main: "70", held_bonus: "30", posted_kopecks: null }]);
});

test("C1: the same hold again, as after a lost answer, changes nothing", async () => {
  const userId = await person({ main: 500n });
  const input = holdOf(userId, "again");
  await holdForGeneration(database, input);
  const before = await snapshot(userId);
  expect(await holdForGeneration(database, input)).toEqual({ kind: "stale" });
  expect(await holdForGeneration(database, { ...input, expectedRevision: 2 })).toEqual({ kind: "stale" });
  expect(await snapshot(userId)).toEqual(before);
});

test.each([
  ["banned", "banned = true", {}, { code: "banned" }],
  ["in debt", "debt = 7", {}, { code: "debt", kopecks: 7n }],
  ["over the month's limit", "spend_limit = 99", {}, { code: "spend-limit", limitKopecks: 99n }],
  ["with a full queue", "banned = false", { queueLimit: 0 }, { code: "queue-full", limit: 0 }],
  ["without the money", "banned = false", { holdKopecks: 501n }, { code: "low-balance", availableKopecks: 500n }],
] as const)("a person %s is refused, and nothing changes", async (_, change, fields, refusal) => {
  const userId = await person({ main: 400n, bonus: 100n });
  await db.rows(`update wallets set ${change} where user_id = $1`, [userId]);
  if (refusal.code === "debt") {
    await db.rows(
      "insert into transfers (id, user_id, kind, kopecks, source, destination, created_at) values ('star:debt', $1, 'adjust', 7, 'debt', 'stars', $2)",
      [userId, NOW.toISOString()],
    );
  }
  const before = await snapshot(userId);
  expect(await holdForGeneration(database, holdOf(userId, `refused-${userId}`, fields))).toEqual({
    kind: "refused",
    refusal,
  });
  expect(await snapshot(userId)).toEqual(before);
});

test("a balance that is exactly enough is enough, also for the month's limit", async () => {
  const userId = await person({ main: 60n, bonus: 40n });
  await db.rows("update wallets set spend_limit = 100 where user_id = $1", [userId]);
  expect((await holdForGeneration(database, holdOf(userId, "exact"))).kind).toBe("held");
});

test("C11: where nothing is charged a hold of nothing creates the generation and no transfer", async () => {
  const userId = await person({});
  expect((await holdForGeneration(database, holdOf(userId, "free", { holdKopecks: 0n }))).kind).toBe("held");
  expect(await db.rows("select id from transfers where user_id = $1", [userId])).toEqual([]);
});

test("somebody without a wallet, or without a dialogue, holds nothing", async () => {
  expect(await holdForGeneration(database, holdOf(777_777, "nobody"))).toEqual({ kind: "stale" });
});

test("the month's spending starts anew in Moscow's next month", async () => {
  const userId = await person({ main: 1_000n });
  await db.rows("update wallets set spend_limit = 150 where user_id = $1", [userId]);
  await queueOne({ db, database }, userId, "november", { now: new Date("2026-11-30T20:59:00Z") });
  const again = holdOf(userId, "november-2", { expectedRevision: 2, now: new Date("2026-11-30T20:59:30Z") });
  expect(await holdForGeneration(database, again)).toMatchObject({ kind: "refused", refusal: { code: "spend-limit" } });
  await queueOne({ db, database }, userId, "december", { now: new Date("2026-11-30T21:00:00Z") });
  expect(await db.rows("select spent, spent_month from wallets where user_id = $1", [userId])).toEqual([
    { spent: "100", spent_month: "2026-12" },
  ]);
});

test("money that comes back lowers the month in which it was held, not the one in which it comes", async () => {
  const userId = await person({ main: 1_000n });
  const november = new Date("2026-11-30T12:00:00Z");
  const december = new Date("2026-12-01T12:00:00Z");
  await queueOne({ db, database }, userId, "old", { now: november });
  await queueOne({ db, database }, userId, "new", { now: december });
  const held = { state: "queued", heldMain: 100n, heldBonus: 0n } as const;
  const late = outcomeOf({ id: "old", ...held }, "refused", { now: december, createdAt: november });
  const soon = outcomeOf({ id: "new", ...held }, "refused", { now: december, createdAt: december });
  if (late === null || soon === null) throw new Error("the table must know this");
  const spent = () => db.rows("select spent from wallets where user_id = $1", [userId]);
  await recordOutcome(database, late);
  expect(await spent()).toEqual([{ spent: "100" }]);
  await recordOutcome(database, soon);
  expect(await spent()).toEqual([{ spent: "0" }]);
});
