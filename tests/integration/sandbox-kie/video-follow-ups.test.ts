import { afterEach, beforeEach, expect, test } from "vitest";
import * as z from "zod";
import { makeMp4 } from "../../../lib/sandbox/media/make-mp4.ts";
import { type KieBench, startBench } from "./harness.ts";

const VEO = "/api/v1/veo";
let bench: KieBench;
beforeEach(async () => {
  bench = await startBench();
});
afterEach(() => bench.close());

const idOf = (data: unknown) => z.object({ taskId: z.string() }).nullish().catch(null).parse(data)?.taskId ?? "";

async function makeClip(more: object = {}): Promise<string> {
  const { data } = await bench.api("POST", `${VEO}/generate`, { prompt: "кот", ...more });
  await bench.clock.advance(60);
  return idOf(data);
}
const hd = (taskId: string, index = 0) => bench.api("GET", `${VEO}/get-1080p-video?taskId=${taskId}&index=${index}`);
const uhd = (taskId: string) => bench.api("POST", `${VEO}/get-4k-video`, { taskId, callBackUrl: bench.callbackUrl });

test("1080p is asked for by GET until it is there, and paid once", async () => {
  const clip = await makeClip();
  const credits = bench.kie.credits();
  const processing = { code: 400, msg: expect.stringMatching(/^1080P is processing/), data: null };
  expect(await hd(clip)).toEqual(processing);
  await bench.clock.advance(10);
  expect(await hd(clip)).toEqual(processing);
  await bench.clock.advance(60);
  const { code, data } = await hd(clip);
  expect([code, data]).toEqual([200, { resultUrl: expect.stringMatching(/\.mp4$/) }]);
  const { resultUrl } = z.object({ resultUrl: z.string() }).parse(data);
  expect((await fetch(resultUrl)).headers.get("content-type")).toBe("video/mp4");
  expect(bench.kie.credits()).toBe(credits - 5);
  expect(bench.kie.createdCount(({ model }) => model === "veo/get-1080p-video")).toBe(1);
});

test("4K: begun, processing, then a refusal that carries the result; record and callback agree", async () => {
  const clip = await makeClip();
  const begun = await uhd(clip);
  expect(begun).toMatchObject({ code: 200, data: { resultUrls: null, imageUrls: null } });
  expect(await uhd(clip)).toMatchObject({ code: 422, msg: expect.stringMatching(/^4k is processing/), data: null });
  await bench.clock.advance(60);
  const made = await uhd(clip);
  expect(made).toMatchObject({
    code: 422,
    msg: "The video has been generated successfully",
    data: { resultUrls: [expect.stringMatching(/\.mp4$/)], imageUrls: [expect.stringMatching(/\.png$/)] },
  });
  const taskId = idOf(begun.data);
  const { resultUrls } = z.object({ resultUrls: z.array(z.string()) }).parse(made.data);
  expect(await bench.api("GET", `${VEO}/record-info?taskId=${taskId}`)).toMatchObject({
    data: { successFlag: 1, response: { resultUrls } },
  });
  expect(bench.received.map(({ raw }) => raw)).toMatchObject([
    { code: 200, msg: "4K Video generated successfully.", data: { taskId, info: { resultUrls } } },
  ]);
  expect(bench.kie.credits()).toBe(100_000 - 60 - 120);
});

test("an upgrade that fails gives its credits back and says so", async () => {
  const clip = await makeClip({ prompt: "then: fail: кот" });
  const credits = bench.kie.credits();
  await hd(clip);
  await uhd(clip);
  expect(bench.kie.credits()).toBe(credits - 125);
  await bench.clock.advance(60);
  expect([(await hd(clip)).code, (await uhd(clip)).code]).toEqual([500, 500]);
  expect(bench.received.at(-1)?.raw).toMatchObject({ code: 500, msg: expect.stringContaining("4K version") });
  expect(bench.kie.credits()).toBe(credits);
});

test("the documented other spelling of the 4K callback", async () => {
  const clip = await makeClip({ prompt: "then: oldnames: кот" });
  await uhd(clip);
  await bench.clock.advance(60);
  expect(bench.received.at(-1)?.raw).toMatchObject({
    data: { task_id: expect.any(String), result_urls: [expect.any(String)], image_urls: [expect.any(String)] },
  });
});

