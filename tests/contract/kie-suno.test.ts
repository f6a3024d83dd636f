import { expect, test } from "vitest";
import { bodyOf, CALLBACK_URL, envelope, expectOutcome, looked, PROMPT, started } from "./kie-bench.ts";
import type { Answer } from "./local-server.ts";

const TASK_ID = "5c79be8e1d04a1d8e9d7a9c2f6a0b1c2";
const AUDIO = "https://h.example/a.mp3";
const OTHER = "https://h.example/b.mp3";

/** Every operation with a task: its create path, its record path. */
const TASKS: [model: string, create: string, record: string][] = [
  ["suno/generate", "/api/v1/generate", "/api/v1/generate/record-info"],
  ["suno/extend", "/api/v1/generate/extend", "/api/v1/generate/record-info"],
  ["suno/upload-cover", "/api/v1/generate/upload-cover", "/api/v1/generate/record-info"],
  ["suno/upload-extend", "/api/v1/generate/upload-extend", "/api/v1/generate/record-info"],
  ["suno/add-instrumental", "/api/v1/generate/add-instrumental", "/api/v1/generate/record-info"],
  ["suno/add-vocals", "/api/v1/generate/add-vocals", "/api/v1/generate/record-info"],
  ["suno/mashup", "/api/v1/generate/mashup", "/api/v1/generate/record-info"],
  ["suno/sounds", "/api/v1/generate/sounds", "/api/v1/generate/record-info"],
  ["suno/replace-section", "/api/v1/generate/replace-section", "/api/v1/generate/record-info"],
  ["suno/lyrics", "/api/v1/lyrics", "/api/v1/lyrics/record-info"],
  ["suno/wav", "/api/v1/wav/generate", "/api/v1/wav/record-info"],
  ["suno/vocal-removal", "/api/v1/vocal-removal/generate", "/api/v1/vocal-removal/record-info"],
  ["suno/midi", "/api/v1/midi/generate", "/api/v1/midi/record-info"],
  ["suno/mp4", "/api/v1/mp4/generate", "/api/v1/mp4/record-info"],
  ["suno/cover-image", "/api/v1/suno/cover/generate", "/api/v1/suno/cover/record-info"],
  ["suno/voice-validate", "/api/v1/voice/validate", "/api/v1/voice/validate-info"],
  ["suno/voice-regenerate", "/api/v1/voice/regenerate", "/api/v1/voice/validate-info"],
  ["suno/voice-generate", "/api/v1/voice/generate", "/api/v1/voice/record-info"],
];

test.each(TASKS)(
  "%s is started flat and called back, and looked at where its record is",
  async (model, create, record) => {
    const { outcome, request } = await started(
      { api: "suno", model, input: { prompt: PROMPT, model: "V6", callBackUrl: "other", calBackUrl: "other" } },
      envelope({ taskId: TASK_ID }),
    );
    expect(outcome).toEqual({ kind: "created", taskId: TASK_ID });
    expect([request?.method, request?.path]).toEqual(["POST", create]);
    const field = model === "suno/voice-regenerate" ? "calBackUrl" : "callBackUrl";
    expect(bodyOf(request)).toMatchObject({ prompt: PROMPT, model: "V6", [field]: CALLBACK_URL });
    const look = await looked({ api: "suno", model, output: "audio", taskId: TASK_ID }, envelope(null));
    // Suno says of an unknown task: accepted, and nothing.
    expect(look.outcome).toEqual({ kind: "not-found" });
    expect([look.request?.method, look.request?.path]).toEqual(["GET", record]);
    expect(Object.fromEntries(look.request?.query ?? [])).toEqual({ taskId: TASK_ID });
  },
);

