import type { Config } from "../../config/config.ts";
import type { Rate } from "../../db/queue.ts";
import type { App } from "../app.ts";

/** Creates per account, over all instances, in any ten seconds. KIE refuses the 21st. */
export function createRate(config: Config): Rate {
  return { name: "kie-create", limit: config.KIE_CREATES_PER_10_SECONDS, windowSeconds: 10 };
}

/**
 * One job for the moment at which somebody of the line can go, however many were refused before it. Losing it costs time
 * only; where the queue can not be reached although somebody could go now, the line moves here.
 */
export async function planDrain(app: App, freeAt: Date): Promise<void> {
  const now = app.clock.now();
  const delaySeconds = Math.max(0, Math.ceil((freeAt.getTime() - now.getTime()) / 1000));
  const slot = Math.ceil(Math.max(freeAt.getTime(), now.getTime()) / 1000);
  try {
    await app.queue.publish({ name: "drain-queue" }, { delaySeconds, deduplicationId: `drain-${slot}` });
  } catch (error) {
    app.log.warn("queue.publish-failed", { job: "drain-queue", error });
    if (delaySeconds > 0) return;
    app.defer("drain queue", async () => {
      const { drainQueue } = await import("./drain.ts");
      await drainQueue(app);
    });
  }
}
