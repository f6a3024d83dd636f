import type { SentFile } from "../../db/delivery.ts";
import { parseMidiNotes } from "../../db/midi-notes.ts";
import type { OwnedGeneration } from "../../db/owned-generation.ts";
import type { OutputRow } from "../../db/rows.ts";
import { formatDateTime, formatMegabytes } from "../../i18n/format.ts";
import { texts } from "../../i18n/index.ts";
import { stemTitle } from "../../i18n/stems.ts";
import { writeMidi } from "../../media/midi.ts";
import type { Language } from "../../shared/localized.ts";
import type { LinkReason, MediaSource, MediaToPlace, PlacedMedia } from "../../telegram/deliver-media.ts";
import { MAX_UPLOAD_BYTES } from "../../telegram/limits.ts";
import type { App } from "../app.ts";

/** One output as a file, with its place among the outputs. */
export interface ResultFile {
  position: number;
  media: MediaToPlace;
}

/** The output as Telegram is asked to place it: by its own file id where it has one, else by KIE's link or our bytes. */
export function fileOf(app: App, generation: OwnedGeneration, output: OutputRow): ResultFile {
  const { position, fileId } = output;
  const words = wordFile(output);
  if (words !== null) {
    const source: MediaSource = fileId === null ? { bytes: words.bytes } : { fileId };
    const fileName = `${baseName(app, generation, output)}.${words.extension}`;
    return { position, media: { kind: "document", source, fileName } };
  }
  const { kind, url, title, durationSeconds, previewUrl } = output;
  return {
    position,
    media: {
      kind: kind === "image" || kind === "video" || kind === "audio" ? kind : "document",
      source: fileId === null ? { url: url ?? "" } : { fileId },
      baseName: baseName(app, generation, output),
      ...(title === null ? {} : { title: stemTitle(title, generation.owner.language) }),
      ...(kind === "audio" ? { performer: familyTitle(app, generation) } : {}),
      ...(durationSeconds === null ? {} : { durationSeconds }),
      ...(previewUrl === null ? {} : { previewUrl }),
      isWorthItsCover: isWorthItsCover(generation),
      linkNote: (why) => linkNote(why, output, generation.owner.language),
    },
  };
}

/**
 * Whether songs are uploaded for their covers' sake. An upload may fail where a link would not: after the second try, or
 * the first where nobody delivered at once, a delivery does without.
 */
export const isWorthItsCover = ({ deliveryAttempts }: { deliveryAttempts: number }): boolean => deliveryAttempts <= 1;

/** One output as it reached the user. */
export function sentFile({ fileId, as, messageId }: PlacedMedia, position: number): SentFile {
  return { position, fileId, sentAs: as, messageId };
}

/** "15 МБ": of a file, in millions of bytes as Telegram's limits are. */
export const formatSize = (sizeBytes: number, language: Language): string =>
  formatMegabytes(sizeBytes / 1_000_000, language);

/** Why there is a link instead of the file, and how long it lives. */
export function linkNote(why: LinkReason, { expiresAt }: Pick<OutputRow, "expiresAt">, language: Language): string {
  const { delivery } = texts(language);
  const until = formatDateTime(expiresAt, language);
  if (why.kind === "refused") return delivery.refused(until);
  const size = why.sizeBytes === null ? null : formatSize(why.sizeBytes, language);
  return delivery.tooLarge(size, formatSize(MAX_UPLOAD_BYTES, language), until);
}

/** An answer in words as a file; null for outputs that are files themselves. */
function wordFile({ kind, text }: OutputRow): { bytes: Uint8Array; extension: string } | null {
  const words = text ?? "";
  switch (kind) {
    case "text":
      return { bytes: utf8(words), extension: "txt" };
    case "timed-lyrics":
      return { bytes: utf8(words), extension: "lrc" };
    case "midi": {
      const notes = parseMidiNotes(words);
      // Unreadable notes are still what was paid for.
      return notes === null ? { bytes: utf8(words), extension: "json" } : { bytes: writeMidi(notes), extension: "mid" };
    }
    default:
      return null;
  }
}

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(`${text.trimEnd()}\n`);

/**
 * What a file is called, without its extension: its own title, else the model's and the mode's, with a number where
 * others of the same generation would be called the same.
 */
export function baseName(app: App, generation: OwnedGeneration, output: OutputRow): string {
  const { language } = generation.owner;
  const mode = app.catalog.entry(generation.entryKey)?.entry.title[language] ?? "";
  const family = familyTitle(app, generation);
  const common = mode === "" || mode === family ? family : `${family} ${mode}`;
  const nameOf = ({ title }: OutputRow) => fileSafe(title === null ? common : stemTitle(title, language)) || "result";
  const name = nameOf(output);
  const namesakes = generation.outputs.filter((other) => nameOf(other) === name);
  return namesakes.length < 2 ? name : `${name} ${namesakes.indexOf(output) + 1}`;
}

function familyTitle(app: App, generation: OwnedGeneration): string {
  return app.catalog.entry(generation.entryKey)?.family.title ?? generation.entryKey;
}

/** Without what file systems refuse, and not too long for them. */
function fileSafe(name: string): string {
  return name
    .replace(/[\p{Cc}\\/:*?"<>|]+/gu, " ")
    .replace(/\s+/g, " ")
    .slice(0, 60)
    .replace(/^[\s.]+|[\s.]+$/g, "");
}
