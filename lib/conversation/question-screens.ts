import { missingParam } from "../catalog/check.ts";
import { itemsOf, uploadsOf } from "../catalog/conditions.ts";
import type { ListField, ParamOf } from "../catalog/entry.ts";
import type { Catalog } from "../catalog/load.ts";
import { optionPrices } from "../catalog/quote.ts";
import { formatKopecks } from "../i18n/format.ts";
import { texts } from "../i18n/index.ts";
import type { Language } from "../shared/localized.ts";
import { LINES_PER_PAGE } from "./card-actions.ts";
import { backButton } from "./card-screen.ts";
import { type Card, captionParam, currentValue, type ShownParam, shownParams } from "./draft.ts";
import { exampleValues } from "./open-draft.ts";
import { limitsText, scalarText, valueText } from "./param-text.ts";
import type { CardAction, Facts, Screen, View, ViewButton } from "./types.ts";
import { button, cut, grid, keyboard, lines, oneLine, pageOf, pager, rows, titleOf } from "./view-parts.ts";

const OPTIONS_PER_PAGE = 24;
const VALUE_CUT = 600;

type Choice = Extract<Screen, { kind: "choice" }>;

/** Asks for a text or a file. */
export function questionScreen(card: Card, param: ShownParam, facts: Facts, catalog: Catalog): View {
  const { language } = facts.user;
  const t = texts(language);
  const value = currentValue(card, param.name);
  const isFilled = value !== undefined;
  return {
    text: lines(
      ...heading(card, param, facts),
      limitsText(param, language),
      isFilled ? t.question.now(cut(valueText(param, value, language), VALUE_CUT)) : null,
      ...request(param, uploadsOf(value).length, language),
    ),
    keyboard: keyboard(
      exampleRow(card, param, facts),
      param.kind === "media" && param.many && isFilled ? [[button(t.buttons.done, { kind: "done" })]] : null,
      switchRow(card, param, facts),
      clearRow(card, param, facts),
      wayOut(card, param, facts, catalog),
    ),
  };
}

/** What to do now, unless the param's own sentence says it. */
function request(param: ShownParam, files: number, language: Language): string[] {
  const { question } = texts(language);
  if (param.kind === "media" && param.many && files > 0 && files < param.maxItems) return ["", question.sendMore];
  if (param.help !== undefined) return [];
  return ["", param.kind === "media" ? question.send[param.accepts] : question.write];
}

/** What is asked, and by which model; the model introduces itself while the card is not complete yet. */
function heading(card: Card, param: ShownParam | ListField, facts: Facts) {
  const { language } = facts.user;
  const isWizard = missingParam(card.entry, card.draft.values)?.name === param.name;
  return [
    titleOf(card.family.title, card.entry.title[language]),
    isWizard ? card.entry.about[language] : null,
    "",
    { bold: param.label[language] },
    param.help?.[language] ?? null,
  ];
}

