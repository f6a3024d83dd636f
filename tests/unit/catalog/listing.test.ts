import { expect, test } from "vitest";
import { describeEntry, listedEntry, listLine, shownEntry } from "../../../lib/catalog/listing.ts";
import { fieldParams } from "../../../lib/catalog/request-values.ts";
import { catalog } from "../../support/catalog-entry.ts";

const pricing = { creditToRub: "0.39295", multiplier: "2" };
const found = (key: string) => {
  const entry = catalog.entry(key);
  if (!entry) throw new Error(`no entry ${key}`);
  return entry;
};

test("every entry can be listed and shown, sold or not", () => {
  for (const key of catalog.entryKeys()) {
    const { entry } = found(key);
    const page = describeEntry(found(key), pricing);
    expect(page).toContain(entry.route.id);
    for (const param of fieldParams(entry)) expect(page).toContain(`  ${param.name}`);
    for (const rule of entry.rules) expect(page).toContain(rule.say.en);
    expect(listLine(found(key), pricing).split("\t")).toHaveLength(entry.offer === "card" ? 5 : 6);
    expect(page + listLine(found(key), pricing)).not.toMatch(/undefined|NaN|\[object/);
  }
});

test("a program gets names, limits and kopecks", () => {
  const listed = listedEntry(found("topaz-image-upscale"), pricing);
  expect(listed).toMatchObject({ id: "topaz/image-upscale", api: "market", offer: "card", fromKopecks: 786 });
  expect(listed.parameters.map(({ name, required }) => [name, required])).toEqual([
    ["image_url", true],
    ["upscale_factor", true],
  ]);
  expect(listed.prices.map(({ kopecks, onTop }) => [kopecks, onTop])).toEqual([
    [786, false],
    [1572, false],
  ]);
  expect(shownEntry(found("topaz-image-upscale"), pricing).entry.rules).toHaveLength(1);
});

test("rows on top, defaults, conditions and units are told to people", () => {
  const speech = describeEntry(found("gemini-3-8-tts"), pricing);
  expect(speech).toContain("70 credits = 55.01 ₽ per 1M tokens");
  expect(speech).toContain("plus 1260 credits = 990.23 ₽ per 1M tokens");
  expect(speech).toContain("(counted by tokens dialogue_turns; measured)");
  const kling = describeEntry(found("kling-3-0"), pricing);
  expect(kling).toContain('mode*: one of "std", "pro", "4K", default "pro"');
  expect(kling).toContain("14 credits = 11.00 ₽ per second when mode = std, sound = false");
  expect(kling).toContain("only when multi_shots = true");
});
