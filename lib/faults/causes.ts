/** Why a generation failed, in classes that have their own words and their own way out (table.ts says which answer means which). */
export const FAILURE_CAUSES = [
  "content-policy",
  "input-not-fetched",
  "wrong-parameters",
  "no-credits",
  "rate-limited",
  "key-cap",
  "maintenance",
  "authorization",
  "server",
  "generation-failed",
  "timeout",
  "no-answer",
  "other",
] as const;
export type FailureCause = (typeof FAILURE_CAUSES)[number];
