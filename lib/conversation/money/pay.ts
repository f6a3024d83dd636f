import { formatBalance } from "../../i18n/format.ts";
import { texts } from "../../i18n/index.ts";
import { cardButton } from "../browse-screens.ts";
import type { View } from "../types.ts";
import { button, keyboard, lines } from "../view-parts.ts";
import { moneyButton, toMoney } from "./buttons.ts";
import type { MoneyDrawing } from "./drawing.ts";
import { MAX_TOPUP_KOPECKS, MIN_TOPUP_KOPECKS, starsPrice } from "./topup.ts";
import type { MoneyPage } from "./types.ts";

/** How to pay a chosen sum. */
export function payScreen({
  page,
  money,
  state,
  facts,
  catalog,
}: MoneyDrawing<Extract<MoneyPage, { kind: "pay" }>>): View {
  const { language } = facts.user;
  const t = texts(language);
  const { pay, buttons } = t.topup;
  const sum = BigInt(page.kopecks);
  const isSold = sum >= MIN_TOPUP_KOPECKS && sum <= MAX_TOPUP_KOPECKS;
  const stars = isSold ? starsPrice(sum, money) : null;
  const hasBank = isSold && money.requisites !== null;
  return {
    text: lines({ bold: pay.title(formatBalance(sum, language)) }, "", stars === null && !hasBank ? pay.none : pay.how),
    keyboard: keyboard(
      stars === null ? null : [[moneyButton(buttons.stars(stars), { kind: "stars", kopecks: page.kopecks })]],
      hasBank ? [[moneyButton(buttons.bank, { kind: "bank", kopecks: page.kopecks })]] : null,
      cardButton(state, facts, catalog),
      [[toMoney(t.buttons.back, { kind: "topup", asking: false }), button(t.buttons.menu, { kind: "menu" })]],
    ),
  };
}
