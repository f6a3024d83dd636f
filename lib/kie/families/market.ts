import * as z from "zod";
import type { MediaKind } from "../../shared/media.ts";
import type { LookOutcome, TaskOutput } from "../gateway.ts";
import { cleanMessage, textsIn } from "../redact.ts";
import { safeReplyUrl } from "../reply-url.ts";

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

export interface MarketOptions {
  output: MediaKind;
  /** Whether `http:` links in a reply are believed (the sandbox). */
  allowHttp: boolean;
}

/** More outputs than any model makes; a reply with more is cut, not believed. */
const MAX_OUTPUTS = 32;

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** KIE puts JSON into strings, sometimes twice. */
function decoded(value: unknown): unknown {
  if (typeof value !== "string") return value;
  const text = value.trim();
  if (!text.startsWith("{") && !text.startsWith("[")) return value;
  try {
    return JSON.parse(text);
  } catch {
    return value;
  }
}

/** `["a","b"]`, `"a"`, `"[\"a\"]"` and Veo's `"[http://a,http://b]"` alike. */
function urlList(value: unknown): unknown[] {
  const list = decoded(value);
  if (Array.isArray(list)) {
    // Midjourney's record lists objects where everybody else lists strings (docs.kie.ai).
    return list.map((item: unknown) => (isObject(item) ? (item.resultUrl ?? item.url) : item));
  }
  if (typeof list !== "string" || list.trim() === "") return [];
  const text = list.trim();
  if (!text.startsWith("[") || !text.endsWith("]")) return [text];
  return text
    .slice(1, -1)
    .split(",")
    .map((part) => part.trim().replace(/^["']|["']$/g, ""));
}

/** Links anywhere inside a `resultObject`, whose members differ by model. */
function linksIn(value: unknown, depth = 0): string[] {
  if (typeof value === "string") return /^https?:\/\/\S+$/.test(value.trim()) ? [value] : [];
  if (typeof value !== "object" || value === null || depth > 5) return [];
  return Object.values(value).flatMap((item: unknown) => linksIn(item, depth + 1));
}

function trackOutputs(value: unknown, options: MarketOptions): TaskOutput[] {
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
export function extractOutputs(result: unknown, options: MarketOptions): TaskOutput[] {
  const body = decoded(result);
  const asOutputs = (links: readonly unknown[]): TaskOutput[] =>
    links
      .map((link) => safeReplyUrl(link, options.allowHttp))
      .filter((link) => link !== null)
      .map((url) => ({ kind: options.output, url }));
  const unique = (outputs: readonly TaskOutput[]): TaskOutput[] =>
    [...new Map(outputs.map((output) => [output.url, output])).values()].slice(0, MAX_OUTPUTS);

  if (!isObject(body)) return unique(asOutputs(urlList(body)));
  const plain = asOutputs(urlList(body.resultUrls ?? body.result_urls ?? body.resultUrl));
  if (plain.length > 0) return unique(plain);
  const tracks = [...trackOutputs(body.data, options), ...trackOutputs(body.sunoData, options)];
  if (tracks.length > 0) return unique(tracks);
  return unique(asOutputs(linksIn(decoded(body.resultObject))));
}

const numberOrNull = (value: unknown): number | null => {
  const number = typeof value === "string" && value.trim() !== "" ? Number(value) : value;
  return typeof number === "number" && Number.isFinite(number) && number >= 0 ? number : null;
};

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
export function readMarketRecord(data: unknown, options: MarketOptions): LookOutcome | null {
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
