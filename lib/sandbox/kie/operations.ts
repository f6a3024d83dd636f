import type { DedicatedApi } from "./request-schemas.ts";
import { fluxKontext, gpt4oImage } from "./shapes/images.ts";
import { aleph, runway } from "./shapes/runway.ts";
import type { Shape } from "./shapes/shape.ts";
import { sunoCover, sunoMp4, sunoStems, sunoWav } from "./shapes/suno-files.ts";
import { sunoMusic } from "./shapes/suno-music.ts";
import { sunoLyrics, sunoMidi, sunoPhrase, sunoVoice } from "./shapes/suno-words.ts";
import { veo, veo4k, veoExtend } from "./shapes/veo.ts";
import type { SourceRule } from "./sources.ts";
import type { KieTask } from "./task.ts";

/** One create endpoint of a dedicated family. */
export interface Operation {
  api: DedicatedApi;
  /** The ids it sells. Of several, the body's `model` says which; the first is the usual one. */
  models: readonly [string, ...string[]];
  method: "GET" | "POST";
  path: string;
  callback: "required" | "optional" | "none";
  /** Where its tasks are told about, by GET; absent where it answers at once. */
  record?: { path: string; shape: Shape };
  /** The earlier task that it works on. */
  source?: SourceRule;
  /** Not a create endpoint in the plain sense: asked again, it tells how far it is. */
  isAskedAgain?: true;
}

const VEO = "/api/v1/veo";
const RUNWAY = "/api/v1/runway";
const SUNO = "/api/v1/generate";
export const SUNO_MUSIC_RECORD = `${SUNO}/record-info`;

const post = { method: "POST" } as const;
const ofVeo = { api: "veo", ...post, callback: "optional" } as const;
const ofRunway = { api: "runway", ...post, callback: "optional" } as const;
const ofSuno = { api: "suno", ...post, callback: "required" } as const;
const atOnce = { ...post, callback: "none" } as const;
const music = { path: SUNO_MUSIC_RECORD, shape: sunoMusic };
const at = (folder: string, shape: Shape) => ({ path: `/api/v1/${folder}/record-info`, shape });

