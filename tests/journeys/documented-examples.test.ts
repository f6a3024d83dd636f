import { createHmac } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { KieApi } from "../../lib/shared/kie-api.ts";
import { create, openCard } from "../support/buying.ts";
import { catalog } from "../support/catalog-entry.ts";
import { photo, song, video } from "../support/files.ts";
import { type ScriptedKie, startScriptedKie } from "../support/scripted-kie.ts";
import { startWorld, type World } from "../support/world.ts";

/**
 * Every callback and record shape that KIE documents, sent to the real endpoint while a scripted KIE answers the look
 * with the documented record. A callback is only a hint, so each example is a pair.
 */
interface Example {
  what: string;
  api: KieApi;
  model: string;
  /** `data` of the record, or a whole envelope where that is what is documented. `ID` stands for the task's id. */
  record: unknown;
  envelope?: { code: number; msg: string };
  /** Bodies in the order in which they arrive. */
  callbacks: unknown[];
  /** The state it ends in, and the kinds of the outputs. */
  ends: "delivered" | "failed" | "submitted";
  /** What the endpoint answers; 200 unless told otherwise. */
  status?: number;
  outputs?: string[];
}

const ID = "5c79be8e1d04a1d8e9d7a9c2f6a0b1c2";
/** Replaced by the scripted KIE's own address. */
const FILES = "https://files.kie.example";
const picture = `${FILES}/a.png`;
const clip = `${FILES}/a.mp4`;
const tune = `${FILES}/a.mp3`;

const param = JSON.stringify({ input: JSON.stringify({ prompt: "море" }), model: "z-image" });
const market = (change: object = {}) => ({
  taskId: ID,
  model: "z-image",
  state: "success",
  param,
  resultJson: JSON.stringify({ resultUrls: [picture] }),
  failCode: null,
  failMsg: null,
  costTime: 55,
  completeTime: 1_776_862_622_656,
  createTime: 1_776_862_567_160,
  ...change,
});
const marketFail = market({
  state: "fail",
  resultJson: null,
  failCode: "500",
  failMsg: "Internal server error",
  creditsConsumed: 0,
});
const done = (data: unknown) => ({ code: 200, msg: "Playground task completed successfully.", data });
const failed = (data: unknown, code = 501) => ({ code, msg: "Playground task failed.", data });

const songs = (audio: "audio_url" | "audioUrl") => [
  { id: "e231", [audio]: tune, title: "Железный человек", tags: "rock", duration: 198.44, prompt: "[Verse] Ла-ла" },
  { id: "bd15", [audio]: `${FILES}/b.mp3`, title: "Железный человек", duration: 228.28, prompt: "" },
];
const sunoRecord = (status: string, sunoData: unknown, change: object = {}) => ({
  taskId: ID,
  parentMusicId: "",
  param: '{"prompt":"море"}',
  response: sunoData === null ? null : { taskId: ID, sunoData },
  status,
  type: "chirp-v3-5",
  operationType: "generate",
  errorCode: null,
  errorMessage: "",
  ...change,
});
const suno = (callbackType: string, data: unknown, code = 200) => ({
  code,
  msg: code === 200 ? "All generated successfully." : "Audio generation failed",
  data: { callbackType, task_id: ID, data },
});
const flagged = (response: unknown, change: object = {}) => ({
  taskId: ID,
  paramJson: "{}",
  createTime: "2025-06-06 10:30:00",
  completeTime: "2025-06-06 10:32:00",
  successFlag: 1,
  errorCode: null,
  errorMessage: "",
  response,
  ...change,
});
const wavLike = (response: unknown, successFlag: unknown = "SUCCESS", change: object = {}) => ({
  taskId: ID,
  musicId: "e231",
  callbackUrl: "https://…",
  musicIndex: 0,
  completeTime: "2025-01-01 00:10:00",
  response,
  successFlag,
  createTime: "2025-01-01 00:00:00",
  errorCode: null,
  errorMessage: null,
  ...change,
});
const runway = (state: string, change: object = {}) => ({
  taskId: ID,
  parentTaskId: "",
  generateParam: { prompt: "море", imageUrl: "", expandPrompt: true },
  state,
  generateTime: "2023-08-15 14:30:45",
  videoInfo: { videoId: "485d", taskId: ID, videoUrl: clip, imageUrl: picture },
  failCode: 0,
  failMsg: "",
  expireFlag: 0,
  ...change,
});
const notes = [{ name: "Drums", notes: [{ pitch: 73, start: "0.03", end: 0.4, velocity: 1 }] }];
const midi = (successFlag: number) => ({
  taskId: ID,
  recordTaskId: -1,
  audioId: "e231",
  callbackUrl: "https://…",
  completeTime: 1_760_335_255_000,
  midiData: successFlag === 1 ? { state: "complete", instruments: notes } : null,
  successFlag,
  createTime: 1_760_335_251_000,
  errorCode: successFlag === 1 ? null : 500,
  errorMessage: successFlag === 1 ? null : "Internal Error",
});
const stems = { originUrl: tune, vocalUrl: `${FILES}/v.mp3`, instrumentalUrl: `${FILES}/i.mp3`, drumsUrl: null };
const lyric = (status: string) => ({ text: "[Verse]\nМоре", title: "Море", status, errorMessage: "" });
const lyricsRecord = (status: string, data: unknown, change: object = {}) => ({
  taskId: ID,
  param: "{}",
  response: data === null ? null : { taskId: ID, data },
  status,
  type: "LYRICS",
  errorCode: null,
  errorMessage: null,
  ...change,
});

