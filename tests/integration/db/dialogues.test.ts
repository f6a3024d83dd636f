import { afterAll, beforeAll, expect, test } from "vitest";
import type { Database } from "../../../lib/db/client.ts";
import {
  countFailure,
  HISTORY_PAGE,
  readDialogue,
  type StepWrite,
  saveScreenMessage,
  saveStep,
  setReachable,
} from "../../../lib/db/dialogues.ts";
import { dueGenerations, rollUp } from "../../../lib/db/sweeps.ts";
import { addSeconds } from "../../../lib/shared/clock.ts";
import { makePerson, NOW, nextUpdateId, queueOne } from "../../races/money.ts";
import { type Rig, startRig } from "../../races/rig.ts";
import type { TestDatabase } from "../../support/database.ts";

let rig: Rig;
let db: TestDatabase;
let database: Database;
let parts: { db: TestDatabase; database: Database };
beforeAll(async () => {
  rig = await startRig();
  parts = await rig.open();
  ({ db, database } = parts);
});
afterAll(async () => {
  await rig.end();
});

const stepOf = (userId: number, fields: Partial<StepWrite> = {}): StepWrite => ({
  updateId: nextUpdateId(),
  sender: { id: userId, firstName: "Анна", username: null, language: "ru" },
  expectedRevision: 0,
  state: { v: 1, messageId: null },
  now: NOW,
  welcomeBonusKopecks: 5_000n,
  ...fields,
});
const read = (userId: number, needs = {}, updateId = 0) => readDialogue(database, { userId, updateId, needs });

test("somebody new is read as nobody, and the first step makes user, dialogue, wallet and welcome bonus", async () => {
  expect(await read(1)).toMatchObject({ user: null, wallet: null, revision: 0, isDone: false, history: null });
  const step = stepOf(1);
  expect(await saveStep(database, step)).toBe(1);
  expect(await read(1, {}, step.updateId)).toMatchObject({
    user: { firstName: "Анна", language: "ru", reachable: true },
    wallet: { bonusKopecks: 5_000n },
    revision: 1,
    isDone: true,
  });
  expect(await db.rows("select id, kopecks from transfers where user_id = 1")).toEqual([
    { id: "welcome:1", kopecks: "5000" },
  ]);
});

test("a step on an old revision changes nothing, not even the inbox", async () => {
  await saveStep(database, stepOf(2));
  expect(await saveStep(database, stepOf(2, { expectedRevision: 1, state: { v: 1, n: 2 } }))).toBe(2);
  const late = stepOf(2, { expectedRevision: 1, state: { v: 1, n: 3 } });
  expect(await saveStep(database, late)).toBeNull();
  expect(await saveStep(database, stepOf(2))).toBeNull();
  expect(await read(2, {}, late.updateId)).toMatchObject({ revision: 2, state: { n: 2 }, isDone: false });
  expect(await db.rows("select bonus from wallets where user_id = 2")).toEqual([{ bonus: "5000" }]);
});

test("a step that only orders something keeps the revision, so that the buttons on the screen stay current", async () => {
  const state = { v: 1, n: 1 };
  await saveStep(database, stepOf(60, { state }));
  const order = stepOf(60, { expectedRevision: 1, state });
  expect(await saveStep(database, order)).toBe(1);
  expect(await read(60, {}, order.updateId)).toMatchObject({ revision: 1, isDone: true });
  expect(await saveStep(database, stepOf(60, { expectedRevision: 1, state: { v: 1, n: 2 } }))).toBe(2);
  expect(await db.rows("select bonus from wallets where user_id = 60")).toEqual([{ bonus: "5000" }]);
});

test("a step on a revision of a dialogue that does not exist is refused", async () => {
  expect(await saveStep(database, stepOf(3, { expectedRevision: 4 }))).toBeNull();
  expect(await read(3)).toMatchObject({ user: null, revision: 0 });
});

test("a step makes a person reachable again who had blocked the bot", async () => {
  await saveStep(database, stepOf(4));
  await setReachable(database, 4, false);
  expect((await read(4)).user?.reachable).toBe(false);
  await saveStep(database, stepOf(4, { expectedRevision: 1 }));
  expect((await read(4)).user?.reachable).toBe(true);
});

test("a screen's message is remembered only while its step is the last one", async () => {
  await saveStep(database, stepOf(5));
  await saveScreenMessage(database, { userId: 5, revision: 1, messageId: 42 });
  expect((await read(5)).state).toMatchObject({ messageId: 42 });
  await saveStep(database, stepOf(5, { expectedRevision: 1, state: { v: 1, messageId: null } }));
  await saveScreenMessage(database, { userId: 5, revision: 1, messageId: 43 });
  expect((await read(5)).state).toMatchObject({ messageId: null });
});

