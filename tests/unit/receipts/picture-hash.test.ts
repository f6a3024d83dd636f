import { expect, test } from "vitest";
import { NEAR_BITS } from "../../../lib/db/receipts.ts";
import { decodeGreyPng, type GreyPicture, toReadable } from "../../../lib/receipts/grey.ts";
import { pictureHash } from "../../../lib/receipts/picture-hash.ts";
import {
  cropped,
  type DrawnReceipt,
  drawReceipt,
  greyOfPng,
  LAYOUTS,
  type Layout,
  toPng,
  withJpegBlocks,
  withNoise,
} from "../../integration/receipts/pictures.ts";

const RECEIPT: DrawnReceipt = { sum: "1 500,37 ₽", moment: "21 ноября 2026 14:05:12 (МСК)", number: "5012345678" };
const draw = async (receipt: DrawnReceipt, width = 400, layout: Layout = LAYOUTS[0]): Promise<GreyPicture> =>
  greyOfPng(await drawReceipt(receipt, { layout, width }));

/** In how many bits two hashes differ: what the database counts. */
const hammingDistance = (a: string, b: string): number =>
  (BigInt(`0x${a}`) ^ BigInt(`0x${b}`)).toString(2).replaceAll("0", "").length;

test.each(LAYOUTS)(
  "F3: %s: re-encoded, resized, cropped, or with one digit changed it looks the same",
  async (layout) => {
    const original = await draw(RECEIPT, 400, layout);
    const hash = pictureHash(original);
    const near = {
      "re-encoded": withJpegBlocks(original, 14),
      noisy: withNoise(original, 20),
      smaller: await draw(RECEIPT, 300, layout),
      cropped: cropped(original, 7),
      edited: await draw({ ...RECEIPT, sum: "7 500,37 ₽" }, 400, layout),
    };
    for (const [change, picture] of Object.entries(near)) {
      expect(hammingDistance(hash, pictureHash(picture)), change).toBeLessThanOrEqual(NEAR_BITS);
    }
  },
);

test("F3: receipts of different layouts look different", async () => {
  const hashes = await Promise.all(LAYOUTS.map(async (layout) => pictureHash(await draw(RECEIPT, 400, layout))));
  for (const [at, hash] of hashes.entries()) {
    for (const other of hashes.slice(at + 1)) expect(hammingDistance(hash, other)).toBeGreaterThan(NEAR_BITS);
  }
});

test("an even picture has a hash, too", () => {
  expect(pictureHash({ width: 90, height: 80, pixels: new Uint8Array(7_200).fill(200) })).toBe("0000000000000000");
});

test("a grey PNG is decoded to the very pixels, any other is refused", () => {
  const pixels = Uint8Array.from({ length: 35 }, (_, at) => (at * 37) % 256);
  expect(decodeGreyPng(toPng({ width: 7, height: 5, pixels }))).toEqual({ width: 7, height: 5, pixels });
  const coloured = Buffer.from(toPng({ width: 7, height: 5, pixels }));
  coloured[25] = 2;
  expect(() => decodeGreyPng(coloured)).toThrow("not a grey PNG");
  expect(() => decodeGreyPng(new Uint8Array(20))).toThrow();
});

test("what is small is enlarged, what is dark is turned light", () => {
  const dark = { width: 100, height: 50, pixels: new Uint8Array(5_000).fill(20) };
  const file = Buffer.from(toReadable(dark));
  expect(file.toString("latin1", 0, 15)).toBe("P5\n300 150\n255\n");
  expect(file.length).toBe(15 + 300 * 150);
  expect(new Set(file.subarray(15))).toEqual(new Set([235]));
  const large = { width: 1_500, height: 1, pixels: new Uint8Array(1_500).fill(250) };
  expect(Buffer.from(toReadable(large)).toString("latin1", 0, 15)).toBe("P5\n1500 1\n255\n\xfa");
});
