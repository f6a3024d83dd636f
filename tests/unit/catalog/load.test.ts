import { cpSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { describe, expect, test } from "vitest";
import { CATEGORIES } from "../../../lib/catalog/categories.ts";
import { createCatalog } from "../../../lib/catalog/load.ts";
import { isInMenus } from "../../../lib/catalog/offers.ts";
import { catalog } from "../../support/catalog-entry.ts";

test("every entry is found by its key and by its button", () => {
  const summaries = CATEGORIES.flatMap((category) => catalog.families(category));
  const sold = summaries.flatMap((family) => family.modes.map((mode) => ({ family, mode })));
  const inMenus = catalog
    .entryKeys()
    .flatMap((key) => catalog.entry(key)?.entry ?? [])
    .filter(isInMenus);
  expect(sold.length).toBe(inMenus.length);
  for (const { family, mode } of sold) {
    expect(catalog.entry(mode.entryKey)?.entry.key).toBe(mode.entryKey);
    expect(catalog.mode(family.key, mode.mode)?.entry.key).toBe(mode.entryKey);
    expect(catalog.summary(family.key)).toEqual(family);
    const isFree = catalog.entry(mode.entryKey)?.entry.offer === "helper";
    expect(mode.fromCredits > 0).toBe(!isFree);
  }
});

test("keys of another time give undefined", () => {
  expect(catalog.entry("sora-9")).toBeUndefined();
  expect(catalog.summary("sora-9")).toBeUndefined();
  expect(catalog.mode("z-image", "paint")).toBeUndefined();
  expect(catalog.mode("sora-9", "text")).toBeUndefined();
});

test("the default entry exists and comes first among pictures", () => {
  expect(catalog.families("image")[0]?.key).toBe(catalog.entry(catalog.defaultEntryKey)?.family.key);
});

test("summaries tell the cheapest price and the files a mode takes and needs", () => {
  const mode = (familyKey: string, entryKey: string) =>
    catalog.summary(familyKey)?.modes.find((each) => each.entryKey === entryKey);
  expect(mode("nano-banana", "nano-banana")).toMatchObject({ mode: "text", accepts: [], needs: [], fromCredits: 4 });
  expect(mode("nano-banana", "nano-banana-edit")).toMatchObject({ accepts: ["image"], needs: ["image"] });
  expect(mode("kling-3-0", "kling-3-0")).toMatchObject({ accepts: ["image"], needs: [], fromCredits: 42 });
  expect(mode("seedance-2", "seedance-2")).toMatchObject({ accepts: ["image", "video", "audio"], fromCredits: 76 });
  expect(mode("kling-ai-avatar", "kling-ai-avatar")).toMatchObject({ needs: ["image", "audio"], fromCredits: 16 });
  expect(mode("elevenlabs-v2", "elevenlabs-v2")).toMatchObject({ fromCredits: 12 });
});

describe("search", () => {
  const found = (text: string) => catalog.search(text).map((family) => family.key);
  test("finds by title, vendor, nickname and purpose, in any case and language", () => {
    for (const [text, ...keys] of [
      ["KLING 3", "kling-3-0"],
      ["nanobanana", "nano-banana", "nano-banana-2"],
      ["нано банана", "nano-banana", "nano-banana-2"],
      ["клинг", "kling-3-0"],
      ["оживить", "seedance-1-lite"],
      ["remove background", "recraft-background"],
    ] as const) {
      expect(found(text), text).toEqual(expect.arrayContaining(keys));
      expect(found(text), text).not.toContain("z-image");
    }
  });
  test("puts a title that starts with the text first", () => {
    expect(found("nano banana 2")[0]).toBe("nano-banana-2");
  });
  test("finds nothing for blank or unknown text", () => {
    expect([found(""), found(" …"), found("midjourney")]).toEqual([[], [], []]);
  });
});

test("a family's file is read on first use, once", () => {
  const copy = mkdtempSync(join(tmpdir(), "catalog-"));
  cpSync(new URL("../../../catalog/", import.meta.url), copy, { recursive: true });
  const file = join(copy, "alibaba", "z-image.json");
  writeFileSync(file, "{");
  const fresh = createCatalog(pathToFileURL(`${copy}/`));
  expect(fresh.families("image").length).toBeGreaterThan(0);
  expect(() => fresh.entry("z-image")).toThrow(SyntaxError);
  expect(fresh.entry("kling-3-0")?.family.key).toBe("kling-3-0");
  rmSync(join(copy, "kling"), { recursive: true });
  expect(fresh.entry("kling-3-0")?.family.key).toBe("kling-3-0");
  rmSync(copy, { recursive: true });
});
