/** One deployed function, served at `/api/<name>`. */
export interface FunctionSpec {
  name: string;
  /** Entry point with its web handlers (`export const POST = …`), from the project's root. */
  source: string;
  /** The platform kills a call after this time; work handed to waitUntil counts. */
  maxDurationSeconds: number;
  memoryMb: number;
  regions: readonly string[];
  /** Cron expressions in UTC. Vercel never repeats a failed one: only for what may be skipped. */
  crons?: readonly string[];
}

/** Beside the database: each round trip to it then takes about a millisecond. */
const REGIONS = ["fra1"] as const;
/** What the platform gives a function of one CPU anyway; a delivery holds up to 50 MB of media per call. */
const MEMORY_MB = 2_048;

/**
 * Every function of the deployment: the one place where their limits stand. No crons: QStash holds the schedule of the
 * sweeper, because it repeats what failed and may run more often than once a day on every plan.
 */
export const FUNCTIONS = [
  {
    name: "telegram",
    source: "api/telegram.ts",
    maxDurationSeconds: 60,
    memoryMb: MEMORY_MB,
    regions: REGIONS,
  },
  {
    name: "kie",
    source: "api/kie.ts",
    maxDurationSeconds: 60,
    memoryMb: MEMORY_MB,
    regions: REGIONS,
  },
  {
    name: "jobs",
    source: "api/jobs.ts",
    maxDurationSeconds: 300,
    memoryMb: MEMORY_MB,
    regions: REGIONS,
  },
  {
    name: "health",
    source: "api/health.ts",
    maxDurationSeconds: 30,
    memoryMb: MEMORY_MB,
    regions: REGIONS,
  },
] as const satisfies readonly FunctionSpec[];

export type FunctionName = (typeof FUNCTIONS)[number]["name"];
