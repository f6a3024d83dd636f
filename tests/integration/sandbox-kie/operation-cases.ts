import { expect } from "vitest";

/** What the operations work on: files and earlier tasks. */
export interface CaseWorld {
  image: string;
  video: string;
  sound: string;
  song: { taskId: string; audioId: string };
  stems: string;
  phrase: string;
  voice: string;
  clip: string;
  runway: string;
}

export interface Case {
  body(world: CaseWorld): Record<string, unknown>;
  /** What the record says before the end; for a synchronous one absent. */
  pending?: Record<string, unknown>;
  done: Record<string, unknown>;
  /** The whole body of the last callback. */
  told?: Record<string, unknown>;
  /** Of a failure, asked for by the words of what it works on or of its prompt. */
  failed?: Record<string, unknown>;
  failureTold?: Record<string, unknown>;
}

const url = expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+\/kie-files\/results\//);
const id = expect.any(String);
const flagged = { successFlag: 0, response: null };
export const song = (more: object = {}) => ({
  prompt: "Песня о море",
  customMode: false,
  instrumental: false,
  model: "V6",
  ...more,
});
const words = expect.arrayContaining([
  expect.objectContaining({ text: expect.any(String), title: expect.any(String) }),
]);
const notes = expect.arrayContaining([expect.objectContaining({ name: "Piano", notes: expect.any(Array) })]);

const musicCase = (body: Case["body"]): Case => ({
  body,
  pending: { status: "PENDING", response: null, errorCode: null },
  done: {
    status: "SUCCESS",
    response: {
      sunoData: [
        { id, audioUrl: url, imageUrl: url },
        { id, audioUrl: url },
      ],
    },
  },
  told: {
    code: 200,
    data: {
      callbackType: "complete",
      data: [
        { id, audio_url: url },
        { id, audio_url: url },
      ],
    },
  },
  failed: { status: "GENERATE_AUDIO_FAILED", response: null, errorCode: 500 },
});
const clipCase = (body: Case["body"]): Case => ({
  body,
  pending: flagged,
  done: { successFlag: 1, response: { resultUrls: [url] } },
  told: { code: 200, data: { info: { resultUrls: [url] } } },
  failed: { successFlag: 3, errorCode: 500, response: null },
  failureTold: { code: 500, data: { taskId: id } },
});
const runwayCase = (body: Case["body"]): Case => ({
  body,
  pending: { state: "wait", videoInfo: null, failCode: 0 },
  done: { state: "success", videoInfo: { videoId: id, taskId: id, videoUrl: url, imageUrl: url } },
  told: { code: 200, data: { task_id: id, video_id: id, video_url: url, image_url: url } },
  failed: { state: "fail", failCode: 500, failMsg: "Internal server error" },
  failureTold: { code: 500, data: { task_id: id, video_id: "", video_url: "", image_url: "" } },
});
const fileCase = (recordName: string, callbackName: string, failedFlag: string): Case => ({
  body: ({ song: { taskId, audioId } }) => ({ taskId, audioId }),
  pending: { successFlag: "PENDING", response: null },
  done: { successFlag: "SUCCESS", response: { [recordName]: url }, callbackUrl: id },
  told: { code: 200, data: { task_id: id, [callbackName]: url } },
  failed: { successFlag: failedFlag, response: null },
  failureTold: { code: 500, data: { task_id: id, [callbackName]: null } },
});

