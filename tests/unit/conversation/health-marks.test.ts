import { expect, test } from "vitest";
import type { EntryHealth, HealthMark } from "../../../lib/catalog/live/changes.ts";
import type { Catalog } from "../../../lib/catalog/load.ts";
import { ailingCatalog } from "./admin-facts.ts";
import { Dialogue, makeFacts, makeGeneration } from "./dialogue.ts";

const health = (entryKey: string, mark: HealthMark, isHidden = false): EntryHealth => ({ entryKey, mark, isHidden });
const TEXT = "movie-text";
const ANIMATE = "movie-animate";

function browsing(catalog: Catalog): Dialogue {
  const dialogue = new Dialogue(makeFacts(), catalog);
  dialogue.command("models");
  dialogue.press("Видео");
  return dialogue;
}

test.each<[string, EntryHealth[], string]>([
  ["nothing while nothing is known", [], "Movie"],
  ["the best mode counts", [health(TEXT, "broken"), health(ANIMATE, "good")], "🟢 Movie"],
  ["shaky is said where nothing is better", [health(TEXT, "shaky")], "🟡 Movie"],
  ["one broken mode breaks no family whose other mode is unknown", [health(TEXT, "broken")], "Movie"],
  ["all broken is broken", [health(TEXT, "broken"), health(ANIMATE, "broken")], "🔴 Movie"],
])("B6: the mark of a family: %s", (_name, marks, start) => {
  const [label = ""] = browsing(ailingCatalog(marks)).labels.filter((text) => text.includes("Movie 3.0"));
  expect(label.startsWith(start)).toBe(true);
});

test("B6: modes have marks of their own, found ones and those for a file as well", () => {
  const catalog = ailingCatalog([health(TEXT, "shaky"), health(ANIMATE, "good")]);
  const dialogue = browsing(catalog);
  dialogue.press("Movie 3.0");
  expect(dialogue.labels[0]).toMatch(/^🟡 Видео по тексту · от/);
  expect(dialogue.labels[1]).toMatch(/^🟢 Оживить фото · от/);
  dialogue.say("movie");
  expect(dialogue.labels[0]).toMatch(/^🟢 Movie 3\.0 · от/);
  const other = new Dialogue(makeFacts(), catalog);
  other.give();
  expect(other.labels.some((label) => label.startsWith("🟢 Movie 3.0: Оживить фото"))).toBe(true);
});

test("B6: a broken mode is said on the list and on the card, with a button that waits for it", () => {
  const dialogue = browsing(ailingCatalog([health(TEXT, "broken")]));
  dialogue.press("Movie 3.0");
  expect(dialogue.text).toContain("🔴 отмечено то, что сейчас часто не справляется");
  expect(dialogue.labels).toContain("🔔 Сообщить, когда заработает");
  dialogue.press("Видео по тексту");
  dialogue.say("поезд");
  expect(dialogue.text).toContain("🔴 Сейчас эта модель часто не справляется");
  const { effects, toast, show } = dialogue.press("🔔");
  expect(effects).toEqual([{ kind: "notify", entryKey: TEXT }]);
  expect(toast?.text).toContain("Напишем");
  expect(show).toBe("none");
});

test("B6: with several broken modes each button names its mode", () => {
  const dialogue = browsing(ailingCatalog([health(TEXT, "broken"), health(ANIMATE, "broken")]));
  dialogue.press("Movie 3.0");
  expect(dialogue.labels).toContain("🔔 Сообщить: Видео по тексту");
  expect(dialogue.labels).toContain("🔔 Сообщить: Оживить фото");
});

test("B6: a bell of a model that works says so and waits for nothing", () => {
  const dialogue = new Dialogue();
  const { effects, toast } = dialogue.tap({ kind: "notify", entry: TEXT });
  expect(effects).toEqual([]);
  expect(toast?.text).toContain("уже работает");
});

test.each([
  { why: "because it fails", catalog: ailingCatalog([health(ANIMATE, "broken", true)]), bells: 1 },
  // When it comes back is an admin's will and no matter of health, so nobody can wait for it.
  { why: "by an admin", catalog: ailingCatalog([], [ANIMATE]), bells: 0 },
])("B6 G3: a mode hidden $why is in no menu; an old button to it says so and what else there is", (each) => {
  const dialogue = browsing(each.catalog);
  dialogue.press("Movie 3.0");
  expect(dialogue.state.draft?.entryKey).toBe(TEXT);
  dialogue.tap({ kind: "mode", family: "movie", mode: "animate" });
  expect(dialogue.text).toContain("временно скрыта");
  expect(dialogue.labels.filter((label) => label === "🔔 Сообщить, когда заработает")).toHaveLength(each.bells);
  expect(dialogue.labels[each.bells]).toMatch(/^Видео по тексту · от/);
  expect(dialogue.labels).toContain("🎨 Другая модель");
  if (each.bells > 0) expect(dialogue.press("🔔").effects).toEqual([{ kind: "notify", entryKey: ANIMATE }]);
});

