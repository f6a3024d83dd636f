import type { APIMethodParams, APIMethodReturn, APIMethods } from "@gramio/types";
import { Telegram, TelegramError } from "telegraf";
import { readNoAnswer } from "../faults/network.ts";
import { SECOND_MS } from "../shared/clock.ts";
import type { MediaFacts } from "../shared/media.ts";
import { downloadFile } from "./download.ts";
import { TelegramFailure } from "./failure.ts";
import { MAX_UPLOAD_BYTES } from "./limits.ts";
import { toPayload } from "./payload.ts";
import { safeDownload, safeSize } from "./safe-download.ts";

export type BotMethod = keyof APIMethods;
export type BotParams<M extends BotMethod> = APIMethodParams<M>;
export type BotResult<M extends BotMethod> = APIMethodReturn<M>;

/** The Bot API, typed as of 10.3. */
export interface TelegramClient {
  /**
   * One Bot API call. A `File` or `Blob` anywhere a file may stand makes it a multipart upload. edit*, answer*, get*, set*
   * and delete* are tried a second time when the connection broke; nothing else is ever repeated.
   *
   * @throws TelegramFailure, and nothing else.
   */
  call<M extends BotMethod>(
    method: M,
    params?: BotParams<M>,
    options?: { signal?: AbortSignal },
  ): Promise<BotResult<M>>;
  /**
   * Bytes of a file by the `file_path` of getFile. The URL (it holds the token) never leaves the client.
   * @throws TelegramFailure, or FileTooLarge.
   */
  download(filePath: string, maxBytes: number): Promise<Uint8Array>;
  /**
   * Bytes behind a result's link, at most `maxBytes` (what an upload may hold) and within `timeoutMs` (as long as an
   * upload may take); see safe-download.ts for what is refused.
   * @throws DownloadRefused or FileTooLarge.
   */
  fetchMedia(link: string, maxBytes?: number, timeoutMs?: number): Promise<Uint8Array>;
  /**
   * Size in bytes of what is behind a result's link, without fetching it; null when its host does not tell.
   * @throws DownloadRefused
   */
  measureMedia(link: string): Promise<number | null>;
  /** Reads what a file is from its bytes. */
  probeMedia(bytes: Uint8Array): Promise<MediaFacts | null>;
}

export interface TelegramClientOptions {
  token: string;
  /** `https://api.telegram.org`; may have a path of its own. */
  apiRoot: string;
  /** For calls without files. getUpdates gets its own waiting time on top. */
  timeoutMs: number;
  /** For uploads and downloads. */
  uploadTimeoutMs: number;
  /** `probeMedia` of lib/media; decides whether a downloaded result goes out as a photo, a video, audio or a document. */
  probeMedia: (bytes: Uint8Array) => Promise<MediaFacts | null>;
  /** Hosts that results may be downloaded from, subdomains included; absent = any public host. */
  mediaHosts?: readonly string[];
  /** Allows http and private addresses for results. Default: only when `apiRoot` itself is http (the sandbox). */
  allowHttpMedia?: boolean;
}

const IDEMPOTENT = /^(edit|answer|get|set|delete)[A-Z]/;
/** A repeated poll confirms nothing, but its caller has its own loop and pace. */
const NEVER_REPEATED = new Set<string>(["getUpdates"]);

function failureOf(method: string, error: unknown, isStopped: boolean): TelegramFailure {
  if (error instanceof TelegramError) {
    const { code, description, parameters } = error;
    return new TelegramFailure({
      method,
      code,
      description: description === undefined || description === "" ? "no description" : description,
      retryAfterSeconds: parameters?.retry_after ?? null,
      outcome: code >= 500 ? "unknown" : "refused",
    });
  }
  if (error instanceof SyntaxError || (error instanceof Error && "type" in error && error.type === "invalid-json")) {
    // A proxy's page. node-fetch quotes the whole URL, and with it the token, in this error.
    return new TelegramFailure({
      method,
      code: null,
      description: "connection dropped: an answer that is not JSON",
      retryAfterSeconds: null,
      outcome: "unknown",
    });
  }
  // Our own signal is surer than the error: over the global fetch telegraf trips over the read-only message of a timeout.
  const { sent, reason } = isStopped ? { sent: "maybe" as const, reason: "timed out" } : readNoAnswer(error);
  const outcome = sent === "no" ? "refused" : "unknown";
  return new TelegramFailure({ method, code: null, description: reason, retryAfterSeconds: null, outcome });
}

const waitsSeconds = (method: string, params: object | undefined): number =>
  method === "getUpdates" && params !== undefined && "timeout" in params && typeof params.timeout === "number"
    ? params.timeout
    : 0;

/** The client over telegraf's own HTTP: its `Telegram` class is only asked to perform calls, never to choose them. */
export function createTelegramClient(options: TelegramClientOptions): TelegramClient {
  const { token, timeoutMs, uploadTimeoutMs } = options;
  const apiRoot = options.apiRoot.replace(/\/+$/, "");
  const allowHttp = options.allowHttpMedia ?? apiRoot.startsWith("http://");
  const mediaRules = { allowHttp, ...(options.mediaHosts === undefined ? {} : { allowedHosts: options.mediaHosts }) };
  // telegraf resolves `./bot…` against the root: without the slash a path in it would vanish.
  const telegram = new Telegram(token, { apiRoot: `${apiRoot}/`, webhookReply: false });
  // telegraf's types end at Bot API 7.1; at run time it sends any method with any parameters.
  const perform: (method: string, payload: object, options: object) => Promise<unknown> = telegram.callApi.bind(
    telegram,
  ) as never;

  return {
    async call<M extends BotMethod>(
      method: M,
      params?: BotParams<M>,
      { signal }: { signal?: AbortSignal } = {},
    ): Promise<BotResult<M>> {
      const repeatable = IDEMPOTENT.test(method) && !NEVER_REPEATED.has(method);
      for (let attempt = 1; ; attempt++) {
        // Built anew for each attempt: telegraf writes into the payload it is given.
        const { payload, hasFiles } = await toPayload(params ?? {});
        const budgetMs = hasFiles ? uploadTimeoutMs : timeoutMs + waitsSeconds(method, params) * SECOND_MS;
        const deadline = AbortSignal.timeout(budgetMs);
        const stop = signal === undefined ? deadline : AbortSignal.any([signal, deadline]);
        try {
          // The Bot API's answer has the shape its documentation gives; callers parse what they rely on.
          return (await perform(method, payload, { signal: stop })) as BotResult<M>;
        } catch (error) {
          const failure = failureOf(method, error, stop.aborted);
          // A timeout has already cost the whole budget: only a broken connection is tried again.
          const broken = failure.code === null && !stop.aborted;
          if (attempt > 1 || !repeatable || !broken) throw failure;
        }
      }
    },

    download: (filePath, maxBytes) =>
      downloadFile({
        url: `${apiRoot}/file/bot${token}/${filePath}`,
        maxBytes,
        timeoutMs: uploadTimeoutMs,
      }),

    fetchMedia: (link, maxBytes = MAX_UPLOAD_BYTES, patienceMs = uploadTimeoutMs) =>
      safeDownload(link, { ...mediaRules, timeoutMs: patienceMs, maxBytes }),
    measureMedia: (link) => safeSize(link, { ...mediaRules, timeoutMs }),

    probeMedia: options.probeMedia,
  };
}
