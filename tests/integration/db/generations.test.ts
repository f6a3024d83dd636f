import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import type { Database } from "../../../lib/db/client.ts";
import { leaseTelling, markTold, postponeTelling, saveDoneMessage } from "../../../lib/db/delivery.ts";
import { type OutcomeInput, readGeneration, recordOutcome, savePlan, saveTaskId } from "../../../lib/db/generations.ts";
import { postponeQueued, returnToQueue } from "../../../lib/db/queue.ts";
import { saveUpload } from "../../../lib/db/uploads.ts";
import { addSeconds } from "../../../lib/shared/clock.ts";
import {
  claim,
  claimOf,
  expectMoneyAddsUp,
  makePerson,
  NOW,
  outcomeOf,
  PRICE,
  queueOne,
  submitOne,
} from "../../races/money.ts";
import { type Rig, startRig } from "../../races/rig.ts";
import type { TestDatabase } from "../../support/database.ts";

let rig: Rig;
let db: TestDatabase;
let database: Database;
let parts: { db: TestDatabase; database: Database };
let lastUserId = 0;
beforeAll(async () => {
  rig = await startRig();
  parts = await rig.open();
  ({ db, database } = parts);
});
afterEach(async () => {
  await expectMoneyAddsUp(db);
});
afterAll(async () => {
  await rig.end();
});

async function person(): Promise<number> {
  lastUserId += 1;
  await makePerson(parts, lastUserId, { main: 10_000n });
  return lastUserId;
}
const rowOf = async (id: string) => (await db.rows("select * from generations where id = $1", [id]))[0];
function outcome(id: string, from: OutcomeInput["from"], event: Parameters<typeof outcomeOf>[1], charge = PRICE) {
  const input = outcomeOf({ id, state: from, heldMain: PRICE, heldBonus: 0n }, event, { charge });
  if (input === null) throw new Error("the table must know this");
  return input;
}

test("a generation is read with its owner, its place in the queue and its own files only", async () => {
  const [mine, other] = [await person(), await person()];
  const upload = { kind: "image", format: "png", mime: "image/png", sizeBytes: 5 } as const;
  for (const [userId, uploadId] of [
    [mine, "mine"],
    [other, "theirs"],
  ] as const) {
    await saveUpload(database, { userId, telegramFileId: "f", upload: { ...upload, uploadId }, now: NOW });
  }
  await queueOne(parts, mine, "first");
  await queueOne(parts, mine, "second");
  await db.rows(
    `update generations set "values" = '{"images":[{"uploadId":"mine"},{"uploadId":"theirs"}],"prompt":"mine"}' where id = 'second'`,
  );
  const read = await readGeneration(database, "second");
  expect(read).toMatchObject({ userId: mine, ahead: 1, owner: { language: "ru", reachable: true }, outputs: [] });
  expect(read?.uploads.map((file) => file.id)).toEqual(["mine"]);
  expect(read?.owner.wallet).toEqual({ mainKopecks: 9_800n, bonusKopecks: 0n, heldKopecks: 200n });
  expect(await readGeneration(database, "none")).toBeNull();
});

test("a claim stores the links of the files, for its owner only", async () => {
  const [mine, other] = [await person(), await person()];
  const upload = { kind: "image", format: "png", mime: "image/png", sizeBytes: 5 } as const;
  await saveUpload(database, {
    userId: mine,
    telegramFileId: "f",
    upload: { ...upload, uploadId: "linked" },
    now: NOW,
  });
  await saveUpload(database, {
    userId: other,
    telegramFileId: "f",
    upload: { ...upload, uploadId: "foreign" },
    now: NOW,
  });
  await queueOne(parts, mine, "with-file");
  const expiresAt = addSeconds(NOW, 86_400);
  const uploaded = ["linked", "foreign"].map((uploadId) => ({
    uploadId,
    url: `https://kie.example/${uploadId}`,
    expiresAt,
  }));
  expect(await claim(database, claimOf("with-file", { uploaded }))).toBe("claimed");
  expect(await db.rows("select id, kie_url from uploads where id in ('linked', 'foreign') order by id desc")).toEqual([
    { id: "linked", kie_url: "https://kie.example/linked" },
    { id: "foreign", kie_url: null },
  ]);
});