/** Every dedicated endpoint that we imitate. @see https://docs.kie.ai */
export const OPERATIONS: readonly Operation[] = [
  {
    ...ofVeo,
    models: ["veo3_fast", "veo3", "veo3_lite"],
    path: `${VEO}/generate`,
    record: at("veo", veo),
  },
  { ...ofVeo, models: ["veo/extend"], path: `${VEO}/extend`, record: at("veo", veoExtend), source: { of: "veo" } },
  {
    ...ofVeo,
    ...{ models: ["veo/get-1080p-video"], method: "GET", path: `${VEO}/get-1080p-video`, callback: "none" },
    source: { of: "veo" },
    isAskedAgain: true,
  },
  {
    ...ofVeo,
    models: ["veo/get-4k-video"],
    path: `${VEO}/get-4k-video`,
    record: at("veo", veo4k),
    source: { of: "veo" },
    isAskedAgain: true,
  },

  {
    ...ofRunway,
    models: ["runway/generate"],
    path: `${RUNWAY}/generate`,
    record: { path: `${RUNWAY}/record-detail`, shape: runway },
  },
  {
    ...ofRunway,
    models: ["runway/extend"],
    path: `${RUNWAY}/extend`,
    record: { path: `${RUNWAY}/record-detail`, shape: runway },
    source: { of: "runway" },
  },
  {
    api: "aleph",
    ...post,
    callback: "optional",
    models: ["aleph/generate"],
    path: "/api/v1/aleph/generate",
    record: at("aleph", aleph),
  },

  { ...ofSuno, models: ["suno/generate"], path: SUNO, record: music },
  {
    ...ofSuno,
    models: ["suno/extend"],
    path: `${SUNO}/extend`,
    record: music,
    source: { of: "song", isLenient: true },
  },
  { ...ofSuno, models: ["suno/upload-cover"], path: `${SUNO}/upload-cover`, record: music },
  { ...ofSuno, models: ["suno/upload-extend"], path: `${SUNO}/upload-extend`, record: music },
  { ...ofSuno, models: ["suno/add-instrumental"], path: `${SUNO}/add-instrumental`, record: music },
  { ...ofSuno, models: ["suno/add-vocals"], path: `${SUNO}/add-vocals`, record: music },
  { ...ofSuno, models: ["suno/mashup"], path: `${SUNO}/mashup`, record: music },
  { ...ofSuno, models: ["suno/sounds"], path: `${SUNO}/sounds`, record: music, callback: "optional" },
  {
    ...ofSuno,
    models: ["suno/replace-section"],
    path: `${SUNO}/replace-section`,
    record: music,
    callback: "optional",
    source: { of: "song" },
  },
  { ...ofSuno, models: ["suno/lyrics"], path: "/api/v1/lyrics", record: at("lyrics", sunoLyrics) },
  {
    ...ofSuno,
    models: ["suno/wav"],
    path: "/api/v1/wav/generate",
    record: at("wav", sunoWav),
    source: { of: "song", onceWith: "ai-music-api/convert-to-wav-format" },
  },
  {
    ...ofSuno,
    models: ["suno/vocal-removal"],
    path: "/api/v1/vocal-removal/generate",
    record: at("vocal-removal", sunoStems),
    source: { of: "song" },
  },
  {
    ...ofSuno,
    models: ["suno/midi"],
    path: "/api/v1/midi/generate",
    record: at("midi", sunoMidi),
    source: { of: "separation" },
  },
  {
    ...ofSuno,
    models: ["suno/mp4"],
    path: "/api/v1/mp4/generate",
    record: at("mp4", sunoMp4),
    source: { of: "song", onceWith: "ai-music-api/create-music-video" },
  },
  {
    ...ofSuno,
    models: ["suno/cover-image"],
    path: "/api/v1/suno/cover/generate",
    record: at("suno/cover", sunoCover),
    callback: "optional",
    source: { of: "song", onceWith: "ai-music-api/cover-generate" },
  },
  {
    ...ofSuno,
    models: ["suno/voice-validate"],
    path: "/api/v1/voice/validate",
    record: { path: "/api/v1/voice/validate-info", shape: sunoPhrase },
    callback: "optional",
  },
  {
    ...ofSuno,
    models: ["suno/voice-regenerate"],
    path: "/api/v1/voice/regenerate",
    record: { path: "/api/v1/voice/validate-info", shape: sunoPhrase },
    callback: "optional",
    source: { of: "phrase" },
  },
  {
    ...ofSuno,
    models: ["suno/voice-generate"],
    path: "/api/v1/voice/generate",
    record: at("voice", sunoVoice),
    callback: "optional",
    source: { of: "phrase" },
  },
  {
    ...ofSuno,
    ...atOnce,
    models: ["suno/voice-check"],
    path: "/api/v1/voice/check-voice",
    source: { of: "voice" },
  },
  {
    ...ofSuno,
    ...atOnce,
    models: ["suno/generate-persona"],
    path: `${SUNO}/generate-persona`,
    source: { of: "song", onceWith: "ai-music-api/generate-persona" },
  },
  {
    ...ofSuno,
    ...atOnce,
    models: ["suno/get-timestamped-lyrics"],
    path: `${SUNO}/get-timestamped-lyrics`,
    source: { of: "song" },
  },
  { ...ofSuno, ...atOnce, models: ["suno/style"], path: "/api/v1/style/generate" },

  {
    api: "gpt4o-image",
    ...post,
    callback: "optional",
    models: ["gpt4o-image/generate"],
    path: "/api/v1/gpt4o-image/generate",
    record: at("gpt4o-image", gpt4oImage),
  },
  {
    api: "flux-kontext",
    ...post,
    callback: "optional",
    models: ["flux-kontext-pro", "flux-kontext-max"],
    path: "/api/v1/flux/kontext/generate",
    record: at("flux/kontext", fluxKontext),
  },
  { api: "gemini-omni", ...atOnce, models: ["omni/audio/create"], path: "/api/v1/omni/audio/create" },
  { api: "gemini-omni", ...atOnce, models: ["omni/character/create"], path: "/api/v1/omni/character/create" },
];

/** What the ids of a family's tasks begin with. */
export const ID_PREFIXES: Readonly<Record<DedicatedApi, string>> = {
  veo: "veo_task_",
  runway: "",
  aleph: "",
  suno: "",
  "gpt4o-image": "task4o_",
  "flux-kontext": "fluxkontext_",
  "gemini-omni": "",
};

/** The operation that made a task; `undefined` for a task of the market. */
export function operationOf({ api, model }: Pick<KieTask, "api" | "model">): Operation | undefined {
  return OPERATIONS.find((operation) => operation.api === api && operation.models.includes(model));
}
