import { formatDateTime, formatKopecks } from "../../i18n/format.ts";
import { texts } from "../../i18n/index.ts";
import type { PromoKind } from "../../ledger/payments.ts";
import { isPromoCode } from "../../ledger/payments.ts";
import type { Kopecks } from "../../shared/kopecks.ts";
import type { Language } from "../../shared/localized.ts";
import { cardButton } from "../browse-screens.ts";
import { noticeOf, send, showing, type Turn } from "../turn.ts";
import type { Effect, Screen, Transition, View } from "../types.ts";
import { button, keyboard, lines, modeLine } from "../view-parts.ts";
import { toMoney } from "./buttons.ts";
import type { MoneyDrawing } from "./drawing.ts";
import type { ActivePromo, MoneyPage } from "./types.ts";

/** The user's codes that still do something, and the way to enter another one. */
export function promoScreen({
  page,
  state,
  facts,
  catalog,
}: MoneyDrawing<Extract<MoneyPage, { kind: "promo" }>>): View {
  const { language } = facts.user;
  const t = texts(language);
  const active = facts.offers?.promos ?? [];
  const discounts = active.filter(({ kind }) => kind === "discount");
  return {
    text: lines(
      { bold: t.promo.title },
      "",
      active.length === 0 ? t.promo.none : t.promo.active,
      ...active.map((promo) => `• ${promoText(promo, language)}`),
      discounts.length > 1 ? t.promo.best : null,
      page.asking ? "" : null,
      page.asking ? t.promo.ask : null,
      modeLine(facts.mode, language),
    ),
    keyboard: keyboard(
      page.asking ? null : [[toMoney(t.promo.enter, { kind: "promo", asking: true })]],
      cardButton(state, facts, catalog),
      [[button(t.buttons.balance, { kind: "balance" }), button(t.buttons.menu, { kind: "menu" })]],
    ),
  };
}

/** "WELCOME: скидка 15 % на генерации, осталось: 1 генерация" */
function promoText({ code, kind, percent, generationsLeft, until }: ActivePromo, language: Language): string {
  const { promo } = texts(language);
  const what = kind === "topup" ? promo.topup(code, percent ?? 0) : promo.discount(code, percent ?? 0);
  const left = kind === "discount" && generationsLeft !== null ? promo.left(generationsLeft) : null;
  const end = until === null ? null : promo.until(formatDateTime(until, language));
  return [what, left, end].filter((part) => part !== null).join(", ");
}

/** Typed text while the page asks for a code. */
export function takePromo(turn: Turn, text: string): Transition {
  return enterCode(turn, text, { kind: "money", page: { kind: "promo", asking: false } });
}

/** `/promo CODE`; without a code it is asked for. */
export function promoCommand(turn: Turn, argument: string): Transition {
  if (argument !== "") return takePromo(turn, argument);
  return send(showing(turn.state, { kind: "money", page: { kind: "promo", asking: true } }));
}

/**
 * Orders a code to be redeemed and shows `screen`, where its answer is said above. What can not be a code at all is
 * answered like a wrong one, without asking anybody.
 */
export function enterCode(turn: Turn, text: string, screen: Screen): Transition {
  const code = text.trim().toUpperCase();
  const state = showing(turn.state, screen);
  if (!isPromoCode(code)) return send(state, noticeOf([turn.texts.promo.wrong]));
  const effects: readonly Effect[] = [{ kind: "money", order: { kind: "redeem", code } }];
  return send(state, { effects });
}

/** What became of a code that was entered, in the terms of the ledger. */
export type Redeemed =
  | {
      kind: "redeemed";
      code: string;
      promo: PromoKind;
      kopecks: Kopecks | null;
      percent: number | null;
      generationsLeft: number | null;
      until: Date | null;
    }
  | { kind: "wrong" | "used" | "newcomers-only" | "too-many" };

export function redeemedText(answer: Redeemed, language: Language): string {
  const { promo } = texts(language);
  switch (answer.kind) {
    case "wrong":
      return promo.wrong;
    case "used":
      return promo.used;
    case "newcomers-only":
      return promo.newcomersOnly;
    case "too-many":
      return promo.tooMany;
    case "redeemed": {
      const { code, kopecks, percent, generationsLeft, until } = answer;
      if (answer.promo === "bonus") return promo.redeemedBonus(code, formatKopecks(kopecks ?? 0n, language));
      if (answer.promo === "topup") return promo.redeemedTopup(code, percent ?? 0);
      return until === null
        ? promo.redeemedGenerations(code, percent ?? 0, generationsLeft ?? 0)
        : promo.redeemedDays(code, percent ?? 0, formatDateTime(until, language));
    }
  }
}
