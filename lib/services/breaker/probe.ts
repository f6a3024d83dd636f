import { firstForTrial, readPause, resumeSelling, takeProbe } from "../../db/breaker.ts";
import { readGeneration } from "../../db/generations.ts";
import { wakeQueue } from "../../db/queue.ts";
import {
  MIN_CREDITS,
  needsTrial,
  OUTSIDE_CAUSES,
  type Pause,
  pauseCauseOf,
  probeGapSeconds,
} from "../../generation/breaker.ts";
import { addSeconds } from "../../shared/clock.ts";
import type { App } from "../app.ts";
import { advanceGeneration } from "../generation/advance.ts";
import { planDrain } from "../queue/plan.ts";
import { planProbe } from "./open.ts";

export type ProbeAnswer = "not-paused" | "not-due" | "still-paused" | "resumed";

/**
 * Tries whether selling can go on, when it is time to: KIE's balance is asked for with our key, and where that proves
 * too little, one waiting generation is let through. What is found ends the pause and wakes everything that waits, or
 * plans the next try. Many at once: one of them tries.
 */
export async function probeSelling(app: App): Promise<ProbeAnswer> {
  const pause = await readPause(app.database);
  if (pause === null) return "not-paused";
  const now = app.clock.now();
  if (now < pause.nextProbeAt) return "not-due";
  const gapSeconds = probeGapSeconds(pause.probes + 1);
  const isMine = await takeProbe(app.database, { pause, nextProbeAt: addSeconds(now, gapSeconds), now });
  if (!isMine) return "not-due";
  const log = app.log.child({ cause: pause.cause, probes: pause.probes + 1 });
  if (!(await isAccountWell(app)) || (needsTrial(pause.cause) && !(await trialSucceeds(app)))) {
    log.info("selling.still-paused");
    await planProbe(app, gapSeconds);
    return "still-paused";
  }
  await resume(app, pause);
  return "resumed";
}

/** Ends a pause, whoever found that it can end, and lets what waited go. */
export async function resume(app: App, pause: Pause): Promise<void> {
  const now = app.clock.now();
  const adminIds = app.config.ADMIN_ID;
  const payload = { name: "selling-resumed", code: pause.code };
  const isMine = await resumeSelling(app.database, { pause, adminIds, payload, now });
  // Also after a process died between the two: whoever is late wakes nobody twice.
  const woken = await wakeQueue(app.database, now);
  app.log.info("selling.resumed", { cause: pause.cause, isMine, woken });
  if (woken > 0) await planDrain(app, now);
}

async function isAccountWell(app: App): Promise<boolean> {
  try {
    const credits = await app.kie.credits();
    app.log.info("selling.credits", { credits });
    return credits >= MIN_CREDITS;
  } catch (error) {
    app.log.warn("selling.no-credits-answer", { error });
    return false;
  }
}

/** Lets the first that may go through. Where nothing waits there is nothing to learn from, and the next customer tries. */
async function trialSucceeds(app: App): Promise<boolean> {
  const generationId = await firstForTrial(app.database, { runningLimit: app.config.MAX_RUNNING_PER_USER });
  if (generationId === null) return true;
  try {
    await advanceGeneration(app, generationId, { isTrial: true });
  } catch (error) {
    app.log.error("selling.trial-failed", { generationId, error });
    return false;
  }
  const after = await readGeneration(app.database, generationId);
  app.log.info("selling.trial", { generationId, state: after?.state, failure: after?.failure });
  switch (after?.state) {
    case undefined:
    // Sent back, or its create call was not answered.
    case "queued":
    case "submitting":
      return false;
    case "failed":
      // A refusal of this request alone is an answer as good as any.
      return after.failure !== null && pauseCauseOf(after.failure) === null && !OUTSIDE_CAUSES.includes(after.failure);
    default:
      return true;
  }
}
