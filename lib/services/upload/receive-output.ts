import { promptParam } from "../../catalog/values.ts";
import type { MediaRefusal } from "../../conversation/types.ts";
import { readGeneration } from "../../db/generations.ts";
import type { OwnedGeneration } from "../../db/owned-generation.ts";
import type { OutputRow } from "../../db/rows.ts";
import { saveUpload } from "../../db/uploads.ts";
import { probeMedia } from "../../media/probe.ts";
import { TELEGRAM_FILE_MEGABYTES, type UploadRef } from "../../shared/media.ts";
import { ok, type Result, refuse } from "../../shared/result.ts";
import { FileTooLarge } from "../../telegram/download.ts";
import { fetchFile } from "../../telegram/files.ts";
import type { App } from "../app.ts";
import { withCatalog } from "../catalog/current.ts";
import { LINK_RESERVE_MS } from "../generation/store-uploads.ts";
import { uploadIdOf, withoutNoise } from "./receive.ts";

const MAX_BYTES = TELEGRAM_FILE_MEGABYTES * 1_000_000;

/**
 * Takes a file that was made for a person as a file for the next card: measures its bytes and remembers it like a file
 * that they sent. The id comes from the update, so a repeated update finds it. KIE's own link is used again while it
 * lives long enough; then the bytes behind it are the ones that are measured, because Telegram's copy of a picture is
 * another picture.
 *
 * @returns `caption`: the words that the output was made from, "" when there are none; null when the user has no such
 *   output, or when it is one in words.
 */
export async function receiveOutput(
  anyApp: App,
  input: { updateId: number; userId: number; generationId: string; position: number },
): Promise<Result<{ upload: UploadRef; caption: string }, MediaRefusal> | null> {
  const generation = await readGeneration(anyApp.database, input.generationId);
  if (generation === null || generation.userId !== input.userId) return null;
  const output = generation.outputs.find(({ position }) => position === input.position);
  if (output === undefined || output.url === null) return null;
  const app = await withCatalog(anyApp, generation.catalogRevision);

  const found = await findBytes(app, output);
  if (!found.ok) return found;
  const { bytes, telegramFileId, stored } = found.value;
  const facts = await probeMedia(bytes);
  if (facts === null) return refuse({ code: "unreadable" });
  const upload: UploadRef = { uploadId: uploadIdOf(input.updateId), ...withoutNoise(facts) };
  await saveUpload(app.database, {
    userId: input.userId,
    telegramFileId,
    upload,
    ...(stored === null ? {} : { stored }),
    now: app.clock.now(),
  });
  return ok({ upload, caption: promptOf(app, generation) });
}

interface Found {
  bytes: Uint8Array;
  /** Where the bytes can be had again when KIE's link is dead; null when Telegram does not give them out. */
  telegramFileId: string | null;
  stored: { url: string; expiresAt: Date } | null;
}

async function findBytes(app: App, output: OutputRow): Promise<Result<Found, MediaRefusal>> {
  const { url, expiresAt, fileId } = output;
  const livesUntil = app.clock.now().getTime() + LINK_RESERVE_MS;
  if (url !== null && /^https?:/i.test(url) && expiresAt.getTime() > livesUntil) {
    try {
      const bytes = await app.telegram.fetchMedia(url);
      const isKept = fileId !== null && bytes.byteLength <= MAX_BYTES;
      return ok({ bytes, telegramFileId: isKept ? fileId : null, stored: { url, expiresAt } });
    } catch (error) {
      // Gone before its time, or beyond what we hold in memory: Telegram's copy may still be there.
      app.log.info("output.link-not-fetched", { error });
    }
  }
  if (fileId === null) return refuse({ code: "unavailable" });
  try {
    const { bytes } = await fetchFile(app.telegram, fileId, MAX_BYTES);
    return ok({ bytes, telegramFileId: fileId, stored: null });
  } catch (error) {
    if (error instanceof FileTooLarge) return refuse({ code: "too-large", limitMegabytes: TELEGRAM_FILE_MEGABYTES });
    app.log.warn("output.not-fetched", { error });
    return refuse({ code: "unavailable" });
  }
}

function promptOf(app: App, generation: OwnedGeneration): string {
  const found = app.catalog.entry(generation.entryKey);
  const param = found === undefined ? undefined : promptParam(found.entry);
  const words = param === undefined ? undefined : generation.values[param.name];
  return typeof words === "string" ? words : "";
}
