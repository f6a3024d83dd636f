import { leaseTelling } from "../../db/delivery.ts";
import { readGeneration } from "../../db/generations.ts";
import type { OwnedGeneration } from "../../db/owned-generation.ts";
import { LEASE_SECONDS, queueDeadlineSeconds } from "../../generation/schedule.ts";
import { addSeconds } from "../../shared/clock.ts";
import { type App, withLogFields } from "../app.ts";
import { finishItem } from "../batch/finish-item.ts";
import { withCatalog } from "../catalog/current.ts";
import { deliverResult } from "./deliver.ts";
import { lookAtTask } from "./look.ts";
import { applyOutcome, type Recorded } from "./outcome.ts";
import { submitGeneration } from "./submit.ts";
import { tellFailure } from "./tell-failure.ts";

/**
 * Does what a generation owes now, from its state alone: submit, look, deliver or tell. The one verb behind the
 * confirm, every job and the sweeper; doubled or late calls find nothing to do.
 *
 * @param target the id; or the generation itself where it was read a moment ago, which saves a round trip.
 * @param options.isTrial of the circuit breaker: leaves the queue although selling pauses.
 */
export async function advanceGeneration(
  anyApp: App,
  target: string | OwnedGeneration,
  options: { isTrial?: boolean } = {},
): Promise<void> {
  const generationId = typeof target === "string" ? target : target.id;
  const generation = typeof target === "string" ? await readGeneration(anyApp.database, target) : target;
  if (generation === null) return;
  const app = await withCatalog(withLogFields(anyApp, { generationId }), generation.catalogRevision);
  const recorded = await pursue(app, generation, options.isTrial === true);
  if (recorded !== null) await finish(app, recorded);
  else await tellIfOwed(app, generation);
}

async function pursue(app: App, generation: OwnedGeneration, isTrial: boolean): Promise<Recorded | null> {
  switch (generation.state) {
    case "queued": {
      const waitedUntil = addSeconds(generation.createdAt, queueDeadlineSeconds(generation));
      if (app.clock.now() >= waitedUntil) return await applyOutcome(app, generation, { event: "queue-expired" });
      return await submitGeneration(app, generation, { isTrial });
    }
    case "submitting":
    case "submitted":
      return await lookAtTask(app, generation);
    default:
      return null;
  }
}

/** What follows an outcome: the user is told, and the place that became free is used. */
export async function finish(app: App, recorded: Recorded): Promise<void> {
  const { nextQueuedId } = recorded;
  if (nextQueuedId !== null) {
    const fields = { generationId: nextQueuedId };
    app.defer("start next in queue", () => advanceGeneration(app, nextQueuedId), fields);
  }
  // An item of a batch is told by the batch, and by itself only where it came after that.
  if (recorded.batch !== null && !recorded.batch.isTold) await finishItem(app, recorded.batch);
  else if (recorded.owes === "deliver") await deliverResult(app, recorded.generation);
  else if (recorded.owes === "tell-failure") await tellFailure(app, recorded.generation);
}

async function tellIfOwed(app: App, generation: OwnedGeneration): Promise<void> {
  const owes = whatIsUntold(generation);
  if (owes === null) return;
  const now = app.clock.now();
  const isMine = await leaseTelling(app.database, {
    generationId: generation.id,
    state: generation.state,
    now,
    leaseUntil: addSeconds(now, LEASE_SECONDS),
  });
  if (!isMine) return;
  const attempted = { ...generation, deliveryAttempts: generation.deliveryAttempts + 1 };
  if (owes === "deliver") await deliverResult(app, attempted);
  else await tellFailure(app, attempted);
}

function whatIsUntold(generation: OwnedGeneration): "deliver" | "tell-failure" | null {
  if (generation.toldAt !== null) return null;
  switch (generation.state) {
    case "succeeded":
      return "deliver";
    case "failed":
    case "returned":
    case "expired":
      return "tell-failure";
    default:
      return null;
  }
}
