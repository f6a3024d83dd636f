import { LOOKS, type Outcome, readSample, samples } from "./samples.ts";

/**
 * What is read from 48 drawn receipts: `node tests/integration/receipts/table.ts`, about a minute. With `--text` also the
 * text of those whose sum was missed.
 */
const outcomes: Outcome[] = [];
for (const sample of samples()) outcomes.push(await readSample(sample));

const mark = (isRight: boolean): string => (isRight ? "yes" : "no");
const right = (of: readonly Outcome[], is: (outcome: Outcome) => boolean): string =>
  `${of.filter(is).length}/${of.length}`;

console.log("| look | layout | sum on it | sum read | sum | date and time | number |\n|---|---|---|---|---|---|---|");
for (const { sample, sum, sums, moment, number } of outcomes) {
  const read = sums.slice(0, 3).join(" ");
  console.log(
    `| ${sample.look} | ${sample.layout} | ${sample.sum} | ${read} | ${sum} | ${mark(moment)} | ${mark(number)} |`,
  );
}
console.log("\n| look | sum first | sum at all | date and time | number |\n|---|---|---|---|---|");
for (const look of [...LOOKS, "all"] as const) {
  const of = outcomes.filter(({ sample }) => look === "all" || sample.look === look);
  const cells = [
    right(of, ({ sum }) => sum === "first"),
    right(of, ({ sum }) => sum !== "missed"),
    right(of, ({ moment }) => moment),
    right(of, ({ number }) => number),
  ];
  console.log(`| ${look} | ${cells.join(" | ")} |`);
}
if (process.argv.includes("--text")) {
  for (const { sample, sum, moment, number, text } of outcomes) {
    if (sum !== "first" || !moment || !number) console.log(`\n${JSON.stringify(sample)}\n${text}`);
  }
}
