import fc from "fast-check";
import { expect, test } from "vitest";
import { createCatalog } from "../../../lib/catalog/load.ts";
import type { BatchOrder } from "../../../lib/conversation/batch/types.ts";
import { refusalView } from "../../../lib/conversation/generation-views.ts";
import { parseState } from "../../../lib/conversation/state.ts";
import type { Facts, Transition } from "../../../lib/conversation/types.ts";
import { DAY_MS, HOUR_MS } from "../../../lib/shared/clock.ts";
import { Dialogue, makeFacts, NOW, textOf } from "./dialogue.ts";

const catalog = createCatalog(new URL("../../../catalog/", import.meta.url));
const NBSP = "\u00a0";
const plain = (text: string) => text.replaceAll(NBSP, " ");
const many = (overrides: Partial<Facts> = {}): Facts => makeFacts({ maxBatch: 20, ...overrides });
const dear = { creditToRub: "0.5", multiplier: "2" };

/** A card of Z-Image with a prompt. */
function zImage(facts: Facts = many()): Dialogue {
  const dialogue = new Dialogue(facts, catalog);
  dialogue.say("рыжая лиса в снегу");
  return dialogue;
}

function asking(facts: Facts = many()): Dialogue {
  const dialogue = zImage(facts);
  dialogue.press("🗂 Несколько");
  return dialogue;
}

function ordered(lines: readonly string[], facts: Facts = many()): Dialogue {
  const dialogue = asking(facts);
  dialogue.say(lines.join("\n"));
  return dialogue;
}

function orderOf({ effects }: Transition): BatchOrder | undefined {
  const effect = effects.find(({ kind }) => kind === "confirm-batch");
  return effect?.kind === "confirm-batch" ? effect.order : undefined;
}

const promo = (code: string, percent: number, generationsLeft: number | null) => ({
  code,
  kind: "discount" as const,
  percent,
  generationsLeft,
  until: generationsLeft === null ? new Date(NOW.getTime() + DAY_MS) : null,
});
const NO_FREE = { entryKeys: [], perDay: 0, perHour: 0, usedToday: 0, usedThisHour: 0 };

test("C9 where batches are not offered the card has no row for them, and its buttons do nothing", () => {
  const dialogue = zImage(makeFacts());
  expect(dialogue.labels.join()).not.toMatch(/Несколько|Сравнить/);
  dialogue.tap({ kind: "batch" });
  expect(dialogue.state.screen).toEqual({ kind: "card" });
  dialogue.tap({ kind: "compare" });
  expect(dialogue.state.screen).toEqual({ kind: "card" });
});

test("C9 a model without a prompt has no batches", () => {
  const dialogue = new Dialogue(many(), catalog);
  dialogue.tap({ kind: "mode", family: "recraft-upscale", mode: "upscale" });
  dialogue.give();
  expect(dialogue.state.screen.kind).toBe("card");
  expect(dialogue.labels.join()).not.toMatch(/Несколько|Сравнить/);
});

test("C9 one prompt several times: each button says what it costs, the order how it adds up", () => {
  const dialogue = asking();
  expect(dialogue.labels.map(plain)).toEqual([
    "×2 · 1,26 ₽",
    "×3 · 1,89 ₽",
    "×4 · 2,52 ₽",
    "×5 · 3,15 ₽",
    "×10 · 6,30 ₽",
    "‹ Назад",
  ]);
  dialogue.press("×10");
  expect(plain(dialogue.text)).toContain("10 × 0,63 ₽ = 6,30 ₽");
  const order = orderOf(dialogue.press("✅ Создать 10 · 6,30"));
  expect(order?.items).toHaveLength(10);
  expect(new Set(order?.items.map(({ values }) => values.prompt))).toEqual(new Set(["рыжая лиса в снегу"]));
});

