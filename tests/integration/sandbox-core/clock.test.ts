import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, expect, test } from "vitest";
import { createSandboxClock, type SandboxClockOptions } from "../../../lib/sandbox/clock.ts";
import type { SandboxClock } from "../../../lib/sandbox/context.ts";
import { openStore } from "../../../lib/sandbox/store.ts";
import { addSeconds } from "../../../lib/shared/clock.ts";

let opened: SandboxClock[] = [];
afterEach(() => {
  for (const clock of opened) clock.stop();
  opened = [];
});

function makeClock(options: SandboxClockOptions = {}, store = openStore(":memory:")): SandboxClock {
  const clock = createSandboxClock(store, options);
  opened.push(clock);
  return clock;
}

test("advance runs timers in the order of their time, each at exactly its due time", async () => {
  const clock = makeClock();
  const start = clock.now();
  const seen: [string, number][] = [];
  const note = (name: string) => () => void seen.push([name, clock.now().getTime() - start.getTime()]);
  clock.at(addSeconds(start, 30), note("c"));
  clock.at(addSeconds(start, 10), note("a"));
  clock.at(addSeconds(start, 10), note("b"));
  clock.at(addSeconds(start, 61), note("late"));
  await clock.advance(60);
  expect(seen).toEqual([
    ["a", 10_000],
    ["b", 10_000],
    ["c", 30_000],
  ]);
  expect(clock.now().getTime() - start.getTime()).toBeGreaterThanOrEqual(60_000);
  expect(clock.now().getTime() - start.getTime()).toBeLessThan(61_000);
});

test("a chain of timers runs step by step within one advance, awaiting each", async () => {
  const clock = makeClock();
  const start = clock.now().getTime();
  const seen: number[] = [];
  const link = async () => {
    await sleep(1);
    seen.push((clock.now().getTime() - start) / 1_000);
    clock.at(addSeconds(clock.now(), 600), link);
  };
  clock.at(new Date(start + 600_000), link);
  await clock.advance(3_600);
  expect(seen).toEqual([600, 1_200, 1_800, 2_400, 3_000, 3_600]);
});

test("a timer set for the past or the present while advancing runs before later ones", async () => {
  const clock = makeClock();
  const start = clock.now();
  const seen: string[] = [];
  clock.at(addSeconds(start, 10), () => {
    seen.push("first");
    clock.at(start, () => void seen.push("past"));
    clock.at(clock.now(), () => void seen.push("present"));
  });
  clock.at(addSeconds(start, 11), () => void seen.push("later"));
  await clock.advance(20);
  expect(seen).toEqual(["first", "past", "present", "later"]);
});

test("between advances a due timer fires in real time, and a past one at once but never inside the call", async () => {
  const clock = makeClock();
  const seen: string[] = [];
  clock.at(new Date(clock.now().getTime() + 40), () => void seen.push("soon"));
  clock.at(new Date(0), () => void seen.push("past"));
  expect(seen).toEqual([]);
  await sleep(15);
  expect(seen).toEqual(["past"]);
  await sleep(60);
  expect(seen).toEqual(["past", "soon"]);
});

test("a cancelled timer and a stopped clock run nothing", async () => {
  const clock = makeClock();
  const seen: string[] = [];
  const handle = clock.at(addSeconds(clock.now(), 1), () => void seen.push("cancelled"));
  clock.at(addSeconds(clock.now(), 2), () => void seen.push("stopped"));
  handle.cancel();
  clock.stop();
  clock.at(clock.now(), () => void seen.push("after stop"));
  await clock.advance(10);
  await sleep(10);
  expect(seen).toEqual([]);
});

test("a failing timer is noted and does not stop the next ones", async () => {
  const notes: string[] = [];
  const clock = makeClock({ note: (line) => notes.push(line) });
  const seen: string[] = [];
  clock.at(addSeconds(clock.now(), 1), () => {
    throw new Error("thrown");
  });
  clock.at(addSeconds(clock.now(), 2), async () => Promise.reject(new Error("rejected")));
  clock.at(addSeconds(clock.now(), 3), () => void seen.push("ran"));
  await clock.advance(5);
  expect(seen).toEqual(["ran"]);
  expect(notes.map((line) => /thrown|rejected/.exec(line)?.[0])).toEqual(["thrown", "rejected"]);
});

test("a timer that waits for a later moment does not hold time up for ever", async () => {
  const clock = makeClock({ patienceMs: 20, note: () => undefined });
  const seen: string[] = [];
  const start = clock.now();
  clock.at(addSeconds(start, 1), async () => {
    await new Promise<void>((resolve) => void clock.at(addSeconds(start, 5), resolve));
    seen.push("done");
  });
  await clock.advance(10);
  expect(seen).toEqual(["done"]);
});

test("two advances at once follow each other, and time never goes back", async () => {
  const clock = makeClock();
  const start = clock.now().getTime();
  const moments: number[] = [];
  for (const seconds of [5, 15, 25]) {
    clock.at(new Date(start + seconds * 1_000), async () => {
      moments.push(clock.now().getTime());
      await sleep(5);
    });
  }
  await Promise.all([clock.advance(10), clock.advance(20)]);
  expect(moments.map((moment) => moment - start)).toEqual([5_000, 15_000, 25_000]);
  expect(clock.now().getTime()).toBeGreaterThanOrEqual(start + 30_000);
  expect(() => clock.advance(-1)).toThrow("forward");
});

test("the offset survives a restart, also one in the middle of an advance", async () => {
  const folder = mkdtempSync(join(tmpdir(), "clock-"));
  const file = join(folder, "store.sqlite");
  const first = openStore(file);
  const clock = makeClock({}, first);
  await clock.advance(3_600);
  const middle = addSeconds(clock.now(), 1_000);
  clock.at(middle, () => {
    // What a process would find that starts after this one was killed right here.
    const other = openStore(file);
    expect(createSandboxClock(other).now().getTime()).toBeGreaterThanOrEqual(middle.getTime());
    other.close();
  });
  await clock.advance(2_000);
  clock.stop();
  first.close();
  const again = openStore(file);
  const behind = Date.now() + 5_600_000 - createSandboxClock(again).now().getTime();
  expect(Math.abs(behind)).toBeLessThan(1_000);
  again.close();
  rmSync(folder, { recursive: true, force: true });
});

test("many timers cost little", async () => {
  const clock = makeClock();
  const start = clock.now();
  let runs = 0;
  for (let index = 0; index < 5_000; index += 1)
    clock.at(addSeconds(start, (index * 7_919) % 5_000), () => {
      runs += 1;
    });
  await clock.advance(5_000);
  expect(runs).toBe(5_000);
});
