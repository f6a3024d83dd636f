import { itemsOf } from "../catalog/conditions.ts";
import { mainParams } from "../catalog/describe.ts";
import type { Catalog } from "../catalog/load.ts";
import { formatBalance, formatKopecks, formatSecondsRange } from "../i18n/format.ts";
import { type Texts, texts } from "../i18n/index.ts";
import { alternativeRows } from "./alternatives.ts";
import { manyRow } from "./batch/screens.ts";
import { pageOfFamily } from "./browse-screens.ts";
import {
  availableOf,
  type Card,
  captionParam,
  currentValue,
  priceOf,
  problemsOf,
  type ShownParam,
  shortBy,
  shownParams,
  wordsParam,
} from "./draft.ts";
import { isAiling, notifyRows } from "./health-marks.ts";
import { shortRows } from "./money/topup.ts";
import { offerLines } from "./offer-lines.ts";
import { sentenceOf, valueText } from "./param-text.ts";
import type { Facts, RichText, Span, View, ViewButton } from "./types.ts";
import {
  balanceLine,
  button,
  cut,
  keyboard,
  lines,
  modeLine,
  oneLine,
  priceText,
  rows,
  titleOf,
} from "./view-parts.ts";

const PROMPT_CUT = 300;
const VALUE_CUT = 80;

/** The card: everything that matters about the next generation, its price on the button. */
export function cardScreen(card: Card, facts: Facts, catalog: Catalog): View {
  const { language } = facts.user;
  const t = texts(language);
  const { family, entry } = card;
  const price = priceOf(card, facts);
  const usualSeconds = facts.usualSecondsOf?.[entry.key];
  const params = shownParams(card, "card");
  const chosen = params.flatMap((param) => paramLines(card, param, facts));
  const fails = isAiling(entry.key, catalog);
  const missing = price === null ? 0n : shortBy(price.kopecks, facts);
  const debt = facts.mode === "real" && price !== null && price.kopecks > 0n ? (facts.wallet.debtKopecks ?? 0n) : 0n;
  return {
    text: lines(
      titleOf(family.title, entry.title[language]),
      promptQuote(card),
      // Where there is nothing to choose, the card says what it is for.
      params.length === 0 ? entry.about[language] : null,
      ...(chosen.length > 0 ? ["", ...chosen] : []),
      "",
      usualSeconds ? t.card.usual(formatSecondsRange(usualSeconds.p50, usualSeconds.p90, language)) : null,
      ...offerLines(card, price, facts),
      balanceLine(facts.wallet, language),
      modeLine(facts.mode, language),
      debt > 0n ? `⚠️ ${t.refusals.debt(formatBalance(debt, language))}` : null,
      missing > 0n ? `⚠️ ${t.money.short(formatKopecks(missing, language))}` : null,
      fails ? t.health.broken : null,
      ...warnings(card, facts),
    ),
    keyboard: keyboard(
      rows(params.map((param) => paramButton(card, param, facts))),
      shownParams(card, "advanced").length > 0 ? [[button(t.buttons.advanced, { kind: "advanced" })]] : null,
      exampleRow(card, t),
      alternativeRows(card, facts, catalog),
      manyRow(card, facts, catalog),
      fails ? notifyRows([{ entryKey: entry.key, title: entry.title }], facts) : null,
      // What is owed is paid by the top-up first.
      shortRows(missing + debt, facts),
      [
        [
          button(t.buttons.create(price === null ? null : priceText(price, language)), {
            kind: "show_price_confirmation",
          }),
        ],
        [backButton(card, catalog, t), button(t.buttons.cancel, { kind: "cancel" })],
      ],
    ),
  };
}

export function advancedScreen(card: Card, facts: Facts): View {
  const { language } = facts.user;
  const t = texts(language);
  const params = shownParams(card, "advanced");
  return {
    text: lines(
      titleOf(card.family.title, card.entry.title[language]),
      t.card.advancedTitle,
      "",
      ...params.flatMap((param) => paramLines(card, param, facts)),
      ...warnings(card, facts),
    ),
    keyboard: keyboard(rows(params.map((param) => paramButton(card, param, facts))), [
      [button(t.buttons.back, { kind: "card" })],
    ]),
  };
}