/** The values of one param, the fields of one line, or the lines of a list. */
export function choiceScreen(screen: Choice, card: Card, param: ShownParam, facts: Facts, catalog: Catalog): View {
  if (param.kind === "list") {
    const field = screen.item === undefined ? undefined : param.fields.find(({ name }) => name === screen.item?.field);
    const item = screen.item === undefined ? undefined : itemsOf(currentValue(card, param.name))[screen.item.index];
    return screen.item === undefined || field === undefined || item === undefined
      ? listScreen(screen, card, param, facts, catalog)
      : fieldScreen(screen.item.index, field, item[field.name], screen, card, param, facts);
  }
  const { language } = facts.user;
  const t = texts(language);
  const prices = optionPrices(card.entry, card.draft.values, param, facts.pricing);
  const options = optionsOf(param, language).map((option, index) => ({
    ...option,
    price: prices === null ? "" : priceMark(prices[index] ?? null, language),
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

function priceMark(price: bigint | null, language: Language): string {
  return price === null ? " ⚠️" : ` · ${formatKopecks(price, language)}`;
}

function optionsOf(param: ShownParam | ListField, language: Language) {
  if (param.kind === "choice") {
    return param.options.map(({ value }, index) => ({
      value,
      label: scalarText(param, value, language),
      wire: `#${index}`,
    }));
  }
  const values = param.kind === "number" ? param.presets : param.kind === "toggle" ? [false, true] : [];
  return values.map((value) => ({ value, label: scalarText(param, value, language), wire: String(value) }));
}

function optionRows(
  buttons: readonly ViewButton[],
  wanted: number,
  language: Language,
  action: (page: number) => CardAction,
): ViewButton[][] {
  const { items, page, pages } = pageOf(buttons, wanted, OPTIONS_PER_PAGE);
  return [...grid(items), ...pager(page, pages, texts(language), action)];
}

function listScreen(screen: Choice, card: Card, param: ParamOf<"list">, facts: Facts, catalog: Catalog): View {
  const { language } = facts.user;
  const t = texts(language);
  const items = itemsOf(currentValue(card, param.name));
  const { items: shown, page, pages } = pageOf(items, screen.page, LINES_PER_PAGE);
  const words = param.fields.find((field) => field.kind === "text");
  const first = page * LINES_PER_PAGE;
  return {
    text: lines(
      ...heading(card, param, facts),
      limitsText(param, language),
      "",
      ...shown.map((item, index) => `${first + index + 1}. ${oneLine(String(item[words?.name ?? ""] ?? ""), 200)}`),
      shown.length > 0 ? "" : null,
      shown.length > 0 ? t.question.sendMore : param.help === undefined ? t.question.writeLines : null,
    ),
    keyboard: keyboard(
      shown.map((item, index) => {
        const position = first + index;
        const fields = param.fields.map((field): ViewButton => {
          const value = item[field.name] ?? field.default;
          const text =
            field === words ? `✏️ ${position + 1}` : value === undefined ? "—" : scalarText(field, value, language);
          return button(cut(text, 24), {
            kind: "item_field",
            param: param.name,
            index: position,
            field: field.name,
            page: 0,
          });
        });
        // A row holds at most eight buttons; no documented list has more than a few fields.
        return [...fields.slice(0, 6), button("✕", { kind: "remove_item", param: param.name, index: position })];
      }),
      pager(page, pages, t, (wanted) => ({ kind: "param_page", param: param.name, page: wanted })),
      exampleRow(card, param, facts),
      items.length > 0 ? [[button(t.buttons.done, { kind: "done" })]] : null,
      switchRow(card, param, facts),
      clearRow(card, param, facts),
      wayOut(card, param, facts, catalog),
    ),
  };
}

function fieldScreen(
  index: number,
  field: ListField,
  current: string | number | boolean | undefined,
  screen: Choice,
  card: Card,
  param: ShownParam,
  facts: Facts,
): View {
  const { language } = facts.user;
  const t = texts(language);
  const options = optionsOf(field, language).map(({ value, label, wire }) =>
    button(`${value === (current ?? field.default) ? "✓ " : ""}${label}`, {
      kind: "set_item_field",
      param: param.name,
      index,
      field: field.name,
      value: wire,
    }),
  );
  const how = { text: t.question.write, choice: t.question.choose, number: t.question.chooseOrWrite };
  return {
    text: lines(
      ...heading(card, field, facts),
      t.question.line(index + 1),
      field.kind === "text" && current !== undefined ? { quote: cut(String(current), VALUE_CUT) } : null,
      limitsText(field, language) === "" ? null : limitsText(field, language),
      "",
      how[field.kind],
    ),
    keyboard: keyboard(
      optionRows(options, screen.page, language, (page) => ({
        kind: "item_field",
        param: param.name,
        index,
        field: field.name,
        page,
      })),
      [[button(t.buttons.back, { kind: "param_input", param: param.name })]],
    ),
  };
}

function exampleRow(card: Card, param: ShownParam, facts: Facts): ViewButton[][] | null {
  const { language } = facts.user;
  const { buttons } = texts(language);
  if (exampleValues(card.entry, language)[param.name] === undefined) return null;
  const text = param === captionParam(card) ? buttons.promptExample : buttons.example;
  return [[button(text, { kind: "example" })]];
}

/** Files and lines can always be cleared; other values only where they are optional and not the default anyway. */
function clearRow(card: Card, param: ShownParam, facts: Facts): ViewButton[][] | null {
  const { buttons } = texts(facts.user.language);
  const value = card.draft.values[param.name];
  if (value === undefined) return null;
  const isMany = param.kind === "list" || (param.kind === "media" && param.many);
  const isDefault = "default" in param && param.default === value;
  if (param.kind !== "list" && param.kind !== "media" && (param.required || isDefault)) return null;
  return [[button(isMany ? buttons.clearAll : buttons.clear, { kind: "clear_param", param: param.name })]];
}

/** Switches that make the question needless: «Только музыка» instead of the words of a song. */
function switchRow(card: Card, param: ShownParam, facts: Facts): ViewButton[][] | null {
  const { values } = card.draft;
  if (missingParam(card.entry, values)?.name !== param.name) return null;
  const { language } = facts.user;
  const buttons = shownParams(card, "card").flatMap((toggle) => {
    const value = currentValue(card, toggle.name);
    if (toggle.kind !== "toggle" || typeof value !== "boolean") return [];
    if (missingParam(card.entry, { ...values, [toggle.name]: !value })?.name === param.name) return [];
    const text = `${toggle.label[language]}: ${scalarText(toggle, !value, language)}`;
    return [button(text, { kind: "set_param", param: toggle.name, value: String(!value) })];
  });
  return rows(buttons);
}

/**
 * While something is missing, the ways back lead out of the card. Afterwards there is only the way to the card: closing
 * it from here would be a slip of the finger.
 */
function wayOut(card: Card, param: ShownParam, facts: Facts, catalog: Catalog): ViewButton[][] {
  const t = texts(facts.user.language);
  const isWizard = missingParam(card.entry, card.draft.values) !== undefined;
  if (isWizard) return [[backButton(card, catalog, t), button(t.buttons.cancel, { kind: "cancel" })]];
  return [[button(t.buttons.back, param.placement === "advanced" ? { kind: "advanced" } : { kind: "card" })]];
}
