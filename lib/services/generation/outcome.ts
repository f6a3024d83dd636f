import { effectiveValues } from "../../catalog/conditions.ts";
import { creditsToKopecks, quote, surchargeOf } from "../../catalog/quote.ts";
import {
  type OutcomeAnswer,
  type OutcomeInput,
  readGeneration,
  recordOutcome as writeOutcome,
} from "../../db/generations.ts";
import type { OwnedGeneration } from "../../db/owned-generation.ts";
import type { FailureCause } from "../../faults/causes.ts";
import { classify } from "../../faults/classify.ts";
import { PROBE_GAPS_SECONDS } from "../../generation/breaker.ts";
import { type GenerationEffect, type GenerationEvent, isRunning, transition } from "../../generation/life-cycle.ts";
import { LEASE_SECONDS } from "../../generation/schedule.ts";
import type { TaskOutput } from "../../kie/gateway.ts";
import { inProportion } from "../../ledger/discounts.ts";
import { moscowDay, moscowHour } from "../../ledger/moscow.ts";
import { chargeFor, settleHold, spendingMonth } from "../../ledger/settlement.ts";
import { addSeconds, DAY_MS } from "../../shared/clock.ts";
import type { App } from "../app.ts";
import { pauseFor, planProbe } from "../breaker/open.ts";
import { expectedOutputs, pricing } from "./price.ts";

/** What became known of a generation, whoever brought it: callback, re-check, create call or deadline. */
export type Outcome =
  | { event: "finished"; outputs: readonly TaskOutput[]; creditsConsumed: number | null; taskId: string | null }
  | { event: "errored" | "refused"; code: number | null; message: string; taskId: string | null }
  | { event: "queue-expired" | "cancelled" | "lost" | "overdue" };

export interface Recorded {
  generation: OwnedGeneration;
  /** What the caller, who then holds the lease, does next; null: its owner saw it happen. */
  owes: "deliver" | "tell-failure" | null;
  /** Of an item of a batch: see `OutcomeAnswer`. */
  batch: OutcomeAnswer["batch"];
  nextQueuedId: string | null;
}

/** What a success means: without a single output it is a failure like any other. */
export function finishedOrEmpty(success: {
  outputs: readonly TaskOutput[];
  creditsConsumed: number | null;
  taskId: string | null;
}): Outcome {
  const { outputs, creditsConsumed, taskId } = success;
  return outputs.length > 0
    ? { event: "finished", outputs, creditsConsumed, taskId }
    : { event: "errored", code: null, message: "success without outputs", taskId };
}

/** KIE keeps results 14 days and promises less: a link is offered for 24 h. */
const OUTPUT_LIFE_MS = DAY_MS;

/** A generation moves at most so often between a look and its end: task id stored, deadline passed, late success. */
const MAX_TRIES = 3;

/**
 * Applies an outcome through the life-cycle table, in one guarded statement with its money.
 * @returns null when there is nothing to do: the table ignores the pair, or somebody else was first.
 */
export async function applyOutcome(app: App, generation: OwnedGeneration, outcome: Outcome): Promise<Recorded | null> {
  // What KIE's record says stays true when the generation moved meanwhile, and nobody may look again. A deadline or a
  // refusal was decided for the state that was read, and is moot in another one.
  const tries = outcome.event === "finished" || outcome.event === "errored" ? MAX_TRIES : 1;
  let current: OwnedGeneration | null = generation;
  for (let attempt = 1; current !== null; attempt += 1) {
    const result = await tryOutcome(app, current, outcome);
    if (result !== "raced") return result;
    if (attempt === tries) return null;
    current = await readGeneration(app.database, generation.id);
  }
  return null;
}

async function tryOutcome(app: App, generation: OwnedGeneration, outcome: Outcome): Promise<Recorded | "raced" | null> {
  const event: GenerationEvent = outcome.event;
  const step = transition(generation.state, event);
  const log = app.log.child({ generationId: generation.id });
  if (step === null) {
    log.info("generation.event-ignored", { state: generation.state, event });
    return null;
  }
  const now = app.clock.now();
  const settles = step.effects.includes("post-hold") || step.effects.includes("void-hold");
  const failure = failureOf(generation, outcome);
  const owes = owedBy(step.effects);
  const pause = outcome.event === "refused" && failure !== null ? pauseFor(app, failure, generation) : null;
  const recorded = await writeOutcome(app.database, {
    generationId: generation.id,
    from: generation.state,
    to: step.to,
    settlement: settles
      ? settleHold({
          generationId: generation.id,
          heldMain: generation.heldMain,
          heldBonus: generation.heldBonus,
          charge: step.effects.includes("post-hold") ? charge(app, generation, outcome) : 0n,
        })
      : null,
    wasRunning: isRunning(generation.state),
    wasQueued: generation.state === "queued",
    isLoss: step.effects.includes("count-loss"),
    taskId: "taskId" in outcome ? outcome.taskId : null,
    failure: failure === null ? null : { cause: failure.cause, code: failure.code },
    outputs:
      outcome.event === "finished"
        ? outcome.outputs.map((output) => ({
            kind: output.kind,
            url: "url" in output ? output.url : null,
            text: output.text ?? null,
            expiresAt: new Date(now.getTime() + OUTPUT_LIFE_MS),
            title: output.title ?? null,
            durationSeconds: "durationSeconds" in output ? (output.durationSeconds ?? null) : null,
            externalId: output.externalId ?? null,
            previewUrl: "previewUrl" in output ? (output.previewUrl ?? null) : null,
          }))
        : [],
    creditsConsumed: outcome.event === "finished" ? outcome.creditsConsumed : null,
    ...freeReturned(app, generation, step.effects.includes("void-hold")),
    // What comes back lowers the month in which it was held, not the one in which it comes.
    month: spendingMonth(generation.createdAt),
    leaseUntil: addSeconds(now, LEASE_SECONDS),
    isTold: owes === null,
    pause,
    // A pause tells the admins itself what it comes from.
    alert: pause === null ? alertFor(app, generation, step.effects.includes("alert-admins"), failure, now) : null,
    now,
  });
  if (recorded === null) {
    log.info("generation.outcome-raced", { state: generation.state, event });
    return "raced";
  }
  log.info("generation.outcome", {
    event,
    from: generation.state,
    to: step.to,
    cause: failure?.cause,
    code: failure?.code,
    isLoss: step.effects.includes("count-loss"),
  });
  if (pause !== null) await planProbe(app, PROBE_GAPS_SECONDS[0]);
  return {
    generation: recorded.generation,
    owes,
    batch: recorded.batch,
    nextQueuedId: recorded.nextQueuedId,
  };
}

