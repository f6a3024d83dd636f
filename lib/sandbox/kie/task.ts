import { createHash } from "node:crypto";
import type { KieApi } from "../../shared/kie-api.ts";
import type { TaskResult } from "./results.ts";
import type { FailureKind, Sentinels } from "./sentinels.ts";

export interface TaskFailure {
  /** KIE's numeric string. */
  failCode: string;
  failMsg: string;
}

export type TaskOutcome =
  | { state: "success"; completedAt: number }
  | ({ state: "fail"; completedAt: number } & TaskFailure);

/** @see https://docs.kie.ai for the texts. */
export const FAILURES: Readonly<Record<FailureKind, TaskFailure>> = {
  "500": { failCode: "500", failMsg: "Internal server error" },
  policy: { failCode: "400", failMsg: "Your prompt was flagged by Website as violating content policies." },
  fetch: {
    failCode: "400",
    failMsg: "Failed to fetch the image. Kindly verify any access limits set by you or your service provider.",
  },
  "501": { failCode: "501", failMsg: "Audio generation failed" },
};

/** A task as it lies in the store. All times are epoch milliseconds, virtual. */
export interface KieTask {
  taskId: string;
  /** The family of endpoints that made it; the others do not know it. */
  api: KieApi;
  model: string;
  input: Record<string, unknown>;
  callBackUrl?: string;
  sentinels: Sentinels;
  createdAt: number;
  /** Before it recordInfo knows nothing of the task. */
  visibleAt: number;
  queuingAt: number;
  generatingAt: number;
  /** `null`: never. */
  finishAt: number | null;
  /** Taken from the balance at create, given back on failure. */
  credits: number;
  /** Decided at create: how it will end unless it ends well. */
  failure?: TaskFailure;
  /** Media URLs outside of our own files: looked at when the task ends. */
  foreignUrls: string[];
  /** Decided at create; what the world sees of it depends on the outcome. */
  result: TaskResult;
  /** Callbacks in the old Suno shape. */
  sunoStages: boolean;
  outcome?: TaskOutcome;
}

export interface TaskTimes {
  visibleAt: number;
  queuingAt: number;
  generatingAt: number;
  finishAt: number | null;
}

const SECOND_MS = 1_000;
/** [shortest, longest] in seconds by what the model returns; far shorter than in reality, so that nobody waits long. */
const DURATIONS: Readonly<Record<"image" | "video" | "audio" | "text" | "music", readonly [number, number]>> = {
  image: [8, 12],
  video: [27, 33],
  audio: [9, 11],
  text: [5, 7],
  music: [23, 27],
};
const LONGEST_INVISIBLE_MS = 2 * SECOND_MS;

/** A number 0…1 that depends on the task's id alone, so that a restart changes nothing. */
function fractionOf(taskId: string, purpose: string): number {
  return createHash("sha256").update(`${taskId}/${purpose}`).digest().readUInt32BE(0) / 2 ** 32;
}

export function timesOf(
  taskId: string,
  kind: keyof typeof DURATIONS,
  sentinels: Sentinels,
  createdAt: number,
  paced: (milliseconds: number) => number,
): TaskTimes {
  const [shortest, longest] = DURATIONS[kind];
  const seconds = shortest + (longest - shortest) * fractionOf(taskId, "duration");
  const wholeMs = paced(seconds * SECOND_MS * (sentinels.slow ? 10 : 1));
  // An early callback would be a contradiction if the record did not exist yet.
  const invisibleMs = sentinels.early ? 0 : paced(LONGEST_INVISIBLE_MS * fractionOf(taskId, "visible"));
  return {
    visibleAt: createdAt + invisibleMs,
    queuingAt: createdAt + Math.round(wholeMs * 0.25),
    generatingAt: createdAt + Math.round(wholeMs * 0.35),
    finishAt: sentinels.hang ? null : createdAt + (sentinels.early ? 0 : wholeMs),
  };
}

export function stateOf(task: KieTask, now: number): "waiting" | "queuing" | "generating" | "success" | "fail" {
  if (task.outcome) return task.outcome.state;
  if (now < task.queuingAt) return "waiting";
  return now < task.generatingAt ? "queuing" : "generating";
}
