import * as z from "zod";
import { addSeconds, type Clock, DAY_MS, SECOND_MS } from "../shared/clock.ts";
import { randomId } from "../shared/ids.ts";
import type { Envelope } from "./envelope.ts";
import { FAMILIES } from "./families/index.ts";
import { type KieGateway, KieRejected, KieUnavailable, type LookOutcome, type StartOutcome } from "./gateway.ts";
import { createHttp, type Exchange, exchange } from "./http.ts";
import { cleanMessage, textsIn } from "./redact.ts";
import { safeReplyUrl } from "./reply-url.ts";

export interface KieTimeouts {
  /** One look at a record; it also runs inside KIE's own callback, which waits 15 s. Default 3,000. */
  lookTimeoutMs: number;
  /** Default 15,000. */
  createTimeoutMs: number;
  /** Default 60,000. */
  uploadTimeoutMs: number;
}

export interface KieClientOptions {
  /** `https://api.kie.ai`; a path and a trailing slash are allowed. */
  baseUrl: string;
  /** `https://kieai.redpandaai.co`. */
  uploadUrl: string;
  apiKey: string;
  timeouts?: Partial<KieTimeouts>;
  clock: Clock;
  /** Folder at KIE for uploads, without slashes at its ends. Default `telegram`. */
  uploadPath?: string;
  /** Whether `http:` links in replies are believed. Default: only when `baseUrl` itself is http (the sandbox). */
  allowHttp?: boolean;
  fetch?: typeof globalThis.fetch;
}

const DEFAULT_TIMEOUTS: KieTimeouts = { lookTimeoutMs: 3_000, createTimeoutMs: 15_000, uploadTimeoutMs: 60_000 };

/** Envelope codes that refuse now and may accept later (docs.kie.ai). */
const BUSY_CODES = new Set([429, 455]);

/** Under these a family may say that a task is not done yet (docs.kie.ai). */
const NOT_YET_CODES = new Set([400, 422]);

const createdSchema = z.lazy(() => z.looseObject({ taskId: z.string().min(1).max(200) }));
const uploadedSchema = z.lazy(() => z.looseObject({ downloadUrl: z.string() }));

const isServerSide = (code: number): boolean => code === 429 || code === 455 || code >= 500;

/** @see API.md §3.1 and §14.5 for what counts as "certainly not created". */
function startOutcome(result: Exchange, clean: (message: string) => string): StartOutcome {
  if (result.kind === "no-answer") {
    // No connection was ever made, so nothing can have been created.
    return result.sent === "no"
      ? { kind: "busy", code: 0, message: result.reason }
      : { kind: "unknown", reason: result.reason };
  }
  const { httpStatus, envelope } = result;
  if (httpStatus >= 500) return { kind: "unknown", reason: `HTTP ${httpStatus}` };
  if (envelope === null) return { kind: "unknown", reason: `HTTP ${httpStatus} with an unreadable body` };
  const message = clean(envelope.message);
  if (BUSY_CODES.has(envelope.code)) return { kind: "busy", code: envelope.code, message };
  if (envelope.code !== 200) return { kind: "refused", code: envelope.code, message };
  const created = createdSchema.safeParse(envelope.data);
  if (httpStatus >= 300 || !created.success) return { kind: "unknown", reason: "accepted without a task id" };
  return { kind: "created", taskId: created.data.taskId };
}

/** An unknown id, and any id for a moment after create (docs.kie.ai). */
function isNoSuchRecord({ code, message, data }: Envelope): boolean {
  if (code === 200) return data === null || data === undefined;
  if (code === 404) return /not found|no such|does not exist/i.test(message);
  return code === 422 && /\brecord(info)? (is null|does not exist)/i.test(message);
}

function unwrap(what: string, result: Exchange, clean: (message: string) => string): unknown {
  if (result.kind === "no-answer") throw new KieUnavailable(`${what}: ${result.reason}`, null);
  const { httpStatus, envelope } = result;
  if (envelope === null) {
    // A proxy's page: its status tells whether a later try can help.
    const message = `${what}: HTTP ${httpStatus} with an unreadable body`;
    if (httpStatus >= 400 && httpStatus < 500 && httpStatus !== 429) throw new KieRejected(message, httpStatus);
    throw new KieUnavailable(message, httpStatus >= 400 ? httpStatus : null);
  }
  if (envelope.code === 200 && httpStatus < 300) return envelope.data;
  const code = envelope.code === 200 ? httpStatus : envelope.code;
  const message = `${what}: ${clean(envelope.message)}`;
  throw isServerSide(code) || httpStatus >= 500 ? new KieUnavailable(message, code) : new KieRejected(message, code);
}

