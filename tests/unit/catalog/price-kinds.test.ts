import { describe, expect, test } from "vitest";
import { cheapestCredits, pricedCombinations } from "../../../lib/catalog/combinations.ts";
import { catalogFaults } from "../../../lib/catalog/consistency.ts";
import type { Entry, Param } from "../../../lib/catalog/entry.ts";
import type { ParamValues } from "../../../lib/catalog/param-values.ts";
import { quote } from "../../../lib/catalog/quote.ts";
import { catalog, makeEntry, makeParam } from "../../support/catalog-entry.ts";
import { uploadFor } from "../../support/catalog-values.ts";

const pricing = { creditToRub: "0.39295", multiplier: "2" };
const words = { ru: "Слова", en: "Words" };

function priced(entry: Entry, values: ParamValues) {
  const quoted = quote(entry, values, pricing);
  if (!quoted.ok) throw new Error(quoted.problem.code);
  return quoted.value;
}

const picture = (name: string, fields: object = {}): Param =>
  makeParam({
    name,
    kind: "media",
    accepts: "image",
    many: true,
    maxItems: 9,
    maxFileMegabytes: 10,
    formats: ["png"],
    ...fields,
  });
const choice = (name: string, values: readonly string[]): Param =>
  makeParam({ name, kind: "choice", options: values.map((value) => ({ value })), default: values[0] });
const files = (param: Param, count: number) =>
  Array.from({ length: count }, (_, index) => uploadFor(param, `${param.name}-${index}`));

/** What a catalog with this entry alone is told. */
function faultsOf(entry: Entry): string[] {
  const found = catalog.entry(catalog.defaultEntryKey);
  if (!found) throw new Error("the default entry is gone");
  return catalogFaults([{ ...found.family, entries: [entry] }]);
}

describe("megapixels", () => {
  const sizes = { small: [512, 512], hd: [1024, 1024], wide: [1600, 1200], tall: [1024, 1025] };
  const price = (from: object = { sizes }) => ({
    rows: [{ when: {}, credits: 6, per: "megapixel" }],
    quantity: { from: "megapixels", name: "size", times: "count", ...from },
    charge: "output",
  });
  const params = [choice("size", Object.keys(sizes)), choice("count", ["1", "4"])];
  const entry = makeEntry(params, { price: price({ sizes }), outputs: { param: "count" } });

  test("count as started, of 1024 × 1024 pixels", () => {
    const credits = (size: string, count: string) => priced(entry, { size, count }).credits;
    expect([credits("small", "1"), credits("hd", "1"), credits("wide", "1")]).toEqual(["6", "6", "12"]);
    expect([credits("tall", "1"), credits("small", "4"), credits("wide", "4")]).toEqual(["12", "24", "48"]);
  });
  test("of several pictures are a maximum, and the menu names the smallest order", () => {
    expect(priced(entry, { count: "4" })).toMatchObject({ units: 4, outputs: 4, upTo: true });
    expect(priced(entry, {})).toMatchObject({ units: 1, outputs: 1, upTo: false });
    expect(cheapestCredits(entry)).toBe(6);
  });
  test("of a size that the table does not have are a fault of the data", () => {
    const { tall: _tall, ...others } = sizes;
    expect(faultsOf(entry)).toEqual([]);
    expect(faultsOf(makeEntry(params, { price: price({ sizes: others }), outputs: { param: "count" } }))).toEqual([
      "made-up: no size for tall",
    ]);
  });
});

describe("rows on top", () => {
  const onTop = (names: string[], free: number) => ({
    rows: [{ when: {}, credits: 4.8, per: "image" }],
    quantity: { from: "one" },
    onTop: [{ when: {}, credits: 0.5, per: "image", quantity: { from: "files", names, free } }],
    charge: "output",
  });
  test("count every given picture, and a required one before it came", () => {
    const images = picture("images", { required: true });
    const entry = makeEntry([images], { price: onTop(["images"], 0) });
    expect(priced(entry, {}).credits).toBe("5.3");
    expect(priced(entry, { images: files(images, 1) }).credits).toBe("5.3");
    expect(priced(entry, { images: files(images, 3) })).toMatchObject({ credits: "6.3", units: 1, upTo: false });
    expect(cheapestCredits(entry)).toBe(5.3);
  });
  test("leave the first ones free, over all params together", () => {
    const [first, more] = [picture("first", { many: false, maxItems: 1 }), picture("more")];
    const entry = makeEntry([first, more], { price: onTop(["first", "more"], 5) });
    const credits = (ones: number, others: number) =>
      priced(entry, { first: files(first, ones), more: files(more, others) }).credits;
    expect([credits(0, 0), credits(1, 4), credits(1, 5), credits(0, 7)]).toEqual(["4.8", "4.8", "5.3", "5.8"]);
  });
  test("hold only where their condition does", () => {
    const images = picture("images");
    const price = onTop(["images"], 0);
    const entry = makeEntry([images, choice("quality", ["basic", "high"])], {
      price: { ...price, onTop: price.onTop.map((row) => ({ ...row, when: { quality: "high" } })) },
    });
    const credits = (quality: string) => priced(entry, { quality, images: files(images, 2) }).credits;
    expect([credits("basic"), credits("high")]).toEqual(["4.8", "5.8"]);
    expect(faultsOf(entry)).toEqual([]);
  });
});

