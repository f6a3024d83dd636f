import type { Catalog } from "../catalog/load.ts";
import { quote } from "../catalog/quote.ts";
import { defaultValues } from "../catalog/values.ts";
import type { DocumentName } from "../i18n/documents.ts";
import { formatBalance } from "../i18n/format.ts";
import { type Texts, texts } from "../i18n/index.ts";
import { cardButton } from "./browse-screens.ts";
import { moneyButton, toMoney } from "./money/buttons.ts";
import { canTopUp } from "./money/topup.ts";
import type { MoneyAction } from "./money/types.ts";
import { exampleValues } from "./open-draft.ts";
import { offerFor, payable } from "./price-offer.ts";
import type { ConversationState, Facts, Opener, View, ViewButton } from "./types.ts";
import { balanceLine, button, keyboard, lines, modeLine, oneLine, rows, sumText } from "./view-parts.ts";

/** The main menu in its order. A new feature is one line here and one text. */
const MENU_ITEMS = [
  { text: "models", action: { kind: "categories" } },
  { text: "balance", action: { kind: "balance" } },
  { text: "history", action: { kind: "history", before: null } },
  { text: "help", action: { kind: "help" } },
] as const satisfies readonly { text: keyof Texts["buttons"]; action: Opener }[];

/** What can always be done with the balance, in its order. */
const BALANCE_ITEMS = [
  { text: "operations", action: { kind: "operations", before: null } },
  { text: "limit", action: { kind: "page", page: { kind: "limit", asking: false } } },
] as const satisfies readonly { text: keyof Texts["moneyPages"]["buttons"]; action: MoneyAction }[];

const menuRow = (t: Texts): ViewButton[][] => [[button(t.buttons.menu, { kind: "menu" })]];

export function menuScreen(state: ConversationState, facts: Facts, catalog: Catalog): View {
  const { language, firstName, isNew } = facts.user;
  const t = texts(language);
  const { undelivered = 0 } = facts;
  return {
    text: lines(
      t.menu.greeting(oneLine(firstName, 64)),
      t.menu.lead,
      "",
      balanceLine(facts.wallet, language),
      isNew && facts.wallet.bonusKopecks > 0n ? t.menu.gift : null,
      undelivered > 0 ? t.queue.undelivered(undelivered) : null,
      modeLine(facts.mode, language),
    ),
    keyboard: keyboard(
      undelivered > 0 ? [[button(t.queue.buttons.undelivered(undelivered), { kind: "undelivered" })]] : null,
      isNew ? tryButton(facts, catalog) : null,
      cardButton(state, facts, catalog),
      rows(
        MENU_ITEMS.flatMap((item) => {
          const shown = button(t.buttons[item.text], item.action);
          // Only where there is a way to pay.
          return item.text === "help" ? [...topUpButtons(facts), shown, settingsButton(t)] : [shown];
        }),
      ),
    ),
  };
}

const settingsButton = (t: Texts): ViewButton => button(t.settings.button, { kind: "settings", change: null });

function topUpButtons({ money, user }: Facts): ViewButton[] {
  return canTopUp(money) ? [toMoney(texts(user.language).topup.button, { kind: "topup", asking: false })] : [];
}

/** One tap to a cheap example with its price in sight; hidden if it has no price. */
function tryButton(facts: Facts, catalog: Catalog): ViewButton[][] | null {
  const found = catalog.entry(catalog.defaultEntryKey);
  if (found === undefined) return null;
  const { language } = facts.user;
  const values = { ...defaultValues(found.entry), ...exampleValues(found.entry, language) };
  const quoted = quote(found.entry, values, facts.pricing);
  if (!quoted.ok) return null;
  const price = sumText(payable(quoted.value.kopecks, offerFor(found.entry, quoted.value, facts)), language);
  return [[button(texts(language).buttons.tryIt(found.family.title, price), { kind: "try" })]];
}

export function balanceScreen(facts: Facts): View {
  const { language } = facts.user;
  const { mainKopecks, bonusKopecks, heldKopecks, debtKopecks = 0n } = facts.wallet;
  const t = texts(language);
  return {
    text: lines(
      { bold: t.balance.title },
      "",
      t.balance.main(formatBalance(mainKopecks, language)),
      bonusKopecks > 0n ? t.balance.bonus(formatBalance(bonusKopecks, language)) : null,
      heldKopecks > 0n ? t.balance.held(formatBalance(heldKopecks, language)) : null,
      debtKopecks > 0n ? t.balance.debt(formatBalance(debtKopecks, language)) : null,
      "",
      t.balance.rule,
      modeLine(facts.mode, language),
    ),
    keyboard: keyboard(
      [topUpButtons(facts)],
      rows(BALANCE_ITEMS.map((item) => moneyButton(t.moneyPages.buttons[item.text], item.action))),
      [[toMoney(t.promo.button, { kind: "promo", asking: true })]],
      facts.money?.canInvite === true ? [[toMoney(t.referral.button, { kind: "referral" })]] : null,
      [
        [
          button(t.buttons.history, { kind: "history", before: null }),
          button(t.buttons.models, { kind: "categories" }),
        ],
        [button(t.buttons.menu, { kind: "menu" })],
      ],
    ),
  };
}

export function helpScreen(facts: Facts): View {
  const t = texts(facts.user.language);
  return {
    text: lines({ bold: t.help.title }, "", ...t.help.steps, "", t.help.money, "", t.help.more),
    keyboard: keyboard([[button(t.buttons.models, { kind: "categories" })]], menuRow(t)),
  };
}

export function documentScreen(name: DocumentName, facts: Facts): View {
  const t = texts(facts.user.language);
  const { title, paragraphs } = t.documents[name];
  const history =
    name === "paysupport" ? [[button(t.buttons.history, { kind: "history" as const, before: null })]] : null;
  return {
    text: lines({ bold: title }, ...paragraphs.flatMap((paragraph) => ["", paragraph])),
    keyboard: keyboard(history, menuRow(t)),
  };
}
