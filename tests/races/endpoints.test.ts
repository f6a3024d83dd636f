import { createHmac } from "node:crypto";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { readGeneration } from "../../lib/db/generations.ts";
import { signDelivery } from "../../lib/sandbox/qstash/signature.ts";
import { finish } from "../../lib/services/generation/advance.ts";
import { applyOutcome, type Outcome } from "../../lib/services/generation/outcome.ts";
import { resendResult } from "../../lib/services/generation/resend.ts";
import { sweep } from "../../lib/services/sweep/sweep.ts";
import { type Person, startWorld, type World } from "../support/world.ts";
import { expectMoneyAddsUp, nextUpdateId } from "./money.ts";
import { RACERS, raceAt, racers, takeRaceTurn, tally } from "./rig.ts";

let world: World;
let turn: { end(): Promise<void> };
beforeAll(async () => {
  world = await startWorld();
  turn = await takeRaceTurn(world.db.url);
});
afterEach(async () => {
  await world.idle();
  await world.database.disconnect();
  await expectMoneyAddsUp(world.db);
});
afterAll(async () => {
  await world.expectInvariants();
  await world.end();
  await turn.end();
});

/** A person before the ✅ of the example. */
async function withOpenCard(userId: number): Promise<{ person: Person; tap: (updateId: number) => Promise<number> }> {
  const person = world.person(userId);
  await person.says("/start");
  await person.taps("Попробовать");
  const { messageId, data } = person.button("Создать");
  const tap = async (updateId: number) => {
    const response = await world.request("/api/telegram", {
      method: "POST",
      headers: {
        "content-type": "application/json",
        "x-telegram-bot-api-secret-token": world.app.config.TELEGRAM_WEBHOOK_SECRET,
      },
      body: JSON.stringify({
        update_id: updateId,
        callback_query: {
          id: String(updateId),
          from: { id: userId, is_bot: false, first_name: "Анна", language_code: "ru" },
          message: { message_id: messageId, date: 1, chat: { id: userId, type: "private" }, text: "…" },
          chat_instance: "1",
          data,
        },
      }),
    });
    await response.arrayBuffer();
    return response.status;
  };
  return { person, tap };
}

/** A person whose generation runs at the simulated KIE, which has told nobody yet. */
async function withRunningTask(userId: number): Promise<{ person: Person; generationId: string; taskId: string }> {
  const person = world.person(userId);
  await person.says("/start");
  await person.taps("Попробовать");
  await person.taps("Создать");
  const [row] = await world.db.rows("select id, task_id from generations where user_id = $1", [userId]);
  return { person, generationId: String(row?.["id"]), taskId: String(row?.["task_id"]) };
}

/** KIE, calling back for a task. */
async function callerOf(generationId: string, taskId: string): Promise<() => Promise<number>> {
  const [row] = await world.db.rows("select callback_token from generations where id = $1", [generationId]);
  const timestamp = String(Math.floor(world.app.clock.now().getTime() / 1000));
  const signature = createHmac("sha256", world.app.config.KIE_WEBHOOK_HMAC_KEY ?? "")
    .update(`${taskId}.${timestamp}`)
    .digest("base64");
  return async () => {
    const response = await world.request(`/api/kie?generation=${generationId}&token=${row?.["callback_token"]}`, {
      method: "POST",
      headers: {
        "content-type": "application/json",
        "x-webhook-timestamp": timestamp,
        "x-webhook-signature": signature,
      },
      body: JSON.stringify({ code: 200, msg: "ok", data: { taskId, state: "success" } }),
    });
    return response.status;
  };
}

async function runJob(generationId: string): Promise<number> {
  const url = `${world.app.config.PUBLIC_URL}/api/jobs`;
  const body = new TextEncoder().encode(JSON.stringify({ name: "advance-generation", generationId }));
  const response = await world.request("/api/jobs", {
    method: "POST",
    headers: {
      "content-type": "application/json",
      "upstash-signature": signDelivery(url, body, world.app.config.QSTASH_CURRENT_SIGNING_KEY),
    },
    body,
  });
  return response.status;
}

const generation = (generationId: string) => ({
  sql: "select 1 from generations where id = $1 for update",
  parameters: [generationId],
});
const stateOf = async (generationId: string) =>
  (await world.db.rows("select state, loss, posted_kopecks from generations where id = $1", [generationId]))[0];
