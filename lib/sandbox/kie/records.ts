import { operationOf } from "./operations.ts";
import { sunoMusic } from "./shapes/suno-music.ts";
import { FAILURES, type KieTask, stateOf, type TaskOutcome } from "./task.ts";

/** The `data` of recordInfo and, without `response` and with another `param`, of a callback. */
export type RecordData = Record<string, unknown>;

const UNKNOWN_MEMBERS = { sandboxExtra: { nested: [1, "two", null] }, traceId: "sandbox-trace" };
const SUCCESS_FLAGS = { success: 1, fail: 3 } as const;
const MILLISECONDS = 1_000;

/** `data` of the market's record of a task; `undefined` while KIE does not know the task yet. @see https://docs.kie.ai */
export function recordData(task: KieTask, now: number): RecordData | undefined {
  if (!isVisible(task, now)) return undefined;
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

/** `data` of a dedicated record endpoint, in the shape of its operation. */
export function dedicatedRecordData(task: KieTask, now: number): RecordData | undefined {
  if (!isVisible(task, now)) return undefined;
  // Songs of the market can be read here as well.
  const shape = task.api === "market" ? sunoMusic : operationOf(task)?.record?.shape;
  const data = shape?.record(task, now);
  return data && task.sentinels.extra ? { ...data, ...UNKNOWN_MEMBERS } : data;
}

/** A task that has ended is known, unless it was asked to stay unknown. */
const isVisible = (task: KieTask, now: number): boolean =>
  now >= task.visibleAt || (task.outcome !== undefined && task.sentinels.unseenSeconds === undefined);

/** What an ended task sends to the product's callback URL. @see https://docs.kie.ai */
export function callbackBody(task: KieTask, outcome: TaskOutcome, creditsLeft: number): Record<string, unknown> {
  const { badCallback, falseFailure, foreignId, extra } = task.sentinels;
  const { completedAt } = outcome;
  // A forged verdict: the record says one thing, the body another, and the signature does not cover the body.
  const shown: TaskOutcome = badCallback
    ? { state: "success", completedAt }
    : falseFailure
      ? { state: "fail", completedAt, ...FAILURES["500"] }
      : outcome;
  const named = foreignId ? { ...task, taskId: foreignIdOf(task) } : task;
  const body = shapedBody(named, shown, creditsLeft);
  return extra ? { ...body, ...UNKNOWN_MEMBERS } : body;
}

/** The id of no task, which a forged callback names and is signed for. */
export const foreignIdOf = ({ taskId }: KieTask): string => taskId.replace(/.{8}$/, "00000000");

function shapedBody(task: KieTask, outcome: TaskOutcome, creditsLeft: number): Record<string, unknown> {
  if (task.sunoStages) return sunoMusic.callback(task, outcome);
  const shape = operationOf(task)?.record?.shape;
  return shape ? shape.callback(task, outcome) : playgroundBody({ ...task, outcome }, creditsLeft);
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
  if (sentinels.sameTimes) shown = { ...shown, updateTime: shown.createTime };
  if (sentinels.noResultJson && shown.state === "fail") {
    const { resultJson: _, ...rest } = shown;
    shown = rest;
  }
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
