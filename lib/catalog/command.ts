import { once } from "node:events";
import { createReadStream } from "node:fs";
import { parseArgs } from "node:util";
import { describeEntry, listedEntry, listLine, shownEntry } from "./listing.ts";
import { type Catalog, type CatalogEntry, createCatalog, readSurcharges } from "./load.ts";
import { isSold } from "./offers.ts";
import { creditsToKopecks, type Pricing } from "./quote.ts";
import { checkLine, indexEntries } from "./request-check.ts";

const USAGE = `npm run -s catalog -- check [file …]        JSON lines {"id","api","request","facts"?} in, one answer per line out
npm run -s catalog -- list [--all] [--json] everything that is sold, with parameters and prices; --all: the rest too, and why
npm run -s catalog -- show <key or id> [--json]
Prices: --rate 0.39295 (roubles per credit) --multiplier 2`;

/** Answers are written in blocks: one write per line would be most of the work. */
const BLOCK_CHARACTERS = 65_536;

/** Writes and waits while the reader is slow. */
async function write(text: string): Promise<void> {
  if (!process.stdout.write(text)) await once(process.stdout, "drain");
}

/**
 * The lines of a stream, without a byte order mark. `node:readline` also breaks at U+2028, which may stand inside a
 * JSON text.
 */
async function* linesOf(chunks: AsyncIterable<string>): AsyncGenerator<string[]> {
  let rest = "";
  let isFirst = true;
  for await (const chunk of chunks) {
    const lines = (rest + (isFirst ? chunk.replace(/^\uFEFF/, "") : chunk)).split("\n");
    isFirst = false;
    rest = lines.pop() ?? "";
    if (lines.length > 0) yield lines;
  }
  if (rest !== "") yield [rest];
}

async function check(catalog: Catalog, pricing: Pricing, files: readonly string[]): Promise<void> {
  const index = indexEntries(catalog);
  const inputs =
    files.length > 0 ? files.map((file) => createReadStream(file, "utf8")) : [process.stdin.setEncoding("utf8")];
  for (const input of inputs) {
    let block = "";
    for await (const lines of linesOf(input)) {
      for (const line of lines) {
        const answer = checkLine(line, index, pricing);
        if (answer !== null) block += `${JSON.stringify(answer)}\n`;
        if (block.length < BLOCK_CHARACTERS) continue;
        await write(block);
        block = "";
      }
      // Whoever talks to us line by line waits for the answer.
      if (block !== "") await write(block);
      block = "";
    }
  }
}

async function list(catalog: Catalog, pricing: Pricing, all: boolean, asJson: boolean): Promise<void> {
  const sold = entriesOf(catalog).filter(({ entry }) => all || isSold(entry));
  if (asJson)
    return write(
      `${JSON.stringify(
        sold.map((each) => listedEntry(each, pricing)),
        null,
        2,
      )}\n`,
    );
  await write(sold.map((each) => `${listLine(each, pricing)}\n`).join(""));
}

async function show(catalog: Catalog, pricing: Pricing, name: string, asJson: boolean): Promise<boolean> {
  const found = entriesOf(catalog).filter(({ entry }) => entry.key === name || entry.route.id === name);
  if (found.length === 0) {
    console.error(`No model with the id or key ${name} is known.`);
    return false;
  }
  if (asJson)
    await write(
      `${JSON.stringify(
        found.map((each) => shownEntry(each, pricing)),
        null,
        2,
      )}\n`,
    );
  else await write(`${found.map((each) => describeEntry(each, pricing)).join("\n\n")}\n`);
  return true;
}

function entriesOf(catalog: Catalog): CatalogEntry[] {
  return catalog.entryKeys().flatMap((key) => catalog.entry(key) ?? []);
}

async function main(): Promise<boolean> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      rate: { type: "string", default: "0.39295" },
      multiplier: { type: "string", default: "2" },
      json: { type: "boolean", default: false },
      all: { type: "boolean", default: false },
    },
  });
  const directory = new URL("../../catalog/", import.meta.url);
  const surcharges = readSurcharges(directory);
  const pricing: Pricing = { creditToRub: values.rate, multiplier: values.multiplier, surcharges };
  // Refuses what is no number before anything is printed.
  creditsToKopecks(1, pricing);
  const catalog = createCatalog(directory);
  const [command, ...names] = positionals;
  const [name] = names;
  if (command === "check") await check(catalog, pricing, names);
  else if (command === "list" && name === undefined) await list(catalog, pricing, values.all, values.json);
  else if (command === "show" && name !== undefined) return show(catalog, pricing, name, values.json);
  else {
    console.error(USAGE);
    return false;
  }
  return true;
}

// A reader that has seen enough (`| head`) is no error.
process.stdout.on("error", (error: NodeJS.ErrnoException) => process.exit(error.code === "EPIPE" ? 0 : 1));
try {
  if (!(await main())) process.exitCode = 1;
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
