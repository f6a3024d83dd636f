import type { PauseInput } from "../../db/breaker.ts";
import type { FailureCause } from "../../faults/causes.ts";
import { type PauseCause, pauseCauseOf } from "../../generation/breaker.ts";
import type { App } from "../app.ts";

/** What a refused create call does to selling: null, or the pause that is opened in the statement that stores the refusal. */
export function pauseFor(
  app: App,
  fault: { cause: FailureCause; name: string; code: string | null },
  generation: { id: string; entryKey: string },
): PauseInput | null {
  const cause = pauseCauseOf(fault.cause);
  // The feature of one model is off, which is no maintenance of everything.
  if (cause === null || fault.name === "kie-feature-off") return null;
  return pauseOf(app, cause, {
    name: fault.name,
    code: fault.code,
    generationId: generation.id,
    entryKey: generation.entryKey,
  });
}

/** @param facts what the admins read besides. */
export function pauseOf(
  app: App,
  cause: PauseCause,
  facts: { name: string; code: string | null } & Record<string, string | null>,
): PauseInput {
  return {
    cause,
    code: facts.code,
    alert: { adminIds: app.config.ADMIN_ID, payload: { ...facts, isPause: true } },
    now: app.clock.now(),
  };
}

/** The job that tries whether things go on. Losing it costs time only: the sweeper tries, too. */
export async function planProbe(app: App, delaySeconds: number): Promise<void> {
  const slot = Math.ceil(app.clock.now().getTime() / 1000) + delaySeconds;
  await app.queue
    .publish({ name: "probe-selling" }, { delaySeconds, deduplicationId: `probe-${slot}` })
    .catch((error: unknown) => app.log.warn("queue.publish-failed", { job: "probe-selling", error }));
}
