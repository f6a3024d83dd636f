import { sql } from "drizzle-orm";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import type { Database } from "../../lib/db/client.ts";
import { readDialogue } from "../../lib/db/dialogues.ts";
import { recordOutcome } from "../../lib/db/generations.ts";
import { holdForGeneration } from "../../lib/db/holds.ts";
import { credited, movementRow } from "../../lib/db/ledger.ts";
import { credit } from "../../lib/db/wallets.ts";
import type { TestDatabase } from "../support/database.ts";
import { chargeBack, debit, refund } from "../support/ledger-moves.ts";
import { expectMoneyAddsUp, holdOf, makePerson, NOW, nextUpdateId, outcomeOf, submitOne } from "./money.ts";
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
const applied = (answers: readonly boolean[]) => answers.filter((answer) => answer).length;
const money = (userId: number) =>
  db.rows("select main, bonus, held, debt from wallets where user_id = $1", [userId]).then(([row]) => row);

const pays = async (userId: number, id: string, kopecks: bigint) =>
  (await credit(database, { id, userId, kopecks, account: "main", source: "stars", reason: null, now: NOW })).applied;
const takes = (userId: number, id: string, kopecks: bigint) =>
  debit(database, { id, userId, kopecks, account: "main", destination: "admin", now: NOW });
const takesBack = (userId: number, id: string, kopecks: bigint) =>
  chargeBack(database, { id, userId, kopecks, destination: "stars", now: NOW });

test("E2: one cause credited by many racers is credited once", async () => {
  await makePerson({ db, database }, 1, {});
  const answers = await raceAt(
    db,
    walletOf(1),
    racers(RACERS, () => pays(1, "star:once", 700n)),
  );
  expect(applied(answers)).toBe(1);
  expect(await money(1)).toEqual({ main: "700", bonus: "0", held: "0", debt: "0" });
});

test("E2: a wallet that nobody has made yet is made once by credits that race", async () => {
  const answers = await Promise.all(racers(RACERS, (index) => pays(2, `star:new-${index}`, 10n)).map((run) => run()));
  expect(applied(answers)).toBe(RACERS);
  expect(await money(2)).toEqual({ main: String(RACERS * 10), bonus: "0", held: "0", debt: "0" });
});

test("E2: debits that race at the edge of the balance take what is there, and no kopeck more", async () => {
  await makePerson({ db, database }, 3, { main: 1_050n });
  const answers = await raceAt(
    db,
    walletOf(3),
    racers(RACERS, (index) => takes(3, `adjust:${index}`, 100n)),
  );
  expect(applied(answers)).toBe(10);
  expect(await money(3)).toEqual({ main: "50", bonus: "0", held: "0", debt: "0" });
});

test("F1: one chargeback told by many racers is taken once, and becomes debt beyond both balances", async () => {
  await makePerson({ db, database }, 4, { main: 300n, bonus: 50n });
  const answers = await raceAt(
    db,
    walletOf(4),
    racers(RACERS, () => takesBack(4, "star:back:refund", 500n)),
  );
  expect(applied(answers)).toBe(1);
  expect(await money(4)).toEqual({ main: "0", bonus: "0", held: "0", debt: "150" });
});

test("E2: of a debt that many credits pay at once each kopeck is paid once", async () => {
  await makePerson({ db, database }, 5, {});
  await takesBack(5, "star:owed:refund", 1_005n);
  const answers = await raceAt(
    db,
    walletOf(5),
    racers(RACERS, (index) => pays(5, `star:pays-${index}`, 100n)),
  );
  expect(applied(answers)).toBe(RACERS);
  expect(await money(5)).toEqual({ main: String(RACERS * 100 - 1_005), bonus: "0", held: "0", debt: "0" });
  expect(
    await db.rows(
      "select sum(kopecks) as paid, count(*)::int from transfers where user_id = 5 and destination = 'debt'",
    ),
  ).toEqual([{ paid: "1005", count: 11 }]);
});

