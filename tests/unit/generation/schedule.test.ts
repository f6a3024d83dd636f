import fc from "fast-check";
import { expect, test } from "vitest";
import { CATEGORIES } from "../../../lib/catalog/categories.ts";
import {
  deadlineSeconds,
  deliveryRetryAt,
  isLongerThanUsual,
  LEASE_SECONDS,
  nextLookSeconds,
  QUEUE_DEADLINE_SECONDS,
  RECORD_GRACE_SECONDS,
  submitRetrySeconds,
} from "../../../lib/generation/schedule.ts";

const TEN_MINUTES = 600;
const p90 = fc.option(fc.double({ min: 0, max: 100_000, noNaN: true }));

test("C4: the first look comes at the usual time, never before 45 s, never after ten minutes", () => {
  expect(nextLookSeconds(0, 20, "image")).toBe(45);
  expect(nextLookSeconds(0, 20, "video")).toBe(45);
  expect(nextLookSeconds(0, 130.4, "image")).toBe(131);
  expect(nextLookSeconds(0, 9_000, "video")).toBe(TEN_MINUTES);
});

test("C4: where nothing is known yet the first look comes when such a thing may be ready", () => {
  const first = Object.fromEntries(CATEGORIES.map((category) => [category, nextLookSeconds(0, null, category)]));
  expect(first).toEqual({ image: 45, tools: 60, audio: 90, music: 90, video: 120 });
});

test("C4: the gaps between looks only grow, in whole seconds, to ten minutes at most", () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 10_000 }), p90, fc.constantFrom(...CATEGORIES), (looks, usual, category) => {
      const gap = nextLookSeconds(looks, usual, category);
      expect(Number.isInteger(gap)).toBe(true);
      expect(gap).toBeGreaterThanOrEqual(30);
      expect(gap).toBeLessThanOrEqual(TEN_MINUTES);
      if (looks > 0) expect(nextLookSeconds(looks + 1, usual, category)).toBeGreaterThanOrEqual(gap);
    }),
    { numRuns: 2_000 },
  );
});

test("looks do not wear out: a task that never ends, with its extension, costs fewer than forty", () => {
  for (const category of CATEGORIES) {
    const end = 2 * deadlineSeconds(category);
    let looks = 0;
    for (let at = nextLookSeconds(0, null, category); at < end; at += nextLookSeconds(looks, null, category))
      looks += 1;
    expect(looks).toBeLessThan(40);
    expect(looks).toBeGreaterThan(5);
  }
});

test("C3: longer than usual is what takes longer than nine of ten, and nothing where nothing is known", () => {
  const submittedAt = new Date("2026-11-20T11:03:00Z");
  const usualSeconds = { p50: 40, p90: 70 };
  const after = (seconds: number) => new Date(submittedAt.getTime() + seconds * 1000);
  expect(isLongerThanUsual({ submittedAt, usualSeconds }, after(69))).toBe(false);
  expect(isLongerThanUsual({ submittedAt, usualSeconds }, after(70))).toBe(true);
  expect(isLongerThanUsual({ submittedAt, usualSeconds: null }, after(7_000))).toBe(false);
  expect(isLongerThanUsual({ submittedAt: null, usualSeconds }, after(7_000))).toBe(false);
});

test("every category has a deadline that leaves room for several looks", () => {
  expect(CATEGORIES.map((category) => [category, deadlineSeconds(category) / 60])).toEqual(
    expect.arrayContaining([
      ["image", 20],
      ["tools", 20],
      ["audio", 40],
      ["music", 40],
      ["video", 120],
    ]),
  );
  for (const category of CATEGORIES) expect(deadlineSeconds(category)).toBeGreaterThan(RECORD_GRACE_SECONDS + 45 * 4);
  expect([1, 2, 3, 9].map(submitRetrySeconds)).toEqual([15, 30, 60, 300]);
  expect(QUEUE_DEADLINE_SECONDS).toBeGreaterThan(submitRetrySeconds(99));
  expect(LEASE_SECONDS).toBeGreaterThan(60);
});

test("D4: a delivery is tried again after 5, 10, 20 … seconds, ten minutes at most, and never before Telegram says", () => {
  const now = new Date("2026-11-20T11:03:00Z");
  const waitOf = (attempts: number, told: number | null) =>
    (deliveryRetryAt(now, attempts, told).getTime() - now.getTime()) / 1000;
  expect([0, 1, 2, 3, 4].map((attempts) => waitOf(attempts, null))).toEqual([5, 5, 10, 20, 40]);
  expect(waitOf(1, 77)).toBe(77);
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 5_000 }), (attempts) => {
      const wait = waitOf(attempts, null);
      expect(wait).toBeGreaterThanOrEqual(5);
      expect(wait).toBeLessThanOrEqual(TEN_MINUTES);
      expect(waitOf(attempts + 1, null)).toBeGreaterThanOrEqual(wait);
    }),
  );
});

test("the tries of a delivery, until it is given up, take hours and not days", () => {
  const now = new Date("2026-11-20T11:03:00Z");
  let total = 0;
  for (let attempts = 1; attempts < 25; attempts += 1) {
    total += deliveryRetryAt(now, attempts, null).getTime() - now.getTime();
  }
  expect(total / 3_600_000).toBeGreaterThan(2);
  expect(total / 3_600_000).toBeLessThan(4);
});
