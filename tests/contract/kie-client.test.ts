import { expect, test } from "vitest";
import { classify } from "../../lib/faults/classify.ts";
import { createKieClient } from "../../lib/kie/client.ts";
import { outcomeFault, toFault } from "../../lib/kie/errors.ts";
import { type KieGateway, KieRejected, KieUnavailable } from "../../lib/kie/gateway.ts";
import type { OutputKind } from "../../lib/shared/media.ts";
import { type Answer, type Arrived, type LocalServer, startServer } from "./local-server.ts";

const KEY = "kie-key-0123456789abcdef";
const NOW = new Date("2026-11-20T12:00:00Z");
const TASK_ID = "2aeff425a5f21580d2f225c4129e63ab";
const PROMPT = "a very private wish of mine";
const TASK = {
  api: "market",
  model: "z-image",
  input: { prompt: PROMPT, aspect_ratio: "1:1" },
  callBackUrl: "https://bot.example/kie?token=s3cret",
} as const;

const LOOK = { api: "market", model: "z-image", taskId: TASK_ID, output: "image", earlier: {} } as const;

async function kie(answer: (request: Arrived) => Answer): Promise<{ gateway: KieGateway; server: LocalServer }> {
  const server = await startServer(answer);
  // Short, for the answers that never come; long enough for those that do on a busy machine.
  const timeouts = { lookTimeoutMs: 1_000, createTimeoutMs: 1_000, uploadTimeoutMs: 1_000 };
  const gateway = createKieClient({
    baseUrl: server.origin,
    uploadUrl: `${server.origin}/`,
    apiKey: KEY,
    timeouts,
    clock: { now: () => NOW },
  });
  return { gateway, server };
}

const start = async (answer: Answer) => (await kie(() => answer)).gateway.start(TASK);
const look = async (answer: Answer, output: OutputKind = "image") =>
  (await kie(() => answer)).gateway.look({ ...LOOK, output });
const record = (data: object): Answer => ({ body: { code: 200, msg: "success", data } });

test("create sends model, input and callBackUrl as JSON with the key, and reads the task id", async () => {
  const { gateway, server } = await kie(() => ({
    body: { code: 200, msg: "success", data: { taskId: TASK_ID, recordId: TASK_ID } },
  }));
  expect(await gateway.start(TASK)).toEqual({ kind: "created", taskId: TASK_ID });
  const [request] = server.arrived;
  expect([request?.method, request?.path]).toEqual(["POST", "/api/v1/jobs/createTask"]);
  expect(request?.headers.authorization).toBe(`Bearer ${KEY}`);
  expect(request?.headers["content-type"]).toBe("application/json");
  const { api: _api, ...body } = TASK;
  expect(JSON.parse(String(request?.body))).toEqual(body);
});

test.each([
  [400, "bad request"],
  [401, "You do not have access permissions"],
  [402, "Insufficient credits"],
  [404, "Not found"],
  [422, "The model name you specified is not supported"],
  [433, "sub-key quota exceeded"],
  [500, "Internal server error"],
  [501, "Generation failed"],
  [505, "Feature disabled"],
])("envelope code %i under HTTP 200 means not created", async (code, msg) => {
  expect(await start({ body: { code, msg, data: null } })).toMatchObject({ kind: "refused", code, message: msg });
});

test.each([429, 455])("envelope code %i means not created, try later", async (code) => {
  expect(await start({ body: { code, msg: "later" } })).toEqual({ kind: "busy", code, message: "later" });
});

test("an envelope under HTTP 4xx is believed, also with `message` and a code in quotes", async () => {
  expect(await start({ status: 401, body: { code: "401", message: "no" } })).toMatchObject({
    kind: "refused",
    code: 401,
  });
  expect(await start({ status: 429, body: { code: 429, msg: "x" } })).toMatchObject({ kind: "busy", code: 429 });
});

test.each<[string, Answer]>([
  ["HTTP 502 with a page", { status: 502, body: "<html>Bad gateway</html>" }],
  ["HTTP 500 with an envelope", { status: 500, body: { code: 500, msg: "x" } }],
  ["HTTP 200 with a page", { body: "<html></html>" }],
  ["HTTP 200 with nothing", { body: "" }],
  ["HTTP 403 with a page", { status: 403, body: "error code: 1010" }],
  ["a redirect", { status: 307, headers: { location: "/elsewhere" }, body: "" }],
  ["success without a task id", { body: { code: 200, msg: "success", data: null } }],
  ["a dropped connection", "drop"],
  ["silence", "silent"],
  ["an answer after the deadline", { body: { code: 200, data: { taskId: TASK_ID } }, delayMs: 1_500 }],
])("create is unknown after %s, and asked only once", async (_, answer) => {
  const { gateway, server } = await kie(() => answer);
  expect((await gateway.start(TASK)).kind).toBe("unknown");
  expect(server.arrived.length).toBe(1);
});

