import { cpSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { describe, expect, test } from "vitest";
import { missingParam } from "../../../lib/catalog/check.ts";
import type { Entry, Param } from "../../../lib/catalog/entry.ts";
import type { CatalogChange, CatalogSetting, Completion, LiveCatalog } from "../../../lib/catalog/live/changes.ts";
import { compareCatalog } from "../../../lib/catalog/live/compare.ts";
import { overlay } from "../../../lib/catalog/live/overlay.ts";
import { type Catalog, createCatalog } from "../../../lib/catalog/load.ts";
import { quote } from "../../../lib/catalog/quote.ts";
import { checkLine, indexEntries } from "../../../lib/catalog/request-check.ts";
import { newsScenario } from "../../../lib/sandbox/kie/catalogue-scenario.ts";
import { catalog } from "../../support/catalog-entry.ts";
import { simulatedListing, TODAY } from "./simulated.ts";

const news = compareCatalog(catalog, simulatedListing(newsScenario()), TODAY);
const pricing = { creditToRub: "1", multiplier: "1" };

function changeOf(kind: CatalogChange["kind"], model: string): CatalogChange {
  const found = news.find((change) => change.kind === kind && change.model === model);
  if (!found) throw new Error(`no ${kind} of ${model}`);
  return found;
}

function having(...approved: [CatalogChange, Completion?][]): Catalog {
  const overrides = approved.map(([change, completion = {}], index) => ({
    id: String(index),
    kind: "change" as const,
    change,
    completion,
  }));
  return overlay(catalog, { revision: approved.length, overrides, health: [] });
}

function set(...settings: CatalogSetting[]): Catalog {
  const overrides = settings.map((setting, index) => ({ id: String(index), kind: "setting" as const, setting }));
  return overlay(catalog, { revision: 1, overrides, health: [] });
}

function entryIn(from: Catalog, key: string): Entry {
  const found = from.entry(key);
  if (!found) throw new Error(`no entry ${key}`);
  return found.entry;
}

function paramIn(entry: Entry, name: string): Param {
  const param = entry.params.find((each) => each.name === name);
  if (!param) throw new Error(`no param ${name}`);
  return param;
}

const credits = (entry: Entry, values: Record<string, string | number | boolean> = {}) => {
  const quoted = quote(entry, values, pricing);
  return quoted.ok ? quoted.value.credits : quoted.problem;
};

const limit = (fields: Omit<Extract<CatalogChange, { kind: "limit" }>, "kind">): CatalogChange => ({
  kind: "limit",
  ...fields,
});

describe("B5 a new model", () => {
  const nova = changeOf("new-model", "nova-2/text-to-image");
  const sold = having([nova, { price: { credits: 10, per: "image" }, titleRu: "Нова", titleEn: "Nova" }]);

  test("stands in the menus with the title and price that an admin gave it", () => {
    const summary = sold.summary("nova-2-text-to-image");
    expect(sold.families("image").at(-1)).toBe(summary);
    expect(summary).toMatchObject({ title: "Nova 2", fromCredits: 10, modes: [{ title: { ru: "Нова", en: "Nova" } }] });
    expect(sold.search("nova labs").map(({ key }) => key)).toEqual(["nova-2-text-to-image"]);
    expect(sold.mode("nova-2-text-to-image", "text")?.entry.key).toBe("nova-2-text-to-image");
    expect(sold.entryKeys()).toContain("nova-2-text-to-image");
    expect(sold.revision).toBe(1);
  });

  test("takes exactly what KIE documents of it", () => {
    const check = (input: Record<string, unknown>) => {
      const request = { model: "nova-2/text-to-image", input };
      return checkLine(JSON.stringify({ id: request.model, api: "market", request }), indexEntries(sold), pricing);
    };
    expect(check({ prompt: "кот", aspect_ratio: "16:9", seed: 7, nsfw_checker: true })).toMatchObject({
      ok: true,
      priceKopecks: 1000,
    });
    expect(check({ prompt: "кот", aspect_ratio: "5:7" })?.errors[0]?.path).toBe("input.aspect_ratio");
    expect(check({})?.errors[0]?.path).toBe("input.prompt");
  });

  test("is counted by what its price names", () => {
    const vega = having([
      changeOf("new-model", "vega-video/text-to-video"),
      { price: { credits: 22.5, per: "second" } },
    ]);
    expect(credits(entryIn(vega, "vega-video-text-to-video"))).toBe("112.5");
    const lyra = having([changeOf("new-model", "lyra/text-to-speech"), { price: { credits: 16, per: "generation" } }]);
    expect(credits(entryIn(lyra, "lyra-text-to-speech"))).toBe("16");
    expect(lyra.summary("lyra-text-to-speech")?.category).toBe("audio");
  });

  test("without a price is known, and not in the menus", () => {
    const unpriced = having([nova]);
    expect(unpriced.families("image").some(({ key }) => key === "nova-2-text-to-image")).toBe(false);
    expect(entryIn(unpriced, "nova-2-text-to-image").offer).toBe("unpriced");
  });

  test("goes where an admin puts it", () => {
    const moved = having([nova, { category: "tools", price: { credits: 1, per: "image" } }]);
    expect(moved.families("tools").at(-1)?.key).toBe("nova-2-text-to-image");
  });
});

test("B5 a gone model leaves the menus and the links to it, and stays known", () => {
  const gone = having([changeOf("gone-model", "recraft/crisp-upscale")]);
  expect(gone.summary("recraft-upscale")?.modes).toEqual([]);
  expect(gone.families("tools").some(({ key }) => key === "recraft-upscale")).toBe(false);
  expect(gone.search("crisp").some(({ key }) => key === "recraft-upscale")).toBe(false);
  expect(entryIn(gone, "recraft-upscale")).toMatchObject({ offer: "unpriced", why: expect.any(String) });
  for (const key of gone.entryKeys()) {
    for (const link of entryIn(gone, key).alternatives ?? []) expect(entryIn(gone, link.key).offer).toBe("card");
  }
});

describe("B5 a new field", () => {
  test("that may be left out stands behind the gear", () => {
    const entry = entryIn(having([changeOf("field-added", "z-image")]), "z-image");
    expect(paramIn(entry, "enhance_prompt")).toMatchObject({ kind: "toggle", placement: "advanced", required: false });
    expect(credits(entry)).toBe("0.8");
  });

  test("that has to be given is asked", () => {
    const entry = entryIn(having([changeOf("field-added", "hailuo/02-text-to-video-pro")]), "hailuo-02-text-pro");
    expect(missingParam(entry, { prompt: "кот" })?.name).toBe("style");
    expect(Object.keys(entry.example.ru)).toContain("style");
  });

  test("that our cards have no question for is only taken from others", () => {
    const field = { type: "array", items: { type: "object", properties: { x: { type: "integer" } } } } as const;
    const change: CatalogChange = { kind: "field-added", model: "z-image", name: "boxes", field };
    const after = having([change]);
    expect(paramIn(entryIn(after, "z-image"), "boxes")).toMatchObject({ placement: "never", why: expect.any(String) });
    const line = (boxes: unknown) =>
      JSON.stringify({
        id: "z-image",
        request: { model: "z-image", input: { prompt: "кот", aspect_ratio: "1:1", boxes } },
      });
    expect(checkLine(line([{ x: 1 }]), indexEntries(after), pricing)?.ok).toBe(true);
    expect(checkLine(line([{ y: 1 }]), indexEntries(after), pricing)?.ok).toBe(false);
    const needed: CatalogChange = { ...change, field: { ...field, required: true } };
    expect(entryIn(having([needed]), "z-image").offer).toBe("unpriced");
  });

  test("of a provider's business is never shown", () => {
    const field = { type: "boolean", default: true } as const;
    const change: CatalogChange = { kind: "field-added", model: "z-image", name: "enable_safety_checker", field };
    expect(paramIn(entryIn(having([change]), "z-image"), "enable_safety_checker")).toMatchObject({
      placement: "never",
    });
  });
});

describe("B5 a field that is gone", () => {
  test("is neither shown nor sent nor spoken of", () => {
    const entry = entryIn(having([changeOf("field-removed", "wan/2-5-text-to-video")]), "wan-2-5");
    expect(JSON.stringify(entry)).not.toContain("negative_prompt");
  });

  test("leaves the price of what KIE makes without it", () => {
    const change: CatalogChange = { kind: "field-removed", model: "grok-imagine/text-to-image", name: "enable_pro" };
    expect(credits(entryIn(having([change]), "grok-image"))).toBe("4");
  });

  test("by which the price was counted takes the model off sale, until there is another price", () => {
    const change: CatalogChange = { kind: "field-removed", model: "pixverse-v6/text-to-video", name: "duration" };
    expect(entryIn(having([change]), "pixverse-v6").offer).toBe("unpriced");
    const priced = entryIn(having([change, { price: { credits: 30, per: "generation" } }]), "pixverse-v6");
    expect([priced.offer, credits(priced)]).toEqual(["card", "30"]);
  });
});

describe("B5 options", () => {
  const optionsOf = (from: Catalog, key: string, name: string) => {
    const param = paramIn(entryIn(from, key), name);
    return param.kind === "choice" ? param.options.map(({ value }) => value) : [];
  };
  const fourK = changeOf("options", "flux-2/pro-text-to-image");

  test("that are new are offered at the price that an admin gave them, and not without", () => {
    expect(optionsOf(having([fourK]), "flux-2-pro", "resolution")).toEqual(["1K", "2K"]);
    const sold = having([fourK, { price: { credits: 12, per: "image" } }]);
    expect(optionsOf(sold, "flux-2-pro", "resolution")).toEqual(["1K", "2K", "4K"]);
    expect(credits(entryIn(sold, "flux-2-pro"), { resolution: "4K" })).toBe("12");
    expect(credits(entryIn(sold, "flux-2-pro"), { resolution: "1K" })).toBe("5");
    expect(paramIn(entryIn(sold, "flux-2-pro"), "resolution").kie).toMatchObject({ enum: ["1K", "2K", "4K"] });
  });

  test("that are counted have their price at once", () => {
    const sold = having([changeOf("options", "hailuo/02-text-to-video-standard")]);
    expect(credits(entryIn(sold, "hailuo-02-text"), { duration: "8" })).toBe("40");
  });

  test("that are gone are not offered, and a default among them is another one", () => {
    expect(
      optionsOf(having([changeOf("options", "gpt-image/1.5-text-to-image")]), "gpt-image-1-5", "aspect_ratio"),
    ).toHaveLength(2);
    const change: CatalogChange = {
      kind: "options",
      model: "flux-2/pro-text-to-image",
      name: "resolution",
      added: [],
      removed: ["1K"],
    };
    const entry = entryIn(having([change]), "flux-2-pro");
    expect(credits(entry)).toBe("7");
    const all: CatalogChange = { ...change, removed: ["1K", "2K"] };
    expect(entryIn(having([all]), "flux-2-pro").offer).toBe("unpriced");
  });
});

describe("B5 limits", () => {
  const model = "pixverse-v6/text-to-video";
  const lengthAfter = (after: number) =>
    paramIn(
      entryIn(having([limit({ model, name: "duration", limit: "max", before: 15, after })]), "pixverse-v6"),
      "duration",
    );

  test("that narrow take presets and the default along", () => {
    expect(lengthAfter(10)).toMatchObject({ max: 10, presets: [1, 3, 5, 8, 10], default: 5 });
    expect(lengthAfter(4)).toMatchObject({ max: 4, presets: [1, 3], default: 3 });
  });

  test("that widen are followed", () => {
    expect(lengthAfter(20)).toMatchObject({ max: 20, presets: [1, 3, 5, 8, 10, 12, 15, 20] });
    const longer = limit({
      model: "qwen3/text-to-image",
      name: "prompt",
      limit: "maxLength",
      before: 5000,
      after: 9000,
    });
    expect(paramIn(entryIn(having([longer]), "qwen-image-3"), "prompt")).toMatchObject({ maxLength: 9000 });
  });

  test("cut examples that are too long now", () => {
    const short = limit({ model: "qwen3/text-to-image", name: "prompt", limit: "maxLength", before: 5000, after: 20 });
    expect(String(entryIn(having([short]), "qwen-image-3").example.ru["prompt"]).length).toBe(20);
  });

  test("leave what we hold narrower for a reason of our own", () => {
    const entry = entryIn(catalog, "gemini-3-8-tts");
    const change = limit({
      model: entry.route.id,
      name: "dialogue_turns[].text",
      limit: "maxLength",
      before: 10000,
      after: 8000,
    });
    const turns = paramIn(entryIn(having([change]), "gemini-3-8-tts"), "dialogue_turns");
    expect(turns.kind === "list" ? turns.fields[0] : null).toMatchObject({ maxLength: 5000 });
    expect(turns.kie?.items?.properties?.["text"]).toMatchObject({ maxLength: 8000 });
  });

  test("of what has to be given are asked, or sent with the default", () => {
    const needed = limit({
      model: "wan/2-5-text-to-video",
      name: "negative_prompt",
      limit: "required",
      before: 0,
      after: 1,
    });
    expect(missingParam(entryIn(having([needed]), "wan-2-5"), { prompt: "кот" })?.name).toBe("negative_prompt");
    const seed = limit({ model: "wan/2-5-text-to-video", name: "seed", limit: "required", before: 0, after: 1 });
    expect(paramIn(entryIn(having([seed]), "wan-2-5"), "seed")).toMatchObject({
      required: true,
      default: expect.any(Number),
    });
  });
});

test("B5 a new price text changes the price only with a price from an admin", () => {
  const change = changeOf("price-text", "grok-imagine-image-2-0/text-to-image");
  expect(credits(entryIn(having([change]), "grok-image-2"))).toBe("4");
  const dearer = having([change, { price: { credits: 6, per: "image" } }]);
  expect(credits(entryIn(dearer, "grok-image-2"))).toBe("6");
  expect(dearer.summary("grok-image-2")?.fromCredits).toBeLessThanOrEqual(6);
});

describe("settings of admins", () => {
  test("B4 a family goes by its second route first, and back", () => {
    const route = (second: boolean): CatalogSetting => ({ kind: "route", family: "runway", second });
    expect(set(route(true)).entry("runway")?.secondFirst).toBe(true);
    expect(set(route(true)).entry("z-image")?.secondFirst).toBeUndefined();
    expect(set(route(true), route(false)).entry("runway")?.secondFirst).toBeUndefined();
  });

  test("an entry is taken off sale, and shown again", () => {
    const visible = (isVisible: boolean): CatalogSetting => ({ kind: "visible", entry: "z-image", visible: isVisible });
    const without = set(visible(false));
    expect(without.families("image").some(({ key }) => key === "z-image")).toBe(false);
    expect(entryIn(without, "z-image").offer).toBe("unpriced");
    expect(without.defaultEntryKey).not.toBe("z-image");
    expect(entryIn(without, without.defaultEntryKey).offer).toBe("card");
    const again = set(visible(false), visible(true));
    expect(again.families("image")).toEqual(catalog.families("image"));
  });

  test("an entry gets another name", () => {
    const renamed = set({ kind: "label", entry: "z-image", titleRu: "Быстрая", titleEn: "Quick" });
    expect(renamed.entry("z-image")?.entry.title).toEqual({ ru: "Быстрая", en: "Quick" });
    expect(renamed.search("быстрая").map(({ key }) => key)).toContain("z-image");
  });
});

describe("B6 health", () => {
  const sick: LiveCatalog = {
    revision: 3,
    overrides: [],
    health: [
      { entryKey: "flux-2-pro", mark: "broken", isHidden: true },
      { entryKey: "z-image", mark: "shaky", isHidden: false },
    ],
  };

  test("what is hidden leaves the menus and stays sold under old cards", () => {
    const live = overlay(catalog, sick);
    expect(live.summary("flux-2")?.modes.map(({ entryKey }) => entryKey)).not.toContain("flux-2-pro");
    expect(live.summary("flux-2")?.modes.length).toBe((catalog.summary("flux-2")?.modes.length ?? 0) - 1);
    expect(entryIn(live, "flux-2-pro").offer).toBe("card");
  });

  test("marks are told", () => {
    const live = overlay(catalog, sick);
    expect(live.health("z-image")).toEqual({ entryKey: "z-image", mark: "shaky", isHidden: false });
    expect(live.health("grok-image")).toBeUndefined();
    expect(live.summary("z-image")).toEqual(catalog.summary("z-image"));
  });
});

describe("what does not fit", () => {
  test("changes nothing: unknown models, fields, families and shapes of another program", () => {
    const odd: CatalogChange[] = [
      { kind: "gone-model", model: "sora-9" },
      { kind: "field-removed", model: "z-image", name: "no_such_field" },
      { kind: "options", model: "z-image", name: "nothing[].here", added: ["x"], removed: [] },
      limit({ model: "z-image", name: "nothing", limit: "max", before: 1, after: 2 }),
    ];
    const same = having(...odd.map((change): [CatalogChange] => [change]));
    expect(same.entry("z-image")?.entry).toEqual(catalog.entry("z-image")?.entry);
    expect(same.families("image")).toHaveLength(catalog.families("image").length);
    const overrides = JSON.parse(
      '[{"id":"1","kind":"spell"},{"id":"2","kind":"change","change":{"kind":"limit"}},{"id":"3"}]',
    );
    const strange = overlay(catalog, { revision: 9, overrides, health: [] });
    expect(strange.families("image")).toEqual(catalog.families("image"));
  });

  test("is left out alone: the others count", () => {
    const overrides = [
      {
        id: "1",
        kind: "change" as const,
        change: JSON.parse('{"kind":"new-model","model":"x","family":{"key":"x"}}'),
        completion: {},
      },
      { id: "2", kind: "change" as const, change: changeOf("gone-model", "recraft/crisp-upscale"), completion: {} },
    ];
    const live = overlay(catalog, { revision: 2, overrides, health: [] });
    expect(entryIn(live, "recraft-upscale").offer).toBe("unpriced");
    expect(live.summary("x")).toBeUndefined();
  });
});

test("families that nothing speaks of are read when they are wanted, not before", () => {
  const copy = mkdtempSync(join(tmpdir(), "overlay-"));
  cpSync(new URL("../../../catalog/", import.meta.url), copy, { recursive: true });
  writeFileSync(join(copy, "alibaba", "z-image.json"), "{");
  const overrides = [
    { id: "1", kind: "change" as const, change: changeOf("gone-model", "recraft/crisp-upscale"), completion: {} },
  ];
  const live = overlay(createCatalog(pathToFileURL(`${copy}/`)), { revision: 1, overrides, health: [] });
  expect(live.families("image").map(({ key }) => key)).toContain("z-image");
  expect(live.search("z-image").map(({ key }) => key)).toContain("z-image");
  expect(() => live.entry("z-image")).toThrow(SyntaxError);
  rmSync(copy, { recursive: true });
});
