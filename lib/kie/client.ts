import * as z from "zod";
import { addSeconds, type Clock, DAY_MS, SECOND_MS } from "../shared/clock.ts";
import { randomId } from "../shared/ids.ts";
import { operationOf } from "./families/index.ts";
import type { Ask } from "./families/operation.ts";
import { type KieGateway, KieRejected, KieUnavailable } from "./gateway.ts";
import { createHttp, type Exchange, exchange } from "./http.ts";
import { readLook } from "./look-outcome.ts";
import { cleanMessage, textsIn } from "./redact.ts";
import { safeReplyUrl } from "./reply-url.ts";
import { readStart } from "./start-outcome.ts";

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

const uploadedSchema = z.lazy(() => z.looseObject({ downloadUrl: z.string() }));

/** A query knows texts only; what has no value is left out, as JSON does it. */
const queryOf = (fields: Ask["fields"]): Record<string, string> =>
  Object.fromEntries(Object.entries(fields).flatMap(([name, value]) => (value == null ? [] : [[name, String(value)]])));

const isServerSide = (code: number): boolean => code === 429 || code === 455 || code >= 500;

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
  const asked = ({ method, path, fields }: Ask, timeoutMs: number): Promise<Exchange> =>
    exchange(timeoutMs, (signal) =>
      method === "POST"
        ? http.post(baseUrl + path, { json: fields, signal, timeout: false })
        : http.get(baseUrl + path, { searchParams: queryOf(fields), signal, timeout: false }),
    );

  return {
    async start(task) {
      const operation = operationOf(task.api, task.model);
      if (operation === null) {
        return { kind: "refused", code: 404, message: "no endpoint is known for this model", isUnknownModel: true };
      }
      const result = await asked(operation.start.ask(task), timeouts.createTimeoutMs);
      const hide = [apiKey, task.callBackUrl, ...textsIn(task.input)];
      return readStart(
        result,
        (message) => cleanMessage(message, hide),
        (reply) => operation.start.read?.(reply, task, { allowHttp }) ?? null,
      );
    },

    async look(task) {
      const look = operationOf(task.api, task.model)?.look ?? null;
      // Nothing was ever to be looked at: the answer to `start` had been everything.
      if (look === null) return { kind: "not-found" };
      const result = await asked(look.ask(task), timeouts.lookTimeoutMs);
      return readLook(result, clean, look, { output: task.output, allowHttp });
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
