import { ArchiveFailure } from "../../archive/store.ts";
import { readGeneration } from "../../db/generations.ts";
import type { OwnedGeneration } from "../../db/owned-generation.ts";
import type { OutputRow } from "../../db/rows.ts";
import { texts } from "../../i18n/index.ts";
import { probeMedia } from "../../media/probe.ts";
import { TELEGRAM_FILE_MEGABYTES } from "../../shared/media.ts";
import { type MediaToPlace, sendMedia } from "../../telegram/deliver-media.ts";
import { FileTooLarge } from "../../telegram/download.ts";
import { telegramKind } from "../../telegram/failure.ts";
import { fetchFile } from "../../telegram/files.ts";
import { MAX_UPLOAD_BYTES } from "../../telegram/limits.ts";
import { DownloadRefused } from "../../telegram/safe-download.ts";
import type { App } from "../app.ts";
import { withArchiveLinks } from "../archive/links.ts";
import { withCatalog } from "../catalog/current.ts";
import { baseName, fileOf, linkNote } from "./result-files.ts";

const MAX_TELEGRAM_BYTES = TELEGRAM_FILE_MEGABYTES * 1_000_000;

/**
 * Sends the files of a past result as documents, as the provider made them, free. One after the other, so that only one
 * is in memory. What neither KIE nor Telegram has any more is said to be gone.
 */
export async function sendOriginals(anyApp: App, input: { generationId: string; userId: number }): Promise<void> {
  const generation = await readGeneration(anyApp.database, input.generationId);
  if (generation === null || generation.userId !== input.userId) return;
  if (generation.state !== "delivered" && generation.state !== "undeliverable") return;
  const app = await withCatalog(anyApp, generation.catalogRevision);
  const t = texts(generation.owner.language).result;
  const chatId = generation.userId;
  for (const [index, output] of generation.outputs.entries()) {
    const original = await originalOf(app, generation, output);
    app.log.info("generation.original", { generationId: generation.id, from: original.from });
    if (original.from === "nowhere") {
      const text = t.originalGone(index + 1, generation.outputs.length);
      await app.telegram.call("sendMessage", { chat_id: chatId, text });
    } else {
      const { media, isSqueezed } = original;
      await sendMedia(app.telegram, { chatId, media, ...(isSqueezed ? { caption: t.originalSqueezed } : {}) });
    }
  }
}

type Original =
  | {
      from: "sent-as-document" | "words" | "provider" | "archive" | "telegram";
      media: MediaToPlace;
      isSqueezed: boolean;
    }
  | { from: "nowhere" };

async function originalOf(app: App, generation: OwnedGeneration, output: OutputRow): Promise<Original> {
  const { fileId, sentAs, url } = output;
  if (fileId !== null && sentAs === "document") {
    return { from: "sent-as-document", media: { kind: "document", source: { fileId } }, isSqueezed: false };
  }
  if (url === null) return { from: "words", media: fileOf(app, generation, output).media, isSqueezed: false };
  const fromProvider = await providersFile(app, generation, output, url);
  if (fromProvider !== null) return { from: "provider", media: fromProvider, isSqueezed: false };
  const archived = await archivedFile(app, generation, output);
  if (archived !== null) return { from: "archive", media: archived, isSqueezed: false };
  const bytes = fileId === null ? null : await telegramsBytes(app, fileId);
  if (bytes === null) return { from: "nowhere" };
  const media = await documentOf(app, generation, output, bytes);
  return { from: "telegram", media, isSqueezed: sentAs === "photo" };
}

/** KIE's file while it has it; its link alone where Telegram takes no file of that size. */
async function providersFile(
  app: App,
  generation: OwnedGeneration,
  output: OutputRow,
  url: string,
): Promise<MediaToPlace | null> {
  // The built-in mock's results are `data:` links, which hold the bytes and never die.
  if (url.startsWith("data:")) return { kind: "document", source: { url } };
  try {
    return await documentOf(app, generation, output, await app.telegram.fetchMedia(url));
  } catch (error) {
    if (error instanceof FileTooLarge) return tooLarge(generation, output, url);
    if (error instanceof DownloadRefused) return null;
    throw error;
  }
}

/** Where the archive is out of order, Telegram's copy is better than none. */
async function archivedFile(app: App, generation: OwnedGeneration, output: OutputRow): Promise<MediaToPlace | null> {
  if (app.archive === null || output.archiveKey === null) return null;
  try {
    const bytes = await app.archive.get(output.archiveKey, MAX_UPLOAD_BYTES);
    return bytes === null ? null : await documentOf(app, generation, output, bytes);
  } catch (error) {
    if (!(error instanceof ArchiveFailure)) throw error;
    app.log.warn("archive.not-read", { generationId: generation.id, error });
    const linked = await withArchiveLinks(app, { ...generation, outputs: [output] });
    const url = linked.outputs[0]?.url ?? null;
    return error.code !== "TooLarge" || url === null ? null : tooLarge(linked, linked.outputs[0] ?? output, url);
  }
}

/** A link, which is tried with Telegram once more. */
const tooLarge = ({ owner }: OwnedGeneration, output: OutputRow, url: string): MediaToPlace => ({
  kind: "document",
  source: { url },
  ...(output.previewUrl === null ? {} : { previewUrl: output.previewUrl }),
  linkNote: (why) => linkNote(why, output, owner.language),
});

async function telegramsBytes(app: App, fileId: string): Promise<Uint8Array | null> {
  try {
    return (await fetchFile(app.telegram, fileId, MAX_TELEGRAM_BYTES)).bytes;
  } catch (error) {
    if (error instanceof FileTooLarge || telegramKind(error) === "media-refused") return null;
    throw error;
  }
}

async function documentOf(
  app: App,
  generation: OwnedGeneration,
  output: OutputRow,
  bytes: Uint8Array,
): Promise<MediaToPlace> {
  const format = (await probeMedia(bytes))?.format ?? "bin";
  const extension = format === "jpeg" ? "jpg" : format;
  return { kind: "document", source: { bytes }, fileName: `${baseName(app, generation, output)}.${extension}` };
}
