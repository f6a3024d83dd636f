import type { ModelSchema } from "./request-schemas.ts";
import type { Sentinels } from "./sentinels.ts";
import { type Song, type Stem, songResult, stemsResult, wavResult } from "./songs.ts";
import type { Source } from "./sources.ts";
import { textResult } from "./text-results.ts";
import { isJsonObject } from "./validate.ts";

/** The recipe of a result file; the bytes are made when somebody first asks for them. */
export interface ResultFile {
  /** Last part of its URL: `0.png`. */
  name: string;
  blobId: string;
  format: "png" | "mp4" | "mp3" | "wav";
  text: string;
  width: number;
  height: number;
  seconds: number;
  seed: number;
  /** Grown to this size when given. */
  sizeBytes?: number;
}

export interface TaskResult {
  files: ResultFile[];
  /** The object behind `resultJson`. */
  json: Record<string, unknown>;
  /** Present for Suno's music operations. */
  songs?: Song[];
  /** Present for a song taken apart. */
  stems?: Stem[];
  /** What was taken apart. */
  originUrl?: string;
  /** A still of a video, where the family tells one. */
  pictureUrl?: string;
  /** The place of the song that it was made of, among the tracks of its task. */
  musicIndex?: number;
}

export interface ResultRequest {
  schema: ModelSchema;
  model: string;
  taskId: string;
  input: Record<string, unknown>;
  sentinels: Sentinels;
  createdAt: number;
  /** The earlier task that this one works on. */
  source?: Source;
  urlOf(fileName: string): string;
}

const IMAGE_LONG_SIDE = 640;
const VIDEO_LONG_SIDE = 320;
const LONGEST_VIDEO_SECONDS = 3;
const BIG_FILE_BYTES = 12 * 1024 * 1024;
const GIVES_TWO = new Set(["grok-imagine/text-to-image", "ai-music-api/cover-generate", "suno/cover-image"]);
/** Clips that come with a still. */
const WITH_STILL = new Set(["runway/generate", "runway/extend", "aleph/generate", "veo/get-4k-video"]);
/** 1024-pixel cover names of the older image models. */
const NAMED_RATIOS: Readonly<Record<string, number>> = { landscape: 4 / 3, portrait: 3 / 4, square: 1 };

/** How many files a request returns by its own parameters; also what is billed per image. */
export function outputCountOf(schema: ModelSchema, model: string, input: Record<string, unknown>): number {
  if (schema.output !== "image") return 1;
  const asked = Number(
    input.num_images ?? input.max_images ?? input.n ?? input.nVariants ?? schema.input.num_images?.default ?? 1,
  );
  if (asked > 1) return Math.min(asked, 15);
  if (schema.mode === "layer-decomposition") return 3;
  // @see the pricing notes of the model list: one generation of Grok Imagine, and of a Suno cover, returns two pictures.
  return GIVES_TWO.has(model) ? 2 : 1;
}

export function isSongModel(schema: ModelSchema): boolean {
  return schema.category === "music" && (schema.mode === "music" || schema.mode === "sound-effects");
}

export function buildResult(request: ResultRequest): TaskResult {
  const { source } = request;
  const musicIndex = source?.task.result.songs?.findIndex(({ id }) => id === source.song?.id) ?? -1;
  const result = resultOf(request);
  return musicIndex > 0 ? { ...result, musicIndex } : result;
}

function resultOf(request: ResultRequest): TaskResult {
  const { schema, model, input, sentinels, urlOf } = request;
  if (schema.mode === "character") return characterResult(request);
  if (schema.output === "text") return { files: [], json: { resultObject: textResult(request) } };
  if (isSongModel(schema)) return songResult(request);
  if (schema.mode === "vocal-separation") return stemsResult(request);
  if (schema.mode === "audio-conversion") return wavResult(request);
  const count = schema.output === "image" && sentinels.many ? sentinels.many : outputCountOf(schema, model, input);
  const files = Array.from({ length: count }, (_, index) => fileOf(request, index, formatOf(schema)));
  const resultUrls = files.map((file) => urlOf(file.name));
  const frame = (name: string) => ({ ...fileOf(request, 0, "png"), ...named(request, `${name}.png`) });
  if (WITH_STILL.has(model)) {
    const still = frame("still");
    return { files: [...files, still], json: { resultUrls }, pictureUrl: urlOf(still.name) };
  }
  if (input.return_last_frame !== true) return { files, json: { resultUrls } };
  const frames = ["first", "last"].map(frame);
  const [firstFrameUrl, lastFrameUrl] = frames.map((each) => [urlOf(each.name)]);
  return { files: [...files, ...frames], json: { resultUrls, firstFrameUrl, lastFrameUrl } };
}