const examples: Example[] = [
  {
    what: "§3.3 market success",
    api: "market",
    model: "z-image",
    record: market(),
    callbacks: [done(market({ creditsConsumed: 0.8 }))],
    ends: "delivered",
    outputs: ["image"],
  },
  {
    what: "§3.2 market record of mid 2026, resultJson parsed into response",
    api: "market",
    model: "z-image",
    record: market({
      updateTime: 1,
      progress: 0,
      successFlag: 1,
      creditsConsumed: 0.8,
      response: { resultUrls: [picture] },
    }),
    callbacks: [done(market())],
    ends: "delivered",
    outputs: ["image"],
  },
  {
    what: "§3.3 market failure",
    api: "market",
    model: "z-image",
    record: marketFail,
    callbacks: [failed(marketFail)],
    ends: "failed",
  },
  {
    what: "§3.3 market failure with the names of 2025 and no resultJson",
    api: "market",
    model: "z-image",
    record: { taskId: ID, state: "fail", failCode: "422", failMsg: "bad", consumeCredits: 0 },
    callbacks: [failed({ taskId: ID, state: "fail", consumeCredits: 0, remainedCredits: 1 }, 400)],
    ends: "failed",
  },
  {
    what: "§3.2 market still waiting, whatever the callback says",
    api: "market",
    model: "z-image",
    record: market({ state: "queuing", resultJson: "", completeTime: null }),
    callbacks: [done(market())],
    ends: "submitted",
  },
  {
    what: "§3.2 record that is not there yet",
    api: "market",
    model: "z-image",
    record: null,
    envelope: { code: 422, msg: "recordInfo is null" },
    callbacks: [done(market())],
    ends: "submitted",
  },
  {
    what: "§3.4 Seedance with frames beside the clip",
    api: "market",
    model: "bytedance/seedance-2",
    record: market({ resultJson: JSON.stringify({ resultUrls: [clip], firstFrameUrl: [], lastFrameUrl: [] }) }),
    callbacks: [done(market())],
    ends: "delivered",
    outputs: ["video"],
  },
  {
    what: "§3.4 market Suno, Playground shape",
    api: "market",
    model: "ai-music-api/generate",
    record: market({ resultJson: JSON.stringify({ data: songs("audio_url") }) }),
    callbacks: [done(market())],
    ends: "delivered",
    outputs: ["audio", "audio"],
  },
  {
    what: "§3.4 market Suno, three callbacks of the old shape",
    api: "market",
    model: "ai-music-api/generate",
    record: market({ resultJson: JSON.stringify({ data: songs("audio_url") }) }),
    callbacks: [suno("text", []), suno("first", songs("audio_url").slice(0, 1)), suno("complete", songs("audio_url"))],
    ends: "delivered",
    outputs: ["audio", "audio"],
  },
  {
    what: "§3.4 market lyrics",
    api: "market",
    model: "ai-music-api/generate-lyrics",
    record: market({
      resultJson: JSON.stringify({ resultObject: { lyricsData: [{ text: "Море", title: "Волна" }] } }),
    }),
    callbacks: [done(market())],
    ends: "delivered",
    outputs: ["text"],
  },
  {
    what: "§7 Veo",
    api: "veo",
    model: "veo3_fast",
    record: flagged(
      { taskId: ID, resultUrls: [clip], originUrls: [clip], resolution: "1080p" },
      { fallbackFlag: false },
    ),
    callbacks: [
      {
        code: 200,
        msg: "Veo3.1 video generated successfully.",
        data: {
          taskId: ID,
          promptJson: "{}",
          info: { resultUrls: [clip], originUrls: [clip], resolution: "1080p" },
          fallbackFlag: false,
        },
      },
    ],
    ends: "delivered",
    outputs: ["video"],
  },
  {
    what: "§7 Veo, lists as one text in brackets",
    api: "veo",
    model: "veo3_fast",
    record: flagged({ resultUrls: `[${clip}]` }),
    callbacks: [
      {
        code: 200,
        msg: "Veo3.1 video generated successfully.",
        data: { taskId: ID, info: { resultUrls: `[${clip}]`, originUrls: `[${clip}]` } },
      },
    ],
    ends: "delivered",
    outputs: ["video"],
  },
  {
    what: "§7 Veo, flagged prompt",
    api: "veo",
    model: "veo3_fast",
    record: flagged(null, {
      successFlag: 3,
      errorCode: 400,
      errorMessage: "Your prompt was flagged by Website as violating content policies.",
    }),
    callbacks: [
      {
        code: 400,
        msg: "Your prompt was flagged by Website as violating content policies.",
        data: { taskId: ID, fallbackFlag: false },
      },
    ],
    ends: "failed",
  },
  {
    what: "§7 Veo extension",
    api: "veo",
    model: "veo/extend",
    record: flagged({ resultUrls: [clip], fullResultUrls: [clip] }),
    callbacks: [
      { code: 200, msg: "Veo3.1 video extension successful.", data: { taskId: ID, info: { resultUrls: [clip] } } },
    ],
    ends: "delivered",
    outputs: ["video"],
  },
  {
    what: "§7.4 Veo 4K, the result in a 422",
    api: "veo",
    model: "veo/get-4k-video",
    record: { taskId: ID, resultUrls: [clip], imageUrls: [picture] },
    envelope: { code: 422, msg: "The video has been generated successfully" },
    callbacks: [
      {
        code: 200,
        msg: "4K Video generated successfully.",
        data: { taskId: ID, info: { resultUrls: [clip], imageUrls: [picture] } },
      },
    ],
    ends: "delivered",
    outputs: ["video"],
  },
  {
    what: "§7.4 Veo 4K, OpenAPI variant, still processing",
    api: "veo",
    model: "veo/get-4k-video",
    record: null,
    envelope: { code: 422, msg: "4k is processing. It should be ready in 5-10 minutes, please check back shortly." },
    callbacks: [
      { code: 200, msg: "ok", data: { task_id: ID, result_urls: [clip], media_ids: ["m"], image_urls: [picture] } },
    ],
    ends: "submitted",
  },
  {
    what: "§8 Runway",
    api: "runway",
    model: "runway/generate",
    record: runway("success"),
    callbacks: [
      {
        code: 200,
        msg: "All generated successfully.",
        data: { task_id: ID, video_id: "485d", video_url: clip, image_url: picture },
      },
    ],
    ends: "delivered",
    outputs: ["video"],
  },
  {
    what: "§8 Runway, queueing",
    api: "runway",
    model: "runway/generate",
    record: runway("queueing", { videoInfo: null }),
    callbacks: [{ code: 200, msg: "All generated successfully.", data: { task_id: ID, video_url: clip } }],
    ends: "submitted",
  },
  {
    what: "§8 Runway failure",
    api: "runway",
    model: "runway/generate",
    record: runway("fail", {
      videoInfo: null,
      failCode: 400,
      failMsg: "Inappropriate content detected. Please replace the image or video.",
    }),
    callbacks: [
      {
        code: 400,
        msg: "Inappropriate content detected. Please replace the image or video.",
        data: { task_id: ID, video_id: "", video_url: "", image_url: "" },
      },
    ],
    ends: "failed",
  },
  {
    what: "§8.7 Aleph, id at the top",
    api: "aleph",
    model: "aleph/generate",
    record: flagged({ taskId: ID, resultVideoUrl: clip, resultImageUrl: picture }),
    callbacks: [{ code: 200, msg: "success", data: { result_video_url: clip, result_image_url: picture }, taskId: ID }],
    ends: "delivered",
    outputs: ["video"],
  },
  {
    what: "§8.7 Aleph failure, data null, flag 0",
    api: "aleph",
    model: "aleph/generate",
    record: flagged(null, {
      successFlag: 0,
      errorCode: 400,
      errorMessage: "Your prompt was caught by our AI moderator. Please adjust it and try again!",
    }),
    callbacks: [
      {
        code: 400,
        msg: "Your prompt was caught by our AI moderator. Please adjust it and try again!",
        data: null,
        taskId: ID,
      },
    ],
    ends: "failed",
  },
  {
    what: "§8.6 Aleph running, flag 0",
    api: "aleph",
    model: "aleph/generate",
    record: flagged(null, { successFlag: 0, completeTime: null }),
    callbacks: [{ code: 200, msg: "success", data: { result_video_url: clip }, taskId: ID }],
    ends: "submitted",
  },
  {
    what: "§9.3 Suno, three stages and a late one",
    api: "suno",
    model: "suno/generate",
    record: sunoRecord("SUCCESS", songs("audioUrl")),
    callbacks: [
      suno("text", []),
      suno("first", songs("audio_url").slice(0, 1)),
      suno("complete", songs("audio_url")),
      suno("text", []),
    ],
    ends: "delivered",
    outputs: ["audio", "audio"],
  },
  {
    what: "§9.3 Suno after the first track",
    api: "suno",
    model: "suno/generate",
    record: sunoRecord("FIRST_SUCCESS", songs("audioUrl").slice(0, 1)),
    callbacks: [suno("complete", songs("audio_url"))],
    ends: "submitted",
  },
  {
    what: "§9.3 Suno error, data null",
    api: "suno",
    model: "suno/generate",
    record: sunoRecord("GENERATE_AUDIO_FAILED", null, { errorCode: 501, errorMessage: "Audio generation failed" }),
    callbacks: [suno("error", null, 501)],
    ends: "failed",
  },
  {
    what: "§9.3 Suno error, refunded",
    api: "suno",
    model: "suno/generate",
    record: sunoRecord("CREATE_TASK_FAILED", [], { errorCode: 531, errorMessage: "refunded" }),
    callbacks: [suno("error", [], 531)],
    ends: "failed",
  },
  {
    what: "§9.3 Suno sensitive words",
    api: "suno",
    model: "suno/generate",
    record: sunoRecord("SENSITIVE_WORD_ERROR", null, { errorCode: 400, errorMessage: "copyrighted lyrics" }),
    callbacks: [suno("error", null, 400)],
    ends: "failed",
  },
  {
    what: "§9.3 Suno CALLBACK_EXCEPTION with its tracks",
    api: "suno",
    model: "suno/generate",
    record: sunoRecord("CALLBACK_EXCEPTION", songs("audioUrl")),
    callbacks: [suno("complete", songs("audio_url"))],
    ends: "delivered",
    outputs: ["audio", "audio"],
  },
  {
    what: "§9.3 Suno, unknown task",
    api: "suno",
    model: "suno/generate",
    record: null,
    callbacks: [suno("complete", songs("audio_url"))],
    ends: "submitted",
  },
  {
    what: "§9.2 replace section, its own error",
    api: "suno",
    model: "suno/replace-section",
    record: sunoRecord("GENERATE_AUDIO_FAILED", null, { errorCode: 500, errorMessage: "failed" }),
    callbacks: [{ code: 500, msg: "failed", data: { callbackType: "error", task_id: ID, error: "failed" } }],
    ends: "failed",
  },
  {
    what: "§9.4 lyrics",
    api: "suno",
    model: "suno/lyrics",
    record: lyricsRecord("SUCCESS", [lyric("complete"), lyric("failed")]),
    callbacks: [
      {
        code: 200,
        msg: "All generated successfully.",
        data: {
          callbackType: "complete",
          task_id: ID,
          data: [{ text: "Море", title: "Волна", status: "complete", error_message: "" }],
        },
      },
    ],
    ends: "delivered",
    outputs: ["text"],
  },
  {
    what: "§9.4 lyrics failure that says complete",
    api: "suno",
    model: "suno/lyrics",
    record: lyricsRecord("GENERATE_LYRICS_FAILED", null, {
      errorCode: 400,
      errorMessage: "Song Description flagged for moderation",
    }),
    callbacks: [
      {
        code: 400,
        msg: "Song Description flagged for moderation",
        data: { callbackType: "complete", task_id: ID, data: null },
      },
    ],
    ends: "failed",
  },
  {
    what: "§9.4 wav",
    api: "suno",
    model: "suno/wav",
    record: wavLike({ audioWavUrl: `${FILES}/a.wav` }),
    callbacks: [{ code: 200, msg: "success", data: { audioWavUrl: `${FILES}/a.wav`, task_id: ID } }],
    ends: "delivered",
    outputs: ["audio"],
  },
  {
    what: "§9.4 wav failure",
    api: "suno",
    model: "suno/wav",
    record: wavLike(null, "GENERATE_WAV_FAILED", { errorCode: 500, errorMessage: "Internal Error" }),
    callbacks: [{ code: 500, msg: "Internal Error", data: { audioWavUrl: null, task_id: ID } }],
    ends: "failed",
  },
  {
    what: "§9.4 stems",
    api: "suno",
    model: "suno/vocal-removal",
    record: wavLike(stems),
    callbacks: [
      {
        code: 200,
        msg: "vocal separation generated successfully.",
        data: { task_id: ID, vocal_separation_info: { origin_url: tune, vocal_url: tune, instrumental_url: tune } },
      },
    ],
    ends: "delivered",
    outputs: ["audio", "audio"],
  },
  {
    what: "§9.4 stems failure",
    api: "suno",
    model: "suno/vocal-removal",
    record: wavLike(null, "GENERATE_AUDIO_FAILED", { errorCode: 500, errorMessage: "failed" }),
    callbacks: [{ code: 500, msg: "failed", data: { task_id: ID, vocal_separation_info: null } }],
    ends: "failed",
  },
  {
    what: "§9.4 MIDI",
    api: "suno",
    model: "suno/midi",
    record: midi(1),
    callbacks: [{ code: 200, msg: "success", data: { taskId: ID, state: "complete", instruments: notes } }],
    ends: "delivered",
    outputs: ["midi"],
  },
  {
    what: "§9.4 MIDI failure",
    api: "suno",
    model: "suno/midi",
    record: midi(3),
    callbacks: [{ code: 500, msg: "Internal Error", data: { taskId: ID } }],
    ends: "failed",
  },
  {
    what: "§9.4 music video",
    api: "suno",
    model: "suno/mp4",
    record: wavLike({ videoUrl: clip }),
    callbacks: [{ code: 200, msg: "MP4 generated successfully.", data: { task_id: ID, video_url: clip } }],
    ends: "delivered",
    outputs: ["video"],
  },
  {
    what: "§9.4 cover art",
    api: "suno",
    model: "suno/cover-image",
    record: {
      taskId: ID,
      parentTaskId: "p",
      callbackUrl: "https://…",
      completeTime: "2025-01-01",
      response: { images: [picture, `${FILES}/b.png`] },
      successFlag: 1,
      createTime: "2025-01-01",
      errorCode: 200,
      errorMessage: "",
    },
    callbacks: [{ code: 200, msg: "success", data: { taskId: ID, images: [picture, `${FILES}/b.png`] } }],
    ends: "delivered",
    outputs: ["image", "image"],
  },
  {
    what: "§9.4 cover art failure in words",
    api: "suno",
    model: "suno/cover-image",
    record: {
      taskId: ID,
      response: null,
      successFlag: "GENERATE_COVER_FAILED",
      errorCode: 501,
      errorMessage: "failed",
    },
    callbacks: [{ code: 501, msg: "failed", data: { taskId: ID, images: null } }],
    ends: "failed",
  },
  {
    what: "§10 4o",
    api: "gpt4o-image",
    model: "gpt4o-image/generate",
    record: flagged({ resultUrls: [picture] }, { status: "SUCCESS", progress: "1.00", createTime: 1, completeTime: 2 }),
    callbacks: [{ code: 200, msg: "success", data: { taskId: ID, info: { result_urls: [picture] } } }],
    ends: "delivered",
    outputs: ["image"],
  },
  {
    what: "§10 4o of older answers",
    api: "gpt4o-image",
    model: "gpt4o-image/generate",
    record: flagged({ result_urls: [picture] }, { status: "SUCCESS" }),
    callbacks: [{ code: 200, msg: "success", data: { taskId: ID, info: { result_urls: [picture] } } }],
    ends: "delivered",
    outputs: ["image"],
  },
  {
    what: "§10 4o flagged",
    api: "gpt4o-image",
    model: "gpt4o-image/generate",
    record: flagged(null, {
      successFlag: 2,
      status: "GENERATE_FAILED",
      errorCode: 400,
      errorMessage: "Your content was flagged by OpenAI as violating content policies",
    }),
    callbacks: [
      {
        code: 400,
        msg: "Your content was flagged by OpenAI as violating content policies",
        data: { taskId: ID, info: null },
      },
    ],
    ends: "failed",
  },
  {
    what: "§11 Kontext",
    api: "flux-kontext",
    model: "flux-kontext-pro",
    record: flagged({ originImageUrl: picture, resultImageUrl: picture }),
    callbacks: [
      {
        code: 200,
        msg: "BFL image generated successfully.",
        data: { taskId: ID, info: { originImageUrl: picture, resultImageUrl: picture } },
      },
    ],
    ends: "delivered",
    outputs: ["image"],
  },
  {
    what: "§11 Kontext failure with empty links",
    api: "flux-kontext",
    model: "flux-kontext-pro",
    record: flagged(
      { originImageUrl: "", resultImageUrl: "" },
      { successFlag: 3, errorCode: 500, errorMessage: "Internal Error" },
    ),
    callbacks: [
      { code: 500, msg: "Internal Error", data: { taskId: ID, info: { originImageUrl: "", resultImageUrl: "" } } },
    ],
    ends: "failed",
  },
  {
    what: "§12 a Midjourney callback on a market task",
    api: "market",
    model: "z-image",
    record: market(),
    callbacks: [{ code: 200, msg: "success", data: { taskId: ID, promptJson: "{}", resultUrls: [picture] } }],
    ends: "delivered",
    outputs: ["image"],
  },
  {
    what: "§13 a Luma failure without any id",
    api: "market",
    model: "z-image",
    record: marketFail,
    callbacks: [{ code: 400, msg: "failed", data: null }],
    // The signature is over the id, and there is none: the re-check will tell.
    status: 401,
    ends: "submitted",
  },
];

