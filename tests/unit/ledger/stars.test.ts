import fc from "fast-check";
import { expect, test } from "vitest";
import { kopecksOfStars, starsFor } from "../../../lib/ledger/stars.ts";

test.each([
  ["1.5", 10_000n, 67],
  ["1.5", 30_000n, 200],
  ["1.5", 30_001n, 201],
  ["1", 100n, 1],
  ["2", 100n, 1],
  ["0.01", 100n, 100],
  ["1.82345678", 50_000n, 275],
])("F1: at %s ₽ a Star, %s kopecks cost %s Stars", (rate, kopecks, stars) => {
  expect(starsFor(kopecks, rate)).toBe(stars);
});

test.each([
  ["1.5", 200, 30_000n],
  ["1.5", 67, 10_050n],
  ["0.333", 10, 333n],
  ["0.00001", 1, 1n],
])("F1: at %s ₽ a Star, %s Stars are worth %s kopecks", (rate, stars, kopecks) => {
  expect(kopecksOfStars(stars, rate)).toBe(kopecks);
});

const rates = fc
  .tuple(fc.integer({ min: 0, max: 999_999 }), fc.integer({ min: 1, max: 99_999_999 }))
  .map(([whole, part]) => `${whole}.${String(part).padStart(8, "0")}`);

test("F1: a sum costs as many Stars as are worth it, and not one more", () => {
  fc.assert(
    fc.property(rates, fc.bigInt({ min: 1n, max: 10_000_000n }), (rate, kopecks) => {
      const stars = starsFor(kopecks, rate);
      // Rounding down to the kopeck may hide less than one.
      expect(kopecksOfStars(stars, rate) + 1n).toBeGreaterThan(kopecks - 1n);
      if (stars > 1) expect(kopecksOfStars(stars - 1, rate)).toBeLessThanOrEqual(kopecks);
    }),
    { numRuns: 500 },
  );
});
