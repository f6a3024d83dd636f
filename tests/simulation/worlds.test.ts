import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Databases, startDatabases } from "./databases.ts";
import { type Outcome, runSeeds } from "./fleet.ts";
import { reportOf, toldSimulation } from "./report.ts";

const WORLDS = 20;
/** The same worlds at every run of the same code; `npm run simulate` lives through others. */
const SEED = 20_261_121;

let databases: Databases;

beforeAll(async () => {
  databases = await startDatabases(2);
});
afterAll(() => databases.stop());

describe(`worlds from seed ${SEED} (npm run simulate -- --runs ${WORLDS} --seed ${SEED})`, () => {
  test(`C1 C7 D4 H7: ${WORLDS} worlds full of faults keep every promise`, { timeout: 300_000 }, async () => {
    const seeds = Array.from({ length: WORLDS }, (_, place) => SEED + place);
    const outcomes = await runSeeds(databases.urls, seeds);
    const report = reportOf(SEED, outcomes, 1);
    const told = toldSimulation(report);
    expect(report.failures, told).toEqual([]);
    expect(report.violations, told).toEqual([]);
    expect(report.losses, told).toBe(0);
    expect(report.duplicates, told).toBeLessThanOrEqual(report.excuses);
    // Worlds in which nothing happens, or nothing goes wrong, promise nothing.
    expect(report.deliveries, told).toBeGreaterThan(5 * WORLDS);
    expect(report.failuresTold, told).toBeGreaterThan(WORLDS);
    expect(report.faultsInjected, told).toBeGreaterThan(10 * WORLDS);
  });

  test("H7: the same seed gives the same history in another process, and another seed another one", {
    timeout: 120_000,
  }, async () => {
    const lives = await Promise.all(databases.urls.map((url) => runSeeds([url], [SEED, SEED + 1])));
    const [first, second] = lives.map((outcomes) => outcomes.map(hashOf));
    expect(first).toEqual(second);
    expect(new Set(first)).toHaveProperty("size", 2);
  });
});

function hashOf(outcome: Outcome): string {
  return "report" in outcome ? outcome.report.historyHash : outcome.failure;
}
