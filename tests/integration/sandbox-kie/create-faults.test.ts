import { afterEach, beforeEach, expect, test } from "vitest";
import { IMAGE, type KieBench, startBench } from "./harness.ts";

let bench: KieBench;
beforeEach(async () => {
  bench = await startBench();
});
afterEach(() => bench.close());

const createRaw = (prompt: string) =>
  fetch(`${bench.origin}/kie/api/v1/jobs/createTask`, {
    method: "POST",
    headers: { authorization: "Bearer test-key", "content-type": "application/json" },
    body: JSON.stringify({ model: IMAGE, input: { prompt }, callBackUrl: bench.callbackUrl }),
  });

test.each([402, 422, 433, 455, 500, 501, 505])("%i: refuses with that code, again and again", async (code) => {
  expect((await bench.create(IMAGE, { prompt: `${code}: кот` })).code).toBe(code);
  expect((await bench.create(IMAGE, { prompt: `${code}: кот` })).code).toBe(code);
  expect(bench.kie.createdCount()).toBe(0);
});

test("429: refuses the first attempt of a prompt only", async () => {
  expect((await bench.create(IMAGE, { prompt: "429: кот" })).code).toBe(429);
  expect((await bench.create(IMAGE, { prompt: "429: кот" })).code).toBe(200);
});

test("http502: is a gateway's HTML page and makes no task", async () => {
  const response = await createRaw("http502: кот");
  expect(response.status).toBe(502);
  expect(response.headers.get("content-type")).toBe("text/html");
  expect(bench.kie.createdCount()).toBe(0);
});

test("garbage: cannot be read, yet the task runs", async () => {
  const response = await createRaw("garbage: кот");
  await expect(response.json()).rejects.toThrow();
  await bench.clock.advance(30);
  expect(bench.received).toHaveLength(1);
});

test("lost: cuts the connection, yet the task runs and calls back", async () => {
  await expect(createRaw("lost: кот")).rejects.toThrow();
  expect(bench.kie.createdCount()).toBe(1);
  await bench.clock.advance(30);
  expect(bench.received[0]?.body.data.taskId).toBe(bench.kie.tasks()[0]?.taskId);
});

test("lostall: cuts the connection and never calls back", async () => {
  await expect(createRaw("lostall: кот")).rejects.toThrow();
  await bench.clock.advance(60);
  expect(bench.received).toEqual([]);
  expect(bench.kie.tasks()[0]?.state).toBe("success");
});

test("slow: takes ten times as long", async () => {
  const { taskId } = await bench.create(IMAGE, { prompt: "slow: кот" });
  await bench.clock.advance(75);
  expect((await bench.record(taskId)).state).toBe("generating");
  await bench.clock.advance(50);
  expect((await bench.record(taskId)).state).toBe("success");
});

test("hang: never ends by itself, but by hand", async () => {
  const { taskId } = await bench.create(IMAGE, { prompt: "hang: кот" }, bench.callbackUrl);
  await bench.clock.advance(86_400);
  expect((await bench.record(taskId)).state).toBe("generating");
  await bench.kie.finish(taskId);
  expect((await bench.record(taskId)).state).toBe("success");
  expect(bench.received).toHaveLength(1);
});

test("a magic word is found inside dialogue, and words add up", async () => {
  const voice = "EkK5I93UQWFDigLMpZcX";
  const dialogue = [
    { text: "Привет", voice },
    { text: "fail:501 Пока", voice },
  ];
  const spoken = await bench.create("elevenlabs/text-to-dialogue-v3", { dialogue });
  const both = await bench.create(IMAGE, { prompt: "slow: fail:fetch кот" });
  await bench.clock.advance(15);
  expect(await bench.record(spoken.taskId)).toMatchObject({ state: "fail", failCode: "501" });
  expect(await bench.record(both.taskId)).toMatchObject({ state: "waiting" });
  await bench.clock.advance(120);
  expect(await bench.record(both.taskId)).toMatchObject({ state: "fail", failCode: "400" });
});

test("a refusal can be ordered for the next create", async () => {
  bench.kie.failNextCreate(505);
  bench.kie.failNextCreate(503);
  expect((await bench.create(IMAGE, { prompt: "кот" })).code).toBe(505);
  expect((await createRaw("кот")).status).toBe(503);
  expect((await bench.create(IMAGE, { prompt: "кот" })).code).toBe(200);
});

test("answers can be dropped for the next creates", async () => {
  bench.kie.dropNextCreates(2);
  await expect(createRaw("один")).rejects.toThrow();
  await expect(createRaw("два")).rejects.toThrow();
  expect((await bench.create(IMAGE, { prompt: "три" })).code).toBe(200);
  expect(bench.kie.createdCount()).toBe(3);
});

test("maintenance and the sub-key's cap refuse until they are switched off", async () => {
  bench.kie.setSwitches({ maintenance: true });
  expect((await bench.create(IMAGE, { prompt: "кот" })).code).toBe(455);
  bench.kie.setSwitches({ maintenance: false, keyCapReached: true });
  expect((await bench.create(IMAGE, { prompt: "кот" })).code).toBe(433);
  bench.kie.setSwitches({ keyCapReached: false });
  expect((await bench.create(IMAGE, { prompt: "кот" })).code).toBe(200);
});

test("many:3 returns three pictures", async () => {
  const { taskId } = await bench.create(IMAGE, { prompt: "many:3 кота" });
  await bench.clock.advance(15);
  const urls = (await bench.record(taskId)).response?.resultUrls ?? [];
  expect(new Set(urls).size).toBe(3);
  expect(await Promise.all(urls.map(async (url) => (await fetch(url)).status))).toEqual([200, 200, 200]);
});