describe("the size of the output", () => {
  const image = picture("image", { many: false, maxItems: 1, required: true });
  const say = { ru: "Слишком крупно", en: "Too large" };
  const entry = makeEntry([image, choice("factor", ["1", "2", "4"])], {
    rules: [{ kind: "forbid", when: { $output: "8K" }, say }],
    price: {
      rows: [
        { when: { $output: "2K" }, credits: 10, per: "image" },
        { when: { $output: "4K" }, credits: 20, per: "image" },
      ],
      quantity: { from: "one" },
      outputSize: {
        media: "image",
        factor: "factor",
        steps: [
          { name: "2K", maxSidePixels: 2048 },
          { name: "4K", maxSidePixels: 4096 },
        ],
        beyond: "8K",
      },
      charge: "generation",
    },
  });
  const sized = (width: number, height: number, factor: string) => ({
    image: [{ ...uploadFor(image), width, height }],
    factor,
  });

  test("is the longest side of the measured picture times the factor", () => {
    expect(priced(entry, sized(1024, 700, "2")).credits).toBe("10");
    expect(priced(entry, sized(1025, 700, "2")).credits).toBe("20");
    expect(priced(entry, sized(300, 1024, "4")).credits).toBe("20");
    expect(priced(entry, sized(2048, 2048, "1")).credits).toBe("10");
    expect(priced(entry, sized(4096, 10, "1")).credits).toBe("20");
  });
  test("can not be told before there is a measured picture", () => {
    const missing = { ok: false, problem: { code: "missing", param: "image" } };
    expect(quote(entry, { factor: "2" }, pricing)).toEqual(missing);
    const { width: _width, height: _height, ...unmeasured } = uploadFor(image);
    expect(quote(entry, { factor: "2", image: [unmeasured] }, pricing)).toEqual(missing);
  });
  test("is tried on both sides of each step when the data is checked", () => {
    expect(faultsOf(entry)).toEqual([]);
    expect(faultsOf({ ...entry, rules: [] }).join()).toContain("0 prices");
    expect(new Set(pricedCombinations(entry).map((values) => priced(entry, values).credits))).toEqual(
      new Set(["10", "20"]),
    );
    expect(cheapestCredits(entry)).toBe(10);
  });
});

describe("tokens", () => {
  const text = makeParam({ name: "text", kind: "text", maxLength: 1000, required: true });
  const scene = makeParam({ name: "scene", kind: "text", maxLength: 1000 });
  const part = (perCharacter: number, plus: number, max: number) => ({
    from: "tokens",
    names: ["text", "scene"],
    perCharacter,
    plus,
    max,
  });
  const price = {
    rows: [{ when: {}, credits: 140, per: "1M tokens" }],
    quantity: part(3, 500, 8192),
    onTop: [{ when: {}, credits: 2800, per: "1M tokens", quantity: part(12.5, 250, 16_384) }],
    charge: "measured",
  };
  const entry = makeEntry([text, scene], { output: "audio", price });

  test("are priced at the most that the texts can become, both ways, and the price is a maximum", () => {
    // 140 × (500 + 3 × 100) ÷ 1M + 2800 × (250 + 12.5 × 100) ÷ 1M.
    const whole = priced(entry, { text: "ы".repeat(60), scene: "ы".repeat(40) });
    expect(whole).toMatchObject({ credits: "4.312", kopecks: 339n, outputs: 1, upTo: true });
    expect(priced(entry, { text: "ы" }).credits).toBe("0.80682");
    expect(cheapestCredits(entry)).toBe(0.80682);
  });
  test("never count beyond the documented limits of the model", () => {
    const longest = { text: "ы".repeat(1000), scene: "ы".repeat(1000) };
    expect(priced(entry, { text: "ы".repeat(1000) }).credits).toBe("36.19");
    expect(Number(priced(entry, longest).credits)).toBeCloseTo((140 * 6500 + 2800 * 16_384) / 1e6, 9);
  });
  test("need the text, and a price that is posted as measured", () => {
    expect(quote(entry, {}, pricing)).toEqual({ ok: false, problem: { code: "missing", param: "text" } });
    const example = { ru: { text: words.ru }, en: { text: words.en } };
    expect(faultsOf({ ...entry, example })).toEqual([]);
    const faults = faultsOf({ ...entry, example, price: { ...entry.price, charge: "output" } });
    expect(faults).toEqual(["made-up: a price by the token is only a maximum: it has to be charged as measured"]);
  });
});
