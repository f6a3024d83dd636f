import { dedicatedCallback, dedicatedRecord } from "./dedicated-records.ts";
import type { Song } from "./results.ts";
import { type KieTask, stateOf, type TaskOutcome } from "./task.ts";

/** The `data` of recordInfo and, without `response` and with another `param`, of a callback. */
export type RecordData = Record<string, unknown>;

const UNKNOWN_MEMBERS = { sandboxExtra: { nested: [1, "two", null] }, traceId: "sandbox-trace" };
const SUCCESS_FLAGS = { success: 1, fail: 3 } as const;
const MILLISECONDS = 1_000;

/** `data` of the record of a task, in the shape of its family; `undefined` while KIE does not know the task yet. @see https://docs.kie.ai */
export function recordData(task: KieTask, now: number): RecordData | undefined {
  if (now < task.visibleAt && !task.outcome) return undefined;
  if (task.api !== "market") {
    const data = dedicatedRecord(task.api, task);
    return task.sentinels.extra ? { ...data, ...UNKNOWN_MEMBERS } : data;
  }
  const param = JSON.stringify({ input: JSON.stringify(task.input), model: task.model });
  const isSuccess = task.outcome?.state === "success";
  const data = {
    ...coreData(task, now, param),
    progress: 0,
    successFlag: task.outcome ? SUCCESS_FLAGS[task.outcome.state] : 0,
    response: isSuccess ? task.result.json : null,
  };
  return dressed(task, data);
}

/** What an ended task sends to the product's callback URL. @see https://docs.kie.ai */
export function callbackBody(task: KieTask, outcome: TaskOutcome, creditsLeft: number): Record<string, unknown> {
  // A forged success: the record says fail, the body says success, and the signature does not cover the body.
  const shown: TaskOutcome = task.sentinels.badCallback
    ? { state: "success", completedAt: outcome.completedAt }
    : outcome;
  const body = shapedBody(task, shown, creditsLeft);
  return task.sentinels.extra ? { ...body, ...UNKNOWN_MEMBERS } : body;
}

function shapedBody(task: KieTask, outcome: TaskOutcome, creditsLeft: number): Record<string, unknown> {
  if (task.api !== "market") return dedicatedCallback(task.api, task, outcome);
  return task.sunoStages ? sunoBody(task, outcome) : playgroundBody({ ...task, outcome }, creditsLeft);
}

/** The `text` or `first` callback of a Suno task in the old shape. */
export function sunoStageBody(task: KieTask, stage: "text" | "first"): unknown {
  const [song] = task.result.songs ?? [];
  const data = stage === "text" || !song ? [] : [withoutOptional(task, song)];
  const msg = stage === "text" ? "Text generation completed successfully." : "First track generated successfully.";
  return { code: 200, msg, data: { callbackType: stage, task_id: task.taskId, data } };
}

function playgroundBody(task: KieTask, creditsLeft: number): Record<string, unknown> {
  const isSuccess = task.outcome?.state === "success";
  const { callBackUrl, model, input } = task;
  const core = coreData(task, task.outcome?.completedAt ?? 0, JSON.stringify({ callBackUrl, model, input }));
  return {
    code: isSuccess ? 200 : 501,
    msg: isSuccess ? "Playground task completed successfully." : "Playground task failed.",
    data: dressed(task, isSuccess ? core : { ...core, resultJson: null }, creditsLeft),
  };
}

function sunoBody(task: KieTask, outcome: TaskOutcome): Record<string, unknown> {
  const { taskId } = task;
  if (outcome.state === "fail") {
    const code = outcome.failCode === "400" ? 400 : 501;
    const msg = code === 400 ? outcome.failMsg : "Audio generation failed";
    return { code, msg, data: { callbackType: "error", task_id: taskId, data: null } };
  }
  const data = (task.result.songs ?? []).map((song) => withoutOptional(task, song));
  return { code: 200, msg: "All generated successfully.", data: { callbackType: "complete", task_id: taskId, data } };
}

function withoutOptional(task: KieTask, song: Song): Partial<Song> {
  if (!task.sentinels.noFields) return song;
  const { id, title, duration, audio_url } = song;
  return { id, title, duration, audio_url };
}

function coreData(task: KieTask, now: number, param: string): RecordData {
  const { outcome, createdAt } = task;
  const isSuccess = outcome?.state === "success";
  return {
    taskId: task.taskId,
    model: task.model,
    state: stateOf(task, now),
    param,
    resultJson: isSuccess ? JSON.stringify(resultJsonOf(task)) : "",
    failCode: outcome?.state === "fail" ? outcome.failCode : null,
    failMsg: outcome?.state === "fail" ? outcome.failMsg : null,
    costTime: outcome ? (isSuccess ? Math.round((outcome.completedAt - createdAt) / MILLISECONDS) : 0) : null,
    completeTime: outcome?.completedAt ?? null,
    createTime: createdAt,
    updateTime: outcome?.completedAt ?? createdAt,
    creditsConsumed: isSuccess ? task.credits : 0,
  };
}

function resultJsonOf(task: KieTask): Record<string, unknown> {
  return task.sentinels.extra ? { ...task.result.json, ...UNKNOWN_MEMBERS } : task.result.json;
}

/** The variants that sentinels ask for: unknown members, no optional members, names of 2025. */
function dressed(task: KieTask, data: RecordData, creditsLeft?: number): RecordData {
  const { sentinels } = task;
  let shown = data;
  if (sentinels.oldNames) {
    const { creditsConsumed, ...rest } = shown;
    const remained = creditsLeft === undefined ? {} : { remainedCredits: creditsLeft };
    shown = { ...rest, consumeCredits: creditsConsumed, ...remained };
  }
  if (sentinels.noFields) {
    const { taskId, model, state, param, resultJson, failCode, failMsg, createTime } = shown;
    const result = state === "success" ? { resultJson } : state === "fail" ? { failCode, failMsg } : {};
    shown = { taskId, model, state, param, createTime, ...result };
  }
  return sentinels.extra ? { ...shown, ...UNKNOWN_MEMBERS } : shown;
}