test.each<[string, Answer, object]>([
  ["suno/generate", envelope(null, 422, "Please enter callBackUrl."), { kind: "refused", code: 422 }],
  ["suno/wav", envelope(null, 422, "Record does not exist"), { kind: "refused", code: 422, isUnknownModel: false }],
  ["suno/wav", envelope(null, 409, "WAV record already exists"), { kind: "refused", code: 409 }],
  ["suno/wav", envelope({ taskId: "old" }, 409, "exists"), { kind: "created", taskId: "old" }],
  ["suno/mp4", envelope({ taskId: "old" }, 409, "exists"), { kind: "created", taskId: "old" }],
  ["suno/cover-image", envelope({ taskId: "old" }, 400, "Cover already generated"), { kind: "created", taskId: "old" }],
  ["suno/cover-image", envelope(null, 400, "bad"), { kind: "refused", code: 400 }],
  ["suno/generate", envelope({ taskId: "old" }, 400, "bad"), { kind: "refused", code: 400 }],
  ["suno/generate", envelope(null, 429, "rate"), { kind: "busy", code: 429 }],
  ["suno/generate", envelope(null, 430, "?"), { kind: "refused", code: 430 }],
  ["suno/lyrics", envelope(null, 429, "Insufficient credits"), { kind: "refused", code: 402, isUnknownModel: false }],
  ["suno/lyrics", envelope(null, 430, "Too frequent"), { kind: "busy", code: 430 }],
  ["suno/lyrics", envelope(null, 455, "maintenance"), { kind: "busy", code: 455 }],
  ["suno/lyrics", envelope(null, 413, "too long"), { kind: "refused", code: 413 }],
  ["suno/lyrics", envelope(null, 405, "over limit"), { kind: "refused", code: 405, isUnknownModel: false }],
])("%s started: %o", async (model, answer, outcome) => {
  const answered = await started({ api: "suno", model, input: {} }, answer);
  expect(answered.outcome).toMatchObject(outcome);
  expect(answered.arrived).toBe(1);
});

const song = (id: string, audioUrl: string) => ({
  id,
  audioUrl,
  streamAudioUrl: "https://h.example/stream",
  imageUrl: "https://h.example/i.jpeg",
  prompt: "[Verse] Night city lights shining bright",
  modelName: "chirp-v3-5",
  title: "Iron Man",
  tags: "electrifying, rock",
  createTime: "2025-01-01 00:00:00",
  duration: 198.44,
});
const musicRecord = {
  taskId: TASK_ID,
  parentMusicId: "",
  param: JSON.stringify({ prompt: PROMPT }),
  response: { taskId: TASK_ID, sunoData: [song("e231", AUDIO), song("f342", OTHER)] },
  status: "SUCCESS",
  type: "chirp-v3-5",
  operationType: "generate",
  errorCode: null,
  errorMessage: "",
};
const track = (externalId: string, url: string) => ({
  kind: "audio",
  url,
  previewUrl: "https://h.example/i.jpeg",
  title: "Iron Man",
  durationSeconds: 198.44,
  externalId,
  text: "[Verse] Night city lights shining bright",
});
const succeeded = (...outputs: object[]) => ({ kind: "succeeded", outputs, creditsConsumed: null });
const music = (change: object): Answer => envelope({ ...musicRecord, ...change });
const withSongs = (...sunoData: unknown[]): Answer => music({ response: { sunoData } });
const failed = (code: number | null, message: string) => ({ kind: "failed", code, message });

