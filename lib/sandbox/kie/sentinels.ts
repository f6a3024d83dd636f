import type { ModelSchema } from "./request-schemas.ts";
import { isJsonObject } from "./validate.ts";

export type FailureKind = "500" | "policy" | "fetch" | "501" | "531";

/** What magic words at the beginning of a text of the request, or of an uploaded file's name, ask for. */
export interface Sentinels {
  /** The task is accepted and fails with this. */
  fail?: FailureKind;
  /** Takes ten times as long. */
  slow?: true;
  /** Ends so many virtual minutes after the create. */
  lateMinutes?: number;
  /** Never ends. */
  hang?: true;
  /** The record knows nothing of it for so many virtual seconds after the create, whether it has ended or not. */
  unseenSeconds?: number;
  /** Each callback is delivered twice. */
  twice?: true;
  /** Accepted, but the connection is cut before the answer. */
  lost?: true;
  /** The connection is cut before anything was accepted. */
  unsent?: true;
  /** Accepted, but never answered: the client has to give up. */
  silent?: true;
  /** No callback is ever sent. */
  lostCallback?: true;
  /** The callback arrives before the create answer. */
  early?: true;
  /** The last callback sets out so many virtual seconds after the end. */
  callbackDelaySeconds?: number;
  /** The task fails, yet its callback claims success; the signature is valid. */
  badCallback?: true;
  /** The task succeeds, yet its callback claims a failure; the signature is valid. */
  falseFailure?: true;
  /** Its callback names, and is signed for, the id of a task that does not exist. */
  foreignId?: true;
  /** How its callbacks are signed: not at all, by a key that nobody knows, or an hour ago. */
  signature?: "none" | "foreign" | "stale";
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
  /** `updateTime` equals `createTime`, also after the end. */
  sameTimes?: true;
  /** A failure is told without the member `resultJson`. */
  noResultJson?: true;
  /** A success without any result. */
  empty?: true;
  /** Result files of about 12 MB. */
  big?: true;
  /** Result files of about so many megabytes (1,048,576 bytes each). */
  sizeMegabytes?: number;
  /** The covers of songs are larger than the thumbnails that Telegram takes. */
  bigCover?: true;
  /** This many images or videos. */
  many?: number;
  /** Refused as an unknown model on the first route that receives this text; the text is kept to know it again. */
  goneRoute?: string;
  /** Holds for the tasks that are made of this one: follow-ups have no text of their own. */
  later?: Sentinels;
}

const REFUSING_CODES = ["402", "422", "429", "433", "455", "500", "501", "505"];
/** A number in a word is held to these bounds. */
const NUMBERS: Readonly<Record<string, { most: number; read: (value: number) => Sentinels }>> = {
  many: { most: 15, read: (many) => ({ many }) },
  late: { most: 100_000, read: (lateMinutes) => ({ lateMinutes }) },
  size: { most: 200, read: (sizeMegabytes) => ({ sizeMegabytes }) },
  unseen: { most: 100_000, read: (unseenSeconds) => ({ unseenSeconds }) },
  latecb: { most: 100_000, read: (callbackDelaySeconds) => ({ callbackDelaySeconds }) },
};

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
  unsent: { unsent: true },
  silent: { silent: true },
  early: { early: true },
  badcb: { badCallback: true },
  failcb: { falseFailure: true },
  idcb: { foreignId: true },
  nosign: { signature: "none" },
  badsign: { signature: "foreign" },
  stalecb: { signature: "stale" },
  http502: { gatewayError: true },
  garbage: { garbage: true },
  extra: { extra: true },
  nofields: { noFields: true },
  oldnames: { oldNames: true },
  sametimes: { sameTimes: true },
  noresult: { noResultJson: true },
  empty: { empty: true },
  big: { big: true },
  bigcover: { bigCover: true },
  ...Object.fromEntries(REFUSING_CODES.map((code) => [code, { refuse: Number(code) }])),
};
/** Longest first, so that `fail:policy` is not read as `fail:` and the word "policy". */
const LONGEST_FIRST = Object.keys(WORDS).sort((one, other) => other.length - one.length);

/**
 * Reads the magic words at the beginning of a text. Several may follow one another: `slow: twice: a cat`. What follows
 * `then:` holds for the tasks made of this one: `then: fail: a song` is a song whose WAV and stems fail.
 * Case does not matter. `fail:policy`, `fail:fetch`, `fail:501`, `fail:531`, `many:3`, `late:130` (minutes), `size:15`
 * (megabytes), `unseen:30` and `latecb:30` (seconds) need nothing after them.
 */
function readSentinels(text: string): Sentinels {
  return readWords(text).found;
}

/**
 * The same for words that stand alone: of a switch, or of the next task.
 *
 * @throws RangeError when something else is among them.
 */
export function wordsToSentinels(words: string): Sentinels {
  const { found, rest } = readWords(words.trim() === "" ? "" : `${words.trim().replace(/:$/, "")}:`);
  if (rest) throw new RangeError(`${JSON.stringify(rest)} is no magic word`);
  return found;
}

function readWords(text: string): { found: Sentinels; rest: string } {
  let found: Sentinels = {};
  let rest = text.trimStart().toLowerCase();
  for (;;) {
    const [whole = "", name = "", digits] = /^([a-z]+):(\d{1,6})(?!\d):?\s*/.exec(rest) ?? [];
    const number = NUMBERS[name];
    if (number) {
      found = { ...found, ...number.read(Math.min(number.most, Math.max(1, Number(digits)))) };
      rest = rest.slice(whole.length);
      continue;
    }
    const later = /^then:\s*/.exec(rest);
    if (later) {
      const inner = readWords(rest.slice(later[0].length));
      return { found: { ...found, later: inner.found }, rest: inner.rest };
    }
    const gone = /^gone-route:\s*/.exec(rest);
    if (gone) {
      found = { ...found, goneRoute: text };
      rest = rest.slice(gone[0].length);
      continue;
    }
    const word = LONGEST_FIRST.find((candidate) => beginsWith(rest, candidate));
    if (!word) return { found, rest };
    found = { ...found, ...WORDS[word] };
    rest = rest.slice(word.length).replace(/^:?\s*/, "");
  }
}

/** One name for each thing that was asked for, as faults are counted. */
export function tagsOf(sentinels: Sentinels): string[] {
  return Object.entries(sentinels).flatMap(([name, value]) => {
    if (name === "goneRoute" || name === "later") return [name];
    return [typeof value === "string" || name === "refuse" ? `${name}:${value}` : name];
  });
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
