import { afterEach, beforeEach, expect, test } from "vitest";
import { IMAGE, type KieBench, SONG, songInput, startBench } from "./harness.ts";

let bench: KieBench;
beforeEach(async () => {
  bench = await startBench({ startCredits: 1_000 });
});
afterEach(() => bench.close());

test("a call without the key is refused in an envelope on HTTP 200", async () => {
  const response = await fetch(`${bench.origin}/kie/api/v1/chat/credit`, {
    headers: { authorization: "Bearer wrong" },
  });
  expect(response.status).toBe(200);
  expect(await response.json()).toEqual({ code: 401, msg: "You do not have access permissions", data: null });
});

test("a task id is 32 hex characters and equals the record id", async () => {
  const answer = await bench.api("POST", "/api/v1/jobs/createTask", { model: IMAGE, input: { prompt: "кот" } });
  expect(answer).toEqual({
    code: 200,
    msg: "success",
    data: { taskId: expect.stringMatching(/^[0-9a-f]{32}$/), recordId: bench.kie.tasks()[0]?.taskId },
  });
  expect(bench.kie.tasks()[0]?.taskId).toBe(Object(answer.data).taskId);
});

test("an unknown task is 422 with a null record, and a missing id is 400", async () => {
  const unknown = await bench.api("GET", `/api/v1/jobs/recordInfo?taskId=${"0".repeat(32)}`);
  expect(unknown).toEqual({ code: 422, msg: "recordInfo is null", data: null });
  expect((await bench.api("GET", "/api/v1/jobs/recordInfo")).code).toBe(400);
});

test("some new tasks have no record for up to two seconds, all have one after that", async () => {
  const ids: string[] = [];
  for (let index = 0; index < 8; index += 1) ids.push((await bench.create(IMAGE, { prompt: `кот ${index}` })).taskId);
  const codes = () =>
    Promise.all(ids.map(async (id) => (await bench.api("GET", `/api/v1/jobs/recordInfo?taskId=${id}`)).code));
  expect(await codes()).toContain(422);
  await bench.clock.advance(2);
  expect(await codes()).toEqual(ids.map(() => 200));
});

test("a task walks from waiting to success and tells its result, its cost and its times", async () => {
  const { taskId } = await bench.create(IMAGE, { prompt: "slow: кот", aspect_ratio: "16:9" }, bench.callbackUrl);
  const seen = new Set<string>();
  // Ten times slower than usual and looked at every five seconds, so that a busy machine misses no state.
  for (let step = 0; step < 28; step += 1) {
    await bench.clock.advance(5);
    const record = await bench.record(taskId).catch(() => undefined);
    if (!record) continue;
    seen.add(record.state);
    if (record.state !== "success") {
      expect(record).toMatchObject({
        resultJson: "",
        costTime: null,
        completeTime: null,
        successFlag: 0,
        response: null,
      });
    }
  }
  expect([...seen]).toEqual(["waiting", "queuing", "generating", "success"]);
  const record = await bench.record(taskId);
  expect(record).toMatchObject({
    taskId,
    model: IMAGE,
    failCode: null,
    failMsg: null,
    successFlag: 1,
    creditsConsumed: 8,
  });
  expect(record.costTime).toBeGreaterThanOrEqual(80);
  expect(record.costTime).toBeLessThanOrEqual(120);
  expect(Number(record.completeTime) - record.createTime).toBeGreaterThanOrEqual(80_000);
  expect(JSON.parse(record.resultJson)).toEqual(record.response);
  expect(record.response?.resultUrls).toEqual([`${bench.origin}/kie-files/results/${taskId}/0.png`]);
});

test("recordInfo encodes the input twice", async () => {
  const { taskId } = await bench.create(IMAGE, { prompt: "кот" });
  await bench.clock.advance(3);
  const param = JSON.parse((await bench.record(taskId)).param);
  expect(param.model).toBe(IMAGE);
  expect(JSON.parse(param.input)).toEqual({ prompt: "кот" });
});

