import { createHmac } from "node:crypto";
import { afterEach, beforeEach, expect, test } from "vitest";
import { sniffMedia } from "../../../lib/sandbox/media/sniff-media.ts";
import { IMAGE, type KieBench, SONG, songInput, startBench } from "./harness.ts";

const HMAC_KEY = "hmac-key";
const MINUTE = 60;
let bench: KieBench;
beforeEach(async () => {
  bench = await startBench({ hmacKey: HMAC_KEY });
});
afterEach(() => bench.close());

const create = (prompt: string) => bench.create(IMAGE, { prompt }, bench.callbackUrl);
const look = (taskId: string) => bench.api("GET", `/api/v1/jobs/recordInfo?taskId=${taskId}`);
const stages = () => bench.received.map(({ body }) => body.data.callbackType ?? body.data.state);
/** Whether the signature of the callback at this place is right for this id. */
function isSignedFor(taskId: string, place = 0): boolean {
  const headers = bench.received[place]?.headers;
  const timestamp = headers?.get("x-webhook-timestamp") ?? "";
  const wanted = createHmac("sha256", HMAC_KEY).update(`${taskId}.${timestamp}`).digest("base64");
  return headers?.get("x-webhook-signature") === wanted;
}

test("late:130 ends after 130 virtual minutes, at any speed of the simulator", async () => {
  const quick = await startBench({ speed: 100 });
  for (const one of [bench, quick]) {
    const { taskId } = await one.create(IMAGE, { prompt: "late:130: кот" }, one.callbackUrl);
    await one.clock.advance(129 * MINUTE);
    expect((await one.record(taskId)).state).toBe("generating");
    await one.clock.advance(2 * MINUTE);
    expect((await one.record(taskId)).state).toBe("success");
    expect(one.received).toHaveLength(1);
  }
  await quick.close();
});

test("unseen:90 hides the record for 90 seconds, even of a task that has ended and called back", async () => {
  const { taskId } = await create("unseen:90 кот");
  await bench.clock.advance(80);
  expect(bench.received).toHaveLength(1);
  expect(await look(taskId)).toEqual({ code: 422, msg: "recordInfo is null", data: null });
  await bench.clock.advance(11);
  expect((await bench.record(taskId)).state).toBe("success");
});

test("latecb:40 calls back 40 seconds after the end, so that others overtake it", async () => {
  const late = await create("latecb:40: кот");
  const other = await create("кот");
  await bench.clock.advance(30);
  expect(bench.received.map(({ body }) => body.data.taskId)).toEqual([other.taskId]);
  expect((await bench.record(late.taskId)).state).toBe("success");
  await bench.clock.advance(30);
  expect(bench.received.map(({ body }) => body.data.taskId)).toEqual([other.taskId, late.taskId]);
  bench.kie.setSwitches({ callbackDelaySeconds: 100 });
  await create("кот");
  await bench.clock.advance(90);
  expect(bench.received).toHaveLength(2);
  await bench.clock.advance(30);
  expect(bench.received).toHaveLength(3);
});

test("a song can call back in reverse: complete first, then one track, then the text", async () => {
  bench.kie.setSwitches({ reverseSunoStages: true });
  await bench.create(SONG, songInput("песня"), bench.callbackUrl);
  await bench.clock.advance(60);
  expect(stages()).toEqual(["complete", "first", "text"]);
  await bench.create(SONG, songInput("fail: песня"), bench.callbackUrl);
  await bench.clock.advance(60);
  expect(stages()).toEqual(["complete", "first", "text", "error"]);
});

test("failcb: claims a failure with a valid signature while the record says success", async () => {
  const { taskId } = await create("failcb: кот");
  await bench.clock.advance(30);
  expect(bench.received[0]?.body).toMatchObject({ code: 501, data: { taskId, state: "fail", creditsConsumed: 0 } });
  expect(isSignedFor(taskId)).toBe(true);
  expect((await bench.record(taskId)).state).toBe("success");
  expect(bench.kie.credits()).toBe(100_000 - 8);
});

test("idcb: names, and is signed for, a task that does not exist", async () => {
  const { taskId } = await create("idcb: кот");
  await bench.clock.advance(30);
  const named = bench.received[0]?.body.data.taskId ?? "";
  expect(named).not.toBe(taskId);
  expect(named).toMatch(/^[0-9a-f]{32}$/);
  expect([isSignedFor(named), isSignedFor(taskId)]).toEqual([true, false]);
  expect((await look(named)).code).toBe(422);
});

test("callbacks come unsigned, signed by a stranger, or an hour old: for one task by its word, for all by a switch", async () => {
  const signed = async (prompt: string) => {
    bench.received.length = 0;
    const { taskId } = await create(prompt);
    await bench.clock.advance(30);
    const headers = bench.received[0]?.headers;
    if (headers?.get("x-webhook-signature") === null) return "not at all";
    if (!isSignedFor(taskId)) return "by a stranger";
    const age = bench.clock.now().getTime() / 1_000 - Number(headers?.get("x-webhook-timestamp"));
    return age > 3_500 ? "long ago" : "well";
  };
  expect([await signed("кот"), await signed("nosign: кот"), await signed("badsign: кот")]).toEqual([
    "well",
    "not at all",
    "by a stranger",
  ]);
  expect(await signed("stalecb: кот")).toBe("long ago");
  bench.kie.setSwitches({ unsignedCallbacks: true });
  expect(await signed("кот")).toBe("not at all");
  bench.kie.setSwitches({ unsignedCallbacks: false, foreignSignatures: true });
  expect(await signed("кот")).toBe("by a stranger");
});

