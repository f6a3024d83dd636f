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
  /** Programs of its own threads: name of the file beside the entry point → source, from the project's root. */
  threads?: Readonly<Record<string, string>>;
  /** Files that it reads: folder inside the function → sources, from the project's root. */
  files?: Readonly<Record<string, readonly string[]>>;
}

/** Beside the database: each round trip to it then takes about a millisecond. */
const REGIONS = ["fra1"] as const;
/** What the platform gives a function of one CPU anyway; a delivery holds up to 50 MB of media per call. */
const MEMORY_MB = 2_048;

const TESSERACT = "node_modules/tesseract.js";
/** Folder of Tesseract's data inside a function. */
export const OCR_FOLDER = "ocr";

/**
 * Every function of the deployment: the one place where their limits stand. No crons: QStash holds the schedule of the
 * sweeper, because it repeats what failed and may run more often than once a day on every plan.
 */
export const FUNCTIONS = [
  {
    name: "telegram",
    source: "api/telegram.ts",
    // Telegram waits 60 s for an answer; files that somebody asked for go up after it.
    maxDurationSeconds: 300,
    memoryMb: MEMORY_MB,
    regions: REGIONS,
  },
  {
    name: "kie",
    source: "api/kie.ts",
    // Files that go up to Telegram in parts go on after the answer.
    maxDurationSeconds: 300,
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
    name: "receipts",
    source: "api/receipts.ts",
    // A cold start, a download of 20 MB, and one page that is hard to read.
    maxDurationSeconds: 120,
    // Reading takes 300 MB for about a second; more than 2 GB no function gets on every plan.
    memoryMb: MEMORY_MB,
    regions: REGIONS,
    threads: {
      "read-worker": "lib/receipts/read-worker.ts",
      "tesseract-worker": `${TESSERACT}/src/worker-script/node/index.js`,
    },
    files: {
      // The thread looks for them beside itself, and takes the one that the processor can run. (tesseract.js 7.0.0
      // means to take the smaller `-lstm` builds and does not: it compares a flag with a number.)
      api: ["-relaxedsimd", "-simd", ""].map((build) => `${TESSERACT}-core/tesseract-core${build}.wasm`),
      [OCR_FOLDER]: ["node_modules/@tesseract.js-data/eng/4.0.0_best_int/eng.traineddata.gz"],
    },
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
