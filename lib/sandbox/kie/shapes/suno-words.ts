import { type KieTask, resultObjectOf, type TaskOutcome } from "../task.ts";
import { isJsonObject } from "../validate.ts";
import { lean, type Members, type Shape } from "./shape.ts";

type Failure = Extract<TaskOutcome, { state: "fail" }>;

const listOf = (value: unknown): Members[] => (Array.isArray(value) ? value.filter(isJsonObject) : []);

const lyricsOf = (task: KieTask): Members[] => listOf(resultObjectOf(task).lyricsData);

export const sunoLyrics: Shape = {
  record: (task) => {
    const { taskId, input, outcome, callbackAbandoned } = task;
    const isFail = outcome?.state === "fail";
    const data = lyricsOf(task).map((text) => ({ ...text, status: "complete", errorMessage: "" }));
    const done = callbackAbandoned ? "CALLBACK_EXCEPTION" : "SUCCESS";
    return lean(
      task,
      {
        taskId,
        param: JSON.stringify(input),
        response: outcome?.state === "success" ? { taskId, data } : null,
        status: outcome === undefined ? "PENDING" : isFail ? failedLyrics(outcome) : done,
        type: "LYRICS",
        errorCode: isFail ? Number(outcome.failCode) : null,
        errorMessage: isFail ? outcome.failMsg : "",
      },
      ["taskId", "response", "status", "errorCode", "errorMessage"],
    );
  },
  // `complete` even where nothing was written: the code decides.
  callback: ({ taskId, ...task }, outcome) => {
    const head = { callbackType: "complete", task_id: taskId };
    if (outcome.state === "fail") {
      return { code: outcome.failCode === "400" ? 400 : 500, msg: outcome.failMsg, data: { ...head, data: null } };
    }
    const data = lyricsOf({ taskId, ...task }).map((text) => ({ ...text, status: "complete", error_message: "" }));
    return { code: 200, msg: "All generated successfully.", data: { ...head, data } };
  },
};

const failedLyrics = ({ failCode }: Failure): string =>
  failCode === "400" ? "SENSITIVE_WORD_ERROR" : "GENERATE_LYRICS_FAILED";

export const sunoMidi: Shape = {
  record: (task) => {
    const { taskId, input, outcome, createdAt } = task;
    const isFail = outcome?.state === "fail";
    return lean(
      task,
      {
        taskId,
        recordTaskId: input.taskId ?? "",
        audioId: input.audioId ?? "",
        callbackUrl: task.callBackUrl ?? "",
        completeTime: outcome?.completedAt ?? null,
        midiData:
          outcome?.state === "success" ? { state: "complete", instruments: resultObjectOf(task).instruments } : null,
        successFlag: outcome === undefined ? 0 : isFail ? 3 : 1,
        createTime: createdAt,
        errorCode: isFail ? Number(outcome.failCode) : null,
        errorMessage: isFail ? outcome.failMsg : "",
      },
      ["taskId", "midiData", "successFlag", "errorCode", "errorMessage"],
    );
  },
  callback: (task, outcome) => {
    const { taskId } = task;
    if (outcome.state === "fail") return { code: 500, msg: outcome.failMsg, data: { taskId } };
    const { instruments } = resultObjectOf(task);
    return { code: 200, msg: "success", data: { taskId, state: "complete", instruments } };
  },
};

/** The two halves of a voice: the phrase to be sung, and the voice made of it. */
function voiceShape(resultName: "validateInfo" | "voiceId", doneStatus: string, failedStatus: string): Shape {
  const dataOf = (task: KieTask, outcome: TaskOutcome | undefined): Members => ({
    taskId: task.taskId,
    [resultName]: outcome?.state === "success" ? resultObjectOf(task)[resultName] : null,
    status: outcome === undefined ? "wait_processing" : outcome.state === "success" ? doneStatus : failedStatus,
    errorCode: outcome?.state === "fail" ? Number(outcome.failCode) : null,
    errorMessage: outcome?.state === "fail" ? outcome.failMsg : "",
  });
  return {
    record: (task) => dataOf(task, task.outcome),
    callback: (task, outcome) => {
      const data = dataOf(task, outcome);
      return outcome.state === "fail" ? { code: 400, msg: outcome.failMsg, data } : { code: 200, msg: "success", data };
    },
  };
}

export const sunoPhrase = voiceShape("validateInfo", "wait_validating", "processing_validate_fail");
export const sunoVoice = voiceShape("voiceId", "success", "fail");
