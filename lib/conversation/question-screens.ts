import { itemsOf, uploadsOf } from "../catalog/conditions.ts";
import type { Catalog } from "../catalog/load.ts";
import type { ParamValue } from "../catalog/param-values.ts";
import { optionPrices } from "../catalog/quote.ts";
import { texts } from "../i18n/index.ts";
import type { Language } from "../shared/localized.ts";
import { fieldOf } from "./card-actions.ts";
import { type Card, currentValue, type ShownParam } from "./draft.ts";
import { lineScreen, listScreen } from "./list-screens.ts";
import { limitsText, valueText } from "./param-text.ts";
import { bestDiscount, type Offer, payable } from "./price-offer.ts";
import {
  clearRow,
  exampleRow,
  heading,
  optionRows,
  optionsOf,
  switchRow,
  VALUE_CUT,
  wayOut,
} from "./question-parts.ts";
import type { Facts, Screen, View } from "./types.ts";
import { button, cut, keyboard, lines, MAX_MESSAGE, sumText, titleOf } from "./view-parts.ts";

/** From this limit on people want to know how much of it they have used. */
const LONG_TEXT = 2_000;

type Choice = Extract<Screen, { kind: "choice" }>;

/**
 * Asks for a text or a file.
 *
 * @param isAppending What is sent goes on with the text that is there.
 */
export function questionScreen(
  card: Card,
  param: ShownParam,
  facts: Facts,
  catalog: Catalog,
  isAppending: boolean,
): View {
  const { language } = facts.user;
  const t = texts(language);
  const value = currentValue(card, param.name);
  const isFilled = value !== undefined;
  if (isAppending && isFilled) return appendingScreen(card, param, facts);
  return {
    text: lines(
      ...heading(card, param, facts),
      limitsText(param, language),
      isSung(card, param, language) ? t.editors.sections : null,
      isFilled ? t.question.now(cut(valueText(param, value, language), VALUE_CUT)) : null,
      usedText(param, value, language),
      ...request(param, uploadsOf(value).length, language),
    ),
    keyboard: keyboard(
      exampleRow(card, param, facts),
      canAppend(param, value) ? [[button(t.editors.buttons.append, { kind: "append", param: param.name })]] : null,
      param.kind === "media" && param.many && isFilled ? [[button(t.buttons.done, { kind: "done" })]] : null,
      switchRow(card, param, facts),
      clearRow(card, param, facts),
      wayOut(card, param, facts, catalog),
    ),
  };
}

/** The end of what is there, and how much room is left. */
function appendingScreen(card: Card, param: ShownParam, facts: Facts): View {
  const { language } = facts.user;
  const t = texts(language);
  const value = currentValue(card, param.name);
  const written = typeof value === "string" ? value : "";
  const end = written.length <= VALUE_CUT ? written : `…${written.slice(-VALUE_CUT).trimStart()}`;
  return {
    text: lines(
      titleOf(card.family.title, card.entry.title[language]),
      "",
      { bold: param.label[language] },
      { quote: end },
      usedText(param, value, language),
      "",
      t.editors.appending,
    ),
    keyboard: [[button(t.buttons.done, { kind: "done" })]],
  };
}

/** How much of its limit a long text takes up. */
function usedText(param: ShownParam, value: ParamValue | undefined, language: Language): string | null {
  if (param.kind !== "text" || param.maxLength < LONG_TEXT || typeof value !== "string") return null;
  return texts(language).editors.characters(value.length, param.maxLength);
}

/** Only a text that takes more than one message has to be written in parts. */
function canAppend(param: ShownParam, value: ParamValue | undefined): boolean {
  if (param.kind !== "text" || typeof value !== "string") return false;
  return param.maxLength > MAX_MESSAGE && value.length < param.maxLength;
}

/** A long text of a music model is sung; its own sentence may say already how parts are marked. */
function isSung({ family }: Card, param: ShownParam, language: Language): boolean {
  if (family.category !== "music" || param.kind !== "text" || param.maxLength < LONG_TEXT) return false;
  return !param.help?.[language].includes("[");
}

/** What to do now, unless the param's own sentence says it. */
function request(param: ShownParam, files: number, language: Language): string[] {
  const { question } = texts(language);
  if (param.kind === "media" && param.many && files > 0 && files < param.maxItems) return ["", question.sendMore];
  if (param.help !== undefined) return [];
  return ["", param.kind === "media" ? question.send[param.accepts] : question.write];
}

/** The values of one param, the fields of one line, or the lines of a list. */
export function choiceScreen(screen: Choice, card: Card, param: ShownParam, facts: Facts, catalog: Catalog): View {
  if (param.kind === "list") {
    const { item } = screen;
    const field = item === undefined ? undefined : fieldOf(card, param, item.index, item.field);
    if (item === undefined || field === undefined) return listScreen(screen, card, param, facts, catalog);
    return lineScreen(screen, itemsOf(currentValue(card, param.name))[item.index], field, card, param, facts);
  }
  const { language } = facts.user;
  const t = texts(language);
  const prices = optionPrices(card.entry, card.draft.values, param, facts.pricing);
  const discount = bestDiscount(facts);
  const options = optionsOf(param, language).map((option, index) => ({
    ...option,
    price: prices === null ? "" : priceMark(prices[index] ?? null, discount, language),
  }));
  const current = currentValue(card, param.name);
  const buttons = options.map(({ value, label, wire, price }) =>
    button(`${value === current ? "✓ " : ""}${label}${price}`, { kind: "set_param", param: param.name, value: wire }),
  );
  return {
    text: lines(
      ...heading(card, param, facts),
      param.kind === "number" ? limitsText(param, language) : null,
      "",
      param.kind === "number" ? t.question.chooseOrWrite : t.question.choose,
      prices?.includes(null) ? t.question.optionWarns : null,
    ),
    keyboard: keyboard(
      optionRows(buttons, screen.page, language, (page) => ({ kind: "param_page", param: param.name, page })),
      switchRow(card, param, facts),
      clearRow(card, param, facts),
      wayOut(card, param, facts, catalog),
    ),
  };
}

function priceMark(price: bigint | null, discount: Offer | null, language: Language): string {
  return price === null ? " ⚠️" : ` · ${sumText(payable(price, discount), language)}`;
}
