import type { OwnedGeneration } from "../../db/owned-generation.ts";
import { KieRejected } from "../../kie/gateway.ts";
import { probeMedia } from "../../media/probe.ts";
import { HOUR_MS } from "../../shared/clock.ts";
import { TELEGRAM_FILE_MEGABYTES } from "../../shared/media.ts";
import { FileTooLarge } from "../../telegram/download.ts";
import { fetchFile } from "../../telegram/files.ts";
import type { App } from "../app.ts";

/** A stored link is used again only while it has at least this long to live: KIE fetches it some time after create. */
export const LINK_RESERVE_MS = HOUR_MS;
const MAX_INPUT_BYTES = TELEGRAM_FILE_MEGABYTES * 1_000_000;

type StoredUploads =
  | {
      kind: "stored";
      urls: ReadonlyMap<string, string>;
      fresh: { uploadId: string; url: string; expiresAt: Date }[];
    }
  | { kind: "refused"; code: number; message: string }
  | { kind: "later" };

/** A file that nobody but KIE had, and KIE has not any more: told as a file that could not be fetched (its code 451). */
const LINK_IS_DEAD = { kind: "refused", code: 451, message: "the link of an earlier result is dead" } as const;

/** Gives every file of the generation a link at KIE: the one it has, or a new one from the bytes at Telegram. */
export async function storeUploads(app: App, generation: OwnedGeneration): Promise<StoredUploads> {
  const urls = new Map<string, string>();
  const fresh: { uploadId: string; url: string; expiresAt: Date }[] = [];
  const reserve = app.clock.now().getTime() + LINK_RESERVE_MS;
  try {
    for (const upload of generation.uploads) {
      if (upload.kieUrl !== null && upload.kieExpiresAt !== null && upload.kieExpiresAt.getTime() > reserve) {
        urls.set(upload.id, upload.kieUrl);
        continue;
      }
      if (upload.telegramFileId === null) return LINK_IS_DEAD;
      const { bytes } = await fetchFile(app.telegram, upload.telegramFileId, MAX_INPUT_BYTES);
      const facts = await probeMedia(bytes);
      const stored = await app.kie.upload({
        bytes,
        format: facts?.format ?? upload.format,
        mime: facts?.mime ?? upload.mime,
      });
      urls.set(upload.id, stored.url);
      fresh.push({ uploadId: upload.id, ...stored });
    }
  } catch (error) {
    app.log.warn("upload.failed", { generationId: generation.id, error });
    if (error instanceof FileTooLarge) return LINK_IS_DEAD;
    if (error instanceof KieRejected) return { kind: "refused", code: error.code, message: error.message };
    return { kind: "later" };
  }
  return { kind: "stored", urls, fresh };
}
