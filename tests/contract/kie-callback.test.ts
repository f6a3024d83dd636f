import { createHmac } from "node:crypto";
import { expect, test } from "vitest";
import { parseCallback, verifyCallbackSignature } from "../../lib/kie/callback.ts";
import type { CallbackHint } from "../../lib/kie/gateway.ts";

const market = {
  code: 200,
  msg: "Playground task completed successfully.",
  data: {
    taskId: "e989",
    model: "bytedance/seedance-2",
    state: "success",
    param: '{"callBackUrl":"https://...","model":"bytedance/seedance-2","input":{"prompt":"..."}}',
    resultJson: '{"resultUrls":["https://h.example/v.mp4"],"firstFrameUrl":[],"lastFrameUrl":[]}',
    failCode: null,
    failMsg: null,
    creditsConsumed: 100,
  },
};
const marketFailure = {
  code: 501,
  msg: "Playground task failed.",
  data: {
    taskId: "bd3a",
    state: "fail",
    resultJson: null,
    failCode: "500",
    failMsg: "Internal server error",
    creditsConsumed: 0,
  },
};
const track = { id: "e231", audio_url: "https://h.example/a.mp3", duration: 198.44 };
const song = (callbackType: string, data: unknown, code = 200): object => ({
  code,
  msg: "x",
  data: { callbackType, task_id: "2fac", data },
});

test.each<[string, unknown, CallbackHint]>([
  ["market success", market, { taskId: "e989", stage: "success" }],
  ["market failure", marketFailure, { taskId: "bd3a", stage: "fail" }],
  [
    "market failure without resultJson",
    { code: 501, data: { taskId: "b", state: "fail" } },
    { taskId: "b", stage: "fail" },
  ],
  [
    "market still running",
    { code: 200, data: { taskId: "b", state: "generating" } },
    { taskId: "b", stage: "progress" },
  ],
  ["Suno text", song("text", []), { taskId: "2fac", stage: "progress" }],
  ["Suno first track", song("first", [track]), { taskId: "2fac", stage: "progress" }],
  ["Suno complete", song("complete", [track, track]), { taskId: "2fac", stage: "success" }],
  ["Suno complete without tracks", song("complete", []), { taskId: "2fac", stage: "unknown" }],
  ["Suno error, null", song("error", null, 501), { taskId: "2fac", stage: "fail" }],
  ["Suno error, empty list", song("error", [], 531), { taskId: "2fac", stage: "fail" }],
  [
    "a song with its originals",
    song("complete", [{ ...track, source_audio_url: "https://cdn.example/a.mp3" }]),
    { taskId: "2fac", stage: "success" },
  ],
  ["a step in capitals", song("TEXT", []), { taskId: "2fac", stage: "progress" }],
  ["a late text", song("text", [track]), { taskId: "2fac", stage: "progress" }],
  [
    "a section that was not replaced",
    { code: 501, data: { callbackType: "error", task_id: "2fac", error: "no" } },
    { taskId: "2fac", stage: "fail" },
  ],
  [
    "the same, under code 200",
    { code: 200, data: { callbackType: "complete", task_id: "2fac", error: "no", data: [] } },
    { taskId: "2fac", stage: "fail" },
  ],
  [
    "an empty error beside a song",
    { code: 200, data: { callbackType: "complete", task_id: "2fac", error: "", data: [track] } },
    { taskId: "2fac", stage: "success" },
  ],
  [
    "lyrics",
    song("complete", [{ text: "[Verse]", title: "t", status: "complete", error_message: "" }]),
    { taskId: "2fac", stage: "success" },
  ],
  ["lyrics failure says complete", song("complete", null, 400), { taskId: "2fac", stage: "fail" }],
  [
    "wav",
    { code: 200, data: { audioWavUrl: "https://h.example/a.wav", task_id: "w" } },
    { taskId: "w", stage: "success" },
  ],
  ["mp4", { code: 200, data: { task_id: "p", video_url: "u" } }, { taskId: "p", stage: "success" }],
  ["mp4 failure", { code: 500, data: { task_id: "p", video_url: null } }, { taskId: "p", stage: "fail" }],
  ["MIDI failure", { code: 500, data: { taskId: "m" } }, { taskId: "m", stage: "fail" }],
  ["cover art failure", { code: 531, data: { taskId: "c", images: null } }, { taskId: "c", stage: "fail" }],
  ["wav failure", { code: 500, data: { audioWavUrl: null, task_id: "w" } }, { taskId: "w", stage: "fail" }],
  [
    "vocal removal",
    { code: 200, data: { task_id: "v", vocal_separation_info: { vocal_url: "u" } } },
    { taskId: "v", stage: "success" },
  ],
  [
    "stems",
    { code: 200, data: { task_id: "v", vocal_removal_info: { origin_data: [] } } },
    { taskId: "v", stage: "success" },
  ],
  [
    "MIDI",
    { code: 200, data: { taskId: "m", state: "complete", instruments: [{}] } },
    { taskId: "m", stage: "success" },
  ],
  ["cover art", { code: 200, data: { taskId: "c", images: ["u"] } }, { taskId: "c", stage: "success" }],
  [
    "voice",
    { code: 200, data: { taskId: "v", validateInfo: "sing this", status: "wait_validating" } },
    { taskId: "v", stage: "success" },
  ],
  [
    "voice, failed",
    { code: 400, msg: "noise", data: { taskId: "v", validateInfo: "", status: "fail" } },
    { taskId: "v", stage: "fail" },
  ],
  [
    "a trained voice",
    { code: 200, data: { taskId: "v", voiceId: "v-1", status: "success" } },
    { taskId: "v", stage: "success" },
  ],
  ["recovery still running", { code: 201, task_id: "r", data: null }, { taskId: "r", stage: "progress" }],
  ["recovery, id at the top", { code: 200, task_id: "r", data: [track] }, { taskId: "r", stage: "success" }],
  ["recovery failure", { code: 500, task_id: "r", data: [] }, { taskId: "r", stage: "fail" }],
  [
    "Veo",
    { code: 200, data: { taskId: "veo", info: { resultUrls: ["u"], resolution: "1080p" } } },
    { taskId: "veo", stage: "success" },
  ],
  [
    "Veo, one string",
    { code: 200, data: { taskId: "veo", info: { resultUrls: "[http://a]" } } },
    { taskId: "veo", stage: "success" },
  ],
  [
    "Veo policy",
    { code: 400, msg: "flagged", data: { taskId: "veo", fallbackFlag: false } },
    { taskId: "veo", stage: "fail" },
  ],
  ["Veo 4K variant", { code: 200, data: { task_id: "veo", result_urls: ["u"] } }, { taskId: "veo", stage: "success" }],
  [
    "Runway",
    { code: 200, data: { task_id: "rw", video_id: "1", video_url: "u", image_url: "u" } },
    { taskId: "rw", stage: "success" },
  ],
  ["Runway failure", { code: 400, data: { task_id: "rw", video_url: "" } }, { taskId: "rw", stage: "fail" }],
  [
    "Aleph, id at the top",
    { code: 200, msg: "success", data: { result_video_url: "u" }, taskId: "al" },
    { taskId: "al", stage: "success" },
  ],
  [
    "Aleph by the other page",
    { code: 200, data: { task_id: "al", video_id: "1", video_url: "u", image_url: "u" } },
    { taskId: "al", stage: "success" },
  ],
  ["Aleph failure", { code: 400, msg: "moderator", data: null, taskId: "al" }, { taskId: "al", stage: "fail" }],
  ["4o image", { code: 200, data: { taskId: "4o", info: { result_urls: ["u"] } } }, { taskId: "4o", stage: "success" }],
  ["4o failure", { code: 400, data: { taskId: "4o", info: null } }, { taskId: "4o", stage: "fail" }],
  [
    "Kontext",
    { code: 200, data: { taskId: "fk", info: { originImageUrl: "u", resultImageUrl: "u" } } },
    { taskId: "fk", stage: "success" },
  ],
  [
    "Kontext failure",
    { code: 501, data: { taskId: "fk", info: { resultImageUrl: "" } } },
    { taskId: "fk", stage: "fail" },
  ],
  ["success without any result", { code: 200, data: { taskId: "x" } }, { taskId: "x", stage: "unknown" }],
  ["no id at all", { code: 400, data: null }, { taskId: null, stage: "fail" }],
  ["an id that is no text", { code: 200, data: { taskId: { $ne: 1 } } }, { taskId: null, stage: "unknown" }],
  ["an id that is too long", { data: { taskId: "x".repeat(201) } }, { taskId: null, stage: "unknown" }],
  ["nothing", null, { taskId: null, stage: "unknown" }],
  ["a list", [1], { taskId: null, stage: "unknown" }],
  ["text", "hello", { taskId: null, stage: "unknown" }],
])("callback: %s", (_, body, hint) => {
  expect(parseCallback(body)).toEqual(hint);
});

