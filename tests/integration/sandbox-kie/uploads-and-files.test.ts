import { request as httpRequest } from "node:http";
import { afterEach, beforeEach, expect, test } from "vitest";
import { makePng } from "../../../lib/sandbox/media/make-png.ts";
import { makeWav } from "../../../lib/sandbox/media/make-wav.ts";
import { API_KEY, IMAGE, type KieBench, startBench } from "./harness.ts";

let bench: KieBench;
let png: Uint8Array;
beforeEach(async () => {
  bench = await startBench();
  png = await makePng({ text: "кот", width: 64, height: 64 });
});
afterEach(() => bench.close());

const post = (path: string, body: unknown, key = API_KEY) =>
  fetch(`${bench.origin}/kie-upload${path}`, {
    method: "POST",
    headers: { authorization: `Bearer ${key}`, "content-type": "application/json" },
    body: JSON.stringify(body),
  });
const base64 = () => Buffer.from(png).toString("base64");

async function resultUrl(prompt: string): Promise<string> {
  const { taskId } = await bench.create(IMAGE, { prompt });
  await bench.clock.advance(15);
  return bench.resultUrl(taskId);
}

test("a streamed upload is served back without a key", async () => {
  const url = await bench.upload(png, "мой кот.png");
  const response = await fetch(url);
  expect(response.headers.get("content-type")).toBe("image/png");
  expect(await response.bytes()).toEqual(png);
});

test("a base64 upload answers with everything about the file", async () => {
  const response = await post("/api/file-base64-upload", {
    base64Data: base64(),
    uploadPath: "images/u1",
    fileName: "cat.png",
  });
  expect(await response.json()).toEqual({
    success: true,
    code: 200,
    msg: "File uploaded successfully",
    data: {
      success: true,
      fileName: "cat.png",
      filePath: "kieai/136592/images/u1/cat.png",
      downloadUrl: `${bench.origin}/kie-files/kieai/136592/images/u1/cat.png`,
      fileSize: png.length,
      mimeType: "image/png",
      uploadedAt: expect.stringMatching(/^\d{4}-.*Z$/),
    },
  });
});

test("a data URL is taken, and a missing file name becomes a random one", async () => {
  const upload = async () => {
    const answer = await post("/api/file-base64-upload", {
      base64Data: `data:image/png;base64,${base64()}`,
      uploadPath: "a",
    });
    const { data }: { data: { fileName: string } } = JSON.parse(await answer.text());
    return data.fileName;
  };
  const names = [await upload(), await upload()];
  expect(names[0]).toMatch(/^[0-9a-z]{16}\.png$/);
  expect(names[0]).not.toBe(names[1]);
});

test("a file can be uploaded from its URL", async () => {
  const fileUrl = await bench.upload(png, "a.png");
  const response = await post("/api/file-url-upload", { fileUrl, uploadPath: "b", fileName: "b.png" });
  expect(await (await fetch(`${bench.origin}/kie-files/kieai/136592/b/b.png`)).bytes()).toEqual(png);
  expect(response.status).toBe(200);
});

test("a Telegram file URL is not fetched and is a violation", async () => {
  const response = await post("/api/file-url-upload", {
    fileUrl: `${bench.origin}/file/bot1:s/a.png`,
    uploadPath: "b",
  });
  expect(response.status).toBe(400);
  expect(bench.kie.violations()).toMatchObject([{ kind: "token-in-url" }]);
});

test("uploads say what is wrong with them", async () => {
  const missing = await post("/api/file-base64-upload", { base64Data: base64() });
  expect([missing.status, await missing.json()]).toEqual([
    400,
    { success: false, code: 400, msg: "Missing required parameter: uploadPath" },
  ]);
  const broken: unknown = await (await post("/api/file-base64-upload", { base64Data: "%%%", uploadPath: "a" })).json();
  expect(broken).toMatchObject({ code: 400, msg: expect.stringMatching(/^Base64 decoding failed: /) });
  const stranger = await post("/api/file-base64-upload", { base64Data: base64(), uploadPath: "a" }, "wrong");
  expect(await stranger.json()).toMatchObject({ code: 401, msg: "Authentication failed: Invalid API Key" });
  expect((await post("/api/file-base64-upload", { base64Data: base64(), uploadPath: "/a" })).status).toBe(400);
});

