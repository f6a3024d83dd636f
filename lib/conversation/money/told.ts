import type { CatalogEntry } from "../../catalog/load.ts";
import { formatBalance } from "../../i18n/format.ts";
import { texts } from "../../i18n/index.ts";
import type { Kopecks } from "../../shared/kopecks.ts";
import type { Language } from "../../shared/localized.ts";
import type { View, ViewButton, WalletFacts } from "../types.ts";
import { balanceLine, button, keyboard, lines } from "../view-parts.ts";
import { moneyButton } from "./buttons.ts";

/** After a paid top-up: what came, and one tap back to the card that waits for it. */
export function toppedUpView(
  news: {
    kopecks: Kopecks;
    bonusKopecks: Kopecks;
    /** Of `kopecks`, what paid a debt. */
    debtKopecks: Kopecks;
    wallet: WalletFacts;
    waiting: CatalogEntry | null;
  },
  language: Language,
): View {
  const { told, buttons } = texts(language).topup;
  const { wallet, waiting, bonusKopecks, debtKopecks } = news;
  const left = wallet.debtKopecks ?? 0n;
  return {
    text: lines(
      { bold: told.credited(formatBalance(news.kopecks, language)) },
      bonusKopecks > 0n ? told.bonus(formatBalance(bonusKopecks, language)) : null,
      debtKopecks > 0n ? told.debtPaid(formatBalance(debtKopecks, language)) : null,
      left > 0n ? told.debtLeft(formatBalance(left, language)) : null,
      balanceLine(wallet, language),
    ),
    keyboard: keyboard(
      waiting === null ? null : [[moneyButton(buttons.continueWith(waiting.family.title), { kind: "continue" })]],
      waysOn(language),
    ),
  };
}

/** After a refund in Stars: what left the balance, and what it could not give. */
export function starsRefundedView(news: { kopecks: Kopecks; debtKopecks: Kopecks }, language: Language): View {
  const { told } = texts(language).topup;
  return {
    text: lines(
      { bold: told.refunded(formatBalance(news.kopecks - news.debtKopecks, language)) },
      news.debtKopecks > 0n ? told.intoDebt(formatBalance(news.debtKopecks, language)) : null,
    ),
    keyboard: waysOn(language),
  };
}

function waysOn(language: Language): ViewButton[][] {
  const { buttons } = texts(language);
  return [[button(buttons.balance, { kind: "balance" }), button(buttons.menu, { kind: "menu" })]];
}
