import { afterEach, beforeEach, expect, test } from "vitest";
import * as z from "zod";
import { requestSchemas } from "../../../lib/sandbox/kie/request-schemas.ts";
import { makeMp3 } from "../../../lib/sandbox/media/make-mp3.ts";
import { makePng } from "../../../lib/sandbox/media/make-png.ts";
import { type KieBench, startBench } from "./harness.ts";

const VEO = "/api/v1/veo";
const KONTEXT = "/api/v1/flux/kontext";
const IMAGE_4O = "/api/v1/gpt4o-image";
const dedicated = requestSchemas().dedicated;

let bench: KieBench;
beforeEach(async () => {
  bench = await startBench({ startCredits: 10_000 });
});
afterEach(() => bench.close());

async function create(path: string, body: Record<string, unknown>): Promise<{ code: number; msg: string; id: string }> {
  const { code, msg, data } = await bench.api("POST", `${path}/generate`, body);
  return { code, msg, id: z.object({ taskId: z.string() }).nullish().parse(data)?.taskId ?? "" };
}

const record = (path: string, id: string) => bench.api("GET", `${path}/record-info?taskId=${id}`);
const codeOf = async (path: string, body: Record<string, unknown>) => (await create(path, body)).code;
const fileOf = (id: string, name: string) => `${bench.origin}/kie-files/results/${id}/${name}`;

test("the tiers of Veo, both Kontexts and 4o are known by their documented ids", () => {
  expect(Object.keys(dedicated.veo)).toEqual(expect.arrayContaining(["veo3", "veo3_fast", "veo3_lite"]));
  expect(Object.keys(dedicated["flux-kontext"])).toEqual(["flux-kontext-max", "flux-kontext-pro"]);
  expect(Object.keys(dedicated["gpt4o-image"])).toEqual(["gpt4o-image/generate"]);
});

test("Veo: record and callback are as documented, the file can be fetched", async () => {
  const body = { prompt: "кот", model: "veo3", resolution: "1080p", aspect_ratio: "9:16" };
  const { id } = await create(VEO, { ...body, callBackUrl: bench.callbackUrl });
  expect(id).toMatch(/^veo_task_[0-9a-f]{32}$/);
  await bench.clock.advance(3);
  expect((await record(VEO, id)).data).toMatchObject({
    taskId: id,
    successFlag: 0,
    response: null,
    completeTime: null,
  });
  await bench.clock.advance(60);
  const url = fileOf(id, "0.mp4");
  expect(await record(VEO, id)).toMatchObject({
    code: 200,
    data: {
      successFlag: 1,
      errorCode: null,
      errorMessage: "",
      response: { taskId: id, resultUrls: [url], originUrls: [url], resolution: "1080p" },
      fallbackFlag: false,
    },
  });
  expect(bench.received.map((callback) => callback.body)).toMatchObject([
    { code: 200, data: { taskId: id, info: { resultUrls: [url] }, fallbackFlag: false } },
  ]);
  expect((await fetch(url)).headers.get("content-type")).toBe("video/mp4");
  expect(bench.kie.tasks()).toMatchObject([
    { api: "veo", model: "veo3", input: { prompt: "кот" }, creditsConsumed: 255 },
  ]);
  expect(bench.kie.credits()).toBe(9_745);
});

test("Kontext: ISO times and one link; both links are empty in the callback of a failure", async () => {
  const made = await create(KONTEXT, { prompt: "кот", model: "flux-kontext-max", callBackUrl: bench.callbackUrl });
  const failed = await create(KONTEXT, { prompt: "fail: кот", callBackUrl: bench.callbackUrl });
  await bench.clock.advance(60);
  const url = fileOf(made.id, "0.png");
  expect((await record(KONTEXT, made.id)).data).toMatchObject({
    successFlag: 1,
    createTime: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
    response: { originImageUrl: url, resultImageUrl: url },
  });
  expect((await record(KONTEXT, failed.id)).data).toMatchObject({ successFlag: 3, errorCode: 500, response: null });
  const bodies = new Map(bench.received.map(({ body }) => [body.data.taskId, body]));
  expect(bodies.get(made.id)).toMatchObject({ code: 200, data: { info: { resultImageUrl: url } } });
  expect(bodies.get(failed.id)).toMatchObject({
    code: 500,
    data: { info: { originImageUrl: "", resultImageUrl: "" } },
  });
  expect(bench.kie.tasks().map((task) => [task.model, task.creditsConsumed])).toEqual([
    ["flux-kontext-max", 10],
    ["flux-kontext-pro", 0],
  ]);
});

