import { afterEach, beforeEach, expect, test } from "vitest";
import { makeMp3 } from "../../../lib/sandbox/media/make-mp3.ts";
import { makeMp4 } from "../../../lib/sandbox/media/make-mp4.ts";
import { makePng } from "../../../lib/sandbox/media/make-png.ts";
import { makeWav } from "../../../lib/sandbox/media/make-wav.ts";
import { IMAGE, type KieBench, SONG, startBench } from "./harness.ts";

let bench: KieBench;
beforeEach(async () => {
  bench = await startBench();
});
afterEach(() => bench.close());

const codeOf = async (model: string, input: Record<string, unknown>) => (await bench.create(model, input)).code;
const kling = { prompt: "кот", sound: false, aspect_ratio: "16:9", duration: "5" };
const picture = () => makePng({ text: "кот", width: 64, height: 64 });

test("a missing, an empty and a null required field are 500 and name the field", async () => {
  expect(await bench.create(IMAGE, {})).toMatchObject({ code: 500, msg: "prompt is required" });
  expect(await codeOf(IMAGE, { prompt: "" })).toBe(500);
  expect(await codeOf(IMAGE, { prompt: null })).toBe(500);
});

test("a number where a string is documented is 500, the documented string passes", async () => {
  expect(await codeOf("kling-2.6/text-to-video", { ...kling, duration: 5 })).toBe(500);
  expect(await codeOf("kling-2.6/text-to-video", kling)).toBe(200);
});

test("a second type passes where it was seen to, with the limits of the first", async () => {
  const runway = { prompt: "кот", quality: "720p", aspect_ratio: "16:9" };
  expect(await codeOf("runway", { ...runway, duration: 5 })).toBe(200);
  expect(await codeOf("runway", { ...runway, duration: "5" })).toBe(200);
  expect(await codeOf("runway", { ...runway, duration: "7" })).toBe(500);
  expect(await codeOf("grok-imagine/text-to-video", { prompt: "кот", duration: "31" })).toBe(422);
});

test("a value outside of the enum is 500, case counts", async () => {
  expect(await codeOf(IMAGE, { prompt: "кот", resolution: "1k" })).toBe(500);
  expect(await codeOf(IMAGE, { prompt: "кот", resolution: "1K" })).toBe(200);
});

test("a text above its limit is 500, counted in UTF-16 units", async () => {
  expect(await codeOf("z-image", { prompt: "я".repeat(1_000), aspect_ratio: "1:1" })).toBe(200);
  expect(await codeOf("z-image", { prompt: "😀".repeat(501), aspect_ratio: "1:1" })).toBe(500);
});

test("numbers keep their range, special values pass", async () => {
  const seedance = (duration: number) => codeOf("bytedance/seedance-2", { prompt: "кот", duration });
  expect([await seedance(4), await seedance(3), await seedance(-1), await seedance(4.5)]).toEqual([200, 422, 200, 500]);
});

test("rules across fields are 422", async () => {
  const gpt = (more: object) => codeOf("gpt-image-2-text-to-image", { prompt: "кот", ...more });
  expect(await gpt({ resolution: "4K", aspect_ratio: "1:1" })).toBe(422);
  expect(await gpt({ resolution: "2K" })).toBe(422);
  expect(await gpt({ resolution: "4K", aspect_ratio: "16:9" })).toBe(200);
  const song = { custom_mode: true, instrumental: false, model: "V6", style: "рок", title: "Море" };
  expect(await codeOf(SONG, song)).toBe(422);
  expect(await codeOf(SONG, { ...song, lyrics: "Слова" })).toBe(200);
});

test("fields that exclude each other, and an incomplete set of fields, are 422", async () => {
  const url = await bench.upload(await picture(), "a.png");
  const seedance = { prompt: "кот", first_frame_url: url, reference_image_urls: [url] };
  expect(await codeOf("bytedance/seedance-2", seedance)).toBe(422);
  const section = { prompt: "x", tags: "x", title: "x", infill_start_s: 1, infill_end_s: 8, full_lyrics: "x" };
  expect(await codeOf("ai-music-api/replace-section", { ...section, upload_url: url })).toBe(422);
});

test("nested objects are checked with the path of the field", async () => {
  const dialogue = [{ text: "Привет", voice: "nobody" }];
  expect(await bench.create("elevenlabs/text-to-dialogue-v3", { dialogue })).toMatchObject({
    code: 500,
    msg: "dialogue[0].voice is not within the range of allowed options",
  });
});

test("an unknown field is a violation and 422; without strictness it is ignored, still a violation", async () => {
  expect(await codeOf(IMAGE, { prompt: "кот", image_url: "x" })).toBe(422);
  const voice = "EkK5I93UQWFDigLMpZcX";
  expect(await codeOf("elevenlabs/text-to-dialogue-v3", { dialogue: [{ text: "а", voice, speed: 1 }] })).toBe(422);
  bench.kie.setSwitches({ strictFields: false });
  expect(await codeOf(IMAGE, { prompt: "кот", image_url: "x" })).toBe(200);
  expect(bench.kie.violations().map(({ kind, what }) => [kind, what.split(" ")[0]])).toEqual([
    ["unknown-field", "input.image_url"],
    ["unknown-field", "input.dialogue[0].speed"],
    ["unknown-field", "input.image_url"],
  ]);
});

