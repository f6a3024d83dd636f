import { leaseBatch, readBatch } from "../../db/batch-delivery.ts";
import type { OwnedBatch } from "../../db/batch-json.ts";
import { nextJobSeconds } from "../../generation/batch.ts";
import { isRunning } from "../../generation/life-cycle.ts";
import { LEASE_SECONDS } from "../../generation/schedule.ts";
import { addSeconds } from "../../shared/clock.ts";
import { type App, withLogFields } from "../app.ts";
import { withCatalog } from "../catalog/current.ts";
import { advanceGeneration } from "../generation/advance.ts";
import { deliverBatch } from "./deliver.ts";
import { showProgress } from "./progress.ts";

/**
 * Does what a batch owes now, from its state alone: its delivery; or, while items are under way, those of them that are
 * due, and the next job. The one verb behind every job and the sweeper; doubled or late calls find nothing to do.
 */
export async function advanceBatch(anyApp: App, batchId: string): Promise<void> {
  const batch = await readBatch(anyApp.database, batchId);
  if (batch === null || batch.toldAt !== null) return;
  const app = await withCatalog(withLogFields(anyApp, { batchId }), batch.catalogRevision);
  if (batch.remaining > 0) return await pursueItems(app, batch);
  const now = app.clock.now();
  const isMine = await leaseBatch(app.database, { batchId, now, leaseUntil: addSeconds(now, LEASE_SECONDS) });
  if (isMine) await deliverBatch(app, { ...batch, deliveryAttempts: batch.deliveryAttempts + 1 });
}

async function pursueItems(app: App, batch: OwnedBatch): Promise<void> {
  const { mockKie, MAX_RUNNING_PER_USER } = app.config;
  const now = app.clock.now();
  // First the next job: whatever goes wrong with an item is looked at again.
  const ageSeconds = (now.getTime() - batch.createdAt.getTime()) / 1000;
  const delaySeconds = nextJobSeconds(ageSeconds, mockKie);
  await wakeBatch(app, batch.id, { delaySeconds, slot: `${Math.floor(now.getTime() / (delaySeconds * 1000))}` });
  const running = batch.items.filter(({ state }) => isRunning(state));
  const due = running.filter(({ dueAt }) => mockKie || (dueAt !== null && dueAt <= now));
  const queued = batch.items.filter(({ state }) => state === "queued");
  const free = queued.slice(0, Math.max(0, MAX_RUNNING_PER_USER - running.length));
  for (const { id: generationId } of [...due, ...free]) {
    try {
      await advanceGeneration(app, generationId);
    } catch (error) {
      // One item in trouble must not keep the others waiting; it stays due.
      app.log.error("batch.item-failed", { generationId, error });
    }
  }
  showProgress(app, batch.id);
}

/** Plans a job for a batch. Losing it costs time only. @param plan.slot Doubled jobs of one slot are one. */
export async function wakeBatch(
  app: App,
  batchId: string,
  plan: { delaySeconds: number; slot: string },
): Promise<void> {
  try {
    await app.queue.publish(
      { name: "advance-batch", batchId },
      { delaySeconds: plan.delaySeconds, deduplicationId: `batch-${batchId}-${plan.delaySeconds}-${plan.slot}` },
    );
  } catch (error) {
    app.log.warn("queue.publish-failed", { batchId, error });
  }
}
