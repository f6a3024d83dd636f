import { parseArgs } from "node:util";
import { isWithinBudget } from "./section.ts";
import { SECTIONS } from "./sections.ts";
import { toTable } from "./table.ts";

/** Fewer fresh processes than this make a median that jumps. */
const MIN_ROUNDS = 7;

/**
 * Prints what everything costs beside its budget.
 * `--json` for a program, `--section name` for one section, `--rounds n` for steadier medians (at least 7; default 9).
 * Ends with code 1 when a budget is not kept.
 */
async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      json: { type: "boolean", default: false },
      section: { type: "string" },
      rounds: { type: "string", default: "9" },
    },
  });
  const rounds = Number(values.rounds);
  if (!Number.isInteger(rounds) || rounds < MIN_ROUNDS)
    throw new Error(`--rounds needs a whole number from ${MIN_ROUNDS}`);
  const sections = SECTIONS.filter(({ name }) => values.section === undefined || values.section === name);
  if (sections.length === 0) throw new Error(`--section knows ${SECTIONS.map(({ name }) => name).join(", ")}`);

  const results = [];
  for (const { name, title, run } of sections) {
    const readings = await run({ rounds });
    results.push({ name, title, readings: readings.map((one) => ({ ...one, passed: isWithinBudget(one) })) });
    if (!values.json) console.log(`${title}\n\n${toTable(readings)}\n`);
  }
  const passed = results.every(({ readings }) => readings.every((one) => one.passed !== false));
  if (values.json) console.log(JSON.stringify({ passed, rounds, sections: results }, null, 2));
  else console.log(passed ? "Every budget is kept." : "A budget is not kept.");
  process.exitCode = passed ? 0 : 1;
}

try {
  await main();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 2;
}
