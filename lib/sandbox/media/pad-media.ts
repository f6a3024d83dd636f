import { crc32 } from "node:zlib";

/**
 * The same PNG, MP4, MP3 or WAV grown to about `sizeBytes` with a part that players skip: a private chunk, a `free` box,
 * an ID3 tag, a `junk` chunk. Anything else, or a file that is large enough, comes back as it is.
 */
export function padMedia(bytes: Uint8Array, mime: string, sizeBytes: number): Uint8Array {
  const missing = sizeBytes - bytes.length;
  if (missing < 64) return bytes;
  if (mime === "image/png") return padPng(bytes, missing);
  if (mime === "video/mp4") return joined(bytes, mp4FreeBox(missing));
  if (mime === "audio/mpeg") return joined(id3Padding(missing), bytes);
  if (mime === "audio/wav") return padWav(bytes, missing);
  return bytes;
}

function padPng(bytes: Uint8Array, missing: number): Uint8Array {
  const chunk = Buffer.alloc(missing);
  chunk.writeUInt32BE(missing - 12, 0);
  // Lower case first and second letter: ancillary and private, so that a decoder steps over it.
  chunk.write("paDd", 4, "latin1");
  chunk.writeUInt32BE(crc32(chunk.subarray(4, missing - 4)), missing - 4);
  const endChunk = bytes.length - 12;
  return joined(bytes.subarray(0, endChunk), chunk, bytes.subarray(endChunk));
}

function mp4FreeBox(missing: number): Uint8Array {
  const box = Buffer.alloc(missing);
  box.writeUInt32BE(missing, 0);
  box.write("free", 4, "latin1");
  return box;
}

function id3Padding(missing: number): Uint8Array {
  const tag = Buffer.alloc(missing);
  tag.write("ID3\x04\x00\x00", 0, "latin1");
  // ID3 sizes use seven bits per byte.
  for (let place = 0; place < 4; place += 1) tag[6 + place] = ((missing - 10) >> (7 * (3 - place))) & 0x7f;
  return tag;
}

function padWav(bytes: Uint8Array, missing: number): Uint8Array {
  const even = missing - (missing % 2);
  const chunk = Buffer.alloc(even);
  chunk.write("junk", 0, "latin1");
  chunk.writeUInt32LE(even - 8, 4);
  const file = Buffer.concat([bytes, chunk]);
  file.writeUInt32LE(file.length - 8, 4);
  return file;
}

function joined(...parts: Uint8Array[]): Uint8Array {
  return Buffer.concat(parts);
}
