import fc from "fast-check";
import { expect, test } from "vitest";
import { discounted, inProportion } from "../../../lib/ledger/discounts.ts";
import { moscowDay, moscowHour, nextMoscowDay, nextMoscowHour } from "../../../lib/ledger/moscow.ts";

test.each([
  [63n, 15, 54n],
  [63n, 10, 57n],
  [1_240n, 15, 1_054n],
  [1n, 50, 1n],
  [3n, 50, 2n],
  [10n, 99, 1n],
  [500n, 100, 1n],
  [0n, 15, 0n],
])("F5: %s kopecks less %s %% are %s", (kopecks, percent, expected) => {
  expect(discounted(kopecks, percent)).toBe(expected);
});

test("F5: a discounted price is above zero, never above the price, and half a kopeck at most beside the exact one", () => {
  fc.assert(
    fc.property(fc.bigInt(1n, 10n ** 12n), fc.integer({ min: 1, max: 100 }), (kopecks, percent) => {
      const left = discounted(kopecks, percent);
      expect(left >= 1n && left <= kopecks).toBe(true);
      const apart = left * 100n - kopecks * BigInt(100 - percent);
      expect((apart <= 50n && apart > -50n) || left === 1n).toBe(true);
    }),
  );
});

test("F5: the real figure of a measured job follows the agreed price", () => {
  expect(inProportion(900n, { agreed: 850n, full: 1_000n })).toBe(765n);
  expect(inProportion(900n, { agreed: 1_000n, full: 1_000n })).toBe(900n);
  expect(inProportion(900n, { agreed: 1_000n, full: 0n })).toBe(900n);
});

test("F6: a Moscow day begins at 21:00 UTC of the day before", () => {
  expect(moscowDay(new Date("2026-11-20T20:59:59Z"))).toBe("2026-11-20");
  expect(moscowDay(new Date("2026-11-20T21:00:00Z"))).toBe("2026-11-21");
  expect(moscowHour(new Date("2026-11-20T21:00:00Z"))).toBe("2026-11-21T00");
  expect(nextMoscowDay(new Date("2026-11-20T20:59:59Z"))).toEqual(new Date("2026-11-20T21:00:00Z"));
  expect(nextMoscowDay(new Date("2026-11-20T21:00:00Z"))).toEqual(new Date("2026-11-21T21:00:00Z"));
  expect(nextMoscowHour(new Date("2026-11-20T21:00:00Z"))).toEqual(new Date("2026-11-20T22:00:00Z"));
});
