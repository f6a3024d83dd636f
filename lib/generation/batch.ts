/** Several prompts for one model, or one prompt for several models. */
export const BATCH_KINDS = ["batch", "compare"] as const;
export type BatchKind = (typeof BATCH_KINDS)[number];

/** Who leaves the queue first: the lower number. Somebody who waits for one picture goes before those who ordered many. */
export const PRIORITY = { paid: 0, batch: 1, free: 2 } as const;

/** How many seconds lie between two redraws of a batch's progress, whatever happens: Telegram allows few edits. */
export const PROGRESS_GAP_SECONDS = 3;

const FIRST_JOB_SECONDS = 45;
const MOCK_SECONDS = 5;
const LONGEST_GAP_SECONDS = 600;

/** Seconds from the order to the first job of a batch. The built-in mock answers in seconds and never calls back. */
export function firstJobSeconds(isMock: boolean): number {
  return isMock ? MOCK_SECONDS : FIRST_JOB_SECONDS;
}

/** Seconds to the next job of a batch that is under way: the older it is, the longer. */
export function nextJobSeconds(ageSeconds: number, isMock: boolean): number {
  return Math.round(Math.min(Math.max(ageSeconds / 2, firstJobSeconds(isMock)), LONGEST_GAP_SECONDS));
}