test("a body nested without end is read, not followed", () => {
  const deep = JSON.parse(`${"[".repeat(100_000)}${"]".repeat(100_000)}`);
  expect(parseCallback({ code: 200, data: { taskId: "x", resultUrls: deep } })).toEqual({
    taskId: "x",
    stage: "unknown",
  });
});

const NOW = new Date("2026-11-20T12:00:00Z");
const seconds = (offset: number): string => String(NOW.getTime() / 1000 + offset);
const sign = (key: string, text: string): string => createHmac("sha256", key).update(text).digest("base64");
const given = (offset: number, key: string, keys: string | string[] = ["new-key", "old-key"]) => ({
  taskId: "e989",
  timestamp: seconds(offset),
  signature: sign(key, `e989.${seconds(offset)}`),
  key: keys,
  now: NOW,
});

test("a fresh signature with either key of a rotation is right", () => {
  expect(verifyCallbackSignature(given(0, "new-key"))).toBe(true);
  expect(verifyCallbackSignature(given(-299, "old-key"))).toBe(true);
  expect(verifyCallbackSignature(given(299, "only", "only"))).toBe(true);
});

test.each([
  ["a foreign key", given(0, "stranger")],
  ["no key at all", given(0, "new-key", [])],
  ["an empty key", given(0, "", "")],
  ["another task", { ...given(0, "new-key"), taskId: "other" }],
  ["a stale time", given(-301, "new-key")],
  ["a time in the future", given(301, "new-key")],
  ["another time", { ...given(0, "new-key"), timestamp: seconds(1) }],
  ["milliseconds", { ...given(0, "new-key"), timestamp: String(NOW.getTime()) }],
  ["words for a time", { ...given(0, "new-key"), timestamp: "1e9" }],
  ["no time", { ...given(0, "new-key"), timestamp: null }],
  ["no signature", { ...given(0, "new-key"), signature: null }],
  ["an empty signature", { ...given(0, "new-key"), signature: "" }],
  ["half a signature", { ...given(0, "new-key"), signature: given(0, "new-key").signature.slice(0, 20) }],
  ["a narrower window", { ...given(-20, "new-key"), maxSkewSeconds: 10 }],
])("a signature with %s is wrong", (_, signature) => {
  expect(verifyCallbackSignature(signature)).toBe(false);
});
