import { stateOf, uuidOf } from "../task.ts";
import { failed, firstUrl, flagged, lean, type Members, type Shape, spacedTime } from "./shape.ts";

/** Not the market's words: `wait` and `queueing`. */
const STATES = {
  waiting: "wait",
  queuing: "queueing",
  generating: "generating",
  success: "success",
  fail: "fail",
} as const;
const NEEDED = ["taskId", "state", "videoInfo", "failCode", "failMsg"];

export const runway: Shape = {
  record: (task, now) => {
    const { taskId, input, outcome, createdAt, result } = task;
    const isFail = outcome?.state === "fail";
    const videoInfo = {
      videoId: uuidOf(`${taskId}/video`),
      taskId,
      videoUrl: firstUrl(task),
      imageUrl: result.pictureUrl ?? "",
    };
    return lean(
      task,
      {
        taskId,
        parentTaskId: input.taskId ?? "",
        generateParam: { prompt: input.prompt ?? "", imageUrl: input.imageUrl ?? "", expandPrompt: true },
        state: STATES[stateOf(task, now)],
        generateTime: spacedTime(createdAt),
        videoInfo: outcome?.state === "success" ? videoInfo : null,
        failCode: isFail ? Number(outcome.failCode) : 0,
        failMsg: isFail ? outcome.failMsg : "",
        expireFlag: 0,
      },
      NEEDED,
    );
  },
  callback: (task, outcome) => {
    const { taskId, result } = task;
    const links = (id: string, video: string, image: string): Members => ({
      task_id: taskId,
      video_id: id,
      video_url: video,
      image_url: image,
    });
    if (outcome.state === "fail") return failed(outcome, links("", "", ""));
    const data = links(uuidOf(`${taskId}/video`), firstUrl(task), result.pictureUrl ?? "");
    return { code: 200, msg: "All generated successfully.", data };
  },
};

export const aleph: Shape = {
  record: (task) => {
    const { taskId, outcome, createdAt, result } = task;
    const response = { taskId, resultVideoUrl: firstUrl(task), resultImageUrl: result.pictureUrl ?? "" };
    return lean(task, {
      ...flagged(task, response),
      // 0 means both "runs" and "failed": the error tells them apart.
      successFlag: outcome?.state === "success" ? 1 : 0,
      createTime: new Date(createdAt).toISOString(),
      completeTime: outcome ? new Date(outcome.completedAt).toISOString() : null,
    });
  },
  callback: (task, outcome) => {
    const { taskId, sentinels, result } = task;
    // The id stands beside `data`, which a failure does not have at all.
    if (outcome.state === "fail") return { ...failed(outcome, null), taskId };
    const [video, image] = [firstUrl(task), result.pictureUrl ?? ""];
    const msg = "success";
    if (!sentinels.oldNames) {
      return { code: 200, msg, data: { result_video_url: video, result_image_url: image }, taskId };
    }
    const data = { task_id: taskId, video_id: uuidOf(`${taskId}/video`), video_url: video, image_url: image };
    return { code: 200, msg, data };
  },
};
