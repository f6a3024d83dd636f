import { createHash } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { bundle } from "../../../lib/deploy/bundle.ts";
import { type RunningFunction, startFunction } from "../../../lib/deploy/run-function.ts";
import { json, serveFetch } from "../../../lib/sandbox/http.ts";

const ROOT = fileURLToPath(new URL("../../../", import.meta.url));
let directory: string;
let caller: RunningFunction;
let closing: (() => Promise<void>)[] = [];

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "telegraf-"));
  await bundle({ root: ROOT, entryPoints: { index: "tests/integration/deploy/telegraf-calls.ts" }, outdir: directory });
  await writeFile(join(directory, ".vc-config.json"), '{"handler":"index.mjs","launcherType":"Nodejs"}');
  caller = await startFunction({ directory, environment: {} });
});
afterAll(async () => {
  await caller.close();
  await rm(directory, { recursive: true, force: true });
});
afterEach(async () => {
  for (const close of closing) await close();
  closing = [];
});

/** Serves a stand-in for the Bot API. */
async function botApi(answer: (request: Request) => Promise<Response>): Promise<string> {
  const server = await serveFetch(answer, 0);
  closing.push(server.close);
  return `http://127.0.0.1:${server.port}`;
}

async function perform(call: "text" | "buffer" | "stream", apiRoot: string, timeoutMs = 10_000): Promise<unknown> {
  const request = new Request("https://bot.example.com/", {
    method: "POST",
    body: JSON.stringify({ call, apiRoot, timeoutMs }),
  });
  return (await caller.call(request)).json();
}

test("a call without files arrives as JSON at the method's address", async () => {
  const apiRoot = await botApi(async (request) =>
    json({ ok: true, result: [request.method, new URL(request.url).pathname, await request.json()] }),
  );
  expect(await perform("text", apiRoot)).toEqual({
    result: ["POST", "/bot1:made-up-token/sendMessage", { chat_id: 1, text: "Привет" }],
  });
});

test.for(["buffer", "stream"] as const)(
  "an upload from a %s arrives whole, with its name and caption",
  async (call) => {
    const apiRoot = await botApi(async (request) => {
      const form = await request.formData();
      const photo = form.get("photo");
      if (!(photo instanceof File)) return json({ ok: false, error_code: 400, description: "no file" });
      const hash = createHash("sha256").update(new Uint8Array(await photo.arrayBuffer()));
      return json({ ok: true, result: [form.get("caption"), photo.name, photo.size, hash.digest("hex")] });
    });
    const hash = createHash("sha256").update(Buffer.alloc(300_000, 7)).digest("hex");
    expect(await perform(call, apiRoot)).toEqual({ result: ["Кот", "cat.png", 300_000, hash] });
  },
);

test("a refusal becomes a TelegramError with Telegram's code and words", async () => {
  const description = "Bad Request: chat not found";
  const apiRoot = await botApi(async () => json({ ok: false, error_code: 400, description }, 400));
  for (const call of ["text", "buffer", "stream"] as const) {
    expect(await perform(call, apiRoot)).toMatchObject({ error: { code: 400, message: `400: ${description}` } });
  }
});

test("a timeout is told as one, before the answer's headers and in the middle of its body", async () => {
  const silent = await botApi(async () => {
    await sleep(2_000);
    return json({ ok: true, result: true });
  });
  expect(await perform("text", silent, 200)).toMatchObject({ error: { name: "TimeoutError" } });
  expect(await perform("stream", silent, 200)).toMatchObject({ error: { name: "TimeoutError" } });
  const halfway = await botApi(async () => {
    const body = new ReadableStream({
      start: (controller) => controller.enqueue(new TextEncoder().encode('{"ok":true,')),
    });
    return new Response(body, { headers: { "content-type": "application/json" } });
  });
  expect(await perform("text", halfway, 200)).toMatchObject({ error: { name: "TimeoutError" } });
});

test("a refused connection keeps its code and does not show the token", async () => {
  const gone = await serveFetch(async () => json({}), 0);
  await gone.close();
  const answer = await perform("text", `http://127.0.0.1:${gone.port}`);
  expect(answer).toMatchObject({ error: { cause: "ECONNREFUSED" } });
  expect(JSON.stringify(answer)).not.toContain("made-up-token");
});