/** Of every dedicated operation: a request, and what its record and its callback say. Only members that matter are named. */
export const CASES: Readonly<Record<string, Case>> = {
  veo3_fast: clipCase(() => ({ prompt: "кот" })),
  "veo/extend": clipCase(({ clip }) => ({ taskId: clip, prompt: "кот" })),
  "veo/get-4k-video": {
    body: ({ clip }) => ({ taskId: clip }),
    pending: flagged,
    done: { successFlag: 1, response: { resultUrls: [url], imageUrls: [url], mediaIds: [id] } },
    told: { code: 200, data: { taskId: id, info: { resultUrls: [url], imageUrls: [url] } } },
    failed: { successFlag: 3 },
    failureTold: { code: 500, data: { taskId: id } },
  },
  "runway/generate": runwayCase(() => ({ prompt: "кот", duration: 5, quality: "720p", aspectRatio: "16:9" })),
  "runway/extend": runwayCase(({ runway }) => ({ taskId: runway, prompt: "кот", quality: "720p" })),
  "aleph/generate": {
    body: ({ video }) => ({ prompt: "зима", videoUrl: video }),
    pending: flagged,
    done: { successFlag: 1, response: { resultVideoUrl: url, resultImageUrl: url } },
    told: { code: 200, taskId: id, data: { result_video_url: url, result_image_url: url } },
    failed: { successFlag: 0, errorCode: 500, errorMessage: "Internal server error", response: null },
    failureTold: { code: 500, taskId: id, data: null },
  },
  "suno/generate": musicCase(() => song()),
  "suno/extend": musicCase(({ song: { audioId } }) => ({
    defaultParamFlag: false,
    audioId,
    model: "V6",
    prompt: "ещё",
  })),
  "suno/upload-cover": musicCase(({ sound }) => song({ uploadUrl: sound })),
  "suno/upload-extend": musicCase(({ sound }) => ({
    ...{ uploadUrl: sound, defaultParamFlag: false, instrumental: false, continueAt: 1, model: "V5", prompt: "ещё" },
  })),
  "suno/add-instrumental": musicCase(({ sound }) => ({
    uploadUrl: sound,
    title: "Море",
    negativeTags: "металл",
    tags: "поп",
  })),
  "suno/add-vocals": musicCase(({ sound }) => ({
    ...{ uploadUrl: sound, prompt: "о море", title: "Море", negativeTags: "металл", style: "поп", model: "V6_WILD" },
  })),
  "suno/mashup": musicCase(({ sound }) => ({
    ...{ uploadUrlList: [sound, sound], customMode: true, model: "V5", style: "поп", title: "Смесь", prompt: "слова" },
  })),
  "suno/sounds": musicCase(() => ({ prompt: "гром", model: "V6" })),
  "suno/replace-section": musicCase(({ song: { taskId, audioId } }) => ({
    ...{ taskId, audioId, prompt: "x", tags: "x", title: "x", infillStartS: 1, infillEndS: 8, fullLyrics: "Слова" },
  })),
  "suno/lyrics": {
    body: () => ({ prompt: "о море" }),
    pending: { status: "PENDING", response: null },
    done: { status: "SUCCESS", response: { taskId: id, data: words } },
    told: { code: 200, data: { callbackType: "complete", task_id: id, data: words } },
    failed: { status: "GENERATE_LYRICS_FAILED", response: null },
    failureTold: { code: 500, data: { callbackType: "complete", task_id: id, data: null } },
  },
  "suno/wav": fileCase("audioWavUrl", "audioWavUrl", "GENERATE_WAV_FAILED"),
  "suno/mp4": fileCase("videoUrl", "video_url", "GENERATE_MP4_FAILED"),
  "suno/vocal-removal": {
    body: ({ song: { taskId, audioId } }) => ({ taskId, audioId, type: "separate_vocal" }),
    pending: { successFlag: "PENDING", response: null },
    done: {
      successFlag: "SUCCESS",
      response: { vocalUrl: url, instrumentalUrl: url, originUrl: url, originData: [{ id, audio_url: url }, { id }] },
    },
    told: {
      code: 200,
      data: { task_id: id, vocal_separation_info: { vocal_url: url, instrumental_url: url, origin_url: url } },
    },
    failed: { successFlag: "GENERATE_AUDIO_FAILED", response: null },
    failureTold: { code: 500, data: { task_id: id, vocal_separation_info: null } },
  },
  "suno/midi": {
    body: ({ stems }) => ({ taskId: stems }),
    pending: { successFlag: 0, midiData: null },
    done: { successFlag: 1, midiData: { state: "complete", instruments: notes }, recordTaskId: id },
    told: { code: 200, data: { taskId: id, state: "complete", instruments: notes } },
    failed: { successFlag: 3, midiData: null },
    failureTold: { code: 500, data: { taskId: id } },
  },
  "suno/cover-image": {
    body: ({ song: { taskId } }) => ({ taskId }),
    pending: flagged,
    done: { successFlag: 1, parentTaskId: id, response: { images: [url, url] } },
    told: { code: 200, data: { taskId: id, images: [url, url] } },
    failed: { successFlag: 3, response: null },
    failureTold: { code: 500, data: { taskId: id, images: null } },
  },
  "suno/voice-validate": {
    body: ({ sound }) => ({ voiceUrl: sound, vocalStartS: 0, vocalEndS: 2, language: "ru" }),
    pending: { status: "wait_processing", validateInfo: null },
    done: { status: "wait_validating", validateInfo: expect.stringMatching(/[а-я]/) },
    told: { code: 200, data: { taskId: id, status: "wait_validating", validateInfo: id } },
  },
  "suno/voice-regenerate": {
    body: ({ phrase }) => ({ taskId: phrase }),
    pending: { status: "wait_processing" },
    done: { status: "wait_validating", validateInfo: id },
    told: { code: 200, data: { taskId: id } },
  },
  "suno/voice-generate": {
    body: ({ phrase, sound }) => ({ taskId: phrase, verifyUrl: sound, voiceName: "Мой" }),
    pending: { status: "wait_processing", voiceId: null },
    done: { status: "success", voiceId: id },
    told: { code: 200, data: { taskId: id, voiceId: id } },
    failed: { status: "fail", voiceId: null },
    failureTold: { code: 400, data: { status: "fail" } },
  },
  "suno/voice-check": { body: ({ voice }) => ({ task_id: voice }), done: { isAvailable: true } },
  "suno/generate-persona": {
    body: ({ song: { taskId, audioId } }) => ({ taskId, audioId, name: "Голос", description: "тёплый" }),
    done: { personaId: id, name: "Голос", description: "тёплый" },
  },
  "suno/get-timestamped-lyrics": {
    body: ({ song: { taskId, audioId } }) => ({ taskId, audioId }),
    done: { alignedWords: expect.any(Array), waveformData: expect.any(Array), isStreamed: false },
  },
  "suno/style": { body: () => ({ content: "поп" }), done: { result: id, creditsConsumed: 0.4, successFlag: "1" } },
  "gpt4o-image/generate": {
    body: () => ({ prompt: "кот", size: "1:1" }),
    pending: { status: "GENERATING" },
    done: { status: "SUCCESS", response: { resultUrls: [url] } },
    told: { code: 200, data: { info: { result_urls: [url] } } },
    failed: { status: "GENERATE_FAILED" },
    failureTold: { code: 500, data: { info: null } },
  },
  "flux-kontext-pro": {
    body: () => ({ prompt: "кот" }),
    pending: flagged,
    done: { successFlag: 1, response: { resultImageUrl: url } },
    told: { code: 200, data: { info: { resultImageUrl: url } } },
    failed: { successFlag: 3 },
    failureTold: { code: 500, data: { info: { resultImageUrl: "" } } },
  },
  "omni/audio/create": { body: () => ({ audio_id: "Kore", name: "Голос" }), done: { kieAudioId: id, name: "Голос" } },
  "omni/character/create": {
    body: ({ image }) => ({ descriptions: "рыцарь", image_urls: [image], character_name: "Артур" }),
    done: { characterId: id, characterName: "Артур", imageUrl: url, bodyImageUrl: url },
  },
};
