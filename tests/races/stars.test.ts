import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import type { Database } from "../../lib/db/client.ts";
import { holdForGeneration } from "../../lib/db/holds.ts";
import { beginStarRefund, creditStars, openStarOrder, type StarPayment, settleStarRefund } from "../../lib/db/stars.ts";
import { addSeconds } from "../../lib/shared/clock.ts";
import type { TestDatabase } from "../support/database.ts";
import { expectMoneyAddsUp, holdOf, makePerson, NOW, nextUpdateId } from "./money.ts";
import { RACERS, type Rig, raceAt, racers, startRig, tally } from "./rig.ts";

const ADMIN = 1;

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
  // A debt is what was taken beyond the balance less what was paid of it.
  expect(
    await db.rows(`
      select w.user_id, w.debt, s.owed from wallets w cross join lateral (
        select coalesce(sum(case when source = 'debt' then kopecks when destination = 'debt' then -kopecks end), 0) as owed
        from transfers t where t.user_id = w.user_id) s where w.debt <> s.owed`),
  ).toEqual([]);
});
afterAll(async () => {
  await rig.end();
});

const orderFor = (userId: number, id: string): Promise<void> =>
  openStarOrder(database, { id, userId, kopecks: 30_000n, stars: 200, now: NOW, expiresAt: addSeconds(NOW, 3_600) });

const paymentOf = (userId: number, fields: Partial<StarPayment> = {}): StarPayment => ({
  chargeId: `stx-${userId}`,
  orderId: `order-${userId}`,
  userId,
  stars: 200,
  worthKopecks: 20_000n,
  source: "update",
  paidAt: NOW,
  updateId: null,
  adminIds: [ADMIN],
  referral: { bonusKopecks: 5_000n, monthlyLimit: 50 },
  now: NOW,
  ...fields,
});

const refundOf = (userId: number, fields: Partial<Parameters<typeof settleStarRefund>[1]> = {}) => ({
  chargeId: `stx-${userId}`,
  orderId: `order-${userId}`,
  userId,
  stars: 200,
  source: "update" as const,
  updateId: null,
  adminIds: [ADMIN],
  now: NOW,
  ...fields,
});

const applied = (answers: readonly { applied: boolean }[]) =>
  tally(answers.map((answer) => (answer.applied ? "applied" : "known")));
const orderRow = (userId: number) => ({
  sql: "select 1 from star_orders where id = $1 for update",
  parameters: [`order-${userId}`],
});
const chargeRow = (userId: number) => ({
  sql: "select 1 from star_charges where id = $1 for update",
  parameters: [`stx-${userId}`],
});
/** Racers who would insert the charge wait for this one. */
const newCharge = (userId: number) => ({
  sql: `insert into star_charges (id, user_id, stars, kopecks, status, source, paid_at)
    values ($1, $2, 1, 1, 'credited', 'update', now())`,
  parameters: [`stx-${userId}`, userId],
});
const walletOf = async (userId: number) => {
  const [row] = await db.rows("select main, bonus, held, debt from wallets where user_id = $1", [userId]);
  return row;
};

test("F1: one charge told of by many at once is credited once, whoever tells", async () => {
  await makePerson({ db, database }, 1, {});
  await orderFor(1, "order-1");
  const answers = await raceAt(
    db,
    orderRow(1),
    racers(RACERS, (index) =>
      creditStars(
        database,
        paymentOf(1, index % 2 === 0 ? { updateId: nextUpdateId() } : { source: "reconciliation" }),
      ),
    ),
  );
  expect(applied(answers)).toEqual({ applied: 1, known: RACERS - 1 });
  expect(await walletOf(1)).toMatchObject({ main: "30000", bonus: "0" });
  expect(await db.rows("select id from outbox where user_id = 1 and kind = 'topped-up'")).toHaveLength(1);
});

test("F1: webhook and comparison race for a charge that no order knows", async () => {
  await makePerson({ db, database }, 2, {});
  const answers = await raceAt(
    db,
    newCharge(2),
    racers(RACERS, (index) =>
      creditStars(database, paymentOf(2, { source: index % 2 === 0 ? "update" : "reconciliation" })),
    ),
  );
  expect(applied(answers)).toEqual({ applied: 1, known: RACERS - 1 });
  expect(await walletOf(2)).toMatchObject({ main: "20000" });
});

test("F1: many charges of one order: one by the order, every other by its Stars, none lost", async () => {
  await makePerson({ db, database }, 3, {});
  await orderFor(3, "order-3");
  const answers = await raceAt(
    db,
    orderRow(3),
    racers(RACERS, (index) => creditStars(database, paymentOf(3, { chargeId: `stx-3-${index}` }))),
  );
  expect(tally(answers.map(({ oddity }) => oddity ?? "by the order"))).toEqual({
    "by the order": 1,
    "paid-order": RACERS - 1,
  });
  expect(await walletOf(3)).toMatchObject({ main: String(30_000 + (RACERS - 1) * 20_000) });
  expect(await db.rows("select id from outbox where id like 'alert:star:stx-3-%'")).toHaveLength(RACERS - 1);
});

