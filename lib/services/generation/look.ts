import { savePlan } from "../../db/generations.ts";
import type { OwnedGeneration } from "../../db/owned-generation.ts";
import {
  deadlineSeconds,
  isLongerThanUsual,
  nextLookSeconds,
  RECORD_GRACE_SECONDS,
} from "../../generation/schedule.ts";
import type { LookOutcome, LookTask } from "../../kie/gateway.ts";
import { addSeconds } from "../../shared/clock.ts";
import type { App } from "../app.ts";
import { applyOutcome, finishedOrEmpty, type Recorded } from "./outcome.ts";
import { showStatus } from "./show-status.ts";
import { categoryOf, earlierFields, wayBy } from "./ways.ts";

/**
 * Looks once at the task of a generation that runs, and applies what it says; at the deadline this is the last look.
 *
 * @param hint KIE's task id out of a callback, where ours is not stored yet.
 * @returns what became final, or null.
 */
export async function lookAtTask(
  app: App,
  generation: OwnedGeneration,
  hint?: { taskId: string },
): Promise<Recorded | null> {
  const taskId = generation.taskId ?? hint?.taskId ?? null;
  const now = app.clock.now();
  const isOverdue = now >= generation.deadlineAt;
  if (taskId === null) {
    // Nothing to look at: the create call's outcome is unknown. Only a callback can bring the id.
    if (isOverdue) return await applyOutcome(app, generation, { event: "lost" });
    await planNextLook(app, generation);
    return null;
  }

  const look = await app.kie.look(lookTask(app, generation, taskId));
  app.log.info("kie.look", {
    generationId: generation.id,
    outcome: look.kind,
    code: "code" in look ? look.code : undefined,
  });
  switch (look.kind) {
    case "succeeded":
      return await applyOutcome(app, generation, finishedOrEmpty({ ...look, taskId }));
    case "failed":
      return await applyOutcome(app, generation, { event: "errored", code: look.code, message: look.message, taskId });
    case "pending":
    case "not-found":
    case "unavailable":
      return await keepWaiting(app, generation, look, taskId, isOverdue);
  }
}

/** Where the record is, by the way that the generation was really sent: its entry may lead elsewhere by now. */
function lookTask(app: App, generation: OwnedGeneration, taskId: string): LookTask {
  const { api, values } = generation;
  const found = app.catalog.entry(generation.entryKey);
  // Gone from the catalog: the family of endpoints and the id are all that most records need.
  if (found === undefined) return { api, model: "", taskId, output: "image", earlier: {} };
  const way = wayBy(app.catalog, found, api);
  return { api, model: way.entry.route.id, taskId, output: way.entry.output, earlier: earlierFields(way, values) };
}

async function keepWaiting(
  app: App,
  generation: OwnedGeneration,
  look: LookOutcome,
  taskId: string,
  isOverdue: boolean,
): Promise<Recorded | null> {
  const now = app.clock.now();
  if (!isOverdue) {
    await planNextLook(app, generation, taskId);
    // The message is touched only where it reads otherwise than before: Telegram allows few edits.
    const seenAt = generation.lastLookAt ?? generation.submittedAt ?? now;
    const isNews =
      generation.state === "submitting" || isLongerThanUsual(generation, seenAt) !== isLongerThanUsual(generation, now);
    if (isNews) showStatus(app, { ...generation, taskId, state: "submitted" });
    return null;
  }
  if (look.kind === "not-found" && ageSeconds(generation, now) > RECORD_GRACE_SECONDS) {
    return await applyOutcome(app, generation, { event: "lost" });
  }
  if (generation.isExtended) return await applyOutcome(app, generation, { event: "overdue" });
  // KIE still works on it, or can not be asked right now: one extension, then the money goes back.
  const deadlineAt = addSeconds(now, deadlineSeconds(categoryOf(app.catalog, generation)));
  await planNextLook(app, generation, taskId, deadlineAt);
  showStatus(app, { ...generation, taskId, state: "submitted", isExtended: true, deadlineAt });
  return null;
}

async function planNextLook(app: App, generation: OwnedGeneration, taskId?: string, deadlineAt?: Date): Promise<void> {
  const now = app.clock.now();
  const end = deadlineAt ?? generation.deadlineAt;
  const gapSeconds = nextLookSeconds(
    generation.looks + 1,
    generation.usualSeconds?.p90 ?? null,
    categoryOf(app.catalog, generation),
  );
  // The last look happens at the deadline, not a gap after it.
  const dueAt = new Date(
    Math.max(now.getTime() + 1000, Math.min(addSeconds(now, gapSeconds).getTime(), end.getTime())),
  );
  await savePlan(app.database, {
    generationId: generation.id,
    now,
    dueAt,
    ...(deadlineAt === undefined ? {} : { deadlineAt }),
    ...(taskId === undefined ? {} : { taskId }),
  });
  await app.queue
    .publish(
      { name: "advance-generation", generationId: generation.id },
      {
        delaySeconds: Math.ceil((dueAt.getTime() - now.getTime()) / 1000),
        deduplicationId: `look-${generation.id}-${generation.looks + 1}`,
      },
    )
    .catch((error: unknown) => app.log.warn("queue.publish-failed", { generationId: generation.id, error }));
}

function ageSeconds(generation: OwnedGeneration, now: Date): number {
  return (now.getTime() - (generation.submittedAt ?? generation.createdAt).getTime()) / 1000;
}
