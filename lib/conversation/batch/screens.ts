import { mainParams } from "../../catalog/describe.ts";
import type { Catalog } from "../../catalog/load.ts";
import { quote } from "../../catalog/quote.ts";
import { formatBalance, formatKopecks } from "../../i18n/format.ts";
import { texts } from "../../i18n/index.ts";
import { availableOf, type Card, shortBy } from "../draft.ts";
import { shortRows } from "../money/topup.ts";
import { freeLeft, isInFreeTier } from "../price-offer.ts";
import type { Facts, RichText, Screen, Span, View, ViewButton } from "../types.ts";
import {
  balanceLine,
  button,
  cut,
  grid,
  keyboard,
  lines,
  modeLine,
  oneLine,
  pricedButton,
  priceText,
  sumText,
  titleOf,
} from "../view-parts.ts";
import { linesOf } from "./actions.ts";
import { hasRival, limitOf, losesDiscount, MAX_COMPARED, type Order, orderOf, rivalsOf, wordsOn } from "./parts.ts";
import type { BatchDraft } from "./types.ts";

const TIMES = [2, 3, 4, 5, 10];
/** Prompts that the order quotes, each in one line. */
const QUOTED = 5;
const LINE_CUT = 80;
const PROMPT_CUT = 300;

/** 🗂 and ⚖️ on the card of a model that takes a prompt. */
export function manyRow(card: Card, facts: Facts, catalog: Catalog): ViewButton[][] | null {
  if (limitOf(card, facts) === 0) return null;
  const { buttons } = texts(facts.user.language).batch;
  const several = button(buttons.several(linesOf(card).length), { kind: "batch" });
  return [hasRival(card, facts, catalog) ? [several, button(buttons.compare, { kind: "compare" })] : [several]];
}

type Step = Extract<Screen, { kind: "batch" }>["step"];

/** The open draft as several prompts, or in several models. */
export function batchScreen(step: Step, card: Card, facts: Facts, catalog: Catalog): View {
  const { batch } = card.draft;
  if (batch === undefined || step === "ask") return askScreen(card, facts, catalog);
  const order = orderOf(card, batch, facts, catalog);
  if (step === "confirm" && order !== null) return confirmScreen(card, batch, order, facts);
  return batch.kind === "compare"
    ? compareScreen(card, batch, order, facts, catalog)
    : orderScreen(card, batch, order, facts);
}

function askScreen(card: Card, facts: Facts, catalog: Catalog): View {
  const { language } = facts.user;
  const t = texts(language);
  const limit = limitOf(card, facts);
  const own = wordsOn(card);
  const ready = linesOf(card);
  const price = (parts: readonly string[]): string | null => {
    const order = orderOf(card, { kind: "batch", parts, prices: null }, facts, catalog);
    return order === null ? null : priceText(order, language);
  };
  const times = TIMES.filter((count) => own !== "" && count <= limit).flatMap((count) => {
    const sum = price(Array.from({ length: count }, () => own));
    return sum === null ? [] : [button(t.batch.buttons.times(count, sum), { kind: "batch", wish: count })];
  });
  const sum = ready.length < 2 || ready.length > limit ? null : price(ready);
  return {
    text: lines(
      { bold: t.batch.title },
      titleOf(card.family.title, card.entry.title[language]),
      "",
      t.batch.ask(limit),
      ...(times.length === 0 ? [] : ["", t.batch.orRepeat, { quote: cut(own, PROMPT_CUT) }]),
    ),
    keyboard: keyboard(
      sum === null ? null : [[button(t.batch.buttons.take(ready.length, sum), { kind: "batch" })]],
      grid(times, 3),
      [[button(t.buttons.back, { kind: "card" })]],
    ),
  };
}

