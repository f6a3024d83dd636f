import { disableTypes, imageSize } from "image-size";
import type { MediaFacts } from "../shared/media.ts";

/** Formats nobody sends as a picture; less code for hostile bytes to reach. */
disableTypes(["svg", "icns", "ico", "cur", "dds", "ktx", "psd", "pnm", "tga", "j2c", "jp2", "jxl", "jxl-stream"]);

/** image-size's names → KIE's names. heic, heif and avif are recognised so that the refusal can name them. */
const FORMATS: Readonly<Record<string, { format: string; mime: string }>> = {
  jpg: { format: "jpeg", mime: "image/jpeg" },
  png: { format: "png", mime: "image/png" },
  webp: { format: "webp", mime: "image/webp" },
  gif: { format: "gif", mime: "image/gif" },
  bmp: { format: "bmp", mime: "image/bmp" },
  tiff: { format: "tiff", mime: "image/tiff" },
  heic: { format: "heic", mime: "image/heic" },
  heif: { format: "heif", mime: "image/heif" },
  avif: { format: "avif", mime: "image/avif" },
};

/** A picture's facts from its header, or null when it is none. Sides as stored: an EXIF rotation is not applied. */
export function probePicture(bytes: Uint8Array): MediaFacts | null {
  try {
    const { width, height, type } = imageSize(bytes);
    const known = FORMATS[type ?? ""];
    if (known === undefined || !(width > 0) || !(height > 0)) return null;
    return { kind: "image", ...known, sizeBytes: bytes.byteLength, width, height };
  } catch {
    return null;
  }
}