/** The last question before money moves. */
export function confirmationScreen(card: Card, facts: Facts): View {
  const { language } = facts.user;
  const t = texts(language);
  const { family, entry, draft } = card;
  const price = priceOf(card, facts);
  if (price === null) return { text: [t.card.cannotCreate], keyboard: [[button(t.buttons.back, { kind: "card" })]] };
  const before = availableOf(facts);
  // Nothing is taken in the other modes, so the balance does not change there.
  const after = facts.mode === "real" ? before - price.kopecks : before;
  const chosen = mainParams(entry, draft.values, language).join(" · ");
  const shown = priceText(price, language);
  return {
    text: lines(
      { bold: price.kopecks === 0n ? t.confirmation.titleFree : t.confirmation.title(shown) },
      "",
      titleOf(family.title, entry.title[language]),
      promptQuote(card),
      chosen === "" ? null : cut(chosen, PROMPT_CUT),
      ...shownParams(card, "card")
        .filter((param) => param.kind === "media" || param.kind === "list")
        .filter((param) => currentValue(card, param.name) !== undefined)
        .map((param) => labelled(param, valueText(param, currentValue(card, param.name), language), facts)),
      "",
      ...offerLines(card, price, facts),
      t.confirmation.balance(formatBalance(before, language), formatBalance(after, language)),
      price.upTo ? t.confirmation.upTo : null,
      modeLine(facts.mode, language),
    ),
    keyboard: keyboard([
      [button(t.buttons.confirm(shown), { kind: "confirm" })],
      [button(t.buttons.back, { kind: "card" })],
    ]),
  };
}

function promptQuote(card: Card): Span | null {
  const prompt = captionParam(card);
  const value = prompt === undefined ? undefined : currentValue(card, prompt.name);
  return typeof value === "string" && value !== "" ? { quote: cut(value, PROMPT_CUT) } : null;
}

function labelled(param: ShownParam, value: string, facts: Facts): RichText {
  return [`${param.label[facts.user.language]}: `, { bold: value }];
}

/** One line per param; a list shows its first lines too. The prompt has its own place above. */
function paramLines(card: Card, param: ShownParam, facts: Facts): RichText[] {
  if (param === captionParam(card)) return [];
  const value = currentValue(card, param.name);
  const line = labelled(param, oneLine(valueText(param, value, facts.user.language), VALUE_CUT), facts);
  if (param.kind !== "list") return [line];
  const field = param.fields.find((candidate) => candidate.kind === "text");
  const items = itemsOf(value).slice(0, 3);
  return [line, ...items.map((item) => [`— ${oneLine(String(item[field?.name ?? ""] ?? ""), VALUE_CUT)}`])];
}

function warnings(card: Card, facts: Facts): string[] {
  return problemsOf(card).map((problem) => `⚠️ ${sentenceOf(problem, card.entry, facts.user.language)}`);
}

function paramButton(card: Card, param: ShownParam, facts: Facts): ViewButton {
  const { language } = facts.user;
  const label = param.label[language];
  if (param === captionParam(card)) return button(`✏️ ${label}`, { kind: "param_input", param: param.name });
  const value = currentValue(card, param.name);
  const text = `${cut(label, 40)}: ${oneLine(valueText(param, value, language), 20)}`;
  if (param.kind === "toggle" && typeof value === "boolean") {
    return button(text, { kind: "set_param", param: param.name, value: String(!value) });
  }
  return button(param.kind === "media" ? `📎 ${text}` : text, { kind: "param_input", param: param.name });
}

/** A card whose words are still empty (they may be optional) offers the example here, too. */
function exampleRow(card: Card, t: Texts): ViewButton[][] | null {
  const words = wordsParam(card);
  if (words === undefined || currentValue(card, words.name) !== undefined) return null;
  return [[button(t.buttons.promptExample, { kind: "example" })]];
}

export function backButton(card: Card, catalog: Catalog, t: Texts): ViewButton {
  const { source } = card.draft;
  if (source !== undefined) return button(t.buttons.back, { kind: "more", ...source });
  const { key, category } = card.family;
  const hasModes = (catalog.summary(key)?.modes.length ?? 0) > 1;
  return button(
    t.buttons.back,
    hasModes
      ? { kind: "model", family: key }
      : { kind: "category", category, page: pageOfFamily(card.family, catalog) },
  );
}
