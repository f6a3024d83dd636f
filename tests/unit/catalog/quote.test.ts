import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Entry } from "../../../lib/catalog/entry.ts";
import type { ParamValues } from "../../../lib/catalog/param-values.ts";
import { creditsToKopecks, optionPrices, quote } from "../../../lib/catalog/quote.ts";
import { defaultValues } from "../../../lib/catalog/values.ts";
import { entryOf, makeEntry, makeParam, paramOf } from "../../support/catalog-entry.ts";
import { uploadFor } from "../../support/catalog-values.ts";

const pricing = { creditToRub: "0.39295", multiplier: "2" };
const kling = entryOf("kling-3-0");
const seedance = entryOf("seedance-2");
const avatar = entryOf("kling-ai-avatar");

function priced(entry: Entry, values: ParamValues) {
  const quoted = quote(entry, { ...defaultValues(entry), ...values }, pricing);
  if (!quoted.ok) throw new Error(quoted.problem.code);
  return quoted.value;
}

describe("credits to kopecks", () => {
  test.each([
    ["0.2", 16n],
    ["0.24", 19n],
    ["0.4", 31n],
    ["0.5", 39n],
    ["0.8", 63n],
    ["1.0", 79n],
    [0.8, 63n],
    ["0", 0n],
  ])("%s credits cost %s kopecks at the golden rate", (credits, kopecks) => {
    expect(creditsToKopecks(credits, pricing)).toBe(kopecks);
  });
  test("exactly half a kopeck goes up, a hair less goes down", () => {
    const unit = { creditToRub: "1", multiplier: "1" };
    expect(creditsToKopecks("0.005", unit)).toBe(1n);
    expect(creditsToKopecks("0.0049999999999999999999", unit)).toBe(0n);
    // 1.005 is 1.00499… as a float; 100 kopecks would be the float's answer.
    expect(creditsToKopecks(1.005, unit)).toBe(101n);
  });
  test("rounding happens once, on the whole sum", () => {
    // Ten times 0.24 credits is 1.886 roubles; ten rounded ones would be 1.90.
    expect(creditsToKopecks("2.4", pricing)).toBe(189n);
  });
  test("agrees with whole-number arithmetic for any three decimals", () => {
    const part = fc.nat({ max: 999_999 });
    fc.assert(
      fc.property(part, part, part, (credits, rate, multiplier) => {
        const thousandths = (value: number) => `${Math.floor(value / 1000)}.${String(value % 1000).padStart(3, "0")}`;
        const exact = BigInt(credits) * BigInt(rate) * BigInt(multiplier);
        const kopecks = (2n * exact + 10_000_000n) / 20_000_000n;
        const table = { creditToRub: thousandths(rate), multiplier: thousandths(multiplier) };
        expect(creditsToKopecks(thousandths(credits), table)).toBe(kopecks);
      }),
    );
  });
  test("what is no plain decimal throws", () => {
    for (const bad of ["", "-1", "1e3", "0,5", "NaN", ".5", 1e-7, Number.NaN]) {
      expect(() => creditsToKopecks(bad, pricing), String(bad)).toThrow(RangeError);
    }
  });
});

