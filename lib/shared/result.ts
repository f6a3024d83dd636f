/** An answer that may be "no" for a reason the caller is expected to handle. Bugs throw; refusals return. */
export type Result<Value, Problem> = { ok: true; value: Value } | { ok: false; problem: Problem };

export const ok = <Value>(value: Value): { ok: true; value: Value } => ({ ok: true, value });
export const refuse = <Problem>(problem: Problem): { ok: false; problem: Problem } => ({ ok: false, problem });
