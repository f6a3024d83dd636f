import { buildInput } from "../../catalog/request.ts";
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
import { KieRejected } from "../../kie/gateway.ts";
import { probeMedia } from "../../media/probe.ts";
import { addSeconds, HOUR_MS } from "../../shared/clock.ts";
import { TELEGRAM_FILE_MEGABYTES } from "../../shared/media.ts";
import { fetchFile } from "../../telegram/files.ts";
import type { App } from "../app.ts";
import { callbackUrl } from "./callback-url.ts";
import { applyOutcome, type Recorded } from "./outcome.ts";
import { showStatus } from "./show-status.ts";

/** A stored link is used again only while it has at least this long to live: KIE fetches it some time after create. */
const LINK_RESERVE_MS = HOUR_MS;
const MAX_INPUT_BYTES = TELEGRAM_FILE_MEGABYTES * 1_000_000;

/** Creates per account and window, over all instances. KIE refuses the 21st in 10 s. */
const RATE = { name: "kie-create", windowSeconds: 10 };

/**
 * Takes a queued generation to KIE: stores its files there, takes the limits, calls createTask once.
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

  const now = app.clock.now();
  const dueAt = addSeconds(now, nextLookSeconds(0, generation.usualSeconds?.p90 ?? null));
  const claim = await claimForSubmit(app.database, {
    generationId: generation.id,
    runningLimit: app.config.MAX_RUNNING_PER_USER,
    rate: { ...RATE, limit: app.config.KIE_CREATES_PER_10_SECONDS },
    api: found.entry.route.api,
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

  const answer = await app.kie.start({
    api: found.entry.route.api,
    model: found.entry.route.id,
    input: buildInput(found.entry, generation.values, stored.urls),
    callBackUrl: callbackUrl(app.config, generation),
  });
  log.info("kie.create", { outcome: answer.kind, code: "code" in answer ? answer.code : undefined });
  const claimed: OwnedGeneration = {
    ...generation,
    state: "submitting",
    api: found.entry.route.api,
    submittedAt: now,
  };
  switch (answer.kind) {
    case "created":
      if (await saveTaskId(app.database, { generationId: generation.id, taskId: answer.taskId })) {
        showStatus(app, { ...claimed, state: "submitted" });
      }
      return null;
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

type StoredUploads =
  | {
      kind: "stored";
      urls: ReadonlyMap<string, string>;
      fresh: { uploadId: string; url: string; expiresAt: Date }[];
    }
  | { kind: "refused"; code: number; message: string }
  | { kind: "later" };

/** Gives every file of the generation a link at KIE: the one it has, or a new one from the bytes at Telegram. */
async function storeUploads(app: App, generation: OwnedGeneration): Promise<StoredUploads> {
  const urls = new Map<string, string>();
  const fresh: { uploadId: string; url: string; expiresAt: Date }[] = [];
  const reserve = app.clock.now().getTime() + LINK_RESERVE_MS;
  try {
    for (const upload of generation.uploads) {
      if (upload.kieUrl !== null && upload.kieExpiresAt !== null && upload.kieExpiresAt.getTime() > reserve) {
        urls.set(upload.id, upload.kieUrl);
        continue;
      }
      const { bytes } = await fetchFile(app.telegram, upload.telegramFileId, MAX_INPUT_BYTES);
      const facts = await probeMedia(bytes);
      const stored = await app.kie.upload({
        bytes,
        format: facts?.format ?? upload.format,
        mime: facts?.mime ?? upload.mime,
      });
      urls.set(upload.id, stored.url);
      fresh.push({ uploadId: upload.id, ...stored });
    }
  } catch (error) {
    app.log.warn("upload.failed", { generationId: generation.id, error });
    if (error instanceof KieRejected) return { kind: "refused", code: error.code, message: error.message };
    return { kind: "later" };
  }
  return { kind: "stored", urls, fresh };
}
