import { createHmac, timingSafeEqual } from "node:crypto";
import { MINUTE_MS, SECOND_MS } from "../shared/clock.ts";
import type { CallbackHint } from "./gateway.ts";

type Members = Record<string, unknown>;

const membersOf = (value: unknown): Members =>
  typeof value === "object" && value !== null && !Array.isArray(value) ? { ...value } : {};

const idOf = (value: unknown): string | null =>
  typeof value === "string" && value.length > 0 && value.length <= 200 ? value : null;

/** No result is nested that deeply; who sends more must not exhaust the stack. */
const MAX_DEPTH = 4;

function isFilled(value: unknown, depth = 0): boolean {
  if (Array.isArray(value)) return depth < MAX_DEPTH && value.some((item) => isFilled(item, depth + 1));
  return typeof value === "string" ? value.trim() !== "" : value != null;
}

/** Members that hold a result in one family or another (docs.kie.ai). */
const RESULT_MEMBERS = [
  "resultUrls",
  "result_urls",
  "video_url",
  "result_video_url",
  "audioWavUrl",
  "images",
  "instruments",
  "vocal_separation_info",
  "vocal_removal_info",
  "validateInfo",
  "voiceId",
  "data",
] as const;
const INFO_MEMBERS = ["resultUrls", "result_urls", "resultImageUrl"] as const;

/** `resultJson` is an empty string or `{}` when there is nothing in it. */
const holdsResult = (value: unknown): boolean =>
  typeof value === "string" ? value.length > 2 : Object.keys(membersOf(value)).length > 0;

function hasPayload(body: Members, data: Members): boolean {
  const info = membersOf(data.info);
  return (
    RESULT_MEMBERS.some((name) => isFilled(data[name])) ||
    INFO_MEMBERS.some((name) => isFilled(info[name])) ||
    holdsResult(data.resultJson) ||
    holdsResult(data.response) ||
    // Suno recovery puts its tracks at the top.
    (Array.isArray(body.data) && body.data.length > 0)
  );
}

/**
 * Reads any of KIE's callback shapes (docs.kie.ai): the id sits in `data.taskId`, `data.task_id`, or at the top under
 * either name. Never throws; what can not be understood is `unknown`. The result is a hint: the signature does not cover
 * the body, so only the record decides.
 */
export function parseCallback(body: unknown): CallbackHint {
  const top = membersOf(body);
  const data = membersOf(top.data);
  const taskId = idOf(data.taskId) ?? idOf(data.task_id) ?? idOf(top.taskId) ?? idOf(top.task_id);
  return { taskId, stage: stageOf(top, data) };
}

function stageOf(top: Members, data: Members): CallbackHint["stage"] {
  const rawCode = top.code;
  const code = typeof rawCode === "string" && rawCode.trim() !== "" ? Number(rawCode) : rawCode;
  const state = typeof data.state === "string" ? data.state.toLowerCase() : null;
  const step = typeof data.callbackType === "string" ? data.callbackType.toLowerCase() : null;
  // State first, code second (docs.kie.ai): a failed market task says 501 in both.
  if (state === "fail" || state === "failed" || step === "error") return "fail";
  if (state === "success") return "success";
  // Suno's recovery says so while it works.
  if (code === 201) return "progress";
  if (typeof code === "number" && Number.isFinite(code) && code !== 200) return "fail";
  // A replaced section tells its failure here, whatever the step is called.
  if (isFilled(data.error) && !isFilled(data.data)) return "fail";
  if (step === "text" || step === "first") return "progress";
  if (state === "waiting" || state === "queuing" || state === "generating") return "progress";
  return code === 200 && hasPayload(top, data) ? "success" : "unknown";
}

export interface CallbackSignature {
  /** Of the body, or better the one stored for the callback's secret URL. */
  taskId: string;
  /** Header `X-Webhook-Timestamp`: unix seconds. */
  timestamp: string | null;
  /** Header `X-Webhook-Signature`: base64. */
  signature: string | null;
  /** `webhookHmacKey` of the account; several while it is being rotated. */
  key: string | readonly string[];
  now: Date;
  /** Default 300. */
  maxSkewSeconds?: number;
}

/**
 * Whether `base64(HMAC-SHA256(key, taskId + "." + timestamp))` fits one of the keys and is fresh (docs.kie.ai). Takes the
 * same time for a right and a wrong signature. It proves only that KIE once signed this id: the body is not covered.
 */
export function verifyCallbackSignature(given: CallbackSignature): boolean {
  const { taskId, timestamp, signature, now } = given;
  if (timestamp === null || signature === null || !/^\d{1,12}$/.test(timestamp)) return false;
  const maxSkewMs = given.maxSkewSeconds === undefined ? 5 * MINUTE_MS : given.maxSkewSeconds * SECOND_MS;
  if (Math.abs(now.getTime() - Number(timestamp) * SECOND_MS) > maxSkewMs) return false;
  const claimed = Buffer.from(signature, "base64");
  const keys = typeof given.key === "string" ? [given.key] : given.key;
  let fits = false;
  for (const key of keys) {
    if (key === "") continue;
    const wanted = createHmac("sha256", key).update(`${taskId}.${timestamp}`, "utf8").digest();
    // Every key is tried, so that the time does not tell which of them is in use.
    if (claimed.length === wanted.length && timingSafeEqual(claimed, wanted)) fits = true;
  }
  return fits;
}