test("C1: a task id is stored once; another one never replaces it", async () => {
  const userId = await person();
  await submitOne(parts, userId, "task");
  expect(await saveTaskId(database, { generationId: "task", taskId: "t1" })).toBe(true);
  expect(await saveTaskId(database, { generationId: "task", taskId: "t2" })).toBe(false);
  expect(await rowOf("task")).toMatchObject({ state: "submitted", task_id: "t1" });
});

test("C4: a callback's task id makes a generation submitted, and the create call's answer finds it so", async () => {
  const userId = await person();
  await submitOne(parts, userId, "hinted");
  await savePlan(database, { generationId: "hinted", now: NOW, dueAt: NOW, taskId: "t1" });
  expect(await rowOf("hinted")).toMatchObject({ state: "submitted", task_id: "t1", looks: 1, extended: false });
  expect(await saveTaskId(database, { generationId: "hinted", taskId: "t1" })).toBe(false);
  await savePlan(database, { generationId: "hinted", now: NOW, dueAt: NOW, taskId: "t2", deadlineAt: NOW });
  expect(await rowOf("hinted")).toMatchObject({ task_id: "t1", looks: 2, extended: true });
});

test("a look without news plans the next one, and nothing for a generation that is over", async () => {
  const userId = await person();
  await submitOne(parts, userId, "planned");
  const dueAt = addSeconds(NOW, 30);
  await savePlan(database, { generationId: "planned", now: NOW, dueAt });
  expect(await rowOf("planned")).toMatchObject({ state: "submitting", due_at: dueAt, last_look_at: NOW });
  await recordOutcome(database, outcome("planned", "submitting", "errored"));
  await savePlan(database, { generationId: "planned", now: NOW, dueAt, deadlineAt: addSeconds(NOW, 9) });
  expect(await rowOf("planned")).toMatchObject({ state: "failed", looks: 1, extended: false });
});

test("only what still waits is put off", async () => {
  const userId = await person();
  await queueOne(parts, userId, "waits");
  await postponeQueued(database, { generationId: "waits", dueAt: addSeconds(NOW, 15) });
  expect(await rowOf("waits")).toMatchObject({ due_at: addSeconds(NOW, 15) });
  await claim(database, claimOf("waits"));
  await postponeQueued(database, { generationId: "waits", dueAt: addSeconds(NOW, 99) });
  expect(await rowOf("waits")).toMatchObject({ due_at: addSeconds(NOW, 45) });
});

test("a generation that went back to the queue can be claimed again, as another attempt", async () => {
  const userId = await person();
  await submitOne(parts, userId, "twice");
  expect(await returnToQueue(database, { generationId: "twice", deadlineAt: NOW, dueAt: NOW, failure: null })).toBe(
    true,
  );
  expect(await returnToQueue(database, { generationId: "twice", deadlineAt: NOW, dueAt: NOW, failure: null })).toBe(
    false,
  );
  expect(await claim(database, claimOf("twice"))).toBe("claimed");
  expect(await rowOf("twice")).toMatchObject({ attempt: 2, state: "submitting" });
});

test("C8: a part of the outputs posts a part and returns the rest", async () => {
  const userId = await person();
  await submitOne(parts, userId, "part");
  const answer = await recordOutcome(database, outcome("part", "submitting", "finished", 33n));
  expect(answer?.generation).toMatchObject({ state: "succeeded", postedKopecks: 33n, loss: false });
  expect(answer?.generation.owner.wallet).toEqual({ mainKopecks: 9_967n, bonusKopecks: 0n, heldKopecks: 0n });
  expect(answer?.generation.outputs).toMatchObject([{ position: 0, kind: "image", fileId: null }]);
});

