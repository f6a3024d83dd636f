import { createServer, type IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";
import { onTestFinished } from "vitest";

/** A request as it arrived. */
export interface Arrived {
  method: string;
  path: string;
  query: URLSearchParams;
  headers: IncomingHttpHeaders;
  body: Buffer;
}

/** What to answer; `drop` cuts the connection without a word, `silent` never answers. */
export type Answer =
  | { status?: number; headers?: Record<string, string>; body: unknown; delayMs?: number }
  | "drop"
  | "silent";

export interface LocalServer {
  origin: string;
  arrived: Arrived[];
  close(): Promise<void>;
}

/** A real HTTP server on a free port, gone when the test ends. Bodies that are no text and no bytes are sent as JSON. */
export async function startServer(answer: (request: Arrived) => Answer | Promise<Answer>): Promise<LocalServer> {
  const arrived: Arrived[] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(Buffer.from(chunk));
    const url = new URL(request.url ?? "/", "http://local");
    const one: Arrived = {
      method: request.method ?? "",
      path: url.pathname,
      query: url.searchParams,
      headers: request.headers,
      body: Buffer.concat(chunks),
    };
    arrived.push(one);
    const result = await answer(one);
    if (result === "silent") return;
    if (result === "drop") {
      response.socket?.destroy();
      return;
    }
    if (result.delayMs !== undefined) await new Promise((resolve) => setTimeout(resolve, result.delayMs));
    const isRaw = typeof result.body === "string" || result.body instanceof Uint8Array;
    response.writeHead(result.status ?? 200, { "content-type": "application/json", ...result.headers });
    response.end(isRaw ? result.body : JSON.stringify(result.body));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const close = (): Promise<void> =>
    new Promise((resolve) => {
      server.closeAllConnections();
      server.close(() => resolve());
    });
  onTestFinished(close);
  return { origin: `http://127.0.0.1:${port}`, arrived, close };
}
