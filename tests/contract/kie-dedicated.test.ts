import { expect, test } from "vitest";
import { parseCallback } from "../../lib/kie/callback.ts";
import { createKieClient } from "../../lib/kie/client.ts";
import type { CallbackHint, KieGateway, LookOutcome } from "../../lib/kie/gateway.ts";
import { type Answer, type Arrived, type LocalServer, startServer } from "./local-server.ts";

const PROMPT = "a very private wish of mine";
const CALLBACK_URL = "https://bot.example/kie?token=s3cret";
const NOW = new Date("2026-11-20T12:00:00Z");

async function kie(answer: (request: Arrived) => Answer): Promise<{ gateway: KieGateway; server: LocalServer }> {
  const server = await startServer(answer);
  const { origin } = server;
  const clock = { now: () => NOW };
  return {
    gateway: createKieClient({ baseUrl: origin, uploadUrl: origin, apiKey: "kie-key", clock }),
    server,
  };
}

type Dedicated = "veo" | "flux-kontext" | "gpt4o-image";
const PATHS: Readonly<Record<Dedicated, string>> = {
  veo: "/api/v1/veo",
  "flux-kontext": "/api/v1/flux/kontext",
  "gpt4o-image": "/api/v1/gpt4o-image",
};

test.each<[Dedicated, string, Record<string, unknown>, Record<string, unknown>]>([
  [
    "veo",
    "veo3_lite",
    { prompt: PROMPT, imageUrls: ["https://h.example/a.png"], duration: 8 },
    {
      prompt: PROMPT,
      imageUrls: ["https://h.example/a.png"],
      duration: 8,
      model: "veo3_lite",
      callBackUrl: CALLBACK_URL,
    },
  ],
  [
    "flux-kontext",
    "flux-kontext-max",
    { prompt: PROMPT, aspectRatio: "1:1" },
    { prompt: PROMPT, aspectRatio: "1:1", model: "flux-kontext-max", callBackUrl: CALLBACK_URL },
  ],
  [
    "gpt4o-image",
    "gpt4o-image/generate",
    { prompt: PROMPT, size: "1:1", nVariants: 4 },
    { prompt: PROMPT, size: "1:1", nVariants: 4, callBackUrl: CALLBACK_URL },
  ],
])("%s is started with a flat body at its own endpoint", async (api, model, input, body) => {
  const { gateway, server } = await kie(() => ({ body: { code: 200, msg: "success", data: { taskId: "task12345" } } }));
  const outcome = await gateway.start({ api, model, input, callBackUrl: CALLBACK_URL });
  expect(outcome).toEqual({ kind: "created", taskId: "task12345" });
  const [request] = server.arrived;
  expect([request?.method, request?.path]).toEqual(["POST", `${PATHS[api]}/generate`]);
  expect(JSON.parse(String(request?.body))).toEqual(body);
});

test.each<Dedicated>(["veo", "flux-kontext", "gpt4o-image"])(
  "what a user wrote can not rename the model of %s",
  async (api) => {
    const { gateway, server } = await kie(() => ({ body: { code: 200, data: { taskId: "t" } } }));
    await gateway.start({
      api,
      model: "m",
      input: { model: "other", callBackUrl: "other" },
      callBackUrl: CALLBACK_URL,
    });
    const body = JSON.parse(String(server.arrived[0]?.body));
    expect(body.callBackUrl).toBe(CALLBACK_URL);
    if (api !== "gpt4o-image") expect(body.model).toBe("m");
  },
);

test.each<[Dedicated, number, string, object]>([
  ["veo", 422, "Please enter prompt", { kind: "refused", code: 422 }],
  ["veo", 505, "Feature disabled", { kind: "refused", code: 505 }],
  ["flux-kontext", 455, "maintenance", { kind: "busy", code: 455 }],
  ["gpt4o-image", 429, "rate", { kind: "busy", code: 429 }],
])("%s: a create that is answered with %i keeps the market's meaning", async (api, code, msg, outcome) => {
  const { gateway, server } = await kie(() => ({ body: { code, msg, data: null } }));
  expect(await gateway.start({ api, model: "m", input: {}, callBackUrl: CALLBACK_URL })).toMatchObject(outcome);
  expect(server.arrived).toHaveLength(1);
});

test.each<Dedicated>(["veo", "flux-kontext", "gpt4o-image"])(
  "%s: a create without an answer is unknown, and asked once",
  async (api) => {
    const { gateway, server } = await kie(() => "drop");
    const outcome = await gateway.start({ api, model: "m", input: {}, callBackUrl: CALLBACK_URL });
    expect([outcome.kind, server.arrived.length]).toEqual(["unknown", 1]);
  },
);

