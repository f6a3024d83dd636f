import { DATA_SAVER_BYTES } from "../../conversation/settings.ts";
import type { OwnedGeneration } from "../../db/owned-generation.ts";
import type { OutputRow } from "../../db/rows.ts";
import { MAX_PHOTO_BYTES } from "../../telegram/limits.ts";
import { DownloadRefused } from "../../telegram/safe-download.ts";
import type { App } from "../app.ts";

/** How an output that waits behind a button is stored: `sent_as` of what was not sent yet. */
export const OFFERED = "offered";

export interface OfferedFile {
  position: number;
  sizeBytes: number;
}

/**
 * The files that somebody who saves traffic gets a button for. Their sizes are asked of the host; a file whose size
 * nobody tells is sent as always.
 */
export async function offeredFiles(app: App, generation: OwnedGeneration): Promise<OfferedFile[]> {
  if (!generation.owner.dataSaver) return [];
  const waiting = generation.outputs.filter((output) => output.fileId === null && output.messageId === null);
  const sizes = await Promise.all(waiting.map((output) => sizeOf(app, output)));
  return waiting.flatMap(({ position, kind }, index) => {
    const sizeBytes = sizes[index] ?? 0;
    // A picture comes compressed to a photo, whatever it weighs, as long as Telegram makes a photo of it.
    const limit = kind === "image" ? MAX_PHOTO_BYTES : DATA_SAVER_BYTES;
    return sizeBytes > limit ? [{ position, sizeBytes }] : [];
  });
}

async function sizeOf(app: App, { url }: OutputRow): Promise<number | null> {
  if (url === null || !/^https?:\/\//.test(url)) return null;
  try {
    return await app.telegram.measureMedia(url);
  } catch (error) {
    if (error instanceof DownloadRefused) return null;
    throw error;
  }
}
