import { readPause } from "../../db/breaker.ts";
import { saveTaskId } from "../../db/generations.ts";
import type { OwnedGeneration } from "../../db/owned-generation.ts";
import { type Claim, claimForSubmit, postponeQueued, returnToQueue } from "../../db/queue.ts";
import { classify } from "../../faults/classify.ts";
import { PROBE_GAPS_SECONDS } from "../../generation/breaker.ts";
import {
  deadlineSeconds,
  nextLookSeconds,
  QUEUE_NET_SECONDS,
  queueDeadlineSeconds,
  submitRetrySeconds,
} from "../../generation/schedule.ts";
import { outcomeFault } from "../../kie/errors.ts";
import { addSeconds } from "../../shared/clock.ts";
import type { App } from "../app.ts";
import { pauseFor, planProbe } from "../breaker/open.ts";
import { createRate, planDrain } from "../queue/plan.ts";
import { firstLookDelay, publishLook } from "./first-look.ts";
import { applyOutcome, finishedOrEmpty, type Recorded } from "./outcome.ts";
import { showStatus } from "./show-status.ts";
import { startTask } from "./start-task.ts";
import { storeUploads } from "./store-uploads.ts";
import { waysLeft } from "./ways.ts";

/**
 * Takes a queued generation to KIE: stores its files there, takes the limits, calls create once (by the second route once
 * more where KIE knows no such model by the first).
 * Everything that can fail for good or for now is told by the return value; an unknown outcome is left to the callback,
 * the re-check and the deadline, and never called again.
 *
 * @param options.isTrial of the circuit breaker: goes although selling pauses.
 * @returns what became final here (a refusal), or null.
 */
export async function submitGeneration(
  app: App,
  generation: OwnedGeneration,
  { isTrial }: { isTrial: boolean },
): Promise<Recorded | null> {
  const log = app.log.child({ generationId: generation.id });
  if (generation.pause !== null && generation.uploads.length > 0 && !isTrial) {
    // The claim would say so, too; but files are stored before it, with the account that is in trouble.
    await postponeQueued(app.database, {
      generationId: generation.id,
      dueAt: addSeconds(app.clock.now(), QUEUE_NET_SECONDS),
    });
    return waits(app, generation, { kind: "paused", pause: generation.pause });
  }
  const found = app.catalog.entry(generation.entryKey);
  if (found === undefined) {
    // The entry left the catalog while it waited: nothing can be sent.
    return await applyOutcome(app, generation, {
      event: "refused",
      code: 404,
      message: "entry is not in the catalog",
      taskId: null,
    });
  }
  const stored = await storeUploads(app, generation);
  if (stored.kind === "refused") {
    return await applyOutcome(app, generation, {
      event: "refused",
      code: stored.code,
      message: stored.message,
      taskId: null,
    });
  }
  if (stored.kind === "later") {
    await postponeQueued(app.database, {
      generationId: generation.id,
      dueAt: addSeconds(app.clock.now(), submitRetrySeconds(1)),
    });
    await scheduleRetry(app, generation.id);
    return null;
  }

  const ways = waysLeft(app.catalog, found, generation);
  const { api } = ways[0].entry.route;
  const now = app.clock.now();
  const { category } = found.family;
  const firstLookSeconds = nextLookSeconds(0, generation.usualSeconds?.p90 ?? null, category);
  const dueAt = addSeconds(now, firstLookSeconds);
  const claim = await claimForSubmit(app.database, {
    generationId: generation.id,
    runningLimit: app.config.MAX_RUNNING_PER_USER,
    rate: createRate(app.config),
    api,
    uploaded: stored.fresh,
    deadlineAt: addSeconds(now, deadlineSeconds(category)),
    dueAt,
    isTrial,
    now,
  });
  if (claim.kind !== "claimed") {
    log.info("generation.waits", { reason: claim.kind });
    if (claim.kind === "rate-limit") await planDrain(app, claim.freeAt);
    return waits(app, generation, claim);
  }
  if (now >= addSeconds(generation.createdAt, firstLookDelay(app.config, category))) {
    // The look that was planned when it was ordered came while it waited.
    await publishLook(app, generation.id, firstLookSeconds);
  }

  const started = await startTask(
    app,
    { ...generation, state: "submitting", api, submittedAt: now },
    ways,
    stored.urls,
  );
  if (started === null) return null;
  const { answer, generation: claimed } = started;
  switch (answer.kind) {
    case "created":
      if (await saveTaskId(app.database, { generationId: generation.id, taskId: answer.taskId })) {
        showStatus(app, { ...claimed, state: "submitted" });
      }
      return null;
    case "finished":
      return await applyOutcome(app, claimed, finishedOrEmpty(answer));
    case "refused":
      return await applyOutcome(app, claimed, {
        event: "refused",
        code: answer.code,
        message: answer.message,
        taskId: null,
      });
    case "busy": {
      // Code 0: KIE was never reached, which is no reason of its own to tell.
      const failure =
        answer.code === 0 ? null : { cause: classify(outcomeFault(answer)).cause, code: String(answer.code) };
      const delaySeconds = submitRetrySeconds(generation.attempt + 1);
      const pause =
        failure === null ? null : pauseFor(app, { ...classify(outcomeFault(answer)), code: failure.code }, generation);
      await returnToQueue(app.database, {
        generationId: generation.id,
        failure,
        pause,
        deadlineAt: addSeconds(generation.createdAt, queueDeadlineSeconds(generation)),
        dueAt: addSeconds(now, delaySeconds),
      });
      // The end of the pause wakes it; without one, its own job does.
      if (pause === null) await scheduleRetry(app, generation.id, delaySeconds);
      else await planProbe(app, PROBE_GAPS_SECONDS[0]);
      const open = pause === null ? null : await readPause(app.database);
      showStatus(app, { ...generation, failure: failure?.cause ?? null, isRateWaiting: false, pause: open });
      return null;
    }
    case "unknown":
      // Perhaps a task runs. The callback carries its id; else the deadline returns the money.
      showStatus(app, claimed);
      return null;
  }
}

/** It stays in the queue, and its owner reads what it waits for. */
function waits(app: App, generation: OwnedGeneration, claim: Exclude<Claim, { kind: "claimed" }>): null {
  switch (claim.kind) {
    case "not-queued":
      break;
    case "running-limit":
      // Those that keep it waiting may have started after it was read.
      showStatus(app, {
        ...generation,
        isRateWaiting: false,
        pause: null,
        ownRunning: Math.max(generation.ownRunning ?? 0, app.config.MAX_RUNNING_PER_USER),
      });
      break;
    case "rate-limit":
      showStatus(app, { ...generation, isRateWaiting: true, ahead: claim.ahead, pause: null });
      break;
    case "paused":
      showStatus(app, { ...generation, isRateWaiting: false, pause: claim.pause });
      break;
  }
  return null;
}

async function scheduleRetry(app: App, generationId: string, delaySeconds = submitRetrySeconds(1)): Promise<void> {
  const slot = Math.floor(app.clock.now().getTime() / (delaySeconds * 1000));
  await app.queue
    .publish(
      { name: "advance-generation", generationId },
      { delaySeconds, deduplicationId: `submit-${generationId}-${delaySeconds}-${slot}` },
    )
    .catch((error: unknown) => app.log.warn("queue.publish-failed", { generationId, error }));
}