function owedBy(effects: readonly GenerationEffect[]): Recorded["owes"] {
  if (effects.includes("deliver")) return "deliver";
  return effects.includes("tell-failure") ? "tell-failure" : null;
}

function charge(app: App, generation: OwnedGeneration, outcome: Outcome): bigint {
  const entry = app.catalog.entry(generation.entryKey)?.entry;
  return chargeFor({
    heldKopecks: generation.heldMain + generation.heldBonus,
    charge: entry?.price.charge ?? "generation",
    expectedOutputs: entry === undefined ? 1 : expectedOutputs(entry, generation.values),
    receivedOutputs: outcome.event === "finished" ? outcome.outputs.length : 0,
    measuredKopecks: entry?.price.charge === "measured" ? measuredKopecks(app, generation, outcome) : null,
  });
}

/** What the catalog asks for the job today; null where it can not tell any more: that must not keep money on hold. */
function fullPrice(app: App, { entryKey, values }: OwnedGeneration): bigint | null {
  const entry = app.catalog.entry(entryKey)?.entry;
  if (entry === undefined) return null;
  try {
    const quoted = quote(entry, values, pricing(app));
    return quoted.ok ? quoted.value.kopecks : null;
  } catch (error) {
    app.log.warn("generation.no-price", { entryKey, error });
    return null;
  }
}

/** A job that has a price and was sold for nothing was a free try; where nothing came of it, the try comes back. */
function freeReturned(app: App, generation: OwnedGeneration, isVoid: boolean): Pick<OutcomeInput, "freeReturned"> {
  const { priceKopecks, createdAt, mode } = generation;
  const isFree = mode === "real" && priceKopecks === 0n && (fullPrice(app, generation) ?? 0n) > 0n;
  return isVoid && isFree ? { freeReturned: { day: moscowDay(createdAt), hour: moscowHour(createdAt) } } : {};
}

/**
 * What KIE took for the job, at our price and with the surcharges; `chargeFor` keeps it within the hold. Its record may
 * be without the figure, or with one that is no price.
 */
function measuredKopecks(app: App, generation: OwnedGeneration, outcome: Outcome): bigint | null {
  const credits = outcome.event === "finished" ? outcome.creditsConsumed : null;
  // Six decimals, because a sum of floats may be 1.2000000000000002, and a small one is written as 1e-7.
  const isPrice = credits !== null && credits >= 0 && credits < 1e9;
  if (!isPrice) return null;
  const entry = app.catalog.entry(generation.entryKey)?.entry;
  const rate = pricing(app);
  const onTop = entry === undefined ? 0n : surchargeOf(entry, effectiveValues(entry, generation.values), rate);
  const kopecks = creditsToKopecks(credits.toFixed(6), rate) + onTop;
  const agreed = generation.priceKopecks;
  // A discount on the price is one on the real figure, too.
  return inProportion(kopecks, { agreed, full: fullPrice(app, generation) ?? agreed });
}

function failureOf(
  generation: OwnedGeneration,
  outcome: Outcome,
): { cause: FailureCause; code: string | null; alert: boolean; name: string } | null {
  switch (outcome.event) {
    case "finished":
    case "cancelled":
      return null;
    case "errored":
    case "refused": {
      const fault = classify({ system: "kie", code: outcome.code, message: outcome.message });
      return {
        cause: fault.cause,
        code: outcome.code === null ? null : String(outcome.code),
        alert: fault.alertAdmins,
        name: fault.name,
      };
    }
    case "queue-expired":
      // What kept it in the queue (429, maintenance), when something did.
      return {
        cause: generation.failure ?? "timeout",
        code: generation.failureCode,
        alert: false,
        name: "queue-expired",
      };
    case "lost":
      return { cause: "no-answer", code: null, alert: true, name: "lost-create" };
    case "overdue":
      return { cause: "timeout", code: null, alert: true, name: "overdue-task" };
  }
}

/** One alert per kind of trouble and hour: the id is the throttle. */
function alertFor(
  app: App,
  generation: OwnedGeneration,
  isOwed: boolean,
  failure: { alert: boolean; name: string; code: string | null } | null,
  now: Date,
): { id: string; adminIds: readonly number[]; payload: Record<string, unknown> } | null {
  if (failure === null || !(isOwed || failure.alert)) return null;
  return {
    id: `alert:${failure.name}:${now.toISOString().slice(0, 13)}`,
    adminIds: app.config.ADMIN_ID,
    payload: { name: failure.name, code: failure.code, generationId: generation.id, entryKey: generation.entryKey },
  };
}
