import { BUGS } from "./bugs.ts";
import type { Order } from "./fleet.ts";
import { takeOverGlobals } from "./globals.ts";
import { type History, writeHistory } from "./history.ts";
import { installHooks } from "./hooks.ts";

/** A process that lives through one world after the other: seeds come in, reports go out. */
const [databaseUrl = "", bugId] = process.argv.slice(2);
const bug = BUGS.find(({ id }) => id === bugId);
if (bugId !== undefined && bug === undefined) throw new Error(`there is no bug ${bugId}`);
installHooks(bug);
takeOverGlobals();
// Only now: the product is loaded through the hooks.
const { openWorkshop } = await import("./workshop.ts");
const { runWorld } = await import("./world.ts");
const workshop = await openWorkshop(databaseUrl);

process.on("message", ({ seed, historyFile }: Order) => {
  const keep = historyFile === undefined ? undefined : (history: History) => writeHistory(historyFile, history);
  runWorld(seed, workshop, keep).then(
    (report) => process.send?.({ report }),
    (error: unknown) => process.send?.({ seed, failure: error instanceof Error ? error.stack : String(error) }),
  );
});
process.on("disconnect", () => process.exit());
process.send?.({ ready: true });
