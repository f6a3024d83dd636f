import { expect, test } from "vitest";
import { bodyOf, envelope, expectOutcome, looked, started } from "./kie-bench.ts";
import type { Answer } from "./local-server.ts";

const alignedWords = [
  { word: "[Verse]\nWaggin'", success: true, startS: 1.36, endS: 1.79, palign: 0 },
  { word: "tail\n", success: true, startS: 1.8, endS: 2, palign: 0 },
  { word: "Home", success: true, startS: 59.999, endS: 61, palign: 0 },
];
const timed = "[00:01.36] Waggin' tail\n[01:00.00] Home";
const finished = (...outputs: object[]) => ({ kind: "finished", taskId: null, outputs, creditsConsumed: null });
const persona = { personaId: "p-1", name: "Electro Pop Singer", description: "A modern electronic voice" };
const personaWords = { kind: "text", text: "Electro Pop Singer\nA modern electronic voice", externalId: "p-1" };
const styleAnswer = {
  taskId: "t",
  param: "{}",
  result: "Pop, mysterious",
  creditsConsumed: 0.4,
  creditsRemaining: 100,
  successFlag: "成功",
  errorCode: null,
  errorMsg: "",
  createTime: "2025-01-01",
};

test.each<[model: string, path: string, answer: Answer, outcome: object]>([
  ["suno/generate-persona", "/api/v1/generate/generate-persona", envelope(persona), finished(personaWords)],
  [
    "suno/generate-persona",
    "/api/v1/generate/generate-persona",
    envelope(persona, 409, "exists"),
    finished(personaWords),
  ],
  [
    "suno/generate-persona",
    "/api/v1/generate/generate-persona",
    envelope(null, 409, "exists"),
    { kind: "refused", code: 409 },
  ],
  ["suno/generate-persona", "/api/v1/generate/generate-persona", envelope(null), finished()],
  [
    "suno/get-timestamped-lyrics",
    "/api/v1/generate/get-timestamped-lyrics",
    envelope({ alignedWords, waveformData: [], hootCer: 0.38, isStreamed: false }),
    finished({ kind: "timed-lyrics", text: timed }),
  ],
  [
    "suno/get-timestamped-lyrics",
    "/api/v1/generate/get-timestamped-lyrics",
    envelope({ alignedWords: null }),
    finished(),
  ],
  [
    "suno/style",
    "/api/v1/style/generate",
    envelope(styleAnswer),
    { ...finished({ kind: "text", text: "Pop, mysterious" }), creditsConsumed: 0.4 },
  ],
  [
    "suno/style",
    "/api/v1/style/generate",
    envelope({ ...styleAnswer, result: "", errorCode: 400, errorMsg: "no words" }),
    { kind: "refused", code: 400, message: "no words" },
  ],
  [
    "suno/style",
    "/api/v1/style/generate",
    envelope({ ...styleAnswer, result: null, errorMessage: "broken" }),
    { kind: "refused", code: 500, message: "broken" },
  ],
  ["suno/style", "/api/v1/style/generate", envelope(null, 402, "Insufficient credits"), { kind: "refused", code: 402 }],
  [
    "suno/voice-check",
    "/api/v1/voice/check-voice",
    envelope({ isAvailable: true }),
    finished({ kind: "text", text: "isAvailable: true" }),
  ],
])("%s is answered at once, without a callback: %#", async (model, path, answer, outcome) => {
  const input = { taskId: "t", audioId: "a" };
  const { outcome: actual, request, arrived } = await started({ api: "suno", model, input }, answer);
  expect(actual).toEqual(Object.hasOwn(outcome, "outputs") ? outcome : expect.objectContaining(outcome));
  expect([request?.path, bodyOf(request), arrived]).toEqual([path, input, 1]);
  const look = await looked({ api: "suno", model, output: "text" }, envelope(null));
  expect([look.outcome, look.request]).toEqual([{ kind: "not-found" }, undefined]);
});

const character = {
  characterId: "char-1",
  characterName: "Мурка",
  imageUrl: "https://h.example/c.png",
  bodyImageUrl: "https://h.example/body.png",
};
const shown = (url: string) => finished({ kind: "image", url, title: "Мурка", externalId: "char-1" });

