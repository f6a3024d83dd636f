export interface BlockPicture {
  /** Pixels. */
  width: number;
  height: number;
  /** The same seed gives the same picture. */
  seed: number;
}

/** DC: twelve sizes of four bits each. AC: the end of a block, one bit. */
const DC_TABLE = [0x00, 0, 0, 0, 12, ...Array<number>(12).fill(0), 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11];
const AC_TABLE = [0x10, 1, ...Array<number>(15).fill(0), 0x00];
const END_OF_BLOCK = "0";

const segment = (marker: number, content: readonly number[]): number[] => [
  ...[0xff, marker, (content.length + 2) >> 8, (content.length + 2) & 0xff],
  ...content,
];

/**
 * A baseline JPEG of coloured squares, 8 pixels each: of every block only the mean is coded, which makes 320 × 320 pixels
 * about 4 kB and needs no library.
 *
 * @see https://www.w3.org/Graphics/JPEG/itu-t81.pdf
 */
export function makeJpeg({ width, height, seed }: BlockPicture): Uint8Array {
  const frame = [8, height >> 8, height & 0xff, width >> 8, width & 0xff, 3, ...[1, 0x11, 0, 2, 0x11, 0, 3, 0x11, 0]];
  return Buffer.from([
    ...[0xff, 0xd8],
    ...segment(0xe0, [...Buffer.from("JFIF\0", "latin1"), 1, 1, 0, 0, 1, 0, 1, 0, 0]),
    // Eight is what makes a coded mean a plain level.
    ...segment(0xdb, [0, ...Array<number>(64).fill(8)]),
    ...segment(0xc0, frame),
    ...segment(0xc4, [...DC_TABLE, ...AC_TABLE]),
    ...segment(0xda, [3, 1, 0, 2, 0, 3, 0, 0, 63, 0]),
    ...stuffed(blocksOf({ width, height, seed })),
    ...[0xff, 0xd9],
  ]);
}

/** Luma falls from the top, the two chromas are the seed's. */
function blocksOf({ width, height, seed }: BlockPicture): string {
  const [columns, rows] = [Math.ceil(width / 8), Math.ceil(height / 8)];
  const levels = [0, (seed % 160) - 80, (Math.trunc(seed / 160) % 160) - 80];
  let last = [0, 0, 0];
  let bits = "";
  for (let block = 0; block < columns * rows; block += 1) {
    const shade = Math.round(60 - (120 * block) / (columns * rows)) + ((block * 7 + seed) % 3) * 4;
    const next = [shade, ...levels.slice(1)];
    bits += next.map((level, index) => `${difference(level - (last[index] ?? 0))}${END_OF_BLOCK}`).join("");
    last = next;
  }
  return bits;
}

/** Its size in bits, then the bits; a negative one is the complement. */
function difference(value: number): string {
  if (value === 0) return "0000";
  const size = Math.abs(value).toString(2).length;
  const coded = value > 0 ? value : value + 2 ** size - 1;
  return size.toString(2).padStart(4, "0") + coded.toString(2).padStart(size, "0");
}

/** Bits as bytes, filled up with ones; after FF follows 00, so that it is no marker. */
function stuffed(bits: string): number[] {
  const whole = bits.padEnd(Math.ceil(bits.length / 8) * 8, "1");
  return (whole.match(/.{8}/g) ?? []).flatMap((byte) => {
    const value = Number.parseInt(byte, 2);
    return value === 0xff ? [0xff, 0x00] : [value];
  });
}