test("C9 more repetitions than a batch may have are not offered", () => {
  const dialogue = asking(many({ maxBatch: 4 }));
  expect(dialogue.labels.join()).not.toMatch(/×(5|10)/);
  dialogue.tap({ kind: "batch", wish: 5 });
  expect(dialogue.state.screen).toEqual({ kind: "batch", step: "ask" });
});

test("C9 ✅ orders all lines under the draft's id, closes the card and shows the status", () => {
  const dialogue = ordered(["кот", "лиса", "сова"]);
  const id = dialogue.state.draft?.id;
  expect(plain(dialogue.text)).toContain("1. кот\n2. лиса\n3. сова");
  const order = orderOf(dialogue.press("✅ Создать 3"));
  expect(order).toMatchObject({ id, kind: "batch" });
  expect(order?.items.map(({ entryKey, values, kopecks }) => [entryKey, values.prompt, kopecks])).toEqual([
    ["z-image", "кот", 63n],
    ["z-image", "лиса", 63n],
    ["z-image", "сова", 63n],
  ]);
  expect(order?.discount).toBeUndefined();
  expect(dialogue.state).toMatchObject({ draft: null, screen: { kind: "batch-status", batchId: id } });
});

test("A7 C9 the second tap of ✅ orders nothing, nor does any button of an older screen", () => {
  const dialogue = ordered(["кот", "лиса"]);
  const old = { revision: dialogue.revision, messageId: dialogue.state.messageId ?? 0 };
  dialogue.press("✅");
  for (const action of [
    { kind: "show_price_confirmation" },
    { kind: "confirm" },
    { kind: "batch", wish: 5 },
    { kind: "compare" },
  ] as const) {
    expect(dialogue.tap(action, old).effects).toEqual([]);
    expect(dialogue.state.screen.kind).toBe("batch-status");
  }
});

test("C9 lines sent under the order are added to it; others can take the place of all", () => {
  const dialogue = ordered(["кот", "лиса"]);
  dialogue.say("сова\nёж");
  expect(dialogue.state.draft?.batch?.parts).toEqual(["кот", "лиса", "сова", "ёж"]);
  dialogue.press("Другие запросы");
  dialogue.say("волк\nмедведь");
  expect(dialogue.state.draft?.batch?.parts).toEqual(["волк", "медведь"]);
});

test("C9 a single line becomes the card's prompt, and can be repeated", () => {
  const dialogue = asking();
  dialogue.say("1. ёж");
  expect(dialogue.values.prompt).toBe("ёж");
  expect(dialogue.text).toContain("Это один запрос");
  dialogue.press("×3");
  expect(dialogue.state.draft?.batch?.parts).toEqual(["ёж", "ёж", "ёж"]);
});

test("C9 too many lines are not cut unasked: the limit is said, the first ones wait behind a button with their price", () => {
  const lines = Array.from({ length: 23 }, (_each, index) => `кот номер ${index}`);
  const dialogue = ordered(lines);
  expect(dialogue.state.screen).toEqual({ kind: "batch", step: "ask" });
  expect(plain(dialogue.text)).toContain("Здесь 23 запроса, а за один раз можно до 20.");
  dialogue.press("▶️ Взять 20 · 12,60");
  expect(orderOf(dialogue.press("✅"))?.items.map(({ values }) => values.prompt)).toEqual(lines.slice(0, 20));
});

test("C9 too many lines under the order change nothing", () => {
  const before = Array.from({ length: 19 }, (_each, index) => `кот ${index}`);
  const dialogue = ordered(before);
  dialogue.say("лиса\nсова");
  expect(plain(dialogue.text)).toContain("Вместе получилось бы 21 запрос, а за один раз можно до 20.");
  expect(dialogue.state.draft?.batch?.parts).toEqual(before);
  expect(dialogue.state.screen).toEqual({ kind: "batch", step: "order" });
});

