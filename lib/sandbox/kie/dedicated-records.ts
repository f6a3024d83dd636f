import type { DedicatedApi } from "./request-schemas.ts";
import type { KieTask, TaskOutcome } from "./task.ts";

type Members = Record<string, unknown>;

interface Shape {
  /** `data` of record-info. */
  record(task: KieTask): Members;
  /** The whole body of the callback of an ended task. */
  callback(task: KieTask, outcome: TaskOutcome): Members;
}

/** Record and callback of each family as documented. @see https://docs.kie.ai */
const SHAPES: Readonly<Record<DedicatedApi, Shape>> = {
  veo: {
    record: (task) => {
      const { sentinels, outcome } = task;
      // The schema says a number, the example shows words.
      const time = (at: number | null) => (sentinels.oldNames && at !== null ? spacedTime(at) : at);
      const urls = urlsOf(task);
      const isWide = (task.input.aspect_ratio ?? "16:9") === "16:9";
      const response = {
        taskId: task.taskId,
        resultUrls: sentinels.oldNames ? JSON.stringify(urls) : urls,
        ...(isWide ? {} : { originUrls: urls }),
        resolution: task.input.resolution ?? "720p",
      };
      return lean(task, {
        ...flagged(task, response),
        createTime: time(task.createdAt),
        completeTime: time(outcome?.completedAt ?? null),
        fallbackFlag: false,
      });
    },
    callback: (task, outcome) => {
      const { taskId, sentinels } = task;
      const more = sentinels.noFields ? {} : { promptJson: paramJsonOf(task), fallbackFlag: false };
      if (outcome.state === "fail") return failed(outcome, { taskId, ...more });
      const urls = urlsOf(task);
      // Two pages of the documents disagree: a list, or one string in brackets.
      const resultUrls = sentinels.oldNames ? `[${urls.join(",")}]` : urls;
      const info = { resultUrls, resolution: task.input.resolution ?? "720p" };
      return { code: 200, msg: "Veo3.1 video generated successfully.", data: { taskId, info, ...more } };
    },
  },
  "flux-kontext": {
    record: (task) => {
      const time = (at: number | undefined) => (at === undefined ? null : new Date(at).toISOString());
      return lean(task, {
        ...flagged(task, kontextLinks(urlsOf(task)[0] ?? "")),
        createTime: time(task.createdAt),
        completeTime: time(task.outcome?.completedAt),
      });
    },
    callback: (task, outcome) => {
      const { taskId } = task;
      if (outcome.state === "fail") return failed(outcome, { taskId, info: kontextLinks("") });
      const info = kontextLinks(urlsOf(task)[0] ?? "");
      return { code: 200, msg: "BFL image generated successfully.", data: { taskId, info } };
    },
  },
  "gpt4o-image": {
    record: (task) => {
      const { outcome, sentinels } = task;
      const urls = urlsOf(task);
      const status = { success: "SUCCESS", fail: "GENERATE_FAILED" } as const;
      return lean(task, {
        ...flagged(task, sentinels.oldNames ? { result_urls: urls } : { resultUrls: urls }),
        // There is no 3 here: both failures are 2, and `status` tells them apart.
        successFlag: outcome === undefined ? 0 : outcome.state === "success" ? 1 : 2,
        status: outcome === undefined ? "GENERATING" : status[outcome.state],
        createTime: task.createdAt,
        completeTime: outcome?.completedAt ?? null,
        progress: outcome?.state === "success" ? "1.00" : "0.42",
      });
    },
    callback: (task, outcome) => {
      const { taskId } = task;
      if (outcome.state === "fail") return failed(outcome, { taskId, info: null });
      return { code: 200, msg: "success", data: { taskId, info: { result_urls: urlsOf(task) } } };
    },
  },
};

/** `data` of a dedicated family's record-info. */
export function dedicatedRecord(api: DedicatedApi, task: KieTask): Members {
  return SHAPES[api].record(task);
}

/** What an ended task of a dedicated family sends to the product. */
export function dedicatedCallback(api: DedicatedApi, task: KieTask, outcome: TaskOutcome): Members {
  return SHAPES[api].callback(task, outcome);
}

/** What the three records have in common. */
function flagged(task: KieTask, response: Members): Members {
  const { outcome } = task;
  const isFail = outcome?.state === "fail";
  return {
    taskId: task.taskId,
    paramJson: paramJsonOf(task),
    successFlag: outcome === undefined ? 0 : isFail ? 3 : 1,
    errorCode: isFail ? Number(outcome.failCode) : null,
    errorMessage: isFail ? outcome.failMsg : "",
    response: outcome?.state === "success" ? response : null,
  };
}

/** Without what a record can do without, where a sentinel asks for it. */
function lean(task: KieTask, record: Members): Members {
  if (!task.sentinels.noFields) return record;
  const { taskId, successFlag, errorCode, errorMessage, response } = record;
  return { taskId, successFlag, errorCode, errorMessage, response };
}

function failed(outcome: Extract<TaskOutcome, { state: "fail" }>, data: Members): Members {
  return { code: Number(outcome.failCode), msg: outcome.failMsg, data };
}

const paramJsonOf = ({ input, model, callBackUrl }: KieTask): string =>
  JSON.stringify({ ...input, model, ...(callBackUrl === undefined ? {} : { callBackUrl }) });

const kontextLinks = (url: string): Members => ({ originImageUrl: url, resultImageUrl: url });

/** `2025-06-06 10:30:00` */
const spacedTime = (at: number): string => new Date(at).toISOString().slice(0, 19).replace("T", " ");

function urlsOf({ result }: KieTask): string[] {
  const { resultUrls } = result.json;
  return Array.isArray(resultUrls) ? resultUrls.map(String) : [];
}