test("credits are taken at create and given back when the task fails", async () => {
  await bench.create(IMAGE, { prompt: "кот", resolution: "2K" });
  const failing = await bench.create(IMAGE, { prompt: "fail: кот" });
  expect((await bench.api("GET", "/api/v1/chat/credit")).data).toBe(1_000 - 12 - 8);
  await bench.clock.advance(20);
  expect((await bench.api("GET", "/api/v1/chat/credit")).data).toBe(1_000 - 12);
  expect(await bench.record(failing.taskId)).toMatchObject({
    state: "fail",
    failCode: "500",
    failMsg: "Internal server error",
    successFlag: 3,
    creditsConsumed: 0,
    resultJson: "",
  });
});

test("a request dearer than the balance is 402 and makes no task", async () => {
  bench.kie.setCredits(7.5);
  expect((await bench.create(IMAGE, { prompt: "кот" })).code).toBe(402);
  expect(bench.kie.createdCount()).toBe(0);
  expect(bench.kie.credits()).toBe(7.5);
});

test("the twenty-first create within ten seconds is 429, later ones pass", async () => {
  const codes: number[] = [];
  for (let index = 0; index < 21; index += 1) codes.push((await bench.create(IMAGE, { prompt: `${index}` })).code);
  expect(codes).toEqual([...Array(20).fill(200), 429]);
  await bench.clock.advance(10);
  expect((await bench.create(IMAGE, { prompt: "кот" })).code).toBe(200);
});

test("an unknown model and a withdrawn one are 422", async () => {
  expect((await bench.create("no/such-model", { prompt: "кот" })).code).toBe(422);
  expect(await bench.create("sora-2-text-to-video", { prompt: "кот" })).toMatchObject({
    code: 422,
    msg: "Page does not exist or is not published",
  });
});

test("a song task returns two playable tracks with covers", async () => {
  const { taskId } = await bench.create(SONG, songInput("Песня о море"));
  await bench.clock.advance(30);
  const { data } = JSON.parse((await bench.record(taskId)).resultJson);
  expect(data).toHaveLength(2);
  expect(data[0]).toMatchObject({ title: "Песня о море", model_name: "chirp-v6", duration: 5 });
  expect(data[0].id).not.toBe(data[1].id);
  const [one, other] = await Promise.all(data.map((song: { audio_url: string }) => fetch(song.audio_url)));
  expect(one?.headers.get("content-type")).toBe("audio/mpeg");
  expect(await one?.bytes()).not.toEqual(await other?.bytes());
});

test("a song can be worked on by its id, a made-up id is 422", async () => {
  const { taskId } = await bench.create(SONG, songInput("Песня"));
  const wav = (audioId: string) =>
    bench.create("ai-music-api/convert-to-wav-format", { task_id: taskId, audio_id: audioId });
  expect((await wav("x")).code).toBe(422);
  await bench.clock.advance(30);
  const [song] = JSON.parse((await bench.record(taskId)).resultJson).data;
  expect((await wav("x")).code).toBe(422);
  const made = await wav(song.id);
  await bench.clock.advance(20);
  expect((await fetch(await bench.resultUrl(made.taskId))).headers.get("content-type")).toBe("audio/wav");
});

test("lyrics come as a result object", async () => {
  const { taskId } = await bench.create("ai-music-api/generate-lyrics", { prompt: "о море" });
  await bench.clock.advance(10);
  const { response } = await bench.record(taskId);
  expect(response?.resultObject?.lyricsData?.[0]).toEqual({
    title: expect.any(String),
    text: expect.stringContaining("о море"),
  });
});

test("every call is written down with its body and its answer, without the key", async () => {
  const { taskId } = await bench.create(IMAGE, { prompt: "кот" });
  const [call] = bench.calls.list();
  expect(call).toMatchObject({
    service: "kie",
    method: "POST /api/v1/jobs/createTask",
    body: { model: IMAGE, input: { prompt: "кот" } },
    answer: { code: 200, data: { taskId } },
  });
  expect(JSON.stringify(bench.calls.list())).not.toContain("test-key");
});

test("reset forgets tasks, credits and switches", async () => {
  await bench.create(IMAGE, { prompt: "кот" }, bench.callbackUrl);
  bench.kie.setSwitches({ maintenance: true });
  bench.kie.reset();
  await bench.clock.advance(60);
  expect(bench.kie.tasks()).toEqual([]);
  expect(bench.kie.credits()).toBe(1_000);
  expect(bench.kie.switches().maintenance).toBe(false);
  expect(bench.received).toEqual([]);
});
