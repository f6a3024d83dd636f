import { type KieTask, type TaskOutcome, urlsOf } from "../task.ts";

export type Members = Record<string, unknown>;

/** How a dedicated family tells of a task. */
export interface Shape {
  /** `data` of its record endpoint. */
  record(task: KieTask, now: number): Members;
  /** The whole body of the callback of an ended task. */
  callback(task: KieTask, outcome: TaskOutcome): Members;
}

type Failure = Extract<TaskOutcome, { state: "fail" }>;

/** `code`, `msg` and `data` of a failure, the code being the task's own. */
export function failed(outcome: Failure, data: unknown): Members {
  return { code: Number(outcome.failCode), msg: outcome.failMsg, data };
}

/** What records with a whole-number `successFlag` have in common: 0 running, 1 made, 3 failed. */
export function flagged(task: KieTask, response: Members): Members {
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
export function lean(task: KieTask, record: Members, needed: readonly string[] = FLAGGED): Members {
  if (!task.sentinels.noFields) return record;
  return Object.fromEntries(needed.flatMap((name) => (name in record ? [[name, record[name]]] : [])));
}

const FLAGGED = ["taskId", "successFlag", "errorCode", "errorMessage", "response"];

/** The stored request: a JSON string, here with the model in it. */
export const paramJsonOf = ({ input, model, callBackUrl }: KieTask): string =>
  JSON.stringify({ ...input, model, ...(callBackUrl === undefined ? {} : { callBackUrl }) });

/** `2025-06-06 10:30:00` */
export const spacedTime = (at: number): string => new Date(at).toISOString().slice(0, 19).replace("T", " ");

export const firstUrl = (task: KieTask): string => urlsOf(task)[0] ?? "";