test("A7: another person's generation and its ledger read as nothing", async () => {
  await makePerson(parts, 6, { main: 1_000n });
  await makePerson(parts, 7, {});
  await queueOne(parts, 6, "secret");
  expect(await read(6, { generationId: "secret", ledgerOf: "secret" })).toMatchObject({
    generation: { id: "secret" },
    ledgerLines: [{ kind: "hold", kopecks: 100n, account: "main" }],
  });
  expect(await read(7, { generationId: "secret", ledgerOf: "secret" })).toMatchObject({
    generation: null,
    ledgerLines: [],
  });
});

test("D5: the history comes newest first, in pages by key, without gaps where moments are the same", async () => {
  await makePerson(parts, 8, { main: 10_000n });
  await makePerson(parts, 9, { main: 10_000n });
  for (let index = 0; index < 2 * HISTORY_PAGE + 3; index += 1) {
    await queueOne(parts, 8, `h${String(index).padStart(2, "0")}`, { now: addSeconds(NOW, Math.floor(index / 4)) });
  }
  await queueOne(parts, 9, "theirs");
  const seen: string[] = [];
  let before: string | null = null;
  do {
    const { history } = await read(8, { history: { before } });
    if (history === null) throw new Error("a history must be there");
    expect(history.items.length).toBeLessThanOrEqual(HISTORY_PAGE);
    seen.push(...history.items.map((item) => item.id));
    before = history.next;
  } while (before !== null);
  expect(seen).toEqual(Array.from({ length: 19 }, (_, index) => `h${String(18 - index).padStart(2, "0")}`));
  // A cursor of somebody else leads nowhere.
  expect((await read(8, { history: { before: "theirs" } })).history?.items).toEqual([]);
});

test("failures of an update are counted until it is given up; one that is done stays done", async () => {
  const count = (updateId: number) =>
    countFailure(database, { updateId, userId: null, error: "Error", giveUpAt: 3, now: NOW });
  expect([await count(70), await count(70), await count(70)]).toEqual([1, 2, 3]);
  expect(await db.rows("select status from updates where update_id = 70")).toEqual([{ status: "failed" }]);
  const step = stepOf(10);
  await saveStep(database, step);
  await count(step.updateId);
  expect((await read(10, {}, step.updateId)).isDone).toBe(true);
});

test("an update that failed first and worked then is done", async () => {
  const step = stepOf(11);
  await countFailure(database, { updateId: step.updateId, userId: null, error: "Error", giveUpAt: 3, now: NOW });
  expect((await read(11, {}, step.updateId)).isDone).toBe(false);
  await saveStep(database, step);
  expect((await read(11, {}, step.updateId)).isDone).toBe(true);
});

test("what is due comes oldest first, and not before its time", async () => {
  await makePerson(parts, 12, { main: 10_000n });
  for (const [id, seconds] of [
    ["due-b", 20],
    ["due-a", 10],
    ["due-c", 30],
  ] as const) {
    await queueOne(parts, 12, id);
    await db.rows("update generations set due_at = $2 where id = $1", [id, addSeconds(NOW, seconds - 9_000)]);
  }
  const due = (limit: number) => dueGenerations(database, { dueBefore: addSeconds(NOW, 20 - 9_000), limit });
  expect(await due(10)).toEqual(["due-a", "due-b"]);
  expect(await due(1)).toEqual(["due-a"]);
});

test("C3: usual times come from five results or more of a week, and at most once in ten minutes", async () => {
  await makePerson(parts, 13, { main: 10_000n });
  const finish = async (id: string, entryKey: string, seconds: number, state = "delivered") => {
    await queueOne(parts, 13, id);
    await db.rows(
      "update generations set entry_key = $2, state = $3, submitted_at = $4, finished_at = $5, due_at = null where id = $1",
      [id, entryKey, state, NOW, addSeconds(NOW, seconds)],
    );
  };
  for (let index = 1; index <= 5; index += 1) await finish(`often-${index}`, "often", index * 10);
  for (let index = 1; index <= 4; index += 1) await finish(`rare-${index}`, "rare", 10);
  for (let index = 1; index <= 5; index += 1) await finish(`failed-${index}`, "failing", 10, "failed");
  await db.rows("insert into updates (update_id, status, attempts, received_at) values (900, 'done', 1, $1)", [
    addSeconds(NOW, -15 * 86_400),
  ]);
  const later = addSeconds(NOW, 60);
  const turns = await Promise.all(Array.from({ length: 8 }, () => rollUp(database, later)));
  expect(turns.filter((isMine) => isMine)).toHaveLength(1);
  expect(await db.rows("select entry_key, p50_seconds, p90_seconds, samples from usual_times")).toEqual([
    { entry_key: "often", p50_seconds: 30, p90_seconds: 46, samples: 5 },
  ]);
  expect(await db.rows("select 1 from updates where update_id = 900")).toEqual([]);
  expect(await rollUp(database, addSeconds(later, 599))).toBe(false);
  expect(await rollUp(database, addSeconds(later, 600))).toBe(true);
});
