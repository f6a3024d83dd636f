import type { Catalog } from "../catalog/load.ts";
import { formatBalance, formatKopecks } from "../i18n/format.ts";
import { texts } from "../i18n/index.ts";
import type { Kopecks } from "../shared/kopecks.ts";
import { orderOf } from "./batch/parts.ts";
import {
  availableOf,
  type Card,
  cardOf,
  isLocked,
  lacksEarlier,
  priceOf,
  problemsOf,
  quoteNow,
  seenPrice,
  settle,
  shortBy,
  withOffer,
} from "./draft.ts";
import { isHidden } from "./health-marks.ts";
import { sentenceOf } from "./param-text.ts";
import { alert, edit, noticeOf, showing, type Turn } from "./turn.ts";
import type { ConversationState, Draft, Facts, HoldRefusal, RichText, Transition } from "./types.ts";
import { pauseText, sumText } from "./view-parts.ts";

/**
 * ✅ on the card, or on the last question. Everything that would keep the generation from starting is said here and
 * leaves the card open; what passes is one effect with the draft as it was priced.
 *
 * @param isConfirmed The last question was answered with yes; without it, dear generations ask first.
 */
export function create(turn: Turn, card: Card, isConfirmed: boolean): Transition {
  const { facts, texts: t } = turn;
  const next = settle(card);
  if (next.draft.asking !== null) return edit(showing(turn.state, next.screen, next.draft), alert(t.card.cannotCreate));
  // Nobody can be asked for an earlier result; a card without it is one that its catalog has left behind.
  if (lacksEarlier(card.entry, card.draft.values)) return stay(turn, card.draft, t.followUps.needsResult);
  if (isHidden(card, turn.catalog)) return stay(turn, card.draft, t.health.hiddenByHand);
  const [problem] = problemsOf(card);
  if (problem !== undefined) return stay(turn, card.draft, sentenceOf(problem, card.entry, facts.user.language));
  const priced = withFirmPrice(turn, card);
  if (priced.notice !== null) return { ...stay(turn, priced.draft, priced.notice), ...noticeOf([priced.notice]) };
  const price = priceOf({ ...card, draft: priced.draft }, facts);
  if (price === null || priced.draft.quote === null) return stay(turn, card.draft, t.card.cannotCreate);
  const short = shortText(price.kopecks, facts);
  if (short !== null) return stay(turn, priced.draft, short);
  if (!isConfirmed && price.kopecks > 0n && price.kopecks >= facts.confirmFromKopecks) {
    return edit(showing(turn.state, { kind: "confirmation" }, priced.draft));
  }
  const started = showing(turn.state, { kind: "generation", generationId: priced.draft.id }, null);
  return edit(started, { effects: [{ kind: "confirm", draft: { ...priced.draft, asking: null } }] });
}

/**
 * The draft with a price that still holds. A price that is new to the user is a notice, not yet a yes; one that only an
 * offer made lower is welcome without asking, one that rose because an offer has run out is not.
 */
function withFirmPrice({ facts, texts: t }: Turn, card: Card): { draft: Draft; notice: string | null } {
  const { language } = facts.user;
  const locked = isLocked(card.draft, facts.now);
  const before = seenPrice(card.draft);
  const quoted = locked ? card.draft : { ...card.draft, quote: quoteNow(card.entry, card.draft.values, facts) };
  const after = priceOf({ ...card, draft: quoted }, facts);
  if (after === null || quoted.quote === null) return { draft: quoted, notice: null };
  const draft = withOffer(quoted, after.offer);
  const price = sumText(after.kopecks, language);
  if (before === null) return { draft, notice: t.money.priceKnown(price) };
  const isNews = locked ? after.kopecks > before : after.kopecks !== before;
  return { draft, notice: isNews ? t.money.priceChanged(sumText(before, language), price) : null };
}

/** The card, which shows what is wrong with it anyway, and a window that says why nothing was created. */
function stay(turn: Turn, draft: Draft, sentence: string): Transition {
  return edit(showing(turn.state, { kind: "card" }, { ...draft, asking: null }), alert(sentence));
}

/** What is missing for a price, as a sentence; null when the balance is enough. */
export function shortText(price: Kopecks, facts: Facts): string | null {
  const missing = shortBy(price, facts);
  return missing === 0n ? null : shortSentence(missing, price, availableOf(facts), facts);
}

function shortSentence(missing: Kopecks, price: Kopecks, available: Kopecks, facts: Facts): string {
  const { language } = facts.user;
  return texts(language).money.shortNow(
    formatKopecks(missing, language),
    formatKopecks(price, language),
    formatBalance(available, language),
  );
}

/**
 * What to say when the hold took no money; the card stays as it was before the tap.
 *
 * @param state The conversation with its draft, as it was before `confirm`.
 */
export function refusalView(
  refusal: HoldRefusal,
  state: ConversationState,
  facts: Facts,
  catalog: Catalog,
): { toast: { text: string; alert: boolean }; notice: RichText } {
  const sentence = refusalSentence(refusal, state, facts, catalog);
  return { ...alert(sentence), notice: [sentence] };
}

function refusalSentence(refusal: HoldRefusal, state: ConversationState, facts: Facts, catalog: Catalog): string {
  const { language } = facts.user;
  const { refusals, batch, card: cardTexts } = texts(language);
  switch (refusal.code) {
    case "low-balance": {
      const card = cardOf(state, catalog);
      const many = state.screen.kind === "batch" ? card?.draft.batch : undefined;
      const price = card === null ? null : many ? orderOf(card, many, facts, catalog) : priceOf(card, facts);
      if (price === null) return cardTexts.cannotCreate;
      const { availableKopecks } = refusal;
      const missing = price.kopecks > availableKopecks ? price.kopecks - availableKopecks : 0n;
      return shortSentence(missing, price.kopecks, availableKopecks, facts);
    }
    case "paused":
      return `${pauseText(refusal, facts)} ${texts(language).queue.cardWaits}`;
    case "banned":
      return refusals.banned;
    case "debt":
      return refusals.debt(formatBalance(refusal.kopecks, language));
    case "queue-full":
      return state.screen.kind === "batch" ? batch.queueFull(refusal.limit) : refusals.queueFull(refusal.limit);
    case "spend-limit":
      return refusals.spendLimit(formatBalance(refusal.limitKopecks, language));
  }
}