let world: World;
let kie: ScriptedKie;
beforeAll(async () => {
  kie = await startScriptedKie({
    "/a.png": (await photo("кот")).bytes,
    "/b.png": (await photo("пёс")).bytes,
    "/a.mp4": (await video(2)).bytes,
    "/a.mp3": (await song(2)).bytes,
    "/b.mp3": (await song(3)).bytes,
    "/v.mp3": (await song(2)).bytes,
    "/i.mp3": (await song(2)).bytes,
    "/a.wav": (await song(2)).bytes,
  });
  world = await startWorld({ environment: { KIE_BASE_URL: kie.origin } });
});
afterAll(async () => {
  console.info(`documented-examples: ${examples.length} examples`);
  await world.expectInvariants();
  await world.end();
  await kie.close();
});

const localised = (json: unknown, taskId: string): unknown =>
  JSON.parse(JSON.stringify(json).replaceAll(ID, taskId).replaceAll(FILES, kie.origin));

test.each(examples)("B4 C4 C6: $what", async (example) => {
  const number = examples.indexOf(example);
  const taskId = `${number}`.padStart(32, "a");
  const person = world.person(50_000 + number);
  await person.says("/start");
  await person.credited(100_000);
  kie.createsWith(taskId);
  kie.showsRecord(null, { code: 422, msg: "recordInfo is null" });
  // KIE takes twenty creates in ten seconds.
  await world.advance(11);
  await openCard(person, "z-image");
  await person.says("море");
  const generationId = await create(person);
  await world.db.rows("update generations set entry_key = $2, api = $3 where id = $1", [
    generationId,
    entryKeyOf(example),
    example.api,
  ]);

  kie.showsRecord(localised(example.record, taskId), example.envelope);
  const callbackUrl = new URL(kie.callBackUrl());
  const sentCallbacks = example.callbacks.map((body) => localised(body, taskId));
  const post = async (body: unknown) => {
    const response = await world.request(callbackUrl.pathname + callbackUrl.search, {
      method: "POST",
      headers: { "content-type": "application/json", ...signed(taskId) },
      body: JSON.stringify(body),
    });
    expect(response.status).toBe(example.status ?? 200);
    await world.idle();
  };
  for (const body of sentCallbacks) await post(body);
  expect(await facts(generationId)).toEqual({
    state: example.ends,
    task_id: taskId,
    outputs: example.outputs ?? [],
  });

  const before = await traces(person.id);
  for (const body of sentCallbacks) await post(body);
  expect(await traces(person.id), "nothing happens twice").toEqual(before);
  expect(person.messages().length).toBeGreaterThan(0);
});

