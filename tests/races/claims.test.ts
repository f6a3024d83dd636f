import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import * as z from "zod";
import { pauseSelling, readPause, resumeSelling, takeProbe } from "../../lib/db/breaker.ts";
import type { Database } from "../../lib/db/client.ts";
import { recordOutcome, saveTaskId } from "../../lib/db/generations.ts";
import { claimForSubmit, readLine, returnToQueue, wakeQueue } from "../../lib/db/queue.ts";
import { addSeconds } from "../../lib/shared/clock.ts";
import type { TestDatabase } from "../support/database.ts";
import { claim, claimOf, expectMoneyAddsUp, makePerson, NOW, outcomeOf, PRICE, queueOne, submitOne } from "./money.ts";
import { RACERS, type Rig, raceAt, racers, startRig, tally } from "./rig.ts";

let rig: Rig;
let db: TestDatabase;
let database: Database;
beforeAll(async () => {
  rig = await startRig({ races: true });
  ({ db, database } = await rig.open());
});
afterEach(async () => {
  // There is one line, whatever a test calls its rate.
  await db.rows("update generations set rate_waiting = false where rate_waiting");
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
    racers(RACERS, (index) => claim(database, claimOf(`limit-${index % 10}`))),
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
    racers(RACERS, () => claim(database, claimOf("single"))),
  );
  expect(tally(answers)).toEqual({ claimed: 1, "not-queued": RACERS - 1 });
  expect(await db.rows("select attempt from generations where id = 'single'")).toEqual([{ attempt: 1 }]);
});

const claimAs = (name: string, index: number, now: Date) =>
  claim(database, claimOf(`${name}-${index}`, { rate: { name, limit: 18, windowSeconds: 10 }, now }));

/** So many people with one queued generation each, the older first. */
async function queueMany(name: string, firstUserId: number, count: number): Promise<void> {
  for (let index = 0; index < count; index += 1) {
    await makePerson({ db, database }, firstUserId + index, { main: PRICE });
    await queueOne({ db, database }, firstUserId + index, `${name}-${index}`, { now: addSeconds(NOW, index / 1000) });
  }
}

const waitingOf = async (name: string) =>
  (
    await db.rows("select id from generations where rate_waiting and id like $1 order by priority, created_at, id", [
      `${name}-%`,
    ])
  ).map((row) => Number(String(row["id"]).slice(name.length + 1)));

test("C2: in any ten seconds 18 of 60 people go, and whoever is refused stands in the line", async () => {
  await queueMany("account", 2_000, 60);
  const everybody = (now: Date) => racers(60, (index) => claimAs("account", index, now));
  // Nobody has used the account yet: all of them try to make the row.
  const firstRow = {
    sql: "insert into rate_windows (name, taken_at) values ('account', array[$1::timestamptz])",
    parameters: [NOW.toISOString()],
  };
  expect(tally(await raceAt(db, firstRow, everybody(NOW)))).toEqual({ claimed: 18, "rate-limit": 42 });
  expect(await waitingOf("account")).toHaveLength(42);
  // A moment before the ten seconds are over there is not a single place, whatever second it is.
  const almost = await Promise.all(everybody(addSeconds(NOW, 9.999)).map((racer) => racer()));
  expect(tally(almost)).toEqual({ "not-queued": 18, "rate-limit": 42 });
  const row = { sql: "select 1 from rate_windows where name = 'account' for update" };
  const standing = await waitingOf("account");
  // The others are refused by the line before they come to the window's row.
  const later = tally(await raceAt(db, row, everybody(addSeconds(NOW, 10)), 18));
  expect(later["not-queued"]).toBe(18);
  // Of those who raced only the first 18 of the line could go: nobody else has a place, also where these come later.
  expect(later["claimed"]).toBeGreaterThan(0);
  const left = await waitingOf("account");
  expect(standing.slice(18).every((index) => left.includes(index))).toBe(true);
  expect(standing.length - left.length).toBe(later["claimed"]);
  // The rest of the places go to the rest of the 18, and then there are none again.
  for (let round = 0; round < 18 && (await waitingOf("account")).length > 24; round += 1) {
    const [head] = await waitingOf("account");
    expect(await claimAs("account", head ?? -1, addSeconds(NOW, 10))).toBe("claimed");
  }
  expect(tally(await Promise.all(everybody(addSeconds(NOW, 10)).map((racer) => racer())))).toEqual({
    "not-queued": 36,
    "rate-limit": 24,
  });
  // A process whose clock lags gets no second helping.
  expect(tally(await Promise.all(everybody(NOW).map((racer) => racer())))).toEqual({
    "not-queued": 36,
    "rate-limit": 24,
  });
});

