import type { ModelSchema } from "./request-schemas.ts";
import { isJsonObject } from "./validate.ts";

export type FailureKind = "500" | "policy" | "fetch" | "501" | "531";

/** What magic words at the beginning of a text of the request, or of an uploaded file's name, ask for. */
export interface Sentinels {
  /** The task is accepted and fails with this. */
  fail?: FailureKind;
  /** Takes ten times as long. */
  slow?: true;
  /** Never ends. */
  hang?: true;
  /** Each callback is delivered twice. */
  twice?: true;
  /** Accepted, but the connection is cut before the answer. */
  lost?: true;
  /** No callback is ever sent. */
  lostCallback?: true;
  /** The callback arrives before the create answer. */
  early?: true;
  /** The task fails, yet its callback claims success; the signature is valid. */
  badCallback?: true;
  /** createTask refuses with this envelope code. */
  refuse?: number;
  /** createTask answers HTTP 502 with HTML; no task. */
  gatewayError?: true;
  /** Accepted, but the answer cannot be read. */
  garbage?: true;
  /** Unknown members everywhere. */
  extra?: true;
  /** Optional members are missing. */
  noFields?: true;
  /** The names of 2025: `consumeCredits`. */
  oldNames?: true;
  /** Result files of about 12 MB. */
  big?: true;
  /** This many images. */
  many?: number;
  /** Refused as an unknown model on the first route that receives this text; the text is kept to know it again. */
  goneRoute?: string;
  /** Holds for the tasks that are made of this one: follow-ups have no text of their own. */
  later?: Sentinels;
}

const REFUSING_CODES = ["402", "422", "429", "433", "455", "500", "501", "505"];
const MOST_IMAGES = 10;

const WORDS: Readonly<Record<string, Sentinels>> = {
  fail: { fail: "500" },
  "fail:policy": { fail: "policy" },
  "fail:fetch": { fail: "fetch" },
  "fail:501": { fail: "501" },
  "fail:531": { fail: "531" },
  slow: { slow: true },
  hang: { hang: true },
  twice: { twice: true },
  lost: { lost: true },
  lostcb: { lostCallback: true },
  lostall: { lost: true, lostCallback: true },
  early: { early: true },
  badcb: { badCallback: true },
  http502: { gatewayError: true },
  garbage: { garbage: true },
  extra: { extra: true },
  nofields: { noFields: true },
  oldnames: { oldNames: true },
  big: { big: true },
  ...Object.fromEntries(REFUSING_CODES.map((code) => [code, { refuse: Number(code) }])),
};
/** Longest first, so that `fail:policy` is not read as `fail:` and the word "policy". */
const LONGEST_FIRST = Object.keys(WORDS).sort((one, other) => other.length - one.length);

/**
 * Reads the magic words at the beginning of a text. Several may follow one another: `slow: twice: a cat`. What follows
 * `then:` holds for the tasks made of this one: `then: fail: a song` is a song whose WAV and stems fail.
 * Case does not matter. `fail:policy`, `fail:fetch`, `fail:501`, `fail:531` and `many:3` need nothing after them.
 */
function readSentinels(text: string): Sentinels {
  let found: Sentinels = {};
  let rest = text.trimStart().toLowerCase();
  for (;;) {
    const many = /^many:(\d{1,2})(?!\d):?\s*/.exec(rest);
    if (many) {
      found = { ...found, many: Math.min(MOST_IMAGES, Math.max(1, Number(many[1]))) };
      rest = rest.slice(many[0].length);
      continue;
    }
    const later = /^then:\s*/.exec(rest);
    if (later) return { ...found, later: readSentinels(rest.slice(later[0].length)) };
    const gone = /^gone-route:\s*/.exec(rest);
    if (gone) {
      found = { ...found, goneRoute: text };
      rest = rest.slice(gone[0].length);
      continue;
    }
    const word = LONGEST_FIRST.find((candidate) => beginsWith(rest, candidate));
    if (!word) return found;
    found = { ...found, ...WORDS[word] };
    rest = rest.slice(word.length).replace(/^:?\s*/, "");
  }
}

function beginsWith(text: string, word: string): boolean {
  if (!text.startsWith(word)) return false;
  const next = text[word.length];
  // A word of two parts is unmistakable; a single one must be closed by its colon.
  return word.includes(":") ? next === undefined || !/[\p{L}\p{N}_]/u.test(next) : next === ":";
}

/** The same words in a file name, with dashes: `fail-policy-cat.png`, `slow-voice.mp3`, `many-3-cat.png`. */
function readFileNameSentinels(fileName: string): Sentinels {
  const name = fileName.toLowerCase().replace(/\.[a-z0-9]+$/, "");
  return readSentinels(`${name.replaceAll("-", ":")}:`);
}

/** All sentinels of a request: its texts first (nested ones too, but no URLs and no enums), then the names of its files. */
export function sentinelsOf(schema: ModelSchema, input: Record<string, unknown>, fileNames: string[]): Sentinels {
  const texts = Object.entries(schema.input)
    .filter(([, field]) => !field.enum && !field.accepts && !field.items?.accepts)
    .flatMap(([name]) => textsIn(input[name]));
  return Object.assign({}, ...fileNames.map(readFileNameSentinels), ...texts.reverse().map(readSentinels));
}

function textsIn(value: unknown): string[] {
  if (typeof value === "string") return [value];
  if (Array.isArray(value)) return value.flatMap(textsIn);
  return isJsonObject(value) ? Object.values(value).flatMap(textsIn) : [];
}
