import { claimForSubmit, postponeQueued, returnToQueue, saveTaskId } from "../../db/generations.ts";
import type { OwnedGeneration } from "../../db/owned-generation.ts";
import { classify } from "../../faults/classify.ts";
import {
  deadlineSeconds,
  nextLookSeconds,
  QUEUE_DEADLINE_SECONDS,
  submitRetrySeconds,
} from "../../generation/schedule.ts";
import { outcomeFault } from "../../kie/errors.ts";
import { addSeconds } from "../../shared/clock.ts";
import type { App } from "../app.ts";
import { applyOutcome, finishedOrEmpty, type Recorded } from "./outcome.ts";
import { showStatus } from "./show-status.ts";
import { startTask } from "./start-task.ts";
import { storeUploads } from "./store-uploads.ts";
import { waysLeft } from "./ways.ts";

/** Creates per account and window, over all instances. KIE refuses the 21st in 10 s. */
const RATE = { name: "kie-create", windowSeconds: 10 };

/**
 * Takes a queued generation to KIE: stores its files there, takes the limits, calls create once (by the second route once
 * more where KIE knows no such model by the first).
 * Everything that can fail for good or for now is told by the return value; an unknown outcome is left to the callback,
 * the re-check and the deadline, and never called again.
 *
 * @returns what became final here (a refusal), or null.
 */
export async function submitGeneration(app: App, generation: OwnedGeneration): Promise<Recorded | null> {
  const log = app.log.child({ generationId: generation.id });
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
  const dueAt = addSeconds(now, nextLookSeconds(0, generation.usualSeconds?.p90 ?? null));
  const claim = await claimForSubmit(app.database, {
    generationId: generation.id,
    runningLimit: app.config.MAX_RUNNING_PER_USER,
    rate: { ...RATE, limit: app.config.KIE_CREATES_PER_10_SECONDS },
    api,
    uploaded: stored.fresh,
    deadlineAt: addSeconds(now, deadlineSeconds(found.family.category)),
    dueAt,
    now,
  });
  if (claim !== "claimed") {
    log.info("generation.waits", { reason: claim });
    if (claim === "rate-limit") await scheduleRetry(app, generation.id);
    if (claim !== "not-queued") showStatus(app, generation);
    return null;
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
      await returnToQueue(app.database, {
        generationId: generation.id,
        failure,
        deadlineAt: addSeconds(generation.createdAt, QUEUE_DEADLINE_SECONDS),
        dueAt: addSeconds(now, delaySeconds),
      });
      await scheduleRetry(app, generation.id, delaySeconds);
      showStatus(app, { ...generation, failure: failure?.cause ?? null });
      return null;
    }
    case "unknown":
      // Perhaps a task runs. The callback carries its id; else the deadline returns the money.
      showStatus(app, claimed);
      return null;
  }
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
