import type { Catalog } from "../../catalog/load.ts";
import { quote } from "../../catalog/quote.ts";
import { defaultValues, parseValues } from "../../catalog/values.ts";
import type { GenerationState } from "../../generation/states.ts";
import { formatBalance, formatKopecks, formatSecondsRange } from "../../i18n/format.ts";
import { texts } from "../../i18n/index.ts";
import type { Kopecks } from "../../shared/kopecks.ts";
import { availableOf } from "../draft.ts";
import { chosenLine, generationTitle, wordsOf } from "../generation-views.ts";
import { soldAgain } from "../result-actions.ts";
import type { Facts, GenerationFacts, Opener, RichText, Span, View, ViewButton } from "../types.ts";
import { button, fitText, grid, keyboard, lines, modeLine, pricedButton, priceText, spanText } from "../view-parts.ts";
import { sumOf } from "./parts.ts";
import { isLost, isWaiting } from "./reopen.ts";
import { letterOf } from "./screens.ts";
import type { BatchFacts } from "./types.ts";

/** Telegram's limit for a caption, in UTF-16 units. */
const MAX_CAPTION = 1024;
const WORDS_CUT = 40;

const CAME: ReadonlySet<GenerationState> = new Set(["succeeded", "delivered", "undeliverable"]);

const isCome = ({ state }: GenerationFacts): boolean => CAME.has(state);
const isRunning = ({ state }: GenerationFacts): boolean => state === "submitting" || state === "submitted";

/** The status message of a batch in whatever state it is: on its way, or, once it is told, its result. */
export function batchStatusView(batch: BatchFacts, facts: Facts, catalog: Catalog): View {
  if (batch.isTold) return batchResultView(batch, facts, catalog);
  const { language } = facts.user;
  const t = texts(language);
  const { items, batchId } = batch;
  const { status } = t.batch;
  const title = titleOfBatch(batch, catalog);
  const waiting = items.filter(isWaiting).length;
  const open = items.filter((item) => isWaiting(item) || isRunning(item));
  const cancelled = items.filter(({ state }) => state === "cancelled").length;
  const counts: [number, (count: number) => string][] = [
    [items.filter(isRunning).length, status.running],
    [waiting, status.waiting],
    [items.filter(isLost).length - cancelled, status.failed],
    [cancelled, status.cancelled],
  ];
  const held = sumOf(open.map(({ priceKopecks }) => priceKopecks));
  const mark = modeLine(items[0]?.mode ?? facts.mode, language);
  return {
    text: fitText(
      lines(
        { bold: batch.kind === "compare" ? `⚖️ ${title}` : `🗂 ${t.batch.prompts(items.length)} · ${title}` },
        "",
        status.ready(items.filter(isCome).length, items.length),
        ...counts.filter(([count]) => count > 0).map(([count, words]) => words(count)),
        "",
        open.length === 0 ? status.sending : usualText(open, facts),
        open.length === 0 ? null : status.noWaiting,
        mark,
        mark === null && held > 0n ? t.status.held(formatKopecks(held, language)) : null,
      ),
    ),
    keyboard: keyboard(
      [[button(t.buttons.refresh, { kind: "refresh_batch", batchId }), button(t.buttons.menu, { kind: "menu" })]],
      waiting === 0 ? null : [[button(t.batch.buttons.rest(waiting), { kind: "cancel_rest", batchId })]],
    ),
  };
}

/** The slowest of what is still to come. */
function usualText(open: readonly GenerationFacts[], { user }: Facts): string | null {
  const [slowest] = open.flatMap(({ usualSeconds }) => usualSeconds ?? []).toSorted((a, b) => b.p90 - a.p90);
  if (slowest === undefined) return null;
  return texts(user.language).batch.status.usual(formatSecondsRange(slowest.p50, slowest.p90, user.language));
}

