import { fileURLToPath } from "node:url";
import { bundle } from "../deploy/bundle.ts";

/**
 * First half of `npm start`: makes one file of the local server. Unbundled, the database library alone costs half a
 * second and 200 MB at import. The program still finds its data beside its sources.
 */
const root = new URL("../../", import.meta.url);
await bundle({
  root: fileURLToPath(root),
  entryPoints: { main: "lib/sandbox/main.ts" },
  outdir: fileURLToPath(new URL("node_modules/.cache/sandbox/", root)),
  minify: false,
  sourceMaps: "linked",
  keepSourceUrls: true,
  external: ["pg-native"],
});
