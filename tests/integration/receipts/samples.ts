import { extractReading } from "../../../lib/receipts/extract.ts";
import { operationNumberOf } from "../../../lib/receipts/numbers.ts";
import { readPicture } from "../../../lib/receipts/read.ts";
import {
  type DrawnReceipt,
  drawReceipt,
  greyOfPng,
  type Layout,
  toPng,
  withJpegBlocks,
  withNoise,
} from "./pictures.ts";

/** A drawn receipt, and what has to be read from it. */
export interface Sample extends DrawnReceipt {
  layout: Layout;
  look: Look;
  kopecks: string;
  paidAt: string;
}

export const LOOKS = ["full", "half", "third", "dark", "noise", "jpeg"] as const;
export type Look = (typeof LOOKS)[number];

const SUMS = [
  ["1 500,37 ₽", "150037"],
  ["12 345,67 ₽", "1234567"],
  ["300.17 ₽", "30017"],
  ["250 ₽", "25000"],
  ["77,70 ₽", "7770"],
  ["999,99 руб.", "99999"],
  ["10 000,08 ₽", "1000008"],
  ["2 508,28 RUB", "250828"],
] as const;
const MOMENTS = [
  ["21 ноября 2026 14:05:12 (МСК)", "2026-11-21T14:05:12+03:00"],
  ["21.11.2026 14:05", "2026-11-21T14:05:00+03:00"],
  ["3 мая 2026 в 09:41", "2026-05-03T09:41:00+03:00"],
  ["01.02.2026, 23:59:58", "2026-02-01T23:59:58+03:00"],
] as const;
const NUMBERS = ["5012345678", "C421411260012345", "A6325110512345670B10010011700501", "1-23-456-789-012"] as const;
const LAYOUT_ORDER = ["columns", "rows", "hero", "ticket"] as const;

/** Every sum in every look, layouts, moments and numbers taking turns: 48. */
export function samples(): Sample[] {
  return LOOKS.flatMap((look, lookAt) =>
    SUMS.map(([sum, kopecks], at): Sample => {
      const [moment, paidAt] = MOMENTS[(at + lookAt) % 4] ?? MOMENTS[0];
      const layout = LAYOUT_ORDER[(at + Math.floor(at / 4) + lookAt) % 4] ?? "rows";
      const number = NUMBERS[(at + 3 * lookAt + Math.floor(at / 4)) % 4] ?? NUMBERS[0];
      return { sum, kopecks, moment, paidAt, number, layout, look };
    }),
  );
}

/** What an app's screenshot is wide in Telegram. */
const FULL_WIDTH = 720;

export async function drawSample(sample: Sample): Promise<Uint8Array> {
  const { look, layout } = sample;
  const width = look === "half" ? FULL_WIDTH / 2 : look === "third" ? FULL_WIDTH / 3 : FULL_WIDTH;
  const png = await drawReceipt(sample, { layout, width, dark: look === "dark" });
  if (look === "noise") return toPng(withNoise(greyOfPng(png), 45));
  return look === "jpeg" ? toPng(withJpegBlocks(greyOfPng(png), 14)) : png;
}

export interface Outcome {
  sample: Sample;
  /** `first`: the likeliest sum is right; `listed`: another one is. */
  sum: "first" | "listed" | "missed";
  moment: boolean;
  number: boolean;
  sums: readonly string[];
  text: string;
  pictureHash: string | null;
}

export async function readSample(sample: Sample): Promise<Outcome> {
  const { text, pictureHash } = await readPicture(await drawSample(sample), { signal: AbortSignal.timeout(60_000) });
  const { sums, paidAt, numbers } = extractReading(text);
  const sum = sums[0] === sample.kopecks ? "first" : sums.includes(sample.kopecks) ? "listed" : "missed";
  return {
    sample,
    sum,
    moment: paidAt === sample.paidAt,
    number: operationNumberOf(numbers) === operationNumberOf([sample.number]),
    sums,
    text,
    pictureHash,
  };
}
