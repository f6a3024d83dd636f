import { type KieTask, urlsOf } from "../task.ts";
import { failed, firstUrl, flagged, lean, type Members, type Shape } from "./shape.ts";

const kontextLinks = (url: string): Members => ({ originImageUrl: url, resultImageUrl: url });
const isoTime = (at: number | undefined): string | null => (at === undefined ? null : new Date(at).toISOString());

export const fluxKontext: Shape = {
  record: (task) =>
    lean(task, {
      ...flagged(task, kontextLinks(firstUrl(task))),
      createTime: isoTime(task.createdAt),
      completeTime: isoTime(task.outcome?.completedAt),
    }),
  callback: (task, outcome) => {
    const { taskId } = task;
    if (outcome.state === "fail") return failed(outcome, { taskId, info: kontextLinks("") });
    return {
      code: 200,
      msg: "BFL image generated successfully.",
      data: { taskId, info: kontextLinks(firstUrl(task)) },
    };
  },
};

const STATUSES = { success: "SUCCESS", fail: "GENERATE_FAILED" } as const;

export const gpt4oImage: Shape = {
  record: (task: KieTask) => {
    const { outcome, sentinels } = task;
    const urls = urlsOf(task);
    return lean(task, {
      ...flagged(task, sentinels.oldNames ? { result_urls: urls } : { resultUrls: urls }),
      // There is no 3 here: both failures are 2, and `status` tells them apart.
      successFlag: outcome === undefined ? 0 : outcome.state === "success" ? 1 : 2,
      status: outcome === undefined ? "GENERATING" : STATUSES[outcome.state],
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
};
