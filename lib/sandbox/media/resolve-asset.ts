import { createRequire } from "node:module";
import { join } from "node:path";

/**
 * Absolute path of a file inside an installed package, e.g. `@resvg/resvg-wasm/index_bg.wasm`.
 *
 * The sandbox may run from its sources or as one bundled file in another directory, so the search starts at the running
 * module and then at the working directory.
 *
 * @throws Error when the package is not installed beside either of them.
 */
export function resolveAsset(specifier: string): string {
  // A bundle in CommonJS form has no `import.meta.url`, whatever its type says.
  const moduleUrl: string | undefined = import.meta.url;
  const starts = [...(moduleUrl ? [moduleUrl] : []), join(process.cwd(), "package.json")];
  for (const start of starts) {
    try {
      return createRequire(start).resolve(specifier);
    } catch {
      // The next place may have it; when none has, the error below names the file.
    }
  }
  throw new Error(`${specifier} is not installed beside ${starts.join(" or ")}`);
}