test("C2: the moments of the last takes are kept in their order, and no more of them than count", async () => {
  await queueMany("kept-times", 2_100, 30);
  for (let index = 0; index < 18; index += 1) {
    // Clocks of instances differ a little.
    const now = addSeconds(NOW, index % 2 === 0 ? index * 0.1 : index * 0.1 - 0.15);
    expect(await claimAs("kept-times", index, now)).toBe("claimed");
  }
  expect(await claimAs("kept-times", 18, addSeconds(NOW, 2))).toBe("rate-limit");
  expect(await claimAs("kept-times", 18, addSeconds(NOW, 10.05))).toBe("claimed");
  const [row] = await db.rows("select taken_at from rate_windows where name = 'kept-times'");
  const moments = z.array(z.date()).parse(row?.["taken_at"]);
  expect(moments).toHaveLength(18);
  expect(moments).toEqual(moments.toSorted((one, other) => one.getTime() - other.getTime()));
});

test("C2: an instance whose clock is hours ahead does not stop all others", async () => {
  await queueMany("ahead", 2_200, 20);
  for (let index = 0; index < 18; index += 1) {
    expect(await claimAs("ahead", index, addSeconds(NOW, 7_200))).toBe("claimed");
  }
  expect(await claimAs("ahead", 18, NOW)).toBe("claimed");
});

test("C2: a place goes to whom it is owed: newcomers do not overtake the line, paid ones go before free ones", async () => {
  await queueMany("fair", 2_300, 24);
  for (let index = 0; index < 18; index += 1) await claimAs("fair", index, NOW);
  for (const index of [18, 19, 20]) expect(await claimAs("fair", index, addSeconds(NOW, 1))).toBe("rate-limit");
  // One place is free, the line of three is before whoever comes now.
  await db.rows("update rate_windows set taken_at[1] = $1 where name = 'fair'", [addSeconds(NOW, -60).toISOString()]);
  expect(await claimAs("fair", 21, addSeconds(NOW, 2))).toBe("rate-limit");
  expect(await claimAs("fair", 19, addSeconds(NOW, 2))).toBe("rate-limit");
  expect(await waitingOf("fair")).toEqual([18, 19, 20, 21]);
  // Somebody who paid, and came last, goes before those who did not.
  await db.rows("update generations set priority = 2 where rate_waiting and id like 'fair-%'");
  expect(await claimAs("fair", 22, addSeconds(NOW, 2))).toBe("claimed");
  expect(await claimAs("fair", 18, addSeconds(NOW, 2))).toBe("rate-limit");
  expect(await claimAs("fair", 18, addSeconds(NOW, 10))).toBe("claimed");
});

test("C2: who could not go in any case keeps no place for themselves", async () => {
  await queueMany("stuck", 2_400, 20);
  for (let index = 0; index < 18; index += 1) await claimAs("stuck", index, NOW);
  expect(await claimAs("stuck", 18, addSeconds(NOW, 1))).toBe("rate-limit");
  // Others of theirs fill their own limit by now.
  await db.rows("update wallets set running = running + 3 where user_id = 2418");
  await db.rows("update rate_windows set taken_at[1] = $1 where name = 'stuck'", [addSeconds(NOW, -60).toISOString()]);
  expect(await claimAs("stuck", 19, addSeconds(NOW, 2))).toBe("claimed");
  expect(await claimAs("stuck", 18, addSeconds(NOW, 20))).toBe("running-limit");
  expect(await waitingOf("stuck")).toEqual([]);
  await db.rows("update wallets set running = running - 3 where user_id = 2418");
});

test("C2: who is refused hears how many stand before them and when somebody can go", async () => {
  await queueMany("told", 2_500, 21);
  for (let index = 0; index < 18; index += 1) await claimAs("told", index, addSeconds(NOW, index * 0.1));
  const told = async (index: number, now: Date) =>
    await claimForSubmit(
      database,
      claimOf(`told-${index}`, { rate: { name: "told", limit: 18, windowSeconds: 10 }, now }),
    );
  const now = addSeconds(NOW, 4);
  expect(await told(19, now)).toEqual({ kind: "rate-limit", ahead: 0, freeAt: addSeconds(NOW, 10) });
  expect(await told(20, now)).toEqual({ kind: "rate-limit", ahead: 1, freeAt: addSeconds(NOW, 10) });
  // Only the line is in the way: somebody can go now.
  const later = addSeconds(NOW, 10);
  expect(await told(20, later)).toEqual({ kind: "rate-limit", ahead: 1, freeAt: later });
  expect(
    await readLine(database, { rate: { name: "told", limit: 18, windowSeconds: 10 }, runningLimit: 3, now: later }),
  ).toMatchObject({ isPaused: false, places: 1, freeAt: later, heads: expect.arrayContaining(["told-19", "told-20"]) });
});

