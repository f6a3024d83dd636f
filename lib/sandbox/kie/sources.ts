import type { ModelSchema } from "./request-schemas.ts";
import type { Song } from "./result-recipe.ts";
import { type KieTask, type TaskFailure, urlsOf } from "./task.ts";
import type { Refusal } from "./validate.ts";
import type { KieWorld } from "./world.ts";

/** The earlier task that a request names, and the track of it where it names one. */
export interface Source {
  task: KieTask;
  song?: Song;
}

/** What a dedicated endpoint wants of the earlier task. It may have been made by the market as well. */
export interface SourceRule {
  of: keyof typeof FITS;
  /** A bad id is not refused but fails later, as was seen. */
  isLenient?: true;
  /** Done once for each track (or task, where no track is named); the market's model that counts too. */
  onceWith?: string;
}

export type FoundSource = { source?: Source; failure?: TaskFailure } | { refusal: Refusal };

const VEO_CLIPS = new Set(["veo3", "veo3_fast", "veo3_lite", "veo/extend", "veo-3-1"]);
const RUNWAY_CLIPS = new Set(["runway/generate", "runway/extend", "runway", "runway/extend-ai-video"]);
const PHRASES = new Set([
  "suno/voice-validate",
  "suno/voice-regenerate",
  "ai-music-api/validation-phrase",
  "ai-music-api/regenerate-phrase",
]);
const VOICES = new Set(["suno/voice-generate", "ai-music-api/create-voice"]);

const FITS = {
  song: ({ result }: KieTask) => result.songs !== undefined,
  separation: ({ result }: KieTask) => result.stems !== undefined,
  veo: ({ model }: KieTask) => VEO_CLIPS.has(model),
  runway: ({ model }: KieTask) => RUNWAY_CLIPS.has(model),
  phrase: ({ model }: KieTask) => PHRASES.has(model),
  voice: ({ model }: KieTask) => VOICES.has(model),
};

/** @see https://docs.kie.ai */
const VEO_RECORD_LIFE_MS = 14 * 24 * 3_600_000;
const NO_SONG: TaskFailure = { failCode: "400", failMsg: "The audio does not exist" };

type Input = Readonly<Record<string, unknown>>;

const refusal = (message: string, code = 422, data: unknown = null) => ({ refusal: { code, message, data } });
const textOf = (value: unknown): string | undefined => (typeof value === "string" && value ? value : undefined);

/** What a dedicated request works on. Unknown ids, and those of a task that did not succeed, are refused. */
export function sourceOf(
  world: KieWorld,
  model: string,
  schema: ModelSchema,
  input: Input,
  rule: SourceRule,
): FoundSource {
  // With a file of one's own the ids are mere labels.
  if (input.audioUrl || input.uploadUrl) return {};
  const audioId = "audioId" in schema.input ? textOf(input.audioId) : undefined;
  const song = audioId === undefined ? undefined : findSong(world, audioId);
  const taskId = textOf(input.taskId) ?? textOf(input.task_id) ?? song?.task.taskId;
  const task = taskId === undefined ? undefined : world.task(taskId);
  const isOther = rule.of === "song" && audioId !== undefined && (!song || song.task.taskId !== taskId);
  if (!task || isOther || !FITS[rule.of](task)) return unknown(rule);
  if (task.outcome?.state !== "success")
    return rule.isLenient ? { failure: NO_SONG } : refusal("record status is not success");
  if (rule.of === "separation" && audioId !== undefined && !isPartOf(task, audioId)) return unknown(rule);
  if (rule.of === "veo") {
    const problem = veoProblem(world, model, task, Number(input.index ?? 0));
    if (problem) return refusal(problem);
  }
  const made =
    rule.onceWith === undefined ? undefined : madeBefore(world, [model, rule.onceWith], audioId ?? task.taskId);
  if (made) return repeated(model, made);
  return { source: { task, ...(song && rule.of === "song" ? { song: song.song } : {}) } };
}

/** What a request of the market works on: any task that has succeeded, and a track of it. */
export function marketSourceOf(world: KieWorld, schema: ModelSchema, input: Input): FoundSource {
  const name = ["task_id", "taskId"].find((candidate) => candidate in schema.input && input[candidate]);
  const sourceId = name ? String(input[name]) : undefined;
  const task = sourceId ? world.task(sourceId) : undefined;
  if (sourceId && !task) return refusal(`${name}: the task does not exist`);
  if (task && task.outcome?.state !== "success") return refusal(`${name}: the task has not succeeded`);
  const songId = schema.category === "music" ? textOf(input.audio_id) : undefined;
  // With a file of one's own the song id is a mere label.
  if (songId === undefined || input.audio_url || input.upload_url) return task ? { source: { task } } : {};
  const found = findSong(world, songId);
  if (task && isPartOf(task, songId)) return { source: { task } };
  if (found && (!sourceId || found.task.taskId === sourceId)) return { source: found };
  return refusal("audio_id: the audio does not exist");
}

function unknown({ of, isLenient }: SourceRule): FoundSource {
  if (isLenient) return { failure: NO_SONG };
  return refusal(of === "veo" || of === "runway" ? "record is null" : "Record does not exist");
}

function findSong(world: KieWorld, audioId: string): Required<Source> | undefined {
  const owner = world.get<{ taskId: string }>("songs", audioId);
  const task = owner && world.task(owner.taskId);
  const song = task?.result.songs?.find(({ id }) => id === audioId);
  return task && song && { task, song };
}

/** A stem of a separation, or the song that was taken apart. */
function isPartOf({ result, input }: KieTask, audioId: string): boolean {
  const isStem = result.stems?.some(({ id }) => id === audioId) ?? false;
  return isStem || (result.stems !== undefined && (input.audioId ?? input.audio_id) === audioId);
}

function veoProblem(world: KieWorld, model: string, task: KieTask, index: number): string | undefined {
  if (world.now() >= task.createdAt + VEO_RECORD_LIFE_MS) return "Temporarily supports records within 14 days";
  if (index >= urlsOf(task).length) return "record result data is blank";
  if (model !== "veo/extend") return undefined;
  const isHd = task.input.resolution === "1080p" || madeBefore(world, ["veo/get-1080p-video"], task.taskId);
  return isHd ? "A video that was upgraded to 1080P cannot be extended" : undefined;
}

/** A task of one of these models that works, or worked, on this track or task. */
export function madeBefore(world: KieWorld, models: readonly string[], sourceId: string): KieTask | undefined {
  return world
    .list<KieTask>("tasks")
    .map(({ document }) => document)
    .find(({ model, input, outcome, failure }) => {
      const worked = outcome ? outcome.state === "success" : failure === undefined;
      const on = input.audioId ?? input.audio_id ?? input.taskId ?? input.task_id;
      return worked && models.includes(model) && on === sourceId;
    });
}

/** A second cover is answered with the first one's task; the others only say that there is one. */
function repeated(model: string, { taskId }: KieTask): FoundSource {
  if (model === "suno/cover-image") return refusal("The cover of this task already exists", 400, { taskId });
  return refusal("The record already exists", 409);
}