/** Face and body of a character: two pictures inside an answer that is otherwise words. */
function characterResult(request: ResultRequest): TaskResult {
  const { input, urlOf } = request;
  const files = [0, 1].map((index) => fileOf(request, index, "png"));
  const [imageUrl, bodyImageUrl] = files.map((file) => urlOf(file.name));
  const characterName = textOf(input.character_name) || textOf(input.descriptions).slice(0, 40);
  const characterId = `character_${request.taskId.slice(0, 16)}`;
  return { files, json: { resultObject: { characterId, characterName, imageUrl, bodyImageUrl } } };
}

function formatOf(schema: ModelSchema): ResultFile["format"] {
  return schema.output === "image" ? "png" : schema.output === "video" ? "mp4" : "mp3";
}

function named({ taskId }: ResultRequest, name: string): Pick<ResultFile, "name" | "blobId"> {
  return { name, blobId: `kie-result/${taskId}/${name}` };
}

/** The recipe of the file at this place; its words are the request's, or those of the song that it is made of. */
export function fileOf(request: ResultRequest, index: number, format: ResultFile["format"]): ResultFile {
  const { input, model, sentinels, taskId, source } = request;
  const words = promptOf(input) || (source?.song?.title ?? "");
  const caption = [words.slice(0, 400), `${model}${index > 0 ? ` · ${index + 1}` : ""}`].filter(Boolean);
  const asked = Number(input.duration);
  return {
    ...named(request, `${index}.${format}`),
    format,
    text: caption.join("\n\n"),
    ...frameOf(input, format),
    seconds: Math.min(LONGEST_VIDEO_SECONDS, asked > 0 ? asked : LONGEST_VIDEO_SECONDS),
    seed: Number.parseInt(taskId.slice(-6), 16) + index,
    ...(sentinels.big ? { sizeBytes: BIG_FILE_BYTES } : {}),
  };
}

function frameOf(input: Record<string, unknown>, format: string): { width: number; height: number } {
  const longSide = format === "mp4" ? VIDEO_LONG_SIDE : IMAGE_LONG_SIDE;
  const wish = [input.aspect_ratio, input.aspectRatio, input.ratio, input.image_size, input.size].find((value) =>
    ratioOf(value),
  );
  const ratio = ratioOf(wish) ?? (format === "mp4" ? 16 / 9 : 1);
  return ratio >= 1
    ? { width: longSide, height: Math.round(longSide / ratio) }
    : { width: Math.round(longSide * ratio), height: longSide };
}

/** Width by height of "16:9", "portrait_16_9" (which is 9:16) or "square_hd"; `undefined` for "auto", "1K" and the like. */
function ratioOf(value: unknown): number | undefined {
  if (typeof value !== "string") return undefined;
  const plain = /^(\d+):(\d+)$/.exec(value);
  if (plain) return Number(plain[1]) / Number(plain[2]);
  const spelled = /^(landscape|portrait)_(\d+)_(\d+)$/.exec(value);
  if (!spelled) return NAMED_RATIOS[value.replace("_hd", "")];
  const [one, other] = [Number(spelled[2]), Number(spelled[3])];
  const wide = Math.max(one, other) / Math.min(one, other);
  return spelled[1] === "landscape" ? wide : 1 / wide;
}

export function promptOf(input: Record<string, unknown>): string {
  const spoken = [input.dialogue, input.dialogue_turns, input.multi_prompt].flat().filter(isJsonObject);
  const turns = spoken.map((turn) => textOf(turn.text) || textOf(turn.prompt)).join("\n");
  return (
    textOf(input.prompt) ||
    textOf(input.text) ||
    turns ||
    textOf(input.lyrics) ||
    textOf(input.description) ||
    textOf(input.descriptions)
  );
}

export const textOf = (value: unknown): string => (typeof value === "string" ? value : "");
