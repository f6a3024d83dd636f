/** States a generation can be in; life-cycle.ts says how it moves between them. */
export const GENERATION_STATES = [
  "queued",
  "submitting",
  "submitted",
  "succeeded",
  "delivered",
  "failed",
  "returned",
  "expired",
  "undeliverable",
  "cancelled",
] as const;
export type GenerationState = (typeof GENERATION_STATES)[number];