test("an answer that takes longer than allowed is a failed attempt, after the third retry of a song it is CALLBACK_EXCEPTION", async () => {
  // Only here: a busy machine may well need as long for an ordinary answer.
  const impatient = await startBench({ callbackTimeoutMs: 200 });
  impatient.beforeCallbackAnswer = () => new Promise((resolve) => setTimeout(resolve, 400));
  impatient.kie.setSwitches({ skipSunoStages: true });
  const { taskId } = await impatient.create(SONG, songInput("песня"), impatient.callbackUrl);
  await impatient.clock.advance(3_600);
  expect(impatient.received).toHaveLength(4);
  expect(impatient.kie.callbacks()).toMatchObject([{ taskId, state: "abandoned", attempts: 4 }]);
  const record = await impatient.api("GET", `/api/v1/generate/record-info?taskId=${taskId}`);
  expect(record.data).toMatchObject({ status: "CALLBACK_EXCEPTION", response: { sunoData: [{}, {}] } });
  await impatient.close();
}, 20_000);

test("sametimes: and noresult: change what is told, empty: succeeds with nothing", async () => {
  await create("sametimes: кот");
  await bench.clock.advance(30);
  await create("noresult: fail: кот");
  await bench.clock.advance(30);
  const { taskId } = await create("empty: кот");
  await bench.clock.advance(30);
  const [same, bare, empty] = bench.received.map(({ body }) => body.data);
  expect(same?.updateTime).toBe(same?.createTime);
  expect(same?.completeTime).not.toBe(same?.createTime);
  expect(bare).toMatchObject({ state: "fail", failCode: "500" });
  expect(Object.keys(bare ?? {})).not.toContain("resultJson");
  expect(empty).toMatchObject({ state: "success", resultJson: '{"resultUrls":[]}' });
  expect((await bench.record(taskId)).response).toEqual({ resultUrls: [] });
  const song = await bench.create(SONG, songInput("empty: песня"));
  await bench.clock.advance(60);
  expect((await bench.record(song.taskId)).resultJson).toBe('{"data":[]}');
});

test("many:11 returns eleven pictures or videos, size:15 files of 15 MB that are still what they were", async () => {
  const pictures = await create("many:11 кот");
  const video = await bench.create("kling-2.6/text-to-video", {
    prompt: "many:2 size:15: кот",
    sound: false,
    aspect_ratio: "1:1",
    duration: "5",
  });
  const song = await bench.create(SONG, songInput("size:3 песня"));
  await bench.clock.advance(60);
  expect(new Set((await bench.record(pictures.taskId)).response?.resultUrls).size).toBe(11);
  const clips = (await bench.record(video.taskId)).response?.resultUrls ?? [];
  expect(clips).toHaveLength(2);
  const clip = await (await fetch(clips[0] ?? "")).bytes();
  expect([clip.length, sniffMedia(clip)?.format]).toEqual([15 * 1024 * 1024, "mp4"]);
  const track = `${bench.origin}/kie-files/results/${song.taskId}/0.mp3`;
  const sound = await (await fetch(track)).bytes();
  expect([sound.length, sniffMedia(sound)?.format]).toEqual([3 * 1024 * 1024, "mp3"]);
});

test("a result of 60 MB is made and served", async () => {
  const { taskId } = await create("size:60: кот");
  await bench.clock.advance(30);
  const url = await bench.resultUrl(taskId);
  const bytes = await (await fetch(url)).bytes();
  expect([bytes.length, sniffMedia(bytes)?.format]).toEqual([60 * 1024 * 1024, "png"]);
});

test("words can be laid upon every task, or upon the next ones, without being in their texts", async () => {
  bench.kie.setSwitches({ everyTask: "late:10 twice" });
  bench.kie.nextTask("fail:policy", 2);
  bench.kie.nextTask("then: fail:");
  const ids = [];
  for (let count = 0; count < 3; count += 1) ids.push((await create("кот")).taskId);
  await bench.clock.advance(9 * MINUTE);
  expect(bench.received).toEqual([]);
  await bench.clock.advance(2 * MINUTE);
  expect(bench.received).toHaveLength(6);
  const states = await Promise.all(ids.map(async (id) => (await bench.record(id)).state));
  expect(states).toEqual(["fail", "fail", "success"]);
  expect(bench.kie.tasks().at(-1)?.sentinels).toMatchObject({ lateMinutes: 10, twice: true, later: { fail: "500" } });
  expect(bench.kie.injected()).toMatchObject({
    "every-task": 3,
    "fail:policy": 2,
    lateMinutes: 3,
    "callback-twice": 3,
  });
});

test("words that stand alone are checked: anything else is refused at once", () => {
  expect(() => bench.kie.nextTask("slow: кот")).toThrow('"кот:" is no magic word');
  expect(() => bench.kie.nextTask("then: nonsense")).toThrow("no magic word");
  expect(() => bench.kie.setSwitches({ everyTask: "many" })).toThrow("no magic word");
  expect(bench.kie.switches().everyTask).toBe("");
});

test("a refused request uses up no words", async () => {
  bench.kie.nextTask("fail");
  expect((await bench.create(IMAGE, {})).code).not.toBe(200);
  expect(bench.kie.nextTasks()).toEqual(["fail"]);
});