test("the same path and name show the newer file", async () => {
  const url = await bench.upload(png, "a.png");
  const newer = makeWav({ seconds: 1 });
  expect(await bench.upload(newer, "a.png")).toBe(url);
  expect(await (await fetch(url)).bytes()).toEqual(newer);
});

test("an upload lives for 24 hours", async () => {
  const url = await bench.upload(png, "a.png");
  await bench.clock.advance(24 * 3_600 - 60);
  expect((await fetch(url)).status).toBe(200);
  await bench.clock.advance(60);
  expect((await fetch(url)).status).toBe(404);
});

test("an uploaded file's name can carry a magic word", async () => {
  const url = await bench.upload(png, "fail-policy-cat.png");
  const { taskId } = await bench.create("recraft/crisp-upscale", { image: url });
  await bench.clock.advance(15);
  expect(await bench.record(taskId)).toMatchObject({ state: "fail", failCode: "400" });
});

test("a result is there only when the task has succeeded, for 14 days", async () => {
  const url = await resultUrl("кот");
  expect((await fetch(url)).status).toBe(200);
  await bench.clock.advance(14 * 86_400 - 60);
  expect((await fetch(url)).status).toBe(200);
  await bench.clock.advance(60);
  expect((await fetch(url)).status).toBe(404);
  const { taskId } = await bench.create(IMAGE, { prompt: "fail: кот" });
  await bench.clock.advance(15);
  expect((await fetch(`${bench.origin}/kie-files/results/${taskId}/0.png`)).status).toBe(404);
});

test("a result answers HEAD and ranges", async () => {
  const url = await resultUrl("кот");
  const whole = await (await fetch(url)).bytes();
  const head = await fetch(url, { method: "HEAD" });
  expect(head.headers.get("content-length")).toBe(String(whole.length));
  const range = async (value: string) => {
    const response = await fetch(url, { headers: { range: value } });
    return [response.status, response.headers.get("content-range"), [...(await response.bytes())]];
  };
  const size = whole.length;
  expect(await range("bytes=2-5")).toEqual([206, `bytes 2-5/${size}`, [...whole.slice(2, 6)]]);
  expect(await range("bytes=-3")).toEqual([206, `bytes ${size - 3}-${size - 1}/${size}`, [...whole.slice(-3)]]);
  expect(await range(`bytes=${size}-`)).toEqual([416, `bytes */${size}`, []]);
});

test("files can demand a User-Agent", async () => {
  const url = await resultUrl("кот");
  bench.kie.setSwitches({ filesNeedUserAgent: true });
  const bare = await new Promise<number | undefined>((resolve, reject) => {
    httpRequest(url, (response) => resolve(response.resume().statusCode))
      .on("error", reject)
      .end();
  });
  expect(bare).toBe(403);
  expect((await fetch(url)).status).toBe(200);
});

test("a download link is another URL that lives for 20 minutes", async () => {
  const url = await resultUrl("кот");
  const { data } = await bench.api("POST", "/api/v1/common/download-url", { url });
  expect(data).not.toBe(url);
  expect((await fetch(String(data))).headers.get("content-type")).toBe("image/png");
  await bench.clock.advance(20 * 60);
  expect((await fetch(String(data))).status).toBe(404);
  const foreign = await bench.api("POST", "/api/v1/common/download-url", { url: "https://example.org/a.png" });
  expect(foreign).toEqual({ code: 422, msg: "url is wrong", data: null });
});

test("big: makes a result of 12 MB that is still a picture", async () => {
  const bytes = await (await fetch(await resultUrl("big: кот"))).bytes();
  expect(bytes.length).toBe(12 * 1024 * 1024);
  expect(Buffer.from(bytes.subarray(1, 4)).toString()).toBe("PNG");
});
