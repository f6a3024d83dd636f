import type { MoneyAction, MoneyFacts, MoneyPage } from "../../conversation/money/types.ts";
import type { ConversationState, DialogueEvent } from "../../conversation/types.ts";
import { readBankRequest } from "../../db/bank.ts";
import type { DialogueRead } from "../../db/dialogues.ts";
import { spendingMonth } from "../../ledger/settlement.ts";
import type { App } from "../app.ts";
import { hasBankQr } from "../payments/bank.ts";
import { canInvite, referralFacts } from "../referral/facts.ts";

/** What was read for one page about money. */
export interface MoneyRead {
  page: MoneyPage;
  parts: Partial<Pick<MoneyFacts, "bank" | "referral">>;
}

/** What a page shows beyond the wallet and the configuration, in at most one read; most pages need none. */
export async function readMoneyFacts(app: App, page: MoneyPage, user: { id: number }): Promise<MoneyRead> {
  switch (page.kind) {
    case "referral":
      return { page, parts: { referral: await referralFacts(app, user.id) } };
    case "bank":
      return { page, parts: { bank: await readBankRequest(app.database, user.id) } };
    // Its movements come with the dialogue itself.
    case "operations":
    case "promo":
    case "topup":
    case "pay":
    case "limit":
      return { page, parts: {} };
  }
}

/** Everything that the screens about money, and the card's way to a top-up, look at. */
export function moneyFacts(
  app: App,
  { wallet, operations }: Pick<DialogueRead, "wallet" | "operations">,
  read: MoneyRead | null,
): MoneyFacts {
  const isThisMonth = wallet?.spentMonth === spendingMonth(app.clock.now());
  return {
    starsToRub: app.config.STARS_TO_RUB ?? null,
    requisites: app.config.BANK_REQUISITES ?? null,
    hasBankQr: hasBankQr(app),
    bank: null,
    operations,
    canInvite: canInvite(app),
    referral: null,
    spendLimitKopecks: wallet?.spendLimitKopecks ?? null,
    spentThisMonthKopecks: isThisMonth ? wallet.spentKopecks : 0n,
    ...read?.parts,
  };
}

/** The page about money that an event is about, before it is decided; null for everything else. */
export function moneyPageOf(state: ConversationState, event: DialogueEvent): MoneyPage | null {
  if (event.kind === "tap") return event.action.kind === "money" ? pageOfAction(event.action.action) : null;
  return event.kind === "text" && state.screen.kind === "money" ? state.screen.page : null;
}

function pageOfAction(action: MoneyAction): MoneyPage | null {
  switch (action.kind) {
    case "page":
      return action.page;
    case "operations":
      return action;
    case "bank":
    case "bank-cancel":
      return { kind: "bank" };
    case "set-limit":
      return { kind: "limit", asking: false };
    case "stars":
    case "continue":
    case "bank-qr":
    case "statement":
      return null;
  }
}

/** Whether the facts of one page also serve the other. */
export function servesPage(read: MoneyRead | null, page: MoneyPage | null): boolean {
  if (page === null) return true;
  return read?.page.kind === page.kind;
}
