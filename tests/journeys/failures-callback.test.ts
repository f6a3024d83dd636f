import { expect, test } from "vitest";
import {
  callbackPath,
  creates,
  type GenerationColumns,
  generationNow,
  movements,
  signedCallback,
  tasksFor,
} from "../support/failures.ts";
import { sharedWorld } from "../support/shared-world.ts";
import { startWorld } from "../support/world.ts";

const world = sharedWorld();

/** A generation that runs at KIE until somebody ends it. */
async function running(userId: number): Promise<GenerationColumns & { taskId: string }> {
  const person = world.person(userId);
  await person.says("/start");
  const generation = await creates(world, person, `hang: задача ${userId}`);
  const taskId = generation.task_id ?? "";
  expect(generation.state).toBe("submitted");
  return { ...generation, taskId };
}

async function expectUntouched(generation: GenerationColumns): Promise<void> {
  // Looks may have been planned; state, task and money are as they were.
  const { state, task_id, posted_kopecks, loss } = generation;
  expect(await generationNow(world, generation.id)).toMatchObject({ state, task_id, posted_kopecks, loss });
  expect(await movements(world, generation.id)).toEqual(["hold bonus→held 63"]);
}

test("C7 H6: a callback with a wrong, missing or foreign token is 404 and does nothing", async () => {
  const mine = await running(4001);
  const other = await running(4002);
  const paths = [
    `/api/kie?generation=${mine.id}&token=${"a".repeat(26)}`,
    `/api/kie?generation=${mine.id}&token=${other.callback_token}`,
    `/api/kie?generation=${mine.id}`,
    `/api/kie?token=${mine.callback_token}`,
    `/api/kie?generation=nobody&token=${mine.callback_token}`,
    `/api/kie?generation=${"x".repeat(65)}&token=${mine.callback_token}`,
    "/api/kie",
  ];
  const answers: string[] = [];
  for (const path of paths) {
    const response = await world.request(path, signedCallback(world, mine.taskId));
    expect(response.status).toBe(404);
    answers.push(await response.text());
  }
  // Nobody can learn from the answer which part was wrong.
  expect(new Set(answers).size).toBe(1);
  await expectUntouched(mine);
  await expectUntouched(other);
});

test("C7: a signed callback that names another user's task is 400 and does nothing", async () => {
  const mine = await running(4003);
  const other = await running(4004);
  const response = await world.request(callbackPath(mine), signedCallback(world, other.taskId));
  expect(response.status).toBe(400);
  await expectUntouched(mine);
  await expectUntouched(other);
});

test("C7: a callback without, with a bad, or with an old signature is 401 and does nothing", async () => {
  const mine = await running(4005);
  const now = Math.floor(world.context.clock.now().getTime() / 1000);
  const good = signedCallback(world, mine.taskId);
  const headers = new Headers(good.headers);
  const without = (name: string) => {
    const fewer = new Headers(headers);
    fewer.delete(name);
    return { ...good, headers: fewer };
  };
  const requests: RequestInit[] = [
    without("x-webhook-signature"),
    without("x-webhook-timestamp"),
    { ...good, headers: { ...Object.fromEntries(headers), "x-webhook-signature": "AAAA" } },
    { ...good, headers: { ...Object.fromEntries(headers), "x-webhook-timestamp": "yesterday" } },
    signedCallback(world, mine.taskId, { key: "somebody-elses-key" }),
    signedCallback(world, mine.taskId, { timestamp: now - 301 }),
    signedCallback(world, mine.taskId, { timestamp: now + 400 }),
    // Signed for one task, sent with another in the body.
    { ...good, body: JSON.stringify({ code: 200, data: { taskId: "another-task", state: "success" } }) },
    { ...good, body: "{}" },
    { ...good, body: "not json" },
  ];
  for (const request of requests) {
    expect((await world.request(callbackPath(mine), request)).status).toBe(401);
  }
  await expectUntouched(mine);
});

test("C4 C7: a forged success for a running task is accepted as a hint and charges nothing", async () => {
  const mine = await running(4006);
  const response = await world.request(callbackPath(mine), signedCallback(world, mine.taskId));
  expect(response.status).toBe(200);
  await expectUntouched(mine);
  await world.kie.finish(mine.taskId);
  await world.advance(5);
  expect((await generationNow(world, mine.id)).state).toBe("delivered");
});

test("C4: a callback that repeats after the end is 200 and changes nothing", async () => {
  const mine = await running(4007);
  await world.kie.finish(mine.taskId);
  await world.advance(5);
  const person = world.person(4007);
  const shown = person.messages().length;
  for (const state of ["success", "fail", "success"] as const) {
    expect((await world.request(callbackPath(mine), signedCallback(world, mine.taskId, { state }))).status).toBe(200);
  }
  await world.advance(60);
  expect(person.messages()).toHaveLength(shown);
  expect(await movements(world, mine.id)).toEqual(["hold bonus→held 63", "post held→revenue 63"]);
  expect((await generationNow(world, mine.id)).state).toBe("delivered");
});

test("C4: a callback for a failed generation does not revive it", async () => {
  const person = world.person(4008);
  await person.says("/start");
  const generation = await creates(world, person, "fail: тень");
  await world.advance(20);
  const taskId = tasksFor(world, "fail: тень")[0]?.taskId ?? "";
  expect((await world.request(callbackPath(generation), signedCallback(world, taskId))).status).toBe(200);
  await world.advance(60);
  expect(await generationNow(world, generation.id)).toMatchObject({ state: "failed", posted_kopecks: "0" });
});

test("C4 C7: during a key change callbacks signed with either key are taken, and none with a third", async () => {
  const changing = await startWorld({ environment: { KIE_WEBHOOK_HMAC_KEY: "old-hmac-key, new-hmac-key" } });
  try {
    const person = changing.person(4009);
    await person.says("/start");
    const generation = await creates(changing, person, "hang: ключ");
    const taskId = generation.task_id ?? "";
    const answers = [];
    for (const key of ["old-hmac-key", "new-hmac-key", "old-hmac-key, new-hmac-key", ""]) {
      answers.push(
        (await changing.request(callbackPath(generation), signedCallback(changing, taskId, { key }))).status,
      );
    }
    expect(answers).toEqual([200, 200, 401, 401]);
  } finally {
    await changing.end();
  }
});

test("C4 C7: when every callback is refused as too old, the looks still bring the result", async () => {
  const stale = await startWorld();
  try {
    stale.kie.setSwitches({ staleSignatures: true });
    const person = stale.person(4010);
    await person.says("/start");
    await creates(stale, person, "берег");
    await stale.advance(20);
    expect(person.screen().media).toBeUndefined();
    await stale.advance(120);
    expect(person.screen().media).toMatchObject([{ kind: "photo" }]);
    expect(await person.wallet()).toMatchObject({ bonus: 4937n, held: 0n });
    expect(stale.kie.callbacks()).toMatchObject([{ state: "abandoned", attempts: 4 }]);
  } finally {
    await stale.end();
  }
});
