import { readNoAnswer } from "../faults/network.ts";
import type { TelegramClient } from "./client.ts";
import { TelegramFailure } from "./failure.ts";

/** getFile gives nothing larger (https://core.telegram.org/bots/api#getfile). */
export const MAX_TELEGRAM_DOWNLOAD_BYTES = 20 * 1024 * 1024;

/** The file is larger than it may be; found before or while reading. */
export class FileTooLarge extends Error {
  override readonly name = "FileTooLarge";
  readonly limitBytes: number;
  constructor(limitBytes: number) {
    super(`the file is larger than ${limitBytes} bytes`);
    this.limitBytes = limitBytes;
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

/**
 * The bytes of a file that a user sent.
 *
 * @param maxBytes the caller's own limit; 20 MB is Telegram's.
 * @returns `extension` as Telegram names the file, lower case without the dot, "" when it has none: a hint, not a fact.
 * @throws FileTooLarge, or TelegramFailure (kind `media-refused` when Telegram itself finds the file too big).
 */
export async function fetchFile(
  client: TelegramClient,
  fileId: string,
  maxBytes: number,
): Promise<{ bytes: Uint8Array; extension: string }> {
  const limit = Math.min(maxBytes, MAX_TELEGRAM_DOWNLOAD_BYTES);
  const { file_path: filePath, file_size: sizeBytes } = await client.call("getFile", { file_id: fileId });
  if (sizeBytes !== undefined && sizeBytes > limit) throw new FileTooLarge(limit);
  // The path becomes a part of a URL with the token in it: nothing but a plain relative path may go there.
  if (filePath === undefined || !/^[\w./-]+$/.test(filePath) || filePath.includes("..")) {
    const description = "getFile gave no usable path";
    throw new TelegramFailure({
      method: "getFile",
      code: 400,
      description,
      retryAfterSeconds: null,
      outcome: "refused",
    });
  }
  const bytes = await client.download(filePath, limit);
  return { bytes, extension: /\.([a-z0-9]{1,8})$/i.exec(filePath)?.[1]?.toLowerCase() ?? "" };
}
