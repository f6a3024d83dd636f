import { expect, test } from "vitest";
import type { KieApi } from "../../lib/shared/kie-api.ts";
import { bodyOf, CALLBACK_URL, envelope, expectOutcome, kieBench, looked, PROMPT, started } from "./kie-bench.ts";
import type { Answer } from "./local-server.ts";

const CLIP = "https://h.example/v.mp4";
const succeeded = (...urls: string[]) => ({
  kind: "succeeded",
  outputs: urls.map((url) => ({ kind: "video", url })),
  creditsConsumed: null,
});
/** A clip with the picture that KIE shows of it. */
const withStill = (url: string, previewUrl: string) => ({
  kind: "succeeded",
  outputs: [{ kind: "video", url, previewUrl }],
  creditsConsumed: null,
});
const processing = { kind: "pending", state: "processing" };
const failed = (code: number | null, message: string) => ({ kind: "failed", code, message });

test.each<[KieApi, model: string, create: string, record: string]>([
  ["veo", "veo/extend", "/api/v1/veo/extend", "/api/v1/veo/record-info"],
  ["runway", "runway/generate", "/api/v1/runway/generate", "/api/v1/runway/record-detail"],
  ["runway", "runway/extend", "/api/v1/runway/extend", "/api/v1/runway/record-detail"],
  ["aleph", "aleph/generate", "/api/v1/aleph/generate", "/api/v1/aleph/record-info"],
])("%s: %s is started flat, and looked at where its record is", async (api, model, create, record) => {
  // Veo's extension has a `model` of its own: the tier.
  const input = { prompt: PROMPT, taskId: "source", model: "fast" };
  const { outcome, request } = await started({ api, model, input }, envelope({ taskId: "ee60" }));
  expect(outcome).toEqual({ kind: "created", taskId: "ee60" });
  expect([request?.method, request?.path]).toEqual(["POST", create]);
  expect(bodyOf(request)).toEqual({ ...input, callBackUrl: CALLBACK_URL });
  const look = await looked({ api, model, output: "video", taskId: "ee60" }, envelope(null));
  expect(look.outcome).toEqual({ kind: "not-found" });
  expect([look.request?.method, look.request?.path]).toEqual(["GET", record]);
  expect(Object.fromEntries(look.request?.query ?? [])).toEqual({ taskId: "ee60" });
});

test("of an extended Veo clip the whole is the result", async () => {
  const response = { resultUrls: ["https://h.example/end.mp4"], fullResultUrls: [CLIP] };
  const answer = envelope({ taskId: "t", successFlag: 1, response });
  expectOutcome((await looked({ api: "veo", model: "veo/extend", output: "video" }, answer)).outcome, succeeded(CLIP));
});

const runwayRecord = {
  taskId: "ee603959",
  parentTaskId: "",
  generateParam: { prompt: PROMPT, imageUrl: "", expandPrompt: true },
  state: "success",
  generateTime: "2023-08-15 14:30:45",
  videoInfo: { videoId: "485d", taskId: "ee603959", videoUrl: CLIP, imageUrl: "https://h.example/i.png" },
  failCode: 0,
  failMsg: "",
  expireFlag: 0,
};
const runway = (change: object): Answer => envelope({ ...runwayRecord, ...change });

test.each<[string, Answer, object]>([
  ["the documented record", runway({}), withStill(CLIP, "https://h.example/i.png")],
  ["wait", runway({ state: "wait", videoInfo: null }), { kind: "pending", state: "wait" }],
  ["queueing", runway({ state: "queueing", videoInfo: null }), { kind: "pending", state: "queueing" }],
  ["generating", runway({ state: "generating", videoInfo: null }), { kind: "pending", state: "generating" }],
  ["a state of tomorrow", runway({ state: "polishing" }), { kind: "pending", state: "polishing" }],
  ["no state", envelope({ taskId: "x" }), { kind: "pending", state: "generating" }],
  [
    "fail",
    runway({ state: "fail", videoInfo: null, failCode: 400, failMsg: `Inappropriate: ${PROMPT}` }),
    failed(400, "Inappropriate: […]"),
  ],
  ["fail without a word", runway({ state: "fail", failMsg: null }), failed(null, "")],
  ["files that have expired", runway({ expireFlag: 1 }), failed(null, "the files have expired")],
  [
    "the info in a string",
    runway({ videoInfo: JSON.stringify(runwayRecord.videoInfo) }),
    withStill(CLIP, "https://h.example/i.png"),
  ],
  ["no usable link", runway({ videoInfo: { videoUrl: "http://h.example/v.mp4" } }), succeeded()],
  ["unknown", envelope(null, 404, "Task not found"), { kind: "not-found" }],
  ["a list", envelope([1]), { kind: "unavailable", code: null }],
])("Runway: %s", async (_, answer, outcome) => {
  expectOutcome((await looked({ api: "runway", model: "runway/generate", output: "video" }, answer)).outcome, outcome);
});

