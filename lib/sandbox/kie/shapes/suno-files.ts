import type { Stem } from "../result-recipe.ts";
import { type KieTask, type TaskOutcome, urlsOf } from "../task.ts";
import { firstUrl, lean, type Members, type Shape, spacedTime } from "./shape.ts";

/** `backingVocals` → `backing_vocals`. */
const snake = (name: string): string => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

const NEEDED = ["taskId", "response", "successFlag", "errorCode", "errorMessage"];

/** Where the status is a word and `successFlag` its name: WAV, music video, stems. */
function wordedRecord(task: KieTask, failedStatus: string, response: Members): Members {
  const { outcome } = task;
  const isFail = outcome?.state === "fail";
  const done = task.callbackAbandoned ? "CALLBACK_EXCEPTION" : "SUCCESS";
  return lean(
    task,
    {
      taskId: task.taskId,
      musicId: task.input.audioId ?? "",
      callbackUrl: task.callBackUrl ?? "",
      musicIndex: task.result.musicIndex ?? 0,
      completeTime: outcome ? spacedTime(outcome.completedAt) : null,
      response: outcome?.state === "success" ? response : null,
      successFlag: outcome === undefined ? "PENDING" : isFail ? failedStatus : done,
      createTime: spacedTime(task.createdAt),
      errorCode: isFail ? Number(outcome.failCode) : null,
      errorMessage: isFail ? outcome.failMsg : "",
    },
    NEEDED,
  );
}

/** The failures of these are 500 whatever went wrong. */
const failure = (outcome: Extract<TaskOutcome, { state: "fail" }>, data: Members): Members => ({
  code: 500,
  msg: outcome.failMsg,
  data,
});

function singleFile(failedStatus: string, recordName: string, callbackName: string): Shape {
  return {
    record: (task) => wordedRecord(task, failedStatus, { [recordName]: firstUrl(task) }),
    callback: (task, outcome) => {
      const data = { task_id: task.taskId, [callbackName]: outcome.state === "success" ? firstUrl(task) : null };
      return outcome.state === "fail" ? failure(outcome, data) : { code: 200, msg: "success", data };
    },
  };
}

export const sunoWav = singleFile("GENERATE_WAV_FAILED", "audioWavUrl", "audioWavUrl");
export const sunoMp4 = singleFile("GENERATE_MP4_FAILED", "videoUrl", "video_url");

/** With every stem in the record's `originData`; only a stem asked for by name has no field of its own. */
export const sunoStems: Shape = {
  record: (task) => {
    const stems = task.result.stems ?? [];
    const originUrl = task.result.originUrl ?? null;
    const named = Object.fromEntries(stems.flatMap(({ field, url }) => (field ? [[`${field}Url`, url]] : [])));
    const isLean = task.sentinels.noFields && Object.keys(named).length > 0;
    const originData = isLean ? {} : { originUrl, originData: stems.map(originOf) };
    return wordedRecord(task, "GENERATE_AUDIO_FAILED", { ...originData, ...named });
  },
  callback: (task, outcome) => {
    const { taskId, sentinels, result, input } = task;
    const id = sentinels.oldNames ? { taskId } : { task_id: taskId };
    if (outcome.state === "fail") return failure(outcome, { ...id, vocal_separation_info: null });
    const stems = result.stems ?? [];
    const msg = "vocal Removal generated successfully.";
    if (input.type === "split_stem_advanced") {
      return { code: 200, msg, data: { ...id, vocal_removal_info: { origin_data: stems.map(originOf) } } };
    }
    const links: Members = { originUrl: result.originUrl ?? "" };
    for (const { field, url } of stems) if (field) links[`${field}Url`] = url;
    const spelled = Object.entries(links).map(([name, url]) => [sentinels.oldNames ? name : snake(name), url]);
    return { code: 200, msg, data: { ...id, vocal_separation_info: Object.fromEntries(spelled) } };
  },
};

const originOf = ({ id, url, group, duration }: Stem): Members => ({
  id,
  audio_url: url,
  stem_type_group_name: group,
  duration,
});

const COVER_STATUSES = { success: "SUCCESS", fail: "GENERATE_COVER_FAILED" } as const;

/** The example has whole numbers, the text has words. */
export const sunoCover: Shape = {
  record: (task) => {
    const { outcome, sentinels } = task;
    const flag = outcome === undefined ? 0 : outcome.state === "success" ? 1 : 3;
    const {
      musicId: _id,
      musicIndex: _index,
      ...record
    } = wordedRecord(task, COVER_STATUSES.fail, {
      images: urlsOf(task),
    });
    const own = sentinels.oldNames ? {} : { successFlag: flag };
    return { ...record, ...(sentinels.noFields ? {} : { parentTaskId: task.input.taskId ?? "" }), ...own };
  },
  callback: (task, outcome) => {
    const { taskId } = task;
    if (outcome.state === "fail") {
      return { code: Number(outcome.failCode), msg: outcome.failMsg, data: { taskId, images: null } };
    }
    return { code: 200, msg: "Cover generated successfully.", data: { taskId, images: urlsOf(task) } };
  },
};
