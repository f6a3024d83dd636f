import type { MediaRefusal } from "../../conversation/types.ts";
import { saveUpload } from "../../db/uploads.ts";
import { probeMedia } from "../../media/probe.ts";
import { type MediaFacts, TELEGRAM_FILE_MEGABYTES, type UploadRef } from "../../shared/media.ts";
import { ok, type Result, refuse } from "../../shared/result.ts";
import { FileTooLarge } from "../../telegram/download.ts";
import { fetchFile } from "../../telegram/files.ts";
import type { App } from "../app.ts";

const MAX_BYTES = TELEGRAM_FILE_MEGABYTES * 1_000_000;

/**
 * Takes a file that a person sent: measures the bytes (what the sender declares is a claim, and money depends on the
 * duration) and remembers it. The id comes from the update, so a repeated update finds it.
 */
export async function receiveUpload(
  app: App,
  input: { updateId: number; userId: number; fileId: string; declaredBytes: number | null },
): Promise<Result<UploadRef, MediaRefusal>> {
  if (input.declaredBytes !== null && input.declaredBytes > MAX_BYTES) {
    return refuse({ code: "too-large", limitMegabytes: TELEGRAM_FILE_MEGABYTES });
  }
  let bytes: Uint8Array;
  try {
    ({ bytes } = await fetchFile(app.telegram, input.fileId, MAX_BYTES));
  } catch (error) {
    if (error instanceof FileTooLarge) return refuse({ code: "too-large", limitMegabytes: TELEGRAM_FILE_MEGABYTES });
    app.log.warn("upload.not-fetched", { error });
    return refuse({ code: "unavailable" });
  }
  const facts = await probeMedia(bytes);
  if (facts === null) return refuse({ code: "unreadable" });
  const upload: UploadRef = { uploadId: uploadIdOf(input.updateId), ...withoutNoise(facts) };
  await saveUpload(app.database, {
    userId: input.userId,
    telegramFileId: input.fileId,
    upload,
    now: app.clock.now(),
  });
  return ok(upload);
}

/** One update brings one file: the same update finds the same file. */
export function uploadIdOf(updateId: number): string {
  return `u${updateId.toString(36)}`;
}

/**
 * Packets summed up in floating point make 3.000000000000002 seconds of a voice message of three, and every begun second
 * costs money: the millisecond is exact enough.
 */
export function withoutNoise(facts: MediaFacts): MediaFacts {
  const { durationSeconds } = facts;
  return durationSeconds === undefined
    ? facts
    : { ...facts, durationSeconds: Math.round(durationSeconds * 1000) / 1000 };
}
