import { globSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { catalogFaults } from "./consistency.ts";
import { familySchema } from "./entry.ts";
import { type FamilyFile, indexFamilies } from "./family-index.ts";

/**
 * Every family file (`<vendor>/<family>.json`) below a catalog directory, parsed by the schema.
 *
 * @throws ZodError on the first file that does not fit.
 */
export function readFamilies(directory: URL): FamilyFile[] {
  return globSync("*/*.json", { cwd: fileURLToPath(directory) })
    .toSorted()
    .map((file) => {
      const json: unknown = JSON.parse(readFileSync(new URL(file, directory), "utf8"));
      return { file, family: familySchema.parse(json) };
    });
}

/** Writes catalog/index.json anew; refuses to when the data contradicts itself. */
function main(): void {
  const directory = new URL("../../catalog/", import.meta.url);
  const files = readFamilies(directory);
  const faults = catalogFaults(files.map(({ family }) => family));
  if (faults.length > 0) {
    console.error(faults.join("\n"));
    process.exitCode = 1;
    return;
  }
  writeFileSync(new URL("index.json", directory), `${JSON.stringify(indexFamilies(files), null, 2)}\n`);
  console.log(`catalog/index.json: ${files.length} families`);
}

if (import.meta.main) main();
