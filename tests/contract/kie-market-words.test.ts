import { test } from "vitest";
import type { OutputKind } from "../../lib/shared/media.ts";
import { envelope, expectOutcome, looked } from "./kie-bench.ts";

const succeeded = (...outputs: object[]) => ({ kind: "succeeded", outputs, creditsConsumed: 0.4 });
const text = (words: string, more: object = {}) => succeeded({ kind: "text", text: words, ...more });
const MP3 = "https://h.example/a.mp3";
const stem = (name: string, url: string) => ({ id: `${name}-id`, audio_url: url, stem_type_group_name: name });
const midi = {
  state: "complete",
  instruments: [{ name: "Piano", notes: [{ pitch: 60, start: 0, end: "0.5", velocity: 0.8 }] }],
};
const notes = JSON.stringify({
  instruments: [{ name: "Piano", notes: [{ pitch: 60, startSeconds: 0, endSeconds: 0.5, velocity: 0.8 }] }],
});
const alignedWords = [
  { word: "Песня", startS: 0, endS: 0.4 },
  { word: "поётся", startS: 0.5, endS: 1 },
];
const lrc = succeeded({ kind: "timed-lyrics", text: "[00:00.00] Песня поётся" });

test.each<[what: string, output: OutputKind, result: unknown, outcome: object]>([
  [
    "lyrics",
    "text",
    { resultObject: { lyricsData: [{ text: "ла", title: "Утро" }, { text: "ля" }] } },
    succeeded({ kind: "text", text: "ла", title: "Утро" }, { kind: "text", text: "ля" }),
  ],
  ["lyrics in `data`", "text", { data: [{ text: "ла", title: "Утро" }] }, text("ла", { title: "Утро" })],
  [
    "a persona",
    "text",
    { resultObject: { personaId: "p-1", name: "Имя", description: "О нём" } },
    text("Имя\nО нём", { externalId: "p-1" }),
  ],
  ["a voice", "text", { resultObject: { voiceId: "v-1", status: "success" } }, text("v-1", { externalId: "v-1" })],
  [
    "a phrase to read",
    "text",
    { resultObject: { status: "wait_validating", validateInfo: "Read this" } },
    text("Read this"),
  ],
  ["a boosted style", "text", { resultObject: { result: "Pop, warm", creditsConsumed: 0.4 } }, text("Pop, warm")],
  ["one text", "text", { resultObject: "just words" }, text("just words")],
  ["an object in a string", "text", { resultObject: '{"result":"Pop"}' }, text("Pop")],
  ["the older answer without a `resultObject`", "text", { result: "Pop, warm" }, text("Pop, warm")],
  [
    "an object of its own",
    "text",
    {
      resultObject: {
        isAvailable: true,
        score: 0.98,
        note: null,
        objects: [{ label: "person" }, { label: "cat", tags: ["a", "b"] }],
      },
    },
    text("isAvailable: true\nscore: 0.98\nobjects:\n  label: person\n  label: cat\n  tags:\n    a\n    b"),
  ],
  [
    "links among the words",
    "text",
    { resultObject: { page: "https://h.example/p", bad: "javascript:alert(1)", local: "file:///etc/passwd" } },
    text("page: https://h.example/p"),
  ],
  ["links only", "text", { resultUrls: ["https://h.example/a.txt"] }, text("resultUrls: https://h.example/a.txt")],
  ["nothing", "text", { resultObject: {} }, succeeded()],
  ["an empty answer", "text", "", succeeded()],
  ["words with times", "timed-lyrics", { resultObject: { alignedWords } }, lrc],
  ["words with times, as the older endpoint had them", "timed-lyrics", { alignedWords }, lrc],
  ["words with times in `data`", "timed-lyrics", { data: { alignedWords } }, lrc],
  ["no words with times", "timed-lyrics", { resultObject: { lyricsData: [{ text: "la" }] } }, succeeded()],
  ["notes", "midi", { resultObject: midi }, succeeded({ kind: "midi", text: notes })],
  ["notes one level deeper", "midi", { resultObject: { midiData: midi } }, succeeded({ kind: "midi", text: notes })],
  ["no notes", "midi", { resultUrls: ["https://h.example/a.mid"] }, succeeded()],
  ["words where files are made", "audio", { resultObject: { lyricsData: [{ text: "la" }] } }, succeeded()],
  [
    "stems in an object",
    "audio",
    { resultObject: { originUrl: MP3, vocalUrl: "https://h.example/v.mp3", drums_url: "https://h.example/d.mp3" } },
    succeeded(
      { kind: "audio", url: "https://h.example/v.mp3", title: "Vocals" },
      { kind: "audio", url: "https://h.example/d.mp3", title: "Drums" },
    ),
  ],
  [
    "stems in a list",
    "audio",
    { resultObject: { vocal_removal_info: { origin_data: [stem("Strings", MP3)] } } },
    succeeded({ kind: "audio", url: MP3, title: "Strings", externalId: "Strings-id" }),
  ],
  [
    "songs with their words",
    "audio",
    { data: [{ id: "s", audio_url: MP3, prompt: "[Verse]\nла" }] },
    succeeded({ kind: "audio", url: MP3, externalId: "s", text: "[Verse]\nла" }),
  ],
  [
    "a link in an object",
    "image",
    { resultObject: { mask: { url: "https://h.example/m.png" } } },
    succeeded({ kind: "image", url: "https://h.example/m.png" }),
  ],
])("a market record with %s (%s)", async (_, output, result, outcome) => {
  const task = { api: "market", model: "ai-music-api/generate", output } as const;
  const shared = { taskId: "t", state: "success", creditsConsumed: 0.4 };
  const asString = envelope({ ...shared, resultJson: typeof result === "string" ? result : JSON.stringify(result) });
  expectOutcome((await looked(task, asString)).outcome, outcome);
  expectOutcome((await looked(task, envelope({ ...shared, response: result, resultJson: null }))).outcome, outcome);
});