/** One model of a batch, or all that are compared. */
function titleOfBatch({ items }: BatchFacts, catalog: Catalog): string {
  const titles = items.map((item) => catalog.entry(item.entryKey)?.family.title ?? item.entryKey);
  return [...new Set(titles)].join(" · ");
}

/** The first message of a delivery, which makes the phone ring: "Готово 8 из 10: Z-Image". */
export function batchDoneText(batch: BatchFacts, facts: Facts, catalog: Catalog): RichText {
  return lines(...doneLines(batch, facts, catalog));
}

function doneLines(batch: BatchFacts, facts: Facts, catalog: Catalog): (Span | null)[] {
  const { language } = facts.user;
  const { result } = texts(language).batch;
  const came = batch.items.filter(isCome).length;
  const total = batch.items.length;
  const isWhole = batch.kind === "batch" && came === total;
  const title = `${titleOfBatch(batch, catalog)}${isWhole ? ` × ${total}` : ""}`;
  return [
    { bold: came === 0 ? result.none(title) : result.done(came, total, title) },
    modeLine(batch.items[0]?.mode ?? facts.mode, language),
  ];
}

/** What came of all of it, what it cost, why the others failed, and the ways on. All buttons work at any age. */
export function batchResultView(batch: BatchFacts, facts: Facts, catalog: Catalog): View {
  const { language } = facts.user;
  const t = texts(language);
  const { items } = batch;
  const isComparison = batch.kind === "compare";
  const open = items.flatMap((item, index) => {
    if (!isCome(item)) return [];
    const { generationId } = item;
    if (!isComparison) return [button(String(index + 1), { kind: "open", generationId })];
    const price = priceAgain([item], facts, catalog);
    const name = t.batch.buttons.goOn(`${letterOf(index)} · ${shortTitle(item, catalog)}`);
    return price === null ? [] : [pricedButton(name, price, { kind: "again", generationId })];
  });
  const lost = lostLines(batch, facts, catalog);
  return {
    text: fitText(
      lines(
        ...doneLines(batch, facts, catalog),
        moneyText(items, facts),
        ...(lost.length === 0 ? [] : ["", ...lost]),
        ...(open.length === 0 ? [] : ["", isComparison ? t.batch.result.goOnWith : t.batch.result.openOne]),
      ),
    ),
    keyboard: keyboard(isComparison ? open.map((each) => [each]) : grid(open, 5), againRows(batch, facts, catalog), [
      [button(t.buttons.history, { kind: "history", before: null }), button(t.buttons.menu, { kind: "menu" })],
    ]),
  };
}

/** All of it once more, and only what came to nothing; nothing when the model is not sold any more. */
function againRows({ batchId, kind, items }: BatchFacts, facts: Facts, catalog: Catalog): ViewButton[][] {
  const { buttons } = texts(facts.user.language).batch;
  const lost = items.filter(isLost);
  const [only] = lost;
  const [all, rest] = [priceAgain(items, facts, catalog), priceAgain(lost, facts, catalog)];
  const whole: Opener = { kind: "batch_again", batchId };
  const action: Opener =
    lost.length === 1 && only !== undefined
      ? { kind: "again", generationId: only.generationId }
      : { ...whole, failed: true };
  const hasRest = kind === "batch" && lost.length > 0 && lost.length < items.length;
  return [
    ...(hasRest && rest !== null ? [[button(buttons.failed(lost.length, rest), action)]] : []),
    ...(all === null ? [] : [[button(buttons.again(all), whole)]]),
  ];
}

/** What these would cost today; null when one of them can not be had any more. */
function priceAgain(items: readonly GenerationFacts[], facts: Facts, catalog: Catalog): string | null {
  const quotes = items.map((item) => {
    const found = soldAgain(item, catalog);
    if (found === null) return null;
    const { entry } = found;
    const quoted = quote(entry, { ...defaultValues(entry), ...parseValues(entry, item.values) }, facts.pricing);
    return quoted.ok ? quoted.value : null;
  });
  const known = quotes.filter((each) => each !== null);
  if (known.length < quotes.length) return null;
  const kopecks = sumOf(known.map((each) => each.kopecks));
  return priceText({ kopecks, upTo: known.some(({ upTo }) => upTo) }, facts.user.language);
}

