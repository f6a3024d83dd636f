import type { Song } from "../result-recipe.ts";
import { type KieTask, stageOf, type TaskOutcome } from "../task.ts";
import { lean, type Members, type Shape, spacedTime } from "./shape.ts";

const OPERATION_TYPES: Readonly<Record<string, string>> = {
  "ai-music-api/upload-and-cover-audio": "upload_cover",
  "ai-music-api/upload-and-extend-audio": "upload_extend",
};
const NEEDED = ["taskId", "response", "status", "errorCode", "errorMessage"];

/** The music operations of Suno: three callbacks, and a record with a status in words. */
export const sunoMusic: Shape = {
  record: (task, now) => {
    const { taskId, input, outcome, result, model } = task;
    const songs = result.songs ?? [];
    const status = statusOf(task, now);
    const shown = status === "FIRST_SUCCESS" ? songs.slice(0, 1) : outcome?.state === "success" ? songs : [];
    const response = { taskId, sunoData: shown.map((song) => recordTrack(task, song)) };
    const isFail = outcome?.state === "fail";
    return lean(
      task,
      {
        taskId,
        parentMusicId: input.audioId ?? input.audio_id ?? "",
        param: JSON.stringify(input),
        response: shown.length > 0 ? response : null,
        status,
        type: songs[0]?.model_name ?? "",
        operationType: OPERATION_TYPES[model] ?? model.replace(/^.*\//, "").replaceAll("-", "_"),
        errorCode: isFail ? Number(outcome.failCode) : null,
        errorMessage: isFail ? outcome.failMsg : "",
      },
      NEEDED,
    );
  },
  callback: (task, outcome) => {
    const { taskId } = task;
    if (outcome.state === "fail") return failure(task, outcome);
    const data = (task.result.songs ?? []).map((song) => calledTrack(task, song));
    return { code: 200, msg: "All generated successfully.", data: { callbackType: "complete", task_id: taskId, data } };
  },
};

/** The `text` or `first` callback. */
export function sunoStageBody(task: KieTask, stage: "text" | "first"): Members {
  const [song] = task.result.songs ?? [];
  const data = stage === "text" || !song ? [] : [calledTrack(task, song)];
  const msg = stage === "text" ? "Text generation completed successfully." : "First track generated successfully.";
  return { code: 200, msg, data: { callbackType: stage, task_id: task.taskId, data } };
}

function statusOf(task: KieTask, now: number): string {
  const { outcome } = task;
  if (outcome?.state === "fail") return outcome.failCode === "400" ? "SENSITIVE_WORD_ERROR" : "GENERATE_AUDIO_FAILED";
  // The songs are there and paid: only our callback endpoint did not take them.
  if (outcome) return task.callbackAbandoned ? "CALLBACK_EXCEPTION" : "SUCCESS";
  const stage = task.failure ? undefined : stageOf(task, now);
  return stage === undefined ? "PENDING" : stage === "text" ? "TEXT_SUCCESS" : "FIRST_SUCCESS";
}

function failure(task: KieTask, outcome: Extract<TaskOutcome, { state: "fail" }>): Members {
  const { taskId, model, emptyErrorList } = task;
  const isNamed = outcome.failCode === "400" || outcome.failCode === "531";
  const msg = isNamed ? outcome.failMsg : "Audio generation failed";
  const told = model === "suno/replace-section" ? { error: msg } : { data: emptyErrorList ? [] : null };
  return {
    code: isNamed ? Number(outcome.failCode) : 501,
    msg,
    data: { callbackType: "error", task_id: taskId, ...told },
  };
}

function calledTrack({ sentinels, model, input }: KieTask, song: Song): Members {
  const { id, title, duration, audio_url, tags, ...rest } = song;
  const bare = { id, title, duration, audio_url };
  if (sentinels.noFields) return bare;
  const { uploadUrl } = input;
  const source = typeof uploadUrl === "string" && {
    source_audio_url: uploadUrl,
    source_stream_audio_url: uploadUrl,
    source_image_url: song.image_url,
  };
  return { ...bare, ...rest, ...(model === "suno/add-vocals" ? {} : { tags }), ...source };
}

function recordTrack({ sentinels, input }: KieTask, song: Song): Members {
  const bare = { id: song.id, audioUrl: song.audio_url, title: song.title, duration: song.duration };
  if (sentinels.noFields) return bare;
  return {
    ...bare,
    ...(typeof input.uploadUrl === "string" ? { sourceAudioUrl: input.uploadUrl } : {}),
    streamAudioUrl: song.stream_audio_url,
    imageUrl: song.image_url,
    prompt: song.prompt,
    modelName: song.model_name,
    tags: song.tags,
    createTime: spacedTime(song.createTime),
  };
}
