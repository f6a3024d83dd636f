import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { buildOutput } from "../../../lib/deploy/build.ts";
import type { FunctionName } from "../../../lib/deploy/functions.ts";
import { type RunningFunction, startFunction } from "../../../lib/deploy/run-function.ts";
import { sandboxEnvironment } from "../../../lib/sandbox/environment.ts";
import { callbackPath, newestGeneration, postedUpdate, signedCallback, signedJob } from "../../support/failures.ts";
import { startWorld, type World } from "../../support/world.ts";

/** The very files that would be deployed, each in a process of its own, against the simulators over HTTP. */
let world: World;
let output: string;
let environment: Record<string, string>;
const running: RunningFunction[] = [];

beforeAll(async () => {
  world = await startWorld();
  output = await mkdtemp(join(tmpdir(), "deployed-"));
  await buildOutput({ root: fileURLToPath(new URL("../../../", import.meta.url)), outdir: output });
  const variables = Object.entries(sandboxEnvironment(world.origin, world.db.url, {}));
  environment = Object.fromEntries(variables.flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])));
}, 60_000);
afterAll(async () => {
  for (const one of running) await one.close();
  await world.expectInvariants();
  await world.end();
  await rm(output, { recursive: true, force: true });
});

async function call(name: FunctionName, path: string, init?: RequestInit): Promise<Response> {
  const started = await startFunction({ directory: join(output, "functions", "api", `${name}.func`), environment });
  running.push(started);
  return await started.call(new Request(`${world.origin}${path}`, init));
}

test("H3: the built telegram function answers an update with the secret: the greeting is in the chat", async () => {
  const vera = world.person(7001);
  const update = {
    update_id: 900_000_001,
    message: {
      message_id: 1,
      date: 1,
      from: { id: vera.id, is_bot: false, first_name: "Вера", language_code: "ru" },
      chat: { id: vera.id, type: "private" },
      text: "/start",
    },
  };
  // The simulated Telegram knows a chat from its person's first message only.
  await world.telegram.userSends(vera.id, { text: "раз" });
  const response = await call("telegram", "/api/telegram", postedUpdate(world, update));
  expect(response.status).toBe(200);
  expect(vera.reads()).toContain("Здравствуйте, Вера");
});

test("H3: the built kie function takes a signed callback and delivers; jobs and health answer, too", async () => {
  world.kie.setSwitches({ callbacksDown: true });
  const gleb = world.person(7002);
  await gleb.says("маяк");
  await gleb.taps("Создать");
  const generation = await newestGeneration(world, gleb.id);
  await world.advance(15);
  const [task] = world.kie.tasks().slice(-1);
  const callback = await call("kie", callbackPath(generation), signedCallback(world, task?.taskId ?? "none"));
  expect(callback.status).toBe(200);
  // Delivered after the answer, in a process that nobody else waits for.
  await expect.poll(() => gleb.reads(), { timeout: 10_000 }).toContain("списано 0,63 ₽");

  const swept = await call("jobs", "/api/jobs", signedJob(world, '{"name":"sweep"}'));
  expect(swept.status).toBe(200);
  expect(await swept.json()).toMatchObject({ ok: true, failed: [] });

  const health = await call("health", "/api/health", {
    headers: { authorization: `Bearer ${environment["HEALTH_TOKEN"]}` },
  });
  expect(health.status).toBe(200);
  expect(await health.json()).toMatchObject({ ok: true, mode: "real", checks: { database: { ok: true } } });
});
