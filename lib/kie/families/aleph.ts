import { getRecord, type Operation, postFlat } from "./operation.ts";
import { linkOutputs, numberOrNull, textOf, withPreviews } from "./reading.ts";
import { codeOrNull, readNotYet, readRecord, type Verdict } from "./record.ts";

/** The flag says 0 of a running task and of a failed one: only the error tells them apart (docs.kie.ai). */
function verdictOf({ successFlag, errorCode, errorMessage }: Record<string, unknown>): Verdict {
  const flag = numberOrNull(successFlag);
  if (flag === 1) return "success";
  const hasError = codeOrNull(errorCode) !== null || textOf(errorMessage) !== "";
  return hasError || flag === 2 || flag === 3 ? "fail" : "pending";
}

/** Runway Aleph, `/api/v1/aleph` (docs.kie.ai). The body names no model: there is only one. */
export const aleph: Operation = {
  start: { ask: postFlat("/api/v1/aleph/generate") },
  look: {
    ask: getRecord("/api/v1/aleph/record-info"),
    read: readNotYet,
    record: (data, options) =>
      readRecord(data, options, {
        verdict: verdictOf,
        // The other spellings are the callback's by KIE's OpenAPI.
        outputs: ({ resultVideoUrl, videoUrl, resultImageUrl, imageUrl }) =>
          withPreviews(linkOutputs([resultVideoUrl ?? videoUrl], options), [resultImageUrl ?? imageUrl], options),
      }),
  },
};
