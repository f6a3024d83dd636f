import { randomId } from "../shared/ids.ts";
import type { MediaFacts, MediaKind } from "../shared/media.ts";
import type { BotParams, TelegramClient } from "./client.ts";
import { FileTooLarge } from "./download.ts";
import { MAX_COVERED_SONG_BYTES, MAX_PHOTO_BYTES, MAX_UPLOAD_BYTES } from "./limits.ts";
import { DownloadRefused } from "./safe-download.ts";
import { thumbnailOf } from "./thumbnail.ts";

/** Where a file is: somebody's link (`https:` or `data:`), a file Telegram already has, or bytes in hand. */
export type MediaSource = { url: string } | { fileId: string } | { bytes: Uint8Array };

export type CaptionEntities = NonNullable<NonNullable<BotParams<"sendPhoto">>["caption_entities"]>;

export interface Caption {
  text: string;
  entities: CaptionEntities;
}

export interface MediaToPlace {
  /** `document`: sent as a file, whatever is in it. */
  kind: MediaKind | "document";
  source: MediaSource;
  title?: string;
  performer?: string;
  durationSeconds?: number;
  /** A picture of it: the thumbnail of an upload, and what a bare link shows. */
  previewUrl?: string;
  /** Whether a song is uploaded for its cover's sake although Telegram could fetch it. */
  isWorthItsCover?: boolean;
  /** Shown for documents; made up when absent. */
  fileName?: string;
  /** The same without an extension, which is taken from the content. */
  baseName?: string;
  /** Its own words in an album. */
  caption?: Caption;
  /** The words above the bare link, where Telegram takes the file in no other form. */
  linkNote?: (why: LinkReason) => string;
}

/** Why there is nothing but a link. `sizeBytes`: null when nobody told it. */
export type LinkReason = { kind: "too-large"; sizeBytes: number | null } | { kind: "refused" };

/** How Telegram is asked to show a file. `animation` only for a file_id that Telegram itself filed so (a silent MP4). */
export type ShownAs = "photo" | "video" | "audio" | "document" | "animation";

/** One way to hand a file over: `file` is a link, a file_id or the bytes. */
export interface Candidate {
  as: ShownAs;
  file: string | File;
  /** What the bytes say of themselves; absent where we have not seen them. */
  facts?: MediaFacts;
  /** Only beside bytes: what Telegram fetches or has already it gives no other picture. */
  thumbnail?: File;
}

/** The last rung: a person can still open the link. */
export interface BareLink {
  as: "link";
  link: string;
  previewUrl?: string;
  why: LinkReason;
}

const MAX_PHOTO_SIDES = 10_000;
const MAX_PHOTO_RATIO = 20;

const PHOTO_FORMATS = new Set(["png", "jpeg", "jpg", "webp"]);
const VIDEO_FORMATS = new Set(["mp4"]);
const AUDIO_FORMATS = new Set(["mp3", "m4a"]);
const BY_KIND: Record<MediaToPlace["kind"], { as: ShownAs; formats: ReadonlySet<string> }> = {
  image: { as: "photo", formats: PHOTO_FORMATS },
  video: { as: "video", formats: VIDEO_FORMATS },
  audio: { as: "audio", formats: AUDIO_FORMATS },
  document: { as: "document", formats: new Set() },
};

const extensionOf = (name: string): string => /\.([a-z0-9]{1,5})$/i.exec(name)?.[1]?.toLowerCase() ?? "";

/** By name alone, before anyone has seen the bytes. A name without an extension is believed to be of the usual format. */
export function shownByName(kind: MediaToPlace["kind"], name: string): ShownAs {
  const { as, formats } = BY_KIND[kind];
  const extension = extensionOf(name);
  return extension === "" || formats.has(extension) ? as : "document";
}

/** By content: what Telegram would refuse as a photo, or would not play, becomes a document. */
export function shownByContent(facts: MediaFacts | null, sizeBytes: number): ShownAs {
  if (facts === null) return "document";
  const { as, formats } = BY_KIND[facts.kind];
  if (!formats.has(facts.format)) return "document";
  if (as !== "photo") return as;
  const { width = 0, height = 0 } = facts;
  const shorter = Math.max(1, Math.min(width, height));
  const fits =
    sizeBytes <= MAX_PHOTO_BYTES &&
    width + height <= MAX_PHOTO_SIDES &&
    Math.max(width, height) / shorter <= MAX_PHOTO_RATIO;
  return fits ? "photo" : "document";
}

/** The path's last part; "" for a `data:` URL or a link that ends in a slash. */
function nameInUrl(url: string): string {
  if (url.startsWith("data:") || !URL.canParse(url)) return "";
  return new URL(url).pathname.split("/").at(-1) ?? "";
}

/** `data:<type>;base64,<bytes>` as bytes, or null when it is none. */
function decodeDataUrl(url: string): Uint8Array | null {
  const [, base64] = /^data:[\w.+-]+\/[\w.+-]+(?:;[\w=.+-]+)*;base64,([A-Za-z0-9+/=\s]*)$/.exec(url) ?? [];
  return base64 === undefined ? null : new Uint8Array(Buffer.from(base64, "base64"));
}

/** The link to fall back to, when there is one that a person can open. */
export const linkOf = (source: MediaSource): string | null =>
  "url" in source && /^https?:\/\//i.test(source.url) ? source.url : null;

