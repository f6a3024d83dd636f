import { nextLookSeconds } from "../../generation/schedule.ts";
import type { App } from "../app.ts";

/** Plans the first job of a new generation: submits it if nobody has, else looks at its task. Losing it costs time only. */
export async function publishFirstLook(app: App, generationId: string): Promise<void> {
  // The mock answers in seconds and never calls back.
  const delaySeconds = app.config.mockKie ? 5 : nextLookSeconds(0, null);
  try {
    await app.queue.publish(
      { name: "advance-generation", generationId },
      { delaySeconds, deduplicationId: `first-${generationId}` },
    );
  } catch (error) {
    app.log.warn("queue.publish-failed", { generationId, error });
  }
}
