import { formatBalance } from "../../i18n/format.ts";
import { cardOf, isExpired } from "../draft.ts";
import { reopen } from "../open-draft.ts";
import { answer, noticeOf, type send, showing, type Turn, toast } from "../turn.ts";
import type { ConversationState, Effect, Screen, Transition } from "../types.ts";
import { takeLimit } from "./limit.ts";
import { takePromo } from "./promo.ts";
import { takeTopup } from "./topup.ts";
import type { MoneyAction, MoneyOrder, MoneyPage } from "./types.ts";

type Extra = Parameters<typeof send>[1];
type Draw = (state: ConversationState, extra?: Extra) => Transition;

/** A button about money. Each says wholly what it does, so it works at any age; the services guard the rest. */
export function openMoney(turn: Turn, action: MoneyAction, draw: Draw): Transition {
  const { state } = turn;
  const t = turn.texts.moneyPages;
  const show = (page: MoneyPage, extra: Extra = {}) => draw(showing(state, { kind: "money", page }), extra);
  switch (action.kind) {
    case "page":
      return show(action.page);
    case "operations":
      return show(action);
    case "stars":
      return { state, show: "none", ...ordered({ kind: "send-invoice", kopecks: BigInt(action.kopecks) }) };
    case "continue":
      return goOn(turn, draw);
    case "bank":
      return show({ kind: "bank" }, ordered({ kind: "open-bank-request", kopecks: BigInt(action.kopecks) }));
    case "bank-cancel":
      return show({ kind: "bank" }, ordered({ kind: "cancel-bank-request", requestId: action.requestId }));
    case "bank-qr":
      return answer(state, turn.texts.bank.qrOnWay, ordered({ kind: "send-bank-qr", requestId: action.requestId }));
    case "statement":
      return answer(state, t.operations.statementComing, ordered({ kind: "send-statement", month: action.month }));
    case "set-limit": {
      const kopecks = action.kopecks === null ? null : BigInt(action.kopecks);
      const said = kopecks === null ? t.limit.removed : t.limit.saved(formatBalance(kopecks, turn.facts.user.language));
      return show({ kind: "limit", asking: false }, { ...toast(said), ...ordered({ kind: "set-limit", kopecks }) });
    }
  }
}

/** The card as it was left, wherever the person has been meanwhile; one that is too old is opened afresh. */
function goOn(turn: Turn, draw: Draw): Transition {
  const card = cardOf(turn.state, turn.catalog);
  if (card === null) return draw(showing(turn.state, { kind: "menu" }));
  // Prices of several stand in the draft only while their order was what the person looked at.
  const screen: Screen = card.draft.batch?.prices ? { kind: "batch", step: "order" } : { kind: "card" };
  if (!isExpired(card.draft, turn.facts.now)) return draw(showing(turn.state, screen));
  const opened = reopen(turn, card);
  return draw(opened.state, noticeOf(opened.notes));
}

/** Lets the services do it, after the step is stored. */
export function ordered(order: MoneyOrder): { effects: readonly Effect[] } {
  return { effects: [{ kind: "money", order }] };
}

type TypedPage = Extract<MoneyPage, { asking: boolean }>;
type Takers = { [Kind in TypedPage["kind"]]?: (turn: Turn, text: string) => Transition };

/** What typed text does on a page that asks for some. */
const TAKERS: Takers = {
  limit: takeLimit,
  topup: takeTopup,
  promo: takePromo,
};

/** @returns null when no page about money asks for words, so that they go where everybody's go. */
export function takeMoneyText(turn: Turn, text: string): Transition | null {
  const { screen } = turn.state;
  if (screen.kind !== "money" || !("asking" in screen.page) || !screen.page.asking) return null;
  return TAKERS[screen.page.kind]?.(turn, text) ?? null;
}
