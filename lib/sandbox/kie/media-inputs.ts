import { findFile, ownFilePath } from "./files.ts";
import type { FieldSchema } from "./request-schemas.ts";
import { FAILURES, type TaskFailure } from "./task.ts";
import type { MediaInput, Refusal } from "./validate.ts";
import type { KieWorld } from "./world.ts";

export interface MediaReview {
  /** A file of the wrong kind, format or size, in strict mode. */
  refusal?: Refusal;
  /** The task is accepted and will fail with this. */
  failure?: TaskFailure;
  /** Names under which our own uploads were given to us. */
  fileNames: string[];
  foreignUrls: string[];
  hasVideoInput: boolean;
  imageInputCount: number;
  videoSeconds?: number;
  audioSeconds?: number;
}

const MEGABYTE = 1024 * 1024;
const REACH_TIMEOUT_MS = 5_000;
const WRONG_FILE: TaskFailure = { failCode: "400", failMsg: "File type not supported" };

/** Looks at the files behind a request's URLs, as far as they lie with us; the others are kept for `isReachable`. */
export function reviewMedia(world: KieWorld, model: string, media: MediaInput[]): MediaReview {
  const review: MediaReview = { fileNames: [], foreignUrls: [], hasVideoInput: false, imageInputCount: 0 };
  const seconds = { video: [] as number[], audio: [] as number[] };
  for (const { path, url, field } of media) {
    if (field.accepts === "video") review.hasVideoInput = true;
    if (field.accepts === "image") review.imageInputCount += 1;
    const ownPath = ownFilePath(world, url);
    if (ownPath === undefined) {
      // A page of the web is read by the model, which we do not imitate.
      if (field.accepts !== "page") review.foreignUrls.push(url);
      continue;
    }
    const file = findFile(world, ownPath);
    if (!file) {
      review.failure = FAILURES.fetch;
      continue;
    }
    review.fileNames.push(...file.givenNames);
    if (file.seconds !== undefined && (file.kind === "video" || file.kind === "audio")) {
      seconds[file.kind].push(file.seconds);
    }
    const problem = fileProblem(field, file);
    if (!problem) continue;
    world.violate("wrong-media", model, `${path} ${problem}`);
    if (world.switches().strictFields) review.refusal = { code: 422, message: `${path}: ${WRONG_FILE.failMsg}` };
    else review.failure = WRONG_FILE;
  }
  return { ...review, ...total("videoSeconds", seconds.video), ...total("audioSeconds", seconds.audio) };
}

function total<Name extends string>(name: Name, seconds: number[]): Partial<Record<Name, number>> {
  const result: Partial<Record<Name, number>> = {};
  if (seconds.length > 0) result[name] = seconds.reduce((sum, one) => sum + one, 0);
  return result;
}

function fileProblem(
  field: FieldSchema,
  file: { kind: string; format: string; sizeBytes?: number },
): string | undefined {
  if (file.kind !== field.accepts) return `wants ${field.accepts}, got ${file.kind}`;
  if (field.formats && !field.formats.includes(file.format)) return `does not accept ${file.format}`;
  const limit = field.maxFileMB;
  if (limit !== undefined && (file.sizeBytes ?? 0) > limit * MEGABYTE) return `accepts files up to ${limit} MB`;
  return undefined;
}

/** Whether somebody else's URL answers within 5 seconds (real time) with a 2xx. */
export async function isReachable(url: string): Promise<boolean> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(REACH_TIMEOUT_MS) });
    await response.body?.cancel();
    return response.ok;
  } catch {
    return false;
  }
}
