import { type KieTask, urlsOf } from "../task.ts";
import { failed, flagged, lean, type Members, paramJsonOf, type Shape, spacedTime } from "./shape.ts";

function recordOf(task: KieTask, response: Members): Members {
  const { sentinels, outcome } = task;
  // The schema says a number, the example shows words.
  const time = (at: number | null) => (sentinels.oldNames && at !== null ? spacedTime(at) : at);
  return lean(task, {
    ...flagged(task, response),
    createTime: time(task.createdAt),
    completeTime: time(outcome?.completedAt ?? null),
    fallbackFlag: false,
  });
}

/** A list, or as older copies of the documents have it, the list as a JSON string. */
const listed = ({ sentinels }: KieTask, urls: string[]) => (sentinels.oldNames ? JSON.stringify(urls) : urls);
/** Two pages of the documents disagree: a list, or one string in brackets. */
const told = ({ sentinels }: KieTask, urls: string[]) => (sentinels.oldNames ? `[${urls.join(",")}]` : urls);

function clipShape(message: string, more: (urls: string[]) => Members): Shape {
  return {
    record: (task) => {
      const urls = urlsOf(task);
      const isWide = (task.input.aspect_ratio ?? "16:9") === "16:9";
      return recordOf(task, {
        taskId: task.taskId,
        resultUrls: listed(task, urls),
        ...(isWide ? {} : { originUrls: urls }),
        resolution: task.input.resolution ?? "720p",
        ...more(urls),
      });
    },
    callback: (task, outcome) => {
      const { taskId, sentinels } = task;
      const optional = sentinels.noFields ? {} : { promptJson: paramJsonOf(task), fallbackFlag: false };
      if (outcome.state === "fail") return failed(outcome, { taskId, ...optional });
      const info = { resultUrls: told(task, urlsOf(task)), resolution: task.input.resolution ?? "720p" };
      return { code: 200, msg: message, data: { taskId, info, ...optional } };
    },
  };
}

export const veo = clipShape("Veo3.1 video generated successfully.", () => ({}));

/** `fullResultUrls` is the old clip with the new end. */
export const veoExtend = clipShape("Veo3.1 video extension successful.", (urls) => ({ fullResultUrls: urls }));

const NO_4K = "The 4K version of this video is unavailable. Please try a different video.";

/** The page of the callback and the schema beside it name everything differently. */
export const veo4k: Shape = {
  record: (task) =>
    recordOf(task, {
      taskId: task.taskId,
      resultUrls: listed(task, urlsOf(task)),
      imageUrls: picturesOf(task),
      mediaIds: [task.taskId],
      resolution: "4k",
    }),
  callback: (task, outcome) => {
    const { taskId, sentinels } = task;
    if (outcome.state === "fail") return { code: 500, msg: NO_4K, data: { taskId } };
    const [urls, pictures] = [urlsOf(task), picturesOf(task)];
    const data = sentinels.oldNames
      ? { task_id: taskId, result_urls: urls, media_ids: [taskId], image_urls: pictures }
      : { taskId, info: { resultUrls: urls, imageUrls: pictures } };
    return { code: 200, msg: "4K Video generated successfully.", data };
  },
};

export const picturesOf = ({ result }: KieTask): string[] => (result.pictureUrl ? [result.pictureUrl] : []);
