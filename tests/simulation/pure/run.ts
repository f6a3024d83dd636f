import { once } from "node:events";
import { pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { Worker } from "node:worker_threads";
import { type Explored, together, type Violation } from "./explore.ts";
import type { Part } from "./explorers.ts";

export interface PureReport {
  seed: number;
  sequences: number;
  steps: number;
  byKind: Readonly<Record<Part["kind"], { sequences: number; steps: number }>>;
  /** One for each broken rule. */
  violations: readonly Violation[];
  seconds: number;
}

/** One per core of the machine that the figures are for. */
const THREADS = 2;
/** Lives are many and short, so they get more of the sequences; a dialogue takes thirty times as long. */
const KINDS = ["life", "life", "talk"] as const satisfies readonly Part["kind"][];

/**
 * Explores the life of generations with its money, and the dialogue over the real catalog:
 * in memory, in two threads, with no database, network or clock. The same seed and number give the same sequences.
 */
export async function runPure({ sequences, seed }: { sequences: number; seed: number }): Promise<PureReport> {
  const startedAt = performance.now();
  const threads = Array.from({ length: THREADS }, (_each, thread) =>
    KINDS.map((kind, index): Part => {
      const part = cut({ from: 0, count: sequences }, KINDS.length, index);
      return { kind, seed, ...cut(part, THREADS, thread) };
    }),
  );
  const found = (await Promise.all(threads.map(runThread))).flat();
  const of = (kind: Part["kind"]) =>
    together(found.filter((each) => each.kind === kind).map(({ explored }) => explored));
  const all = together([of("life"), of("talk")]);
  const figures = (kind: Part["kind"]) => ({ sequences: of(kind).sequences, steps: of(kind).steps });
  return {
    seed,
    ...all,
    byKind: { life: figures("life"), talk: figures("talk") },
    seconds: (performance.now() - startedAt) / 1000,
  };
}

type Found = { kind: Part["kind"]; explored: Explored };

async function runThread(parts: readonly Part[]): Promise<Found[]> {
  const worker = new Worker(new URL("./worker.ts", import.meta.url), { workerData: parts });
  const [found]: Found[][] = await once(worker, "message");
  return found ?? [];
}

/** One of so many nearly equal pieces. */
function cut({ from, count }: { from: number; count: number }, pieces: number, piece: number) {
  const start = Math.floor((count * piece) / pieces);
  return { from: from + start, count: Math.floor((count * (piece + 1)) / pieces) - start };
}

/** For a terminal; money in a history is written as `63n`. */
export function toldViolation({ kind, rule, detail, seed, sequence, times }: Violation): string {
  const steps = sequence.map((step, index) => `  ${index + 1}. ${toldStep(step)}`);
  return [`${kind}: «${rule}» is broken ${times} times, first by seed ${seed}: ${detail}`, ...steps].join("\n");
}

function toldStep(step: unknown): string {
  const text = JSON.stringify(step, (_key, value: unknown) => (typeof value === "bigint" ? `${value}n` : value));
  return text.length > 300 ? `${text.slice(0, 300)}…` : text;
}

export function toldReport({ seed, sequences, steps, byKind, violations, seconds }: PureReport): string {
  const { life, talk } = byKind;
  return [
    ...violations.map(toldViolation),
    `seed ${seed}: ${sequences} sequences (${life.sequences} lives, ${talk.sequences} dialogues), ${steps} steps, ` +
      `${violations.length} rules broken, ${seconds.toFixed(1)} s`,
  ].join("\n");
}

/** `node tests/simulation/pure/run.ts --sequences 100000 --seed 1` */
async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { sequences: { type: "string", default: "100000" }, seed: { type: "string", default: "1" } },
  });
  const report = await runPure({ sequences: Number(values.sequences), seed: Number(values.seed) });
  console.log(toldReport(report));
  process.exitCode = report.violations.length > 0 ? 1 : 0;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) await main();
