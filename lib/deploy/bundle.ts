import { readFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { build, type Message, type Metafile, type Plugin } from "esbuild";

export interface BundleOptions {
  /** Name of the output (without `.mjs`) → source file, from `root`. */
  entryPoints: Readonly<Record<string, string>>;
  /** Everything lands directly in this folder, chunks too, so that `new URL("../x", import.meta.url)` means one place. */
  outdir: string;
  /** The project's root, where `node_modules` is. */
  root: string;
  /** Default true. */
  minify?: boolean;
  /** Writes source maps: `linked` ones are found by `--enable-source-maps`, `external` ones only by hand. Default: none. */
  sourceMaps?: "linked" | "external";
  /** Packages that stay imports and are read from node_modules at run time. */
  external?: readonly string[];
  /**
   * For programs that run where their sources are: `import.meta.url` of every file stays that of its source, and only an
   * entry point can be `import.meta.main`. Not for a deployment: the paths of this machine get into the bundle.
   */
  keepSourceUrls?: boolean;
}

export interface BundledEntry {
  /** The entry's file. */
  file: string;
  /** The entry and the chunks that it imports statically: what a cold start reads. */
  firstLoadBytes: number;
  /** With the chunks of dynamic imports. */
  totalBytes: number;
  /** What the first load consists of, heaviest first: a package's name, or a folder of the project. */
  weights: readonly { name: string; bytes: number }[];
  /** The project's own files in the first load, in order of their paths. */
  sources: readonly string[];
}

export interface BundleReport {
  /** By the names of `entryPoints`. */
  entries: ReadonlyMap<string, BundledEntry>;
  /** One line each, with file and line. */
  warnings: readonly string[];
}

/** CommonJS packages call `require` for Node's own modules; an ES module has none. */
const REQUIRE_BANNER =
  "import{createRequire as __createRequire}from'node:module';const require=__createRequire(import.meta.url);";

/**
 * Bundles entry points into ES modules for Node 24. Dynamic imports become chunks that are read when first used. Names are
 * not kept: nothing in the bundle depends on the name of a function or class once node-fetch is replaced.
 *
 * @throws esbuild's BuildFailure, whose message lists every error with file and line.
 */
export async function bundle(options: BundleOptions): Promise<BundleReport> {
  const { entryPoints, outdir, root, minify = true, sourceMaps, external = [], keepSourceUrls = false } = options;
  const sources = Object.values(entryPoints).map((source) => join(root, source));
  const result = await build({
    absWorkingDir: root,
    entryPoints: { ...entryPoints },
    outdir,
    bundle: true,
    splitting: true,
    platform: "node",
    target: "node24",
    format: "esm",
    minify,
    sourcemap: sourceMaps ?? false,
    external: [...external],
    // CommonJS packages look for their files beside themselves: in a bundle that is beside the bundle.
    define: { __dirname: "import.meta.dirname" },
    alias: { "node-fetch": fileURLToPath(new URL("node-fetch.ts", import.meta.url)) },
    plugins: keepSourceUrls ? [sourceUrls(sources)] : [],
    banner: { js: REQUIRE_BANNER },
    outExtension: { ".js": ".mjs" },
    entryNames: "[name]",
    chunkNames: "[name]-[hash]",
    // Else every Cyrillic letter would be written as six bytes.
    charset: "utf8",
    legalComments: "none",
    metafile: true,
    logLevel: "silent",
  });
  const entries = new Map<string, BundledEntry>();
  for (const name of Object.keys(entryPoints)) {
    const output = Object.keys(result.metafile.outputs).find((path) => basename(path) === `${name}.mjs`);
    if (output === undefined) throw new Error(`The bundler wrote no ${name}.mjs`);
    entries.set(name, { file: join(outdir, `${name}.mjs`), ...measure(result.metafile, output) });
  }
  return { entries, warnings: result.warnings.map(toLine) };
}

function sourceUrls(entryPoints: readonly string[]): Plugin {
  return {
    name: "source-urls",
    setup(build) {
      build.onLoad({ filter: /\.ts$/ }, async ({ path }) => {
        const text = await readFile(path, "utf8");
        const contents = text
          .replaceAll("import.meta.url", JSON.stringify(pathToFileURL(path).href))
          .replaceAll("import.meta.main", entryPoints.includes(path) ? "import.meta.main" : "false");
        return { contents, loader: "ts" };
      });
    },
  };
}

function measure(metafile: Metafile, entry: string): Omit<BundledEntry, "file"> {
  const firstLoad = reachable(metafile, entry, (kind) => kind !== "dynamic-import");
  const total = reachable(metafile, entry, () => true);
  const weights = new Map<string, number>();
  const sources = new Set<string>();
  for (const output of firstLoad) {
    for (const [input, { bytesInOutput }] of Object.entries(metafile.outputs[output]?.inputs ?? {})) {
      if (bytesInOutput === 0) continue;
      const name = ownerOf(input);
      weights.set(name, (weights.get(name) ?? 0) + bytesInOutput);
      if (!input.includes("node_modules/")) sources.add(input);
    }
  }
  return {
    firstLoadBytes: sizeOf(metafile, firstLoad),
    totalBytes: sizeOf(metafile, total),
    weights: [...weights].map(([name, bytes]) => ({ name, bytes })).toSorted((a, b) => b.bytes - a.bytes),
    sources: [...sources].toSorted(),
  };
}

function reachable(metafile: Metafile, entry: string, follows: (kind: string) => boolean): Set<string> {
  const found = new Set([entry]);
  // A Set is walked in order of insertion, what is added meanwhile included.
  for (const output of found) {
    for (const { path, kind, external } of metafile.outputs[output]?.imports ?? []) {
      if (external !== true && follows(kind)) found.add(path);
    }
  }
  return found;
}

function sizeOf(metafile: Metafile, outputs: Iterable<string>): number {
  let bytes = 0;
  for (const output of outputs) bytes += metafile.outputs[output]?.bytes ?? 0;
  return bytes;
}

/** `@scope/package` or `package` for an installed file, `lib/db` for one of ours. */
function ownerOf(input: string): string {
  const installed = /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(input)?.[1];
  return installed ?? input.split("/").slice(0, -1).slice(0, 2).join("/");
}

function toLine({ text, location }: Message): string {
  return location === null ? text : `${location.file}:${location.line}: ${text}`;
}
