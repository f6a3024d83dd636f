import { test } from "vitest";
import type { OutputKind } from "../../lib/shared/media.ts";
import { CALLBACK_URL, envelope, expectOutcome, looked, PROMPT } from "./kie-bench.ts";
import type { Answer } from "./local-server.ts";

const TASK_ID = "5c79be8e1d04a1d8e9d7a9c2f6a0b1c2";
const AUDIO = "https://h.example/a.mp3";
const succeeded = (...outputs: object[]) => ({ kind: "succeeded", outputs, creditsConsumed: null });
const failed = (code: number | null, message: string) => ({ kind: "failed", code, message });

const lyric = (title: string, status = "complete") => ({ text: `[Verse]\n${title}`, title, status, errorMessage: "" });
const lyricsRecord = {
  taskId: TASK_ID,
  param: JSON.stringify({ prompt: PROMPT }),
  response: { taskId: TASK_ID, data: [lyric("Утро"), lyric("Вечер")] },
  status: "SUCCESS",
  type: "LYRICS",
  errorCode: null,
  errorMessage: null,
};
const words = (title: string) => ({ kind: "text", text: `[Verse]\n${title}`, title });
/** As wav, mp4 and vocal removal have it. */
const fileRecord = (response: unknown, change: object = {}) =>
  envelope({
    taskId: TASK_ID,
    musicId: "e231",
    callbackUrl: CALLBACK_URL,
    musicIndex: 0,
    completeTime: "2025-01-01 00:10:00",
    response,
    successFlag: "SUCCESS",
    createTime: "2025-01-01 00:00:00",
    errorCode: null,
    errorMessage: null,
    ...change,
  });
const file = (kind: string, url: string, more: object = {}) => ({ kind, url, ...more });
const WAV = "https://h.example/a.wav";
const CLIP = "https://h.example/a.mp4";
const ART = ["https://h.example/1.png", "https://h.example/2.png"];
const stem = (name: string, id: string) => ({
  id,
  audio_url: `https://h.example/${id}.mp3`,
  stem_type_group_name: name,
  duration: 42.5,
});
const stemUrl = (id: string) => `https://h.example/${id}.mp3`;
const separated = {
  originUrl: AUDIO,
  originData: [stem("Vocals", "s1"), stem("Instrumental", "s2")],
  vocalUrl: "https://h.example/copy.mp3",
  instrumentalUrl: stemUrl("s2"),
  backingVocalsUrl: null,
  drumsUrl: stemUrl("drums"),
  fxUrl: "",
};
const listedStems = [
  file("audio", stemUrl("s1"), { title: "Vocals", externalId: "s1", durationSeconds: 42.5 }),
  file("audio", stemUrl("s2"), { title: "Instrumental", externalId: "s2", durationSeconds: 42.5 }),
];
const midiData = {
  state: "complete",
  instruments: [
    {
      name: "Acoustic Grand Piano",
      notes: [
        { pitch: 60, start: 0.5, end: "1.25", velocity: 0.78 },
        { pitch: "62", start: "1.25", end: 1.5, velocity: 100 },
        { pitch: 64, start: 2, end: 2, velocity: 1 },
        { pitch: 300, start: 2, end: 3 },
        null,
      ],
    },
    { name: "Silent", notes: [] },
  ],
};
const notes = {
  instruments: [
    {
      name: "Acoustic Grand Piano",
      notes: [
        { pitch: 60, startSeconds: 0.5, endSeconds: 1.25, velocity: 0.78 },
        { pitch: 62, startSeconds: 1.25, endSeconds: 1.5, velocity: 100 / 127 },
      ],
    },
  ],
};
const midiRecord = (change: object) =>
  envelope({
    taskId: TASK_ID,
    recordTaskId: "x",
    audioId: "e231",
    callbackUrl: CALLBACK_URL,
    completeTime: 1_760_335_251_000,
    midiData,
    successFlag: 1,
    createTime: 1_760_335_251_000,
    errorCode: null,
    errorMessage: null,
    ...change,
  });
const noted = succeeded({ kind: "midi", text: JSON.stringify(notes) });
const voiceRecord = (change: object) =>
  envelope({ taskId: TASK_ID, status: "success", errorCode: null, errorMessage: null, ...change });

