import type { ModelSchema } from "./request-schemas.ts";
import { fileOf, named, type ResultRequest, textOf } from "./result-file.ts";
import type { ResultFile, TaskResult } from "./result-recipe.ts";
import { songResult, stemsResult, wavResult } from "./songs.ts";
import { textResult } from "./text-results.ts";

const GIVES_TWO = new Set(["grok-imagine/text-to-image", "ai-music-api/cover-generate", "suno/cover-image"]);
/** Clips that come with a still. */
const WITH_STILL = new Set(["runway/generate", "runway/extend", "aleph/generate", "veo/get-4k-video"]);

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
  if (sentinels.empty) return emptyResult(schema);
  if (schema.mode === "character") return characterResult(request);
  if (schema.output === "text") return { files: [], json: { resultObject: textResult(request) } };
  if (isSongModel(schema)) return songResult(request);
  if (schema.mode === "vocal-separation") return stemsResult(request);
  if (schema.mode === "audio-conversion") return wavResult(request);
  const count = (schema.output !== "audio" && sentinels.many) || outputCountOf(schema, model, input);
  const files = Array.from({ length: count }, (_, index) => fileOf(request, index, formatOf(schema)));
  const resultUrls = files.map((file) => urlOf(file.name));
  const frame = (name: string): ResultFile => {
    const { sizeBytes: _, ...file } = fileOf(request, 0, "png");
    return { ...file, ...named(request, `${name}.png`) };
  };
  if (WITH_STILL.has(model)) {
    const still = frame("still");
    return { files: [...files, still], json: { resultUrls }, pictureUrl: urlOf(still.name) };
  }
  if (input.return_last_frame !== true) return { files, json: { resultUrls } };
  const frames = ["first", "last"].map(frame);
  const [firstFrameUrl, lastFrameUrl] = frames.map((each) => [urlOf(each.name)]);
  return { files: [...files, ...frames], json: { resultUrls, firstFrameUrl, lastFrameUrl } };
}

/** A success that brings nothing, in the shape that its kind of result has. */
function emptyResult(schema: ModelSchema): TaskResult {
  if (schema.output === "text") return { files: [], json: { resultObject: {} } };
  if (isSongModel(schema)) return { files: [], songs: [], json: { data: [] } };
  return { files: [], json: { resultUrls: [] } };
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
