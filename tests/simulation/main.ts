import { randomInt } from "node:crypto";
import { parseArgs } from "node:util";
import { findBugs, toldBugs } from "./bug-hunt.ts";
import { startDatabases } from "./databases.ts";
import { runSeeds } from "./fleet.ts";
import { runPure, toldReport } from "./pure/run.ts";
import { reportOf, type SimulationReport, toldSimulation } from "./report.ts";

/** One worker per core of the machine that the figures are for. */
const WORKERS = 2;
/** Pure sequences for each world, so that one number asks for both levels. */
const SEQUENCES_PER_WORLD = 200;
const MOST_SEED = 2 ** 31;

const { values: asked } = parseArgs({
  options: {
    runs: { type: "string", default: "20" },
    seed: { type: "string" },
    level: { type: "string", default: "worlds" },
    bugs: { type: "boolean", default: false },
    only: { type: "string" },
    history: { type: "string" },
    json: { type: "boolean", default: false },
  },
});

/**
 * `npm run simulate -- --runs N --seed S [--level worlds|pure|both] [--bugs [--only <id>]] [--json]`, and for one world
 * `--runs 1 --seed S --history <file>`, which gets all that happened in it.
 */
async function main(): Promise<boolean> {
  const seed = asked.seed === undefined ? randomInt(MOST_SEED) : Number(asked.seed);
  const runs = Number(asked.runs);
  if (!Number.isSafeInteger(seed) || !Number.isSafeInteger(runs) || runs < 1)
    throw new Error("--runs and --seed are numbers");
  if (asked.history !== undefined && runs > 1) throw new Error("--history is of one world: --runs 1");
  if (asked.bugs) return await huntBugs(seed);
  const told: Record<string, unknown> = {};
  let isGood = true;
  if (asked.level !== "worlds") {
    const report = await runPure({ sequences: runs * SEQUENCES_PER_WORLD, seed });
    isGood = report.violations.length === 0;
    told["pure"] = report;
    if (!asked.json) console.log(toldReport(report));
  }
  if (asked.level !== "pure") {
    const report = await simulateWorlds(seed, runs);
    isGood &&= report.violations.length === 0 && report.failures.length === 0;
    told["worlds"] = report;
    if (!asked.json) console.log(toldSimulation(report));
  }
  if (asked.json) console.log(JSON.stringify(told, jsonOf, 1));
  return isGood;
}

async function simulateWorlds(seed: number, runs: number): Promise<SimulationReport> {
  const databases = await startDatabases(Math.min(WORKERS, runs));
  try {
    const startedMs = performance.now();
    const seeds = Array.from({ length: runs }, (_, place) => (seed + place) % MOST_SEED);
    const outcomes = await runSeeds(
      databases.urls,
      seeds,
      asked.history === undefined ? {} : { historyFile: asked.history },
    );
    return reportOf(seed, outcomes, (performance.now() - startedMs) / 1_000);
  } finally {
    await databases.stop();
  }
}

async function huntBugs(seed: number): Promise<boolean> {
  const databases = await startDatabases(WORKERS);
  try {
    const found = await findBugs(databases.urls, seed, asked.only);
    console.log(asked.json ? JSON.stringify(found, jsonOf, 1) : toldBugs(found));
    return found.every(({ caughtBy }) => caughtBy !== null);
  } finally {
    await databases.stop();
  }
}

const jsonOf = (_key: string, value: unknown): unknown => (typeof value === "bigint" ? value.toString() : value);

process.exitCode = (await main()) ? 0 : 1;
