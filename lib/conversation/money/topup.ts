import { formatBalance } from "../../i18n/format.ts";
import { texts } from "../../i18n/index.ts";
import { MAX_INVOICE_STARS, starsFor } from "../../ledger/stars.ts";
import type { Kopecks } from "../../shared/kopecks.ts";
import { cardButton } from "../browse-screens.ts";
import { noticeOf, send, showing, type Turn } from "../turn.ts";
import type { Facts, Transition, View, ViewButton } from "../types.ts";
import { balanceLine, button, keyboard, lines, rows } from "../view-parts.ts";
import { moneyButton, toMoney } from "./buttons.ts";
import type { MoneyDrawing } from "./drawing.ts";
import { readRoubles } from "./roubles.ts";
import type { MoneyFacts, MoneyPage } from "./types.ts";

const AMOUNTS: readonly Kopecks[] = [10_000n, 30_000n, 50_000n, 100_000n];
/** The smallest sum on offer, and the largest that may be typed. */
export const MIN_TOPUP_KOPECKS: Kopecks = 10_000n;
export const MAX_TOPUP_KOPECKS: Kopecks = 1_500_000n;

type Ways = Pick<MoneyFacts, "starsToRub" | "requisites">;

/** Whether there is any way to top up at all. */
export function canTopUp(money: Ways | undefined): money is Ways {
  return money !== undefined && (money.starsToRub !== null || money.requisites !== null);
}

/** What a sum costs in Stars; null where they are off, or one invoice can not hold so many. */
export function starsPrice(kopecks: Kopecks, { starsToRub }: Ways): number | null {
  const stars = starsToRub === null ? null : starsFor(kopecks, starsToRub);
  return stars === null || stars > MAX_INVOICE_STARS ? null : stars;
}

/** A button that leads to the payment of a sum: to the only way there is, or to the choice between them. */
export function payButton(
  kopecks: Kopecks,
  money: Ways,
  facts: Facts,
  label: "amount" | "missing" = "amount",
): ViewButton {
  const { language } = facts.user;
  const stars = starsPrice(kopecks, money);
  const text = texts(language).topup.buttons[label](formatBalance(kopecks, language), stars);
  const sum = kopecks.toString();
  if (stars !== null && money.requisites === null) return moneyButton(text, { kind: "stars", kopecks: sum });
  if (stars === null && money.requisites !== null) return moneyButton(text, { kind: "bank", kopecks: sum });
  return toMoney(text, { kind: "pay", kopecks: sum });
}

/** Sums to choose from; `asking` waits for a typed one. */
export function topupScreen({
  page,
  money,
  state,
  facts,
  catalog,
}: MoneyDrawing<Extract<MoneyPage, { kind: "topup" }>>): View {
  const { language } = facts.user;
  const t = texts(language);
  const { page: p, buttons } = t.topup;
  const wayBack = [[button(t.buttons.balance, { kind: "balance" }), button(t.buttons.menu, { kind: "menu" })]];
  if (!canTopUp(money)) return { text: lines({ bold: p.title }, "", p.off), keyboard: keyboard(wayBack) };
  return {
    text: lines(
      { bold: p.title },
      "",
      balanceLine(facts.wallet, language),
      "",
      page.asking ? p.ask : p.pick,
      money.starsToRub === null ? null : p.starsPrice,
    ),
    keyboard: keyboard(
      rows(AMOUNTS.map((kopecks) => payButton(kopecks, money, facts))),
      page.asking ? null : [[toMoney(buttons.otherAmount, { kind: "topup", asking: true })]],
      cardButton(state, facts, catalog),
      wayBack,
    ),
  };
}

/** Typed roubles while the page asks for them. */
export function takeTopup(turn: Turn, text: string): Transition {
  const { language } = turn.facts.user;
  const { page: p } = turn.texts.topup;
  const kopecks = readRoubles(text);
  if (kopecks === null || kopecks < MIN_TOPUP_KOPECKS || kopecks > MAX_TOPUP_KOPECKS) {
    const [least, most] = [formatBalance(MIN_TOPUP_KOPECKS, language), formatBalance(MAX_TOPUP_KOPECKS, language)];
    return send(turn.state, noticeOf([p.wrong(least, most)]));
  }
  return send(showing(turn.state, { kind: "money", page: { kind: "pay", kopecks: kopecks.toString() } }));
}

/**
 * What a card needs when money is short: the missing sum, in whole roubles and at least the smallest on offer, and the
 * way to other sums. Null where nothing can be topped up.
 */
export function shortRows(missing: Kopecks, facts: Facts): ViewButton[][] | null {
  const { money } = facts;
  if (missing <= 0n || !canTopUp(money)) return null;
  const whole = ((missing + 99n) / 100n) * 100n;
  const sum = whole < MIN_TOPUP_KOPECKS ? MIN_TOPUP_KOPECKS : whole;
  const { buttons } = texts(facts.user.language).topup;
  const others = toMoney(buttons.otherAmounts, { kind: "topup", asking: false });
  return sum > MAX_TOPUP_KOPECKS ? [[others]] : [[payButton(sum, money, facts, "missing")], [others]];
}
