import { missingParam } from "../catalog/check.ts";
import type { ListField } from "../catalog/entry.ts";
import type { Catalog } from "../catalog/load.ts";
import { texts } from "../i18n/index.ts";
import type { Language } from "../shared/localized.ts";
import { backButton } from "./card-screen.ts";
import { type Card, captionParam, currentValue, type ShownParam, shownParams } from "./draft.ts";
import { exampleValues } from "./open-draft.ts";
import { scalarText } from "./param-text.ts";
import type { CardAction, Facts, ViewButton } from "./types.ts";
import { button, grid, pageOf, pager, rows, titleOf } from "./view-parts.ts";

const OPTIONS_PER_PAGE = 24;
/** As much of a value as a question repeats. */
export const VALUE_CUT = 600;

/** What is asked, and by which model; the model introduces itself while the card is not complete yet. */
export function heading(card: Card, param: ShownParam | ListField, facts: Facts) {
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

/** The values that buttons offer, as they are shown and as they are written in the button. */
export function optionsOf(param: ShownParam | ListField, language: Language) {
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

export function optionRows(
  buttons: readonly ViewButton[],
  wanted: number,
  language: Language,
  action: (page: number) => CardAction,
): ViewButton[][] {
  const { items, page, pages } = pageOf(buttons, wanted, OPTIONS_PER_PAGE);
  return [...grid(items), ...pager(page, pages, texts(language), action)];
}

export function exampleRow(card: Card, param: ShownParam, facts: Facts): ViewButton[][] | null {
  const { language } = facts.user;
  const { buttons } = texts(language);
  if (exampleValues(card.entry, language)[param.name] === undefined) return null;
  const text = param === captionParam(card) ? buttons.promptExample : buttons.example;
  return [[button(text, { kind: "example" })]];
}

/** Files and lines can always be cleared; other values only where they are optional and not the default anyway. */
export function clearRow(card: Card, param: ShownParam, facts: Facts): ViewButton[][] | null {
  const { buttons, editors } = texts(facts.user.language);
  const value = card.draft.values[param.name];
  if (value === undefined) return null;
  const isMany = param.kind === "list" || (param.kind === "media" && param.many);
  const isDefault = "default" in param && param.default === value;
  if (param.kind !== "list" && param.kind !== "media" && (param.required || isDefault)) return null;
  const text = isSeed(param) ? editors.buttons.random : isMany ? buttons.clearAll : buttons.clear;
  return [[button(text, { kind: "clear_param", param: param.name })]];
}

/** Without a seed the model throws the dice itself. */
function isSeed(param: ShownParam): boolean {
  return param.kind === "number" && /^seeds?$/.test(param.name);
}

/** Switches that make the question needless: «Только музыка» instead of the words of a song. */
export function switchRow(card: Card, param: ShownParam, facts: Facts): ViewButton[][] | null {
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
export function wayOut(card: Card, param: ShownParam, facts: Facts, catalog: Catalog): ViewButton[][] {
  const t = texts(facts.user.language);
  const isWizard = missingParam(card.entry, card.draft.values) !== undefined;
  if (isWizard) return [[backButton(card, catalog, t), button(t.buttons.cancel, { kind: "cancel" })]];
  return [[button(t.buttons.back, param.placement === "advanced" ? { kind: "advanced" } : { kind: "card" })]];
}
