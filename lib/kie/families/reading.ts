import type { TaskOutput } from "../gateway.ts";
import { safeReplyUrl } from "../reply-url.ts";
import type { ReadOptions } from "./family.ts";

/** More outputs than any model makes; a reply with more is cut, not believed. */
const MAX_OUTPUTS = 32;

export const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** KIE puts JSON into strings, sometimes twice. */
export function decoded(value: unknown): unknown {
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
export function urlList(value: unknown): unknown[] {
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

/** The first of these lists, in any of the spellings, that has something in it. */
export function firstUrlList(...values: readonly unknown[]): unknown[] {
  const lists = values.map((value) => urlList(value).filter((link) => link !== "" && link !== null));
  return lists.find((list) => list.length > 0) ?? [];
}

/** The links that can be believed, as files of the kind that the model makes. */
export function linkOutputs(links: readonly unknown[], options: ReadOptions): TaskOutput[] {
  return links
    .map((link) => safeReplyUrl(link, options.allowHttp))
    .filter((link) => link !== null)
    .map((url) => ({ kind: options.output, url }));
}

/** Each file once, and no more than any model makes. */
export function uniqueOutputs(outputs: readonly TaskOutput[]): TaskOutput[] {
  return [...new Map(outputs.map((output) => [output.url, output])).values()].slice(0, MAX_OUTPUTS);
}

/** A number that is not negative, also as text; null for anything else. */
export function numberOrNull(value: unknown): number | null {
  const number = typeof value === "string" && value.trim() !== "" ? Number(value) : value;
  return typeof number === "number" && Number.isFinite(number) && number >= 0 ? number : null;
}
