import { expect, test } from "vitest";
import { payScreen } from "../../../lib/conversation/money/pay.ts";
import { starsRefundedView, toppedUpView } from "../../../lib/conversation/money/told.ts";
import { shortRows, topupScreen } from "../../../lib/conversation/money/topup.ts";
import type { MoneyFacts } from "../../../lib/conversation/money/types.ts";
import { renderScreen } from "../../../lib/conversation/render.ts";
import { initialState } from "../../../lib/conversation/state.ts";
import { checkView, labels, makeFacts, textOf } from "./dialogue.ts";
import { memoryCatalog } from "./fixture-catalog.ts";

const catalog = memoryCatalog();
const state = initialState();
const plain = (text: string) => text.replace(/[\u00a0\u202f]/g, " ");

function money(ways: Pick<MoneyFacts, "starsToRub" | "requisites">): MoneyFacts {
  return {
    bank: null,
    hasBankQr: false,
    operations: null,
    canInvite: false,
    referral: null,
    spendLimitKopecks: null,
    spentThisMonthKopecks: 0n,
    ...ways,
  };
}
const factsWith = (ways: Pick<MoneyFacts, "starsToRub" | "requisites">) => makeFacts({ money: money(ways) });

const NOTHING = { starsToRub: null, requisites: null };
const STARS = { starsToRub: "1.5", requisites: null };
const BANK = { starsToRub: null, requisites: "Карта: 2200" };
const BOTH = { starsToRub: "1.5", requisites: "Карта: 2200" };

test.each([
  ["Stars only", STARS, "100 ₽ · 67 ⭐", "stars"],
  ["a bank transfer only", BANK, "100 ₽", "bank"],
  ["both", BOTH, "100 ₽ · 67 ⭐", "page"],
] as const)("F1: with %s a sum leads to its payment", (_, ways, label, kind) => {
  const facts = factsWith(ways);
  const view = topupScreen({ page: { kind: "topup", asking: false }, money: money(ways), state, facts, catalog });
  checkView(view, 3);
  const [first] = view.keyboard[0] ?? [];
  expect(plain(first?.text ?? "")).toBe(label);
  expect(first).toMatchObject({ action: { kind: "money", action: { kind } } });
});

test("F1: where nothing can be paid, nothing is offered: no menu item, no button on a card, a sentence on the page", () => {
  const facts = factsWith(NOTHING);
  expect(labels(renderScreen(state, facts, catalog)).join()).not.toContain("Пополнить");
  expect(labels(renderScreen(state, factsWith(STARS), catalog)).join()).toContain("Пополнить");
  expect(shortRows(5_000n, facts)).toBeNull();
  const page = topupScreen({ page: { kind: "topup", asking: false }, money: money(NOTHING), state, facts, catalog });
  checkView(page, 3);
  expect(textOf(page.text)).toContain("сейчас нельзя");
});

test.each([
  [1n, "100 ₽"],
  [9_999n, "100 ₽"],
  [10_001n, "101 ₽"],
  [34_000n, "340 ₽"],
  [34_001n, "341 ₽"],
] as const)("E4: %s kopecks short offers %s", (missing, sum) => {
  const [[button] = []] = shortRows(missing, factsWith(BANK)) ?? [];
  expect(plain(button?.text ?? "")).toBe(`💳 Пополнить на ${sum}`);
});

test("E4: what is more than one top-up can bring leads to the sums", () => {
  const rows = shortRows(2_000_000n, factsWith(BOTH)) ?? [];
  expect(rows.flat().map(({ text }) => plain(text))).toEqual(["💳 Другие суммы"]);
});

test.each(["0", "9999", "1500001", "999999999999"])("F1: a made-up sum of %s kopecks can not be paid", (kopecks) => {
  const facts = factsWith(BOTH);
  const view = payScreen({ page: { kind: "pay", kopecks }, money: money(BOTH), state, facts, catalog });
  checkView(view, 3);
  expect(textOf(view.text)).toContain("оплатить нельзя");
  expect(labels(view).join()).not.toContain("Звёздами");
});

test("F1: more Stars than an invoice holds are not offered, the transfer is", () => {
  const ways = { ...BOTH, starsToRub: "0.5" };
  const facts = factsWith(ways);
  const view = payScreen({ page: { kind: "pay", kopecks: "600000" }, money: money(ways), state, facts, catalog });
  expect(labels(view).join()).toContain("Переводом");
  expect(labels(view).join()).not.toContain("Звёздами");
});

test.each(["ru", "en"] as const)("F1: what is told of a top-up and of a refund names every sum (%s)", (language) => {
  const credited = toppedUpView(
    {
      kopecks: 30_000n,
      bonusKopecks: 1_500n,
      debtKopecks: 20_000n,
      wallet: { mainKopecks: 10_000n, bonusKopecks: 1_500n, heldKopecks: 0n, debtKopecks: 777n },
      waiting: null,
    },
    language,
  );
  const text = textOf(credited.text);
  for (const sum of ["300", "15", "200", "7", "100"]) expect(text).toContain(sum);
  expect(textOf(starsRefundedView({ kopecks: 30_000n, debtKopecks: 20_000n }, language).text)).toMatch(/100.*\n.*200/);
});
