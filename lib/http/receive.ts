import type * as z from "zod";
import type { LogFields, Logger } from "../shared/log.ts";

/** Vercel's own limit for a request body. */
const MAX_BODY_BYTES = 4_500_000;

/** JSON answer of an endpoint. */
export function answer(status: number, body: Record<string, unknown>, headers?: Record<string, string>): Response {
  return Response.json(body, { status, headers: { "cache-control": "no-store", ...headers } });
}

export interface Receipt<Body> {
  log: Logger;
  /** Says who sent it, from headers and, where it is signed, the raw body. False is 401. */
  verify: (request: Request, body: string) => boolean | Promise<boolean>;
  schema: z.ZodType<Body>;
  /** Ids that stand on the log line of a failing `run`; none by default. */
  about?: (body: Body) => LogFields;
  run: (body: Body, request: Request) => Promise<Response>;
}

/**
 * Verify, parse, run, answer: the same for every webhook. 405 wrong method, 413 too large, 401 not verified,
 * 400 not JSON or not of the shape, 500 for a bug, logged once. Nothing of the body is logged or echoed.
 */
export async function receiveWebhook<Body>(request: Request, receipt: Receipt<Body>): Promise<Response> {
  if (request.method !== "POST") return answer(405, { error: "use POST" }, { allow: "POST" });
  const declared = Number(request.headers.get("content-length") ?? "0");
  if (declared > MAX_BODY_BYTES) return answer(413, { error: "body too large" });
  const raw = await readBody(request);
  if (raw === null) return answer(413, { error: "body too large" });
  if (!(await receipt.verify(request, raw))) return answer(401, { error: "not verified" });
  const parsed = receipt.schema.safeParse(parseJson(raw));
  if (!parsed.success) {
    const paths = parsed.error.issues.slice(0, 5).map((issue) => issue.path.join("."));
    receipt.log.warn("http.malformed-body", { paths, bytes: raw.length });
    return answer(400, { error: "malformed body" });
  }
  try {
    return await receipt.run(parsed.data, request);
  } catch (error) {
    receipt.log.error("http.unhandled", { ...receipt.about?.(parsed.data), error });
    return answer(500, { error: "internal error" });
  }
}

/** The body as text, or null when it grows beyond the limit: a sender may leave out, or lie in, content-length. */
async function readBody(request: Request): Promise<string | null> {
  if (request.body === null) return "";
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of request.body) {
    bytes += chunk.byteLength;
    if (bytes > MAX_BODY_BYTES) return null;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

function parseJson(raw: string): unknown {
  try {
    return JSON.parse(raw);
  } catch {
    return undefined;
  }
}