const alephRecord = {
  taskId: "ee603959",
  paramJson: JSON.stringify({ prompt: PROMPT }),
  response: { taskId: "ee603959", resultVideoUrl: CLIP, resultImageUrl: "https://h.example/i.png" },
  completeTime: "2023-08-15T14:30:45Z",
  createTime: "2023-08-15T14:25:00Z",
  successFlag: 1,
  errorCode: 0,
  errorMessage: "",
};
const aleph = (change: object): Answer => envelope({ ...alephRecord, response: null, successFlag: 0, ...change });

test.each<[string, Answer, object]>([
  ["the documented record", envelope(alephRecord), withStill(CLIP, "https://h.example/i.png")],
  ["the other spelling", aleph({ successFlag: 1, response: { videoUrl: CLIP } }), succeeded(CLIP)],
  ["flag 0 without an error runs", aleph({}), { kind: "pending" }],
  ["flag 0 with nulls runs", aleph({ errorCode: null, errorMessage: null }), { kind: "pending" }],
  ["no flag runs", envelope({ taskId: "x" }), { kind: "pending" }],
  ["flag 0 with a code failed", aleph({ errorCode: 400 }), failed(400, "")],
  ["flag 0 with words failed", aleph({ errorMessage: `moderator: ${PROMPT}` }), failed(null, "moderator: […]")],
  ["flag 3 failed", aleph({ successFlag: 3 }), failed(null, "")],
])("Aleph: %s", async (_, answer, outcome) => {
  expectOutcome((await looked({ api: "aleph", model: "aleph/generate", output: "video" }, answer)).outcome, outcome);
});

const HD = "veo/get-1080p-video";
const UHD = "veo/get-4k-video";
const SOURCE = "veo_task_abcdef123456";
const started4k = { taskId: SOURCE, resultUrls: null, imageUrls: null };
const done4k = { taskId: SOURCE, resultUrls: [CLIP], imageUrls: ["https://h.example/i.jpg"] };
const UHD_CLIP = withStill(CLIP, "https://h.example/i.jpg");
const finished = { kind: "finished", taskId: SOURCE, outputs: succeeded(CLIP).outputs, creditsConsumed: null };
const created = { kind: "created", taskId: SOURCE };
const HD_BUSY = "1080P is processing. It should be ready in 1-2 minutes. Please check back shortly.";
const UHD_BUSY = "4k is processing. It should be ready in 5-10 minutes. Please check back shortly.";
const UHD_DONE = "The video has been generated successfully";

test.each<[string, model: string, Answer, object]>([
  ["ready", HD, envelope({ resultUrl: CLIP }), finished],
  ["not ready", HD, envelope(null, 400, HD_BUSY), created],
  ["not ready, another code", HD, envelope(null, 422, HD_BUSY), created],
  ["refused", HD, envelope(null, 422, "This video was made by the fallback"), { kind: "refused", code: 422 }],
  ["unknown", HD, envelope(null, 422, "record is null"), { kind: "refused", code: 422, isUnknownModel: false }],
  ["busy", HD, envelope(null, 429, "rate"), { kind: "busy", code: 429 }],
  ["begun", UHD, envelope(started4k), created],
  ["begun without a word", UHD, envelope(null), created],
  ["under way", UHD, envelope(started4k, 422, UHD_BUSY), created],
  ["under way, without data", UHD, envelope(null, 422, UHD_BUSY), created],
  [
    "made before, inside of a refusal",
    UHD,
    envelope(done4k, 422, UHD_DONE),
    { ...finished, outputs: UHD_CLIP.outputs },
  ],
  ["made before", UHD, envelope(done4k), { ...finished, outputs: UHD_CLIP.outputs }],
  ["refused", UHD, envelope(null, 422, "index is invalid"), { kind: "refused", code: 422 }],
  ["no credits", UHD, envelope(null, 402, "Insufficient credits"), { kind: "refused", code: 402 }],
])("a larger copy is asked for: %s (%s)", async (_, model, answer, outcome) => {
  const input = { taskId: SOURCE, index: 0 };
  const { outcome: actual, request, arrived } = await started({ api: "veo", model, input }, answer);
  expectOutcome(actual, outcome);
  expect([request?.method, request?.path, arrived]).toEqual([model === HD ? "GET" : "POST", `/api/v1/${model}`, 1]);
  if (model === HD) expect(Object.fromEntries(request?.query ?? [])).toEqual({ taskId: SOURCE, index: "0" });
  else expect(bodyOf(request)).toEqual({ ...input, callBackUrl: CALLBACK_URL });
});

