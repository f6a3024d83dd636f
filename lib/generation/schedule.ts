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
/** An item of a batch also waits for those before it. */
const BATCH_QUEUE_DEADLINE_SECONDS = 120 * MINUTE;

/** The seconds of this generation. */
export function queueDeadlineSeconds({ batchId }: { batchId: string | null }): number {
  return batchId === null ? QUEUE_DEADLINE_SECONDS : BATCH_QUEUE_DEADLINE_SECONDS;
}

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

/** When a generation that waits for something else is tried again in any case, should nothing else wake it. */
export const QUEUE_NET_SECONDS = 5 * MINUTE;

/** No result was ever seen sooner after the create call. */
const SOONEST_RESULT_SECONDS = 45;

interface Ladder {
  /** From the create call to the first look, where our own history knows nothing. */
  first: number;
  /** From the first look to the second; each gap after it is half as long again. */
  gap: number;
  /** No gap is longer. */
  longest: number;
}

/**
 * How looks follow one another per category. Seen from create to result: images in 45–115 s, short videos in
 * 60–600 s, music in 60–240 s (API.md, 3.2).
 */
const LADDERS: Readonly<Record<Category, Ladder>> = {
  image: { first: 45, gap: 30, longest: 5 * MINUTE },
  tools: { first: 60, gap: 30, longest: 5 * MINUTE },
  audio: { first: 90, gap: 40, longest: 8 * MINUTE },
  music: { first: 90, gap: 40, longest: 8 * MINUTE },
  video: { first: 120, gap: 60, longest: 10 * MINUTE },
};

/**
 * Seconds from the create call, or from look number `looks`, to the next look. KIE calls back, so looks are a net, not
 * the road: the first one comes near the usual p90, then they grow apart.
 */
export function nextLookSeconds(looks: number, usualP90Seconds: number | null, category: Category): number {
  const { first, gap, longest } = LADDERS[category];
  if (looks > 0) return Math.min(Math.round(gap * 1.5 ** (looks - 1)), longest);
  return Math.ceil(Math.min(Math.max(usualP90Seconds ?? first, SOONEST_RESULT_SECONDS), 10 * MINUTE));
}

/** Whether a task has taken longer than nine of ten do. Nothing is said where nothing is known. */
export function isLongerThanUsual(
  { submittedAt, usualSeconds }: { submittedAt: Date | null; usualSeconds: { p90: number } | null },
  now: Date,
): boolean {
  if (submittedAt === null || usualSeconds === null) return false;
  return now >= addSeconds(submittedAt, usualSeconds.p90);
}

/** Telegram did not take a result: wait as told, else 5, 10, 20 … seconds, at most ten minutes. */
export function deliveryRetryAt(now: Date, attempts: number, retryAfterSeconds: number | null): Date {
  return addSeconds(now, retryAfterSeconds ?? Math.min(5 * 2 ** Math.max(attempts - 1, 0), 10 * MINUTE));
}
