import { formatBalance, formatKopecks, formatMonth } from "../../i18n/format.ts";
import { texts } from "../../i18n/index.ts";
import { spendingMonth } from "../../ledger/settlement.ts";
import type { Kopecks } from "../../shared/kopecks.ts";
import { noticeOf, send, showing, type Turn } from "../turn.ts";
import type { Transition, View } from "../types.ts";
import { button, keyboard, lines, modeLine, rows } from "../view-parts.ts";
import { moneyButton, toMoney } from "./buttons.ts";
import type { MoneyDrawing } from "./drawing.ts";
import { readRoubles } from "./roubles.ts";
import type { MoneyPage } from "./types.ts";

const PRESETS: readonly Kopecks[] = [30_000n, 50_000n, 100_000n, 300_000n, 500_000n];
const LEAST: Kopecks = 100n;
/** A million roubles. */
const MOST: Kopecks = 100_000_000n;

/** The spending limit of a month: what is spent, what is left, and buttons that change it. */
export function limitScreen({ page, money, facts }: MoneyDrawing<Extract<MoneyPage, { kind: "limit" }>>): View {
  const { language } = facts.user;
  const t = texts(language);
  const { limit: l, buttons } = t.moneyPages;
  const { spendLimitKopecks: limit, spentThisMonthKopecks: spent } = money;
  const left = limit === null ? null : limit > spent ? limit - spent : 0n;
  return {
    text: lines(
      { bold: l.title },
      "",
      limit === null ? l.none : l.is(formatBalance(limit, language)),
      l.spent(formatKopecks(spent, language), formatMonth(spendingMonth(facts.now), language)),
      left === null ? null : left > 0n ? l.left(formatKopecks(left, language)) : l.reached,
      "",
      page.asking ? l.ask : l.rule,
      modeLine(facts.mode, language),
    ),
    keyboard: keyboard(
      rows(
        PRESETS.filter((sum) => sum !== limit).map((sum) =>
          moneyButton(formatBalance(sum, language), { kind: "set-limit", kopecks: String(sum) }),
        ),
        3,
      ),
      [
        [
          ...(page.asking ? [] : [toMoney(buttons.otherLimit, { kind: "limit", asking: true })]),
          ...(limit === null ? [] : [moneyButton(buttons.limitOff, { kind: "set-limit", kopecks: null })]),
        ],
        [button(buttons.balance, { kind: "balance" }), button(t.buttons.menu, { kind: "menu" })],
      ],
    ),
  };
}

/** Typed roubles while the page asks for them. */
export function takeLimit(turn: Turn, text: string): Transition {
  const { language } = turn.facts.user;
  const { limit: l } = turn.texts.moneyPages;
  const kopecks = readRoubles(text);
  if (kopecks === null || kopecks < LEAST || kopecks > MOST) {
    return send(turn.state, noticeOf([l.wrong(formatBalance(LEAST, language), formatBalance(MOST, language))]));
  }
  return send(showing(turn.state, { kind: "money", page: { kind: "limit", asking: false } }), {
    ...noticeOf([l.saved(formatBalance(kopecks, language))]),
    effects: [{ kind: "money", order: { kind: "set-limit", kopecks } }],
  });
}
