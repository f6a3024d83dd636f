import type { LookOutcome } from "../gateway.ts";
import { cleanMessage, textsIn } from "../redact.ts";
import { getRecord, type Operation, postFlat, type ReadOptions, type RecordRoute } from "./operation.ts";
import { decoded, isObject, linkOutputs, membersOf, numberOrNull, textOf, withPreviews } from "./reading.ts";
import { codeOrNull, readNotYet, verdictOfWord } from "./record.ts";

/** The outcome in `data` of record-detail (docs.kie.ai): `wait`, `queueing`, `generating`, `success`, `fail`. */
function readDetail(data: unknown, options: ReadOptions): LookOutcome | null {
  if (!isObject(data)) return null;
  const state = textOf(data.state);
  switch (verdictOfWord(state)) {
    case "success": {
      // The link may still stand there, with nothing behind it.
      if (numberOrNull(data.expireFlag) === 1) return { kind: "failed", code: null, message: "the files have expired" };
      const { videoUrl, imageUrl } = membersOf(data.videoInfo);
      const outputs = withPreviews(linkOutputs([videoUrl], options), [imageUrl], options);
      return { kind: "succeeded", outputs, creditsConsumed: null };
    }
    case "fail": {
      const message = cleanMessage(textOf(data.failMsg), textsIn(decoded(data.generateParam)));
      return { kind: "failed", code: codeOrNull(data.failCode), message };
    }
    default:
      return { kind: "pending", state: (state || "generating").slice(0, 40) };
  }
}

const look: RecordRoute = {
  ask: getRecord("/api/v1/runway/record-detail"),
  read: readNotYet,
  record: readDetail,
};

/** Runway, `/api/v1/runway` (docs.kie.ai). The body names no model: there is only one. */
export const RUNWAY: Readonly<Record<string, Operation>> = {
  "runway/generate": { start: { ask: postFlat("/api/v1/runway/generate") }, look },
  "runway/extend": { start: { ask: postFlat("/api/v1/runway/extend") }, look },
};
