import { inflateSync } from "node:zlib";

/** A picture as brightness, row by row, one byte per pixel: 0 black, 255 white. */
export interface GreyPicture {
  width: number;
  height: number;
  pixels: Uint8Array;
}

const SIGNATURE_BYTES = 8;
/** Length, name and checksum of a chunk. */
const CHUNK_FRAME_BYTES = 12;

/**
 * Decodes the one kind of PNG that the text reader writes when it is asked for the picture as it sees it: 8 bits of grey,
 * not interlaced. So no decoder of every picture format has to be installed, and what is compared is what was read.
 *
 * @throws RangeError for any other PNG.
 * @see https://www.w3.org/TR/png-3/
 */
export function decodeGreyPng(bytes: Uint8Array): GreyPicture {
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const parts: Uint8Array[] = [];
  let width = 0;
  let height = 0;
  for (let at = SIGNATURE_BYTES; at + CHUNK_FRAME_BYTES <= view.length; ) {
    const length = view.readUInt32BE(at);
    const name = view.toString("latin1", at + 4, at + 8);
    const body = view.subarray(at + 8, at + 8 + length);
    if (name === "IHDR") {
      const [bits, colour, , , interlaced] = body.subarray(8);
      if (bits !== 8 || colour !== 0 || interlaced !== 0) throw new RangeError("not a grey PNG of 8 bits");
      width = body.readUInt32BE(0);
      height = body.readUInt32BE(4);
    }
    if (name === "IDAT") parts.push(body);
    at += length + CHUNK_FRAME_BYTES;
  }
  const rows = inflateSync(Buffer.concat(parts), { maxOutputLength: (width + 1) * height + 1 });
  if (width === 0 || rows.length !== (width + 1) * height) throw new RangeError("a broken PNG");
  return { width, height, pixels: unfilter(rows, width, height) };
}

/** Every row begins with the number of the filter that it was written with. */
function unfilter(rows: Uint8Array, width: number, height: number): Uint8Array {
  const pixels = new Uint8Array(width * height);
  for (let y = 0; y < height; y += 1) {
    const filter = rows[y * (width + 1)] ?? 0;
    for (let x = 0; x < width; x += 1) {
      const at = y * width + x;
      const left = x === 0 ? 0 : (pixels[at - 1] ?? 0);
      const above = y === 0 ? 0 : (pixels[at - width] ?? 0);
      const corner = x === 0 || y === 0 ? 0 : (pixels[at - width - 1] ?? 0);
      pixels[at] = (rows[y * (width + 1) + 1 + x] ?? 0) + predicted(filter, left, above, corner);
    }
  }
  return pixels;
}

function predicted(filter: number, left: number, above: number, corner: number): number {
  switch (filter) {
    case 0:
      return 0;
    case 1:
      return left;
    case 2:
      return above;
    case 3:
      return (left + above) >> 1;
    case 4: {
      const estimate = left + above - corner;
      const [toLeft, toAbove, toCorner] = [left, above, corner].map((value) => Math.abs(estimate - value));
      if (toLeft === undefined || toAbove === undefined || toCorner === undefined) return 0;
      if (toLeft <= toAbove && toLeft <= toCorner) return left;
      return toAbove <= toCorner ? above : corner;
    }
    default:
      throw new RangeError("a broken PNG");
  }
}

/** Dark letters on a light ground are what the reader was trained on; small ones gain most from being drawn larger. */
const READABLE_WIDTH = 1_400;
const MAX_SCALE = 3;
const DARK_BELOW = 110;

/**
 * The picture as it is read best: light ground, at least 1,400 pixels wide (enlarged at most three times), as a PGM file.
 */
export function toReadable(picture: GreyPicture): Uint8Array {
  const scale = Math.min(MAX_SCALE, Math.max(1, READABLE_WIDTH / picture.width));
  const { width, height, pixels } = scale === 1 ? picture : enlarge(picture, scale);
  const header = Buffer.from(`P5\n${width} ${height}\n255\n`, "latin1");
  const file = new Uint8Array(header.length + pixels.length);
  file.set(header);
  file.set(isDark(picture) ? pixels.map((value) => 255 - value) : pixels, header.length);
  return file;
}

function isDark({ pixels }: GreyPicture): boolean {
  let sum = 0;
  for (const value of pixels) sum += value;
  return sum < DARK_BELOW * pixels.length;
}

function enlarge({ width, height, pixels }: GreyPicture, scale: number): GreyPicture {
  const to = { width: Math.round(width * scale), height: Math.round(height * scale) };
  const result = new Uint8Array(to.width * to.height);
  const columns = Array.from({ length: to.width }, (_, x) => sample(x, scale, width));
  for (let y = 0; y < to.height; y += 1) {
    const row = sample(y, scale, height);
    for (let x = 0; x < to.width; x += 1) {
      const column = columns[x] ?? row;
      const top = mix(pixels, row.low * width, column);
      const bottom = mix(pixels, row.high * width, column);
      result[y * to.width + x] = Math.round(top + (bottom - top) * row.part);
    }
  }
  return { ...to, pixels: result };
}

/** The two source pixels between which a target pixel lies. */
function sample(at: number, scale: number, size: number): { low: number; high: number; part: number } {
  const place = Math.min(size - 1, Math.max(0, (at + 0.5) / scale - 0.5));
  const low = Math.floor(place);
  return { low, high: Math.min(size - 1, low + 1), part: place - low };
}

function mix(
  pixels: Uint8Array,
  row: number,
  { low, high, part }: { low: number; high: number; part: number },
): number {
  const from = pixels[row + low] ?? 0;
  return from + ((pixels[row + high] ?? 0) - from) * part;
}
