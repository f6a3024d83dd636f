import { checkValues, missingParam } from "../../catalog/check.ts";
import type { Catalog } from "../../catalog/load.ts";
import { readTyped } from "../../catalog/values.ts";
import { shortText } from "../confirm.ts";
import { type Card, captionParam, isSettable, lacksEarlier, withValues } from "../draft.ts";
import { isHidden } from "../health-marks.ts";
import { sentenceOf } from "../param-text.ts";
import { alert, edit, noticeOf, send, showing, type Turn } from "../turn.ts";
import type { Draft, Facts, Screen, Transition } from "../types.ts";
import { sumText } from "../view-parts.ts";
import { readLines } from "./lines.ts";
import {
  cardsOf,
  isLocked,
  limitOf,
  MAX_COMPARED,
  type Order,
  orderOf,
  priced,
  rivalsOf,
  seenTotal,
  withSeen,
  withWords,
  wordsOn,
} from "./parts.ts";
import type { BatchDraft, BatchOrder } from "./types.ts";

type Step = Extract<Screen, { kind: "batch" }>["step"];

/** 🗂 on the card: the order, where there are prompts; else the question for them. A number takes the card's own prompt so many times. */
export function openBatch(turn: Turn, card: Card, wish: "lines" | number | undefined): Transition {
  const { facts, catalog } = turn;
  const limit = limitOf(card, facts);
  if (limit === 0) return edit(showing(turn.state, { kind: "card" }));
  const own = wordsOn(card);
  if (typeof wish === "number") {
    const isOffered = wish >= 2 && wish <= limit && own !== "";
    const parts = isOffered ? Array.from({ length: wish }, () => own) : linesOf(card);
    return show(turn, priced(card, { kind: "batch", parts }, facts, catalog), isOffered ? "order" : "ask");
  }
  const parts = linesOf(card);
  const step = wish === "lines" || parts.length < 2 || parts.length > limit ? "ask" : "order";
  return show(turn, priced(card, { kind: "batch", parts }, facts, catalog), step);
}

/** The prompts that wait in the draft. */
export function linesOf({ draft: { batch } }: Card): readonly string[] {
  return batch?.kind === "batch" ? batch.parts : [];
}

/** ⚖️ on the card, and the models on its screen: a tap takes one in or out. */
export function openComparison(turn: Turn, card: Card, entry: string | undefined): Transition {
  const { facts, catalog, texts: t } = turn;
  const { batch } = card.draft;
  const own = card.entry.key;
  const chosen = batch?.kind === "compare" && batch.parts[0] === own ? batch.parts : [own];
  const rivals = rivalsOf(card, facts, catalog);
  if (rivals.length === 0) return edit(showing(turn.state, { kind: "card" }));
  const pick = (parts: readonly string[]) =>
    show(turn, priced(card, { kind: "compare", parts }, facts, catalog), "order");
  if (entry === undefined || !rivals.some((rival) => rival.entry.key === entry)) return pick(chosen);
  if (chosen.includes(entry)) return pick(chosen.filter((key) => key !== entry));
  if (chosen.length >= MAX_COMPARED) return { ...show(turn, card.draft, "order"), ...alert(t.batch.enough) };
  return pick([...chosen, entry]);
}

/**
 * Words while the prompts are asked for take their place; under the order they are added to it. What breaks a limit is
 * said with its line, and nothing changes.
 *
 * @returns null where the words mean something else: the prompt of a comparison.
 */
export function takeLines(turn: Turn, card: Card, text: string, format: "txt" | "csv" = "txt"): Transition | null {
  const { facts, catalog, texts: t } = turn;
  const { screen } = turn.state;
  if (screen.kind === "batch" && card.draft.batch?.kind === "compare") return null;
  const limit = limitOf(card, facts);
  const lines = readLines(text, format);
  const isMore = screen.kind === "batch" && screen.step !== "ask";
  const stay = (sentence: string): Transition => {
    const step = isMore ? "order" : "ask";
    const draft = card.draft.batch === undefined ? priced(card, NO_LINES, facts, catalog) : card.draft;
    return send(showing(turn.state, { kind: "batch", step }, draft), noticeOf([sentence]));
  };
  const take = (parts: readonly string[], step: Step, sentence: string | null = null): Transition =>
    send(
      showing(turn.state, { kind: "batch", step }, priced(card, { kind: "batch", parts }, facts, catalog)),
      noticeOf([sentence]),
    );
  if (lines.length === 0) return stay(t.batch.empty);
  const read: string[] = [];
  for (const [index, line] of lines.entries()) {
    const checked = readLine(turn, card, line);
    if ("problem" in checked)
      return stay(lines.length === 1 ? checked.problem : t.batch.line(index + 1, checked.problem));
    read.push(checked.words);
  }
  const parts = isMore ? [...linesOf(card), ...read] : read;
  const [only] = parts;
  if (parts.length === 1 && only !== undefined) {
    const draft = withValues(card, withWords(card, only).draft.values, facts);
    const state = showing(
      turn.state,
      { kind: "batch", step: "ask" },
      priced({ ...card, draft }, NO_LINES, facts, catalog),
    );
    return send(state, noticeOf([t.batch.one]));
  }
  if (parts.length <= limit) return take(parts, "order");
  // Nothing is cut unasked: the first ones are laid ready beside the sentence that says how many there are.
  return isMore
    ? stay(t.batch.tooManyMore(parts.length, limit))
    : take(parts.slice(0, limit), "ask", t.batch.tooMany(parts.length, limit));
}

