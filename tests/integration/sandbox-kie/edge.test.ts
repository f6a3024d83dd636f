import { afterEach, beforeEach, expect, test } from "vitest";
import { API_KEY, IMAGE, type KieBench, SONG, songInput, startBench } from "./harness.ts";

let bench: KieBench;
beforeEach(async () => {
  bench = await startBench();
});
afterEach(() => bench.close());

const RECORD = "GET /api/v1/jobs/recordInfo";
const get = (path: string, init: RequestInit = {}) =>
  fetch(`${bench.origin}/kie${path}`, { headers: { authorization: `Bearer ${API_KEY}` }, ...init });

test("the edge answers any endpoint with HTML, and the call has no effect", async () => {
  bench.kie.next("createTask", "http");
  bench.kie.next("chat/credit", "http", { code: 403 });
  await expect(bench.create(IMAGE, { prompt: "кот" })).rejects.toThrow();
  expect((await get("/api/v1/chat/credit")).status).toBe(403);
  expect((await get("/api/v1/chat/credit")).status).toBe(200);
  expect(bench.kie.createdCount()).toBe(0);
  expect(bench.kie.injected()).toEqual({ http: 2 });
  expect(() => bench.kie.next("*", "http", { code: 200 })).toThrow("HTTP status");
});

test("errors of the edge come by a chance that is the same in every run", async () => {
  const statuses = async () => {
    bench.kie.reset();
    bench.kie.setSwitches({ edgeErrorRate: 0.3 });
    const seen: number[] = [];
    for (let count = 0; count < 40; count += 1) seen.push((await get("/api/v1/chat/credit")).status);
    return seen;
  };
  const first = await statuses();
  const failures = first.filter((status) => status !== 200);
  expect(failures.length).toBeGreaterThan(4);
  expect(failures.length).toBeLessThan(24);
  expect(new Set(failures)).toEqual(new Set([502, 403]));
  expect(bench.kie.injected()).toEqual({ "edge-error": failures.length });
  const other = await startBench();
  const before = bench;
  bench = other;
  expect(await statuses()).toEqual(first);
  await other.close();
  bench = before;
});

test("a record query can be refused, lost or never answered, the third one and no other", async () => {
  const { taskId } = await bench.create(IMAGE, { prompt: "кот" });
  await bench.clock.advance(30);
  const look = () => bench.api("GET", `/api/v1/jobs/recordInfo?taskId=${taskId}`);
  bench.kie.next(RECORD, "envelope", { code: 429, skip: 2, times: 1 });
  expect([(await look()).code, (await look()).code, (await look()).code, (await look()).code]).toEqual([
    200, 200, 429, 200,
  ]);
  bench.kie.next(RECORD, "lost-answer");
  await expect(look()).rejects.toThrow("fetch failed");
  bench.kie.next(RECORD, "no-answer");
  bench.kie.next(RECORD, "hung-request");
  expect([bench.kie.left("no-answer"), bench.kie.left("hung-request")]).toEqual([1, 1]);
  for (let count = 0; count < 2; count += 1) {
    const signal = AbortSignal.timeout(60);
    await expect(get(`/api/v1/jobs/recordInfo?taskId=${taskId}`, { signal })).rejects.toThrow();
  }
  expect((await look()).code).toBe(200);
});

test("stopping does not hang on calls that are never answered", async () => {
  bench.kie.next("chat/credit", "no-answer");
  const hanging = get("/api/v1/chat/credit").then(
    () => "answered",
    () => "broken",
  );
  await expect.poll(() => bench.kie.left("no-answer")).toBe(0);
  await bench.kie.stop();
  expect(await hanging).toBe("broken");
});

test("silent: takes the task and its credits, but never answers", async () => {
  const request = get("/api/v1/jobs/createTask", {
    method: "POST",
    body: JSON.stringify({ model: IMAGE, input: { prompt: "silent: кот" }, callBackUrl: bench.callbackUrl }),
    signal: AbortSignal.timeout(150),
  });
  await expect(request).rejects.toThrow("timeout");
  expect(bench.kie.createdCount()).toBe(1);
  await bench.clock.advance(30);
  expect(bench.received).toHaveLength(1);
});

test("unsent: cuts the connection before anything was accepted", async () => {
  await expect(bench.create(IMAGE, { prompt: "unsent: кот" })).rejects.toThrow("fetch failed");
  expect([bench.kie.createdCount(), bench.kie.credits()]).toEqual([0, 100_000]);
});

test("a result breaks off in the middle, is gone, or is not served for a while", async () => {
  const { taskId } = await bench.create(IMAGE, { prompt: "кот" });
  await bench.clock.advance(30);
  const url = await bench.resultUrl(taskId);
  const whole = (await (await fetch(url)).bytes()).length;
  bench.kie.next("/results/", "cut-body");
  const broken = await fetch(url);
  expect([broken.status, Number(broken.headers.get("content-length"))]).toEqual([200, whole]);
  await expect(broken.bytes()).rejects.toThrow("terminated");
  bench.kie.next("/results/", "http", { code: 503 });
  expect((await fetch(url)).status).toBe(503);
  expect((await fetch(url)).status).toBe(200);
  bench.kie.setSwitches({ resultLifeHours: 1 });
  await bench.clock.advance(3_601);
  expect((await fetch(url)).status).toBe(404);
  expect(bench.kie.injected()).toMatchObject({ "cut-body": 1, "result-expired": 1 });
});

