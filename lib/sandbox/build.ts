import { copyFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { bundle } from "../deploy/bundle.ts";

/**
 * First half of `npm start`: makes one file of the local server. Unbundled, the database library alone costs half a
 * second and 200 MB at import.
 */
const root = new URL("../../", import.meta.url);
const outdir = new URL("node_modules/.cache/sandbox/", root);
await bundle({
  root: fileURLToPath(root),
  entryPoints: { main: "lib/sandbox/main.ts" },
  outdir: fileURLToPath(outdir),
  minify: false,
  sourceMaps: "linked",
  external: ["pg-native"],
});
// The one file that the program reads from beside itself.
await copyFile(new URL("telegram/bot-api.generated.json", import.meta.url), new URL("bot-api.generated.json", outdir));