/** As KIE signs where the feature is on: the task's id and the time, never the body. */
function signed(taskId: string): Record<string, string> {
  const key = world.app.config.KIE_WEBHOOK_HMAC_KEY ?? "";
  const timestamp = String(Math.floor(world.context.clock.now().getTime() / 1000));
  const signature = createHmac("sha256", key).update(`${taskId}.${timestamp}`).digest("base64");
  return { "x-webhook-timestamp": timestamp, "x-webhook-signature": signature };
}

function entryKeyOf({ api, model }: Example): string {
  const key = catalog.entryKeys().find((each) => {
    const route = catalog.entry(each)?.entry.route;
    return route?.api === api && route.id === model;
  });
  if (key === undefined) throw new Error(`no entry for ${api} ${model}`);
  return key;
}

async function facts(generationId: string): Promise<unknown> {
  const [row] = await world.db.rows(
    `select state, task_id, coalesce((select json_agg(kind order by position) from outputs o where o.generation_id = g.id), '[]') as outputs
     from generations g where id = $1`,
    [generationId],
  );
  return row;
}

/** Everything that a repeat could have changed: money, results, messages. */
async function traces(userId: number): Promise<unknown> {
  const [row] = await world.db.rows(
    `select (select count(*) from transfers where user_id = $1) as transfers,
      (select json_agg(to_json(w)) from wallets w where user_id = $1) as wallet,
      (select count(*) from outputs o join generations g on g.id = o.generation_id where g.user_id = $1) as outputs`,
    [userId],
  );
  return { row, messages: world.telegram.chat(userId)?.messages.length };
}
