import { type OwnedBatch, ownedItem } from "../../db/batch-json.ts";
import { firstJobSeconds } from "../../generation/batch.ts";
import type { App } from "../app.ts";
import { advanceGeneration } from "../generation/advance.ts";
import { advanceBatch, wakeBatch } from "./advance.ts";
import { showProgress } from "./progress.ts";

/**
 * Begins with a batch that was just bought: as many items as may run go to KIE at once, the others follow as places
 * become free. First the net, then the jump: a process that dies in between is found by the job.
 *
 * @param created the batch; or its id where only that is known, because a repeated ✅ found it.
 */
export async function startBatch(app: App, created: OwnedBatch | { id: string }): Promise<void> {
  await wakeBatch(app, created.id, { delaySeconds: firstJobSeconds(app.config.mockKie), slot: "first" });
  if (!("items" in created)) return await advanceBatch(app, created.id);
  const first = created.items.slice(0, app.config.MAX_RUNNING_PER_USER);
  const begun = await Promise.allSettled(first.map((item) => advanceGeneration(app, ownedItem(created, item))));
  for (const [index, { status, ...result }] of begun.entries()) {
    // It stays queued, and due: whoever comes next begins with it.
    if (status === "rejected") app.log.error("batch.item-failed", { generationId: first[index]?.id, ...result });
  }
  showProgress(app, created.id);
}
