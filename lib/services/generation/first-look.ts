import type { Category } from "../../catalog/categories.ts";
import type { Config } from "../../config/config.ts";
import { nextLookSeconds } from "../../generation/schedule.ts";
import type { App } from "../app.ts";
import { categoryOf } from "./ways.ts";

/** Seconds from ✅ to the first job of a generation, where our own history is not at hand. */
export function firstLookDelay(config: Config, category: Category): number {
  // The mock answers in seconds and never calls back.
  return config.mockKie ? 5 : nextLookSeconds(0, null, category);
}

/** Plans the first job of a new generation: submits it if nobody has, else looks at its task. Losing it costs time only. */
export async function publishFirstLook(app: App, generation: { id: string; entryKey?: string }): Promise<void> {
  const { id, entryKey } = generation;
  const category = entryKey === undefined ? "image" : categoryOf(app.catalog, { entryKey });
  await publish(app, id, firstLookDelay(app.config, category), `first-${id}`);
}

/** The same for one whose first job came while it still waited in the queue. */
export async function publishLook(app: App, generationId: string, delaySeconds: number): Promise<void> {
  const slot = Math.floor(app.clock.now().getTime() / 1000);
  await publish(app, generationId, app.config.mockKie ? 5 : delaySeconds, `claimed-${generationId}-${slot}`);
}

async function publish(app: App, generationId: string, delaySeconds: number, deduplicationId: string): Promise<void> {
  try {
    await app.queue.publish({ name: "advance-generation", generationId }, { delaySeconds, deduplicationId });
  } catch (error) {
    app.log.warn("queue.publish-failed", { generationId, error });
  }
}
