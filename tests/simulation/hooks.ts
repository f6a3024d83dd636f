import { readFileSync } from "node:fs";
import { registerHooks } from "node:module";
import { fileURLToPath } from "node:url";

/** One line of the product written differently, while it is loaded: the file on disk stays as it is. */
export interface Patch {
  /** From the project's root. */
  file: string;
  find: string;
  replace: string;
}

const ROOT = new URL("../../", import.meta.url);
const NODE_FETCH = new URL("lib/deploy/node-fetch.ts", ROOT).href;

/**
 * What must be in place before the product is loaded: telegraf's HTTP goes through `fetch`, as in every bundle of it, and
 * a deliberate bug replaces its line.
 */
export function installHooks(patch: Patch | undefined): void {
  const patched = patch === undefined ? undefined : new URL(patch.file, ROOT).href;
  registerHooks({
    resolve: (specifier, context, next) =>
      specifier === "node-fetch"
        ? { url: NODE_FETCH, format: "module-typescript", shortCircuit: true }
        : next(specifier, context),
    load(url, context, next) {
      if (patch === undefined || url !== patched) return next(url, context);
      const source = readFileSync(fileURLToPath(url), "utf8");
      if (source.split(patch.find).length !== 2) throw new Error(`${patch.file} does not have it once: ${patch.find}`);
      const { format = "module-typescript" } = next(url, context);
      return { format, source: source.replace(patch.find, () => patch.replace), shortCircuit: true };
    },
  });
}