const looked = async (api: Dedicated, answer: Answer): Promise<LookOutcome> => {
  const { gateway, server } = await kie(() => answer);
  const outcome = await gateway.look({
    api,
    model: "m",
    taskId: "task 1",
    output: api === "veo" ? "video" : "image",
    earlier: {},
  });
  const [request] = server.arrived;
  expect([request?.method, request?.path, request?.query.get("taskId")]).toEqual([
    "GET",
    `${PATHS[api]}/record-info`,
    "task 1",
  ]);
  return outcome;
};
const record = (data: object): Answer => ({ body: { code: 200, msg: "success", data } });
const videos = (...urls: string[]) => ({
  kind: "succeeded",
  outputs: urls.map((url) => ({ kind: "video", url })),
  creditsConsumed: null,
});
const images = (...urls: string[]) => ({
  kind: "succeeded",
  outputs: urls.map((url) => ({ kind: "image", url })),
  creditsConsumed: null,
});

const veoRecord = {
  taskId: "veo_task_abcdef123456",
  paramJson: JSON.stringify({ prompt: PROMPT, model: "veo3_fast" }),
  completeTime: "2025-06-06 10:30:00",
  response: {
    taskId: "veo_task_abcdef123456",
    resultUrls: ["https://h.example/video1.mp4"],
    originUrls: ["https://h.example/original_video1.mp4"],
    resolution: "1080p",
  },
  successFlag: 1,
  errorCode: null,
  errorMessage: "",
  createTime: "2025-06-06 10:25:00",
  fallbackFlag: false,
};
const VIDEO = "https://h.example/video1.mp4";
const withResponse = (response: unknown) => record({ ...veoRecord, response });

test.each<[string, Answer, object]>([
  ["the documented record", record(veoRecord), videos(VIDEO)],
  [
    "times in milliseconds",
    record({ ...veoRecord, createTime: 1_749_000_000_000, completeTime: 1.7e12 }),
    videos(VIDEO),
  ],
  ["times in seconds", record({ ...veoRecord, createTime: 1_749_000_000, completeTime: 1_749_000_300 }), videos(VIDEO)],
  ["links in one JSON string", withResponse({ resultUrls: `["${VIDEO}"]` }), videos(VIDEO)],
  ["links in one bracketed string", withResponse({ resultUrls: `[${VIDEO}]` }), videos(VIDEO)],
  [
    "two links in brackets",
    withResponse({ resultUrls: `[${VIDEO}, https://h.example/2.mp4]` }),
    videos(VIDEO, "https://h.example/2.mp4"),
  ],
  ["the whole response as a string", withResponse(JSON.stringify({ resultUrls: [VIDEO] })), videos(VIDEO)],
  ["no result but the original", withResponse({ resultUrls: null, originUrls: [VIDEO] }), videos(VIDEO)],
  ["an empty list and the original", withResponse({ resultUrls: [], originUrls: `[${VIDEO}]` }), videos(VIDEO)],
  ["links that are no web links", withResponse({ resultUrls: ["file:///etc/passwd", 7] }), videos()],
  ["a flag in quotes", record({ ...veoRecord, successFlag: "1" }), videos(VIDEO)],
  ["flag 0", record({ ...veoRecord, successFlag: 0, response: null }), { kind: "pending", state: "generating" }],
  ["a flag from the future", record({ ...veoRecord, successFlag: 9 }), { kind: "pending", state: "generating" }],
  [
    "flag 2",
    record({ ...veoRecord, successFlag: 2, response: null, errorCode: 400, errorMessage: "Your prompt was flagged" }),
    { kind: "failed", code: 400, message: "Your prompt was flagged" },
  ],
  [
    "flag 3 that quotes the prompt",
    record({ ...veoRecord, successFlag: 3, response: null, errorCode: "501", errorMessage: `«${PROMPT}» failed` }),
    { kind: "failed", code: 501, message: "«[…]» failed" },
  ],
  ["flag 3 without a word", record({ taskId: "x", successFlag: 3 }), { kind: "failed", code: null, message: "" }],
  ["422 record is null", { body: { code: 422, msg: "record is null", data: null } }, { kind: "not-found" }],
  ["200 without data", { body: { code: 200, msg: "success", data: null } }, { kind: "not-found" }],
  [
    "422 processing",
    { body: { code: 422, msg: "4k is processing. It should be ready in 5-10 minutes.", data: null } },
    { kind: "pending", state: "processing" },
  ],
  ["400 processing", { body: { code: 400, msg: "1080P is processing" } }, { kind: "pending", state: "processing" }],
  ["422 blank", { body: { code: 422, msg: "record result data is blank" } }, { kind: "pending", state: "processing" }],
  [
    "422 too old",
    { body: { code: 422, msg: "Temporarily supports records within 14 days" } },
    { kind: "unavailable", code: 422 },
  ],
  ["401 processing", { body: { code: 401, msg: "1080P is processing" } }, { kind: "unavailable", code: 401 }],
  [
    "a failure that speaks of processing",
    { body: { code: 400, msg: "Processing failed" } },
    { kind: "unavailable", code: 400 },
  ],
  ["HTTP 502", { status: 502, body: "<html>" }, { kind: "unavailable", code: 502 }],
  ["a record that is a list", { body: { code: 200, data: [1] } }, { kind: "unavailable", code: null }],
])("Veo: %s", async (_, answer, outcome) => {
  expect(await looked("veo", answer)).toMatchObject(outcome);
});

