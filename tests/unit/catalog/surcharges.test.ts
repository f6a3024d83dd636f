import { describe, expect, test } from "vitest";
import { cheapestKopecks } from "../../../lib/catalog/combinations.ts";
import { effectiveValues } from "../../../lib/catalog/conditions.ts";
import { readSurcharges } from "../../../lib/catalog/load.ts";
import { isSold } from "../../../lib/catalog/offers.ts";
import type { ParamValues } from "../../../lib/catalog/param-values.ts";
import { optionPrices, type Pricing, quote } from "../../../lib/catalog/quote.ts";
import { type Surcharges, surchargeKopecks, surchargesSchema } from "../../../lib/catalog/surcharges.ts";
import { defaultValues } from "../../../lib/catalog/values.ts";
import { catalog, entryOf, makeEntry, makeParam, paramOf } from "../../support/catalog-entry.ts";
import { uploadFor } from "../../support/catalog-values.ts";

const surcharges: Surcharges = {
  resolution: {
    image: { standard: "1K", kopecksPerStep: 100 },
    video: { standard: "720p", kopecksPerStep: 300 },
  },
  duration: {
    video: { freeSeconds: 5, kopecksPerSecond: 50 },
    audio: { freeSeconds: 60, kopecksPerSecond: 10 },
  },
  count: { kopecksPerOutput: 200 },
  watermarkRemoval: { kopecks: 500 },
};
const plain: Pricing = { creditToRub: "0.39295", multiplier: "2" };
const pricing: Pricing = { ...plain, surcharges };
const shipped = readSurcharges(new URL("../../../catalog/", import.meta.url));

const audio = (key: string, seconds: number) => ({
  audio_url: [uploadFor(paramOf(entryOf(key), "audio_url"), "audio", seconds)],
});

// 0.39295 × 2 = 0.7859 ₽, 78.59 kopecks a credit. Above 720p: 768P 1, 1080p 2, 1440p and 2K 3, 4K 4 steps.
const TABLE: [key: string, values: ParamValues, credits: string, kopecks: bigint][] = [
  // 62.872 → 63.
  ["z-image", {}, "0.8", 63n],
  // 628.72 → 629; the standard itself is free.
  ["nano-banana-2", { resolution: "1K" }, "8", 629n],
  // 943.08 → 943, one step 100.
  ["nano-banana-2", { resolution: "2K" }, "12", 1043n],
  // 1414.62 → 1415, two steps 200.
  ["nano-banana-2", { resolution: "4K" }, "18", 1615n],
  // 1178.85 → 1179, two steps 200, two more pictures 400.
  ["seedream-4", { image_resolution: "4K", max_images: 3 }, "15", 1779n],
  // 1508.928 → 1509, one step 100, three more pictures 600, no mark 500.
  ["wan-2-7-image", { resolution: "2K", n: 4, watermark: false }, "19.2", 2709n],
  // 377.232 → 377; with a mark.
  ["wan-2-7-image", { resolution: "1K", n: 1, watermark: true }, "4.8", 377n],
  // 1728.98 → 1729; this quality is no resolution.
  ["gpt-image-1-5", { quality: "high" }, "22", 1729n],
  // 4243.86 → 4244, two more pictures 400.
  ["ideogram-character", { num_images: "3" }, "54", 4644n],
  // 18704.42 → 18704, one step 100; its layers are not ordered one by one.
  ["seedream-layers-pro", { size: "2K" }, "238", 18804n],
  // 5501.3 → 5501; five seconds are free, "std" is no resolution.
  ["kling-3-0", { mode: "std", duration: "5" }, "70", 5501n],
  // 52655.3 → 52655, four steps 1200, five seconds 250.
  ["kling-3-0", { mode: "4K", duration: "10", sound: true }, "670", 54105n],
  // 5972.84 → 5973; below the standard and shorter than free takes nothing off.
  ["seedance-2", { resolution: "480p", duration: 4 }, "76", 5973n],
  // 15089.28 → 15089, two steps 600, one second 50; "1080P" is "1080p".
  ["wan-3-0", { resolution: "1080P", duration: 6 }, "192", 15739n],
  // 2357.7 → 2358, one step 300, one second 50.
  ["hailuo-2-3", { resolution: "768P", duration: "6" }, "30", 2708n],
  // 5108.35 → 5108, three steps 900.
  ["minimax-h3-text", { resolution: "2K", duration: 5 }, "65", 6008n],
  // 2357.7 → 2358, five seconds 250, no mark 500.
  ["runway", { quality: "720p", duration: 10 }, "30", 3108n],
  // 2357.7 → 2358, two steps 600; with a mark.
  ["runway", { quality: "1080p", duration: 5, watermark: "studio" }, "30", 2958n],
  // 14146.2 → 14146, four steps 1200, three seconds 150, no mark 500.
  ["veo-tiers-fast", { resolution: "4k", duration: 8 }, "180", 15996n],
  // 16975.44 → 16975, two steps 600 ("1080"), eight started seconds of the recording 150.
  ["omnihuman-1-5", { output_resolution: "1080", ...audio("omnihuman-1-5", 7.2) }, "216", 17725n],
  // 943.08 → 943, thirty seconds 300; the second song of every job is no order of two.
  ["suno-simple", { duration: 90 }, "12", 1243n],
];