test("create that found nobody listening is certainly not created", async () => {
  const { gateway, server } = await kie(() => "silent");
  await server.close();
  const outcome = await gateway.start(TASK);
  expect(outcome).toEqual({ kind: "busy", code: 0, message: "not sent: ECONNREFUSED" });
  if (outcome.kind === "busy")
    expect(classify(outcomeFault(outcome))).toMatchObject({ name: "network-not-sent", retry: "later" });
});

test("no outcome repeats the key, a URL or the prompt", async () => {
  const msg = `Key ${KEY} may not use ${TASK.callBackUrl} for "${PROMPT}"`;
  const outcome = await start({ body: { code: 422, msg } });
  expect(outcome).toMatchObject({ kind: "refused", code: 422, message: 'Key […] may not use […] for "[…]"' });
  const param = JSON.stringify({ model: "z-image", input: JSON.stringify({ prompt: PROMPT }) });
  const failed = await look(
    record({
      state: "fail",
      failCode: "400",
      failMsg: `Prompt "${PROMPT}" was flagged, see https://x.example/?key=1`,
      param,
    }),
  );
  expect(failed).toEqual({ kind: "failed", code: 400, message: 'Prompt "[…]" was flagged, see [url]' });
});

test.each(["waiting", "queuing", "generating", "something new"])("state %s is pending", async (state) => {
  const outcome = await look(record({ taskId: TASK_ID, state, resultJson: "", costTime: null, failCode: null }));
  expect(outcome).toEqual({ kind: "pending", state });
});

test("a finished picture gives its links and its credits", async () => {
  const resultJson =
    '{"resultUrls":["https://tempfile.aiquickdraw.com/a.png","https://tempfile.aiquickdraw.com/b.png"]}';
  const outcome = await look(
    record({ state: "success", resultJson, failCode: null, failMsg: null, creditsConsumed: 0.8, costTime: 55 }),
  );
  expect(outcome).toEqual({
    kind: "succeeded",
    outputs: [
      { kind: "image", url: "https://tempfile.aiquickdraw.com/a.png" },
      { kind: "image", url: "https://tempfile.aiquickdraw.com/b.png" },
    ],
    creditsConsumed: 0.8,
  });
});

test("`response` wins over `resultJson`; an empty one does not", async () => {
  const resultJson = '{"resultUrls":["https://h.example/old.png"]}';
  const both = await look(
    record({ state: "success", resultJson, response: { resultUrls: ["https://h.example/new.png"] } }),
  );
  expect(both).toMatchObject({ outputs: [{ url: "https://h.example/new.png" }] });
  const empty = await look(record({ state: "success", resultJson, response: {} }));
  expect(empty).toMatchObject({ outputs: [{ url: "https://h.example/old.png" }], creditsConsumed: null });
});

test("Seedance's extra frames are no outputs of their own; the first one is the clip's picture", async () => {
  const resultJson =
    '{"resultUrls":["https://h.example/v.mp4"],"firstFrameUrl":["https://h.example/f.png"],"lastFrameUrl":[]}';
  const outcome = await look(record({ state: "success", resultJson, creditsConsumed: 100 }), "video");
  const clip = { kind: "video", url: "https://h.example/v.mp4", previewUrl: "https://h.example/f.png" };
  expect(outcome).toMatchObject({ outputs: [clip], creditsConsumed: 100 });
});

test("Suno's songs come with title, duration and KIE's id", async () => {
  const song = (n: number) => ({
    id: `song-${n}`,
    title: `Song ${n}`,
    duration: n === 1 ? 198.44 : "120.5",
    audio_url: `https://h.example/${n}.mp3`,
    stream_audio_url: "https://h.example/s",
    image_url: "https://h.example/i.jpeg",
    createTime: 1_776_862_567_160,
  });
  const outcome = await look(
    record({ state: "success", resultJson: JSON.stringify({ data: [song(1), song(2)] }) }),
    "audio",
  );
  expect(outcome).toMatchObject({
    kind: "succeeded",
    outputs: [
      { kind: "audio", url: "https://h.example/1.mp3", title: "Song 1", durationSeconds: 198.44, externalId: "song-1" },
      { kind: "audio", url: "https://h.example/2.mp3", title: "Song 2", durationSeconds: 120.5, externalId: "song-2" },
    ],
  });
});