test("C9 a line that breaks the model's limits is named with the limit, and nothing changes", () => {
  const dialogue = ordered(["кот", "лиса"]);
  dialogue.say(`сова\n${"я".repeat(1001)}`);
  expect(plain(dialogue.text)).toMatch(/^Запрос 2\. .*слишком длинно\. Можно до 1 000 знаков, а здесь 1 001\./);
  expect(dialogue.state.draft?.batch?.parts).toEqual(["кот", "лиса"]);
});

test("C9 a text file is a list on the batch's screen, a prompt on a card, and needs a card", () => {
  const dialogue = asking();
  dialogue.happen({ kind: "words", text: "кот\nлиса", format: "txt" });
  expect(dialogue.state.draft?.batch?.parts).toEqual(["кот", "лиса"]);
  dialogue.press("‹ Назад");
  dialogue.happen({ kind: "words", text: "кот\nи лиса", format: "txt" });
  expect(dialogue.values.prompt).toBe("кот\nи лиса");
  dialogue.happen({ kind: "words", text: "prompt\nсова\nёж", format: "csv" });
  expect(dialogue.state.draft?.batch?.parts).toEqual(["сова", "ёж"]);
  dialogue.command("cancel");
  dialogue.happen({ kind: "words", text: "кот", format: "txt" });
  expect(dialogue.text).toContain("сначала выберите модель");
});

test("C9 an empty file is answered with what to do", () => {
  const dialogue = asking();
  dialogue.happen({ kind: "words", text: " \n\n", format: "csv" });
  expect(dialogue.text).toContain("Здесь нет ни одного запроса");
  dialogue.press("‹ Назад");
  dialogue.happen({ kind: "words", text: "", format: "txt" });
  expect(dialogue.text).toContain("Здесь нет ни одного запроса");
  expect(dialogue.values.prompt).toBe("рыжая лиса в снегу");
});

test("C9 the lines are kept on the card, priced anew when its settings change", () => {
  const dialogue = ordered(["кот", "лиса"]);
  dialogue.press("‹ Назад");
  expect(dialogue.labels).toContain("🗂 Несколько: 2");
  dialogue.press("Формат");
  dialogue.press("16:9");
  dialogue.press("🗂 Несколько: 2");
  expect(dialogue.state.screen).toEqual({ kind: "batch", step: "order" });
  expect(orderOf(dialogue.press("✅"))?.items[1]?.values).toMatchObject({ prompt: "лиса", aspect_ratio: "16:9" });
});

test("C9 items that cost differently are summed, each at its own price", () => {
  const dialogue = new Dialogue(many({ confirmFromKopecks: 1_000_000n }), catalog);
  dialogue.tap({ kind: "mode", family: "elevenlabs-v2", mode: "speech" });
  dialogue.say("Привет");
  dialogue.press("🗂 Несколько");
  dialogue.say(`${"а".repeat(1000)}\n${"б".repeat(2500)}`);
  const order = orderOf(dialogue.press("✅ Создать 2"));
  const [short, long] = order?.items ?? [];
  expect(long?.kopecks).toBeGreaterThan(short?.kopecks ?? 0n);
});

test("E3 C9 the price that was seen holds for a day; afterwards a change is told before anything is ordered", () => {
  const dialogue = ordered(["кот", "лиса"]);
  dialogue.facts = many({ pricing: dear, now: new Date(NOW.getTime() + 23 * HOUR_MS) });
  expect(dialogue.labels.map(plain)).toContain("✅ Создать 2 · 1,26 ₽");
  expect(orderOf(dialogue.press("✅"))?.items.map(({ kopecks }) => kopecks)).toEqual([63n, 63n]);

  const later = ordered(["кот", "лиса"]);
  const { draft } = later.state;
  if (draft === null) throw new Error("no draft");
  // The card itself is younger than what it costs: it was opened just before the prices run out.
  later.state = { ...later.state, draft: { ...draft, openedAt: NOW.getTime() + HOUR_MS } };
  later.facts = many({ pricing: dear, now: new Date(NOW.getTime() + DAY_MS) });
  const told = later.press("✅");
  expect(told.effects).toEqual([]);
  expect(plain(textOf(told.notice))).toContain("Цена изменилась: была 1,26 ₽, стала 1,60 ₽");
  expect(orderOf(later.press("✅ Создать 2 · 1,60"))?.items.map(({ kopecks }) => kopecks)).toEqual([80n, 80n]);
});