describe("a price with surcharges", () => {
  test.each(TABLE)("of %s with %o", (key, values, credits, kopecks) => {
    const entry = entryOf(key);
    expect(quote(entry, { ...defaultValues(entry), ...values }, pricing)).toMatchObject({
      ok: true,
      value: { credits, kopecks },
    });
  });
  test("stands beside the options that it makes dearer", () => {
    const kling = entryOf("kling-3-0-turbo-text");
    const values = defaultValues(kling);
    const param = paramOf(kling, "resolution");
    const before = optionPrices(kling, { ...values, duration: "5" }, param, plain) ?? [];
    const after = optionPrices(kling, { ...values, duration: "5" }, param, pricing) ?? [];
    expect(after.map((price, index) => (price ?? 0n) - (before[index] ?? 0n))).toEqual([0n, 600n]);
  });
  test("appears beside options that cost the same credits", () => {
    const wan = entryOf("wan-2-7-image");
    const values = { ...defaultValues(wan), n: 1 };
    const param = paramOf(wan, "resolution");
    expect(optionPrices(wan, values, param, plain)).toBeNull();
    // 377, no mark 500; 2K is one step, 4K two.
    expect(optionPrices(wan, values, param, pricing)).toEqual([877n, 977n, 1077n]);
  });
  test("is in the price of the cheapest order", () => {
    const wan = entryOf("wan-2-7-image");
    // One picture, 377; 2K (the default, of the same credits) 100, no mark 500.
    expect([cheapestKopecks(wan, plain), cheapestKopecks(wan, pricing)]).toEqual([377n, 977n]);
  });
});

test("what is no length, number or file yet costs nothing extra", () => {
  const entry = makeEntry(
    [makeParam({ name: "duration", kind: "choice", options: [{ value: "auto" }, { value: -1 }] })],
    { output: "video" },
  );
  for (const duration of ["auto", -1]) expect(surchargeKopecks(entry, { duration }, surcharges)).toBe(0n);
  const avatar = entryOf("kling-ai-avatar");
  expect(surchargeKopecks(avatar, effectiveValues(avatar, {}), surcharges)).toBe(0n);
});

test("a standard that names no resolution, a negative sum and a part of a kopeck are refused", () => {
  const wrong = [
    { ...surcharges, resolution: { ...surcharges.resolution, image: { standard: "huge", kopecksPerStep: 1 } } },
    { ...surcharges, count: { kopecksPerOutput: -1 } },
    { ...surcharges, watermarkRemoval: { kopecks: 0.5 } },
  ];
  expect(surchargesSchema.safeParse(surcharges).success).toBe(true);
  for (const each of wrong) expect(surchargesSchema.safeParse(each).success).toBe(false);
});

test("the shipped surcharges are zero and change the price of no sold entry", () => {
  const { resolution, duration, count, watermarkRemoval } = shipped;
  const sums = [
    ...Object.values(resolution).map((each) => each.kopecksPerStep),
    ...Object.values(duration).map((each) => each.kopecksPerSecond),
    count.kopecksPerOutput,
    watermarkRemoval.kopecks,
  ];
  expect(sums).toEqual([0, 0, 0, 0, 0, 0]);
  const sold = catalog.entryKeys().flatMap((key) => [entryOf(key)].filter(isSold));
  expect(sold.length).toBeGreaterThan(100);
  for (const entry of sold) {
    const values = defaultValues(entry);
    expect(quote(entry, values, { ...plain, surcharges: shipped }), entry.key).toEqual(quote(entry, values, plain));
  }
});
