import { expect, test } from "vitest";
import { refusalView } from "../../../lib/conversation/generation-views.ts";
import type { HoldRefusal } from "../../../lib/conversation/types.ts";
import { DAY_MS, HOUR_MS } from "../../../lib/shared/clock.ts";
import { Dialogue, makeFacts, NOW, textOf } from "./dialogue.ts";

const dear = { creditToRub: "0.39295", multiplier: "4" };

function card(facts = makeFacts()): Dialogue {
  const dialogue = new Dialogue(facts);
  dialogue.tap({ kind: "mode", family: "movie", mode: "text" });
  dialogue.say("Поезд едет вдоль моря");
  return dialogue;
}

test("A5 a cheap generation starts with one tap: one effect, the draft closed, the generation on screen", () => {
  const dialogue = card();
  const id = dialogue.state.draft?.id;
  const { effects } = dialogue.press("✅ Создать · 7,86");
  expect(effects).toMatchObject([{ kind: "confirm", draft: { id, quote: { kopecks: "786" }, asking: null } }]);
  expect(dialogue.state).toMatchObject({ draft: null, screen: { kind: "generation", generationId: id } });
});

test("A7 the second tap of ✅ does nothing", () => {
  const dialogue = card();
  const at = { revision: dialogue.revision, messageId: dialogue.state.messageId ?? 0 };
  dialogue.press("✅");
  expect(dialogue.tap({ kind: "show_price_confirmation" }, at).effects).toEqual([]);
});

test("a dear generation asks once more, with the balance before and after", () => {
  const dialogue = card();
  dialogue.press("Качество");
  dialogue.press("1080p");
  expect(dialogue.press("✅ Создать · 23,58").effects).toEqual([]);
  expect(dialogue.text).toContain("Создаём за 23,58\u00a0₽?");
  expect(dialogue.text).toContain("Баланс: 128\u00a0₽, останется 104,42\u00a0₽");
  dialogue.press("‹ Назад");
  expect(dialogue.state.screen.kind).toBe("card");
  dialogue.press("✅");
  expect(dialogue.press("✅ Подтвердить · 23,58\u00a0₽").effects).toHaveLength(1);
});

test("a second tap of ✅ leaves the last question on the screen", () => {
  const dialogue = card(makeFacts({ confirmFromKopecks: 0n }));
  const at = { revision: dialogue.revision, messageId: dialogue.state.messageId ?? 0 };
  dialogue.press("✅");
  dialogue.tap({ kind: "show_price_confirmation" }, at);
  expect(dialogue.state.screen.kind).toBe("confirmation");
});

test("E3 the price the user saw holds for 24 hours, whatever the rate does", () => {
  const dialogue = card();
  dialogue.facts = makeFacts({ now: new Date(NOW.getTime() + 23 * HOUR_MS), pricing: dear });
  expect(dialogue.labels).toContain("✅ Создать · 7,86\u00a0₽");
  const { effects } = dialogue.press("✅");
  expect(effects).toMatchObject([{ draft: { quote: { kopecks: "786" } } }]);
});

test("E3 a changed value is priced anew", () => {
  const dialogue = card();
  dialogue.facts = makeFacts({ pricing: dear });
  dialogue.press("Длительность");
  dialogue.press("3\u00a0с");
  expect(dialogue.labels).toContain("✅ Создать · 9,43\u00a0₽");
});

test("E3 a price that changed after 24 hours is told before anything is created", () => {
  const dialogue = card();
  const { draft } = dialogue.state;
  if (draft?.quote == null) throw new Error("the card has a price");
  // A card opened an hour ago whose price is older than a day: a copied draft, for instance.
  const quote = { ...draft.quote, quotedAt: NOW.getTime() - DAY_MS };
  dialogue.state = { ...dialogue.state, draft: { ...draft, quote } };
  dialogue.facts = makeFacts({ pricing: dear });
  expect(dialogue.press("✅").effects).toEqual([]);
  expect(dialogue.text).toContain("Цена изменилась: была 7,86\u00a0₽, стала 15,72\u00a0₽.");
  expect(dialogue.press("✅ Создать · 15,72").effects).toHaveLength(1);
});

test("E3 a reopened card tells its new price", () => {
  const dialogue = card();
  dialogue.facts = makeFacts({ now: new Date(NOW.getTime() + DAY_MS), pricing: dear });
  dialogue.press("✅");
  expect(dialogue.text).toContain("Цена изменилась: была 7,86\u00a0₽, стала 15,72\u00a0₽.");
});

test("E4 a wallet too small keeps the card and says how much is missing, before and after the tap", () => {
  const dialogue = card(makeFacts({ wallet: { mainKopecks: 400n, bonusKopecks: 100n, heldKopecks: 0n } }));
  expect(dialogue.text).toContain("Не хватает 2,86\u00a0₽");
  const { effects, toast } = dialogue.press("✅");
  expect(effects).toEqual([]);
  expect(toast?.text).toBe("Не хватает 2,86\u00a0₽: нужно 7,86\u00a0₽, а на балансе 5\u00a0₽. Карточка подождёт.");
  expect(dialogue.state.screen.kind).toBe("card");
});

test.each(["dry-run", "test"] as const)("C11 %s marks the price and needs no money", (mode) => {
  const dialogue = card(makeFacts({ mode, wallet: { mainKopecks: 0n, bonusKopecks: 0n, heldKopecks: 0n } }));
  expect(dialogue.text).toContain("деньги не списываются");
  expect(dialogue.press("✅").effects).toHaveLength(1);
});

test("a missing input is asked for instead of creating", () => {
  const dialogue = new Dialogue();
  dialogue.tap({ kind: "mode", family: "movie", mode: "text" });
  const { effects, toast } = dialogue.tap({ kind: "show_price_confirmation" });
  expect(effects).toEqual([]);
  expect(toast?.text).toBe("Пока создать не получится.");
  expect(dialogue.state.draft?.asking).toBe("prompt");
});

test.each<[HoldRefusal, string]>([
  [
    { code: "low-balance", availableKopecks: 700n },
    "Не хватает 0,86\u00a0₽: нужно 7,86\u00a0₽, а на балансе 7\u00a0₽.",
  ],
  [{ code: "banned" }, "сейчас нельзя"],
  [{ code: "debt", kopecks: 5_000n }, "долг 50\u00a0₽"],
  [{ code: "queue-full", limit: 21 }, "уже 21\u00a0генерация"],
  [{ code: "spend-limit", limitKopecks: 100_000n }, "1\u00a0000\u00a0₽"],
])("a refused hold is explained: %o", (refusal, words) => {
  const dialogue = card();
  const { toast, notice } = refusalView(refusal, dialogue.state, dialogue.facts, dialogue.catalog);
  expect(toast.text).toContain(words);
  expect(textOf(notice)).toContain(words);
});
