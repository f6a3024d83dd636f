import { cp, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { buildOutput } from "../../../lib/deploy/build.ts";
import type { FunctionName } from "../../../lib/deploy/functions.ts";
import { type RunningFunction, startFunction } from "../../../lib/deploy/run-function.ts";
import { signDelivery } from "../../../lib/sandbox/qstash/signature.ts";
import { ENVIRONMENT, SECRETS } from "./environment.ts";

const ROOT = fileURLToPath(new URL("../../../", import.meta.url));
const ORIGIN = "https://bot.example.com";
let output: string;
let running: RunningFunction[] = [];

// Far from the project: a bundle that still needed node_modules would fail here.
beforeAll(async () => {
  output = await mkdtemp(join(tmpdir(), "deploy-"));
  await buildOutput({ root: ROOT, outdir: output });
}, 60_000);
afterAll(() => rm(output, { recursive: true, force: true }));
afterEach(async () => {
  for (const one of running) await one.close();
  running = [];
});

const folderOf = (name: FunctionName): string => join(output, "functions", "api", `${name}.func`);

async function start(name: FunctionName, environment: Record<string, string> = {}): Promise<RunningFunction> {
  const started = await startFunction({ directory: folderOf(name), environment: { ...ENVIRONMENT, ...environment } });
  running.push(started);
  return started;
}

const post = (path: string, body: string, headers: Record<string, string> = {}): Request =>
  new Request(`${ORIGIN}${path}`, {
    method: "POST",
    body,
    headers: { "content-type": "application/json", ...headers },
  });

test("telegram: 401 without the secret, 400 for a body that is no update, 405 for GET", async () => {
  const telegram = await start("telegram");
  expect((await telegram.call(post("/api/telegram", "{}"))).status).toBe(401);
  const secret = { "x-telegram-bot-api-secret-token": ENVIRONMENT.TELEGRAM_WEBHOOK_SECRET ?? "" };
  expect((await telegram.call(post("/api/telegram", "[]", secret))).status).toBe(400);
  expect((await telegram.call(new Request(`${ORIGIN}/api/telegram`))).status).toBe(405);
});

test("telegram: an update of an unknown kind is taken, with nothing but the catalog at hand", async () => {
  const telegram = await start("telegram");
  const secret = { "x-telegram-bot-api-secret-token": ENVIRONMENT.TELEGRAM_WEBHOOK_SECRET ?? "" };
  const response = await telegram.call(post("/api/telegram", '{"update_id":1,"poll":{}}', secret));
  expect(response.status).toBe(200);
});

test("kie: 404 without a generation, 401 for an unsigned callback when a key is configured", async () => {
  const open = await start("kie");
  expect((await open.call(post("/api/kie", "{}"))).status).toBe(404);
  const locked = await start("kie", { KIE_WEBHOOK_HMAC_KEY: "made-up-hmac-key" });
  expect((await locked.call(post("/api/kie?generation=g1&token=t", "{}"))).status).toBe(401);
});

test("jobs: 401 without a signature; a signed delivery is read", async () => {
  const jobs = await start("jobs");
  expect((await jobs.call(post("/api/jobs", '{"name":"sweep"}'))).status).toBe(401);
  const body = '{"name":"nothing-we-know"}';
  const signature = signDelivery(`${ORIGIN}/api/jobs`, Buffer.from(body), ENVIRONMENT.QSTASH_CURRENT_SIGNING_KEY ?? "");
  expect((await jobs.call(post("/api/jobs", body, { "upstash-signature": signature }))).status).toBe(400);
});

test("health: POST is 405; with nothing in reach it says 503, its mode, and no secret", async () => {
  const health = await start("health");
  expect((await health.call(post("/api/health", ""))).status).toBe(405);
  const response = await health.call(new Request(`${ORIGIN}/api/health`));
  expect(response.status).toBe(503);
  const text = await response.text();
  expect(JSON.parse(text)).toEqual({ ok: false, mode: "dry-run" });
  for (const secret of SECRETS) expect(text + health.output()).not.toContain(secret);
}, 20_000);

test("a missing variable is a 500 whose log line names it, and shows no other's value", async () => {
  const { KIE_API_KEY: _, ...environment } = ENVIRONMENT;
  for (const name of ["telegram", "kie", "jobs"] as const) {
    const started = await startFunction({ directory: folderOf(name), environment });
    running.push(started);
    const response = await started.call(post(`/api/${name}`, "{}"));
    expect(response.status).toBe(500);
    expect(await response.json()).toEqual({ error: "configuration" });
    expect(started.output()).toContain("KIE_API_KEY is missing");
    for (const secret of SECRETS) expect(started.output()).not.toContain(secret);
  }
});

test("the catalog is read from inside the function", async () => {
  const directory = join(output, "without-catalog.func");
  await cp(folderOf("health"), directory, { recursive: true });
  await rm(join(directory, "catalog"), { recursive: true });
  const started = await startFunction({ directory, environment: ENVIRONMENT });
  running.push(started);
  await expect(started.call(new Request(`${ORIGIN}/api/health`))).rejects.toThrow(
    join("without-catalog.func", "catalog", "index.json"),
  );
});
