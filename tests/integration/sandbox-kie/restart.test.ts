import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { serveFetch } from "../../../lib/sandbox/http.ts";
import { startBench } from "./harness.ts";

let folder: string;
let storeFile: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "kie-restart-"));
  storeFile = join(folder, "store.sqlite");
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** A sandbox process with one task; `kill` is `kill -9`. */
async function startVictim(callbackUrl: string, speed: number) {
  const script = join(import.meta.dirname, "killed-sandbox.ts");
  const child = spawn(process.execPath, [script, storeFile, callbackUrl, String(speed)], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const [line] = await once(child.stdout, "data");
  const taskId = String(line).trim().split(" ")[1] ?? "";
  const kill = async () => {
    child.kill("SIGKILL");
    await once(child, "exit");
  };
  return { taskId, kill };
}

test("a task that was running at a kill goes on after the restart and calls back", async () => {
  const arrived: unknown[] = [];
  const product = await serveFetch(async (request) => {
    arrived.push(await request.json());
    return new Response("{}");
  }, 0);
  const victim = await startVictim(`http://127.0.0.1:${product.port}/cb`, 1);
  await victim.kill();

  const bench = await startBench({ storeFile });
  expect(bench.kie.credits()).toBe(100_000 - 8);
  expect(bench.kie.tasks()).toMatchObject([{ taskId: victim.taskId, state: "waiting" }]);
  expect(arrived).toEqual([]);
  await bench.clock.advance(20);
  expect(arrived).toMatchObject([{ data: { taskId: victim.taskId, state: "success" } }]);
  await bench.close();
  await product.close();
});

test("a callback that was on its way at a kill is sent again", async () => {
  let arrivals = 0;
  let onFirst: () => void = () => undefined;
  const firstArrived = new Promise<void>((resolve) => {
    onFirst = resolve;
  });
  const product = await serveFetch(async (request) => {
    arrivals += 1;
    if (arrivals > 1) return new Response("{}");
    onFirst();
    // The first one is never answered: the process dies while it waits.
    await new Promise((resolve) => request.signal.addEventListener("abort", resolve));
    return new Response("{}");
  }, 0);
  const victim = await startVictim(`http://127.0.0.1:${product.port}/cb`, 100);
  await firstArrived;
  await victim.kill();

  const bench = await startBench({ storeFile });
  await bench.clock.advance(1);
  expect(arrivals).toBe(2);
  expect(bench.kie.callbacks()).toMatchObject([{ taskId: victim.taskId, state: "delivered" }]);
  await bench.close();
  await product.close();
});

test("a callback that is cut by an orderly stop is sent again after the restart", async () => {
  const first = await startBench({ storeFile });
  const arrived = new Promise<void>((resolve) => {
    first.beforeCallbackAnswer = () => {
      resolve();
      return new Promise(() => undefined);
    };
  });
  await first.create("nano-banana-2", { prompt: "кот" }, first.callbackUrl);
  const moved = first.clock.advance(20);
  await arrived;
  await first.close();
  await moved;

  const second = await startBench({ storeFile });
  expect(second.kie.callbacks()).toMatchObject([{ state: "pending", attempts: 0 }]);
  await second.close();
});
