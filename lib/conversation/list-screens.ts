import { itemsOf, paramNamed } from "../catalog/conditions.ts";
import type { ListField, Param, ParamOf } from "../catalog/entry.ts";
import type { Catalog } from "../catalog/load.ts";
import { itemsLength } from "../catalog/param-kinds.ts";
import type { ListItem } from "../catalog/param-values.ts";
import { readTyped } from "../catalog/values.ts";
import { texts } from "../i18n/index.ts";
import type { Language } from "../shared/localized.ts";
import { LINES_PER_PAGE, wordsField } from "./card-actions.ts";
import { type Card, currentValue, isSettable } from "./draft.ts";
import { limitsText, scalarText } from "./param-text.ts";
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
import { sharedOut, sharesOf } from "./shares.ts";
import type { Facts, RichText, Screen, View, ViewButton } from "./types.ts";
import { button, cut, keyboard, lines, oneLine, pageOf, pager, rows } from "./view-parts.ts";

type Choice = Extract<Screen, { kind: "choice" }>;

/** The lines of a list with their fields, each with its buttons; further lines are typed. */
export function listScreen(screen: Choice, card: Card, param: ParamOf<"list">, facts: Facts, catalog: Catalog): View {
  const { language } = facts.user;
  const t = texts(language);
  const items = itemsOf(currentValue(card, param.name));
  const { items: shown, page, pages } = pageOf(items, screen.page, LINES_PER_PAGE);
  const first = page * LINES_PER_PAGE;
  return {
    text: lines(
      ...heading(card, param, facts),
      limitsText(param, language),
      "",
      ...shown.map((item, index) => lineText(first + index + 1, item, param, language)),
      ...usedLines(items, param, language),
      ...sharesLines(card, param, language),
      shown.length > 0 ? "" : null,
      shown.length > 0 ? t.question.sendMore : param.help === undefined ? t.question.writeLines : null,
    ),
    keyboard: keyboard(
      shown.map((item, index) => lineRow(first + index, item, param, language)),
      pager(page, pages, t, (wanted) => ({ kind: "param_page", param: param.name, page: wanted })),
      rows([...newLineButton(items.length, param, language), ...sharesButtons(card, param, language)], 2, 44),
      items.length === 0 ? exampleRow(card, param, facts) : null,
      switchRow(card, param, facts),
      items.length > 0
        ? rows([button(t.buttons.done, { kind: "done" }), ...(clearRow(card, param, facts) ?? []).flat()])
        : null,
      wayOut(card, param, facts, catalog),
    ),
  };
}

/** "2. Голос 2 · 5 с: И тебе привет." */
function lineText(position: number, item: ListItem, param: ParamOf<"list">, language: Language): RichText {
  const words = wordsField(param);
  const chosen = param.fields.flatMap((field) => {
    const value = item[field.name] ?? field.default;
    return field === words || value === undefined ? [] : [scalarText(field, value, language)];
  });
  const said = oneLine(String(item[words?.name ?? ""] ?? ""), 200);
  return chosen.length === 0
    ? [`${position}. ${said}`]
    : [`${position}. `, { bold: oneLine(chosen.join(" · "), 60) }, `: ${said}`];
}

/** ✏️ opens the line itself; what is chosen by buttons is one tap away. */
function lineRow(index: number, item: ListItem, param: ParamOf<"list">, language: Language): ViewButton[] {
  const words = wordsField(param);
  const fields = param.fields.map((field): ViewButton => {
    const value = item[field.name] ?? field.default;
    const text = field === words ? `✏️ ${index + 1}` : value === undefined ? "—" : scalarText(field, value, language);
    return button(cut(text, 24), { kind: "item_field", param: param.name, index, field: field.name, page: 0 });
  });
  // A row holds at most eight buttons; no documented list has more than a few fields.
  return [...fields.slice(0, 6), button("✕", { kind: "remove_item", param: param.name, index })];
}

function newLineButton(count: number, param: ParamOf<"list">, language: Language): ViewButton[] {
  const words = wordsField(param);
  if (words === undefined || count === 0 || count >= param.maxItems) return [];
  const { buttons } = texts(language).editors;
  return [button(buttons.addLine, { kind: "item_field", param: param.name, index: count, field: words.name, page: 0 })];
}

/** How much of what all lines may hold together is used. */
function usedLines(items: readonly ListItem[], param: ParamOf<"list">, language: Language): string[] {
  if (param.maxTotalLength === undefined || items.length === 0) return [];
  return ["", texts(language).editors.characters(itemsLength(param, items), param.maxTotalLength)];
}