test("B6: a family that is hidden as a whole, and a repeat of what it made, say the same", () => {
  const catalog = ailingCatalog([], [TEXT, ANIMATE]);
  const dialogue = new Dialogue(makeFacts({ generation: makeGeneration() }), catalog);
  dialogue.command("start");
  dialogue.tap({ kind: "model", family: "movie" });
  expect(dialogue.text).toContain("временно скрыта");
  dialogue.tap({ kind: "again", generationId: "gen000000001" });
  expect(dialogue.text).toContain("временно скрыта");
  expect(dialogue.state.draft).toBeNull();
});

test("B6: a card that was open when its model was hidden creates nothing and stays", () => {
  let now = ailingCatalog([]);
  const catalog: Catalog = { ...now, entry: (key) => now.entry(key), health: (key) => now.health(key) };
  const dialogue = new Dialogue(makeFacts(), catalog);
  dialogue.say("кот");
  now = ailingCatalog([health("z-image", "broken", true)]);
  const { effects, toast } = dialogue.press("✅ Создать");
  expect(effects).toEqual([]);
  expect(toast).toMatchObject({ alert: true, text: expect.stringContaining("временно скрыта") });
  expect(dialogue.labels).toContain("🔔 Сообщить, когда заработает");
});

test("A4 B6: words without a card go to another model while the usual one is hidden", () => {
  const dialogue = new Dialogue(makeFacts(), ailingCatalog([], ["z-image"]));
  dialogue.say("кот");
  expect(dialogue.state.draft).toMatchObject({ entryKey: "extra-1", values: { prompt: "кот" } });
});

test("G3: a card whose model an admin took off sale says so, and comes back with the model", () => {
  let now = ailingCatalog([]);
  const catalog: Catalog = { ...now, entry: (key) => now.entry(key) };
  const dialogue = new Dialogue(makeFacts(), catalog);
  dialogue.say("кот");
  now = ailingCatalog([], ["z-image"]);
  expect(dialogue.tap({ kind: "show_price_confirmation" }).effects).toEqual([]);
  expect(dialogue.text).toContain("временно скрыта");
  now = ailingCatalog([]);
  dialogue.command("start");
  dialogue.press("↩️ К карточке: Z-Image");
  expect(dialogue.values).toMatchObject({ prompt: "кот" });
});

/** The fixtures' default model with a faster twin. */
function twoSpeeds(hidden: readonly string[] = []): Catalog {
  const base = ailingCatalog([], hidden);
  return {
    ...base,
    entry(key) {
      const found = base.entry(key);
      if (found === undefined) return undefined;
      const alternatives = {
        "z-image": [{ kind: "faster" as const, key: "extra-1" }],
        "extra-1": [{ kind: "finer" as const, key: "z-image" }],
      };
      const own = key === "z-image" || key === "extra-1" ? alternatives[key] : undefined;
      return own === undefined ? found : { ...found, entry: { ...found.entry, alternatives: own } };
    },
  };
}

test("B7: one button names both prices and both usual times, and switches with the words", () => {
  const usualSecondsOf = { "z-image": { p50: 60, p90: 90 }, "extra-1": { p50: 20, p90: 30 } };
  const dialogue = new Dialogue(makeFacts({ usualSecondsOf }), twoSpeeds());
  dialogue.say("кот");
  expect(dialogue.state.draft?.otherSpeeds).toEqual(["extra-1"]);
  expect(dialogue.labels).toContain("⚡ Быстрее: 0,63\u00a0₽ · 20–30\u00a0с | сейчас 0,63\u00a0₽ · 60–90\u00a0с");
  dialogue.press("⚡");
  expect(dialogue.text).toContain("кот");
  expect(dialogue.text).toContain("Обычно 20–30\u00a0с");
  expect(dialogue.labels).toContain("💎 Качественнее: 0,63\u00a0₽ · 60–90\u00a0с | сейчас 0,63\u00a0₽ · 20–30\u00a0с");
});

test("B7: of an unknown time nothing is said, and a hidden speed is not offered", () => {
  const dialogue = new Dialogue(makeFacts({ usualSecondsOf: { "extra-1": { p50: 20, p90: 30 } } }), twoSpeeds());
  dialogue.say("кот");
  expect(dialogue.labels).toContain("⚡ Быстрее: 0,63\u00a0₽ · 20–30\u00a0с | сейчас 0,63\u00a0₽");
  expect(dialogue.text).not.toContain("Обычно");
  const hidden = new Dialogue(makeFacts(), twoSpeeds(["extra-1"]));
  hidden.say("кот");
  expect(hidden.labels.join()).not.toContain("⚡");
});
