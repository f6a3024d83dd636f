import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { buildOutput, MAX_FIRST_LOAD_BYTES } from "../../lib/deploy/build.ts";
import { type BundledEntry, bundle } from "../../lib/deploy/bundle.ts";
import { type ImportReading, importOnce } from "./import-once.ts";
import { type BenchOptions, type BenchSection, median, type Reading } from "./section.ts";

const MAX_IMPORT_RATIO = 1.25;
const MAX_EXTRA_MB = 10;

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const EMPTY = "empty function";
const DEPENDENCIES = "dependencies only";

/**
 * Size, import time and memory of every deployed function beside an empty one and a bundle of the same dependencies.
 * Milliseconds of one machine say little: the budgets are ratios within one run.
 */
export const coldStart: BenchSection = {
  name: "cold-start",
  title: "Cold start of the bundled functions",
  async run(options) {
    const folder = await mkdtemp(join(tmpdir(), "bench-"));
    try {
      const subjects = await makeSubjects(folder);
      return [...sizes(subjects), ...(await times(subjects, options))];
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  },
};

type Subjects = ReadonlyMap<string, BundledEntry>;

async function makeSubjects(folder: string): Promise<Subjects> {
  const yardsticks = await bundle({
    root: ROOT,
    entryPoints: { empty: "tests/bench/empty-function.ts", dependencies: "tests/bench/dependencies-only.ts" },
    outdir: join(folder, "yardsticks"),
  });
  const empty = yardsticks.entries.get("empty");
  const dependencies = yardsticks.entries.get("dependencies");
  if (empty === undefined || dependencies === undefined) throw new Error("the yardsticks were not bundled");
  // The gate of the build would end the bench before it has shown by how much a function is too large.
  const built = await buildOutput({ root: ROOT, outdir: join(folder, "output"), maxFirstLoadBytes: Infinity });
  const functions = built.map(({ spec, bundled }) => [`api/${spec.name}`, bundled] as const);
  for (const [name, bundled] of functions) checkFairness(name, bundled, dependencies);
  return new Map([[EMPTY, empty], [DEPENDENCIES, dependencies], ...functions]);
}

/** Against a yardstick without one of its packages a function would look too heavy for a wrong reason. */
function checkFairness(name: string, bundled: BundledEntry, dependencies: BundledEntry): void {
  const known = new Set(dependencies.weights.map((weight) => weight.name));
  const missing = bundled.weights
    .map((weight) => weight.name)
    .filter((owner) => !known.has(owner) && !/^(api|lib)(\/|$)/.test(owner));
  if (missing.length > 0) {
    throw new Error(`${name} loads ${missing.join(", ")}: add that to tests/bench/dependencies-only.ts`);
  }
}

function sizes(subjects: Subjects): Reading[] {
  return [...subjects].flatMap(([name, { firstLoadBytes, totalBytes }]): Reading[] => {
    const firstLoad = { name: `${name}: first load`, value: firstLoadBytes / 1_000, unit: "KB" } as const;
    if (isYardstick(name)) return [firstLoad];
    return [
      { ...firstLoad, budget: MAX_FIRST_LOAD_BYTES / 1_000 },
      { name: `${name}: with what is loaded later`, value: totalBytes / 1_000, unit: "KB" },
    ];
  });
}

async function times(subjects: Subjects, { rounds }: BenchOptions): Promise<Reading[]> {
  const readings = new Map<string, ImportReading[]>([...subjects.keys()].map((name) => [name, []]));
  const order = [...subjects];
  // One round more than is counted: the first one reads the files from disk.
  for (let round = 0; round <= rounds; round++) {
    for (const [name, { file }] of order) {
      const reading = await importOnce(file);
      if (round > 0) readings.get(name)?.push(reading);
    }
    // Nobody is always the first after another's end.
    order.push(...order.splice(0, 1));
  }
  const importMs = (name: string) => median((readings.get(name) ?? []).map((reading) => reading.importMs));
  const rssMb = (name: string) => median((readings.get(name) ?? []).map((reading) => reading.rssBytes / 1_000_000));

  return [...subjects.keys()].flatMap((name): Reading[] => {
    const own: Reading[] = [
      { name: `${name}: import`, value: importMs(name), unit: "ms" },
      { name: `${name}: memory after it`, value: rssMb(name), unit: "MB" },
    ];
    if (isYardstick(name)) return own;
    return [
      ...own,
      {
        name: `${name}: import against ${DEPENDENCIES}`,
        value: importMs(name) / importMs(DEPENDENCIES),
        unit: "×",
        budget: MAX_IMPORT_RATIO,
      },
      {
        name: `${name}: memory above ${DEPENDENCIES}`,
        value: rssMb(name) - rssMb(DEPENDENCIES),
        unit: "MB",
        budget: MAX_EXTRA_MB,
      },
      { name: `${name}: import against ${EMPTY}`, value: importMs(name) / importMs(EMPTY), unit: "×" },
      { name: `${name}: memory above ${EMPTY}`, value: rssMb(name) - rssMb(EMPTY), unit: "MB" },
    ];
  });
}

const isYardstick = (name: string): boolean => name === EMPTY || name === DEPENDENCIES;
