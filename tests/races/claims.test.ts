import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import type { Database } from "../../lib/db/client.ts";
import { claimForSubmit, recordOutcome, returnToQueue, saveTaskId } from "../../lib/db/generations.ts";
import { addSeconds } from "../../lib/shared/clock.ts";
import type { TestDatabase } from "../support/database.ts";
import { claimOf, expectMoneyAddsUp, makePerson, NOW, outcomeOf, PRICE, queueOne, submitOne } from "./money.ts";
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
const generation = (generationId: string) => ({
  sql: "select 1 from generations where id = $1 for update",
  parameters: [generationId],
});

test("C2: forty claims over ten queued generations take exactly three places", async () => {
  await makePerson({ db, database }, 1, { main: 10_000n });
  for (let index = 0; index < 10; index += 1) await queueOne({ db, database }, 1, `limit-${index}`);
  const answers = await raceAt(
    db,
    walletOf(1),
    racers(RACERS, (index) => claimForSubmit(database, claimOf(`limit-${index % 10}`))),
  );
  const { claimed, ...others } = tally(answers);
  expect(claimed).toBe(3);
  expect(Object.keys(others).every((answer) => answer === "running-limit" || answer === "not-queued")).toBe(true);
  expect(await db.rows("select queued, running from wallets where user_id = 1")).toEqual([{ queued: 7, running: 3 }]);
});

test("C1: one queued generation is claimed by one of many", async () => {
  await makePerson({ db, database }, 2, { main: 10_000n });
  await queueOne({ db, database }, 2, "single");
  const answers = await raceAt(
    db,
    generation("single"),
    racers(RACERS, () => claimForSubmit(database, claimOf("single"))),
  );
  expect(tally(answers)).toEqual({ claimed: 1, "not-queued": RACERS - 1 });
  expect(await db.rows("select attempt from generations where id = 'single'")).toEqual([{ attempt: 1 }]);
});

const claimAs = (name: string, index: number, now: Date) =>
  claimForSubmit(database, claimOf(`rate-${index}`, { rate: { name, limit: 18, windowSeconds: 10 }, now }));

test("the account's window lets 18 of 60 people through, the next window 18 more, a third the rest", async () => {
  for (let index = 0; index < 60; index += 1) {
    await makePerson({ db, database }, 2_000 + index, { main: PRICE });
    await queueOne({ db, database }, 2_000 + index, `rate-${index}`);
  }
  const everybody = racers(60, (index) => claimAs("account", index, NOW));
  // Nobody has used the account yet: all of them try to make the row.
  const firstRow = {
    sql: "insert into rate_buckets (name, window_start, used) values ('account', $1, 1)",
    parameters: [NOW.toISOString()],
  };
  expect(tally(await raceAt(db, firstRow, everybody))).toEqual({ claimed: 18, "rate-limit": 42 });
  const row = { sql: "select 1 from rate_buckets where name = 'account' for update" };
  const later = racers(60, (index) => claimAs("account", index, addSeconds(NOW, 10)));
  expect(tally(await raceAt(db, row, later))).toEqual({ claimed: 18, "not-queued": 18, "rate-limit": 24 });
  // A process whose clock lags by a window gets no second helping of the old one.
  expect(tally(await Promise.all(everybody.map((racer) => racer())))).toEqual({ "not-queued": 36, "rate-limit": 24 });
  const last = await Promise.all(
    Array.from({ length: 60 }, (_, index) => claimAs("account", index, addSeconds(NOW, 20))),
  );
  expect(tally(last)).toEqual({ claimed: 18, "not-queued": 36, "rate-limit": 6 });
});

test("an instance whose clock lags counts into the newest window and opens no old one", async () => {
  await makePerson({ db, database }, 6, { main: 10_000n });
  for (let index = 0; index < 2; index += 1) await queueOne({ db, database }, 6, `lag-${index}`);
  const claim = (index: number, now: Date) =>
    claimForSubmit(database, claimOf(`lag-${index}`, { rate: { name: "lag", limit: 18, windowSeconds: 10 }, now }));
  const later = addSeconds(NOW, 10);
  expect(await claim(0, later)).toBe("claimed");
  expect(await claim(1, NOW)).toBe("claimed");
  const windowStart = new Date(Math.floor(later.getTime() / 10_000) * 10_000);
  expect(await db.rows("select used, window_start from rate_buckets where name = 'lag'")).toEqual([
    { used: 2, window_start: windowStart },
  ]);
});

test("a place that was refused by the running limit costs nothing of the account's window", async () => {
  await makePerson({ db, database }, 3, { main: 10_000n });
  for (let index = 0; index < 4; index += 1) await queueOne({ db, database }, 3, `kept-${index}`);
  const claim = (index: number) =>
    claimForSubmit(database, claimOf(`kept-${index}`, { rate: { name: "kept", limit: 18, windowSeconds: 10 } }));
  for (let index = 0; index < 3; index += 1) expect(await claim(index)).toBe("claimed");
  expect(await claim(3)).toBe("running-limit");
  expect(await db.rows("select used from rate_buckets where name = 'kept'")).toEqual([{ used: 3 }]);
});

test("a return to the queue races a callback: one of them wins, and every counter follows the winner", async () => {
  await makePerson({ db, database }, 4, { main: 10_000n });
  const winners: string[] = [];
  for (let round = 0; round < 4; round += 1) {
    const id = `returned-${round}`;
    await submitOne({ db, database }, 4, id);
    const finished = outcomeOf({ id, state: "submitting", heldMain: PRICE, heldBonus: 0n }, "finished");
    if (finished === null) throw new Error("the table must know this");
    const answers = await raceAt(
      db,
      generation(id),
      racers(RACERS, async (index) => {
        const goesBack = (index + round) % 2 === 0;
        const won = goesBack
          ? await returnToQueue(database, { generationId: id, deadlineAt: NOW, dueAt: NOW, failure: null })
          : (await recordOutcome(database, finished)) !== null;
        return won ? (goesBack ? "queue" : "callback") : "late";
      }),
    );
    expect(tally(answers).late).toBe(RACERS - 1);
    winners.push(...answers.filter((answer) => answer !== "late"));
    const state = { queue: "queued", callback: "succeeded" }[winners.at(-1) ?? ""];
    expect(await db.rows("select state from generations where id = $1", [id])).toEqual([{ state }]);
  }
  expect(winners).toHaveLength(4);
});

test("a task id that KIE told us keeps a generation from going back to the queue", async () => {
  await makePerson({ db, database }, 5, { main: 10_000n });
  await submitOne({ db, database }, 5, "known");
  const answers = await raceAt(
    db,
    generation("known"),
    racers(RACERS, (index) =>
      index % 2 === 0
        ? saveTaskId(database, { generationId: "known", taskId: "task-1" })
        : returnToQueue(database, { generationId: "known", deadlineAt: NOW, dueAt: NOW, failure: null }),
    ),
  );
  expect(answers.filter((won) => won)).toHaveLength(1);
  const [row] = await db.rows("select state, task_id from generations where id = 'known'");
  expect([
    { state: "submitted", task_id: "task-1" },
    { state: "queued", task_id: null },
  ]).toContainEqual(row);
});
