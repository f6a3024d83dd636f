import { readNoAnswer } from "../faults/network.ts";
import { TelegramFailure } from "./failure.ts";

/** The file is larger than it may be; found before or while reading. */
export class FileTooLarge extends Error {
  override readonly name = "FileTooLarge";
  readonly limitBytes: number;
  /** Its size, where the server told it beforehand. */
  readonly sizeBytes: number | null;
  constructor(limitBytes: number, sizeBytes: number | null = null) {
    super(`the file is larger than ${limitBytes} bytes`);
    this.limitBytes = limitBytes;
    this.sizeBytes = sizeBytes;
  }
}

/**
 * Reads a body up to a limit and lets go of the connection beyond it.
 * @throws FileTooLarge
 */
export async function readLimited(body: AsyncIterable<Uint8Array>, maxBytes: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body) {
    size += chunk.byteLength;
    if (size > maxBytes) throw new FileTooLarge(maxBytes);
    chunks.push(chunk);
  }
  return new Uint8Array(Buffer.concat(chunks));
}

/** Used by the client only: the URL holds the token, so no error of this function repeats it. */
export async function downloadFile(request: { url: string; maxBytes: number; timeoutMs: number }): Promise<Uint8Array> {
  const { url, maxBytes, timeoutMs } = request;
  const refused = (code: number | null, description: string, outcome: "refused" | "unknown"): TelegramFailure =>
    new TelegramFailure({ method: "download", code, description, retryAfterSeconds: null, outcome });
  try {
    const response = await fetch(url, { redirect: "manual", signal: AbortSignal.timeout(timeoutMs) });
    if (!response.ok || response.body === null) {
      await response.body?.cancel();
      throw refused(
        response.status,
        "the file could not be downloaded",
        response.status >= 500 ? "unknown" : "refused",
      );
    }
    if (Number(response.headers.get("content-length") ?? 0) > maxBytes) {
      await response.body.cancel();
      throw new FileTooLarge(maxBytes);
    }
    return await readLimited(response.body, maxBytes);
  } catch (error) {
    if (error instanceof TelegramFailure || error instanceof FileTooLarge) throw error;
    const { sent, reason } = readNoAnswer(error);
    throw refused(null, reason, sent === "no" ? "refused" : "unknown");
  }
}
