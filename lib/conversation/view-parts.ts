import type { PauseCause } from "../generation/breaker.ts";
import { formatBalance, formatKopecks, formatTime } from "../i18n/format.ts";
import { type Texts, texts } from "../i18n/index.ts";
import type { Kopecks } from "../shared/kopecks.ts";
import type { Language } from "../shared/localized.ts";
import type { RunMode } from "../shared/run-mode.ts";
import type { Price } from "./draft.ts";
import type { ButtonAction, Facts, RichText, Span, View, ViewButton, WalletFacts } from "./types.ts";

/** Telegram's limit for a message's text, in UTF-16 units. */
export const MAX_MESSAGE = 4096;
/** Longer labels are cut by clients anyway. */
const MAX_LABEL = 60;

type Line = Span | RichText | null;

/** Lines of a message; null lines are left out, "" is an empty line. */
export function lines(...parts: readonly Line[]): RichText {
  const shown = parts.filter((part) => part !== null);
  return shown.flatMap((part, index) => [...(index === 0 ? [] : ["\n"]), ...(isRich(part) ? part : [part])]);
}

function isRich(part: Span | RichText): part is RichText {
  return Array.isArray(part);
}

export function spanText(span: Span): string {
  if (typeof span === "string") return span;
  if ("bold" in span) return span.bold;
  if ("italic" in span) return span.italic;
  if ("strike" in span) return span.strike;
  return "code" in span ? span.code : span.quote;
}

/** At most `limit` UTF-16 units, never through the middle of a character; a cut text ends in "…". */
export function cut(text: string, limit: number): string {
  if (text.length <= limit) return text;
  let short = "";
  for (const { segment } of graphemes().segment(text.slice(0, limit))) {
    if (short.length + segment.length > limit - 1) break;
    short += segment;
  }
  return `${short.trimEnd()}…`;
}

let segmenter: Intl.Segmenter | undefined;
/** Made when a text is cut for the first time: it is no part of a cold start. */
function graphemes(): Intl.Segmenter {
  segmenter ??= new Intl.Segmenter("ru", { granularity: "grapheme" });
  return segmenter;
}

/** One line of a longer text: line breaks become spaces, no-break spaces stay. */
export function oneLine(text: string, limit: number): string {
  return cut(text.replace(/[^\S\u00a0]+/g, " ").trim(), limit);
}

/** The text within Telegram's limit, whatever the catalog or the user put into it. */
export function fitText(text: RichText, limit = MAX_MESSAGE): RichText {
  const fitting: Span[] = [];
  let left = limit;
  for (const span of text) {
    const whole = spanText(span);
    if (whole.length > left) {
      if (left > 1) fitting.push(withText(span, cut(whole, left)));
      break;
    }
    fitting.push(span);
    left -= whole.length;
  }
  return fitting;
}

function withText(span: Span, text: string): Span {
  if (typeof span === "string") return text;
  if ("bold" in span) return { bold: text };
  if ("italic" in span) return { italic: text };
  if ("strike" in span) return { strike: text };
  return "code" in span ? { code: text } : { quote: text };
}

export function button(text: string, action: ButtonAction): ViewButton {
  return { text: cut(text, MAX_LABEL), action };
}

/** A button of a name and its price; a long name is cut, the price never. */
export function pricedButton(name: string, price: string, action: ButtonAction): ViewButton {
  return { text: `${cut(name, MAX_LABEL - price.length - 3)} · ${price}`, action };
}

/** Buttons in even rows of equal columns, as many as the longest label allows: five are 3 + 2, never 4 + 1. */
export function grid(buttons: readonly ViewButton[], mostPerRow = 4, mostCharacters = 36): ViewButton[][] {
  const widest = Math.max(1, ...buttons.map((each) => each.text.length));
  const columns = Math.min(mostPerRow, Math.max(1, Math.floor(mostCharacters / widest)));
  const perRow = Math.ceil(buttons.length / Math.ceil(buttons.length / columns));
  return buttons.flatMap((_each, index) => (index % perRow === 0 ? [buttons.slice(index, index + perRow)] : []));
}