test.each<[what: string, model: string, answer: Answer, outcome: object]>([
  ["a character with its picture", "omni/character/create", envelope(character), shown(character.imageUrl)],
  [
    "no face, but a body",
    "omni/character/create",
    envelope({ ...character, imageUrl: "" }),
    shown(character.bodyImageUrl),
  ],
  [
    "a character without a picture",
    "omni/character/create",
    envelope({ ...character, imageUrl: null, bodyImageUrl: "ftp://h.example/b" }),
    finished({ kind: "text", text: "Мурка", title: "Мурка", externalId: "char-1" }),
  ],
  ["a character without an id", "omni/character/create", envelope({ ...character, characterId: null }), finished()],
  [
    "a voice",
    "omni/audio/create",
    envelope({ kieAudioId: "audio-1", name: "Тёплый голос" }),
    finished({ kind: "text", text: "Тёплый голос", externalId: "audio-1" }),
  ],
  [
    "a refusal",
    "omni/audio/create",
    envelope(null, 422, "audio_id is required"),
    { kind: "refused", code: 422, isUnknownModel: false },
  ],
])("Gemini Omni: %s", async (_, model, answer, outcome) => {
  const input = { name: "n", image_urls: ["https://h.example/1.png"] };
  const { outcome: actual, request } = await started({ api: "gemini-omni", model, input }, answer);
  expectOutcome(actual, outcome);
  expect([request?.method, request?.path, bodyOf(request)]).toEqual(["POST", `/api/v1/${model}`, input]);
});

const word = (text: string, startS: unknown, endS: unknown = startS) => ({ word: text, success: true, startS, endS });

test.each<[what: string, words: unknown, lines: string[]]>([
  [
    "spaces inside the words are kept",
    [word("Ночь ", 1), word("го", 2), word("рода\n", 2.4), word("Спит", 5)],
    ["[00:01.00] Ночь города", "[00:05.00] Спит"],
  ],
  [
    "words without spaces get them",
    [word("Песня", 0), word("не", 0.5), word("кончается", 1)],
    ["[00:00.00] Песня не кончается"],
  ],
  [
    "characters of an unspaced script do not",
    [word("你", 0), word("好", 0.5), word("hello", 1)],
    ["[00:00.00] 你好 hello"],
  ],
  [
    "a mark in the middle begins a line",
    [word("one ", 1), word("[Chorus]\ntwo ", 3), word("three\n", 4)],
    ["[00:01.00] one", "[00:03.00] two three"],
  ],
  ["a mark of two words", [word("[Verse ", 0), word("1]\nHello ", 2), word("there", 3)], ["[00:02.00] Hello there"]],
  ["a mark that is never closed hides one line", [word("[Verse\n", 0), word("Hello", 2)], ["[00:02.00] Hello"]],
  ["a break inside of a word", [word("one\ntwo", 1), word(" three", 2)], ["[00:01.00] one", "[00:01.00] two three"]],
  [
    "without breaks a silence ends the line",
    [word("one", 1, 2), word("two", 2), word("three", 6, 7)],
    ["[00:01.00] one two", "[00:06.00] three"],
  ],
  [
    "without breaks a long line ends",
    Array.from({ length: 20 }, (_, i) => word("ля-ля-ля", i / 10)),
    [
      "[00:00.00] ля-ля-ля ля-ля-ля ля-ля-ля ля-ля-ля ля-ля-ля ля-ля-ля",
      "[00:00.60] ля-ля-ля ля-ля-ля ля-ля-ля ля-ля-ля ля-ля-ля ля-ля-ля",
      "[00:01.20] ля-ля-ля ля-ля-ля ля-ля-ля ля-ля-ля ля-ля-ля ля-ля-ля",
      "[00:01.80] ля-ля-ля ля-ля-ля",
    ],
  ],
  ["times in quotes", [word("one\n", "1.5"), word("two", "2")], ["[00:01.50] one", "[00:02.00] two"]],
  ["times in milliseconds", [word("one\n", 1_500), word("two", 61_000)], ["[00:01.50] one", "[01:01.00] two"]],
  [
    "a word without a place stays where the last one was",
    [word("one\n", 5), word("two\n", null), word("three", 3)],
    ["[00:05.00] one", "[00:05.00] two", "[00:05.00] three"],
  ],
  ["things that are no words", [null, 7, { word: 7 }, word("one", 1)], ["[00:01.00] one"]],
  ["nothing but marks", [word("[Intro]\n", 0), word("[Outro]", 5)], []],
  ["no list", { word: "x" }, []],
])("lines with times: %s", async (_, words, lines) => {
  const answer = envelope({ alignedWords: words });
  const { outcome } = await started({ api: "suno", model: "suno/get-timestamped-lyrics", input: {} }, answer);
  expectOutcome(outcome, lines.length === 0 ? finished() : finished({ kind: "timed-lyrics", text: lines.join("\n") }));
});

test("an operation that nobody knows is refused without a call", async () => {
  for (const model of ["suno/nothing", "constructor", ""]) {
    const { outcome, arrived } = await started({ api: "suno", model, input: {} }, envelope({ taskId: "t" }));
    expect([outcome, arrived]).toMatchObject([{ kind: "refused", code: 404, isUnknownModel: true }, 0]);
  }
});
