import { postponeQueued, readLine } from "../../db/queue.ts";
import { QUEUE_NET_SECONDS } from "../../generation/schedule.ts";
import { addSeconds } from "../../shared/clock.ts";
import type { App } from "../app.ts";
import { advanceGeneration } from "../generation/advance.ts";
import { createRate, planDrain } from "./plan.ts";

/** Who had to give up their turn leave places for the next: so often the line is read again. */
const MAX_ROUNDS = 3;
/** Their files are in memory until they are stored. */
const AT_ONCE = 4;

/**
 * Takes as many to KIE as there are places, first who is first in the line of everybody. Doubled or late calls meet the
 * same guards as everything else.
 *
 * @returns how many were tried.
 */
export async function drainQueue(app: App): Promise<{ tried: number }> {
  let tried = 0;
  for (let round = 0; round < MAX_ROUNDS; round += 1) {
    const line = await readLine(app.database, {
      rate: createRate(app.config),
      runningLimit: app.config.MAX_RUNNING_PER_USER,
      now: app.clock.now(),
    });
    if (line.isPaused || line.heads.length === 0) break;
    if (line.places <= 0) {
      await planDrain(app, line.freeAt);
      break;
    }
    const heads = line.heads.slice(0, line.places);
    for (let start = 0; start < heads.length; start += AT_ONCE) {
      await Promise.all(heads.slice(start, start + AT_ONCE).map((generationId) => goOrStepAside(app, generationId)));
    }
    tried += heads.length;
  }
  if (tried > 0) app.log.info("queue.drained", { tried });
  return { tried };
}

/** One generation in trouble must not keep everybody behind it waiting. */
async function goOrStepAside(app: App, generationId: string): Promise<void> {
  try {
    await advanceGeneration(app, generationId);
  } catch (error) {
    app.log.error("queue.head-failed", { generationId, error });
    await postponeQueued(app.database, { generationId, dueAt: addSeconds(app.clock.now(), QUEUE_NET_SECONDS) });
  }
}