describe("quote", () => {
  test("of a picture needs no prompt", () => {
    const expected = { credits: "0.8", kopecks: 63n, units: 1, outputs: 1, upTo: false };
    expect(priced(entryOf("z-image"), {})).toEqual(expected);
  });
  test("of a video counts seconds of the chosen quality and sound", () => {
    expect(priced(kling, { mode: "std", duration: "5" })).toMatchObject({ credits: "70", kopecks: 5501n, units: 5 });
    expect(priced(kling, { mode: "pro", duration: "15", sound: true }).credits).toBe("405");
    expect(priced(kling, { mode: "4K", duration: "3", sound: true }).credits).toBe("201");
  });
  test("of a talking photo counts started seconds of the audio, and needs it", () => {
    const audio = (seconds: number) => ({ audio_url: [uploadFor(paramOf(avatar, "audio_url"), "a", seconds)] });
    expect(priced(avatar, audio(7.01))).toMatchObject({ credits: "64", units: 8 });
    expect(priced(avatar, audio(7)).credits).toBe("56");
    expect(quote(avatar, {}, pricing)).toEqual({ ok: false, problem: { code: "missing", param: "audio_url" } });
    expect(quote(avatar, audio(60), pricing)).toMatchObject({ ok: false, problem: { code: "duration-out-of-range" } });
  });
  test("of speech counts UTF-16 units in exact proportion", () => {
    const speech = entryOf("elevenlabs-v2");
    expect(priced(speech, { text: "ы".repeat(112) })).toMatchObject({ credits: "1.344", kopecks: 106n, units: 0.112 });
    expect(priced(speech, { text: "😀" }).credits).toBe("0.024");
    expect(quote(speech, defaultValues(speech), pricing)).toEqual({
      ok: false,
      problem: { code: "missing", param: "text" },
    });
  });
  test("of a dialogue counts the words of all lines and not the voices", () => {
    const lines = [{ text: "ы".repeat(300) }, { text: "ы".repeat(700) }];
    expect(priced(entryOf("elevenlabs-dialogue"), { dialogue: lines }).credits).toBe("14");
  });
  test("of two songs is one price", () => {
    expect(priced(entryOf("suno-simple"), {})).toMatchObject({ credits: "12", outputs: 2, upTo: false });
  });
  test("with a reference video counts input and output seconds at the other price", () => {
    const videos = [4.2, 3].map((seconds, index) =>
      uploadFor(paramOf(seedance, "reference_video_urls"), `video-${index}`, seconds),
    );
    expect(priced(seedance, { resolution: "720p", duration: 6 }).credits).toBe("246");
    // 25 × (6 + 5 + 3).
    expect(priced(seedance, { resolution: "720p", duration: 6, reference_video_urls: videos })).toMatchObject({
      credits: "350",
      units: 14,
    });
  });
  test("uses the default when a value was cleared", () => {
    expect(quote(kling, {}, pricing)).toEqual(quote(kling, defaultValues(kling), pricing));
  });
  test("of several files charged one by one is a maximum", () => {
    const count = makeParam({ name: "count", kind: "number", min: 1, max: 4, step: 1, presets: [1, 4], default: 1 });
    const price = { rows: [{ when: {}, credits: 3.24, per: "image" }], quantity: { from: "param", name: "count" } };
    const entry = makeEntry([count], { outputs: { param: "count" }, price: { ...price, charge: "output" } });
    expect(priced(entry, { count: 3 })).toMatchObject({ credits: "9.72", units: 3, outputs: 3, upTo: true });
    expect(priced(entry, {})).toMatchObject({ outputs: 1, upTo: false });
  });
  test("takes the row with the most conditions", () => {
    const rows = [
      { when: {}, credits: 1, per: "generation" },
      { when: { field: true }, credits: 2, per: "generation" },
    ];
    const entry = makeEntry([makeParam({ kind: "toggle", default: false })], {
      price: { rows, quantity: { from: "one" }, charge: "generation" },
    });
    expect([false, true].map((field) => priced(entry, { field }).credits)).toEqual(["1", "2"]);
  });
  test("throws when the data has no single price", () => {
    const rows = [1, 2].map((credits) => ({ when: {}, credits, per: "generation" }));
    const entry = makeEntry([makeParam({ kind: "toggle" })], {
      price: { rows, quantity: { from: "one" }, charge: "generation" },
    });
    expect(() => quote(entry, {}, pricing)).toThrow("more than one price");
  });
});

describe("prices of options", () => {
  const prices = (entry: Entry, name: string, values: ParamValues = {}) =>
    optionPrices(entry, { ...defaultValues(entry), ...values }, paramOf(entry, name), pricing);

  test("stand beside choices, toggles and presets that change the price", () => {
    expect(prices(entryOf("nano-banana-2"), "resolution")).toEqual([629n, 943n, 1415n]);
    expect(prices(kling, "sound")).toEqual([7073n, 10610n]);
    expect(prices(seedance, "duration")?.[0]).toBe(creditsToKopecks(19 * 4, pricing));
  });
  test("are absent where nothing changes or nothing can be told", () => {
    expect(prices(kling, "aspect_ratio")).toBeNull();
    expect(prices(kling, "sound", { mode: "4K" })).toBeNull();
    expect(prices(kling, "prompt")).toBeNull();
    expect(prices(entryOf("infinitalk"), "resolution")).toBeNull();
  });
  test("are null for a value that breaks a rule, whichever value is chosen now", () => {
    const shots = { multi_shots: true, multi_prompt: [{ prompt: "море", duration: 7 }] };
    for (const sound of [true, false]) {
      expect(prices(kling, "sound", { ...shots, sound, duration: "7" })).toEqual([null, 14854n]);
    }
    const lengths = prices(kling, "duration", { ...shots, sound: true, duration: "5" });
    expect(lengths?.map((price) => price !== null).indexOf(true)).toBe(4);
    expect(lengths?.filter((price) => price !== null)).toEqual([14854n]);
  });
  test("are not null because a value asks for something more", () => {
    const say = { ru: "Опишите", en: "Describe" };
    const params = [
      makeParam({ kind: "toggle", default: false }),
      makeParam({ name: "text", kind: "text", maxLength: 9 }),
    ];
    const entry = makeEntry(params, {
      rules: [{ kind: "require", when: { field: true }, all: ["text"], say }],
      price: {
        rows: [1, 2].map((credits) => ({ when: { field: credits === 2 }, credits, per: "generation" })),
        quantity: { from: "one" },
        charge: "generation",
      },
    });
    expect(prices(entry, "field")).toEqual([79n, 157n]);
  });
  test("are not null because of a rule that every value breaks", () => {
    const silent = { multi_shots: true, sound: false, multi_prompt: [{ prompt: "море", duration: 5 }] };
    expect(prices(kling, "mode", silent)?.every((price) => price !== null)).toBe(true);
  });
});

test("a combination that is not made has no price, and the other options keep theirs", () => {
  const runway = entryOf("runway");
  const values = { prompt: "море", duration: 10, quality: "1080p", aspect_ratio: "16:9" };
  const quoted = quote(runway, values, pricing);
  expect(quoted).toMatchObject({ ok: false, problem: { code: "rule" } });
  const lengths = optionPrices(runway, values, paramOf(runway, "duration"), pricing);
  expect(lengths).toEqual([2358n, null]);
  expect(optionPrices(runway, values, paramOf(runway, "quality"), pricing)).toEqual([2358n, null]);
});