test("C9 a card of yesterday is opened afresh, with the lines", () => {
  const dialogue = ordered(["кот", "лиса"]);
  dialogue.facts = many({ now: new Date(NOW.getTime() + DAY_MS) });
  expect(dialogue.press("✅").effects).toEqual([]);
  expect(dialogue.labels).toContain("🗂 Несколько: 2");
});

test("F5 C9 a discount that only time ends is in every price; one for single generations is not, and that is said", () => {
  const dialogue = ordered(
    ["кот", "лиса"],
    many({ offers: { promos: [promo("ONCE", 50, 1), promo("WEEK", 10, null)], free: NO_FREE } }),
  );
  expect(plain(dialogue.text)).toContain("2 × 0,57 ₽ = 1,14 ₽");
  expect(plain(dialogue.text)).toContain("1,26 ₽ 1,14 ₽, WEEK −10 %");
  expect(dialogue.text).toContain("Скидки на отдельные генерации здесь не действуют.");
  expect(orderOf(dialogue.press("✅ Создать 2 · 1,14"))).toMatchObject({
    discount: { code: "WEEK", percent: 10 },
    items: [{ kopecks: 57n }, { kopecks: 57n }],
  });
});

test("F5 C9 a discount that ended since the screen was drawn is told, not charged", () => {
  const dialogue = ordered(["кот", "лиса"], many({ offers: { promos: [promo("WEEK", 10, null)], free: NO_FREE } }));
  dialogue.facts = many();
  const told = dialogue.press("✅");
  expect(told.effects).toEqual([]);
  expect(plain(textOf(told.notice))).toContain("была 1,14 ₽, стала 1,26 ₽");
  expect(orderOf(dialogue.press("✅"))?.discount).toBeUndefined();
});

test("F6 C9 free tries are not spent on batches, and somebody who has some is told so", () => {
  const free = { entryKeys: ["z-image"], perDay: 3, perHour: 3, usedToday: 1, usedThisHour: 0 };
  const dialogue = ordered(["кот", "лиса"], many({ offers: { promos: [], free } }));
  expect(dialogue.text).toContain("Бесплатные генерации здесь не действуют");
  expect(orderOf(dialogue.press("✅"))?.items[0]?.kopecks).toBe(63n);
});

test("E4 C9 with too little money the order stays and says how much is missing", () => {
  const money = {
    starsToRub: "1.5",
    requisites: null,
    hasBankQr: false,
    bank: null,
    operations: null,
    spendLimitKopecks: null,
    spentThisMonthKopecks: 0n,
    referral: null,
  };
  const wallet = { mainKopecks: 100n, bonusKopecks: 0n, heldKopecks: 0n };
  const dialogue = ordered(["кот", "лиса"], many({ wallet, money }));
  expect(plain(dialogue.text)).toContain("⚠️ Не хватает 0,26 ₽.");
  expect(dialogue.labels.join()).toMatch(/⭐/);
  const refused = dialogue.press("✅");
  expect(refused.effects).toEqual([]);
  expect(plain(refused.toast?.text ?? "")).toContain("Не хватает 0,26 ₽: нужно 1,26 ₽");
  // After the top-up the way leads back to the order, not to the card.
  dialogue.tap({ kind: "money", action: { kind: "page", page: { kind: "topup", asking: false } } });
  dialogue.tap({ kind: "money", action: { kind: "continue" } });
  expect(dialogue.state.screen).toEqual({ kind: "batch", step: "order" });
});

