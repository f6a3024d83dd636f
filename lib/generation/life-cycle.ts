import type { GenerationState } from "./states.ts";

/** What can happen to a generation. Past tense: it has happened, the table only says what follows. */
export const GENERATION_EVENTS = [
  /** The limits were taken; createTask is called right after. */
  "claimed",
  /** KIE answered the create call with a task id. */
  "accepted",
  /** KIE definitely did not create a task, and never will for this request. */
  "refused",
  /** KIE definitely did not create a task now (429, 455): another try may. */
  "postponed",
  /** The record says success. */
  "finished",
  /** The record says failure. */
  "errored",
  /** Its owner does not want it any more. */
  "cancelled",
  /** Waited too long in our queue. */
  "queue-expired",
  /** The deadline passed and nobody knows whether a task exists. */
  "lost",
  /** The deadline passed and KIE still works, or its record can not be read. */
  "overdue",
  /** The user has the result. */
  "delivered",
  /** Telegram says that the user can not be reached. */
  "unreachable",
] as const;
export type GenerationEvent = (typeof GENERATION_EVENTS)[number];

/** What must be done in, or right after, the statement that stores the next state. */
export type GenerationEffect =
  | "post-hold"
  | "void-hold"
  | "deliver"
  | "tell-failure"
  | "schedule-recheck"
  | "schedule-submit"
  | "count-loss"
  | "alert-admins";

export interface Step {
  to: GenerationState;
  effects: readonly GenerationEffect[];
}

const finished: Step = { to: "succeeded", effects: ["post-hold", "deliver"] };
const errored: Step = { to: "failed", effects: ["void-hold", "tell-failure"] };
/** The money was already given back: the result is a present, and our loss. */
const lateSuccess: Step = { to: "succeeded", effects: ["deliver", "count-loss"] };

/**
 * State × event → next state and effects. A pair that is not here is ignored: callbacks repeat, race and arrive late,
 * and a final state stays final.
 */
export const LIFE_CYCLE: Readonly<Record<GenerationState, Partial<Record<GenerationEvent, Step>>>> = {
  queued: {
    claimed: { to: "submitting", effects: [] },
    // A file that KIE does not take, or an entry that is gone: known before the create call.
    refused: errored,
    // The screen on which it was asked for is the answer: nothing is told besides.
    cancelled: { to: "cancelled", effects: ["void-hold"] },
    "queue-expired": { to: "returned", effects: ["void-hold", "tell-failure"] },
  },
  submitting: {
    accepted: { to: "submitted", effects: ["schedule-recheck"] },
    refused: errored,
    postponed: { to: "queued", effects: ["schedule-submit"] },
    // The callback can come before the create call's answer.
    finished,
    errored,
    lost: { to: "returned", effects: ["void-hold", "tell-failure", "alert-admins"] },
    overdue: { to: "expired", effects: ["void-hold", "tell-failure", "alert-admins"] },
  },
  submitted: {
    finished,
    errored,
    lost: { to: "returned", effects: ["void-hold", "tell-failure", "alert-admins"] },
    overdue: { to: "expired", effects: ["void-hold", "tell-failure", "alert-admins"] },
  },
  succeeded: {
    delivered: { to: "delivered", effects: [] },
    unreachable: { to: "undeliverable", effects: [] },
  },
  // A user who came back can ask for the files in the history: an undeliverable result may still be delivered.
  undeliverable: { delivered: { to: "delivered", effects: [] } },
  expired: { finished: lateSuccess },
  returned: { finished: lateSuccess },
  failed: {},
  cancelled: {},
  delivered: {},
};

/** The step for an event, or null when it is to be ignored. */
export function transition(state: GenerationState, event: GenerationEvent): Step | null {
  return LIFE_CYCLE[state][event] ?? null;
}

/** At KIE, or perhaps at KIE: counted in the wallet's `running`. */
export function isRunning(state: GenerationState): boolean {
  return state === "submitting" || state === "submitted";
}
