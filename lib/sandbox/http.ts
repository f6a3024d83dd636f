import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { Readable, Transform } from "node:stream";
import { pipeline } from "node:stream/promises";

/** Telegram's local limit for an upload by a bot is 50 MB; multipart wrapping needs some room above it. */
const MAX_BODY_BYTES = 60 * 1024 * 1024;
/** A body that says it is no larger is read before its handler begins: for so little, streams cost more than the call. */
const SMALL_BODY_BYTES = 256 * 1024;

/** A JSON answer; `status` is 200 unless told otherwise. */
export function json(body: unknown, status = 200, headers: Record<string, string> = {}): Response {
  return new Response(JSON.stringify(body), { status, headers: { "content-type": "application/json", ...headers } });
}

/** The request's body as a JSON value, or `undefined` when it is not JSON. */
export async function readJson(request: Request): Promise<unknown> {
  try {
    return JSON.parse(await request.text());
  } catch {
    return undefined;
  }
}

const cuts = new WeakSet<Response>();

/**
 * An answer that is no answer: `serveFetch` closes the connection without sending a byte, as a server does that dies
 * after its work. A handler in between must pass the very object on.
 */
export function cutConnection(): Response {
  const response = new Response(null, { status: 503 });
  cuts.add(response);
  return response;
}

export function isConnectionCut(response: Response): boolean {
  return cuts.has(response);
}

const halves = new WeakSet<Response>();

/**
 * The same answer of which only the headers and the first half of the body arrive: `serveFetch` breaks the connection
 * after it. An answer without a body is cut as a whole. A handler in between must pass the very object on.
 */
export async function cutBody(response: Response): Promise<Response> {
  const bytes = await response.bytes();
  if (bytes.length === 0) return cutConnection();
  const headers = new Headers(response.headers);
  headers.set("content-length", String(bytes.length));
  const half = new Response(bytes.subarray(0, Math.ceil(bytes.length / 2)), { status: response.status, headers });
  halves.add(half);
  return half;
}

/** True for an answer whose body breaks off where it ends. */
export function isBodyCut(response: Response): boolean {
  return halves.has(response);
}

export interface ServeOptions {
  /** The address to listen on, `127.0.0.1` by default. */
  host?: string;
  /** Where a failing handler is reported; the terminal by default. */
  note?: (line: string) => void;
}

/**
 * Serves a fetch-style handler over HTTP/1.1. Bodies stream both ways, small requests and answers in JSON excepted; a
 * request body above 60 MB is answered with 413.
 * `request.signal` aborts when the client goes away. A handler that throws becomes a plain 500 and a line for `note`.
 *
 * @param port 0 takes any free port.
 * @throws (rejects) with a sentence for a person when the port is taken or not allowed.
 */
export function serveFetch(
  handler: (request: Request) => Promise<Response>,
  port: number,
  options: ServeOptions = {},
): Promise<{ port: number; close(): Promise<void> }> {
  const host = options.host ?? "127.0.0.1";
  const note = options.note ?? console.error;
  const server = createServer((incoming, outgoing) => {
    exchange(handler, incoming, outgoing, `${host}:${port}`).catch((error: unknown) => {
      // The reader of a half-sent answer can only be told by a broken connection.
      if (!outgoing.headersSent && !outgoing.destroyed) {
        outgoing.writeHead(500, { "content-type": "text/plain" }).end("Internal error");
      } else {
        outgoing.destroy();
      }
      note(`${incoming.method} ${pathOf(incoming)} failed: ${describe(error)}`);
    });
  });
  return new Promise((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) =>
      reject(new Error(explain(error, host, port), { cause: error })),
    );
    server.listen(port, host, () => {
      const address = server.address();
      if (address === null || typeof address === "string") throw new Error("the server has no port");
      resolve({
        port: address.port,
        close: () =>
          new Promise((closed) => {
            server.close(() => closed());
            server.closeAllConnections();
          }),
      });
    });
  });
}