test("a misspelt callback field is a violation", async () => {
  const body = { model: IMAGE, input: { prompt: "кот" }, callbackUrl: bench.callbackUrl };
  expect((await bench.api("POST", "/api/v1/jobs/createTask", body)).code).toBe(422);
  expect(bench.kie.violations()).toMatchObject([{ kind: "unknown-field", where: IMAGE }]);
});

test("a text that is no http URL is 422", async () => {
  expect(await codeOf(IMAGE, { prompt: "кот", image_input: ["cat.png"] })).toBe(422);
  expect(await codeOf(IMAGE, { prompt: "кот", image_input: ["ftp://example.org/a.png"] })).toBe(422);
});

test("a Telegram file URL is a violation and 422, strict or not", async () => {
  bench.kie.setSwitches({ strictFields: false });
  const url = `${bench.origin}/file/bot123:secret/photos/1.jpg`;
  expect(await codeOf(IMAGE, { prompt: "кот", image_input: [url] })).toBe(422);
  expect(bench.kie.violations()).toMatchObject([{ kind: "token-in-url" }]);
  expect(JSON.stringify(bench.kie.violations())).not.toContain("secret");
});

test("a file of another kind or format than the field takes is a violation and 422", async () => {
  const sound = await bench.upload(await makeMp3({ seconds: 1, seed: 1 }), "a.mp3");
  expect(await codeOf(IMAGE, { prompt: "кот", image_input: [sound] })).toBe(422);
  const clip = await bench.upload(await makeMp4({ seconds: 1, width: 64, height: 64 }), "a.mp4");
  expect(await codeOf(IMAGE, { prompt: "кот", image_input: [clip] })).toBe(422);
  expect(bench.kie.violations().map(({ what }) => what)).toEqual([
    "image_input[0] wants image, got audio",
    "image_input[0] wants image, got video",
  ]);
});

test("an upload that is no longer there, and a dead foreign URL, fail later", async () => {
  const url = await bench.upload(await picture(), "a.png");
  await bench.clock.advance(86_400);
  const expired = await bench.create(IMAGE, { prompt: "кот", image_input: [url] });
  const dead = await bench.create(IMAGE, { prompt: "кот", image_input: ["http://127.0.0.1:9/a.png"] });
  expect([expired.code, dead.code]).toEqual([200, 200]);
  await bench.clock.advance(20);
  for (const { taskId } of [expired, dead]) {
    const record = await bench.record(taskId);
    expect(record).toMatchObject({ state: "fail", failCode: "400" });
    expect(record.failMsg).toMatch(/^Failed to fetch the image/);
  }
});

test("a living upload and a reachable foreign URL succeed", async () => {
  const url = await bench.upload(await picture(), "a.png");
  const foreign = url.replace("127.0.0.1", "localhost");
  const { taskId } = await bench.create(IMAGE, { prompt: "кот", image_input: [url, foreign] });
  await bench.clock.advance(20);
  expect((await bench.record(taskId)).state).toBe("success");
});

test("a price per second counts the measured length of an uploaded sound", async () => {
  const image_url = await bench.upload(await picture(), "a.png");
  const audio_url = await bench.upload(makeWav({ seconds: 7 }), "a.wav");
  await bench.create("omnihuman-1-5", { image_url, audio_url });
  expect(bench.kie.tasks()[0]?.creditsConsumed).toBe(7 * 27);
});

test("a request with a video takes the price for videos", async () => {
  const clip = await bench.upload(await makeMp4({ seconds: 2, width: 64, height: 64 }), "a.mp4");
  const input = {
    prompt: "x",
    video_urls: [clip],
    aspect_ratio: "16:9",
    audio: false,
    resolution: "720p",
    duration: 5,
  };
  expect(await bench.create("kling-3.0-omni/reference-to-video", input)).toMatchObject({ code: 200 });
  const seedance = { prompt: "кот бежит", reference_video_urls: [clip], resolution: "480p", duration: 5 };
  expect(await bench.create("bytedance/seedance-2", seedance)).toMatchObject({ code: 200 });
  expect(bench.kie.tasks().map((task) => task.creditsConsumed)).toEqual([5 * 20, (5 + 2) * 11.5]);
});

test.each([
  ["kling-3.0-omni/text-to-video", { prompt: "x", resolution: "720p", audio: false, duration: 5 }, 70],
  ["gpt-image-2-5-sunburst-text-to-image", { prompt: "x", resolution: "1K" }, 6],
  ["google/gemini-omni-flash-1-1", { prompt: "x", duration: "4", resolution: "720p" }, 63],
  ["grok-imagine-image-2-0/text-to-image", { prompt: "x", aspect_ratio: "1:1" }, 4],
  ["hailuo/02-text-to-video-pro", { prompt: "x" }, 57],
  ["bytedance/v1-pro-text-to-video", { prompt: "x", resolution: "480p", duration: "10" }, 28],
  ["elevenlabs/text-to-speech-turbo-2-5", { text: "я".repeat(500) }, 3],
  ["bytedance/seedream-v4-text-to-image", { prompt: "x", max_images: 3 }, 15],
])("%s is charged as documented", async (model, input, credits) => {
  expect(await bench.create(model, input)).toMatchObject({ code: 200 });
  expect(bench.kie.tasks()[0]?.creditsConsumed).toBe(credits);
});