test("C6: while selling pauses nobody is claimed but the one trial", async () => {
  await queueMany("paused", 2_600, RACERS);
  const pause = {
    cause: "no-credits" as const,
    code: "402",
    alert: { adminIds: [1, 2], payload: { name: "kie-no-credits" } },
    now: NOW,
  };
  // Forty refusals at the same moment are one pause, and one alert for each admin.
  const lock = { sql: "insert into settings (key, value, updated_at) values ('selling-paused', '{}', now())" };
  const opened = await raceAt(
    db,
    lock,
    racers(RACERS, () => pauseSelling(database, pause)),
  );
  expect(opened.filter((isMine) => isMine)).toHaveLength(1);
  expect(await db.rows("select count(*)::int as n from outbox where id like 'alert:selling-paused:%'")).toEqual([
    { n: 2 },
  ]);
  const answers = await Promise.all(racers(RACERS, (index) => claimAs("paused", index, NOW)).map((racer) => racer()));
  expect(tally(answers)).toEqual({ paused: RACERS });
  const rate = { name: "paused", limit: 18, windowSeconds: 10 };
  expect(await claim(database, claimOf("paused-7", { rate, isTrial: true }))).toBe("claimed");
  // Many probes at the same moment: one has the turn. The same holds for the end.
  const open = await readPause(database);
  if (open === null) throw new Error("it was opened");
  const later = addSeconds(NOW, 60);
  const row = { sql: "select 1 from settings where key = 'selling-paused' for update" };
  const turns = await raceAt(
    db,
    row,
    racers(RACERS, () => takeProbe(database, { pause: open, nextProbeAt: addSeconds(later, 120), now: later })),
  );
  expect(turns.filter((isMine) => isMine)).toHaveLength(1);
  const ended = await raceAt(
    db,
    row,
    racers(RACERS, () => resumeSelling(database, { pause: open, adminIds: [1, 2], payload: {}, now: later })),
  );
  expect(ended.filter((isMine) => isMine)).toHaveLength(1);
  expect(await readPause(database)).toBeNull();
  // Whatever waited stands in the line now, in its order.
  await Promise.all(Array.from({ length: 40 }, () => wakeQueue(database, later)));
  expect((await waitingOf("paused")).toSorted((one, other) => one - other)).toEqual(
    Array.from({ length: RACERS }, (_, index) => index).filter((index) => index !== 7),
  );
  // The same trouble so soon again goes on with growing gaps.
  expect(await pauseSelling(database, { ...pause, now: addSeconds(later, 30) })).toBe(true);
  expect(await readPause(database)).toMatchObject({ probes: 1, nextProbeAt: addSeconds(later, 30 + 120) });
  await db.rows("delete from settings where key = 'selling-paused'");
});

test("C5: a cancel races claims: one of them wins, and the money follows the winner", async () => {
  await makePerson({ db, database }, 2_700, { main: 10_000n });
  const winners: string[] = [];
  for (let round = 0; round < 4; round += 1) {
    const id = `cancelled-${round}`;
    await queueOne({ db, database }, 2_700, id);
    const cancelled = outcomeOf({ id, state: "queued", heldMain: PRICE, heldBonus: 0n }, "cancelled");
    if (cancelled === null) throw new Error("the table must know this");
    const answers = await raceAt(
      db,
      generation(id),
      racers(RACERS, async (index) => {
        if ((index + round) % 2 === 0) return (await recordOutcome(database, cancelled)) === null ? "late" : "cancel";
        const answer = await claim(database, claimOf(id, { runningLimit: 1_000 }));
        return answer === "claimed" ? "claim" : "late";
      }),
    );
    expect(tally(answers).late).toBe(RACERS - 1);
    winners.push(...answers.filter((answer) => answer !== "late"));
    const wallet = await db.rows("select main::int, held::int, queued, running from wallets where user_id = 2700");
    const claims = winners.filter((winner) => winner === "claim").length;
    expect(wallet).toEqual([
      { main: 10_000 - claims * Number(PRICE), held: claims * Number(PRICE), queued: 0, running: claims },
    ]);
    const [row] = await db.rows("select state, told_at is not null as told, due_at from generations where id = $1", [
      id,
    ]);
    if (winners.at(-1) === "cancel") expect(row).toEqual({ state: "cancelled", told: true, due_at: null });
    else expect(row).toMatchObject({ state: "submitting" });
  }
  expect(winners).toHaveLength(4);
});

test("a place that was refused by the running limit costs nothing of the account's window", async () => {
  await makePerson({ db, database }, 3, { main: 10_000n });
  for (let index = 0; index < 4; index += 1) await queueOne({ db, database }, 3, `kept-${index}`);
  const claimOne = (index: number) =>
    claim(database, claimOf(`kept-${index}`, { rate: { name: "kept", limit: 18, windowSeconds: 10 } }));
  for (let index = 0; index < 3; index += 1) expect(await claimOne(index)).toBe("claimed");
  expect(await claimOne(3)).toBe("running-limit");
  expect(await db.rows("select cardinality(taken_at) as taken from rate_windows where name = 'kept'")).toEqual([
    { taken: 3 },
  ]);
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