test("unknown, unready, forgotten and other families' clips are refused by their documented words", async () => {
  const running = idOf((await bench.api("POST", `${VEO}/generate`, { prompt: "кот" })).data);
  expect(await hd("nobody")).toMatchObject({ code: 422, msg: "record is null" });
  expect(await uhd(running)).toMatchObject({ code: 422, msg: "record status is not success" });
  const runway = { prompt: "кот", duration: 5, quality: "720p", aspectRatio: "16:9" };
  const other = idOf((await bench.api("POST", "/api/v1/runway/generate", runway)).data);
  await bench.clock.advance(60);
  expect(await hd(other)).toMatchObject({ msg: "record is null" });
  expect(await hd(running, 3)).toMatchObject({ msg: "record result data is blank" });
  const extend = { taskId: running, prompt: "кот", quality: "720p" };
  expect(await bench.api("POST", "/api/v1/runway/extend", extend)).toMatchObject({ msg: "record is null" });
  await bench.clock.advance(14 * 86_400);
  expect(await uhd(running)).toMatchObject({ msg: "Temporarily supports records within 14 days" });
});

test("an extension costs by its tier, also of a market clip, and not after 1080p", async () => {
  const { taskId } = await bench.create("veo-3-1", { prompt: "кот" });
  await bench.clock.advance(60);
  const extend = (more: object) => bench.api("POST", `${VEO}/extend`, { taskId, prompt: "дальше", ...more });
  const credits = bench.kie.credits();
  const { code, data } = await extend({ model: "lite" });
  expect([code, credits - bench.kie.credits()]).toEqual([200, 30]);
  expect((await extend({ model: "veo3" })).code).toBe(500);
  await bench.clock.advance(60);
  expect(await bench.api("GET", `${VEO}/record-info?taskId=${idOf(data)}`)).toMatchObject({
    data: { successFlag: 1, response: { fullResultUrls: [expect.any(String)] } },
  });
  await hd(taskId);
  expect(await extend({})).toMatchObject({ code: 422 });
});

test("Runway: the parent, the queue's own spelling", async () => {
  const runway = { prompt: "кот", duration: 5, quality: "720p", aspectRatio: "16:9" };
  const parent = idOf((await bench.api("POST", "/api/v1/runway/generate", runway)).data);
  await bench.clock.advance(60);
  const extend = { taskId: parent, prompt: "дальше", quality: "720p" };
  const taskId = idOf((await bench.api("POST", "/api/v1/runway/extend", extend)).data);
  const states: unknown[] = [];
  for (const seconds of [5, 3.2, 10, 20]) {
    await bench.clock.advance(seconds);
    const { data } = await bench.api("GET", `/api/v1/runway/record-detail?taskId=${taskId}`);
    states.push(z.looseObject({ state: z.string() }).parse(data).state);
    expect(data).toMatchObject({ parentTaskId: parent, expireFlag: 0 });
  }
  expect(states).toEqual(["wait", "queueing", "generating", "success"]);
});

test("Aleph tells of a failure without data and of a success by its page, or by its schema", async () => {
  const videoUrl = await bench.upload(await makeMp4({ seconds: 1, width: 64, height: 64 }), "a.mp4");
  const dead = "http://127.0.0.1:9/a.mp4";
  for (const [prompt, url] of [
    ["зима", dead],
    ["зима", videoUrl],
    ["oldnames: зима", videoUrl],
  ]) {
    await bench.api("POST", "/api/v1/aleph/generate", { prompt, videoUrl: url, callBackUrl: bench.callbackUrl });
    await bench.clock.advance(60);
  }
  const text = expect.any(String);
  const link = expect.stringMatching(/\.(mp4|png)$/);
  expect(bench.received.map(({ raw }) => raw)).toEqual([
    { code: 400, msg: expect.stringMatching(/^Failed to fetch/), data: null, taskId: text },
    { code: 200, msg: "success", data: { result_video_url: link, result_image_url: link }, taskId: text },
    { code: 200, msg: "success", data: { task_id: text, video_id: text, video_url: link, image_url: link } },
  ]);
});