test("a song whose file is not there yet is played from its stream; one without links is dropped", async () => {
  const data = [
    { id: "a", audio_url: "", stream_audio_url: "https://h.example/s", title: null, duration: null },
    { id: "b" },
  ];
  const outcome = await look(record({ state: "success", response: { data } }), "audio");
  expect(outcome).toMatchObject({ outputs: [{ kind: "audio", url: "https://h.example/s", externalId: "a" }] });
});

test.each<[string, unknown]>([
  ["a JSON string in the list's place", '["https://h.example/a.png"]'],
  ["Veo's unquoted list", "[https://h.example/a.png]"],
  ["a bare link", "https://h.example/a.png"],
  ["objects", [{ resultUrl: "https://h.example/a.png" }]],
  ["a repeated link", ["https://h.example/a.png", "https://h.example/a.png"]],
])("resultUrls as %s", async (_, resultUrls) => {
  const outcome = await look(record({ state: "success", response: { resultUrls } }));
  expect(outcome).toMatchObject({ outputs: [{ kind: "image", url: "https://h.example/a.png" }] });
});

test("a resultObject gives its links, or no outputs when it is text", async () => {
  const object = await look(
    record({ state: "success", resultJson: '{"resultObject":{"mask":{"url":"https://h.example/m.png"},"note":"x"}}' }),
  );
  expect(object).toMatchObject({ outputs: [{ url: "https://h.example/m.png" }] });
  const text = await look(
    record({ state: "success", resultJson: '{"resultObject":{"lyricsData":[{"text":"la","title":"t"}]}}' }),
  );
  expect(text).toMatchObject({ kind: "succeeded", outputs: [] });
});

test("links that are no plain web links are dropped", async () => {
  const resultUrls = [
    "javascript:alert(1)",
    "file:///etc/passwd",
    "data:image/png;base64,AA",
    "ftp://h.example/a",
    "https://u:p@h.example/a",
    `https://h.example/${"a".repeat(2048)}`,
    7,
    null,
  ];
  expect(await look(record({ state: "success", response: { resultUrls } }))).toMatchObject({
    kind: "succeeded",
    outputs: [],
  });
});

test("plain http links are believed only where http is allowed", async () => {
  const server = await startServer(() =>
    record({ state: "success", response: { resultUrls: ["http://h.example/a.png"] } }),
  );
  const options = { baseUrl: server.origin, uploadUrl: server.origin, apiKey: KEY, clock: { now: () => NOW } };
  const strict = createKieClient({ ...options, allowHttp: false });
  expect(await strict.look(LOOK)).toMatchObject({ outputs: [] });
  const sandbox = createKieClient(options);
  expect(await sandbox.look(LOOK)).toMatchObject({
    outputs: [{ url: "http://h.example/a.png" }],
  });
});

test.each<[string, object, number | null, string]>([
  ["the documented shape", { failCode: "500", failMsg: "Internal server error" }, 500, "Internal server error"],
  ["a numeric code", { failCode: 501, failMsg: "Audio generation failed" }, 501, "Audio generation failed"],
  ["nothing said", { failCode: null, failMsg: null, resultJson: null }, null, ""],
  ["an empty code", { failCode: "", failMsg: "x" }, null, "x"],
])("a failed record with %s", async (_, facts, code, message) => {
  expect(await look(record({ state: "fail", ...facts }))).toEqual({ kind: "failed", code, message });
});

test.each<[string, Answer]>([
  ["422 recordInfo is null", { body: { code: 422, msg: "recordInfo is null", data: null } }],
  ["404 Task not found", { body: { code: 404, msg: "Task not found", data: null } }],
  ["200 without data", { body: { code: 200, msg: "success", data: null } }],
])("%s is an unknown record", async (_, answer) => {
  expect(await look(answer)).toEqual({ kind: "not-found" });
});

test.each<[string, Answer, number | null]>([
  ["400", { body: { code: 400, msg: "taskId parameter is required" } }, 400],
  ["401", { body: { code: 401, msg: "You do not have access permissions" } }, 401],
  ["408", { body: { code: 408, msg: "timeout" } }, 408],
  ["another 422", { body: { code: 422, msg: "validation" } }, 422],
  ["429", { body: { code: 429, msg: "Rate limit exceeded" } }, 429],
  ["500", { body: { code: 500, msg: "x" } }, 500],
  ["HTTP 503", { status: 503, body: "busy" }, 503],
  ["HTTP 503 about a record", { status: 503, body: { code: 422, msg: "recordInfo is null" } }, 503],
  ["HTTP 502 with a success", { status: 502, body: { code: 200, data: { state: "success" } } }, 502],
  ["HTTP 403 page", { status: 403, body: "error code: 1010" }, 403],
  ["a page under 200", { body: "<html>" }, null],
  ["a dropped connection", "drop", null],
  ["silence", "silent", null],
  ["a record that is a list", { body: { code: 200, data: [1] } }, null],
])("a look that says nothing (%s) is unavailable, after one try", async (_, answer, code) => {
  const { gateway, server } = await kie(() => answer);
  expect(await gateway.look({ ...LOOK, taskId: "a b" })).toMatchObject({
    kind: "unavailable",
    code,
  });
  expect(server.arrived.length).toBe(1);
  expect(server.arrived[0]?.query.get("taskId")).toBe("a b");
});

