import { createHmac } from "node:crypto";
import { afterEach, beforeEach, expect, test } from "vitest";
import { IMAGE, type KieBench, SONG, songInput, startBench } from "./harness.ts";

const HMAC_KEY = "hmac-key";
let bench: KieBench;
beforeEach(async () => {
  bench = await startBench({ hmacKey: HMAC_KEY });
});
afterEach(() => bench.close());

const shapes = () => bench.received.map(({ body }) => body.data.callbackType ?? body.data.state);

test("a success is told once, with the record's data and the request as a plain object", async () => {
  const { taskId } = await bench.create(IMAGE, { prompt: "кот" }, bench.callbackUrl);
  await bench.clock.advance(60);
  expect(bench.received).toHaveLength(1);
  const [callback] = bench.received;
  expect(callback?.path).toBe("/callback?secret=s");
  expect(callback?.body).toEqual({
    code: 200,
    msg: "Playground task completed successfully.",
    data: {
      taskId,
      model: IMAGE,
      state: "success",
      param: JSON.stringify({ callBackUrl: bench.callbackUrl, model: IMAGE, input: { prompt: "кот" } }),
      resultJson: JSON.stringify({ resultUrls: [`${bench.origin}/kie-files/results/${taskId}/0.png`] }),
      failCode: null,
      failMsg: null,
      costTime: expect.any(Number),
      completeTime: expect.any(Number),
      createTime: expect.any(Number),
      updateTime: expect.any(Number),
      creditsConsumed: 8,
    },
  });
});

test("a failure is told with code 501 and no result", async () => {
  await bench.create(IMAGE, { prompt: "FAIL:policy" }, bench.callbackUrl);
  await bench.clock.advance(60);
  expect(bench.received[0]?.body).toMatchObject({
    code: 501,
    msg: "Playground task failed.",
    data: { state: "fail", resultJson: null, failCode: "400", costTime: 0, creditsConsumed: 0 },
  });
});

test("no callback is sent when no URL was given", async () => {
  await bench.create(IMAGE, { prompt: "кот" });
  await bench.clock.advance(60);
  expect(bench.received).toEqual([]);
});

test("the signature covers the task id and a timestamp of virtual seconds, not the body", async () => {
  await bench.clock.advance(3_600);
  const { taskId } = await bench.create(IMAGE, { prompt: "кот" }, bench.callbackUrl);
  await bench.clock.advance(60);
  const headers = bench.received[0]?.headers;
  const timestamp = headers?.get("x-webhook-timestamp") ?? "";
  expect(Math.abs(Number(timestamp) - bench.clock.now().getTime() / 1_000)).toBeLessThan(70);
  const wanted = createHmac("sha256", HMAC_KEY).update(`${taskId}.${timestamp}`).digest("base64");
  expect(headers?.get("x-webhook-signature")).toBe(wanted);
});

test("signatures can be stale on purpose", async () => {
  bench.kie.setSwitches({ staleSignatures: true });
  await bench.create(IMAGE, { prompt: "кот" }, bench.callbackUrl);
  await bench.clock.advance(60);
  const timestamp = Number(bench.received[0]?.headers.get("x-webhook-timestamp"));
  expect(bench.clock.now().getTime() / 1_000 - timestamp).toBeGreaterThan(3_500);
});

test("a refused callback is retried three times and never again", async () => {
  bench.callbackStatuses.push(500, 503, 302, 404, 500);
  await bench.create(IMAGE, { prompt: "кот" }, bench.callbackUrl);
  await bench.clock.advance(3_600);
  expect(bench.received).toHaveLength(4);
  expect(bench.kie.callbacks()).toMatchObject([{ state: "abandoned", attempts: 4 }]);
});

test("a retry that is answered with 200 is the last one", async () => {
  bench.callbackStatuses.push(500);
  await bench.create(IMAGE, { prompt: "кот" }, bench.callbackUrl);
  await bench.clock.advance(3_600);
  expect(bench.received).toHaveLength(2);
  expect(bench.kie.callbacks()).toMatchObject([{ state: "delivered", attempts: 2 }]);
});

test("with callbacks down nothing arrives, and what used up its retries stays lost", async () => {
  bench.kie.setSwitches({ callbacksDown: true });
  const { taskId } = await bench.create(IMAGE, { prompt: "кот" }, bench.callbackUrl);
  await bench.clock.advance(3_600);
  bench.kie.setSwitches({ callbacksDown: false });
  await bench.clock.advance(3_600);
  expect(bench.received).toEqual([]);
  expect((await bench.record(taskId)).state).toBe("success");
});

