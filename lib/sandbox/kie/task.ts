import { createHash } from "node:crypto";
import type { KieApi } from "../../shared/kie-api.ts";
import type { TaskResult } from "./result-recipe.ts";
import type { FailureKind, Sentinels } from "./sentinels.ts";
import { isJsonObject } from "./validate.ts";

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
  "531": {
    failCode: "531",
    failMsg: "Sorry, the generation failed due to an issue. Your credits have been refunded. Please try again",
  },
};

/** Where on its way a song's lyrics are ready and its first track plays. @see https://docs.kie.ai */
export const SUNO_STAGES = { text: 0.2, first: 0.55 } as const;

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
  /** The old Suno shape tells a failure with an empty list instead of nothing. */
  emptyErrorList?: true;
  outcome?: TaskOutcome;
  /** The product never took its last callback. */
  callbackAbandoned?: true;
}

export interface TaskTimes {
  visibleAt: number;
  queuingAt: number;
  generatingAt: number;
  finishAt: number | null;
}

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
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
  const { lateMinutes } = sentinels;
  // A time that was asked for in minutes is meant as it stands, however quick the simulator is.
  const wholeMs =
    lateMinutes === undefined ? paced(seconds * SECOND_MS * (sentinels.slow ? 10 : 1)) : lateMinutes * MINUTE_MS;
  // An early callback would be a contradiction if the record did not exist yet.
  const unseenMs = sentinels.unseenSeconds === undefined ? undefined : sentinels.unseenSeconds * SECOND_MS;
  const invisibleMs = unseenMs ?? (sentinels.early ? 0 : paced(LONGEST_INVISIBLE_MS * fractionOf(taskId, "visible")));
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

/** How far a song is that has not ended; `undefined` before its lyrics are ready. */
export function stageOf({ createdAt, finishAt }: KieTask, now: number): keyof typeof SUNO_STAGES | undefined {
  const done = finishAt === null ? 0 : (now - createdAt) / Math.max(1, finishAt - createdAt);
  if (done < SUNO_STAGES.text) return undefined;
  return done < SUNO_STAGES.first ? "text" : "first";
}

/** Links to the files that a task returns; empty for songs and for words. */
export function urlsOf({ result }: KieTask): string[] {
  const { resultUrls } = result.json;
  return Array.isArray(resultUrls) ? resultUrls.map(String) : [];
}

/** The answer of a task that returns words. */
export function resultObjectOf({ result }: KieTask): Readonly<Record<string, unknown>> {
  const { resultObject } = result.json;
  return isJsonObject(resultObject) ? resultObject : {};
}

/** A UUID that depends on the name alone, so that a track keeps its id. */
export function uuidOf(name: string): string {
  const hex = createHash("md5").update(name).digest("hex");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}