function orderScreen(card: Card, { parts }: BatchDraft, order: Order | null, facts: Facts): View {
  const { language } = facts.user;
  const t = texts(language);
  const isOne = new Set(parts).size === 1;
  const [first = ""] = parts;
  const shown = isOne ? [] : parts.slice(0, parts.length === QUOTED + 1 ? QUOTED + 1 : QUOTED);
  const chosen = mainParams(card.entry, card.draft.values, language).join(" · ");
  const hasSeed = Object.entries(card.draft.values).some(
    ([name, value]) => /^seeds?$/.test(name) && value !== undefined,
  );
  return {
    text: lines(
      { bold: `🗂 ${t.batch.prompts(parts.length)}` },
      titleOf(card.family.title, card.entry.title[language]),
      chosen === "" ? null : cut(chosen, PROMPT_CUT),
      "",
      ...(isOne
        ? [{ quote: cut(first, PROMPT_CUT) }]
        : shown.map((words, index) => `${index + 1}. ${oneLine(words, LINE_CUT)}`)),
      !isOne && shown.length < parts.length ? t.batch.more(parts.length - shown.length) : null,
      "",
      ...moneyLines(order, facts),
      freeNote(card, facts),
      hasSeed && new Set(parts).size < parts.length ? t.batch.sameSeed : null,
      "",
      t.batch.addLines,
    ),
    keyboard: orderKeyboard(order, facts, {
      before: [],
      create: (count, price) => t.batch.buttons.create(count, price),
      after: [[button(t.batch.buttons.others, { kind: "batch", wish: "lines" })]],
    }),
  };
}

function compareScreen(card: Card, { parts }: BatchDraft, order: Order | null, facts: Facts, catalog: Catalog): View {
  const { language } = facts.user;
  const t = texts(language);
  const rivals = rivalsOf(card, facts, catalog).map((rival) => {
    const { key } = rival.entry;
    const quoted = quote(rival.entry, rival.draft.values, facts.pricing);
    const name = `${parts.includes(key) ? "✓ " : ""}${nameOf(rival, card, facts)}`;
    const action = { kind: "compare", entry: key } as const;
    return [quoted.ok ? pricedButton(name, priceText(quoted.value, language), action) : button(name, action)];
  });
  const isEnough = parts.length > 1;
  return {
    text: lines(
      { bold: t.batch.comparison },
      { quote: cut(wordsOn(card), PROMPT_CUT) },
      "",
      ...(order?.parts ?? []).map(
        (part, index) =>
          `${letterOf(index)} · ${nameOf(part.card, card, facts)} · ${priceText({ kopecks: part.full, upTo: part.upTo }, language)}`,
      ),
      "",
      parts.length < MAX_COMPARED ? t.batch.pick(parts.length) : null,
      t.batch.same,
      ...(isEnough
        ? ["", ...moneyLines(order, facts), freeNote(card, facts)]
        : ["", balanceLine(facts.wallet, language)]),
    ),
    keyboard: orderKeyboard(isEnough ? order : null, facts, {
      before: rivals,
      create: (count, price) => t.batch.buttons.compareFor(count, price),
      after: [],
    }),
  };
}

/** A, B, C: what the items of a comparison are called, on the album as well. */
export function letterOf(index: number): string {
  return String.fromCharCode("A".charCodeAt(0) + index);
}

/** "Kling 3.0"; with its variant where the mode begins with one, and with its mode beside another of its family. */
function nameOf({ family, entry }: Card, own: Card, facts: Facts): string {
  const mode = entry.title[facts.user.language];
  const [, variant] = /^([A-Z]\w*): /.exec(mode) ?? [];
  if (variant !== undefined) return `${family.title} ${variant}`;
  const isSibling = family.key === own.family.key && entry.key !== own.entry.key;
  return isSibling && mode !== family.title ? `${family.title}, ${mode.toLowerCase()}` : family.title;
}