test("C9 a refusal by the hold speaks of the whole order", () => {
  const dialogue = ordered(["кот", "лиса"]);
  const say = (refusal: Parameters<typeof refusalView>[0]) =>
    plain(refusalView(refusal, dialogue.state, dialogue.facts, catalog).toast.text);
  expect(say({ code: "low-balance", availableKopecks: 100n })).toContain("Не хватает 0,26 ₽: нужно 1,26 ₽");
  expect(say({ code: "queue-full", limit: 10 })).toContain("В очереди помещается до 10");
});

test("C9 a dear order asks once more, with the balance before and after", () => {
  const dialogue = ordered(["кот", "лиса"], many({ confirmFromKopecks: 100n }));
  expect(dialogue.press("✅").effects).toEqual([]);
  expect(plain(dialogue.text)).toContain("Создаём за 1,26 ₽?");
  expect(plain(dialogue.text)).toContain("Баланс: 128 ₽, останется 126,74 ₽");
  dialogue.press("‹ Назад");
  expect(dialogue.state.screen).toEqual({ kind: "batch", step: "order" });
  dialogue.press("✅");
  expect(orderOf(dialogue.press("✅ Подтвердить · 1,26"))?.items).toHaveLength(2);
});

test("C9 where nothing is charged, nothing is said to be missing", () => {
  const wallet = { mainKopecks: 0n, bonusKopecks: 0n, heldKopecks: 0n };
  const dialogue = ordered(["кот", "лиса"], many({ mode: "dry-run", wallet }));
  expect(dialogue.text).toContain("DRY RUN");
  expect(orderOf(dialogue.press("✅"))?.items).toHaveLength(2);
});

test("C9 a sticker under the order leaves it on the screen", () => {
  const dialogue = ordered(["кот", "лиса"]);
  dialogue.happen({ kind: "unsupported" });
  expect(dialogue.state.screen).toEqual({ kind: "batch", step: "order" });
  expect(dialogue.labels.join()).toContain("✅ Создать 2");
});

test("C9 whatever lines are sent, an order has all of them or none, at the price on its button", () => {
  const line = fc.oneof(fc.constant(""), fc.string({ maxLength: 30 }), fc.string({ minLength: 990, maxLength: 1020 }));
  fc.assert(
    fc.property(fc.array(fc.array(line, { maxLength: 12 }), { minLength: 1, maxLength: 3 }), (messages) => {
      const dialogue = asking();
      for (const lines of messages) {
        const before = dialogue.state.draft?.batch?.parts ?? [];
        const text = lines.join("\n");
        if (text.trim() === "" || text.trim().startsWith("/")) continue;
        dialogue.say(text);
        const after = dialogue.state.draft?.batch?.parts ?? [];
        // Either it changed as a whole, or a sentence above the screen says why not.
        if (after === before) expect(dialogue.last?.notice).toBeDefined();
      }
      const { screen, draft } = dialogue.state;
      expect(parseState(JSON.parse(JSON.stringify(dialogue.state)))).toEqual(dialogue.state);
      if (screen.kind !== "batch" || screen.step !== "order") return;
      const parts = draft?.batch?.parts ?? [];
      const label = dialogue.labels.find((each) => each.startsWith("✅")) ?? "";
      const order = orderOf(dialogue.press("✅"));
      expect(order?.items.map(({ values }) => values.prompt)).toEqual(parts);
      const sum = (order?.items ?? []).reduce((total, { kopecks }) => total + kopecks, 0n);
      expect(plain(label)).toContain(`${sum / 100n},${String(sum % 100n).padStart(2, "0")} ₽`);
    }),
    { numRuns: 60 },
  );
});

