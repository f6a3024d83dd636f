import { sql } from "drizzle-orm";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import type { Database } from "../../lib/db/client.ts";
import { recordOutcome } from "../../lib/db/generations.ts";
import { type HoldAnswer, holdForGeneration } from "../../lib/db/holds.ts";
import { credited, movementRow } from "../../lib/db/ledger.ts";
import { type RedeemAnswer, redeemPromo, topupBonus } from "../../lib/db/promo.ts";
import { insertPromos, type NewPromo } from "../../lib/db/promo-codes.ts";
import type { TestDatabase } from "../support/database.ts";
import { expectMoneyAddsUp, holdOf, makePerson, NOW, outcomeOf, PRICE } from "./money.ts";
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

const promo = (fields: Partial<NewPromo> & Pick<NewPromo, "code" | "kind">): NewPromo => ({
  kopecks: null,
  percent: null,
  generations: null,
  days: null,
  newcomersOnly: false,
  cap: null,
  expiresAt: null,
  createdBy: null,
  ...fields,
});
const make = (fields: Partial<NewPromo> & Pick<NewPromo, "code" | "kind">) =>
  insertPromos(database, [promo(fields)], NOW);
const enter = (userId: number, code: string) => redeemPromo(database, { userId, code, now: NOW });
const kinds = (answers: readonly (RedeemAnswer | HoldAnswer)[]) =>
  tally(answers.map((answer) => (answer.kind === "refused" ? answer.refusal.code : answer.kind)));
const codeLock = (code: string) => ({
  sql: "select 1 from promo_codes where code = $1 for update",
  parameters: [code],
});
const walletLock = (userId: number) => ({
  sql: "select 1 from wallets where user_id = $1 for update",
  parameters: [userId],
});

test("F5: of many people who enter a code with a cap of ten at once, ten get the bonus, once each", async () => {
  await make({ code: "CAP10", kind: "bonus", kopecks: 500n, cap: 10 });
  for (let index = 0; index < RACERS; index += 1) await makePerson({ db, database }, 100 + index, {});
  const answers = await raceAt(
    db,
    codeLock("CAP10"),
    racers(RACERS, (index) => enter(100 + index, "CAP10")),
  );
  expect(kinds(answers)).toEqual({ redeemed: 10, wrong: RACERS - 10 });
  expect(await db.rows("select used from promo_codes where code = 'CAP10'")).toEqual([{ used: 10 }]);
  expect(await db.rows("select count(*)::int, sum(kopecks)::int from transfers where source = 'promo'")).toEqual([
    { count: 10, sum: 5_000 },
  ]);
});

test("F5: one person's taps on one code at once are one bonus and one use", async () => {
  await make({ code: "ONCE", kind: "bonus", kopecks: 700n, cap: 30 });
  await makePerson({ db, database }, 200, {});
  const answers = await raceAt(
    db,
    walletLock(200),
    racers(RACERS, () => enter(200, "ONCE")),
  );
  expect(kinds(answers)).toEqual({ redeemed: 1, used: RACERS - 1 });
  expect(await db.rows("select used from promo_codes where code = 'ONCE'")).toEqual([{ used: 1 }]);
  expect(await db.rows("select bonus from wallets where user_id = 200")).toEqual([{ bonus: "700" }]);
});

test("F5: of many wrong codes at once ten are looked up, and then not even the right one is", async () => {
  await make({ code: "RIGHT", kind: "bonus", kopecks: 700n });
  await makePerson({ db, database }, 201, {});
  const answers = await raceAt(
    db,
    walletLock(201),
    racers(RACERS, (index) => enter(201, `GUESS${index}`)),
  );
  expect(kinds(answers)).toEqual({ wrong: 10, "too-many": RACERS - 10 });
  expect((await enter(201, "RIGHT")).kind).toBe("too-many");
  expect(await db.rows("select bonus from wallets where user_id = 201")).toEqual([{ bonus: "0" }]);
});

test("F5: a first generation and a newcomers' code at once: the code is never entered after it", async () => {
  await make({ code: "NEWCOMER", kind: "bonus", kopecks: 100n, newcomersOnly: true });
  for (let index = 0; index < 24; index += 1) {
    const userId = 300 + index;
    await makePerson({ db, database }, userId, { main: PRICE });
    // The hold stands at the wallet's lock first, so the code's statement began before there was a generation.
    const answers = await raceAt<HoldAnswer | RedeemAnswer>(
      db,
      walletLock(userId),
      [
        () => holdForGeneration(database, holdOf(userId, `first-${userId}`)),
        async () => {
          await untilSomebodyWaits();
          return await enter(userId, "NEWCOMER");
        },
      ],
      2,
    );
    expect(kinds(answers)).toEqual({ held: 1, "newcomers-only": 1 });
  }
});