test("C2: an outcome names the oldest generation of the same person that waits for the place", async () => {
  const [mine, other] = [await person(), await person()];
  await submitOne(parts, mine, "ends");
  await queueOne(parts, other, "not-mine", { now: addSeconds(NOW, 1) });
  await queueOne(parts, mine, "later", { now: addSeconds(NOW, 3) });
  await queueOne(parts, mine, "sooner", { now: addSeconds(NOW, 2) });
  expect((await recordOutcome(database, outcome("ends", "submitting", "finished")))?.nextQueuedId).toBe("sooner");
});

test("an outcome's alert is one message per admin and cause, however many generations have it", async () => {
  const userId = await person();
  for (const id of ["alert-1", "alert-2"]) {
    await submitOne(parts, userId, id);
    const alert = { id: "alert:overdue:2026-11-20T11", adminIds: [1, 2], payload: { name: "overdue-task" } };
    await recordOutcome(database, { ...outcome(id, "submitting", "overdue"), alert });
  }
  expect(await db.rows("select id, user_id from outbox where id like 'alert:overdue%' order by id")).toEqual([
    { id: "alert:overdue:2026-11-20T11:1", user_id: "1" },
    { id: "alert:overdue:2026-11-20T11:2", user_id: "2" },
  ]);
});

test("C7: a late success clears the failure, starts a new delivery and moves no money", async () => {
  const userId = await person();
  await submitOne(parts, userId, "late");
  await recordOutcome(database, outcome("late", "submitting", "overdue"));
  await saveDoneMessage(database, { generationId: "late", messageId: 9 });
  await markTold(database, { generationId: "late", from: "expired", to: "expired", now: NOW, files: [] });
  const answer = await recordOutcome(database, outcome("late", "expired", "finished"));
  expect(answer?.generation).toMatchObject({
    state: "succeeded",
    loss: true,
    postedKopecks: 0n,
    failure: null,
    toldAt: null,
  });
  expect(await rowOf("late")).toMatchObject({ done_message_id: null, delivery_attempts: 0 });
  expect(await db.rows("select main from wallets where user_id = $1", [userId])).toEqual([{ main: "10000" }]);
});

test("D4: what was told is told: no lease, no second mark, no later plan", async () => {
  const userId = await person();
  await submitOne(parts, userId, "told");
  await recordOutcome(database, outcome("told", "submitting", "finished"));
  const file = { position: 0, fileId: "file-1", sentAs: "photo", messageId: 12 };
  const mark = () =>
    markTold(database, { generationId: "told", from: "succeeded", to: "delivered", now: NOW, files: [file] });
  expect(await mark()).toBe(true);
  expect(await mark()).toBe(false);
  await postponeTelling(database, { generationId: "told", retryAt: addSeconds(NOW, 5) });
  expect(await rowOf("told")).toMatchObject({ state: "delivered", due_at: null, lease_until: null, told_at: NOW });
  expect(await db.rows("select file_id, sent_as, message_id from outputs where generation_id = 'told'")).toEqual([
    { file_id: "file-1", sent_as: "photo", message_id: 12 },
  ]);
});

test("D4: an undeliverable result can be leased by its owner, and nothing becomes due by it", async () => {
  const userId = await person();
  await submitOne(parts, userId, "blocked");
  await recordOutcome(database, outcome("blocked", "submitting", "finished"));
  await markTold(database, { generationId: "blocked", from: "succeeded", to: "undeliverable", now: NOW, files: [] });
  const lease = () =>
    leaseTelling(database, {
      generationId: "blocked",
      state: "undeliverable",
      now: NOW,
      leaseUntil: addSeconds(NOW, 90),
    });
  expect(await lease()).toBe(true);
  expect(await lease()).toBe(false);
  expect(await rowOf("blocked")).toMatchObject({ due_at: null });
  const mark = () =>
    markTold(database, { generationId: "blocked", from: "undeliverable", to: "delivered", now: NOW, files: [] });
  expect(await mark()).toBe(true);
  expect(await mark()).toBe(false);
});
