import * as z from "zod";
import { type OutputKind, WORD_KINDS, type WordKind } from "../../shared/media.ts";
import type { LookOutcome, TaskOutput } from "../gateway.ts";
import { cleanMessage, textsIn } from "../redact.ts";
import { getRecord, type Operation, type ReadOptions } from "./operation.ts";
import {
  decoded,
  isObject,
  linkOutputs,
  membersOf,
  numberOrNull,
  uniqueOutputs,
  urlList,
  withPreviews,
} from "./reading.ts";
import { stemOutputs } from "./stems.ts";
import { trackOutputs } from "./tracks.ts";
import { wordOutputs } from "./words.ts";

/** `data` of recordInfo, as much of it as is used (docs.kie.ai). */
const recordSchema = z.lazy(() =>
  z.looseObject({
    state: z.string().nullish().catch(null),
    successFlag: z.unknown().optional(),
    resultJson: z.unknown().optional(),
    response: z.unknown().optional(),
    param: z.unknown().optional(),
    failCode: z.unknown().optional(),
    failMsg: z.string().nullish().catch(null),
    creditsConsumed: z.unknown().optional(),
    /** Name of 2025. */
    consumeCredits: z.unknown().optional(),
  }),
);

/** Links anywhere inside a `resultObject`, whose members differ by model. */
function linksIn(value: unknown, depth = 0): string[] {
  if (typeof value === "string") return /^https?:\/\/\S+$/.test(value.trim()) ? [value] : [];
  if (typeof value !== "object" || value === null || depth > 5) return [];
  return Object.values(value).flatMap((item: unknown) => linksIn(item, depth + 1));
}

/** `text`, `timed-lyrics`, `midi`, or null for a model that makes files. */
const wordKind = (output: OutputKind): WordKind | null => WORD_KINDS.find((kind) => kind === output) ?? null;

/**
 * The files of a finished task, in the documented order (docs.kie.ai): `resultUrls`, then songs in `data`, then the parts of a
 * song, then whatever links a `resultObject` holds.
 */
function fileOutputs(result: unknown, options: ReadOptions): TaskOutput[] {
  const body = decoded(result);
  if (!isObject(body)) return linkOutputs(urlList(body), options);
  const plain = linkOutputs(urlList(body.resultUrls ?? body.result_urls ?? body.resultUrl), options);
  // Seedance's frames are no outputs of their own.
  if (plain.length > 0) return withPreviews(plain, urlList(body.firstFrameUrl ?? body.first_frame_url), options);
  const tracks = [...trackOutputs(body.data, options), ...trackOutputs(body.sunoData, options)];
  if (tracks.length > 0) return tracks;
  const object = membersOf(body.resultObject);
  const parts = [object, object.vocal_separation_info, object.vocal_removal_info, body];
  const stems = options.output === "audio" ? parts.flatMap((part) => stemOutputs(part, options)) : [];
  return stems.length > 0 ? stems : linkOutputs(linksIn(object), options);
}

/**
 * What a finished task has made. Empty when a model of files answered with words only, or when no link could be
 * believed.
 *
 * @param result `response`, or the decoded `resultJson`.
 */
function extractOutputs(result: unknown, options: ReadOptions): TaskOutput[] {
  const kind = wordKind(options.output);
  const words = kind === null ? [] : wordOutputs(result, kind, options);
  return uniqueOutputs(kind === null ? fileOutputs(result, options) : words);
}

/** The stored request, decoded as far as it goes: `input` is a string inside a string in live answers. */
function requestTexts(param: unknown): string[] {
  const request = decoded(param);
  return isObject(request) ? textsIn(decoded(request.input)) : [];
}

type Verdict = "pending" | "success" | "fail";

/** `state` decides; an unknown word is a running task. Only a record without any state is read by `successFlag`. */
function verdictOf(state: string | null, successFlag: unknown): Verdict {
  if (state !== null && state !== "") {
    const word = state.toLowerCase();
    if (word === "success") return "success";
    return word === "fail" || word === "failed" ? "fail" : "pending";
  }
  const flag = numberOrNull(successFlag);
  if (flag === 1) return "success";
  return flag === 2 || flag === 3 ? "fail" : "pending";
}

/** The outcome in `data` of `GET /api/v1/jobs/recordInfo` (docs.kie.ai), or null when it is no record at all. */
function readMarketRecord(data: unknown, options: ReadOptions): LookOutcome | null {
  const parsed = recordSchema.safeParse(data);
  if (!parsed.success) return null;
  const record = parsed.data;
  switch (verdictOf(record.state ?? null, record.successFlag)) {
    case "pending":
      return { kind: "pending", state: (record.state ?? "unknown").slice(0, 40) };
    case "success": {
      const fromResponse = extractOutputs(record.response, options);
      return {
        kind: "succeeded",
        // Some answers carry an empty `response` beside a filled `resultJson`.
        outputs: fromResponse.length > 0 ? fromResponse : extractOutputs(record.resultJson, options),
        creditsConsumed: numberOrNull(record.creditsConsumed) ?? numberOrNull(record.consumeCredits),
      };
    }
    case "fail": {
      const code = numberOrNull(record.failCode);
      const message = cleanMessage(record.failMsg ?? "", requestTexts(record.param));
      return { kind: "failed", code: code === 0 ? null : code, message };
    }
  }
}

/** The unified API, `/api/v1/jobs` (docs.kie.ai): the model's own fields lie in `input`. */
export const market: Operation = {
  start: {
    ask: ({ model, input, callBackUrl }) => ({
      method: "POST",
      path: "/api/v1/jobs/createTask",
      fields: { model, callBackUrl, input },
    }),
  },
  look: { ask: getRecord("/api/v1/jobs/recordInfo"), record: readMarketRecord },
};
