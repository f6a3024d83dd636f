import type { Catalog } from "../../../lib/catalog/load.ts";
import { commandList } from "../../../lib/conversation/commands.ts";
import type { DialogueEvent, HoldRefusal, MediaRefusal, OutputJob } from "../../../lib/conversation/types.ts";
import { GENERATION_STATES, type GenerationState } from "../../../lib/generation/states.ts";
import { MEDIA_KINDS, type MediaKind, type UploadRef } from "../../../lib/shared/media.ts";
import { createRandom, type Random } from "../../support/random.ts";

/** How ✅ goes at the database. `lost`: another step was first, and nothing is stored. */
export type Luck = "held" | "lost" | HoldRefusal["code"];

type Spoken = Exclude<DialogueEvent, { kind: "tap" }>;

export type TalkAction =
  /** A button of the screen as it stands. `forward`: one that goes on to money, where the screen has one. */
  | { do: "press"; choice: number; forward: boolean; luck: Luck; isIdKept: boolean }
  /** A button of anything that was ever drawn. */
  | { do: "press-old"; choice: number; luck: Luck }
  /** Data that nobody drew: a drawn one with something changed, or made up. */
  | { do: "forge"; choice: number; data: string; revisionBy: number; onScreen: boolean; luck: Luck }
  /** Everything but taps. `isIdKept`: the id of the new message was stored. */
  | { do: "happen"; event: Spoken; isIdKept: boolean }
  | { do: "wait"; seconds: number }
  | { do: "reprice"; multiplier: string }
  | { do: "purse"; mainKopecks: bigint; bonusKopecks: bigint; debtKopecks: bigint }
  | { do: "offer"; percent: number | null; freeLeft: number }
  /** One of the person's generations goes on, and a message about it comes. */
  | { do: "generation"; choice: number; state: GenerationState }
  /** The process dies: the stored state is all there is. */
  | { do: "restart" };

const MOST_ACTIONS = 22;

/** What the actions name: taken from the catalog once, since it is always the same. */
export interface Vocabulary {
  entries: readonly [string, ...string[]];
  families: readonly [string, ...string[]];
  params: readonly [string, ...string[]];
}

export function vocabularyOf(catalog: Catalog): Vocabulary {
  const found = catalog.entryKeys().flatMap((key) => catalog.entry(key) ?? []);
  const names = (of: (each: (typeof found)[number]) => readonly string[]) =>
    atLeastOne([...new Set(found.flatMap(of))]);
  return {
    entries: names(({ entry }) => [entry.key]),
    families: names(({ family }) => [family.key]),
    params: names(({ entry }) => entry.params.map((param) => param.name)),
  };
}

function atLeastOne<T>([first, ...rest]: readonly T[]): readonly [T, ...T[]] {
  if (first === undefined) throw new Error("an empty catalog is not worth exploring");
  return [first, ...rest];
}

/** The actions of one sequence. */
export function planTalk(seed: number, vocabulary: Vocabulary): TalkAction[] {
  const random = createRandom(seed);
  // Most people begin at a model: that is where money is.
  const begin: TalkAction[] = random.below(4) === 0 ? [] : [openModel(random, vocabulary)];
  const count = 3 + random.below(MOST_ACTIONS - 2);
  return [...begin, ...Array.from({ length: count }, () => nextAction(random, vocabulary))];
}

function openModel(random: Random, { entries, families }: Vocabulary): TalkAction {
  const key = random.pick(random.below(2) === 0 ? entries : families);
  return { do: "happen", event: { kind: "command", name: "start", argument: `m_${key}` }, isIdKept: true };
}

function nextAction(random: Random, vocabulary: Vocabulary): TalkAction {
  const choice = random.below(1_000);
  const luck = nextLuck(random);
  const isIdKept = random.below(8) !== 0;
  const dice = random.below(100);
  if (dice < 42) return { do: "press", choice, forward: false, luck, isIdKept };
  if (dice < 56) return { do: "press", choice, forward: true, luck, isIdKept };
  if (dice < 64) return { do: "press-old", choice, luck };
  if (dice < 70) return forged(random, vocabulary, choice, luck);
  if (dice < 88) return { do: "happen", event: spoken(random, vocabulary), isIdKept };
  if (dice < 90) return { do: "wait", seconds: random.pick([1, 60, 3_600, 86_399, 86_400, 90_000]) };
  if (dice < 92) return { do: "reprice", multiplier: random.pick(["1", "2", "2.5", "7"]) };
  if (dice < 93) {
    const mainKopecks = random.pick([0n, 1n, 2_000n, 100_000_000n]);
    const debtKopecks = mainKopecks === 0n && random.below(3) === 0 ? 5_000n : 0n;
    return { do: "purse", mainKopecks, bonusKopecks: mainKopecks === 0n ? 0n : 70n, debtKopecks };
  }
  if (dice < 94) return { do: "offer", percent: random.pick([null, 1, 15, 100]), freeLeft: random.below(3) };
  if (dice < 99) return { do: "generation", choice, state: random.pick(STATES) };
  return { do: "restart" };
}

function nextLuck(random: Random): Luck {
  return random.below(4) !== 0
    ? "held"
    : random.pick<Luck>(["lost", "paused", "banned", "debt", "queue-full", "spend-limit", "low-balance"]);
}