test("a reply that never ends is cut off", async () => {
  const endless = `{"code":200,"data":"${"x".repeat(5_000_000)}"}`;
  expect(await look({ body: endless })).toMatchObject({ kind: "unavailable" });
});

test("an upload sends bytes under a random name and lives for 24 hours", async () => {
  const downloadUrl = "https://tempfile.redpandaai.co/kieai/136592/telegram/x.jpg";
  const { gateway, server } = await kie(() => ({
    body: {
      success: true,
      code: 200,
      msg: "File uploaded successfully",
      data: { success: true, fileName: "x.jpg", downloadUrl, fileSize: 3 },
    },
  }));
  const bytes = Uint8Array.from([255, 216, 0]);
  const stored = await gateway.upload({ bytes, format: "jpeg", mime: "image/jpeg" });
  expect(stored).toEqual({ url: downloadUrl, expiresAt: new Date("2026-11-21T12:00:00Z") });
  const [request] = server.arrived;
  expect([request?.path, request?.headers.authorization]).toEqual(["/api/file-stream-upload", `Bearer ${KEY}`]);
  const body = new Response(new Uint8Array(request?.body ?? []), {
    headers: { "content-type": request?.headers["content-type"] ?? "" },
  });
  const form = await body.formData();
  const file = form.get("file");
  expect(form.get("uploadPath")).toBe("telegram");
  expect(form.get("fileName")).toMatch(/^[0-9a-z]{26}\.jpeg$/);
  expect(file instanceof File && (await file.bytes())).toEqual(bytes);
  await gateway.upload({ bytes, format: "jpeg", mime: "image/jpeg" });
  expect(String(server.arrived[1]?.body)).not.toContain(String(form.get("fileName")));
});

test.each<[string, Answer, typeof KieRejected | typeof KieUnavailable, number | null]>([
  ["400", { body: { success: false, code: 400, msg: "Missing required parameter: uploadPath" } }, KieRejected, 400],
  [
    "401",
    { status: 401, body: { success: false, code: 401, msg: "Authentication failed: Invalid API Key" } },
    KieRejected,
    401,
  ],
  ["413 page", { status: 413, body: "too large" }, KieRejected, 413],
  ["429", { body: { code: 429, msg: "x" } }, KieUnavailable, 429],
  ["455", { body: { code: 455, msg: "x" } }, KieUnavailable, 455],
  ["500", { body: { code: 500, msg: "x" } }, KieUnavailable, 500],
  ["HTTP 502 page", { status: 502, body: "x" }, KieUnavailable, 502],
  ["a foreign link", { body: { code: 200, data: { downloadUrl: "file:///etc/passwd" } } }, KieUnavailable, null],
  ["a dropped connection", "drop", KieUnavailable, null],
])("an upload answered with %s throws", async (_, answer, kind, code) => {
  const { gateway } = await kie(() => answer);
  const error: unknown = await gateway
    .upload({ bytes: new Uint8Array(3), format: "png", mime: "image/png" })
    .catch((e: unknown) => e);
  expect(error).toBeInstanceOf(kind);
  expect(error).toMatchObject({ code });
  expect(toFault(error)).toMatchObject(code === null ? { system: "network" } : { system: "kie", code });
  expect(JSON.stringify(error) + String(error)).not.toContain(KEY);
});

test("the balance is a bare number with decimals", async () => {
  const { gateway, server } = await kie(() => ({ body: { code: 200, msg: "success", data: 5916.25 } }));
  expect(await gateway.credits()).toBe(5916.25);
  expect(server.arrived[0]?.path).toBe("/api/v1/chat/credit");
});

test("a balance that can not be read throws", async () => {
  const rejected = (await kie(() => ({ body: { code: 401, msg: "no" } }))).gateway.credits();
  await expect(rejected).rejects.toBeInstanceOf(KieRejected);
  const empty = (await kie(() => ({ body: { code: 200, data: null } }))).gateway.credits();
  await expect(empty).rejects.toBeInstanceOf(KieUnavailable);
});