function moneyText(items: readonly GenerationFacts[], facts: Facts): string | null {
  const { language } = facts.user;
  const { batch, result } = texts(language);
  const left = formatBalance(availableOf(facts), language);
  // The mark of the mode, which stands above, says it already.
  if (items.some(({ mode }) => mode !== "real")) return null;
  const charged = sumOf(items.map((item) => (isCome(item) ? chargedFor(item) : 0n)));
  const returned = sumOf(items.map(({ priceKopecks }) => priceKopecks)) - charged;
  return [
    charged > 0n ? batch.result.charged(formatKopecks(charged, language)) : result.notChargedOnly.replace(/\.$/, ""),
    ...(returned > 0n ? [batch.result.returned(formatKopecks(returned, language))] : []),
    batch.result.left(left),
  ].join(", ");
}

const chargedFor = ({ chargedKopecks, priceKopecks }: GenerationFacts): Kopecks => chargedKopecks ?? priceKopecks;

/** A line for each that failed, and one for all that were cancelled. */
function lostLines(batch: BatchFacts, facts: Facts, catalog: Catalog): string[] {
  const { result } = texts(facts.user.language).batch;
  const lost = batch.items.flatMap((item, index) => (isLost(item) ? [{ item, index }] : []));
  const failed = lost.filter(({ item }) => item.state !== "cancelled");
  const cancelled = lost
    .filter(({ item }) => item.state === "cancelled")
    .map(({ index }) => (batch.kind === "compare" ? letterOf(index) : String(index + 1)));
  return [
    ...failed.map(({ item, index }) => lostLine(batch, item, index, facts, catalog)),
    ...(cancelled.length === 0 ? [] : [result.cancelled(cancelled.join(", "))]),
  ];
}

/** "3. рыжая лиса …: модель отклонила запрос." */
function lostLine({ kind }: BatchFacts, item: GenerationFacts, index: number, facts: Facts, catalog: Catalog): string {
  const { failure } = texts(facts.user.language);
  const cause = item.failure ?? (item.state === "expired" ? "timeout" : "other");
  // The causes advise in their second sentence; here the buttons do.
  const [why = ""] = failure.causes[cause].split(/(?<=\.) /);
  if (kind === "compare") return `${letterOf(index)} · ${shortTitle(item, catalog)}: ${why}`;
  return `${index + 1}. «${wordsOf(item, catalog, WORDS_CUT)}»: ${why}`;
}

function shortTitle({ entryKey }: GenerationFacts, catalog: Catalog): string {
  return catalog.entry(entryKey)?.family.title ?? entryKey;
}

/** The caption of one item in the album, at most 1,024 UTF-16 units: which of them it is, and what it was made from. */
export function itemCaption(batch: BatchFacts, item: GenerationFacts, facts: Facts, catalog: Catalog): RichText {
  const { language } = facts.user;
  const index = batch.items.findIndex(({ generationId }) => generationId === item.generationId);
  const mark = modeLine(item.mode, language);
  if (batch.kind === "batch") {
    return fitText(lines(mark, `${index + 1}. ${wordsOf(item, catalog, 600)}`), MAX_CAPTION);
  }
  const title = generationTitle(item, catalog, facts).map(spanText).join("");
  const price = mark === null && chargedFor(item) > 0n ? formatKopecks(chargedFor(item), language) : null;
  const rest = [chosenLine(item, facts, catalog), price].filter((part) => part !== null).join(" · ");
  return fitText(lines(mark, { bold: `${letterOf(index)} · ${title}` }, rest === "" ? null : rest), MAX_CAPTION);
}