/** The last question before money moves. */
function confirmScreen(card: Card, { kind, parts }: BatchDraft, order: Order, facts: Facts): View {
  const { language } = facts.user;
  const t = texts(language);
  const before = availableOf(facts);
  const after = facts.mode === "real" ? before - order.kopecks : before;
  const price = priceText(order, language);
  return {
    text: lines(
      { bold: t.confirmation.title(price) },
      "",
      kind === "batch" ? titleOf(card.family.title, card.entry.title[language]) : t.batch.comparison,
      kind === "batch"
        ? t.batch.prompts(parts.length)
        : order.parts.map((part) => nameOf(part.card, card, facts)).join(" · "),
      "",
      ...sumLines(order, facts),
      t.confirmation.balance(formatBalance(before, language), formatBalance(after, language)),
      order.upTo ? t.confirmation.upTo : null,
      modeLine(facts.mode, language),
    ),
    keyboard: [
      [button(t.buttons.confirm(price), { kind: "confirm" })],
      [button(t.buttons.back, kind === "batch" ? { kind: "batch" } : { kind: "compare" })],
    ],
  };
}

/** "10 × 0,63 ₽ = 6,30 ₽", or the sum where they differ; under a discount the old sum beside the new. */
function sumLines(order: Order, facts: Facts): RichText[] {
  const { language } = facts.user;
  const { batch, promo } = texts(language);
  const { parts, full, discount } = order;
  const price = priceText(order, language);
  const [first] = parts;
  const isEven =
    first !== undefined && parts.every(({ kopecks, upTo }) => kopecks === first.kopecks && upTo === first.upTo);
  const sum = isEven ? `${parts.length} × ${priceText(first, language)} = ${price}` : `${batch.total} ${price}`;
  if (discount === null || full === order.kopecks) return [[sum]];
  const reduced = promo.reduced(price, discount.code, discount.percent);
  return [[sum], [`${promo.price} `, { strike: sumText(full, language) }, ` ${reduced}`]];
}

function moneyLines(order: Order | null, facts: Facts): (RichText | Span | null)[] {
  const { language } = facts.user;
  const t = texts(language);
  if (order === null) return [t.card.cannotCreate];
  const missing = shortBy(order.kopecks, facts);
  const debt = debtOf(order, facts);
  return [
    ...sumLines(order, facts),
    balanceLine(facts.wallet, language),
    modeLine(facts.mode, language),
    debt > 0n ? `⚠️ ${t.refusals.debt(formatBalance(debt, language))}` : null,
    missing > 0n ? `⚠️ ${t.money.short(formatKopecks(missing, language))}` : null,
    t.batch.only,
  ];
}

function debtOf(order: Order, { mode, wallet }: Facts): bigint {
  return mode === "real" && order.kopecks > 0n ? (wallet.debtKopecks ?? 0n) : 0n;
}

/** What the card offers and this does not: said before anybody counts on it. */
function freeNote({ entry, draft }: Card, facts: Facts): string | null {
  const { offers, mode } = facts;
  const t = texts(facts.user.language).batch;
  const quoted = quote(entry, draft.values, facts.pricing);
  const isFree = quoted.ok && isInFreeTier(entry, quoted.value.credits, facts);
  if (mode === "real" && offers !== undefined && isFree && freeLeft(offers.free) > 0) return t.noFree;
  return losesDiscount(facts) ? t.noSingleDiscounts : null;
}

function orderKeyboard(
  order: Order | null,
  facts: Facts,
  rows: { before: ViewButton[][]; create: (count: number, price: string) => string; after: ViewButton[][] },
): View["keyboard"] {
  const { language } = facts.user;
  const create =
    order === null
      ? null
      : [[button(rows.create(order.parts.length, priceText(order, language)), { kind: "show_price_confirmation" })]];
  return keyboard(
    rows.before,
    order === null ? null : shortRows(shortBy(order.kopecks, facts) + debtOf(order, facts), facts),
    create,
    rows.after,
    [[button(texts(language).buttons.back, { kind: "card" })]],
  );
}
