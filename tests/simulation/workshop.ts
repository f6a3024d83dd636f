import { globSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import pg from "pg";
import type { SandboxContext, SandboxStore } from "../../lib/sandbox/context.ts";
import { makeMp3 } from "../../lib/sandbox/media/make-mp3.ts";
import { makeMp4 } from "../../lib/sandbox/media/make-mp4.ts";
import { makePng } from "../../lib/sandbox/media/make-png.ts";
import { createNeonProxy } from "../../lib/sandbox/neon-proxy.ts";
import { openMemory } from "./memory.ts";
import type { Workshop } from "./world.ts";

/** What a worker makes once: connections, and one file of each kind in the place of all results. */
export async function openWorkshop(databaseUrl: string): Promise<Workshop> {
  const database = new pg.Client({ connectionString: databaseUrl });
  // The server is stopped by whoever started it, perhaps before this process.
  database.on("error", () => process.exit());
  await database.connect();
  const recipe = { text: "Маяк", width: 64, height: 64, seconds: 1, seed: 1 };
  const made = {
    png: await makePng(recipe),
    mp4: await makeMp4(recipe),
    mp3: await makeMp3(recipe),
  };
  await importAhead();
  // The proxy outlives the worlds, and with it its connections; clock and recorder are those of the world that is on.
  let current: SandboxContext | undefined;
  const now = () => current?.clock.now() ?? new Date(0);
  const neon = createNeonProxy({
    context: {
      clock: { now, at: () => ({ cancel: () => undefined }), advance: async () => undefined, stop: () => undefined },
      calls: { record: (call) => current?.calls.record(call), list: () => [], clear: () => undefined },
      note: (line) => current?.note(line),
    },
    connectionLimit: 4,
    keepsStatements: true,
  });
  return {
    databaseUrl,
    database,
    useNeon: (context) => {
      current = context;
      return neon;
    },
    openStore: () => withReadyResults(openMemory(), made),
  };
}

/** A store in which every result file is already there, with its own name behind its bytes. */
function withReadyResults(store: SandboxStore, made: Readonly<Record<string, Uint8Array>>): SandboxStore {
  return {
    ...store,
    getBlob: (id) => {
      const bytes = id.startsWith("kie-result/") ? made[id.split(".").at(-1) ?? ""] : undefined;
      return bytes === undefined ? store.getBlob(id) : Buffer.concat([bytes, Buffer.from(id)]);
    },
  };
}

const ROOT = new URL("../../", import.meta.url);
/** Receipts are read in threads of their own, and no person of the simulation sends one. */
const NOT_NEEDED = /^lib\/(sandbox|receipts|deploy|catalog\/command)/;

/**
 * Loads what the product loads when it first needs it: a file that is read in the middle of a world would take real time,
 * and the order of things would depend on it.
 */
async function importAhead(): Promise<void> {
  for (const file of globSync("lib/**/*.ts", { cwd: fileURLToPath(ROOT) })) {
    if (NOT_NEEDED.test(file)) continue;
    const source = readFileSync(new URL(file, ROOT), "utf8");
    for (const [, specifier = ""] of source.matchAll(/(?<!typeof )\bimport\("([^"]+)"\)/g)) {
      await import(specifier.startsWith(".") ? new URL(specifier, new URL(file, ROOT)).href : specifier);
    }
  }
}
