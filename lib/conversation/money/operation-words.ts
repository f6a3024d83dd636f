import type { Catalog } from "../../catalog/load.ts";
import { texts } from "../../i18n/index.ts";
import { OUTSIDE_ACCOUNTS, type OutsideAccount, type UserAccount } from "../../ledger/accounts.ts";
import type { Kopecks } from "../../shared/kopecks.ts";
import type { Language } from "../../shared/localized.ts";
import { oneLine } from "../view-parts.ts";
import type { Operation } from "./types.ts";

/** Longer reasons are cut in lists; a statement has them whole. */
const MAX_REASON = 80;

/** What a movement was, in words of people: "Резерв: Kling 3.0", "Промокод: WELCOME", "Возврат звёзд". */
export function operationWords(
  operation: Operation,
  language: Language,
  catalog: Catalog,
  { isWhole } = { isWhole: false },
): string {
  const t = texts(language).moneyPages.operations;
  const words = ((): string => {
    if (operation.destination === "debt") return t.debtPaid;
    switch (operation.kind) {
      case "hold":
      case "post":
      case "void":
        return t[operation.kind](titleOf(operation, language, catalog));
      case "refund":
        // Stars that went back are refunds as well.
        return operation.source === "revenue"
          ? t.refund(titleOf(operation, language, catalog))
          : outsideWords(operation, language);
      case "credit":
      case "adjust":
        return outsideWords(operation, language);
    }
  })();
  const inDebt = operation.source === "debt" ? ` (${t.intoDebt})` : "";
  const reason = operation.reason === null ? "" : `: ${operation.reason}`;
  const whole = `${words}${inDebt}${reason}`;
  return isWhole ? whole : oneLine(whole, MAX_REASON);
}

function titleOf({ generation }: Operation, language: Language, catalog: Catalog): string {
  const found = generation === null ? undefined : catalog.entry(generation.entryKey);
  return found?.family.title ?? generation?.entryKey ?? texts(language).moneyPages.operations.someGeneration;
}

function outsideWords({ source, destination }: Operation, language: Language): string {
  const t = texts(language).moneyPages.operations;
  if (isOutside(source)) return t.fromAccount[source];
  return isOutside(destination) ? t.toAccount[destination] : t.debtPaid;
}

function isOutside(account: string): account is OutsideAccount {
  return OUTSIDE_ACCOUNTS.some((outside) => outside === account);
}

/** How much an account of the user changed by a movement; `debt` rises by what is owed more. */
export function changeOf({ source, destination, kopecks }: Operation, account: UserAccount): Kopecks {
  const change = destination === account ? kopecks : source === account ? -kopecks : 0n;
  return account === "debt" ? -change : change;
}