const kontextRecord = {
  taskId: "task12345",
  paramJson: JSON.stringify({ prompt: PROMPT }),
  completeTime: "2024-03-20T10:30:00Z",
  response: { originImageUrl: "https://h.example/origin.png", resultImageUrl: "https://h.example/result.png" },
  successFlag: 1,
  errorCode: null,
  errorMessage: "",
  createTime: "2024-03-20T10:25:00Z",
};

test.each<[string, Answer, object]>([
  ["the documented record", record(kontextRecord), images("https://h.example/result.png")],
  ["running", record({ ...kontextRecord, successFlag: 0, response: null }), { kind: "pending" }],
  [
    "failed with empty links",
    record({
      ...kontextRecord,
      successFlag: 3,
      response: { originImageUrl: "", resultImageUrl: "" },
      errorCode: 500,
      errorMessage: "Internal server error",
    }),
    { kind: "failed", code: 500, message: "Internal server error" },
  ],
  ["done with an empty link", record({ ...kontextRecord, response: { resultImageUrl: "" } }), images()],
])("Kontext: %s", async (_, answer, outcome) => {
  expect(await looked("flux-kontext", answer)).toMatchObject(outcome);
});

const PICTURES = ["https://h.example/1.png", "https://h.example/2.png"];
const imageRecord = {
  taskId: "task12345",
  paramJson: JSON.stringify({ prompt: PROMPT }),
  completeTime: 1_672_574_400_000,
  response: { resultUrls: PICTURES },
  successFlag: 1,
  status: "SUCCESS",
  errorCode: null,
  errorMessage: null,
  createTime: 1_672_561_200_000,
  progress: "1.00",
};
const { successFlag: _flag, ...withoutFlag } = imageRecord;

test.each<[string, Answer, object]>([
  ["the documented record", record(imageRecord), images(...PICTURES)],
  ["the older spelling", record({ ...imageRecord, response: { result_urls: PICTURES } }), images(...PICTURES)],
  ["a status without a flag", record(withoutFlag), images(...PICTURES)],
  [
    "running",
    record({ ...imageRecord, successFlag: 0, status: "GENERATING", response: null, progress: "0.42" }),
    { kind: "pending", state: "GENERATING" },
  ],
  [
    "a failed status without a flag",
    record({ ...withoutFlag, status: "CREATE_TASK_FAILED", response: null, errorCode: 451, errorMessage: "no image" }),
    { kind: "failed", code: 451, message: "no image" },
  ],
  [
    "failed with the code of a success",
    record({ ...imageRecord, successFlag: 2, status: "GENERATE_FAILED", response: null, errorCode: 200 }),
    { kind: "failed", code: null, message: "" },
  ],
])("4o: %s", async (_, answer, outcome) => {
  expect(await looked("gpt4o-image", answer)).toMatchObject(outcome);
});

test.each<[string, unknown, CallbackHint]>([
  [
    "Veo success",
    {
      code: 200,
      msg: "Veo3.1 video generated successfully.",
      data: {
        taskId: "veo_task_abcdef123456",
        promptJson: "{}",
        info: { resultUrls: ["http://example.com/video1.mp4"], originUrls: ["http://o"], resolution: "1080p" },
        fallbackFlag: false,
      },
    },
    { taskId: "veo_task_abcdef123456", stage: "success" },
  ],
  [
    "Veo success by the other page",
    { code: 200, msg: "", data: { taskId: "veo_task_1", info: { resultUrls: "[http://example.com/video1.mp4]" } } },
    { taskId: "veo_task_1", stage: "success" },
  ],
  [
    "Veo refused by policy",
    { code: 400, msg: "Your prompt was flagged", data: { taskId: "veo_task_1", fallbackFlag: false } },
    { taskId: "veo_task_1", stage: "fail" },
  ],
  [
    "Veo refused by Flow",
    { code: 422, msg: "Your request was rejected by Flow.", data: { taskId: "veo_task_1" } },
    { taskId: "veo_task_1", stage: "fail" },
  ],
  [
    "Kontext success",
    {
      code: 200,
      msg: "BFL image generated successfully.",
      data: { taskId: "task12345", info: { originImageUrl: "https://a", resultImageUrl: "https://b" } },
    },
    { taskId: "task12345", stage: "success" },
  ],
  [
    "Kontext failure",
    { code: 501, msg: "failed", data: { taskId: "task12345", info: { originImageUrl: "", resultImageUrl: "" } } },
    { taskId: "task12345", stage: "fail" },
  ],
  [
    "4o success",
    { code: 200, msg: "success", data: { taskId: "task12345", info: { result_urls: PICTURES } } },
    { taskId: "task12345", stage: "success" },
  ],
  [
    "4o failure",
    { code: 400, msg: "Your content was flagged by OpenAI", data: { taskId: "task12345", info: null } },
    { taskId: "task12345", stage: "fail" },
  ],
])("documented callback: %s", (_, body, hint) => {
  expect(parseCallback(body)).toEqual(hint);
});
