/** Files coming in (uploads of the bot, URLs it names, what people send) and going out as Bot API objects. */
import type { TelegramMessage, TelegramPhotoSize } from "@gramio/types/objects";
import { measureSeconds } from "../media/measure-seconds.ts";
import { refusal, violation } from "./errors.ts";
import { factsOf, pixelsOf } from "./media-facts.ts";
import { type FileKind, newFileId, type StoredFile, type TelegramState, uniqueFileId } from "./state.ts";

const MB = 1024 * 1024;
export const MAX_GET_FILE_BYTES = 20 * MB;
const FETCH_TIMEOUT_MS = 20_000;

export interface IncomingFile {
  bytes: Uint8Array;
  kind: FileKind;
  fileName: string;
  mime: string;
  durationSeconds?: number | undefined;
  width?: number | undefined;
  height?: number | undefined;
  title?: string | undefined;
  performer?: string | undefined;
  thumbnailId?: string | undefined;
  /** A test's claim of a larger file than it holds. */
  pretendSizeBytes?: number | undefined;
}

/** What a bot says about the media it sends; the rest is read from the bytes. */
export interface SendDetails {
  duration?: number | undefined;
  width?: number | undefined;
  height?: number | undefined;
  title?: string | undefined;
  performer?: string | undefined;
  thumbnail?: Blob | string | undefined;
}

const FORMATS: Record<FileKind, readonly string[] | undefined> = {
  photo: ["jpeg", "png", "webp", "bmp", "gif"],
  video: ["mp4", "mov"],
  audio: ["mp3", "m4a"],
  voice: ["ogg", "mp3", "m4a"],
  animation: ["gif", "mp4"],
  video_note: ["mp4"],
  sticker: ["webp", "webm", "png"],
  document: undefined,
};
/** By URL a document may only be one of these. */
const DOCUMENT_URL_FORMATS = ["gif", "pdf", "zip"];

const FOLDERS: Record<FileKind, string> = {
  photo: "photos",
  video: "videos",
  audio: "music",
  voice: "voice",
  document: "documents",
  sticker: "stickers",
  animation: "animations",
  video_note: "video_notes",
};

/** Stores bytes as one Telegram file; a photo becomes up to three sizes with the same bytes. The last one is returned. */
export function storeFile(state: TelegramState, file: IncomingFile): StoredFile {
  const { blobId, sha256 } = state.putBytes(file.bytes);
  const pixels = file.kind === "photo" ? (pixelsOf(file.bytes) ?? { width: 1280, height: 720 }) : file;
  const widest = Math.max(pixels.width ?? 0, pixels.height ?? 0);
  const bounds = file.kind === "photo" ? [...[90, 320].filter((bound) => bound < widest), widest] : [widest];
  const sizes = bounds.map((bound): StoredFile => {
    const scale = widest === 0 ? 1 : bound / widest;
    const extension = /\.[a-z0-9]{1,8}$/i.exec(file.fileName)?.[0] ?? "";
    return {
      fileId: newFileId(file.kind),
      fileUniqueId: uniqueFileId(file.kind, sha256, file.kind === "photo" ? bound : 0),
      kind: file.kind,
      fileName: file.fileName,
      mime: file.mime,
      sizeBytes: file.pretendSizeBytes ?? file.bytes.length,
      path: `${FOLDERS[file.kind]}/file_${state.nextFileNumber()}${extension}`,
      blobId,
      ...(pixels.width === undefined ? {} : { width: Math.max(1, Math.round(pixels.width * scale)) }),
      ...(pixels.height === undefined ? {} : { height: Math.max(1, Math.round(pixels.height * scale)) }),
      ...(file.durationSeconds === undefined ? {} : { durationSeconds: file.durationSeconds }),
      ...(file.title === undefined ? {} : { title: file.title }),
      ...(file.performer === undefined ? {} : { performer: file.performer }),
      ...(file.thumbnailId === undefined ? {} : { thumbnailId: file.thumbnailId }),
    };
  });
  const sizeIds = sizes.map(({ fileId }) => fileId);
  return state.transaction(() => {
    let largest: StoredFile | undefined;
    for (const size of sizes) {
      largest = file.kind === "photo" ? { ...size, sizeIds } : size;
      state.putFile(largest);
    }
    if (!largest) throw new Error("a file has at least one size");
    return largest;
  });
}

const MAX_THUMBNAIL_BYTES = 200_000;
const MAX_THUMBNAIL_SIDE = 320;

/**
 * Stores the thumbnail of an upload. The real server ignores one that breaks these rules, which hides the mistake.
 *
 * @returns its file id.
 * @throws BotApiError, a violation: no upload of its own, no JPEG, more than 200 kB, or a side above 320 pixels.
 */
