/**
 * What a generation may do. `real`: KIE is called and money is charged. `dry-run`: the whole road with mock answers,
 * results marked DRY RUN, nothing charged. `test`: KIE is never called, the built-in mock answers, nothing charged.
 */
export const RUN_MODES = ["real", "dry-run", "test"] as const;
export type RunMode = (typeof RUN_MODES)[number];
