import { dueBatches } from "../../db/batch-delivery.ts";
import { dueGenerations, rollUp } from "../../db/sweeps.ts";
import { addSeconds } from "../../shared/clock.ts";
import type { App } from "../app.ts";
import { sweepArchive } from "../archive/sweep.ts";
import { advanceBatch } from "../batch/advance.ts";
import { watchSelling } from "../breaker/watch.ts";
import { keepInSync } from "../catalog/sync.ts";
import { advanceGeneration } from "../generation/advance.ts";
import { markHealth } from "../health/mark.ts";
import { sendOutbox } from "../outbox/send.ts";
import { sweepBank } from "../payments/bank-admin.ts";
import { reconcileStars } from "../payments/stars-reconcile.ts";
import { drainQueue } from "../queue/drain.ts";
import { wakeReceipts } from "../receipts/wake.ts";
import { keepReconciled } from "../reconcile/run.ts";
import { alertLateHolds } from "../reconcile/stale-holds.ts";

const BATCH = 50;
/** Leaves room before the function's own limit. */
const BUDGET_SECONDS = 45;

/** Done by every visit, in this order. A number that comes back is how many things were finished. */
const CHORES: Readonly<Record<string, (app: App, endsAt: Date) => Promise<unknown>>> = {
  generations: sweepGenerations,
  queue: drainQueue,
  selling: watchSelling,
  batches: sweepBatches,
  bank: sweepBank,
  books: keepReconciled,
  "late-holds": alertLateHolds,
  outbox: sendOutbox,
  stars: reconcileStars,
  "roll-up": (app) => rollUp(app.database, app.clock.now()),
  receipts: wakeReceipts,
  health: markHealth,
  archive: sweepArchive,
  catalog: keepInSync,
};

/**
 * Finishes whatever is due, from state alone: the net under callbacks, jobs and deferred work. Overlapping sweeps
 * meet the same guards as everything else. A chore in trouble does not keep the others from being done.
 */
export async function sweep(app: App): Promise<{ done: Readonly<Record<string, number>>; failed: readonly string[] }> {
  const endsAt = addSeconds(app.clock.now(), BUDGET_SECONDS);
  const done: Record<string, number> = {};
  const failed: string[] = [];
  for (const [chore, run] of Object.entries(CHORES)) {
    try {
      const finished = await run(app, endsAt);
      if (typeof finished === "number" && finished > 0) done[chore] = finished;
    } catch (error) {
      failed.push(chore);
      app.log.error("sweep.chore-failed", { chore, error });
    }
  }
  // A database that is away is worth another delivery; one chore waits for the next visit.
  if (failed.length === Object.keys(CHORES).length) throw new Error("nothing of the sweep could be done");
  app.log.info("sweep.done", { ...done, failed });
  return { done, failed };
}

async function sweepGenerations(app: App, endsAt: Date): Promise<number> {
  const due = await dueGenerations(app.database, { dueBefore: app.clock.now(), limit: BATCH });
  return await advanceEach(app, endsAt, due, "generation", advanceGeneration);
}

/** Deliveries of batches that are owed: their items, while under way, are due by themselves. */
async function sweepBatches(app: App, endsAt: Date): Promise<number> {
  const due = await dueBatches(app.database, { dueBefore: app.clock.now(), limit: BATCH });
  return await advanceEach(app, endsAt, due, "batch", advanceBatch);
}

/** One of them in trouble must not keep the others waiting; it stays due. */
async function advanceEach(
  app: App,
  endsAt: Date,
  ids: readonly string[],
  what: "generation" | "batch",
  advance: (app: App, id: string) => Promise<void>,
): Promise<number> {
  let advanced = 0;
  for (const id of ids) {
    if (app.clock.now() >= endsAt) break;
    try {
      await advance(app, id);
      advanced += 1;
    } catch (error) {
      app.log.error(`sweep.${what}-failed`, { [`${what}Id`]: id, error });
    }
  }
  return advanced;
}
