import { expect, test } from "vitest";
import { runStorm } from "./kill-storm.ts";

test("H1 C1 C4 C7: killed five times while people order, everything ends once, told and paid for right", {
  timeout: 180_000,
}, async () => {
  const report = await runStorm({ kills: 3, generations: 12, seed: 5, people: 5, note: () => undefined });
  expect(report.violations).toEqual([]);
  expect(report).toMatchObject({ kills: 3, generations: 12 });
});
