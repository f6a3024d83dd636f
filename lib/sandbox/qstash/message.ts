import { createHash } from "node:crypto";
import { ok, type Result, refuse } from "../../shared/result.ts";
import { evaluate, parseDuration } from "./retry.ts";

const DEFAULT_RETRIES = 3;
/** The free plan's longest answer, delay and body. https://upstash.com/pricing/qstash (read 2026-11-20) */
const MAX_TIMEOUT_SECONDS = 15 * 60;
const MAX_DELAY_SECONDS = 7 * 86_400;
const MAX_BODY_BYTES = 1024 * 1024;
const METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"];

/** What a publisher asked for, and what a schedule asks for each time. */
export interface MessageOrder {
  url: string;
  method: string;
  /** As the destination will see them: content type and forwarded headers, lower case. */
  headers: Record<string, string>;
  bodyBase64: string;
  delaySeconds: number;
  maxRetries: number;
  timeoutSeconds: number;
  retryDelayExpression?: string | undefined;
  callback?: string | undefined;
  failureCallback?: string | undefined;
  labels?: string[] | undefined;
  flowControlKey?: string | undefined;
}

/** A message on its way: a row of the store until it is delivered, cancelled or dead. Times are virtual epoch ms. */
export interface QueuedMessage extends MessageOrder {
  messageId: string;
  createdAt: number;
  notBefore: number;
  scheduleId?: string | undefined;
  /** Failed attempts so far. */
  retried: number;
  nextAttemptAt: number;
}

/** A message that failed for good, with the last answer of its destination. */
export interface DeadLetter extends QueuedMessage {
  dlqId: string;
  /** 0 when there was no answer at all. */
  responseStatus: number;
  responseHeader: Record<string, string[]>;
  responseBody: string;
}

/** Reads a publish request; a refusal is the sentence for the 400 answer. */
export function readOrder(
  headers: Headers,
  destination: string,
  body: Uint8Array,
  now: Date,
): Result<MessageOrder, string> {
  const url = /^https?:\/\//.test(destination) ? destination : decode(destination);
  if (!/^https?:\/\//.test(url) || !URL.canParse(url)) {
    return refuse(`invalid destination url: ${destination} (the sandbox knows neither url groups nor apis)`);
  }
  if (body.length > MAX_BODY_BYTES) return refuse(`message body exceeds ${MAX_BODY_BYTES} bytes`);

  const method = headers.get("upstash-method") ?? "POST";
  if (!METHODS.includes(method)) return refuse(`invalid method: ${method}`);
  const delaySeconds = readDelay(headers, now);
  if (delaySeconds === undefined) return refuse("invalid Upstash-Delay or Upstash-Not-Before");
  if (delaySeconds > MAX_DELAY_SECONDS) return refuse(`delay exceeds ${MAX_DELAY_SECONDS} seconds`);
  const maxRetries = Number(headers.get("upstash-retries") ?? DEFAULT_RETRIES);
  if (!Number.isInteger(maxRetries) || maxRetries < 0) return refuse("invalid Upstash-Retries");
  const timeoutSeconds = parseDuration(headers.get("upstash-timeout") ?? String(MAX_TIMEOUT_SECONDS));
  if (timeoutSeconds === undefined) return refuse("invalid Upstash-Timeout");
  const retryDelayExpression = headers.get("upstash-retry-delay") ?? undefined;
  if (retryDelayExpression !== undefined && evaluate(retryDelayExpression, 0) === undefined) {
    return refuse("invalid Upstash-Retry-Delay");
  }
  return ok({
    url,
    method,
    headers: forwardedHeaders(headers),
    bodyBase64: Buffer.from(body).toString("base64"),
    delaySeconds,
    maxRetries,
    timeoutSeconds: Math.min(timeoutSeconds, MAX_TIMEOUT_SECONDS),
    retryDelayExpression,
    callback: headers.get("upstash-callback") ?? undefined,
    failureCallback: headers.get("upstash-failure-callback") ?? undefined,
    labels: headers.get("upstash-label")?.split(","),
    flowControlKey: headers.get("upstash-flow-control-key") ?? undefined,
  });
}

/** The key under which a repeat is recognised, or undefined when the publisher did not ask for that. */
export function deduplicationKey(headers: Headers, order: MessageOrder): string | undefined {
  const id = headers.get("upstash-deduplication-id");
  if (id !== null) return `id:${id}`;
  if (headers.get("upstash-content-based-deduplication") !== "true") return undefined;
  const content = JSON.stringify([order.url, order.method, order.headers, order.bodyBase64]);
  return `content:${createHash("sha256").update(content).digest("hex")}`;
}

/** The message as `GET /v2/messages/<id>` and the dead-letter queue show it. */
export function describeMessage(message: QueuedMessage | DeadLetter): Record<string, unknown> {
  const { headers, bodyBase64, nextAttemptAt, retried, delaySeconds, timeoutSeconds, labels, ...shown } = message;
  return {
    ...shown,
    header: toMultiHeaders(headers),
    body: Buffer.from(bodyBase64, "base64").toString(),
    flowControlKey: message.flowControlKey ?? "",
    ...(labels === undefined ? {} : { label: labels[0], labels }),
  };
}

/** What the call recorder keeps of a message. */
export function describeOrder(order: MessageOrder): Record<string, unknown> {
  const text = Buffer.from(order.bodyBase64, "base64").toString();
  const { url, method, delaySeconds, maxRetries } = order;
  return { url, method, delaySeconds, retries: maxRetries, body: jsonOrText(text) };
}

export function toMultiHeaders(headers: Iterable<[string, string]> | Record<string, string>): Record<string, string[]> {
  const pairs = Symbol.iterator in headers ? [...headers] : Object.entries(headers);
  return Object.fromEntries(pairs.map(([name, value]) => [name, [value]]));
}

function readDelay(headers: Headers, now: Date): number | undefined {
  const notBefore = headers.get("upstash-not-before");
  if (notBefore !== null) {
    return /^\d+$/.test(notBefore) ? Math.max(Number(notBefore) - now.getTime() / 1_000, 0) : undefined;
  }
  return parseDuration(headers.get("upstash-delay") ?? "0");
}

function forwardedHeaders(headers: Headers): Record<string, string> {
  const forwarded: Record<string, string> = {};
  for (const [name, value] of headers) {
    if (name === "content-type") forwarded[name] = value;
    if (name.startsWith("upstash-forward-")) forwarded[name.slice("upstash-forward-".length)] = value;
  }
  return forwarded;
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function jsonOrText(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