test.each<[model: string, output: OutputKind, what: string, answer: Answer, outcome: object]>([
  ["lyrics", "text", "two variants", envelope(lyricsRecord), succeeded(words("Утро"), words("Вечер"))],
  [
    "lyrics",
    "text",
    "one of them failed",
    envelope({ ...lyricsRecord, response: { data: [lyric("Утро", "failed"), lyric("Вечер")] } }),
    succeeded(words("Вечер")),
  ],
  [
    "lyrics",
    "text",
    "a missed callback",
    envelope({ ...lyricsRecord, status: "CALLBACK_EXCEPTION" }),
    succeeded(words("Утро"), words("Вечер")),
  ],
  [
    "lyrics",
    "text",
    "a failure",
    envelope({ ...lyricsRecord, status: "GENERATE_LYRICS_FAILED", response: null, errorCode: 500, errorMessage: "x" }),
    failed(500, "x"),
  ],
  ["wav", "audio", "done", fileRecord({ audioWavUrl: WAV }), succeeded(file("audio", WAV))],
  ["wav", "audio", "running", fileRecord(null, { successFlag: "PENDING" }), { kind: "pending", state: "PENDING" }],
  [
    "wav",
    "audio",
    "failed",
    fileRecord(null, { successFlag: "GENERATE_WAV_FAILED", errorCode: 500, errorMessage: "x" }),
    failed(500, "x"),
  ],
  [
    "wav",
    "audio",
    "a missed callback",
    fileRecord({ audioWavUrl: WAV }, { successFlag: "CALLBACK_EXCEPTION" }),
    succeeded(file("audio", WAV)),
  ],
  [
    "wav",
    "audio",
    "a missed callback and no file",
    fileRecord({ audioWavUrl: null }, { successFlag: "CALLBACK_EXCEPTION" }),
    failed(null, ""),
  ],
  ["mp4", "video", "done", fileRecord({ videoUrl: CLIP }), succeeded(file("video", CLIP))],
  ["mp4", "video", "failed", fileRecord({ videoUrl: null }, { successFlag: "GENERATE_MP4_FAILED" }), failed(null, "")],
  [
    "vocal-removal",
    "audio",
    "the list, and a member that it lacks",
    fileRecord(separated),
    succeeded(...listedStems, file("audio", stemUrl("drums"), { title: "Drums" })),
  ],
  [
    "vocal-removal",
    "audio",
    "members only",
    fileRecord({ originUrl: AUDIO, vocalUrl: stemUrl("v"), backingVocalsUrl: stemUrl("bv") }),
    succeeded(
      file("audio", stemUrl("v"), { title: "Vocals" }),
      file("audio", stemUrl("bv"), { title: "Backing Vocals" }),
    ),
  ],
  [
    "vocal-removal",
    "audio",
    "snake case",
    fileRecord({ origin_url: AUDIO, vocal_url: stemUrl("v"), origin_data: [stem("Strings", "s9")] }),
    succeeded(
      file("audio", stemUrl("s9"), { title: "Strings", externalId: "s9", durationSeconds: 42.5 }),
      file("audio", stemUrl("v"), { title: "Vocals" }),
    ),
  ],
  [
    "vocal-removal",
    "audio",
    "failed",
    fileRecord(null, { successFlag: "GENERATE_AUDIO_FAILED", errorCode: 500 }),
    failed(500, ""),
  ],
  ["midi", "midi", "numbers and numbers in quotes", midiRecord({}), noted],
  ["midi", "midi", "notes in a string", midiRecord({ midiData: JSON.stringify(midiData) }), noted],
  ["midi", "midi", "running", midiRecord({ successFlag: 0, midiData: null }), { kind: "pending" }],
  ["midi", "midi", "not created", midiRecord({ successFlag: 2, midiData: null, errorMessage: "x" }), failed(null, "x")],
  ["midi", "midi", "failed", midiRecord({ successFlag: 3, midiData: null, errorCode: 500 }), failed(500, "")],
  ["midi", "midi", "no notes", midiRecord({ midiData: { state: "complete", instruments: [{}] } }), succeeded()],
  [
    "cover-image",
    "image",
    "an int flag",
    fileRecord({ images: ART }, { successFlag: 1 }),
    succeeded(...ART.map((url) => file("image", url))),
  ],
  ["cover-image", "image", "a word", fileRecord({ images: ART }), succeeded(...ART.map((url) => file("image", url)))],
  ["cover-image", "image", "failed by number", fileRecord(null, { successFlag: 3, errorCode: 501 }), failed(501, "")],
  [
    "cover-image",
    "image",
    "failed by word",
    fileRecord(null, { successFlag: "GENERATE_COVER_FAILED", errorCode: 531 }),
    failed(531, ""),
  ],
  [
    "voice-validate",
    "text",
    "waiting",
    voiceRecord({ status: "wait_processing", validateInfo: null }),
    { kind: "pending", state: "wait_processing" },
  ],
  [
    "voice-validate",
    "text",
    "a phrase to read",
    voiceRecord({ status: "wait_validating", validateInfo: "A quick brown fox" }),
    succeeded({ kind: "text", text: "A quick brown fox" }),
  ],
  [
    "voice-regenerate",
    "text",
    "another phrase",
    voiceRecord({ validateInfo: "Jumps over" }),
    succeeded({ kind: "text", text: "Jumps over" }),
  ],
  [
    "voice-validate",
    "text",
    "failed",
    voiceRecord({ status: "processing_validate_fail", errorCode: 400, errorMessage: "noise" }),
    failed(400, "noise"),
  ],
  [
    "voice-generate",
    "text",
    "a voice",
    voiceRecord({ voiceId: "v-1" }),
    succeeded({ kind: "text", text: "v-1", externalId: "v-1" }),
  ],
  ["voice-generate", "text", "failed", voiceRecord({ status: "fail", voiceId: "", errorCode: 500 }), failed(500, "")],
])("suno/%s (%s): %s", async (model, output, _, answer, outcome) => {
  const { outcome: actual } = await looked({ api: "suno", model: `suno/${model}`, output }, answer);
  expectOutcome(actual, outcome);
});
