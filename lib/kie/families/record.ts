import type { LookOutcome, TaskOutput } from "../gateway.ts";
import { cleanMessage, textsIn } from "../redact.ts";
import type { ReadOptions } from "./operation.ts";
import { decoded, isObject, numberOrNull, textOf, uniqueOutputs } from "./reading.ts";

type Members = Record<string, unknown>;

/** `callback-failed`: KIE could not reach us, which says nothing of the task: the result decides. */
export type Verdict = "pending" | "success" | "fail" | "callback-failed";

/** How a dedicated family's record differs from the others. */
export interface RecordShape {
  /** Default: the flag, or the word where there is no flag. */
  verdict?(record: Members): Verdict;
  /** The outputs in `response`, and in the record itself where a family puts them there. */
  outputs(response: Members, options: ReadOptions, record: Members): TaskOutput[];
  /** Whether a result after `callback-failed` is only a part. */
  isPartial?(response: Members, options: ReadOptions): boolean;
}

function verdictOfFlag(flag: number): Verdict {
  if (flag === 1) return "success";
  return flag === 2 || flag === 3 ? "fail" : "pending";
}

/** What is not understood is a running task: the deadline ends it, and nobody pays for what was misread. */
export function verdictOfWord(anyWord: string): Verdict {
  const word = anyWord.toUpperCase();
  if (word === "SUCCESS" || word === "COMPLETE" || word === "COMPLETED") return "success";
  if (word === "CALLBACK_EXCEPTION") return "callback-failed";
  return /(^|_)(FAILED|FAIL|ERROR)$/.test(word) ? "fail" : "pending";
}

/** `successFlag` is a number (0 running, 1 done, 2 not created, 3 failed) or a word; `status` is a word (docs.kie.ai). */
function verdictOf({ successFlag, status }: Members): Verdict {
  const flag = numberOrNull(successFlag);
  if (flag !== null) return verdictOfFlag(flag);
  return verdictOfWord(textOf(successFlag) || textOf(status));
}

/** KIE names a code also where nothing went wrong. */
export const codeOrNull = (value: unknown): number | null => {
  const code = numberOrNull(value);
  return code === 0 || code === 200 ? null : code;
};

/** What the record says of a failure, without what the user wrote. */
export function failureOf({ errorCode, errorMessage, errorMsg, paramJson, param }: Members): LookOutcome {
  const message = cleanMessage(textOf(errorMessage) || textOf(errorMsg), textsIn(decoded(paramJson ?? param)));
  return { kind: "failed", code: codeOrNull(errorCode), message };
}

/** The outcome in a record of a dedicated family, or null when it is no record at all. Times are not read: they come as
 * seconds, milliseconds and words. */
export function readRecord(data: unknown, options: ReadOptions, shape: RecordShape): LookOutcome | null {
  if (!isObject(data)) return null;
  const response = decoded(data.response);
  const result = isObject(response) ? response : {};
  const verdict = shape.verdict?.(data) ?? verdictOf(data);
  const pending = (): LookOutcome => ({
    kind: "pending",
    state: (textOf(data.status) || textOf(data.successFlag).replace(/^\d+$/, "") || "generating").slice(0, 40),
  });
  switch (verdict) {
    case "pending":
      return pending();
    case "fail":
      return failureOf(data);
    case "success":
    case "callback-failed": {
      const outputs = uniqueOutputs(shape.outputs(result, options, data));
      if (verdict === "callback-failed") {
        if (outputs.length === 0) return failureOf(data);
        if (shape.isPartial?.(result, options) === true) return pending();
      }
      // These families do not tell what a task has cost.
      return { kind: "succeeded", outputs, creditsConsumed: null };
    }
  }
}

/** The dedicated families say "not yet" as an error (docs.kie.ai): `1080P is processing`, `record result data is blank`. */
export function saysNotYet(message: string): boolean {
  return /\bis (still )?processing\b|result data is blank|status is not success/i.test(message);
}

/** Under these a family may say that a task is not done yet (docs.kie.ai). */
const NOT_YET_CODES = new Set([400, 422]);

/** For `look.read` of the dedicated families. */
export const readNotYet = ({ code, message }: { code: number; message: string }): LookOutcome | null =>
  NOT_YET_CODES.has(code) && saysNotYet(message) ? { kind: "pending", state: "processing" } : null;