test.each<[string, Answer, object]>([
  ["the documented record", music({}), succeeded(track("e231", AUDIO), track("f342", OTHER))],
  [
    "the market's spelling",
    withSongs({ id: "e231", audio_url: AUDIO }),
    succeeded({ kind: "audio", url: AUDIO, externalId: "e231" }),
  ],
  [
    "a response in a string",
    music({ response: JSON.stringify(musicRecord.response) }),
    succeeded(track("e231", AUDIO), track("f342", OTHER)),
  ],
  [
    "an instrumental",
    withSongs({ ...song("e231", AUDIO), prompt: "[Instrumental]" }),
    succeeded({ ...track("e231", AUDIO), text: undefined }),
  ],
  [
    "a song without words",
    withSongs({ ...song("e231", AUDIO), prompt: " " }),
    succeeded({ ...track("e231", AUDIO), text: undefined }),
  ],
  [
    "a length in milliseconds",
    withSongs({ ...song("e231", AUDIO), duration: 198_440 }),
    succeeded(track("e231", AUDIO)),
  ],
  ["a length in quotes", withSongs({ ...song("e231", AUDIO), duration: "198.44" }), succeeded(track("e231", AUDIO))],
  ["the same file twice", withSongs(song("e231", AUDIO), song("e231", AUDIO)), succeeded(track("e231", AUDIO))],
  [
    "a cover that is no web link",
    withSongs({ ...song("e231", AUDIO), imageUrl: "javascript:alert(1)" }),
    succeeded({ ...track("e231", AUDIO), previewUrl: undefined }),
  ],
  [
    "a cover by the market's name",
    withSongs({ id: "e231", audio_url: AUDIO, image_url: "https://h.example/i.jpeg" }),
    succeeded({ kind: "audio", url: AUDIO, externalId: "e231", previewUrl: "https://h.example/i.jpeg" }),
  ],
  ["a file that is no web link", withSongs({ id: "x", audioUrl: "file:///etc/passwd" }), succeeded()],
  ["songs that are none", withSongs(null, 7, "x", []), succeeded()],
  ["PENDING", music({ status: "PENDING", response: null }), { kind: "pending", state: "PENDING" }],
  ["TEXT_SUCCESS", music({ status: "TEXT_SUCCESS", response: null }), { kind: "pending", state: "TEXT_SUCCESS" }],
  ["FIRST_SUCCESS", music({ status: "FIRST_SUCCESS" }), { kind: "pending", state: "FIRST_SUCCESS" }],
  ["a status of tomorrow", music({ status: "POLISHING" }), { kind: "pending", state: "POLISHING" }],
  ["no status", envelope({ taskId: TASK_ID }), { kind: "pending", state: "generating" }],
  [
    "CREATE_TASK_FAILED",
    music({ status: "CREATE_TASK_FAILED", response: null, errorCode: 500, errorMessage: "Internal error" }),
    failed(500, "Internal error"),
  ],
  [
    "GENERATE_AUDIO_FAILED",
    music({ status: "GENERATE_AUDIO_FAILED", errorCode: "531", errorMessage: `«${PROMPT}» failed` }),
    failed(531, "«[…]» failed"),
  ],
  ["SENSITIVE_WORD_ERROR", music({ status: "SENSITIVE_WORD_ERROR", errorCode: 400 }), failed(400, "")],
  [
    "a callback that we missed",
    music({ status: "CALLBACK_EXCEPTION" }),
    succeeded(track("e231", AUDIO), track("f342", OTHER)),
  ],
  [
    "a missed callback, the second song unfinished",
    music({ status: "CALLBACK_EXCEPTION", response: { sunoData: [song("e231", AUDIO), song("f342", "")] } }),
    { kind: "pending", state: "CALLBACK_EXCEPTION" },
  ],
  [
    "a missed callback and nothing",
    music({ status: "CALLBACK_EXCEPTION", response: null, errorMessage: "callback" }),
    failed(null, "callback"),
  ],
  ["a blank record", envelope(null, 422, "record result data is blank"), { kind: "pending" }],
  ["422 about the record", envelope(null, 422, "record is null"), { kind: "not-found" }],
  ["500", envelope(null, 500, "Server Error"), { kind: "unavailable", code: 500 }],
  ["a list", envelope([1]), { kind: "unavailable", code: null }],
])("music: %s", async (_, answer, outcome) => {
  const { outcome: actual } = await looked({ api: "suno", model: "suno/generate", output: "audio" }, answer);
  expectOutcome(actual, outcome);
});