test("4o: as many pictures as were ordered, each paid, progress as text", async () => {
  const body = { prompt: "кот", size: "3:2", nVariants: 4 };
  const made = await create(IMAGE_4O, { ...body, callBackUrl: bench.callbackUrl });
  const failed = await create(IMAGE_4O, { ...body, prompt: "fail:policy", callBackUrl: bench.callbackUrl });
  await bench.clock.advance(3);
  expect((await record(IMAGE_4O, made.id)).data).toMatchObject({
    successFlag: 0,
    status: "GENERATING",
    progress: "0.42",
  });
  await bench.clock.advance(60);
  const urls = [0, 1, 2, 3].map((index) => fileOf(made.id, `${index}.png`));
  expect((await record(IMAGE_4O, made.id)).data).toMatchObject({
    successFlag: 1,
    status: "SUCCESS",
    progress: "1.00",
    response: { resultUrls: urls },
  });
  expect((await record(IMAGE_4O, failed.id)).data).toMatchObject({ successFlag: 2, errorCode: 400 });
  const bodies = new Map(bench.received.map((callback) => [callback.body.data.taskId, callback.body]));
  expect(bodies.get(made.id)).toMatchObject({ code: 200, data: { info: { result_urls: urls } } });
  expect(bodies.get(failed.id)).toMatchObject({ code: 400, data: { info: null } });
  expect(bench.kie.credits()).toBe(10_000 - 24);
});

test("a task is known to its own family only, and a new one to nobody for a moment", async () => {
  const { id } = await create(VEO, { prompt: "кот" });
  await bench.clock.advance(60);
  expect(await record(KONTEXT, id)).toMatchObject({ code: 422, msg: "record is null" });
  expect(await record(VEO, "nobody")).toMatchObject({ code: 422, msg: "record is null" });
  expect(await bench.api("GET", `/api/v1/jobs/recordInfo?taskId=${id}`)).toMatchObject({ code: 422 });
  expect(await bench.api("GET", `${VEO}/record-info`)).toMatchObject({ code: 400 });
  expect((await record(VEO, id)).code).toBe(200);
});

