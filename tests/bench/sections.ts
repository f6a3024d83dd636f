import { coldStart } from "./cold-start.ts";
import { ledgerPages } from "./ledger-pages.ts";
import { queue } from "./queue.ts";
import { roundTrips } from "./round-trips.ts";
import type { BenchSection } from "./section.ts";

/** Everything that the bench measures, one file each, in the order of the output. */
export const SECTIONS: readonly BenchSection[] = [roundTrips, ledgerPages, queue, coldStart];
