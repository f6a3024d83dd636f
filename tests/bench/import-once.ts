import { execFile } from "node:child_process";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import * as z from "zod";

const runFile = promisify(execFile);
const importSchema = z.object({ importMs: z.number(), rssBytes: z.number() });
export type ImportReading = z.infer<typeof importSchema>;

/** JavaScript as text, so that no loader of types is in the process that is measured. */
const PROGRAM = `
const started = performance.now();
await import(process.argv[1]);
const importMs = performance.now() - started;
console.log(JSON.stringify({ importMs, rssBytes: process.memoryUsage.rss() }));
process.exit();
`;

/** Imports a module in a fresh process. The time is that of the import alone; Node's own start comes before it. */
export async function importOnce(file: string): Promise<ImportReading> {
  const { stdout } = await runFile(
    process.execPath,
    ["--input-type=module", "--eval", PROGRAM, pathToFileURL(file).href],
    {
      env: {},
    },
  );
  return importSchema.parse(JSON.parse(stdout));
}
