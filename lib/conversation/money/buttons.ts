import type { ViewButton } from "../types.ts";
import { button } from "../view-parts.ts";
import type { MoneyAction } from "./types.ts";

/** A button about money. */
export function moneyButton(text: string, action: MoneyAction): ViewButton {
  return button(text, { kind: "money", action });
}

/** A button that leads to a page about money. */
export function toMoney(text: string, page: Extract<MoneyAction, { kind: "page" }>["page"]): ViewButton {
  return moneyButton(text, { kind: "page", page });
}