/**
 * The real KIE over HTTP; what differs between its families of endpoints is in families/. Nothing is retried here:
 * `start` is paid, and `look` is repeated by its callers. No error and no outcome carries the key, a URL or the user's
 * text.
 */
export function createKieClient(options: KieClientOptions): KieGateway {
  const { apiKey, clock } = options;
  const timeouts = { ...DEFAULT_TIMEOUTS, ...options.timeouts };
  const baseUrl = options.baseUrl.replace(/\/+$/, "");
  const uploadUrl = options.uploadUrl.replace(/\/+$/, "");
  const uploadPath = (options.uploadPath ?? "telegram").replace(/^\/+|\/+$/g, "");
  const allowHttp = options.allowHttp ?? baseUrl.startsWith("http://");
  const http = createHttp(options.fetch === undefined ? { apiKey } : { apiKey, fetch: options.fetch });
  const clean = (message: string): string => cleanMessage(message, [apiKey]);

  return {
    async start(task) {
      const { path, body } = FAMILIES[task.api].start;
      const result = await exchange(timeouts.createTimeoutMs, (signal) =>
        http.post(baseUrl + path, { json: body(task), signal, timeout: false }),
      );
      const hide = [apiKey, task.callBackUrl, ...textsIn(task.input)];
      return startOutcome(result, (message) => cleanMessage(message, hide));
    },

    async look({ api, taskId, output }): Promise<LookOutcome> {
      const { path, parse, isPending } = FAMILIES[api].look;
      const result = await exchange(timeouts.lookTimeoutMs, (signal) =>
        http.get(baseUrl + path, { searchParams: { taskId }, signal, timeout: false }),
      );
      if (result.kind === "no-answer") return { kind: "unavailable", code: null, reason: result.reason };
      const { httpStatus, envelope } = result;
      if (envelope === null) {
        const code = httpStatus >= 400 ? httpStatus : null;
        return { kind: "unavailable", code, reason: `HTTP ${httpStatus} with an unreadable body` };
      }
      if (httpStatus >= 500) return { kind: "unavailable", code: httpStatus, reason: clean(envelope.message) };
      if (isNoSuchRecord(envelope)) return { kind: "not-found" };
      if (NOT_YET_CODES.has(envelope.code) && isPending(envelope.message)) {
        return { kind: "pending", state: "processing" };
      }
      if (envelope.code !== 200) return { kind: "unavailable", code: envelope.code, reason: clean(envelope.message) };
      const outcome = parse(envelope.data, { output, allowHttp });
      return outcome ?? { kind: "unavailable", code: null, reason: "a record that can not be read" };
    },

    async upload({ bytes, format, mime }) {
      const extension = format.toLowerCase().replace(/[^a-z0-9]/g, "") || "bin";
      // A name that was used before would overwrite another user's file (docs.kie.ai).
      const fileName = `${randomId(26)}.${extension}`;
      const form = new FormData();
      form.set("uploadPath", uploadPath);
      form.set("fileName", fileName);
      form.set("file", new File([new Uint8Array(bytes)], fileName, { type: mime }));
      const startedAt = clock.now();
      const result = await exchange(timeouts.uploadTimeoutMs, (signal) =>
        http.post(`${uploadUrl}/api/file-stream-upload`, { body: form, signal, timeout: false }),
      );
      const uploaded = uploadedSchema.safeParse(unwrap("upload", result, clean));
      const url = uploaded.success ? safeReplyUrl(uploaded.data.downloadUrl, allowHttp) : null;
      if (url === null) throw new KieUnavailable("upload: accepted without a usable link", null);
      // Counted from before the request: KIE's clock can not have started earlier.
      return { url, expiresAt: addSeconds(startedAt, DAY_MS / SECOND_MS) };
    },

    async credits() {
      const result = await exchange(timeouts.lookTimeoutMs, (signal) =>
        http.get(`${baseUrl}/api/v1/chat/credit`, { signal, timeout: false }),
      );
      const balance = z.coerce.number().safeParse(unwrap("credits", result, clean) ?? undefined);
      if (!balance.success || !Number.isFinite(balance.data)) throw new KieUnavailable("credits: not a number", null);
      return balance.data;
    },
  };
}