test("E2: credits, debits, chargebacks and spends of one person at the same time add up", async () => {
  await makePerson({ db, database }, 6, { main: 400n, bonus: 250n });
  const spend = async (index: number): Promise<string> => {
    for (;;) {
      const { revision } = await readDialogue(database, { userId: 6, updateId: nextUpdateId(), needs: {} });
      const answer = await holdForGeneration(database, holdOf(6, `storm-${index}`, { expectedRevision: revision }));
      if (answer.kind !== "stale") return answer.kind === "refused" ? answer.refusal.code : answer.kind;
    }
  };
  const said = (isApplied: boolean) => (isApplied ? "applied" : "nothing");
  const answers = await raceAt(
    db,
    walletOf(6),
    racers(60, async (index) => {
      if (index % 4 === 0) return await spend(index);
      if (index % 4 === 1) return said(await pays(6, `star:storm-${index}`, 50n));
      if (index % 4 === 2) return said(await takes(6, `adjust:storm-${index}`, 70n));
      return said(await takesBack(6, `star:storm-back-${index % 8}`, 45n));
    }),
  );
  // Two chargebacks, each told by many; fifteen credits; what else fitted depends on who came first.
  expect(
    await db.rows("select count(*)::int from transfers where user_id = 6 and id like 'star:storm-back-_'"),
  ).toEqual([{ count: 2 }]);
  expect(answers).toHaveLength(60);
});

test("E2: holds that end while a chargeback takes the rest pay the debt with what returns", async () => {
  await makePerson({ db, database }, 7, { main: 1_000n });
  for (let index = 0; index < 8; index += 1) await submitOne({ db, database }, 7, `ends-${index}`);
  await raceAt(
    db,
    walletOf(7),
    racers(RACERS, async (index) => {
      if (index % 6 === 0) return await takesBack(7, "star:late:refund", 700n);
      const outcome = outcomeOf(
        { id: `ends-${index % 8}`, state: "submitting", heldMain: 100n, heldBonus: 0n },
        "errored",
      );
      return outcome === null ? null : await recordOutcome(database, outcome);
    }),
  );
  expect(await money(7)).toEqual({ main: "300", bonus: "0", held: "0", debt: "0" });
});

test("E2: a spend that waited for the very credit that pays for it goes through", async () => {
  const people = Array.from({ length: 12 }, (_, index) => 70 + index);
  for (const userId of people) {
    await makePerson({ db, database }, userId, {});
    const answers = await raceAt(
      db,
      walletOf(userId),
      [
        ...racers(6, (index) => pays(userId, `star:${userId}-${index}`, 100n).then(String)),
        () => holdForGeneration(database, holdOf(userId, `waited-${userId}`)).then((answer) => answer.kind),
      ],
      7,
    );
    // Whether it came before the first credit or after: an error is never the answer.
    expect(["held", "refused"]).toContain(answers.at(-1));
  }
});

test("E2: one generation refunded by many racers is refunded once", async () => {
  await makePerson({ db, database }, 8, { main: 60n, bonus: 40n });
  await submitOne({ db, database }, 8, "refunded");
  const outcome = outcomeOf({ id: "refunded", state: "submitting", heldMain: 60n, heldBonus: 40n }, "finished");
  if (outcome !== null) await recordOutcome(database, outcome);
  const answers = await raceAt(
    db,
    walletOf(8),
    racers(RACERS, () => refund(database, { generationId: "refunded", now: NOW })),
  );
  expect(applied(answers)).toBe(1);
  expect(await money(8)).toEqual({ main: "60", bonus: "40", held: "0", debt: "0" });
});

test("F7: statements that credit two people each, in either order, never stand in each other's way for ever", async () => {
  await makePerson({ db, database }, 9, {});
  await makePerson({ db, database }, 10, {});
  const both = (index: number) => {
    const [first, second] = index % 2 === 0 ? [9, 10] : [10, 9];
    const row = (userId: number) =>
      movementRow({
        id: `referral:${index}:${userId}`,
        userId,
        kind: "credit",
        kopecks: 5n,
        source: "referral",
        destination: "bonus",
      });
    return database.query(
      sql`with ${credited(sql`${row(first ?? 9)} union all ${row(second ?? 10)}`, NOW)} select count(*)::int as made from credit_made`,
    );
  };
  const answers = await raceAt(db, walletOf(9), racers(RACERS, both));
  expect(tally(answers.map(([row]) => String(row?.["made"])))).toEqual({ 2: RACERS });
  for (const userId of [9, 10]) expect(await money(userId)).toMatchObject({ bonus: String(RACERS * 5) });
});
