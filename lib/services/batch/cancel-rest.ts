import type { Effect } from "../../conversation/types.ts";
import { cancelRest } from "../../db/batches.ts";
import { transition } from "../../generation/life-cycle.ts";
import { LEASE_SECONDS } from "../../generation/schedule.ts";
import { addSeconds } from "../../shared/clock.ts";
import type { App } from "../app.ts";

/**
 * Takes back what still waits of a batch, where a step orders it. Safe to repeat.
 * @returns null when nothing was ordered. `isComplete`: nothing of the batch is under way any more, and the caller, who
 *   holds the lease, has it delivered.
 */
export async function cancelRestOf(
  app: App,
  userId: number,
  effects: readonly Effect[],
): Promise<{ batchId: string; isComplete: boolean } | null> {
  const order = effects.find((effect) => effect.kind === "cancel-rest");
  if (order === undefined) return null;
  const cancelled = transition("queued", "cancelled");
  if (cancelled === null) throw new Error("what waits can be cancelled");
  const { batchId } = order;
  const now = app.clock.now();
  const answer = await cancelRest(app.database, {
    batchId,
    userId,
    to: cancelled.to,
    leaseUntil: addSeconds(now, LEASE_SECONDS),
    now,
  });
  const kopecks = answer.kopecks.toString();
  app.log.info("batch.rest-cancelled", { batchId, count: answer.cancelled, kopecks, isComplete: answer.isComplete });
  return { batchId, isComplete: answer.isComplete };
}