function forged(random: Random, { params, entries }: Vocabulary, choice: number, luck: Luck): TalkAction {
  const param = random.pick(params);
  const index = random.below(12);
  const data = random.pick([
    "",
    "confirm",
    "show_price_confirmation",
    `set_param:${param}:#${index}`,
    `set_param:${param}:-1`,
    `param_input:${param}`,
    `clear_param:${param}`,
    `item_field:${param}:${index}:text`,
    `remove_item:${param}:${index}`,
    `switch:${random.pick(entries)}`,
    `again:${random.pick(["nobody000000", "gen000000000"])}`,
    "done",
    "example",
    "cancel",
    "history:x:y",
    "confirm:confirm",
    "\u0000~",
    "confirm~confirm",
    "batch",
    `batch:${index}`,
    "compare",
    `compare:${random.pick(entries)}`,
    "cancel_rest:nobody000000",
  ]);
  const revisionBy = random.pick([0, 0, -1, 1, -7, 1_000_000]);
  return { do: "forge", choice, data, revisionBy, onScreen: random.below(2) === 0, luck };
}

const COMMANDS: readonly [string, ...string[]] = [
  "nonsense",
  ...commandList("ru", { isAdmin: true }).map(({ command }) => command),
];

/** One maker for each kind of event; a new kind does not compile until it is spoken here. */
const SPOKEN: Readonly<
  Record<Spoken["kind"], { weight: number; make: (random: Random, vocabulary: Vocabulary) => Spoken }>
> = {
  text: { weight: 50, make: (random, vocabulary) => ({ kind: "text", text: words(random, vocabulary) }) },
  words: {
    weight: 4,
    make: (random, vocabulary) => ({
      kind: "words",
      text: words(random, vocabulary),
      format: random.pick(["txt" as const, "csv" as const]),
    }),
  },
  media: {
    weight: 20,
    make: (random, vocabulary) => {
      const event = { kind: "media" as const, upload: upload(random), caption: caption(random, vocabulary) };
      return random.below(4) === 0 ? { ...event, albumId: `album${random.below(2)}` } : event;
    },
  },
  command: {
    weight: 16,
    make: (random, vocabulary) => ({
      kind: "command",
      name: random.pick(COMMANDS),
      argument: random.pick([
        "",
        "",
        `m_${random.pick(vocabulary.families)}`,
        `m_${random.pick(vocabulary.entries)}`,
        "p_first",
        "promo_CODE1",
        "CODE1",
        "src_ads",
        "ref_abc",
        "м".repeat(300),
      ]),
    }),
  },
  "media-refused": {
    weight: 3,
    make: (random) => ({
      kind: "media-refused",
      reason: random.pick<MediaRefusal>([
        { code: "too-large", limitMegabytes: 20 },
        { code: "unreadable" },
        { code: "unavailable" },
        { code: "words-too-large" },
      ]),
    }),
  },
  unsupported: { weight: 3, make: () => ({ kind: "unsupported" }) },
  receipt: {
    weight: 3,
    make: (random) => ({
      kind: "receipt",
      refused: random.pick([null, "too-large" as const, "unreadable" as const, "unavailable" as const]),
    }),
  },
  output: {
    weight: 4,
    make: (random, vocabulary) => ({
      kind: "output",
      upload: upload(random),
      job: random.pick<OutputJob>(["animate", "edit", "upscale"]),
      caption: caption(random, vocabulary),
    }),
  },
  "unknown-tap": { weight: 1, make: (random) => ({ kind: "unknown-tap", messageId: random.below(200) }) },
};
const SPEAKERS = atLeastOne(
  Object.values(SPOKEN).flatMap(({ weight, make }) => Array.from({ length: weight }, () => make)),
);

function spoken(random: Random, vocabulary: Vocabulary): Spoken {
  return random.pick(SPEAKERS)(random, vocabulary);
}

const WORDS = [
  "рыжий кот у моря",
  "5",
  "0",
  "-1",
  "150",
  "1,5",
  "10000000",
  "да",
  "[laugh] Hi",
  " ",
  "CODE1",
  "я".repeat(4096),
  "👩‍👩‍👧".repeat(500),
  "первый\nвторой\nтретий",
  Array.from({ length: 40 }, (_each, line) => `строка ${line + 1}`).join("\n"),
  "кот\n\n\nпёс\n кот \n",
  "https://example.com/cat.png",
  "<b>жирно</b> & *звёзды*",
] as const;

function words(random: Random, { entries, families }: Vocabulary): string {
  const dice = random.below(8);
  if (dice === 0) return random.pick(entries);
  return dice === 1 ? random.pick(families).slice(0, 3 + random.below(6)) : random.pick(WORDS);
}

function caption(random: Random, vocabulary: Vocabulary): string {
  return random.below(2) === 0 ? "" : words(random, vocabulary);
}

const FORMATS: Readonly<Record<MediaKind, readonly [string, ...string[]]>> = {
  image: ["jpeg", "png", "webp", "gif"],
  video: ["mp4", "mov", "webm"],
  audio: ["mp3", "wav", "ogg"],
};

function upload(random: Random): UploadRef {
  const kind = random.pick(MEDIA_KINDS);
  const format = random.pick(FORMATS[kind]);
  return {
    uploadId: `upload${random.below(6)}`,
    kind,
    format,
    mime: `${kind}/${format}`,
    sizeBytes: random.pick([1_000, 200_000, 12_000_000, 45_000_000]),
    ...(kind === "audio" ? {} : { width: random.pick([64, 1_024, 4_096]), height: random.pick([64, 768, 4_096]) }),
    ...(kind === "image" ? {} : { durationSeconds: random.pick([0, 4.2, 12, 61, 700]) }),
  };
}

const STATES = atLeastOne(GENERATION_STATES);
