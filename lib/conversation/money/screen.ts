import type { Catalog } from "../../catalog/load.ts";
import { balanceScreen } from "../account-screens.ts";
import type { ConversationState, Facts, View } from "../types.ts";
import { bankScreen } from "./bank.ts";
import type { MoneyDrawing } from "./drawing.ts";
import { limitScreen } from "./limit.ts";
import { operationsScreen } from "./operations.ts";
import { payScreen } from "./pay.ts";
import { promoScreen } from "./promo.ts";
import { referralScreen } from "./referral.ts";
import { topupScreen } from "./topup.ts";
import type { MoneyPage } from "./types.ts";

/** One file per page; a new page does not compile until it has its line. */
const DRAWERS: {
  [Kind in MoneyPage["kind"]]: (drawing: MoneyDrawing<Extract<MoneyPage, { kind: Kind }>>) => View;
} = {
  topup: topupScreen,
  pay: payScreen,
  bank: bankScreen,
  operations: operationsScreen,
  limit: limitScreen,
  promo: promoScreen,
  referral: referralScreen,
};

/** Draws a page about money. Never throws; without its facts it draws the balance. */
export function moneyScreen(page: MoneyPage, state: ConversationState, facts: Facts, catalog: Catalog): View {
  return drawPage(page.kind, page, state, facts, catalog);
}

function drawPage<Kind extends MoneyPage["kind"]>(
  kind: Kind,
  page: Extract<MoneyPage, { kind: Kind }>,
  state: ConversationState,
  facts: Facts,
  catalog: Catalog,
): View {
  const drawers: { [Each in MoneyPage["kind"]]: (drawing: MoneyDrawing<Extract<MoneyPage, { kind: Each }>>) => View } =
    DRAWERS;
  const { money } = facts;
  return money === undefined ? balanceScreen(facts) : drawers[kind]({ page, money, state, facts, catalog });
}