test("C10 other models for the same prompt are chosen with their prices, three at most in all", () => {
  const dialogue = zImage();
  dialogue.press("⚖️ Сравнить");
  const offered = dialogue.labels.filter((label) => label.includes("₽"));
  expect(offered.length).toBeGreaterThan(2);
  expect(offered.length).toBeLessThanOrEqual(8);
  expect(dialogue.labels.join()).not.toContain("✅");
  const [first = "", second = "", third = ""] = offered;
  dialogue.press(first);
  expect(dialogue.labels.join()).toContain("✅ Сравнить 2");
  dialogue.press(second);
  expect(dialogue.press(third).toast?.text).toContain("Сравнить можно до трёх моделей");
  const keys = dialogue.state.draft?.batch?.parts ?? [];
  expect(keys).toHaveLength(3);
  const order = orderOf(dialogue.press("✅ Сравнить 3"));
  expect(order).toMatchObject({ kind: "compare" });
  expect(order?.items.map(({ entryKey }) => entryKey)).toEqual(keys);
  expect(order?.items[0]?.entryKey).toBe("z-image");
  for (const { values } of order?.items ?? []) expect(Object.values(values)).toContain("рыжая лиса в снегу");
});

test("C10 a chosen model can be taken out again", () => {
  const dialogue = zImage();
  dialogue.press("⚖️ Сравнить");
  const [first = ""] = dialogue.labels;
  dialogue.press(first);
  dialogue.press(`✓ ${first.slice(0, 8)}`);
  expect(dialogue.state.draft?.batch?.parts).toEqual(["z-image"]);
  expect(dialogue.labels.join()).not.toContain("✅");
});

test("C10 a picture goes along: only models that take it are offered, and each gets it", () => {
  const dialogue = new Dialogue(many({ confirmFromKopecks: 1_000_000n }), catalog);
  dialogue.tap({ kind: "mode", family: "nano-banana", mode: "edit" });
  dialogue.give();
  dialogue.say("убери фон");
  dialogue.press("⚖️ Сравнить");
  const [first = ""] = dialogue.labels;
  dialogue.press(first);
  const order = orderOf(dialogue.press("✅ Сравнить 2"));
  for (const { values } of order?.items ?? []) {
    expect(JSON.stringify(values)).toContain("upload1");
    expect(Object.values(values)).toContain("убери фон");
  }
});

test("C10 a new prompt on the comparison is the card's, and the chosen models stay", () => {
  const dialogue = zImage();
  dialogue.press("⚖️ Сравнить");
  dialogue.press(dialogue.labels[0] ?? "");
  dialogue.say("сова в лесу");
  expect(dialogue.state.screen).toEqual({ kind: "card" });
  dialogue.press("⚖️ Сравнить");
  expect(dialogue.labels.join()).toContain("✅ Сравнить 2");
  expect(dialogue.text).toContain("сова в лесу");
});

test("C10 without a prompt there is nothing to compare", () => {
  const dialogue = zImage();
  const { draft } = dialogue.state;
  if (draft === null) throw new Error("no draft");
  dialogue.state = { ...dialogue.state, draft: { ...draft, values: {} } };
  dialogue.tap({ kind: "compare" });
  expect(dialogue.state.screen).toEqual({ kind: "card" });
});

test("A8 C10 every model of every list fits into a button, and every screen can be drawn in both languages", () => {
  for (const language of ["ru", "en"] as const) {
    for (const category of ["image", "video", "audio", "music"] as const) {
      for (const family of catalog.families(category)) {
        const facts = many({ user: { id: 1, language, firstName: "Anna", isNew: false } });
        const dialogue = new Dialogue(facts, catalog);
        const [mode] = family.modes;
        if (mode === undefined || mode.needs.length > 0) continue;
        dialogue.tap({ kind: "mode", family: family.key, mode: mode.mode });
        dialogue.say("a fox in the snow");
        dialogue.tap({ kind: "batch", wish: 3 });
        dialogue.tap({ kind: "batch", wish: "lines" });
        dialogue.tap({ kind: "card" });
        dialogue.tap({ kind: "compare" });
      }
    }
  }
});
