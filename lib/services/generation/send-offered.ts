import { saveSentFiles } from "../../db/delivery.ts";
import { readGeneration } from "../../db/generations.ts";
import type { OwnedGeneration } from "../../db/owned-generation.ts";
import type { OutputRow } from "../../db/rows.ts";
import { texts } from "../../i18n/index.ts";
import { type PlacedMedia, sendAlbum } from "../../telegram/deliver-media.ts";
import { DownloadRefused } from "../../telegram/safe-download.ts";
import type { App } from "../app.ts";
import { withArchiveLinks } from "../archive/links.ts";
import { withCatalog } from "../catalog/current.ts";
import { OFFERED } from "./data-saver.ts";
import { fileOf, sentFile } from "./result-files.ts";

/**
 * Sends the files of a result that were held back to save traffic, free and at any age; once sent, they come from
 * Telegram's own store. What neither the provider nor the archive has any more is said to be gone.
 */
export async function sendOffered(anyApp: App, input: { generationId: string; userId: number }): Promise<void> {
  const stored = await readGeneration(anyApp.database, input.generationId);
  if (stored === null || stored.userId !== input.userId || stored.state !== "delivered") return;
  const app = await withCatalog(anyApp, stored.catalogRevision);
  const generation = await withArchiveLinks(app, stored);
  const wanted = generation.outputs.filter(({ sentAs, url }) => sentAs === OFFERED || url !== null);
  const offered = wanted.filter(({ sentAs }) => sentAs === OFFERED);
  const outputs = offered.length > 0 ? offered : wanted;
  const there = await Promise.all(outputs.map((output) => isThere(app, output)));
  for (const [index, output] of outputs.entries()) {
    if (!there[index]) await sayGone(app, generation, output);
  }
  const sendable = outputs.filter((_, index) => there[index]);
  const files = sendable.map((output) => fileOf(app, generation, output));
  const save = (placed: readonly PlacedMedia[]) =>
    saveSentFiles(app.database, {
      generationId: generation.id,
      files: files.flatMap(({ position }, index) => {
        const file = placed[index];
        // A link stays what it is: a button that can be pressed again.
        return file === undefined || file.fileId === null ? [] : [sentFile(file, position)];
      }),
    });
  const placed = await sendAlbum(app.telegram, {
    chatId: generation.userId,
    items: files.map(({ media }) => media),
    ...(generation.doneMessageId === null ? {} : { replyToMessageId: generation.doneMessageId }),
    onProgress: save,
  });
  await save(placed);
  app.log.info("generation.offered-sent", { generationId: generation.id, sentAs: placed.map(({ as }) => as) });
}

/** While its link is young it is trusted; later the host is asked, so that nobody gets a dead link. */
async function isThere(app: App, { fileId, url, expiresAt }: OutputRow): Promise<boolean> {
  if (fileId !== null || (url !== null && expiresAt > app.clock.now())) return true;
  if (url === null) return false;
  try {
    await app.telegram.measureMedia(url);
    return true;
  } catch (error) {
    if (error instanceof DownloadRefused) return false;
    throw error;
  }
}

async function sayGone(app: App, generation: OwnedGeneration, { position }: OutputRow): Promise<void> {
  const { result } = texts(generation.owner.language);
  const text = result.originalGone(position + 1, generation.outputs.length);
  await app.telegram.call("sendMessage", { chat_id: generation.userId, text });
}
