import type { MediaKind, OutputKind } from "../../shared/media.ts";
import type { FileOutput, TaskOutput } from "../gateway.ts";
import { safeReplyUrl } from "../reply-url.ts";
import type { LinkOptions } from "./operation.ts";

/** More outputs than any model makes; a reply with more is cut, not believed. */
const MAX_OUTPUTS = 32;
const MAX_NOTE = 200;
/** Longer than any lyrics; what is cut off is not an answer for people. */
const MAX_WORDS = 20_000;

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

/** The members of an object, also of one inside a string; none for anything else. */
export function membersOf(value: unknown): Record<string, unknown> {
  const object = decoded(value);
  return isObject(object) ? object : {};
}

export function listOf(value: unknown): unknown[] {
  const list = decoded(value);
  return Array.isArray(list) ? list : [];
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

/** The first of these that can be believed, or null. */
export function firstSafeUrl(links: readonly unknown[], { allowHttp }: LinkOptions): string | null {
  for (const link of links) {
    const url = safeReplyUrl(link, allowHttp);
    if (url !== null) return url;
  }
  return null;
}

/** What a file behind a link is. A model that answers in words makes no files; if it sends one, it is a picture of them. */
const fileKind = (output: OutputKind): MediaKind =>
  output === "video" || output === "audio" || output === "image" ? output : "image";

/** The links that can be believed, as files of the kind that the model makes. */
export function linkOutputs(links: readonly unknown[], options: LinkOptions & { output: OutputKind }): FileOutput[] {
  return links
    .map((link) => safeReplyUrl(link, options.allowHttp))
    .filter((link) => link !== null)
    .map((url) => ({ kind: fileKind(options.output), url }));
}

/**
 * The same files, each with the picture that stands at its place in KIE's other list. Where the lists differ in length
 * nobody can tell whose picture is whose.
 */
export function withPreviews(
  outputs: readonly FileOutput[],
  pictures: readonly unknown[],
  { allowHttp }: LinkOptions,
): FileOutput[] {
  return outputs.map((output, index) => {
    const previewUrl = pictures.length === outputs.length ? safeReplyUrl(pictures[index], allowHttp) : null;
    return previewUrl === null ? output : { ...output, previewUrl };
  });
}

/** Each output once, and no more than any model makes. */
export function uniqueOutputs(outputs: readonly TaskOutput[]): TaskOutput[] {
  const key = (output: TaskOutput): string => ("url" in output ? output.url : `${output.kind} ${output.text}`);
  return [...new Map(outputs.map((output) => [key(output), output])).values()].slice(0, MAX_OUTPUTS);
}

/** A number that is not negative, also as text; null for anything else. */
export function numberOrNull(value: unknown): number | null {
  const number = typeof value === "string" && value.trim() !== "" ? Number(value) : value;
  return typeof number === "number" && Number.isFinite(number) && number >= 0 ? number : null;
}

/** The text without the space around it; empty for anything that is no text. */
export const textOf = (value: unknown): string => (typeof value === "string" ? value.trim().slice(0, MAX_WORDS) : "");

/** Title and id of an output, as far as they are there. */
export function notes(title: unknown, externalId: unknown): { title?: string; externalId?: string } {
  const name = textOf(title).slice(0, MAX_NOTE);
  const id = textOf(externalId).slice(0, MAX_NOTE);
  return { ...(name === "" ? {} : { title: name }), ...(id === "" ? {} : { externalId: id }) };
}

/** No song is that long: what is larger was told in milliseconds. */
const MAX_SECONDS = 7_200;

/** @returns how much a time of a song has to be divided by to be seconds. */
export const secondsDivisor = (largest: number): number => (largest > MAX_SECONDS ? 1_000 : 1);

/** A length in seconds, also where it was told in milliseconds; null when there is none. */
export function lengthSeconds(value: unknown): number | null {
  const length = numberOrNull(value);
  return length === null || length === 0 ? null : length / secondsDivisor(length);
}
