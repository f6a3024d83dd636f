import type { WordKind } from "../../shared/media.ts";
import type { WordOutput } from "../gateway.ts";
import { safeReplyUrl } from "../reply-url.ts";
import { midiOutputs } from "./midi.ts";
import type { LinkOptions } from "./operation.ts";
import { decoded, isObject, listOf, membersOf, notes, textOf } from "./reading.ts";
import { lrcOf } from "./timed-lyrics.ts";

/** Variants of lyrics, each with its title; one that failed has no words. */
export function lyricsOutputs(value: unknown): WordOutput[] {
  return listOf(value).flatMap((item): WordOutput[] => {
    const { text, title, status } = membersOf(item);
    const words = textOf(text);
    if (words === "" || textOf(status).toLowerCase() === "failed") return [];
    return [{ kind: "text", text: words, ...notes(title, null) }];
  });
}

export function personaOutputs(value: unknown): WordOutput[] {
  const { personaId, name, description } = membersOf(value);
  const id = textOf(personaId);
  if (id === "") return [];
  const text = [textOf(name), textOf(description)].filter((part) => part !== "").join("\n");
  return [{ kind: "text", text: text || id, ...notes(null, id) }];
}

export function timedLyricsOutputs(value: unknown): WordOutput[] {
  const text = lrcOf(membersOf(value).alignedWords);
  return text === "" ? [] : [{ kind: "timed-lyrics", text }];
}

/** A trained voice: its id is what songs are made with. */
export function voiceOutputs(value: unknown): WordOutput[] {
  const id = textOf(membersOf(value).voiceId);
  return id === "" ? [] : [{ kind: "text", text: id, ...notes(null, id) }];
}

/** Members that answer the question in one text, whatever stands beside them. */
const ANSWERS = ["result", "text", "validateInfo", "content"] as const;
const MAX_DEPTH = 6;
const MAX_READABLE = 20_000;

/** Words out of an object of any shape: the one answer in it, else a line for each member. */
function readable(value: unknown, options: LinkOptions, depth = 0): string {
  const found = decoded(value);
  if (typeof found === "string") {
    const text = found.trim();
    // A link among the words is handed on like any other link, or not at all.
    return /^[a-z][a-z0-9+.-]*:\S+$/i.test(text) ? (safeReplyUrl(text, options.allowHttp) ?? "") : text;
  }
  if (typeof found === "number" || typeof found === "boolean") return String(found);
  if (typeof found !== "object" || found === null || depth > MAX_DEPTH) return "";
  if (Array.isArray(found))
    return found.flatMap((item: unknown) => readable(item, options, depth + 1) || []).join("\n");
  const members = membersOf(found);
  const answer = depth === 0 ? ANSWERS.map((name) => textOf(members[name])).find((text) => text !== "") : undefined;
  if (answer !== undefined) return answer;
  return Object.entries(members)
    .flatMap(([name, member]) => {
      const text = readable(member, options, depth + 1);
      if (text === "") return [];
      return text.includes("\n") ? `${name}:\n${text.replace(/^/gm, "  ")}` : `${name}: ${text}`;
    })
    .join("\n");
}

export function readableOutputs(value: unknown, options: LinkOptions): WordOutput[] {
  const text = readable(value, options).slice(0, MAX_READABLE);
  return text === "" ? [] : [{ kind: "text", text }];
}

/** The first of these that finds something. */
const firstFound = (...readers: readonly (() => WordOutput[])[]): WordOutput[] => {
  for (const read of readers) {
    const outputs = read();
    if (outputs.length > 0) return outputs;
  }
  return [];
};

/**
 * The answer in words of a market record: in `resultObject`, in `data`, or flat as the older endpoints had it
 * (docs.kie.ai).
 *
 * @param result `response`, or the decoded `resultJson`.
 */
export function wordOutputs(result: unknown, kind: WordKind, options: LinkOptions): WordOutput[] {
  const body = membersOf(result);
  const flat = isObject(decoded(result)) ? body : result;
  const holders = [body.resultObject, body.data, flat].map(decoded).filter((holder) => holder != null);
  const read: Readonly<Record<WordKind, (holder: unknown) => WordOutput[]>> = {
    "timed-lyrics": timedLyricsOutputs,
    midi: (holder) =>
      firstFound(
        () => midiOutputs(holder),
        () => midiOutputs(membersOf(holder).midiData),
      ),
    text: (holder) =>
      firstFound(
        () => lyricsOutputs(membersOf(holder).lyricsData),
        () => lyricsOutputs(holder),
        () => personaOutputs(holder),
        () => voiceOutputs(holder),
        () => readableOutputs(holder, options),
      ),
  };
  return firstFound(...holders.map((holder) => () => read[kind](holder)));
}