test("a song in the old shape calls back three times, growing from text to two tracks", async () => {
  const { taskId } = await bench.create(SONG, songInput("Песня"), bench.callbackUrl);
  await bench.clock.advance(60);
  expect(shapes()).toEqual(["text", "first", "complete"]);
  expect(bench.received.map(({ body }) => body.data.data?.length)).toEqual([0, 1, 2]);
  expect(bench.received.every(({ body }) => body.code === 200 && body.data.task_id === taskId)).toBe(true);
  expect(bench.received.every(({ body }) => body.data.taskId === undefined)).toBe(true);
});

test("the first track plays while the second is still being made", async () => {
  await bench.create(SONG, songInput("Песня"), bench.callbackUrl);
  await bench.clock.advance(18);
  expect(shapes()).toEqual(["text", "first"]);
  expect((await fetch(bench.received[1]?.body.data.data?.[0]?.audio_url ?? "")).status).toBe(200);
});

test("a failing song in the old shape calls back once with an error", async () => {
  await bench.create(SONG, songInput("fail: песня"), bench.callbackUrl);
  await bench.clock.advance(60);
  expect(bench.received.map(({ body }) => body)).toMatchObject([
    { code: 501, msg: "Audio generation failed", data: { callbackType: "error", data: null } },
  ]);
});

test("songs can call back like every other model, and can skip the stages", async () => {
  bench.kie.setSwitches({ sunoCallbacks: "playground" });
  await bench.create(SONG, songInput("Песня"), bench.callbackUrl);
  await bench.clock.advance(60);
  bench.kie.setSwitches({ sunoCallbacks: "legacy", skipSunoStages: true });
  await bench.create(SONG, songInput("Песня"), bench.callbackUrl);
  await bench.clock.advance(60);
  expect(shapes()).toEqual(["success", "complete"]);
});

test("twice: delivers the callback twice", async () => {
  await bench.create(IMAGE, { prompt: "Twice: кот" }, bench.callbackUrl);
  await bench.clock.advance(60);
  expect(bench.received).toHaveLength(2);
  expect(bench.received[0]?.body).toEqual(bench.received[1]?.body);
});

test("lostcb: never calls back, though the task succeeds", async () => {
  const { taskId } = await bench.create(IMAGE, { prompt: "lostcb: кот" }, bench.callbackUrl);
  await bench.clock.advance(60);
  expect(bench.received).toEqual([]);
  expect((await bench.record(taskId)).state).toBe("success");
});

test("early: calls back before the create answer, and the record agrees", async () => {
  let wasAnswered = false;
  let answeredAtCallback: boolean | undefined;
  bench.beforeCallbackAnswer = () => {
    answeredAtCallback = wasAnswered;
  };
  const { taskId } = await bench.create(IMAGE, { prompt: "early: кот" }, bench.callbackUrl);
  wasAnswered = true;
  expect(answeredAtCallback).toBe(false);
  expect(bench.received[0]?.body.data.taskId).toBe(taskId);
  expect((await bench.record(taskId)).state).toBe("success");
});

test("badcb: claims success with a valid signature while the record says fail", async () => {
  const { taskId } = await bench.create(IMAGE, { prompt: "badcb: кот" }, bench.callbackUrl);
  await bench.clock.advance(60);
  expect(bench.received[0]?.body).toMatchObject({ code: 200, data: { taskId, state: "success", creditsConsumed: 8 } });
  expect(bench.received[0]?.headers.get("x-webhook-signature")).toBeTruthy();
  expect((await bench.record(taskId)).state).toBe("fail");
  expect(bench.kie.credits()).toBe(100_000);
});

test("extra:, nofields: and oldnames: change what is told", async () => {
  for (const word of ["extra", "nofields", "oldnames"]) {
    await bench.create(IMAGE, { prompt: `${word}: кот` }, bench.callbackUrl);
    await bench.clock.advance(30);
  }
  const [extra, noFields, oldNames] = bench.received.map(({ body }) => body);
  expect(extra?.sandboxExtra).toBeDefined();
  expect(JSON.parse(extra?.data.resultJson ?? "").sandboxExtra).toBeDefined();
  expect(Object.keys(noFields?.data ?? {}).sort()).toEqual([
    "createTime",
    "model",
    "param",
    "resultJson",
    "state",
    "taskId",
  ]);
  expect(oldNames?.data).toMatchObject({ consumeCredits: 8, remainedCredits: 100_000 - 24 });
  expect(oldNames?.data.creditsConsumed).toBeUndefined();
});
