import { readBatch } from "../../db/batch-delivery.ts";
import type { App } from "../app.ts";
import { deliverBatch } from "./deliver.ts";
import { showProgress } from "./progress.ts";

/**
 * What follows when an item of a batch that is not told yet became final. The last one brings the delivery of all, whose
 * lease the caller holds; the others change the progress only.
 */
export async function finishItem(app: App, batch: { id: string; isComplete: boolean }): Promise<void> {
  if (batch.isComplete) await deliverWhole(app, batch.id);
  else showProgress(app, batch.id);
}

/** Delivers a batch whose lease the caller holds. */
export async function deliverWhole(app: App, batchId: string): Promise<void> {
  const batch = await readBatch(app.database, batchId);
  if (batch !== null) await deliverBatch(app, batch);
}
