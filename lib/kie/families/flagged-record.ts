import * as z from "zod";
import type { LookOutcome } from "../gateway.ts";
import { cleanMessage, textsIn } from "../redact.ts";
import type { ReadOptions } from "./family.ts";
import { decoded, isObject, linkOutputs, numberOrNull, uniqueOutputs } from "./reading.ts";

/**
 * `data` of the dedicated families' record-info, as much of it as is used (docs.kie.ai). Times are not among it: they
 * come as seconds, milliseconds and words.
 */
const recordSchema = z.lazy(() =>
  z.looseObject({
    /** 0 running, 1 done, 2 not created, 3 failed. */
    successFlag: z.unknown().optional(),
    /** 4o names the same in words. */
    status: z.string().nullish().catch(null),
    response: z.unknown().optional(),
    paramJson: z.unknown().optional(),
    errorCode: z.unknown().optional(),
    errorMessage: z.string().nullish().catch(null),
  }),
);

type Verdict = "pending" | "success" | "fail";

/** The flag decides; the word is asked only where there is no flag. What is not understood is a running task. */
function verdictOf(successFlag: unknown, status: string | null): Verdict {
  const flag = numberOrNull(successFlag);
  if (flag !== null) {
    if (flag === 1) return "success";
    return flag === 2 || flag === 3 ? "fail" : "pending";
  }
  const word = status?.toUpperCase() ?? "";
  if (word === "SUCCESS") return "success";
  return word.endsWith("FAILED") ? "fail" : "pending";
}

/**
 * The outcome in a record of a dedicated family, or null when it is no record at all.
 *
 * @param linksOf links in `response`, of whatever shape; only those that are plain web links are kept.
 */
export function readFlaggedRecord(
  data: unknown,
  options: ReadOptions,
  linksOf: (response: Record<string, unknown>) => readonly unknown[],
): LookOutcome | null {
  const parsed = recordSchema.safeParse(data);
  if (!parsed.success) return null;
  const record = parsed.data;
  switch (verdictOf(record.successFlag, record.status ?? null)) {
    case "pending":
      return { kind: "pending", state: (record.status || "generating").slice(0, 40) };
    case "success": {
      const response = decoded(record.response);
      const links = isObject(response) ? linksOf(response) : [];
      // These families do not tell what a task has cost.
      return { kind: "succeeded", outputs: uniqueOutputs(linkOutputs(links, options)), creditsConsumed: null };
    }
    case "fail": {
      const code = numberOrNull(record.errorCode);
      const message = cleanMessage(record.errorMessage ?? "", textsIn(decoded(record.paramJson)));
      return { kind: "failed", code: code === 0 || code === 200 ? null : code, message };
    }
  }
}

/** The dedicated families say "not yet" as an error (docs.kie.ai): `1080P is processing`, `record result data is blank`. */
export function saysNotYet(message: string): boolean {
  return /\bprocessing\b|result data is blank|status is not success/i.test(message);
}
