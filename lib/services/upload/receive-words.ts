import type { MediaRefusal } from "../../conversation/types.ts";
import { decodeText } from "../../shared/decode-text.ts";
import { ok, type Result, refuse } from "../../shared/result.ts";
import { FileTooLarge } from "../../telegram/download.ts";
import { fetchFile } from "../../telegram/files.ts";
import type { App } from "../app.ts";

/** The refusal names it. */
const MAX_BYTES = 256 * 1024;

/** Reads a text file that a person sent: a prompt, or a list of them. Nothing is kept. */
export async function receiveWords(
  app: App,
  file: { fileId: string; declaredBytes: number | null },
): Promise<Result<string, MediaRefusal>> {
  if (file.declaredBytes !== null && file.declaredBytes > MAX_BYTES) return refuse({ code: "words-too-large" });
  try {
    const { bytes } = await fetchFile(app.telegram, file.fileId, MAX_BYTES);
    const text = decodeText(bytes);
    return text === null ? refuse({ code: "unreadable" }) : ok(text);
  } catch (error) {
    if (error instanceof FileTooLarge) return refuse({ code: "words-too-large" });
    app.log.warn("words.not-fetched", { error });
    return refuse({ code: "unavailable" });
  }
}