async function exchange(
  handler: (request: Request) => Promise<Response>,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  fallbackHost: string,
): Promise<void> {
  const gone = new AbortController();
  outgoing.once("close", () => {
    if (!outgoing.writableFinished) gone.abort();
  });
  const declaredBytes = Number(incoming.headers["content-length"]);
  if (declaredBytes > MAX_BODY_BYTES) return refuseBody(outgoing);
  const intake = declaredBytes <= SMALL_BODY_BYTES ? await readWhole(incoming) : createIntake(incoming);
  // The client went away before it had sent everything.
  if (intake === null) return;

  let response: Response;
  try {
    response = await handler(toRequest(incoming, intake.body, gone.signal, fallbackHost));
  } catch (error) {
    if (intake.isTooLarge()) return refuseBody(outgoing);
    if (gone.signal.aborted) return;
    throw error;
  }
  if (intake.isTooLarge()) return refuseBody(outgoing);
  if (isConnectionCut(response)) {
    incoming.socket.destroy();
    return;
  }
  if (isBodyCut(response)) return sendHalf(response, incoming, outgoing);
  try {
    await send(response, incoming, outgoing);
  } catch (error) {
    if (!gone.signal.aborted) throw error;
  } finally {
    // An unread upload would otherwise hold the connection's next request back.
    incoming.unpipe();
    incoming.resume();
  }
}

interface Intake {
  body: Readable | Buffer<ArrayBuffer>;
  isTooLarge(): boolean;
}

async function readWhole(incoming: IncomingMessage): Promise<Intake | null> {
  const chunks: Buffer[] = [];
  try {
    for await (const chunk of incoming) chunks.push(chunk);
  } catch {
    return null;
  }
  return { body: Buffer.concat(chunks), isTooLarge: () => false };
}

function createIntake(incoming: IncomingMessage): Intake {
  let bytes = 0;
  const counter = new Transform({
    transform: (chunk: Buffer, _encoding, done) => {
      bytes += chunk.length;
      if (bytes > MAX_BODY_BYTES) done(new Error("the request's body is too large"));
      else done(null, chunk);
    },
  });
  // The handler sees the stream's error when it reads; one that never reads must not crash the process.
  counter.on("error", () => undefined);
  incoming.once("error", (error) => counter.destroy(error));
  return { body: incoming.pipe(counter), isTooLarge: () => bytes > MAX_BODY_BYTES };
}

function toRequest(
  incoming: IncomingMessage,
  body: Intake["body"],
  signal: AbortSignal,
  fallbackHost: string,
): Request {
  const headers = new Headers();
  for (const [name, values] of Object.entries(incoming.headersDistinct)) {
    for (const value of values ?? []) headers.append(name, value);
  }
  // Not `new URL(path, origin)`: a path that begins with two slashes would be taken for another host.
  const url = `http://${incoming.headers.host ?? fallbackHost}${incoming.url ?? "/"}`;
  const method = incoming.method ?? "GET";
  if (method === "GET" || method === "HEAD") return new Request(url, { method, headers, signal });
  if (Buffer.isBuffer(body)) return new Request(url, { method, headers, signal, body });
  return new Request(url, { method, headers, signal, body: Readable.toWeb(body), duplex: "half" });
}

async function send(response: Response, incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
  for (const [name, value] of response.headers) {
    if (name !== "set-cookie") outgoing.setHeader(name, value);
  }
  const cookies = response.headers.getSetCookie();
  if (cookies.length > 0) outgoing.setHeader("set-cookie", cookies);
  outgoing.writeHead(response.status);
  if (response.body === null || incoming.method === "HEAD") {
    await response.body?.cancel();
    outgoing.end();
    return;
  }
  if (response.headers.get("content-type") === "application/json") {
    outgoing.end(await response.bytes());
    return;
  }
  await pipeline(Readable.fromWeb(response.body), outgoing);
}

/** More bytes are promised than come. */
async function sendHalf(response: Response, incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
  for (const [name, value] of response.headers) outgoing.setHeader(name, value);
  outgoing.writeHead(response.status);
  const half = await response.bytes();
  await new Promise<void>((resolve) => outgoing.write(half, () => resolve()));
  incoming.socket.destroy();
}

function refuseBody(outgoing: ServerResponse): void {
  if (outgoing.headersSent || outgoing.destroyed) return;
  // Closing is the only way not to read the rest of the body.
  outgoing.writeHead(413, { "content-type": "text/plain", connection: "close" });
  outgoing.end(`The request's body is above ${MAX_BODY_BYTES} bytes`);
}

function pathOf(incoming: IncomingMessage): string {
  // The query may carry a token.
  return (incoming.url ?? "").replace(/\?.*/, "");
}

function explain(error: NodeJS.ErrnoException, host: string, port: number): string {
  if (error.code === "EADDRINUSE") {
    return `Port ${port} on ${host} is already taken by another program. Choose another port, for example PORT=${port + 1}.`;
  }
  if (error.code === "EACCES") {
    return `This user may not listen on port ${port}. Choose a port above 1023, for example PORT=3000.`;
  }
  return `Cannot listen on ${host}:${port}: ${error.message}`;
}

function describe(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
