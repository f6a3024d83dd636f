import type { FailureCause } from "../faults/causes.ts";

/** Why selling pauses for everybody: how KIE refuses our account, or that most of what it takes fails (PRODUCT C6, G8). */
export const PAUSE_CAUSES = ["no-credits", "authorization", "key-cap", "maintenance", "failures"] as const;
export type PauseCause = (typeof PAUSE_CAUSES)[number];

/** An open circuit breaker: nothing new is sold, and what is queued waits. */
export interface Pause {
  since: Date;
  cause: PauseCause;
  /** KIE's code; null for `failures`. */
  code: string | null;
  nextProbeAt: Date;
  /** How often it was tried since. */
  probes: number;
}

/** Seconds from the opening to the first try, from that to the second, and so on; the last one repeats. */
export const PROBE_GAPS_SECONDS = [60, 120, 240, 480, 900] as const;

/** @param probes how many tries there were. */
export function probeGapSeconds(probes: number): number {
  return PROBE_GAPS_SECONDS[Math.min(Math.max(probes, 0), PROBE_GAPS_SECONDS.length - 1)] ?? 900;
}

/** A pause for the same cause, so soon after another one, is the same trouble: its tries go on where the others ended. */
export const SAME_TROUBLE_SECONDS = 10 * 60;

/** What a refused create call says of everybody's next one; null: it concerns this request alone. */
export function pauseCauseOf(cause: FailureCause): PauseCause | null {
  switch (cause) {
    case "no-credits":
    case "authorization":
    case "key-cap":
    case "maintenance":
      return cause;
    default:
      return null;
  }
}

/** Causes that say nothing about the request: the provider, or the way to it, is in trouble. */
export const OUTSIDE_CAUSES: readonly FailureCause[] = ["server", "no-answer", "timeout"];

/** The stretch whose create calls and outcomes are counted. */
export const FAILURE_WINDOW_SECONDS = 10 * 60;
/** A create call that has told nothing for so long counts as unanswered. */
export const SILENT_CREATE_SECONDS = 60;
const FEWEST_COUNTED = 8;

/** Whether so much fails that the next customer would only wait for nothing. Few numbers prove nothing. */
export function isFailing({ counted, failed }: { counted: number; failed: number }): boolean {
  return counted >= FEWEST_COUNTED && failed * 2 > counted;
}

/** Below this KIE's account counts as empty: the cheapest things could still be made, and the next order could not. */
export const MIN_CREDITS = 20;

/**
 * Whether KIE's balance alone proves that things go on. Where it can not, one waiting generation is let through as a
 * trial: the balance is told also during maintenance, and by a key whose cap is reached.
 */
export function needsTrial(cause: PauseCause): boolean {
  return cause === "maintenance" || cause === "key-cap" || cause === "failures";
}
