import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import type { Database } from "../../lib/db/client.ts";
import { leaseTelling, markTold } from "../../lib/db/delivery.ts";
import { countFailure } from "../../lib/db/dialogues.ts";
import { type OutcomeInput, recordOutcome } from "../../lib/db/generations.ts";
import { holdForGeneration } from "../../lib/db/holds.ts";
import { addToOutbox, leaseOutbox } from "../../lib/db/outbox.ts";
import { addSeconds } from "../../lib/shared/clock.ts";
import type { TestDatabase } from "../support/database.ts";
import { expectMoneyAddsUp, holdOf, makePerson, NOW, outcomeOf, PRICE, queueOne, submitOne } from "./money.ts";
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

const generation = (generationId: string) => ({
  sql: "select 1 from generations where id = $1 for update",
  parameters: [generationId],
});

type Event = Parameters<typeof outcomeOf>[1];
function outcome(id: string, from: OutcomeInput["from"], event: Event, charge = PRICE): OutcomeInput {
  const input = outcomeOf({ id, state: from, heldMain: PRICE - 40n, heldBonus: 40n }, event, { charge });
  if (input === null) throw new Error("the table must know this");
  return input;
}

test("C4: an outcome that many bring at once is posted once", async () => {
  await makePerson({ db, database }, 1, { main: 60n, bonus: 40n });
  await submitOne({ db, database }, 1, "posted");
  const answers = await raceAt(
    db,
    generation("posted"),
    racers(RACERS, () => recordOutcome(database, outcome("posted", "submitting", "finished", 70n))),
  );
  expect(answers.filter((answer) => answer !== null)).toHaveLength(1);
  expect(await db.rows("select main, bonus, held, running from wallets where user_id = 1")).toEqual([
    { main: "30", bonus: "0", held: "0", running: 0 },
  ]);
  expect(await db.rows("select count(*)::int from outputs where generation_id = 'posted'")).toEqual([{ count: 1 }]);
});

test("C7: success, failure and the deadline race: each hold is posted or voided, never both", async () => {
  const events: Event[] = ["finished", "errored", "overdue", "lost"];
  for (let round = 0; round < 4; round += 1) {
    const id = `mixed-${round}`;
    await makePerson({ db, database }, 10 + round, { main: 60n, bonus: 40n });
    await submitOne({ db, database }, 10 + round, id);
    const answers = await raceAt(
      db,
      generation(id),
      racers(RACERS, async (index) => {
        const event = events[(index + round) % events.length] ?? "finished";
        return (await recordOutcome(database, outcome(id, "submitting", event))) === null ? "late" : event;
      }),
    );
    expect(tally(answers).late).toBe(RACERS - 1);
    const isPosted = answers.includes("finished");
    expect(await db.rows("select main + bonus as left from wallets where user_id = $1", [10 + round])).toEqual([
      { left: isPosted ? "0" : "100" },
    ]);
  }
});

test("C7: a success after the money went back is a present, once", async () => {
  await makePerson({ db, database }, 20, { main: 60n, bonus: 40n });
  await submitOne({ db, database }, 20, "present");
  expect(await recordOutcome(database, outcome("present", "submitting", "overdue"))).not.toBeNull();
  const answers = await raceAt(
    db,
    generation("present"),
    racers(RACERS, () => recordOutcome(database, outcome("present", "expired", "finished"))),
  );
  expect(answers.filter((answer) => answer !== null)).toHaveLength(1);
  expect(await db.rows("select state, loss, posted_kopecks from generations where id = 'present'")).toEqual([
    { state: "succeeded", loss: true, posted_kopecks: "0" },
  ]);
  expect(await db.rows("select main, bonus from wallets where user_id = 20")).toEqual([{ main: "60", bonus: "40" }]);
});

test("D4: of many deliverers one holds the lease, and after its end one more", async () => {
  await makePerson({ db, database }, 30, { main: 60n, bonus: 40n });
  await submitOne({ db, database }, 30, "leased");
  await recordOutcome(database, outcome("leased", "submitting", "finished"));
  const lease = (now: Date) =>
    leaseTelling(database, { generationId: "leased", state: "succeeded", now, leaseUntil: addSeconds(now, 90) });
  // The one who recorded the outcome holds it.
  expect(await lease(NOW)).toBe(false);
  for (const now of [addSeconds(NOW, 90), addSeconds(NOW, 180)]) {
    const taken = await raceAt(
      db,
      generation("leased"),
      racers(RACERS, () => lease(now)),
    );
    expect(taken.filter((isMine) => isMine)).toHaveLength(1);
  }
  const told = await raceAt(
    db,
    generation("leased"),
    racers(RACERS, () =>
      markTold(database, { generationId: "leased", from: "succeeded", to: "delivered", now: NOW, files: [] }),
    ),
  );
  expect(told.filter((isMine) => isMine)).toHaveLength(1);
  expect(await lease(addSeconds(NOW, 900))).toBe(false);
});

test("holds, outcomes and returns of one wallet at once leave no kopeck behind", async () => {
  await makePerson({ db, database }, 40, { main: 5_000n });
  const ids = Array.from({ length: 20 }, (_, index) => `busy-${index}`);
  for (const id of ids) await submitOne({ db, database }, 40, id);
  await queueOne({ db, database }, 40, "busy-queued");
  const [row] = await db.rows("select revision from conversations where user_id = 40");
  const held = { heldMain: PRICE, heldBonus: 0n };
  await raceAt(
    db,
    { sql: "select 1 from wallets where user_id = 40 for update" },
    racers<unknown>(RACERS, (index) => {
      const id = ids[index % ids.length] ?? "";
      const event: Event = index % 3 === 0 ? "errored" : "finished";
      if (index >= 2 * ids.length) {
        return holdForGeneration(
          database,
          holdOf(40, `busy-new-${index}`, { expectedRevision: Number(row?.["revision"]) }),
        );
      }
      const input = outcomeOf({ id, state: "submitting", ...held }, event);
      return input === null ? Promise.resolve(null) : recordOutcome(database, input);
    }),
  );
  expect(
    await db.rows("select running, queued, held, main + held as kept from wallets where user_id = 40"),
  ).toMatchObject([{ running: 0, queued: 2, held: "200" }]);
});

test("what is owed without a generation is sent by one of many sweepers", async () => {
  const messages = Array.from({ length: 30 }, (_, index) => ({
    id: `alert:${index}`,
    userId: 1,
    kind: "alert",
    payload: { name: "test" },
  }));
  await Promise.all(racers(RACERS, () => addToOutbox(database, { messages, now: NOW })).map((racer) => racer()));
  const batches = await Promise.all(
    Array.from({ length: RACERS }, () =>
      leaseOutbox(database, { now: NOW, leaseUntil: addSeconds(NOW, 90), limit: 20 }),
    ),
  );
  const ids = batches.flat().map((message) => message.id);
  expect(new Set(ids).size).toBe(ids.length);
  expect(ids).toHaveLength(30);
});

test("every failure of one update is counted, also those at the same moment", async () => {
  const input = { updateId: 99, userId: null, error: "Error", giveUpAt: 3, now: NOW };
  const counts = await Promise.all(Array.from({ length: RACERS }, () => countFailure(database, input)));
  expect(counts.toSorted((a, b) => a - b)).toEqual(Array.from({ length: RACERS }, (_, index) => index + 1));
  expect(await db.rows("select status from updates where update_id = 99")).toEqual([{ status: "failed" }]);
});