/** The hold has reached the lock that this test holds. */
async function untilSomebodyWaits(): Promise<void> {
  for (;;) {
    const [row] = await db.rows(
      "select count(*)::int as waiting from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'",
    );
    if (Number(row?.["waiting"]) > 0) return;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

const FREE = { kind: "free" as const, wanted: { day: "2026-11-20", hour: "2026-11-20T14", perDay: 5, perHour: 3 } };
const freeHold = (parts: { database: Database }, index: number, wanted = FREE.wanted) => {
  const hold = holdOf(7, `free-${wanted.hour}-${index}`, {
    expectedRevision: index + 1,
    holdKopecks: 0n,
    offer: { kind: "free", wanted },
  });
  return holdForGeneration(parts.database, hold);
};

test("F6: of 60 free tries at once three are given in the hour, two more in the next, and the day is over", async () => {
  const parts = await withoutRevisionGuard(rig);
  await makePerson(parts, 7, { main: 100_000n });
  const first = await raceAt(
    parts.db,
    walletLock(7),
    racers(60, (index) => freeHold(parts, index)),
  );
  expect(kinds(first)).toEqual({ held: 3, "offer-gone": 57 });
  const next = await raceAt(
    parts.db,
    walletLock(7),
    racers(60, (index) => freeHold(parts, index, { ...FREE.wanted, hour: "2026-11-20T15" })),
  );
  expect(kinds(next)).toEqual({ held: 2, "offer-gone": 58 });
  expect(await parts.db.rows("select used, used_in_hour from free_uses")).toEqual([{ used: 5, used_in_hour: 2 }]);
  expect(await parts.db.rows("select count(*)::int, sum(price_kopecks)::int from generations")).toEqual([
    { count: 5, sum: 0 },
  ]);
  expect(await parts.db.rows("select main, held, queued from wallets")).toEqual([
    { main: "100000", held: "0", queued: 5 },
  ]);
  await expectMoneyAddsUp(parts.db);
});

test("F5: the last two generations of a discount go to two of 60, the others hold nothing", async () => {
  const parts = await withoutRevisionGuard(rig);
  await makePerson(parts, 7, { main: 100_000n });
  await insertPromos(parts.database, [promo({ code: "TWO", kind: "discount", percent: 15, generations: 2 })], NOW);
  expect((await redeemPromo(parts.database, { userId: 7, code: "TWO", now: NOW })).kind).toBe("redeemed");
  const spend = (index: number) =>
    holdForGeneration(
      parts.database,
      holdOf(7, `discounted-${index}`, {
        expectedRevision: index + 1,
        holdKopecks: 85n,
        offer: { kind: "discount", code: "TWO", percent: 15 },
      }),
    );
  const answers = await raceAt(parts.db, walletLock(7), racers(60, spend));
  expect(kinds(answers)).toEqual({ held: 2, "offer-gone": 58 });
  expect(await parts.db.rows("select generations_left from promo_uses")).toEqual([{ generations_left: 0 }]);
  expect(await parts.db.rows("select held from wallets")).toEqual([{ held: "170" }]);
  await expectMoneyAddsUp(parts.db);
});

test("F5: a voided generation told by many gives its discount back once", async () => {
  await make({ code: "BACK", kind: "discount", percent: 15, generations: 3 });
  await makePerson({ db, database }, 400, { main: 100_000n });
  await enter(400, "BACK");
  const held = await holdForGeneration(
    database,
    holdOf(400, "voided", { holdKopecks: 85n, offer: { kind: "discount", code: "BACK", percent: 15 } }),
  );
  expect(held.kind).toBe("held");
  expect(await db.rows("select generations_left from promo_uses where user_id = 400")).toEqual([
    { generations_left: 2 },
  ]);
  const input = outcomeOf({ id: "voided", state: "queued", heldMain: 85n, heldBonus: 0n }, "queue-expired");
  if (input === null) throw new Error("the table ignores it");
  const answers = await raceAt(
    db,
    { sql: "select 1 from generations where id = 'voided' for update" },
    racers(RACERS, () => recordOutcome(database, input)),
  );
  expect(answers.filter((answer) => answer !== null)).toHaveLength(1);
  expect(await db.rows("select generations_left from promo_uses where user_id = 400")).toEqual([
    { generations_left: 3 },
  ]);
});

test("F5: of many top-ups at once one brings the promised bonus", async () => {
  await make({ code: "TOPUP20", kind: "topup", percent: 20 });
  await makePerson({ db, database }, 500, {});
  expect((await enter(500, "TOPUP20")).kind).toBe("redeemed");
  const topUp = (index: number) => {
    const { parts, rows } = topupBonus(sql`paid`, NOW);
    const row = movementRow({
      id: `star:${index}`,
      userId: 500,
      kind: "credit",
      kopecks: 1_000n,
      source: "stars",
      destination: "main",
    });
    return database.query(sql`
      with paid as (
        insert into star_charges (id, user_id, stars, kopecks, status, source, paid_at)
        values (${`charge-${index}`}, 500, 1, 1000, 'credited', 'update', ${NOW.toISOString()}::timestamptz)
        on conflict do nothing returning user_id, kopecks
      ), ${parts}, ${credited(sql`${row} from paid union all ${rows}`, NOW)}
      select count(*)::int as count from promo_topup`);
  };
  const answers = await raceAt(db, walletLock(500), racers(RACERS, topUp));
  expect(answers.filter(([row]) => row?.["count"] === 1)).toHaveLength(1);
  expect(await db.rows("select main, bonus from wallets where user_id = 500")).toEqual([
    { main: String(RACERS * 1_000), bonus: "200" },
  ]);
  expect(await db.rows("select id, kopecks from transfers where user_id = 500 and source = 'promo'")).toEqual([
    { id: "promo:TOPUP20:500", kopecks: "200" },
  ]);
});
