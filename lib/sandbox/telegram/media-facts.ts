/** What can be told about a file from its bytes: format and, of pictures, the size in pixels. */
import { type SniffedMedia, sniffMedia } from "../media/sniff-media.ts";

type Facts = Omit<SniffedMedia, "kind">;

export function factsOf(bytes: Uint8Array): Facts | undefined {
  if (Buffer.from(bytes.subarray(0, 4)).toString("latin1") === "PK\x03\x04") {
    return { format: "zip", mime: "application/zip" };
  }
  return sniffMedia(bytes);
}

/** Pixels of a PNG, GIF, JPEG, WebP or BMP; `undefined` when the header is not one of these or is damaged. */
export function pixelsOf(bytes: Uint8Array): { width: number; height: number } | undefined {
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  try {
    switch (factsOf(bytes)?.format) {
      case "png":
        return { width: view.readUInt32BE(16), height: view.readUInt32BE(20) };
      case "gif":
        return { width: view.readUInt16LE(6), height: view.readUInt16LE(8) };
      case "bmp":
        return { width: view.readInt32LE(18), height: Math.abs(view.readInt32LE(22)) };
      case "jpeg":
        return jpegPixels(view);
      case "webp":
        return webpPixels(view);
      default:
        return undefined;
    }
  } catch {
    // A truncated header: reading ran off the end.
    return undefined;
  }
}

function jpegPixels(view: Buffer): { width: number; height: number } | undefined {
  let position = 2;
  while (position < view.length) {
    if (view.readUInt8(position) !== 0xff) return undefined;
    const marker = view.readUInt8(position + 1);
    // Frame headers are C0–CF without the tables C4, C8 and CC.
    if (marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker)) {
      return { height: view.readUInt16BE(position + 5), width: view.readUInt16BE(position + 7) };
    }
    position += 2 + view.readUInt16BE(position + 2);
  }
  return undefined;
}

function webpPixels(view: Buffer): { width: number; height: number } | undefined {
  switch (view.toString("latin1", 12, 16)) {
    case "VP8 ":
      return { width: view.readUInt16LE(26) & 0x3fff, height: view.readUInt16LE(28) & 0x3fff };
    case "VP8L": {
      const bits = view.readUInt32LE(21);
      return { width: (bits & 0x3fff) + 1, height: ((bits >> 14) & 0x3fff) + 1 };
    }
    case "VP8X":
      return { width: view.readUIntLE(24, 3) + 1, height: view.readUIntLE(27, 3) + 1 };
    default:
      return undefined;
  }
}