/** Messages that made the phone ring for a result. */
const results = (person: Person) => person.messages().filter((message) => message.media !== undefined);
const holdsOf = async (userId: number) =>
  (await world.db.rows("select id from transfers where user_id = $1 and kind = 'hold'", [userId])).length;

/** A file that the simulated Telegram can fetch: the result of somebody's first task. */
let resultUrl: string;
beforeAll(async () => {
  const { generationId, taskId } = await withRunningTask(900);
  await world.kie.finish(taskId);
  await world.idle();
  const [row] = await world.db.rows("select url from outputs where generation_id = $1", [generationId]);
  resultUrl = String(row?.["url"]);
});
const success = (taskId: string): Outcome => ({
  event: "finished",
  outputs: [{ kind: "image", url: resultUrl }],
  creditsConsumed: null,
  taskId,
});

/** The simulated task ends at once; its own callback is kept back, so that the test decides who calls. */
async function endQuietly(taskId: string): Promise<void> {
  world.kie.setSwitches({ callbacksDown: true });
  await world.kie.finish(taskId);
  world.kie.setSwitches({ callbacksDown: false });
}

test("A7 C1: forty taps of ✅ with updates of their own make one hold, one generation and one task", async () => {
  const { person, tap } = await withOpenCard(1);
  const before = world.kie.createdCount();
  const statuses = await raceAt(
    world.db,
    { sql: "select 1 from conversations where user_id = 1 for update" },
    racers(RACERS, () => tap(nextUpdateId())),
  );
  await world.idle();
  expect(tally(statuses.map(String))).toEqual({ 200: RACERS });
  expect(await holdsOf(1)).toBe(1);
  expect(world.kie.createdCount() - before).toBe(1);
  expect(await person.wallet()).toMatchObject({ held: 63n, running: 1, queued: 0 });
});

test("A7 C1: one tap delivered forty times at once, and once more later, acts once", async () => {
  const { person, tap } = await withOpenCard(2);
  const before = world.kie.createdCount();
  const updateId = nextUpdateId();
  const statuses = await raceAt(
    world.db,
    { sql: "select 1 from conversations where user_id = 2 for update" },
    racers(RACERS, () => tap(updateId)),
  );
  await world.idle();
  expect(tally(statuses.map(String))).toEqual({ 200: RACERS });
  expect(await tap(updateId)).toBe(200);
  await world.idle();
  expect(await holdsOf(2)).toBe(1);
  expect(world.kie.createdCount() - before).toBe(1);
  expect(await person.wallet()).toMatchObject({ held: 63n, running: 1, queued: 0 });
});

test("C4: a callback delivered forty times at once is charged and delivered once", async () => {
  const { person, generationId, taskId } = await withRunningTask(3);
  await endQuietly(taskId);
  const statuses = await raceAt(
    world.db,
    generation(generationId),
    racers(RACERS, await callerOf(generationId, taskId)),
  );
  await world.idle();
  expect(tally(statuses.map(String))).toEqual({ 200: RACERS });
  expect(results(person)).toHaveLength(1);
  expect(await stateOf(generationId)).toEqual({ state: "delivered", loss: false, posted_kopecks: "63" });
});

test("C4: callbacks, jobs and sweepers at once charge and deliver once", async () => {
  const { person, generationId, taskId } = await withRunningTask(4);
  await endQuietly(taskId);
  await world.db.rows("update generations set due_at = created_at where id = $1", [generationId]);
  const callBack = await callerOf(generationId, taskId);
  await raceAt(
    world.db,
    generation(generationId),
    racers<unknown>(RACERS, (index) => {
      if (index % 3 === 0) return callBack();
      return index % 3 === 1 ? runJob(generationId) : sweep(world.app);
    }),
  );
  await world.idle();
  expect(results(person)).toHaveLength(1);
  expect(await stateOf(generationId)).toEqual({ state: "delivered", loss: false, posted_kopecks: "63" });
});

test("C4: a callback that overtakes the create call's answer delivers without a second look", async () => {
  const person = world.person(5);
  await person.says("/start");
  await person.says("early: море");
  await person.taps("Создать");
  await world.advance(20);
  const rows = await world.db.rows("select state from generations where user_id = 5");
  expect(rows).toEqual([{ state: "delivered" }]);
  expect(results(person)).toHaveLength(1);
});

