import type { GenerationFacts } from "../../conversation/types.ts";
import type { GenerationWithOutputs } from "../../db/generation-json.ts";

/** A stored generation in the terms of the dialogue. */
export function generationFacts(generation: GenerationWithOutputs): GenerationFacts {
  return {
    generationId: generation.id,
    entryKey: generation.entryKey,
    values: generation.values,
    state: generation.state,
    priceKopecks: generation.priceKopecks,
    chargedKopecks: generation.postedKopecks,
    mode: generation.mode,
    createdAt: generation.createdAt,
    submittedAt: generation.submittedAt,
    finishedAt: generation.finishedAt,
    ahead: generation.ahead,
    ownRunning: generation.ownRunning,
    isRateWaiting: generation.isRateWaiting,
    pause: generation.pause === null ? null : { cause: generation.pause.cause, retryAt: generation.pause.nextProbeAt },
    extendedUntil: generation.isExtended ? generation.deadlineAt : null,
    usualSeconds: generation.usualSeconds,
    failure: generation.failure,
    taskId: generation.taskId,
    outputs: generation.outputs.map(({ position, kind, url, expiresAt, text, title, durationSeconds, externalId }) => ({
      position,
      kind,
      url,
      expiresAt,
      text,
      title,
      durationSeconds,
      externalId,
    })),
  };
}
