import ky, { type KyInstance } from "ky";
import { readNoAnswer } from "../faults/network.ts";
import { type Envelope, readEnvelope } from "./envelope.ts";

/** What came back from one HTTP exchange with KIE. */
export type Exchange =
  | { kind: "answer"; httpStatus: number; envelope: Envelope | null }
  /** `sent: "no"` = the request certainly never left. */
  | { kind: "no-answer"; sent: "no" | "maybe"; reason: string };

export interface HttpOptions {
  apiKey: string;
  fetch?: typeof globalThis.fetch;
}

/** Replies are a few kilobytes; a song's record with its lyrics stays far below this. */
const MAX_REPLY_BYTES = 4 * 1024 * 1024;

/**
 * One ky for all calls: never retried here (a repeated create would be paid twice, and a re-check looks again anyway),
 * never redirected (a 307 would repeat a paid POST), any status is an answer.
 */
export function createHttp({ apiKey, fetch }: HttpOptions): KyInstance {
  return ky.create({
    retry: 0,
    throwHttpErrors: false,
    redirect: "manual",
    headers: {
      authorization: `Bearer ${apiKey}`,
      accept: "application/json",
      // Bare library agents are answered with 403 by the proxy in front of KIE (docs.kie.ai).
      "user-agent": "Mozilla/5.0 (compatible; KieTelegramBot/1.0)",
    },
    ...(fetch === undefined ? {} : { fetch }),
  });
}

async function readText(response: Response): Promise<string | null> {
  if (response.body === null) return "";
  const reader = response.body.getReader();
  const chunks: Uint8Array[] = [];
  let size = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    size += value.byteLength;
    if (size > MAX_REPLY_BYTES) {
      await reader.cancel();
      return null;
    }
    chunks.push(value);
  }
  return Buffer.concat(chunks).toString("utf8");
}

/**
 * Performs one exchange; never throws. The deadline covers the whole of it, the body included: a server that sends its
 * headers and then falls silent must not hold a function.
 */
export async function exchange(timeoutMs: number, send: (signal: AbortSignal) => Promise<Response>): Promise<Exchange> {
  try {
    const response = await send(AbortSignal.timeout(timeoutMs));
    const text = await readText(response);
    return { kind: "answer", httpStatus: response.status, envelope: text === null ? null : readEnvelope(text) };
  } catch (error) {
    return { kind: "no-answer", ...readNoAnswer(error) };
  }
}
