import type { MediaKind } from "../../shared/media.ts";

export interface SniffedMedia {
  kind: MediaKind | "document";
  /** Lower case: png, jpeg, webp, gif, bmp, tiff, mp4, mov, webm, mkv, mp3, wav, ogg, aac, m4a, flac, wma, pdf. */
  format: string;
  mime: string;
}

const media = (kind: SniffedMedia["kind"], format: string, mime = `${kind}/${format}`): SniffedMedia => ({
  kind,
  format,
  mime,
});

/** What the first bytes say a file is; `undefined` when no known format begins like that. */
export function sniffMedia(bytes: Uint8Array): SniffedMedia | undefined {
  const head = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, 64));
  const text = (from: number, to: number) => head.toString("latin1", from, to);
  if (text(0, 4) === "\x89PNG") return media("image", "png");
  if (text(0, 3) === "\xff\xd8\xff") return media("image", "jpeg");
  if (text(0, 4) === "GIF8") return media("image", "gif");
  if (text(0, 2) === "BM") return media("image", "bmp");
  if (text(0, 4) === "II*\0" || text(0, 4) === "MM\0*") return media("image", "tiff");
  if (text(0, 4) === "RIFF" && text(8, 12) === "WEBP") return media("image", "webp");
  if (text(0, 4) === "RIFF" && text(8, 12) === "WAVE") return media("audio", "wav");
  if (text(4, 8) === "ftyp") return isoMedia(text(8, 12));
  if (text(0, 4) === "\x1a\x45\xdf\xa3") {
    return text(0, 64).includes("webm") ? media("video", "webm") : media("video", "mkv", "video/x-matroska");
  }
  if (text(0, 4) === "OggS") return media("audio", "ogg");
  if (text(0, 4) === "fLaC") return media("audio", "flac");
  if (text(0, 4) === "\x30\x26\xb2\x75") return media("audio", "wma", "audio/x-ms-wma");
  if (text(0, 5) === "%PDF-") return media("document", "pdf", "application/pdf");
  if (text(0, 3) === "ID3") return media("audio", "mp3", "audio/mpeg");
  const [first = 0, second = 0] = head;
  if (first === 0xff && (second & 0xf6) === 0xf0) return media("audio", "aac");
  if (first === 0xff && (second & 0xe0) === 0xe0) return media("audio", "mp3", "audio/mpeg");
  return undefined;
}

function isoMedia(brand: string): SniffedMedia {
  if (brand === "qt  ") return media("video", "mov", "video/quicktime");
  if (brand === "M4A " || brand === "M4B ") return media("audio", "m4a", "audio/mp4");
  return media("video", "mp4");
}
