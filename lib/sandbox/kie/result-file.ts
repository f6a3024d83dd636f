import type { ModelSchema } from "./request-schemas.ts";
import type { ResultFile } from "./result-recipe.ts";
import type { Sentinels } from "./sentinels.ts";
import type { Source } from "./sources.ts";
import { isJsonObject } from "./validate.ts";

/** What a result is made from. */
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
const MEGABYTE = 1024 * 1024;
const BIG_FILE_MEGABYTES = 12;
/** 1024-pixel cover names of the older image models. */
const NAMED_RATIOS: Readonly<Record<string, number>> = { landscape: 4 / 3, portrait: 3 / 4, square: 1 };

/** Name and place of one file. */
export function named({ taskId }: ResultRequest, name: string): Pick<ResultFile, "name" | "blobId"> {
  return { name, blobId: `kie-result/${taskId}/${name}` };
}

/** The recipe of the file at this place; its words are the request's, or those of the song that it is made of. */
export function fileOf(request: ResultRequest, index: number, format: ResultFile["format"]): ResultFile {
  const { input, model, sentinels, taskId, source } = request;
  const words = promptOf(input) || (source?.song?.title ?? "");
  const caption = [words.slice(0, 400), `${model}${index > 0 ? ` · ${index + 1}` : ""}`].filter(Boolean);
  const asked = Number(input.duration);
  const megabytes = sentinels.sizeMegabytes ?? (sentinels.big ? BIG_FILE_MEGABYTES : undefined);
  return {
    ...named(request, `${index}.${format}`),
    format,
    text: caption.join("\n\n"),
    ...frameOf(input, format),
    seconds: Math.min(LONGEST_VIDEO_SECONDS, asked > 0 ? asked : LONGEST_VIDEO_SECONDS),
    seed: Number.parseInt(taskId.slice(-6), 16) + index,
    ...(megabytes === undefined ? {} : { sizeBytes: megabytes * MEGABYTE }),
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

/** The words of a request, whatever its model calls them. */
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

/** A text, or "" for anything else. */
export const textOf = (value: unknown): string => (typeof value === "string" ? value : "");
