import { expect, test } from "vitest";
import { FAILURE_CAUSES } from "../../../lib/faults/causes.ts";
import { isFailing, needsTrial, PAUSE_CAUSES, pauseCauseOf, probeGapSeconds } from "../../../lib/generation/breaker.ts";

test("C6: selling pauses for what is wrong with our account or with everything, never for one request", () => {
  expect(FAILURE_CAUSES.filter((cause) => pauseCauseOf(cause) !== null)).toEqual([
    "no-credits",
    "key-cap",
    "maintenance",
    "authorization",
  ]);
});

test("G8: tries come after 1, 2, 4, 8 and then every 15 minutes", () => {
  expect([0, 1, 2, 3, 4, 5, 99].map((probes) => probeGapSeconds(probes) / 60)).toEqual([1, 2, 4, 8, 15, 15, 15]);
});

test("G8: over half of at least eight failing is trouble; few numbers prove nothing", () => {
  expect(isFailing({ counted: 7, failed: 7 })).toBe(false);
  expect(isFailing({ counted: 8, failed: 4 })).toBe(false);
  expect(isFailing({ counted: 8, failed: 5 })).toBe(true);
  expect(isFailing({ counted: 1_000, failed: 500 })).toBe(false);
  expect(isFailing({ counted: 0, failed: 0 })).toBe(false);
});

test("C6: the balance proves enough after an empty account or a wrong key; everything else takes a trial", () => {
  expect(PAUSE_CAUSES.filter(needsTrial)).toEqual(["key-cap", "maintenance", "failures"]);
});