const NO_LINES = { kind: "batch", parts: [] } as const;

/** A line as the card's prompt would be read, or what is wrong with it. */
function readLine({ facts }: Turn, card: Card, line: string): { words: string } | { problem: string } {
  const { language } = facts.user;
  const param = captionParam(card);
  if (param === undefined) return { problem: "" };
  const read = readTyped(param, line);
  if (!read.ok) return { problem: sentenceOf(read.problem, card.entry, language) };
  const words = String(read.value);
  const { values } = withWords(card, words).draft;
  const problem = checkValues(card.entry, values).find((each) => each.param === param.name);
  return problem === undefined ? { words } : { problem: sentenceOf(problem, card.entry, language) };
}

/** ✅ under several prompts or models: as `create`, for all of them at once. */
export function createMany(turn: Turn, card: Card, isConfirmed: boolean): Transition {
  const { state, facts, catalog, texts: t } = turn;
  const { language } = facts.user;
  const { batch } = card.draft;
  if (batch === undefined) return edit(showing(state, { kind: "card" }));
  const least = batch.parts.length;
  const most = batch.kind === "compare" ? MAX_COMPARED : limitOf(card, facts);
  if (least < 2 || least > most) {
    return batch.kind === "compare" ? openComparison(turn, card, undefined) : openBatch(turn, card, "lines");
  }
  const cards = cardsOf(card, batch, facts, catalog);
  const problem = cards.map((each, index) => problemIn(turn, each, batch, index)).find((each) => each !== null);
  if (problem) return stay(turn, card.draft, problem);
  const order = orderOf(card, batch, facts, catalog);
  if (order === null) return stay(turn, priced(card, batch, facts, catalog), t.card.cannotCreate);
  const before = seenTotal(batch);
  const firm = isLocked(batch, facts.now) ? withOffer(batch, order) : withSeen(batch, order, facts);
  const draft: Draft = { ...card.draft, batch: firm };
  const isNews = isLocked(batch, facts.now) ? order.kopecks > (before ?? 0n) : order.kopecks !== before;
  if (isNews) {
    const sentence = t.batch.priceChanged(sumText(before ?? 0n, language), sumText(order.kopecks, language));
    return { ...stay(turn, draft, sentence), ...noticeOf([sentence]) };
  }
  const short = shortText(order.kopecks, facts);
  if (short !== null) return stay(turn, draft, short);
  if (!isConfirmed && order.kopecks > 0n && order.kopecks >= facts.confirmFromKopecks)
    return show(turn, draft, "confirm");
  const started = showing(state, { kind: "batch-status", batchId: draft.id }, null);
  return edit(started, { effects: [{ kind: "confirm-batch", order: toOrder(draft.id, batch.kind, order) }] });
}

/** The draft of many remembers what its screen says of the discount, as the draft of one does. */
export function withShownDiscount(card: Card, facts: Facts, catalog: Catalog): Draft {
  const { batch } = card.draft;
  const order = batch === undefined || batch.prices === null ? null : orderOf(card, batch, facts, catalog);
  if (batch === undefined || order === null) return card.draft;
  const isSame = batch.discount?.code === order.discount?.code && batch.discount?.percent === order.discount?.percent;
  return isSame ? card.draft : { ...card.draft, batch: withOffer(batch, order) };
}

/** The locked prices with the discount that holds now. */
function withOffer({ kind, parts, prices }: BatchDraft, { discount }: Order): BatchDraft {
  return discount === null ? { kind, parts, prices } : { kind, parts, prices, discount };
}

function problemIn(turn: Turn, card: Card, batch: BatchDraft, index: number): string | null {
  const { entry, draft } = card;
  const { language } = turn.facts.user;
  const { followUps, health, batch: t } = turn.texts;
  if (lacksEarlier(entry, draft.values)) return followUps.needsResult;
  if (isHidden(card, turn.catalog)) return health.hiddenByHand;
  const missing = missingParam(entry, draft.values);
  if (missing !== undefined && isSettable(missing)) {
    return sentenceOf({ code: "missing", param: missing.name }, entry, language);
  }
  const [problem] = checkValues(entry, draft.values);
  if (problem === undefined) return null;
  const sentence = sentenceOf(problem, entry, language);
  const isOfLine = batch.kind === "batch" && problem.param === captionParam(card)?.name;
  return isOfLine ? t.line(index + 1, sentence) : sentence;
}

function toOrder(id: string, kind: BatchDraft["kind"], { parts, discount }: Order): BatchOrder {
  const items = parts.map(({ card, kopecks }) => ({ entryKey: card.entry.key, values: card.draft.values, kopecks }));
  return discount === null ? { id, kind, items } : { id, kind, items, discount };
}

/** The order, which shows what it costs now, and a window that says why nothing was created. */
function stay(turn: Turn, draft: Draft, sentence: string): Transition {
  return { ...show(turn, draft, "order"), ...alert(sentence) };
}

function show(turn: Turn, draft: Draft, step: Step): Transition {
  return edit(showing(turn.state, { kind: "batch", step }, draft));
}
