import type { TelegramClient } from "./client.ts";
import { FileTooLarge } from "./download.ts";
import { TelegramFailure } from "./failure.ts";

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
  const { file_path: filePath, file_size: sizeBytes } = await client.call("getFile", { file_id: fileId });
  if (sizeBytes !== undefined && sizeBytes > maxBytes) throw new FileTooLarge(maxBytes);
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
  const bytes = await client.download(filePath, maxBytes);
  return { bytes, extension: /\.([a-z0-9]{1,8})$/i.exec(filePath)?.[1]?.toLowerCase() ?? "" };
}
