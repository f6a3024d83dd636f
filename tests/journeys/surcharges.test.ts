import { afterAll, beforeAll, expect, test } from "vitest";
import type { Surcharges } from "../../lib/catalog/surcharges.ts";
import { create, kopecksOfCredits, kopecksOn, openCard, withSpaces } from "../support/buying.ts";
import { photo } from "../support/files.ts";
import { sharedWorld } from "../support/shared-world.ts";

const world = sharedWorld();

const PICTURE_STEP = 100n;
let shipped: Surcharges;
beforeAll(() => {
  shipped = world.app.surcharges;
  const standard = { standard: "1K", kopecksPerStep: Number(PICTURE_STEP) };
  world.app.surcharges = { ...shipped, resolution: { ...shipped.resolution, image: standard } };
});
afterAll(() => {
  world.app.surcharges = shipped;
});

test("E3: a surcharge stands in the price of the option, on ✅, in the hold and in the charge", async () => {
  const anna = world.person(5601);
  await anna.says("/start");
  await openCard(anna, "nano-banana-2");
  await anna.says("маяк");
  const plain = kopecksOn(anna.button("show_price_confirmation").text);
  expect(plain).toBe(kopecksOfCredits(8));
  await anna.taps("param_input:resolution");
  await anna.taps("2K");
  const dearer = kopecksOfCredits(12) + PICTURE_STEP;
  expect(kopecksOn(anna.button("show_price_confirmation").text)).toBe(dearer);
  await create(anna);
  expect(await anna.wallet()).toMatchObject({ held: dearer });
  await world.advance(40);
  expect(withSpaces(anna.readsAll())).toContain(`списано ${withSpaces(roubles(dearer))}`);
  expect(await anna.wallet()).toMatchObject({ held: 0n });
});

test("E3: what KIE bills by the result is charged with the surcharge, never above what was held", async () => {
  const anna = world.person(5602);
  await anna.says("/start");
  await anna.credited(100_000);
  await openCard(anna, "seedream-layers-pro");
  await anna.sendsFile(await photo("маяк"));
  await anna.taps("param_input:size");
  await anna.taps("2K");
  const atMost = kopecksOfCredits(238) + PICTURE_STEP;
  expect(kopecksOn(anna.button("show_price_confirmation").text)).toBe(atMost);
  await create(anna);
  const billed = world.kie.tasks().at(-1)?.creditsConsumed ?? -1;
  await world.advance(40);
  const charged = kopecksOfCredits(billed) + PICTURE_STEP;
  expect(charged).toBeLessThan(atMost);
  expect(withSpaces(anna.readsAll())).toContain(`списано ${withSpaces(roubles(charged))}`);
});

const roubles = (kopecks: bigint) => `${kopecks / 100n},${String(kopecks % 100n).padStart(2, "0")} ₽`;
