import { describe, expect, test } from "vitest";
import { mainParams } from "../../../lib/catalog/describe.ts";
import { buildInput } from "../../../lib/catalog/request.ts";
import { defaultValues } from "../../../lib/catalog/values.ts";
import { entryOf, paramOf } from "../../support/catalog-entry.ts";
import { uploadFor } from "../../support/catalog-values.ts";

const kling = entryOf("kling-3-0");
const suno = entryOf("suno-custom");
const noFiles = new Map<string, string>();
const url = "https://files.example/a.png";

describe("the request", () => {
  test("holds KIE's names and JSON types, defaults written out and blanks left out", () => {
    expect(buildInput(kling, { prompt: "море", duration: "10" }, noFiles)).toEqual({
      prompt: "море",
      duration: "10",
      mode: "pro",
      sound: false,
      aspect_ratio: "16:9",
      multi_shots: false,
    });
    expect(buildInput(entryOf("z-image"), { prompt: "кот", nothing: 1 }, noFiles)).toEqual({
      prompt: "кот",
      aspect_ratio: "1:1",
    });
  });
  test("keeps an array for one file of many, and a string where KIE wants one", () => {
    const frame = uploadFor(paramOf(kling, "image_urls"), "up");
    expect(buildInput(kling, { image_urls: [frame] }, new Map([["up", url]])).image_urls).toEqual([url]);
    const tool = entryOf("recraft-upscale");
    const photo = uploadFor(paramOf(tool, "image"), "up");
    expect(buildInput(tool, { image: [photo] }, new Map([["up", url]]))).toEqual({ image: url });
  });
  test("refuses to be built without the address of a file", () => {
    const frame = uploadFor(paramOf(kling, "image_urls"), "up");
    expect(() => buildInput(kling, { image_urls: [frame] }, noFiles)).toThrow("up has no address");
  });
  test("carries fixed values, and leaves out what does not belong to it now", () => {
    const values = { ...defaultValues(suno), style: "рок", title: "Море", lyrics: "Волна", vocal_gender: "f" };
    expect(buildInput(suno, values, noFiles)).toEqual({
      custom_mode: true,
      instrumental: false,
      model: "V6",
      duration: 120,
      variety: 1,
      style: "рок",
      title: "Море",
      lyrics: "Волна",
      vocal_gender: "f",
    });
    const instrumental = buildInput(suno, { ...values, instrumental: true }, noFiles);
    expect(instrumental).not.toHaveProperty("lyrics");
    expect(instrumental).not.toHaveProperty("vocal_gender");
    expect(buildInput(entryOf("suno-simple"), { prompt: "песня" }, noFiles)).toEqual({
      custom_mode: false,
      prompt: "песня",
      instrumental: false,
      model: "V6",
    });
  });
  test("sends shots instead of the prompt, each with its length as a number", () => {
    const input = buildInput(
      kling,
      { prompt: "старое", multi_shots: true, sound: true, multi_prompt: [{ prompt: "море" }] },
      noFiles,
    );
    expect(input.multi_prompt).toEqual([{ prompt: "море", duration: 5 }]);
    expect(input).not.toHaveProperty("prompt");
  });
});

describe("a receipt", () => {
  test("names what was chosen, in the user's language", () => {
    const values = { ...defaultValues(kling), prompt: "море", mode: "std", sound: true };
    expect(mainParams(kling, values, "ru")).toEqual(["5 с", "720p", "со звуком", "16:9"]);
    expect(mainParams(kling, values, "en")).toEqual(["5 s", "720p", "with sound", "16:9"]);
    const seedance = entryOf("seedance-2");
    expect(mainParams(seedance, defaultValues(seedance), "ru")).toEqual(["480p", "5\u00a0с", "16:9", "со звуком"]);
  });
  test("names what stands behind ⚙️ only when it was changed", () => {
    const speech = entryOf("elevenlabs-v2");
    expect(mainParams(speech, defaultValues(speech), "ru")).toEqual(["Голос 1", "скорость 1"]);
    const livelier = { ...defaultValues(speech), speed: 1.1, stability: 0.25 };
    expect(mainParams(speech, livelier, "ru")).toEqual(["Голос 1", "скорость 1,1", "стабильность 0,25"]);
  });
});
