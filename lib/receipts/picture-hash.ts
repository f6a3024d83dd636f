import type { GreyPicture } from "./grey.ts";

const SIDE = 8;
/** Rows and columns of nothing but ground around a receipt: a screenshot cropped a little keeps its hash. */
const CONTENT_CONTRAST = 48;
/** Brightness must differ by this much, so that noise on an even ground does not decide a bit. */
const STEP = 0.75;

/**
 * How a picture looks in 64 bits, as 16 hex digits: whether each of 8 × 8 fields is darker than the one to its right
 * (a difference hash). Margins are left out first. Another size, quality or format changes few bits.
 */
export function pictureHash(picture: GreyPicture): string {
  const frame = contentOf(picture);
  const fields = averages(picture, frame, SIDE + 1, SIDE);
  let bits = 0n;
  for (let row = 0; row < SIDE; row += 1) {
    for (let column = 0; column < SIDE; column += 1) {
      const here = fields[row * (SIDE + 1) + column] ?? 0;
      const right = fields[row * (SIDE + 1) + column + 1] ?? 0;
      bits = (bits << 1n) | (right - here > STEP ? 1n : 0n);
    }
  }
  return bits.toString(16).padStart(16, "0");
}

interface Frame {
  left: number;
  top: number;
  right: number;
  bottom: number;
}

/** The rectangle that holds everything that stands out from the ground; the whole picture when nothing does. */
function contentOf({ width, height, pixels }: GreyPicture): Frame {
  const ground = commonest(pixels);
  const frame = { left: width, top: height, right: 0, bottom: 0 };
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      if (Math.abs((pixels[y * width + x] ?? 0) - ground) < CONTENT_CONTRAST) continue;
      if (x < frame.left) frame.left = x;
      if (x >= frame.right) frame.right = x + 1;
      if (y < frame.top) frame.top = y;
      if (y >= frame.bottom) frame.bottom = y + 1;
    }
  }
  return frame.right > frame.left ? frame : { left: 0, top: 0, right: width, bottom: height };
}

function commonest(pixels: Uint8Array): number {
  const counts = new Uint32Array(256);
  for (const value of pixels) counts[value] = (counts[value] ?? 0) + 1;
  return counts.indexOf(Math.max(...counts));
}

function averages({ width, pixels }: GreyPicture, frame: Frame, columns: number, rows: number): number[] {
  const sums = new Array<number>(columns * rows).fill(0);
  const counts = new Array<number>(columns * rows).fill(0);
  const [frameWidth, frameHeight] = [frame.right - frame.left, frame.bottom - frame.top];
  for (let y = frame.top; y < frame.bottom; y += 1) {
    const row = Math.floor(((y - frame.top) * rows) / frameHeight);
    for (let x = frame.left; x < frame.right; x += 1) {
      const field = row * columns + Math.floor(((x - frame.left) * columns) / frameWidth);
      sums[field] = (sums[field] ?? 0) + (pixels[y * width + x] ?? 0);
      counts[field] = (counts[field] ?? 0) + 1;
    }
  }
  return sums.map((sum, field) => sum / Math.max(1, counts[field] ?? 1));
}