test("requests are checked as strictly as the market's", async () => {
  const image = await bench.upload(await makePng({ text: "a", width: 300, height: 300 }), "a.png");
  const sound = await bench.upload(await makeMp3({ seconds: 2, seed: 1 }), "a.mp3");
  expect(await create(VEO, {})).toMatchObject({ code: 422, msg: "Please enter prompt" });
  const veo = (more: Record<string, unknown>) => codeOf(VEO, { prompt: "кот", ...more });
  expect(await veo({ model: "veo4" })).toBe(422);
  expect(await veo({ model: "veo-3-1" })).toBe(422);
  expect(await veo({ resolution: "8k" })).toBe(500);
  expect(await veo({ duration: "8" })).toBe(500);
  expect(await veo({ duration: 8, resolution: "4k" })).toBe(200);
  expect(await veo({ generationType: "FIRST_AND_LAST_FRAMES_2_VIDEO" })).toBe(422);
  expect(await veo({ generationType: "REFERENCE_2_VIDEO", imageUrls: [image], duration: 4 })).toBe(422);
  expect(await veo({ generationType: "REFERENCE_2_VIDEO", imageUrls: [image], model: "veo3" })).toBe(500);
  expect(await veo({ generationType: "REFERENCE_2_VIDEO", imageUrls: [image, image, image] })).toBe(200);
  expect(await veo({ model: "veo3", imageUrls: [image, image, image] })).toBe(422);
  expect(await veo({ callBackUrl: "here" })).toBe(422);
  const kontext = (more: Record<string, unknown>) => codeOf(KONTEXT, { prompt: "кот", ...more });
  expect(await kontext({ inputImage: image, safetyTolerance: 3 })).toBe(422);
  expect(await kontext({ inputImage: image, safetyTolerance: 2 })).toBe(200);
  expect(await codeOf(IMAGE_4O, { size: "1:1" })).toBe(422);
  expect(await codeOf(IMAGE_4O, { prompt: "кот", size: "1:1", nVariants: 3 })).toBe(500);
  expect(await codeOf(IMAGE_4O, { size: "1:1", filesUrl: [image], maskUrl: image })).toBe(200);
  expect(bench.kie.violations()).toEqual([]);

  // The rate window lets twenty pass.
  await bench.clock.advance(11);
  expect(await veo({ aspectRatio: "16:9" })).toBe(422);
  expect(await veo({ input: {} })).toBe(422);
  expect(await veo({ imageUrls: [sound] })).toBe(422);
  expect(await codeOf(IMAGE_4O, { prompt: "кот", size: "1:1", model: "gpt-4o" })).toBe(422);
  expect(bench.kie.violations().map(({ kind, where }) => [kind, where])).toEqual([
    ["unknown-field", "veo3_fast"],
    ["unknown-field", "veo3_fast"],
    ["wrong-media", "veo3_fast"],
    ["unknown-field", "gpt4o-image/generate"],
  ]);
});

test("a foreign key, the rate window and the switches hold here as well", async () => {
  const response = await fetch(`${bench.origin}/kie${VEO}/generate`, { method: "POST", body: "{}" });
  expect(await response.json()).toMatchObject({ code: 401 });
  bench.kie.setSwitches({ maintenance: true });
  expect(await codeOf(KONTEXT, { prompt: "кот" })).toBe(455);
  bench.kie.setSwitches({ maintenance: false });
  bench.kie.failNextCreate(404);
  expect(await codeOf(VEO, { prompt: "кот" })).toBe(404);
  bench.kie.setCredits(59);
  expect(await codeOf(VEO, { prompt: "кот" })).toBe(402);
  expect(bench.kie.createdCount()).toBe(0);
});

test("magic words: older and other spellings, unknown members, missing ones, and a forged success", async () => {
  const ids = new Map<string, string>();
  for (const word of ["oldnames", "extra", "nofields", "badcb", "twice"]) {
    ids.set(word, (await create(VEO, { prompt: `${word}: кот`, callBackUrl: bench.callbackUrl })).id);
  }
  await bench.clock.advance(60);
  const dataOf = async (word: string) => (await record(VEO, ids.get(word) ?? "")).data;
  const told = (word: string) =>
    bench.received.map(({ body }) => body).filter((body) => body.data.taskId === ids.get(word));
  const url = (word: string) => fileOf(ids.get(word) ?? "", "0.mp4");
  expect(await dataOf("oldnames")).toMatchObject({
    createTime: expect.stringMatching(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/),
    response: { resultUrls: JSON.stringify([url("oldnames")]) },
  });
  expect(told("oldnames")).toMatchObject([{ data: { info: { resultUrls: `[${url("oldnames")}]` } } }]);
  expect(await dataOf("extra")).toMatchObject({ sandboxExtra: expect.anything(), successFlag: 1 });
  expect(await dataOf("nofields")).not.toHaveProperty("paramJson");
  expect(told("nofields")[0]?.data).not.toHaveProperty("promptJson");
  expect(await dataOf("badcb")).toMatchObject({ successFlag: 3, errorCode: 500 });
  expect(told("badcb")).toMatchObject([{ code: 200, data: { info: { resultUrls: [url("badcb")] } } }]);
  expect(told("twice")).toHaveLength(2);
});