async function acceptThumbnail(
  state: TelegramState,
  given: Blob | string,
  parts: ReadonlyMap<string, File>,
): Promise<string> {
  const reference = typeof given === "string" && given.startsWith("attach://") ? given.slice("attach://".length) : null;
  const file = typeof given === "string" ? parts.get(reference ?? "") : given;
  if (file === undefined) throw violation("a thumbnail can only be uploaded as a new file, by attach://");
  const bytes = await file.bytes();
  if (factsOf(bytes)?.format !== "jpeg") throw violation("a thumbnail must be a JPEG");
  if (bytes.length > MAX_THUMBNAIL_BYTES) throw violation(`a thumbnail of ${bytes.length} bytes, allowed are 200 kB`);
  const { width, height } = pixelsOf(bytes) ?? { width: 0, height: 0 };
  const fits = Math.min(width, height) > 0 && Math.max(width, height) <= MAX_THUMBNAIL_SIDE;
  if (!fits) throw violation(`a thumbnail of ${width}×${height} pixels, allowed are 320×320`);
  return storeFile(state, { bytes, kind: "photo", fileName: "thumbnail.jpg", mime: "image/jpeg" }).fileId;
}

/**
 * The file that a method's `photo`, `video`… parameter names: an upload, `attach://<part>`, a known file id or an URL.
 *
 * @throws BotApiError as Telegram words it: unknown id, wrong type, too large, URL that can not be fetched.
 */
export async function resolveMedia(
  state: TelegramState,
  kind: FileKind,
  given: Blob | string,
  parts: ReadonlyMap<string, File>,
  { thumbnail, ...facts }: SendDetails = {},
): Promise<StoredFile> {
  const isUpload = typeof given !== "string" || given.startsWith("attach://");
  if (thumbnail !== undefined && !isUpload) throw violation("a thumbnail is only taken beside an uploaded file");
  const thumbnailId = thumbnail === undefined ? undefined : await acceptThumbnail(state, thumbnail, parts);
  const details: MeasuredDetails = { ...facts, thumbnailId };
  if (typeof given !== "string") return acceptUpload(state, kind, given, details);
  if (given.startsWith("attach://")) {
    const part = parts.get(given.slice("attach://".length));
    if (!part) throw violation(`no file part for ${given}`);
    return acceptUpload(state, kind, part, details);
  }
  if (/^https?:\/\//i.test(given)) return acceptUrl(state, kind, given, details);
  const known = state.file(given);
  if (!known) throw violation("wrong file identifier/HTTP URL specified");
  if (known.kind !== kind) throw violation(`can't use file of type ${typeName(known.kind)} as ${typeName(kind)}`);
  const title = details.title ?? known.title;
  const performer = details.performer ?? known.performer;
  return { ...known, ...(title === undefined ? {} : { title }), ...(performer === undefined ? {} : { performer }) };
}

const typeName = (kind: FileKind): string =>
  kind.replace(/(?:^|_)([a-z])/g, (_, letter: string) => letter.toUpperCase());

type MeasuredDetails = Omit<SendDetails, "thumbnail"> & Pick<IncomingFile, "thumbnailId">;

async function acceptUpload(
  state: TelegramState,
  kind: FileKind,
  upload: Blob,
  details: MeasuredDetails,
): Promise<StoredFile> {
  const bytes = await upload.bytes();
  if (bytes.length === 0) throw violation("file must be non-empty");
  const limit = kind === "photo" ? 10 * MB : 50 * MB;
  if (bytes.length > limit) {
    throw violation(`file of size ${bytes.length} bytes is too big for a ${kind}; the maximum size is ${limit} bytes`);
  }
  const facts = factsOf(bytes);
  if (kind === "photo") {
    if (!facts || !FORMATS.photo?.includes(facts.format)) throw violation("IMAGE_PROCESS_FAILED");
    assertPhotoPixels(bytes);
  }
  const fits = FORMATS[kind]?.includes(facts?.format ?? "") ?? true;
  if (kind === "audio" && !fits) throw violation("audio must be in the .MP3 or .M4A format");
  const fileName = upload instanceof File && upload.name !== "" ? upload.name : `file.${facts?.format ?? "dat"}`;
  const stored = await measured(bytes, fits ? kind : "document", facts?.mime, details);
  return storeFile(state, { ...stored, fileName });
}

async function acceptUrl(
  state: TelegramState,
  kind: FileKind,
  url: string,
  details: MeasuredDetails,
): Promise<StoredFile> {
  const bytes = await download(url, kind === "photo" ? 5 * MB : 20 * MB);
  const facts = factsOf(bytes);
  const allowed = kind === "document" ? DOCUMENT_URL_FORMATS : FORMATS[kind];
  if (!facts || !allowed?.includes(facts.format)) throw refusal("wrong type of the web page content");
  if (kind === "photo") assertPhotoPixels(bytes);
  const lastPart = decodeURIComponent(new URL(url).pathname.split("/").at(-1) ?? "");
  const fileName = /\.[a-z0-9]+$/i.test(lastPart) ? lastPart : `${lastPart || "file"}.${facts.format}`;
  return storeFile(state, { ...(await measured(bytes, kind, facts.mime, details)), fileName });
}

function assertPhotoPixels(bytes: Uint8Array): void {
  const { width, height } = pixelsOf(bytes) ?? { width: 1, height: 1 };
  const ratio = Math.max(width, height) / Math.max(1, Math.min(width, height));
  if (width + height > 10_000 || ratio > 20) throw violation(`PHOTO_INVALID_DIMENSIONS (${width}×${height})`);
}

async function measured(
  bytes: Uint8Array,
  kind: FileKind,
  mime: string | undefined,
  { duration, ...details }: MeasuredDetails,
): Promise<Omit<IncomingFile, "fileName">> {
  const hasDuration = !["photo", "document", "sticker"].includes(kind);
  const durationSeconds = hasDuration ? (duration ?? Math.round((await measureSeconds(bytes)) ?? 0)) : undefined;
  const pixels: SendDetails =
    kind === "video" || kind === "animation" ? { width: 0, height: 0, ...pixelsOf(bytes) } : {};
  const { width = pixels.width, height = pixels.height } = details;
  return { ...details, bytes, kind, mime: mime ?? "application/octet-stream", durationSeconds, width, height };
}

async function download(url: string, limitBytes: number): Promise<Uint8Array> {
  const failed = refusal("failed to get HTTP URL content");
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(FETCH_TIMEOUT_MS) });
    if (!response.ok || !response.body) throw failed;
    const chunks: Uint8Array[] = [];
    let size = 0;
    for await (const chunk of response.body) {
      size += chunk.length;
      if (size > limitBytes) throw failed;
      chunks.push(chunk);
    }
    return Buffer.concat(chunks);
  } catch {
    throw failed;
  }
}

