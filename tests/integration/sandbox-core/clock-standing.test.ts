import { setTimeout as sleep } from "node:timers/promises";
import { expect, onTestFinished, test } from "vitest";
import { createSandboxClock } from "../../../lib/sandbox/clock.ts";
import { openStore } from "../../../lib/sandbox/store.ts";
import { addSeconds } from "../../../lib/shared/clock.ts";

function standingClock(store = openStore(":memory:")) {
  const clock = createSandboxClock(store, { standsStill: true });
  onTestFinished(() => clock.stop());
  return clock;
}

test("no time passes by itself, however long one waits", async () => {
  const clock = standingClock();
  const start = clock.now().getTime();
  await sleep(30);
  expect(clock.now().getTime()).toBe(start);
});

test("what is due now, or was before, runs at once without an advance, but never inside the call that sets it", async () => {
  const clock = standingClock();
  const seen: string[] = [];
  clock.at(clock.now(), () => void seen.push("now"));
  clock.at(new Date(0), () => void seen.push("past"));
  expect(seen).toEqual([]);
  await expect.poll(() => seen, { interval: 2 }).toEqual(["past", "now"]);
});

test("a later timer waits for an advance, and sees exactly its own moment", async () => {
  const clock = standingClock();
  const start = clock.now();
  const seen: number[] = [];
  clock.at(addSeconds(start, 0.001), () => void seen.push(clock.now().getTime() - start.getTime()));
  clock.at(addSeconds(start, 10), () => void seen.push(clock.now().getTime() - start.getTime()));
  await sleep(30);
  expect(seen).toEqual([]);
  await clock.advance(9.999);
  expect(seen).toEqual([1]);
  await sleep(20);
  expect(seen).toEqual([1]);
  await clock.advance(0.001);
  expect(seen).toEqual([1, 10_000]);
  expect(clock.now().getTime()).toBe(start.getTime() + 10_000);
});

test("two advances at once add up to the millisecond, and what one sets the other wakes", async () => {
  const clock = standingClock();
  const start = clock.now().getTime();
  const seen: number[] = [];
  clock.at(new Date(start + 4_000), () => {
    seen.push(clock.now().getTime() - start);
    clock.at(new Date(start + 7_000), () => void seen.push(clock.now().getTime() - start));
  });
  await Promise.all([clock.advance(5), clock.advance(5)]);
  expect(seen).toEqual([4_000, 7_000]);
  expect(clock.now().getTime()).toBe(start + 10_000);
});

test("a cancelled timer never runs, also when another one keeps the moment", async () => {
  const clock = standingClock();
  const seen: string[] = [];
  const due = addSeconds(clock.now(), 5);
  const handle = clock.at(due, () => void seen.push("cancelled"));
  clock.at(due, () => void seen.push("kept"));
  const atOnce = clock.at(clock.now(), () => void seen.push("cancelled at once"));
  atOnce.cancel();
  handle.cancel();
  handle.cancel();
  await clock.advance(5);
  await sleep(10);
  expect(seen).toEqual(["kept"]);
});

test("the moment survives a restart of the store, as far as it was moved", async () => {
  const store = openStore(":memory:");
  const clock = standingClock(store);
  await clock.advance(86_400);
  expect(standingClock(store).now().getTime()).toBeGreaterThanOrEqual(clock.now().getTime());
});