/** Buttons in rows as wide as their labels allow. */
export function rows(buttons: readonly ViewButton[], mostPerRow = 2, mostCharacters = 36): ViewButton[][] {
  const packed: ViewButton[][] = [];
  let width = 0;
  for (const each of buttons) {
    const row = packed.at(-1);
    // Buttons of a row are equally wide, so the longest label decides.
    width = Math.max(width, each.text.length);
    if (row !== undefined && row.length < mostPerRow && width * (row.length + 1) <= mostCharacters) row.push(each);
    else {
      packed.push([each]);
      width = each.text.length;
    }
  }
  return packed;
}

/** Rows that may be absent. */
export function keyboard(...parts: readonly (readonly (readonly ViewButton[])[] | null)[]): View["keyboard"] {
  return parts.flatMap((part) => part ?? []).filter((row) => row.length > 0);
}

export interface Page<Item> {
  items: readonly Item[];
  /** From 0; a page beyond the end is the last one. */
  page: number;
  pages: number;
}

export function pageOf<Item>(all: readonly Item[], wanted: number, size: number): Page<Item> {
  const pages = Math.max(1, Math.ceil(all.length / size));
  const page = Math.min(Math.max(0, wanted), pages - 1);
  return { items: all.slice(page * size, (page + 1) * size), page, pages };
}

/** "‹ Стр. 1" and "Стр. 3 ›"; nothing when there is one page. */
export function pager(page: number, pages: number, t: Texts, action: (page: number) => ButtonAction): ViewButton[][] {
  const row: ViewButton[] = [];
  if (page > 0) row.push(button(`‹ ${t.buttons.page(page)}`, action(page - 1)));
  if (page < pages - 1) row.push(button(`${t.buttons.page(page + 2)} ›`, action(page + 1)));
  return row.length === 0 ? [] : [row];
}

/** "Баланс: 128 ₽ и 50 ₽ бонусами"; bonuses are named only when there are some. */
export function balanceLine(wallet: WalletFacts, language: Language): string {
  const { money } = texts(language);
  const main = formatBalance(wallet.mainKopecks, language);
  return wallet.bonusKopecks > 0n
    ? money.balanceWithBonus(main, formatBalance(wallet.bonusKopecks, language))
    : money.balance(main);
}

/** Says that nothing is charged, wherever money is named in such a mode. */
export function modeLine(mode: RunMode, language: Language): Span | null {
  const mark = texts(language).modeMark[mode];
  return mark === null ? null : { italic: mark };
}

/** "12,40 ₽", "до 12,40 ₽", "бесплатно". */
export function priceText({ kopecks, upTo }: Pick<Price, "kopecks" | "upTo">, language: Language): string {
  const price = sumText(kopecks, language);
  return upTo && kopecks > 0n ? texts(language).money.upTo(price) : price;
}

/** A price in words where it is none: "12,40 ₽", "бесплатно". */
export function sumText(kopecks: Kopecks, language: Language): string {
  return kopecks === 0n ? texts(language).money.free : formatKopecks(kopecks, language);
}

/** "Kling 3.0 · Текст в видео"; the mode is left out where it says the same. */
export function titleOf(family: string, mode: string): RichText {
  return mode === family ? [{ bold: family }] : [{ bold: family }, ` · ${mode}`];
}

/** Why selling pauses, and when it is tried again. */
export function pauseText(
  pause: { cause: PauseCause; retryAt: Date },
  { now, user }: Pick<Facts, "now" | "user">,
): string {
  const t = texts(user.language).queue;
  const again = pause.retryAt > now ? t.retryAt(formatTime(pause.retryAt, user.language)) : t.retryNow;
  return `${t.paused[pause.cause]} ${again}`;
}
