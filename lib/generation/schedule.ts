import type { Category } from "../catalog/categories.ts";
import { addSeconds } from "../shared/clock.ts";

const MINUTE = 60;

/** Seconds from the create call until a task counts as lost or stuck, per category. One extension of the same length. */
const DEADLINE_SECONDS: Readonly<Record<Category, number>> = {
  image: 20 * MINUTE,
  tools: 20 * MINUTE,
  audio: 40 * MINUTE,
  music: 40 * MINUTE,
  video: 120 * MINUTE,
};

export function deadlineSeconds(category: Category): number {
  return DEADLINE_SECONDS[category];
}

/** How long a generation may wait in our own queue before the money goes back. */
export const QUEUE_DEADLINE_SECONDS = 60 * MINUTE;

/**
 * Seconds until the next try to leave the queue after KIE, or the account's rate limit, said "later": 15, 30, 60 … at
 * most five minutes, as maintenance lasts.
 *
 * @param attempt how often it was tried, from 1.
 */
export function submitRetrySeconds(attempt: number): number {
  return Math.min(15 * 2 ** Math.max(attempt - 1, 0), 5 * MINUTE);
}

/** Longest step of a function that holds a lease, plus room. */
export const LEASE_SECONDS = 90;

/** How long after the create call `no such record` is still normal. */
export const RECORD_GRACE_SECONDS = 60;

/**
 * Seconds from the create call, or from look number `looks`, to the next look. KIE calls back, so looks are a net, not
 * the road: the first one near the usual p90 (45 s when unknown: no result was ever seen before), then growing gaps up
 * to ten minutes.
 */
export function nextLookSeconds(looks: number, usualP90Seconds: number | null): number {
  if (looks === 0) return Math.round(Math.min(Math.max(usualP90Seconds ?? 45, 45), 10 * MINUTE));
  return Math.min(Math.round(30 * 1.5 ** (looks - 1)), 10 * MINUTE);
}

/** Telegram did not take a result: wait as told, else 5, 10, 20 … seconds, at most ten minutes. */
export function deliveryRetryAt(now: Date, attempts: number, retryAfterSeconds: number | null): Date {
  return addSeconds(now, retryAfterSeconds ?? Math.min(5 * 2 ** Math.max(attempts - 1, 0), 10 * MINUTE));
}