/** How it would be shown if nothing went wrong: decides which albums it fits into. */
export function likelyShownAs(media: MediaToPlace): ShownAs {
  if (!("url" in media.source)) return BY_KIND[media.kind].as;
  return shownByName(media.kind, nameInUrl(media.source.url) || (media.fileName ?? ""));
}

const REFUSED: LinkReason = { kind: "refused" };

/** The bytes of a source, or why they can not be had or would not fit into an upload. */
async function bytesOf(
  client: TelegramClient,
  source: MediaSource,
  maxBytes: number,
): Promise<Uint8Array | LinkReason> {
  if ("fileId" in source) return REFUSED;
  if ("bytes" in source) return source.bytes;
  if (source.url.startsWith("data:")) return decodeDataUrl(source.url) ?? REFUSED;
  try {
    return await client.fetchMedia(source.url, maxBytes);
  } catch (error) {
    if (error instanceof FileTooLarge) return { kind: "too-large", sizeBytes: error.sizeBytes };
    if (error instanceof DownloadRefused) return REFUSED;
    throw error;
  }
}

/** The file ready for upload, typed by its content, or why it can not be uploaded. */
export async function uploadOf(client: TelegramClient, media: MediaToPlace): Promise<Candidate | LinkReason> {
  const upload = await plainUploadOf(client, media, MAX_UPLOAD_BYTES);
  if (!isUpload(upload) || (upload.as !== "audio" && upload.as !== "video")) return upload;
  const thumbnail = await thumbnailOf(client, media.previewUrl);
  return thumbnail === null ? upload : { ...upload, thumbnail };
}

/** The cover that a song is to be uploaded for, or null where it goes out as any other file. */
export async function coverOf(client: TelegramClient, media: MediaToPlace): Promise<File | null> {
  const isWorthIt = media.kind === "audio" && media.isWorthItsCover === true && linkOf(media.source) !== null;
  return isWorthIt ? await thumbnailOf(client, media.previewUrl) : null;
}

/**
 * A song with its cover ready for upload, because by link Telegram takes no cover.
 *
 * @returns null where there is no cover, or the song is too large to be uploaded for it.
 */
export async function coveredUploadOf(
  client: TelegramClient,
  media: MediaToPlace,
  thumbnail: File | null,
): Promise<Candidate | null> {
  if (thumbnail === null) return null;
  const upload = await plainUploadOf(client, media, MAX_COVERED_SONG_BYTES);
  return isUpload(upload) && upload.as === "audio" ? { ...upload, thumbnail } : null;
}

async function plainUploadOf(
  client: TelegramClient,
  media: MediaToPlace,
  maxBytes: number,
): Promise<Candidate | LinkReason> {
  const bytes = await bytesOf(client, media.source, maxBytes);
  if (!(bytes instanceof Uint8Array)) return bytes;
  if (bytes.byteLength === 0) return REFUSED;
  if (bytes.byteLength > MAX_UPLOAD_BYTES) return { kind: "too-large", sizeBytes: bytes.byteLength };
  const facts = await client.probeMedia(bytes);
  const extension = facts?.format === "jpeg" ? "jpg" : (facts?.format ?? "bin");
  const fileName = media.fileName ?? `${media.baseName ?? `${media.kind}-${randomId(6)}`}.${extension}`;
  const file = new File([new Uint8Array(bytes)], fileName, { type: facts?.mime ?? "application/octet-stream" });
  const as = media.kind === "document" ? "document" : shownByContent(facts, bytes.byteLength);
  return { as, file, ...(facts === null ? {} : { facts }) };
}

export const isUpload = (prepared: Candidate | LinkReason): prepared is Candidate => "as" in prepared;

/**
 * The rungs of the ladder, from the cheapest: Telegram fetches the link itself; we upload the bytes; we upload them as a
 * document; the link alone. A rung is only prepared (downloaded) when the one before it was refused. Above them stands the
 * song with its cover, and an upload that is refused with a thumbnail is tried without.
 *
 * @param downloaded the file ready for upload, where the link was refused before: the first rung is left out.
 */
export async function* candidatesOf(
  client: TelegramClient,
  media: MediaToPlace,
  downloaded?: Candidate,
): AsyncGenerator<Candidate | BareLink> {
  const { source } = media;
  if ("fileId" in source) {
    const { as } = BY_KIND[media.kind];
    yield { as, file: source.fileId };
    // It was a document, or a silent clip, when it was sent first.
    if (as !== "document") yield { as: "document", file: source.fileId };
    if (media.kind === "video") yield { as: "animation", file: source.fileId };
    return;
  }
  const link = linkOf(source);
  const as = likelyShownAs(media);
  const cover = downloaded === undefined ? await coverOf(client, media) : null;
  const covered = await coveredUploadOf(client, media, cover);
  if (covered !== null) yield covered;
  // By link Telegram takes only gif, pdf and zip as documents.
  if (link !== null && as !== "document" && downloaded === undefined) yield { as, file: link };
  const upload = downloaded ?? covered ?? (await uploadOf(client, media));
  if (isUpload(upload)) {
    const { thumbnail, ...plain } = upload;
    if (upload !== covered) yield upload;
    if (thumbnail !== undefined) yield plain;
    if (upload.as !== "document") yield { as: "document", file: upload.file };
  }
  if (link === null) return;
  const { previewUrl } = media;
  const why = isUpload(upload) ? REFUSED : upload;
  yield { as: "link", link, why, ...(previewUrl === undefined ? {} : { previewUrl }) };
}