test("C4: an outcome found before the task id was stored is not lost when the id comes in between", async () => {
  const { person, generationId, taskId } = await withRunningTask(6);
  await endQuietly(taskId);
  // The callback read the record while the create call's answer was still on its way.
  const submitted = await readGeneration(world.app.database, generationId);
  if (submitted === null) throw new Error("the generation must be there");
  const recorded = await applyOutcome(world.app, { ...submitted, state: "submitting", taskId: null }, success(taskId));
  expect(recorded?.owes).toBe("deliver");
  if (recorded !== null) await finish(world.app, recorded);
  await world.idle();
  expect(results(person)).toHaveLength(1);
  expect(await stateOf(generationId)).toMatchObject({ state: "delivered", posted_kopecks: "63" });
});

test("C7: success and deadline at once: paid, or a present; the result always arrives", async () => {
  for (let round = 0; round < 3; round += 1) {
    const { person, generationId, taskId } = await withRunningTask(10 + round);
    const read = await readGeneration(world.app.database, generationId);
    if (read === null) throw new Error("the generation must be there");
    const recorded = await raceAt(
      world.db,
      generation(generationId),
      racers(RACERS, (index) =>
        applyOutcome(world.app, read, (index + round) % 2 === 0 ? { event: "overdue" } : success(taskId)),
      ),
    );
    for (const one of recorded) if (one !== null) await finish(world.app, one);
    await world.idle();
    const state = await stateOf(generationId);
    expect([
      { state: "delivered", loss: false, posted_kopecks: "63" },
      { state: "delivered", loss: true, posted_kopecks: "0" },
    ]).toContainEqual(state);
    expect(results(person)).toHaveLength(1);
    expect((await person.wallet()).bonus).toBe(state?.["loss"] === true ? 5_000n : 4_937n);
  }
});

test("A3: taps of buttons that change nothing leave the dialogue's revision alone, so that none loses a race", async () => {
  const { person, tap } = await withOpenCard(30);
  await tap(nextUpdateId());
  await world.idle();
  const before = await world.db.rows("select revision from conversations where user_id = 30");
  const statuses = await Promise.all(Array.from({ length: RACERS }, () => tap(nextUpdateId())));
  expect(tally(statuses.map(String))).toEqual({ 200: RACERS });
  expect(await world.db.rows("select revision from conversations where user_id = 30")).toEqual(before);
  expect(await person.wallet()).toMatchObject({ held: 63n, running: 1 });
});

test("D4: forty deliverers of a result that nobody holds send it once", async () => {
  const { person, generationId, taskId } = await withRunningTask(20);
  const read = await readGeneration(world.app.database, generationId);
  if (read === null) throw new Error("the generation must be there");
  await applyOutcome(world.app, read, success(taskId));
  await world.db.rows("update generations set lease_until = null, due_at = created_at where id = $1", [generationId]);
  await raceAt(
    world.db,
    generation(generationId),
    racers(RACERS, () => runJob(generationId)),
  );
  await world.idle();
  expect(results(person)).toHaveLength(1);
  expect(person.readsAll().match(/Готово/g) ?? []).toHaveLength(1);
  expect(await stateOf(generationId)).toMatchObject({ state: "delivered" });
});

test("D4: a result that could not be delivered is delivered from the history, and is delivered then", async () => {
  const { person, generationId, taskId } = await withRunningTask(21);
  await world.telegram.userBlocks(21);
  await world.kie.finish(taskId);
  await world.idle();
  expect(await stateOf(generationId)).toMatchObject({ state: "undeliverable", posted_kopecks: "63" });
  await world.telegram.userUnblocks(21);
  await Promise.all(Array.from({ length: RACERS }, () => resendResult(world.app, { generationId, userId: 21 })));
  await world.idle();
  expect(await stateOf(generationId)).toMatchObject({ state: "delivered" });
  expect(results(person)).toHaveLength(1);
  const [output] = await world.db.rows("select file_id from outputs where generation_id = $1", [generationId]);
  expect(output?.["file_id"]).not.toBeNull();
});
