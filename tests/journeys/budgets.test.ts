import { afterAll, beforeAll, expect, test } from "vitest";
import { costOf, DIALOGUE_BUDGET, dialogueOf, measurePaths, type PathCosts, visit } from "../bench/round-trips.ts";
import { startWorld, type World } from "../support/world.ts";

let world: World;
let costs: PathCosts;
beforeAll(async () => {
  world = await startWorld();
  costs = await measurePaths(world, 1);
});
afterAll(async () => {
  await world.expectInvariants();
  await world.end();
});

/** Nothing of the slow outside is waited for before the answer is seen. */
const NOTHING_OUTSIDE = { kieBefore: 0, queueBefore: 0 };

test("A3: a tap in the menus costs one read, one write and one edit; its answer rides in the HTTP response", () => {
  for (const tap of [costs.menuTap, costs.openModel]) {
    expect(tap).toEqual({
      ...NOTHING_OUTSIDE,
      databaseBefore: 2,
      writesBefore: 1,
      databaseAfter: 0,
      telegramBefore: 1,
      telegramAfter: 0,
      kieAfter: 0,
      queueAfter: 0,
      answeredInResponse: true,
    });
  }
});

test("A3: a tap that changes nothing costs one read and no write", () => {
  expect(costs.idleTap).toMatchObject({ databaseBefore: 1, writesBefore: 0, databaseAfter: 0, telegramBefore: 1 });
});

test("A1: the menu asked for again costs one read before it is seen", () => {
  expect(costs.start).toMatchObject({ databaseBefore: 1, writesBefore: 0, telegramBefore: 1 });
  expect(costs.start.databaseAfter).toBe(0);
});

test("A1: the first step of a new person, wallet and welcome bonus included, is one read and one write", async () => {
  const first = await costOf(world, () => visit(world, 2).says("/start"));
  expect(first).toMatchObject({ ...NOTHING_OUTSIDE, databaseBefore: 2, writesBefore: 1, telegramBefore: 1 });
});

test("A4: a typed prompt costs one read, one write and one message", () => {
  expect(costs.prompt).toMatchObject({ ...NOTHING_OUTSIDE, databaseBefore: 2, writesBefore: 1, telegramBefore: 1 });
  // The id of the new card, afterwards.
  expect(costs.prompt.databaseAfter).toBe(1);
});

test("A5: setting a parameter costs one read, one write and one edit", () => {
  expect(costs.parameter).toMatchObject({
    ...NOTHING_OUTSIDE,
    databaseBefore: 2,
    writesBefore: 1,
    databaseAfter: 0,
    telegramBefore: 1,
    telegramAfter: 0,
    answeredInResponse: true,
  });
});

test("C1: ✅ holds the money with one read and one write; KIE and the queue are called after the answer was seen", () => {
  expect(costs.confirm).toMatchObject({
    ...NOTHING_OUTSIDE,
    databaseBefore: 2,
    writesBefore: 1,
    telegramBefore: 1,
    kieAfter: 1,
    queueAfter: 1,
    answeredInResponse: true,
  });
});

test("C1 C2: leaving the queue costs two round trips (three are allowed) and one create call", () => {
  expect(costs.confirm.databaseAfter).toBeLessThanOrEqual(2);
  expect(costs.confirm.kieAfter).toBe(1);
});

test("C4 D1: from the callback to the result: three round trips, one look at KIE, two Telegram calls", () => {
  expect(costs.callback.databaseBefore).toBeLessThanOrEqual(3);
  expect(costs.callback).toMatchObject({ telegramBefore: 2, kieBefore: 1, kieAfter: 0, queueBefore: 0, queueAfter: 0 });
  // Told is stored last, when it is true.
  expect(costs.callback.databaseAfter).toBe(1);
});

test("C4: a repeated callback costs one read and nothing else", async () => {
  const [row] = await world.db.rows("select id, task_id, callback_token from generations where user_id = 1");
  const repeat = await costOf(world, async () => {
    const { createHmac } = await import("node:crypto");
    const timestamp = String(Math.floor(world.app.clock.now().getTime() / 1000));
    const response = await world.request(`/api/kie?generation=${row?.["id"]}&token=${row?.["callback_token"]}`, {
      method: "POST",
      headers: {
        "content-type": "application/json",
        "x-webhook-timestamp": timestamp,
        "x-webhook-signature": createHmac("sha256", world.app.config.KIE_WEBHOOK_HMAC_KEY ?? "")
          .update(`${row?.["task_id"]}.${timestamp}`)
          .digest("base64"),
      },
      body: JSON.stringify({ code: 200, msg: "ok", data: { taskId: row?.["task_id"], state: "success" } }),
    });
    expect(response.status).toBe(200);
  });
  expect(repeat).toMatchObject({ databaseBefore: 1, writesBefore: 0, kieBefore: 0, telegramBefore: 0 });
});

test("D3 D5: history, a past result and its receipt are one read and one write each", async () => {
  const person = visit(world, 1);
  await person.says("/start");
  for (const label of ["history", "open:", "receipt:"]) {
    const cost = await costOf(world, () => person.taps(label));
    expect([label, cost]).toMatchObject([label, { databaseBefore: 2, telegramBefore: 1, answeredInResponse: true }]);
  }
});

test("A1 A4 A5 C1: the dialogue of five updates stays within its budget, before the user's eyes and in all", () => {
  const { before, inAll } = dialogueOf(costs);
  expect(before).toBeLessThanOrEqual(DIALOGUE_BUDGET.before);
  expect(inAll).toBeLessThanOrEqual(DIALOGUE_BUDGET.inAll);
});
