import { dueGenerations, rollUp } from "../../db/sweeps.ts";
import { addSeconds } from "../../shared/clock.ts";
import type { App } from "../app.ts";
import { keepInSync } from "../catalog/sync.ts";
import { advanceGeneration } from "../generation/advance.ts";
import { markHealth } from "../health/mark.ts";
import { sendOutbox } from "../outbox/send.ts";
import { sweepBank } from "../payments/bank-admin.ts";
import { reconcileStars } from "../payments/stars-reconcile.ts";
import { wakeReceipts } from "../receipts/wake.ts";
import { keepReconciled } from "../reconcile/run.ts";
import { alertLateHolds } from "../reconcile/stale-holds.ts";

const BATCH = 50;
/** Leaves room before the function's own limit. */
const BUDGET_SECONDS = 45;

/**
 * Finishes whatever is due, from state alone: the net under callbacks, jobs and deferred work. Overlapping sweeps
 * meet the same guards as everything else.
 */
export async function sweep(app: App): Promise<{ advanced: number; sent: number }> {
  const endsAt = addSeconds(app.clock.now(), BUDGET_SECONDS);
  let advanced = 0;
  for (const generationId of await dueGenerations(app.database, { dueBefore: app.clock.now(), limit: BATCH })) {
    if (app.clock.now() >= endsAt) break;
    try {
      await advanceGeneration(app, generationId);
      advanced += 1;
    } catch (error) {
      // One generation in trouble must not keep the others waiting; it stays due.
      app.log.error("sweep.generation-failed", { generationId, error });
    }
  }
  await sweepBank(app);
  await keepReconciled(app, endsAt);
  await alertLateHolds(app);
  const sent = await sendOutbox(app);
  await reconcileStars(app);
  await rollUp(app.database, app.clock.now());
  await wakeReceipts(app);
  await markHealth(app);
  await keepInSync(app);
  app.log.info("sweep.done", { advanced, sent });
  return { advanced, sent };
}