/** "Занято 8 из 10 с", where the lines have to add up to something. */
function sharesLines(card: Card, param: ParamOf<"list">, language: Language): (string | null)[] {
  const shares = sharesOf(card.entry, card.draft.values, param.name);
  if (shares === null || itemsOf(card.draft.values[param.name]).length === 0) return [];
  const [used, total] = [shares.used, shares.total].map((value) => scalarText(shares.field, value, language));
  const mark = shares.used === shares.total ? "" : "⚠️ ";
  return ["", `${mark}${texts(language).editors.sharesUsed(used ?? "", total ?? "")}`];
}

/** The two ways to make the lines add up again, as far as each is possible. */
function sharesButtons(card: Card, param: ParamOf<"list">, language: Language): ViewButton[] {
  const { entry, draft } = card;
  const shares = sharesOf(entry, draft.values, param.name);
  const isEmpty = itemsOf(draft.values[param.name]).length === 0;
  if (shares === null || isEmpty || shares.used === shares.total) return [];
  const { buttons } = texts(language).editors;
  const even = sharesOf(entry, sharedOut(entry, draft.values, param.name), param.name);
  const whole = paramNamed(entry, shares.rule.equals);
  const wire = whole === undefined ? null : wireOf(whole, shares.used);
  return [
    ...(even?.used === even?.total
      ? [button(buttons.shareOut, { kind: "share_out" as const, param: param.name })]
      : []),
    ...(whole !== undefined && isSettable(whole) && wire !== null
      ? [
          button(buttons.totalAs(whole.label[language], scalarText(shares.field, shares.used, language)), {
            kind: "set_param" as const,
            param: whole.name,
            value: wire,
          }),
        ]
      : []),
  ];
}

/** A number as a button of this param says it; null where the param does not take it. */
function wireOf(param: Param, value: number): string | null {
  const read = readTyped(param, String(value));
  if (!read.ok) return null;
  if (param.kind !== "choice") return String(value);
  const index = param.options.findIndex((option) => option.value === read.value);
  return index < 0 ? null : `#${index}`;
}

/** One line. Its words are typed here, and everything else that can be done to it has a button. */
export function lineScreen(
  screen: Choice,
  item: ListItem | undefined,
  field: ListField,
  card: Card,
  param: ParamOf<"list">,
  facts: Facts,
): View {
  const { language } = facts.user;
  const t = texts(language);
  const index = screen.item?.index ?? 0;
  const current = item?.[field.name];
  const isWords = field === wordsField(param);
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
  const ask = item === undefined ? t.editors.writeLine : isWords ? t.editors.rewriteLine : how[field.kind];
  const limits = limitsText(field, language);
  return {
    text: lines(
      ...heading(card, field, facts),
      item === undefined ? t.editors.newLine(index + 1) : t.question.line(index + 1),
      field.kind === "text" && current !== undefined ? { quote: cut(String(current), VALUE_CUT) } : null,
      limits === "" ? null : limits,
      "",
      ask,
    ),
    keyboard: keyboard(
      optionRows(options, screen.page, language, (page) => ({
        kind: "item_field",
        param: param.name,
        index,
        field: field.name,
        page,
      })),
      item !== undefined && isWords ? lineRows(index, item, card, param, language) : null,
      [[button(t.buttons.back, { kind: "param_input", param: param.name })]],
    ),
  };
}

/** The other fields of a line, its place, and its end. */
function lineRows(
  index: number,
  item: ListItem,
  card: Card,
  param: ParamOf<"list">,
  language: Language,
): ViewButton[][] {
  const { buttons } = texts(language).editors;
  const words = wordsField(param);
  const count = itemsOf(card.draft.values[param.name]).length;
  const fields = param.fields.flatMap((field) => {
    if (field === words) return [];
    const value = item[field.name] ?? field.default;
    const text = `${field.label[language]}: ${value === undefined ? "—" : scalarText(field, value, language)}`;
    return [button(text, { kind: "item_field", param: param.name, index, field: field.name, page: 0 })];
  });
  const moves = [
    { text: buttons.moveUp, to: index - 1 },
    { text: buttons.moveDown, to: index + 1 },
  ].flatMap(({ text, to }) =>
    to < 0 || to >= count ? [] : [button(text, { kind: "move_item", param: param.name, index, to })],
  );
  return [...rows(fields), moves, [button(buttons.removeLine, { kind: "remove_item", param: param.name, index })]];
}
