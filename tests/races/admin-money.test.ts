import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { adjustBalance, refundGeneration, setBanned } from "../../lib/db/admin-orders.ts";
import type { Database } from "../../lib/db/client.ts";
import { recordOutcome } from "../../lib/db/generations.ts";
import type { TestDatabase } from "../support/database.ts";
import { expectMoneyAddsUp, makePerson, NOW, outcomeOf, PRICE, submitOne } from "./money.ts";
import { RACERS, type Rig, raceAt, racers, startRig, tally } from "./rig.ts";

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

const walletOf = (userId: number) => ({
  sql: "select 1 from wallets where user_id = $1 for update",
  parameters: [userId],
});

/** An order of an admin; racers with the same id confirm the same. */
const adjust = (
  id: string,
  userId: number,
  fields: Partial<Parameters<typeof adjustBalance>[1]> = {},
): Promise<boolean> =>
  adjustBalance(database, {
    id,
    userId,
    direction: "credit",
    account: "main",
    kopecks: 500n,
    reason: "Подарок",
    adminId: 1,
    now: NOW,
    ...fields,
  });

const moneyOf = async (userId: number) => {
  const [row] = await db.rows("select main, bonus, debt from wallets where user_id = $1", [userId]);
  return row;
};
const newsOf = (userId: number) => db.rows("select kind from outbox where user_id = $1", [userId]);

/** A generation of a person that was charged and delivered. */
async function deliverOne(userId: number, generationId: string): Promise<void> {
  await submitOne({ db, database }, userId, generationId);
  const [row] = await db.rows("select held_main, held_bonus from generations where id = $1", [generationId]);
  const outcome = outcomeOf(
    {
      id: generationId,
      state: "submitting",
      heldMain: BigInt(String(row?.["held_main"])),
      heldBonus: BigInt(String(row?.["held_bonus"])),
    },
    "finished",
  );
  if (outcome === null) throw new Error("no outcome");
  await recordOutcome(database, outcome);
  await db.rows("update generations set state = 'delivered' where id = $1", [generationId]);
}

test("G2: one confirmation that many admins tap at once credits once, and tells once", async () => {
  await makePerson({ db, database }, 1, { main: 100n });
  const answers = await raceAt(
    db,
    walletOf(1),
    racers(RACERS, (index) => adjust("same", 1, { adminId: index + 1 })),
  );
  expect(tally(answers.map(String))).toEqual({ true: 1, false: RACERS - 1 });
  expect(await moneyOf(1)).toEqual({ main: "600", bonus: "0", debt: "0" });
  expect(await newsOf(1)).toEqual([{ kind: "balance-adjusted" }]);
  expect(await adjust("same", 1)).toBe(false);
});

test("G2: one debit that is confirmed many times at once takes once", async () => {
  await makePerson({ db, database }, 2, { bonus: 10_000n });
  const answers = await raceAt(
    db,
    walletOf(2),
    racers(RACERS, () => adjust("take", 2, { direction: "debit", account: "bonus" })),
  );
  expect(tally(answers.map(String))).toMatchObject({ true: 1 });
  expect(await moneyOf(2)).toEqual({ main: "0", bonus: "9500", debt: "0" });
  expect(await newsOf(2)).toHaveLength(1);
});

test("G2: many different debits never take more than there is, nor from the other account", async () => {
  await makePerson({ db, database }, 3, { main: 2_700n, bonus: 100_000n });
  const answers = await raceAt(
    db,
    walletOf(3),
    racers(RACERS, (index) => adjust(`take-${index}`, 3, { direction: "debit" })),
  );
  expect(tally(answers.map(String))).toEqual({ true: 5, false: RACERS - 5 });
  expect(await moneyOf(3)).toEqual({ main: "200", bonus: "100000", debt: "0" });
  expect(await newsOf(3)).toHaveLength(5);
});

test("E2 G2: credits of many admins at once pay a debt first and all arrive", async () => {
  await makePerson({ db, database }, 4, {});
  await db.rows(
    "with t as (insert into transfers (id, user_id, kind, kopecks, source, destination, created_at) values ('test:debt', 4, 'adjust', 1200, 'debt', 'stars', $1) returning user_id) update wallets set debt = 1200 from t where wallets.user_id = t.user_id",
    [NOW.toISOString()],
  );
  const answers = await raceAt(
    db,
    walletOf(4),
    racers(RACERS, (index) => adjust(`give-${index}`, 4)),
  );
  expect(tally(answers.map(String))).toEqual({ true: RACERS });
  expect(await moneyOf(4)).toEqual({ main: String(500 * RACERS - 1_200), bonus: "0", debt: "0" });
});

test("G2: a generation refunded by many at once is refunded once, to the accounts it was paid from", async () => {
  await makePerson({ db, database }, 5, { main: 1_000n, bonus: 30n });
  await deliverOne(5, "delivered-5");
  expect(await moneyOf(5)).toEqual({ main: String(1_030n - PRICE), bonus: "0", debt: "0" });
  const answers = await raceAt(
    db,
    walletOf(5),
    racers(RACERS, (index) =>
      refundGeneration(database, {
        generationId: "delivered-5",
        userId: 5,
        reason: `Брак ${index}`,
        adminId: index + 1,
        now: NOW,
      }),
    ),
  );
  expect(tally(answers.map(String))).toEqual({ true: 1, false: RACERS - 1 });
  expect(await moneyOf(5)).toEqual({ main: "1000", bonus: "30", debt: "0" });
  expect(await newsOf(5)).toEqual([{ kind: "generation-refunded" }]);
  const told = await db.rows("select payload from outbox where user_id = 5");
  expect(told[0]?.["payload"]).toMatchObject({ kopecks: "100", bonusKopecks: "30" });
});

test("G2: nothing is refunded that is not over, was not charged, or is another person's", async () => {
  await makePerson({ db, database }, 6, { main: 1_000n });
  await makePerson({ db, database }, 7, { main: 1_000n });
  await submitOne({ db, database }, 6, "running-6");
  await deliverOne(7, "delivered-7");
  const refund = (generationId: string, userId: number) =>
    refundGeneration(database, { generationId, userId, reason: "Брак", adminId: 1, now: NOW });
  expect(await refund("running-6", 6)).toBe(false);
  expect(await refund("delivered-7", 6)).toBe(false);
  expect(await refund("nothing", 6)).toBe(false);
  expect(await moneyOf(7)).toEqual({ main: "900", bonus: "0", debt: "0" });
});

test("G2: nobody who has never written can be credited or banned; a ban says once that it is new", async () => {
  await makePerson({ db, database }, 8, {});
  expect(await adjust("ghost", 999)).toBe(false);
  expect(await setBanned(database, { userId: 999, isBanned: true })).toBe(false);
  expect(await setBanned(database, { userId: 8, isBanned: true })).toBe(true);
  expect(await setBanned(database, { userId: 8, isBanned: true })).toBe(false);
  expect(await setBanned(database, { userId: 8, isBanned: false })).toBe(true);
});
