import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { readFamilies } from "../../../lib/catalog/build-index.ts";
import { CATEGORIES } from "../../../lib/catalog/categories.ts";
import { catalogFaults } from "../../../lib/catalog/consistency.ts";
import type { Entry, Family, Param } from "../../../lib/catalog/entry.ts";
import { indexFamilies } from "../../../lib/catalog/family-index.ts";
import { surchargesSchema } from "../../../lib/catalog/surcharges.ts";

const directory = new URL("../../../catalog/", import.meta.url);
const files = readFamilies(directory);
const families = files.map(({ family }) => family);
const entries = families.flatMap((family) => family.entries);
const LONGEST_REVISION = "~zzzzzzz";

test("every family file fits the schema and the data does not contradict itself", () => {
  expect(files.length).toBeGreaterThan(10);
  expect(catalogFaults(families)).toEqual([]);
});

test("index.json is what the family files give", () => {
  expect(JSON.parse(readFileSync(new URL("index.json", directory), "utf8"))).toEqual(indexFamilies(files));
});

test("the operator's surcharges fit their schema", () => {
  const json: unknown = JSON.parse(readFileSync(new URL("surcharges.json", directory), "utf8"));
  expect(surchargesSchema.safeParse(json).error).toBeUndefined();
});

test("every category has something to sell, and order is clear inside it", () => {
  for (const category of CATEGORIES) {
    const orders = families.filter((family) => family.category === category).map((family) => family.order);
    expect(orders.length, category).toBeGreaterThan(0);
    expect(new Set(orders).size, category).toBe(orders.length);
  }
});

test("buttons of families, modes, params and options stay within Telegram's 64 bytes", () => {
  const bytes = (data: string) => Buffer.byteLength(data + LONGEST_REVISION);
  for (const family of families) {
    for (const entry of family.entries) {
      expect(bytes(`mode:${family.key}:${entry.mode}`)).toBeLessThanOrEqual(64);
      // The number of an output has one digit, a generation's id twelve.
      expect(bytes(`follow:123456789012:9:${entry.key}`)).toBeLessThanOrEqual(64);
      for (const param of entry.params) {
        expect(bytes(`set_param:${param.name}:#99`)).toBeLessThanOrEqual(64);
        if (param.kind !== "list") continue;
        for (const field of param.fields) {
          expect(bytes(`set_item_field:${param.name}:99:${field.name}:#99`)).toBeLessThanOrEqual(64);
        }
      }
    }
  }
});

test("labels are short enough for a button, in both languages", () => {
  const limit = (texts: { ru: string; en: string }, most: number) => {
    for (const words of [texts.ru, texts.en]) expect(words.length, words).toBeLessThanOrEqual(most);
  };
  for (const entry of entries) {
    limit(entry.title, 40);
    for (const param of entry.params) {
      if (param.kind === "fixed") continue;
      limit(param.label, 24);
      if (param.kind === "choice") for (const { label } of param.options) if (label) limit(label, 20);
    }
  }
});

test("Russian texts are Russian and English texts are not", () => {
  for (const [ru, en] of families.flatMap(sentences)) {
    expect(/[а-яё]/i.test(ru), ru).toBe(true);
    expect(/[а-яё]/i.test(en), en).toBe(false);
  }
});

test("safety, watermark and provider switches are never shown", () => {
  const hidden = /nsfw|safety|watermark|fallback|upload_cn|web_search|callback/i;
  for (const param of entries.flatMap((entry) => entry.params)) {
    if (param.kind !== "fixed" && hidden.test(param.name)) expect(param.placement, param.name).toBe("never");
  }
});

test("voices are numbered, never named", () => {
  for (const param of entries.flatMap(choices)) {
    if (param.name !== "voice") continue;
    const labels = param.options.map((option) => option.label?.ru);
    expect(labels).toEqual(param.options.map((_option, index) => `Голос ${index + 1}`));
  }
});

describe("catalogFaults finds", () => {
  const zImage = families.find((family) => family.key === "z-image");
  if (!zImage) throw new Error("z-image is gone");
  const broken = (change: (entry: Entry) => Entry): string[] =>
    catalogFaults([{ ...zImage, entries: zImage.entries.map(change) }]);
  const withRows = (rows: Entry["price"]["rows"]) => broken((entry) => ({ ...entry, price: { ...entry.price, rows } }));

  test("a combination without a price", () => {
    expect(withRows([{ when: { aspect_ratio: "1:1" }, credits: 1, per: "image" }]).join()).toContain("0 prices");
  });
  test("a combination with two prices", () => {
    const row = { when: {}, credits: 1, per: "image" } as const;
    expect(withRows([row, { ...row, credits: 2 }]).join()).toContain("2 prices");
  });
  test("a unit that nothing counts", () => {
    expect(withRows([{ when: {}, credits: 1, per: "second" }]).join()).toContain("can not be counted");
  });
  test("a name that leads nowhere", () => {
    const say = { ru: "нет", en: "no" };
    const rule = { kind: "forbid", when: { ghost: true }, say } as const;
    expect(broken((entry) => ({ ...entry, rules: [rule] }))).toEqual(["z-image: nothing is called ghost"]);
  });
  test("a param hidden without a reason", () => {
    const hide = (param: Param): Param => {
      if (param.kind !== "toggle") return param;
      const { why: _why, ...rest } = param;
      return rest;
    };
    const faults = broken((entry) => ({ ...entry, params: entry.params.map(hide) }));
    expect(faults).toEqual(["z-image: nsfw_checker: hidden without a reason"]);
  });
  test("an example that can not be run", () => {
    const example = { ru: { prompt: "кот", aspect_ratio: "7:7" }, en: { prompt: "cat" } };
    expect(broken((entry) => ({ ...entry, example })).join()).toContain("not-an-option");
  });
  test("keys used twice", () => {
    expect(catalogFaults([zImage, zImage])).toEqual([
      "family key z-image is used twice",
      "entry key z-image is used twice",
    ]);
  });
});

function choices(entry: Entry) {
  const own = entry.params.flatMap((param) => (param.kind === "choice" ? [param] : []));
  const nested = entry.params.flatMap((param) => (param.kind === "list" ? param.fields : []));
  return [...own, ...nested.flatMap((field) => (field.kind === "choice" ? [field] : []))];
}

function sentences(family: Family): [string, string][] {
  const texts = [family.about];
  for (const entry of family.entries) {
    texts.push(entry.title, entry.about, ...entry.rules.map((rule) => rule.say));
    for (const param of entry.params) {
      if (param.kind === "fixed") continue;
      texts.push(param.label);
      if (param.help) texts.push(param.help);
    }
  }
  return texts.map(({ ru, en }) => [ru, en]);
}
