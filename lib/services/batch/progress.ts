import { batchStatusView } from "../../conversation/batch/views.ts";
import { takeProgress } from "../../db/batch-delivery.ts";
import { PROGRESS_GAP_SECONDS } from "../../generation/batch.ts";
import { telegramKind } from "../../telegram/failure.ts";
import { toMessage } from "../../telegram/view-message.ts";
import type { App } from "../app.ts";
import { withCatalog } from "../catalog/current.ts";
import { wakeBatch } from "./advance.ts";
import { batchFacts, batchOwnerFacts } from "./facts.ts";

/**
 * Redraws the status message of a batch after news of an item, seldom enough for Telegram; news that came too soon is
 * drawn by a job. Only an edit, and after everything else: a delivery never waits for it, or fails with it.
 */
export function showProgress(anyApp: App, batchId: string): void {
  anyApp.defer("show batch progress", async () => {
    const now = anyApp.clock.now();
    const batch = await takeProgress(anyApp.database, { batchId, gapSeconds: PROGRESS_GAP_SECONDS, now });
    if (batch === null) return;
    if (batch === "too-soon") {
      const slot = `${Math.floor(now.getTime() / (PROGRESS_GAP_SECONDS * 1000))}`;
      return await wakeBatch(anyApp, batchId, { delaySeconds: PROGRESS_GAP_SECONDS, slot });
    }
    if (batch.statusMessageId === null) return;
    const app = await withCatalog(anyApp, batch.catalogRevision);
    const view = batchStatusView(batchFacts(batch), batchOwnerFacts(app, batch), app.catalog);
    try {
      await app.telegram.call("editMessageText", {
        chat_id: batch.userId,
        message_id: batch.statusMessageId,
        ...toMessage(view, 0),
      });
    } catch (error) {
      const kind = telegramKind(error);
      // It looks so already, or the user removed it: nothing is missing.
      if (kind !== "not-modified" && kind !== "message-gone") throw error;
    }
  });
}
