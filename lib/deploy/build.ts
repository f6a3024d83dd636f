import { existsSync, globSync } from "node:fs";
import { cp, mkdir, rm, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { environmentVariables } from "../config/environment.ts";
import { type BundledEntry, bundle } from "./bundle.ts";
import { FUNCTIONS, type FunctionSpec, OCR_FOLDER } from "./functions.ts";

/** What a cold start may have to read. */
export const MAX_FIRST_LOAD_BYTES = 1_000_000;

export interface BuildOptions {
  /** The project's root. */
  root: string;
  /** Made anew. */
  outdir: string;
  functions?: readonly FunctionSpec[];
  maxFirstLoadBytes?: number;
  /** `RECEIPT_OCR_DATA`: stands in for the data of npm where a function has some. */
  ocrData?: string | undefined;
}

export interface BuiltFunction {
  spec: FunctionSpec;
  /** The `.func` folder. */
  directory: string;
  bundled: BundledEntry;
}

/** A build that must not be deployed. The message says what to do about it. */
class BuildRefused extends Error {
  override readonly name = "BuildRefused";
}

/**
 * Writes a deployment in the form that Vercel takes as it is (Build Output API v3): one bundle per function with the
 * catalog's data beside it. `config.json` comes last: without it a broken build is no build.
 *
 * @throws BuildRefused, or esbuild's BuildFailure.
 * @see https://vercel.com/docs/build-output-api/v3
 */
export async function buildOutput(options: BuildOptions): Promise<BuiltFunction[]> {
  const { root, outdir, maxFirstLoadBytes = MAX_FIRST_LOAD_BYTES, ocrData } = options;
  const functions: readonly FunctionSpec[] = options.functions ?? FUNCTIONS;
  checkTable(root, functions);
  const data = ocrData === undefined ? undefined : ocrFiles(root, ocrData);
  await rm(outdir, { recursive: true, force: true });
  const built: BuiltFunction[] = [];
  for (const spec of functions) {
    const directory = join(outdir, "functions", "api", `${spec.name}.func`);
    built.push({ spec, directory, bundled: await buildFunction(spec, root, directory) });
    for (const [folder, sources] of Object.entries(spec.files ?? {})) {
      for (const source of folder === OCR_FOLDER ? (data ?? sources) : sources) {
        await cp(join(root, source), join(directory, folder, basename(source)));
      }
    }
  }
  for (const { spec, bundled } of built) checkSize(spec, bundled, maxFirstLoadBytes);
  await writeFiles(join(outdir, "static"), { "index.html": INDEX_PAGE });
  await writeFiles(outdir, { "config.json": toJson(deploymentConfig(functions)) });
  return built;
}

async function buildFunction(spec: FunctionSpec, root: string, directory: string): Promise<BundledEntry> {
  // The program looks for `../catalog/` from its own file, in the project (lib/) as here (api/).
  const entryPoints = { index: spec.source, ...spec.threads };
  const { entries } = await bundle({ root, entryPoints, outdir: join(directory, "api") });
  const bundled = entries.get("index");
  if (bundled === undefined) throw new BuildRefused(`${spec.source} gave no bundle.`);
  await cp(join(root, "catalog"), join(directory, "catalog"), { recursive: true });
  await writeFiles(directory, {
    "package.json": toJson({ type: "module" }),
    ".vc-config.json": toJson(functionConfig(spec)),
  });
  return bundled;
}

/** Every language in the operator's folder, from the project's root. */
function ocrFiles(root: string, folder: string): string[] {
  const files = globSync("*.traineddata.gz", { cwd: join(root, folder) });
  if (!files.includes("eng.traineddata.gz")) {
    throw new BuildRefused(
      `RECEIPT_OCR_DATA: ${folder} has no eng.traineddata.gz; without the variable npm's is taken.`,
    );
  }
  return files.map((file) => join(folder, file));
}

function functionConfig(spec: FunctionSpec): object {
  return {
    runtime: "nodejs24.x",
    handler: "api/index.mjs",
    launcherType: "Nodejs",
    // The helpers would read the body before us; signatures are made over its exact bytes.
    shouldAddHelpers: false,
    supportsResponseStreaming: true,
    maxDuration: spec.maxDurationSeconds,
    memory: spec.memoryMb,
    regions: spec.regions,
  };
}

function deploymentConfig(functions: readonly FunctionSpec[]): object {
  const crons = functions.flatMap(({ name, crons = [] }) =>
    crons.map((schedule) => ({ path: `/api/${name}`, schedule })),
  );
  return {
    version: 3,
    routes: [
      { handle: "filesystem" },
      // Reached only by what the file system did not answer: the same paths with a slash at the end.
      ...functions.map(({ name }) => ({ src: `^/api/${name}/?$`, dest: `/api/${name}` })),
    ],
    ...(crons.length === 0 ? {} : { crons }),
  };
}

/** A file in api/ without a row would be left out of the deployment without a word. */
function checkTable(root: string, functions: readonly FunctionSpec[]): void {
  const sources = new Set(functions.map(({ source }) => source));
  for (const file of globSync("api/**/*.ts", { cwd: root })) {
    if (!sources.has(file)) throw new BuildRefused(`${file} has no row in lib/deploy/functions.ts: add one.`);
  }
  for (const { name, source } of functions) {
    if (!existsSync(join(root, source))) throw new BuildRefused(`The function ${name} needs ${source}: it is missing.`);
  }
}

function checkSize({ name }: FunctionSpec, { firstLoadBytes, weights }: BundledEntry, maxBytes: number): void {
  if (firstLoadBytes <= maxBytes) return;
  const heaviest = weights.slice(0, 3).map((weight) => `${weight.name} ${inKilobytes(weight.bytes)}`);
  throw new BuildRefused(
    `The function ${name} reads ${inKilobytes(firstLoadBytes)} at a cold start, over its budget of ${inKilobytes(maxBytes)}. ` +
      `Heaviest: ${heaviest.join(", ")}. Import what is rarely needed with import(), or leave it out.`,
  );
}

async function writeFiles(directory: string, files: Readonly<Record<string, string>>): Promise<void> {
  await mkdir(directory, { recursive: true });
  for (const [name, text] of Object.entries(files)) await writeFile(join(directory, name), text);
}

const toJson = (value: object): string => `${JSON.stringify(value, null, 2)}\n`;
const inKilobytes = (bytes: number): string => `${Math.ceil(bytes / 1_000)} KB`;

const INDEX_PAGE = `<!doctype html>
<html lang="ru">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta name="robots" content="noindex">
<title>Telegram-бот</title>
<p>Здесь работает Telegram-бот. Страниц на этом адресе нет: пользоваться ботом можно только в Telegram.</p>
<p lang="en">A Telegram bot runs here. There are no pages at this address: the bot is used inside Telegram.</p>
</html>
`;

async function main(): Promise<void> {
  const root = fileURLToPath(new URL("../../", import.meta.url));
  try {
    const ocrData = environmentVariables()["RECEIPT_OCR_DATA"]?.trim() || undefined;
    for (const { spec, bundled } of await buildOutput({ root, outdir: join(root, ".vercel", "output"), ocrData })) {
      const { firstLoadBytes, totalBytes } = bundled;
      console.log(
        `api/${spec.name}: ${inKilobytes(firstLoadBytes)} at a cold start, ${inKilobytes(totalBytes)} in all`,
      );
    }
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  }
}

if (import.meta.main) await main();