test("an upload fails, is gone at once, or lives as long as an older page says", async () => {
  bench.kie.next("file-stream-upload", "http", { code: 500 });
  await expect(bench.upload(new Uint8Array([1, 2]), "a.bin")).rejects.toThrow();
  bench.kie.loseNextUploads();
  const gone = await bench.upload(new Uint8Array([1, 2]), "b.bin");
  expect((await fetch(gone)).status).toBe(404);
  bench.kie.setSwitches({ uploadLifeHours: 72 });
  const kept = await bench.upload(new Uint8Array([1, 2]), "c.bin");
  await bench.clock.advance(71 * 3_600);
  expect((await fetch(kept)).status).toBe(200);
  await bench.clock.advance(3_601);
  expect((await fetch(kept)).status).toBe(404);
});

test("a key that is not accepted any more is 401 everywhere, uploads included", async () => {
  bench.kie.setSwitches({ keyRefused: true });
  const answer = await bench.create(IMAGE, { prompt: "кот" });
  expect([answer.code, answer.msg]).toEqual([401, "You do not have access permissions"]);
  expect((await bench.api("GET", "/api/v1/chat/credit")).code).toBe(401);
  await expect(bench.upload(new Uint8Array([1]), "a.bin")).rejects.toThrow();
  expect(bench.kie.injected()).toEqual({ "key-refused": 3 });
});

test("a capped key spends so much and no more; what failed is given back to it", async () => {
  bench.kie.setSwitches({ keyCapCredits: 20 });
  const codes: number[] = [];
  for (const prompt of ["кот", "fail: кот", "кот"]) codes.push((await bench.create(IMAGE, { prompt })).code);
  expect(codes).toEqual([200, 200, 433]);
  await bench.clock.advance(30);
  expect((await bench.create(IMAGE, { prompt: "кот" })).code).toBe(200);
  expect((await bench.create(IMAGE, { prompt: "кот" })).code).toBe(433);
  expect(bench.kie.credits()).toBe(100_000 - 16);
});

test("the window of 20 creates in 10 seconds slides", async () => {
  const codes = async (count: number) => {
    const seen: number[] = [];
    for (let index = 0; index < count; index += 1) seen.push((await bench.create(IMAGE, { prompt: "кот" })).code);
    return seen.filter((code) => code === 200).length;
  };
  expect(await codes(12)).toBe(12);
  await bench.clock.advance(6);
  expect(await codes(10)).toBe(8);
  // A bucket that empties each ten seconds would let twenty through here.
  await bench.clock.advance(5);
  expect(await codes(15)).toBe(12);
});

test("record queries are limited when asked for: 10 a second for a market task, 3 for a Suno one", async () => {
  bench.kie.setSwitches({ recordLimits: true });
  const { taskId } = await bench.create(IMAGE, { prompt: "кот" });
  const input = { ...songInput("песня"), customMode: false, callBackUrl: bench.callbackUrl };
  const { custom_mode: _, ...song } = input;
  const made = await bench.api("POST", "/api/v1/generate", song);
  expect(made.code).toBe(200);
  const sunoId = JSON.parse(JSON.stringify(made.data)).taskId;
  await bench.clock.advance(5);
  const limited = async (path: string, count: number) => {
    let refused = 0;
    for (let index = 0; index < count; index += 1) if ((await bench.api("GET", path)).code === 429) refused += 1;
    return refused;
  };
  expect(await limited(`/api/v1/jobs/recordInfo?taskId=${taskId}`, 12)).toBe(2);
  expect(await limited(`/api/v1/generate/record-info?taskId=${sunoId}`, 5)).toBe(2);
  await bench.clock.advance(1);
  expect(await limited(`/api/v1/jobs/recordInfo?taskId=${taskId}`, 10)).toBe(0);
});

test("the balance can be set to nothing and back", async () => {
  bench.kie.setCredits(7.5);
  expect((await bench.create(IMAGE, { prompt: "кот" })).code).toBe(402);
  bench.kie.setCredits(8);
  expect((await bench.create(IMAGE, { prompt: "кот" })).code).toBe(200);
  expect(bench.kie.credits()).toBe(0);
  expect(bench.kie.injected()).toEqual({ "no-credits": 1 });
});

test("clearing takes back faults, words and switches, and leaves tasks, balance and counts", async () => {
  bench.kie.next("*", "http", { times: 9 });
  bench.kie.failNextCreate(505);
  bench.kie.dropNextCreates(3);
  bench.kie.nextTask("fail", 2);
  bench.kie.setSwitches({ maintenance: true, everyTask: "hang:" });
  bench.kie.setCredits(50);
  bench.kie.clearFaults();
  expect((await bench.create(SONG, songInput("песня"))).code).toBe(200);
  expect([bench.kie.left("http"), bench.kie.left("refuse"), bench.kie.left("drop"), bench.kie.nextTasks()]).toEqual([
    0,
    0,
    0,
    [],
  ]);
  expect(bench.kie.credits()).toBe(38);
  expect(bench.kie.switches()).toMatchObject({ maintenance: false, everyTask: "", strictFields: true });
});
