import { execFile } from "node:child_process";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { bundle } from "../../../lib/deploy/bundle.ts";

const run = promisify(execFile);
let root: string;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "bundle-"));
  const files = {
    "main.ts": [
      'import { read } from "./part.ts";',
      'if (import.meta.main) console.log(read(), typeof (await import("./late.ts")).late);',
    ].join("\n"),
    "part.ts": [
      'import { readFileSync } from "node:fs";',
      'export const read = () => readFileSync(new URL("part.txt", import.meta.url), "utf8");',
      'if (import.meta.main) console.log("part is not the program");',
    ].join("\n"),
    "late.ts": `export const late = ${JSON.stringify("x".repeat(5_000))};`,
    "outside.ts": 'export { thing } from "somewhere";',
    "broken.ts": 'import { missing } from "./part.ts"; console.log(missing);',
    "part.txt": "привет",
  };
  for (const [name, text] of Object.entries(files)) await writeFile(join(root, name), text);
});
afterAll(() => rm(root, { recursive: true, force: true }));

test("what is imported dynamically counts to the total, not to the first load", async () => {
  const { entries } = await bundle({ root, entryPoints: { main: "main.ts" }, outdir: join(root, "split") });
  const main = entries.get("main");
  expect(main?.firstLoadBytes).toBeLessThan(2_000);
  expect(main?.totalBytes).toBeGreaterThan(5_000);
});

test("a program that runs beside its sources finds their files, and only its entry is the main program", async () => {
  const { entries } = await bundle({
    root,
    entryPoints: { main: "main.ts" },
    outdir: join(root, "elsewhere", "deep"),
    keepSourceUrls: true,
  });
  const { stdout } = await run(process.execPath, [entries.get("main")?.file ?? ""]);
  expect(stdout).toBe("привет string\n");
});

test("readable output with source maps, and packages left outside", async () => {
  const { entries } = await bundle({
    root,
    entryPoints: { outside: "outside.ts" },
    outdir: join(root, "outside"),
    minify: false,
    sourceMaps: "linked",
    external: ["somewhere"],
  });
  expect((await readdir(join(root, "outside"))).toSorted()).toEqual(["outside.mjs", "outside.mjs.map"]);
  const text = await readFile(entries.get("outside")?.file ?? "", "utf8");
  expect(text).toContain('from "somewhere";\n');
  expect(text).toContain("//# sourceMappingURL=outside.mjs.map");
});

test("an import of nothing stops the bundler with file and line", async () => {
  await expect(bundle({ root, entryPoints: { broken: "broken.ts" }, outdir: join(root, "broken") })).rejects.toThrow(
    /broken\.ts:1:\d+: ERROR: No matching export/,
  );
});
