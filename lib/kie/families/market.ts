import * as z from "zod";
import type { LookOutcome, TaskOutput } from "../gateway.ts";
import { cleanMessage, textsIn } from "../redact.ts";
import { safeReplyUrl } from "../reply-url.ts";
import type { Family, ReadOptions } from "./family.ts";
import { decoded, isObject, linkOutputs, numberOrNull, uniqueOutputs, urlList } from "./reading.ts";

/** `data` of recordInfo, as much of it as is used (docs.kie.ai). */
const recordSchema = z.lazy(() =>
  z.looseObject({
    state: z.string().nullish(),
    successFlag: z.unknown().optional(),
    resultJson: z.unknown().optional(),
    response: z.unknown().optional(),
    param: z.unknown().optional(),
    failCode: z.union([z.string(), z.number()]).nullish(),
    failMsg: z.string().nullish(),
    creditsConsumed: z.unknown().optional(),
    /** Name of 2025. */
    consumeCredits: z.unknown().optional(),
  }),
);

const trackSchema = z.lazy(() =>
  z.looseObject({
    id: z.string().nullish().catch(null),
    title: z.string().nullish().catch(null),
    duration: z.coerce.number().positive().nullish().catch(null),
    audio_url: z.string().nullish().catch(null),
    audioUrl: z.string().nullish().catch(null),
    stream_audio_url: z.string().nullish().catch(null),
    streamAudioUrl: z.string().nullish().catch(null),
  }),
);

/** Links anywhere inside a `resultObject`, whose members differ by model. */
function linksIn(value: unknown, depth = 0): string[] {
  if (typeof value === "string") return /^https?:\/\/\S+$/.test(value.trim()) ? [value] : [];
  if (typeof value !== "object" || value === null || depth > 5) return [];
  return Object.values(value).flatMap((item: unknown) => linksIn(item, depth + 1));
}

function trackOutputs(value: unknown, options: ReadOptions): TaskOutput[] {
  const list = decoded(value);
  if (!Array.isArray(list)) return [];
  return list.flatMap((item: unknown): TaskOutput[] => {
    const parsed = trackSchema.safeParse(item);
    if (!parsed.success) return [];
    const track = parsed.data;
    const links = [track.audio_url, track.audioUrl, track.stream_audio_url, track.streamAudioUrl];
    const url = links.map((link) => safeReplyUrl(link, options.allowHttp)).find((link) => link !== null);
    if (url === undefined) return [];
    return [
      {
        kind: "audio",
        url,
        ...(track.title ? { title: track.title.slice(0, 200) } : {}),
        ...(track.duration ? { durationSeconds: track.duration } : {}),
        ...(track.id ? { externalId: track.id.slice(0, 200) } : {}),
      },
    ];
  });
}

/**
 * The files of a finished task, in the order of API.md §3.4: `resultUrls`, then songs in `data`, then whatever links a
 * `resultObject` holds. Empty when the model answered with text only, or when no link could be believed.
 *
 * @param result `response`, or the decoded `resultJson`.
 */
function extractOutputs(result: unknown, options: ReadOptions): TaskOutput[] {
  const body = decoded(result);
  if (!isObject(body)) return uniqueOutputs(linkOutputs(urlList(body), options));
  const plain = linkOutputs(urlList(body.resultUrls ?? body.result_urls ?? body.resultUrl), options);
  if (plain.length > 0) return uniqueOutputs(plain);
  const tracks = [...trackOutputs(body.data, options), ...trackOutputs(body.sunoData, options)];
  if (tracks.length > 0) return uniqueOutputs(tracks);
  return uniqueOutputs(linkOutputs(linksIn(decoded(body.resultObject)), options));
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
export const market: Family = {
  start: {
    path: "/api/v1/jobs/createTask",
    body: ({ model, input, callBackUrl }) => ({ model, callBackUrl, input }),
  },
  look: {
    path: "/api/v1/jobs/recordInfo",
    parse: readMarketRecord,
    isPending: () => false,
  },
};
