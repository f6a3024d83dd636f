import { Readable } from "node:stream";

/** What telegraf 4.16.3 hands to node-fetch 2. */
interface NodeFetchInit {
  method?: string;
  headers?: Record<string, string>;
  /** JSON text, or the multipart stream of an upload. */
  body?: string | Readable;
  signal?: AbortSignal;
  /** Milliseconds for the whole exchange, the answer's body included; 0 or absent = no limit of its own. */
  timeout?: number;
  /** Belong to node's http module; fetch keeps connections alive and decompresses by itself. */
  agent?: unknown;
  compress?: boolean;
}

/**
 * Stands in for `node-fetch` in bundles: telegraf's HTTP goes through the runtime's own fetch. That saves 300 KB (tr46 and
 * whatwg-url come with node-fetch) and two deprecation warnings per start. Two things telegraf could do are not supported,
 * because nobody here does them: a file given by URL (`{ url }`), and the AbortSignal of its own polling, which is not the
 * runtime's.
 *
 * @throws (rejects) what fetch throws, but a timeout or an abort as an ordinary Error named TimeoutError or AbortError.
 */
export default async function nodeFetch(url: URL | string, init: NodeFetchInit = {}): Promise<Response> {
  const { method, headers, body, signal, timeout } = init;
  // fetch manages its connections; a `connection` header is not for its callers to set.
  const sent = new Headers(headers);
  sent.delete("connection");
  const stops = [
    ...(signal === undefined ? [] : [signal]),
    ...(timeout === undefined || timeout === 0 ? [] : [AbortSignal.timeout(timeout)]),
  ];
  try {
    return await fetch(url, {
      ...(method === undefined ? {} : { method }),
      headers: sent,
      ...(body === undefined ? {} : toBody(body)),
      ...(stops.length === 0 ? {} : { signal: AbortSignal.any(stops) }),
    });
  } catch (error) {
    throw error instanceof DOMException ? toError(error) : error;
  }
}

function toBody(body: string | Readable): Pick<RequestInit, "body" | "duplex"> {
  return body instanceof Readable ? { body: Readable.toWeb(body), duplex: "half" } : { body };
}

/**
 * telegraf takes the token out of every error by writing its `message`. That of a DOMException is read-only, so the write
 * itself would throw, and a timeout would arrive as a TypeError about a getter.
 */
function toError({ name, message }: DOMException): Error {
  const error = new Error(message);
  error.name = name;
  return error;
}