/** The part of a Message that shows the file. An animation is told as a document too, as the server does. */
export function mediaFields(state: TelegramState, file: StoredFile): Partial<TelegramMessage> {
  const identity = { file_id: file.fileId, file_unique_id: file.fileUniqueId, file_size: file.sizeBytes };
  const named = { ...identity, file_name: file.fileName, mime_type: file.mime };
  const frame = { width: file.width ?? 0, height: file.height ?? 0 };
  const duration = file.durationSeconds ?? 0;
  const picture = state.file(file.thumbnailId ?? "");
  const thumbnail = picture === undefined ? {} : { thumbnail: toPhotoSize(picture) };
  const titles = {
    ...(file.title === undefined ? {} : { title: file.title }),
    ...(file.performer === undefined ? {} : { performer: file.performer }),
  };
  switch (file.kind) {
    case "photo": {
      const sizes = (file.sizeIds ?? [file.fileId]).flatMap((fileId) => state.file(fileId) ?? []);
      return { photo: sizes.map(toPhotoSize) };
    }
    case "video":
      return { video: { ...named, ...thumbnail, ...frame, duration } };
    case "animation":
      return { animation: { ...named, ...thumbnail, ...frame, duration }, document: named };
    case "audio":
      return { audio: { ...named, ...thumbnail, ...titles, duration } };
    case "voice":
      return { voice: { ...identity, mime_type: file.mime, duration } };
    case "video_note":
      return { video_note: { ...identity, length: file.width || 240, duration } };
    case "sticker":
      return {
        sticker: { ...identity, type: "regular", width: 512, height: 512, is_animated: false, is_video: false },
      };
    case "document":
      return { document: { ...named, ...thumbnail } };
  }
}

const toPhotoSize = (file: StoredFile): TelegramPhotoSize => ({
  file_id: file.fileId,
  file_unique_id: file.fileUniqueId,
  width: file.width ?? 0,
  height: file.height ?? 0,
  file_size: file.sizeBytes,
});

/** The file id of the message's media, the largest size of a photo. */
export function fileIdOf(message: TelegramMessage): string | undefined {
  const media =
    message.photo?.at(-1) ??
    message.video ??
    message.animation ??
    message.audio ??
    message.voice ??
    message.video_note ??
    message.sticker ??
    message.document;
  return media?.file_id;
}
