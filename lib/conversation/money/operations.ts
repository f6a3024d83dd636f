import { formatKopecks, formatMonth, formatShortDateTime } from "../../i18n/format.ts";
import { type Texts, texts } from "../../i18n/index.ts";
import { spendingMonth } from "../../ledger/settlement.ts";
import type { Language } from "../../shared/localized.ts";
import type { View, ViewButton } from "../types.ts";
import { button, keyboard, lines } from "../view-parts.ts";
import { moneyButton } from "./buttons.ts";
import type { MoneyDrawing } from "./drawing.ts";
import { changeOf, operationWords } from "./operation-words.ts";
import type { MoneyPage, Operation } from "./types.ts";

/** Every movement of the user's money with its reason, newest first, and the statements of two months as files. */
export function operationsScreen(drawing: MoneyDrawing<Extract<MoneyPage, { kind: "operations" }>>): View {
  const { page, money, facts, catalog } = drawing;
  const { language } = facts.user;
  const t = texts(language);
  const { items, next } = money.operations ?? { items: [], next: null };
  const month = spendingMonth(facts.now);
  const nothing = page.before === null ? t.moneyPages.operations.empty : t.moneyPages.operations.noOlder;
  return {
    text: lines(
      { bold: t.moneyPages.operations.title },
      "",
      items.length === 0 ? nothing : null,
      ...items.flatMap((operation) => [
        [
          `${formatShortDateTime(operation.at, language)} · `,
          { bold: signedSum(operation, language) },
          accountMark(operation, t),
        ],
        operationWords(operation, language, catalog),
      ]),
    ),
    keyboard: keyboard([
      [
        ...(page.before === null ? [] : [moneyButton(t.buttons.newest, { kind: "operations", before: null })]),
        ...(next === null ? [] : [moneyButton(t.buttons.older, { kind: "operations", before: next })]),
      ],
      [statementButton(month, language)],
      [statementButton(monthBefore(month), language)],
      [button(t.moneyPages.buttons.balance, { kind: "balance" }), button(t.buttons.menu, { kind: "menu" })],
    ]),
  };
}

function statementButton(month: string, language: Language): ViewButton {
  const { buttons } = texts(language).moneyPages;
  return moneyButton(buttons.statement(formatMonth(month, language)), { kind: "statement", month });
}

/** As the balance felt it: what goes out of the reserve to us has no sign, it had left the balance before. */
function signedSum(operation: Operation, language: Language): string {
  const change = changeOf(operation, "main") + changeOf(operation, "bonus");
  const sum = formatKopecks(operation.kopecks, language);
  return change === 0n ? sum : `${change > 0n ? "+" : "\u2212"}${sum}`;
}

function accountMark(operation: Operation, t: Texts): string {
  const isBonus =
    operation.source === "bonus" || operation.destination === "bonus" || operation.id.endsWith(":post:bonus");
  return isBonus ? ` (${t.moneyPages.operations.inBonus})` : "";
}

/** `2026-01` → `2025-12`. */
function monthBefore(month: string): string {
  const [year = 0, number = 1] = month.split("-").map(Number);
  return number === 1 ? `${year - 1}-12` : `${year}-${String(number - 1).padStart(2, "0")}`;
}
