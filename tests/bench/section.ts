/** One number of the bench. */
export interface Reading {
  /** What was measured, unique within its section. */
  name: string;
  value: number;
  unit: "ms" | "MB" | "KB" | "×" | "calls";
  /** The value may be at most this; absent = shown for information only. */
  budget?: number;
}

export interface BenchOptions {
  /** Repetitions of everything timed; medians are shown. */
  rounds: number;
}

/** A group of readings, measured in one go so that their ratios mean something. */
export interface BenchSection {
  /** For `--section`. */
  name: string;
  title: string;
  run(options: BenchOptions): Promise<Reading[]>;
}

/** Null when there is no budget to keep. */
export function isWithinBudget({ value, budget }: Reading): boolean | null {
  return budget === undefined ? null : value <= budget;
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const [low, high] = sorted.length % 2 === 0 ? [sorted[middle - 1], sorted[middle]] : [sorted[middle], sorted[middle]];
  if (low === undefined || high === undefined) throw new RangeError("the median of nothing");
  return (low + high) / 2;
}