test.each<[string, model: string, Answer, object]>([
  ["ready", HD, envelope({ resultUrl: CLIP }), succeeded(CLIP)],
  ["not ready", HD, envelope(null, 400, HD_BUSY), processing],
  ["no link yet", HD, envelope({ resultUrl: "" }), processing],
  [
    "impossible",
    HD,
    envelope(null, 422, "fallback videos have no 1080P"),
    failed(422, "fallback videos have no 1080P"),
  ],
  ["forgotten", HD, envelope(null, 422, "record is null"), { kind: "not-found" }],
  ["broken", HD, envelope(null, 500, "Server exception"), { kind: "unavailable", code: 500 }],
  ["unauthorized", HD, envelope(null, 401, "no"), { kind: "unavailable", code: 401 }],
  ["begun", UHD, envelope(started4k), processing],
  ["begun without a word", UHD, envelope(null), processing],
  ["under way", UHD, envelope(started4k, 422, UHD_BUSY), processing],
  ["done, inside of a refusal", UHD, envelope(done4k, 422, UHD_DONE), UHD_CLIP],
  ["done", UHD, envelope(done4k), UHD_CLIP],
  [
    "more pictures than clips",
    UHD,
    envelope({ ...done4k, imageUrls: ["https://h.example/i.jpg", "https://h.example/j.jpg"] }),
    succeeded(CLIP),
  ],
  ["links by the other page", UHD, envelope({ result_urls: `[${CLIP}]` }, 422, UHD_DONE), succeeded(CLIP)],
  [
    "as record-info has it",
    UHD,
    envelope({ taskId: SOURCE, successFlag: 1, response: { resultUrls: [CLIP], mediaIds: ["m"], imageUrls: ["i"] } }),
    succeeded(CLIP),
  ],
  ["as record-info has it, running", UHD, envelope({ successFlag: 0, response: null }), { kind: "pending" }],
  [
    "as record-info has it, failed",
    UHD,
    envelope({ successFlag: 3, response: null, errorCode: 500, errorMessage: "no" }),
    failed(500, "no"),
  ],
  [
    "unavailable",
    UHD,
    envelope({ taskId: SOURCE }, 500, "The 4K version of this video is unavailable. Please try a different video."),
    failed(500, "The 4K version of this video is unavailable. Please try a different video."),
  ],
  ["broken", UHD, envelope(null, 500, "Server exception"), { kind: "unavailable", code: 500 }],
  ["a foreign link", UHD, envelope({ ...done4k, resultUrls: ["file:///etc/passwd"] }), processing],
])("a larger copy is looked at by asking again: %s (%s)", async (_, model, answer, outcome) => {
  const task = { api: "veo", model, output: "video", taskId: "ours", earlier: { taskId: SOURCE, index: 1 } } as const;
  const { outcome: actual, request } = await looked(task, answer);
  expectOutcome(actual, outcome);
  expect([request?.method, request?.path]).toEqual([model === HD ? "GET" : "POST", `/api/v1/${model}`]);
  if (model === HD) expect(Object.fromEntries(request?.query ?? [])).toEqual({ taskId: SOURCE, index: "1" });
  else expect(bodyOf(request)).toEqual({ taskId: SOURCE, index: 1 });
});

test("a larger copy without the earlier values is asked for by the task's id, which is the source's", async () => {
  const { gateway, server } = await kieBench(() => envelope(null));
  const task = { api: "veo", output: "video", taskId: SOURCE, earlier: {} } as const;
  await gateway.look({ ...task, model: UHD });
  await gateway.look({ ...task, model: HD });
  expect(bodyOf(server.arrived[0])).toEqual({ taskId: SOURCE });
  expect(Object.fromEntries(server.arrived[1]?.query ?? [])).toEqual({ taskId: SOURCE });
});
