import { isWithinBudget, type Reading } from "./section.ts";

const DECIMALS: Record<Reading["unit"], number> = { ms: 1, MB: 1, KB: 0, "×": 2, calls: 0 };

function format(value: number, unit: Reading["unit"]): string {
  return `${value.toFixed(DECIMALS[unit])} ${unit}`;
}

function verdict(reading: Reading): string {
  const kept = isWithinBudget(reading);
  return kept === null ? "" : kept ? "pass" : "FAIL";
}

/** The readings as aligned lines: what, value, budget, verdict. */
export function toTable(readings: readonly Reading[]): string {
  const rows = readings.map((reading) => [
    reading.name,
    format(reading.value, reading.unit),
    reading.budget === undefined ? "" : `≤ ${format(reading.budget, reading.unit)}`,
    verdict(reading),
  ]);
  const widths = [0, 1, 2, 3].map((column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows
    .map((row) =>
      row
        .map((cell, column) => (column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0)))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}