test("F1, F7: a friend's many first payments reward once", async () => {
  await makePerson({ db, database }, 40, {});
  await makePerson({ db, database }, 41, {});
  await db.rows("insert into referrals (friend_id, referrer_id, created_at) values (41, 40, $1)", [NOW.toISOString()]);
  await orderFor(41, "order-41");
  await raceAt(
    db,
    orderRow(41),
    racers(RACERS, (index) => creditStars(database, paymentOf(41, { chargeId: `stx-41-${index}` }))),
  );
  expect(await walletOf(40)).toMatchObject({ main: "0", bonus: "5000" });
  expect(await walletOf(41)).toMatchObject({ bonus: "5000" });
});

test("F1: a refund told of by an admin's call, updates and the comparison takes the money once", async () => {
  await makePerson({ db, database }, 5, {});
  await orderFor(5, "order-5");
  await creditStars(database, paymentOf(5));
  expect(
    await beginStarRefund(database, { chargeId: "stx-5", adminId: ADMIN, reason: "ошибка", now: NOW }),
  ).toMatchObject({ userId: 5, stars: 200 });
  const answers = await raceAt(
    db,
    chargeRow(5),
    racers(RACERS, (index) =>
      settleStarRefund(database, refundOf(5, { source: index % 2 === 0 ? "update" : "reconciliation" })),
    ),
  );
  expect(applied(answers)).toEqual({ applied: 1, known: RACERS - 1 });
  expect(await walletOf(5)).toMatchObject({ main: "0", debt: "0" });
  expect(await db.rows("select kopecks, reason, actor_id from transfers where id = 'star:stx-5:refund'")).toEqual([
    { kopecks: "30000", reason: "ошибка", actor_id: String(ADMIN) },
  ]);
});

test("F1: a payment and its refund race from both sides: nothing is left, whichever comes first", async () => {
  await makePerson({ db, database }, 6, {});
  await raceAt<{ applied: boolean }>(
    db,
    newCharge(6),
    racers(RACERS, (index) =>
      index % 2 === 0 ? creditStars(database, paymentOf(6)) : settleStarRefund(database, refundOf(6)),
    ),
  );
  await settleStarRefund(database, refundOf(6));
  expect(await walletOf(6)).toMatchObject({ main: "0", debt: "0" });
  expect(await db.rows("select status from star_charges where id = 'stx-6'")).toEqual([{ status: "refunded" }]);
});

test("F1: a chargeback among spends at the edge of the balance: what is not there becomes debt", async () => {
  await makePerson({ db, database }, 7, {});
  await orderFor(7, "order-7");
  await creditStars(database, paymentOf(7));
  await db.rows("update conversations set revision = 1 where user_id = 7");
  await raceAt<unknown>(
    db,
    { sql: "select 1 from wallets where user_id = $1 for update", parameters: [7] },
    racers<unknown>(RACERS, (index) =>
      index % 2 === 0
        ? settleStarRefund(database, refundOf(7))
        : holdForGeneration(database, holdOf(7, `edge-${index}`, { holdKopecks: 25_000n })),
    ),
  );
  const wallet = await walletOf(7);
  // Either the spend was first and the rest is owed, or the refund was, and nothing could be spent.
  expect([
    { main: "0", bonus: "0", held: "25000", debt: "25000" },
    { main: "0", bonus: "0", held: "0", debt: "0" },
  ]).toContainEqual(wallet);
});

test("F1: payments and refunds of many people at once never wait for each other in a circle", async () => {
  const people = Array.from({ length: 12 }, (_, index) => 100 + index);
  for (const userId of people) {
    await makePerson({ db, database }, userId, {});
    await orderFor(userId, `order-${userId}`);
    const referrer = people[(userId + 5) % people.length] ?? 100;
    if (referrer !== userId) {
      await db.rows("insert into referrals (friend_id, referrer_id, created_at) values ($1, $2, $3)", [
        userId,
        referrer,
        NOW.toISOString(),
      ]);
    }
  }
  await Promise.all(
    people.flatMap((userId) => [
      creditStars(database, paymentOf(userId)),
      creditStars(database, paymentOf(userId, { source: "reconciliation" })),
      settleStarRefund(database, refundOf(userId)),
      creditStars(database, paymentOf(userId, { chargeId: `stx-${userId}-b`, orderId: "none" })),
    ]),
  );
  const open = await db.rows("select id from star_charges where user_id >= 100 and status = 'credited'");
  expect(open.length).toBeGreaterThanOrEqual(people.length);
});
