import type { Catalog } from "../catalog/load.ts";
import { texts } from "../i18n/index.ts";
import { assertNever } from "../shared/assert-never.ts";
import { switchTo } from "./alternatives.ts";
import { createMany, openBatch, openComparison, withShownDiscount } from "./batch/actions.ts";
import { changeDraft, closeCard } from "./card-actions.ts";
import { create } from "./confirm.ts";
import { start } from "./deep-links.ts";
import { cardOf, isExpired, priceOf, withOffer } from "./draft.ts";
import { notUnderstood, refuseMedia, takeMedia, takeOutput, takeText, takeWords } from "./inputs.ts";
import { takeReceipt } from "./money/bank.ts";
import { promoCommand } from "./money/promo.ts";
import { openWords, reopen } from "./open-draft.ts";
import { open } from "./openers.ts";
import { isSameOffer } from "./price-offer.ts";
import { edit, editAt, isOfDraft, noticeOf, send, showing, type Turn, toast } from "./turn.ts";
import type { ButtonAction, CardAction, ConversationState, DialogueEvent, Facts, Screen, Transition } from "./types.ts";
import { cancelCommand } from "./waiting.ts";

export { initialState, parseState } from "./state.ts";

const CARD_ACTIONS: Readonly<Record<CardAction["kind"], true>> = {
  found_page: true,
  use_query: true,
  param_input: true,
  param_page: true,
  set_param: true,
  clear_param: true,
  item_field: true,
  set_item_field: true,
  remove_item: true,
  move_item: true,
  share_out: true,
  append: true,
  example: true,
  done: true,
  advanced: true,
  switch: true,
  batch: true,
  compare: true,
  card: true,
  show_price_confirmation: true,
  confirm: true,
  cancel: true,
};

/** Whether a button acts only at the conversation's own revision. */
export function isCardAction(action: ButtonAction): action is CardAction {
  return Object.hasOwn(CARD_ACTIONS, action.kind);
}

/**
 * One step of the dialogue: pure, so it can be run again when a write was lost.
 *
 * @param revision The stored conversation's revision, which the buttons of its screen carry. A card action with another
 *   one, or from a message that is not the screen's, changes nothing. While `messageId` is unknown (null: the message
 *   was just sent) the revision alone decides, and the tapped message becomes the screen's.
 */
export function advance(
  state: ConversationState,
  event: DialogueEvent,
  facts: Facts,
  catalog: Catalog,
  revision: number,
): Transition {
  return withShownOffer(decide(state, event, facts, catalog, revision), facts, catalog);
}

/** The draft remembers what its screen says of the price, so that a dearer one is never a surprise at the next tap. */
function withShownOffer(transition: Transition, facts: Facts, catalog: Catalog): Transition {
  const { state, show } = transition;
  const card = show === "none" || !isOfDraft(state.screen) ? null : cardOf(state, catalog);
  if (card === null) return transition;
  if (state.screen.kind === "batch") {
    const draft = withShownDiscount(card, facts, catalog);
    return draft === card.draft ? transition : { ...transition, state: { ...state, draft } };
  }
  const offer = priceOf(card, facts)?.offer ?? null;
  if (isSameOffer(offer, card.draft.offer ?? null)) return transition;
  return { ...transition, state: { ...state, draft: withOffer(card.draft, offer) } };
}

function decide(
  state: ConversationState,
  event: DialogueEvent,
  facts: Facts,
  catalog: Catalog,
  revision: number,
): Transition {
  const turn: Turn = { state, facts, catalog, texts: texts(facts.user.language) };
  switch (event.kind) {
    case "command":
      return command(turn, event.name, event.argument);
    case "text":
      return takeText(turn, event.text);
    case "words":
      return takeWords(turn, event);
    case "media":
      return takeMedia(turn, event);
    case "media-refused":
      return refuseMedia(turn, event.reason);
    case "unsupported":
      return notUnderstood(turn, turn.texts.unsupported.lead);
    case "output":
      return takeOutput(turn, event);
    case "receipt":
      return takeReceipt(turn, event.refused);
    case "tap": {
      const { action, messageId } = event;
      // Results and failures are drawn with revision 0: they must stay. Any other message of ours is a screen, and a
      // screen is redrawn where the person looks, however old it is.
      const isScreen = state.messageId === messageId || event.revision > 0;
      if (!isCardAction(action)) return open(turn, action, { messageId, isScreen });
      const isCurrent = event.revision === revision && (state.messageId === null || state.messageId === messageId);
      if (!isCurrent) return stale(turn, messageId);
      return cardAction({ ...turn, state: { ...state, messageId } }, action);
    }
    case "unknown-tap":
      return send(state, toast(turn.texts.card.oldButton));
    default:
      return assertNever(event);
  }
}

/** Commands that show a screen; /cancel acts, and everything else is unknown. */
const COMMAND_SCREENS: Readonly<Record<string, Screen>> = {
  models: { kind: "categories" },
  balance: { kind: "balance" },
  topup: { kind: "money", page: { kind: "topup", asking: false } },
  limit: { kind: "money", page: { kind: "limit", asking: false } },
  history: { kind: "history", before: null },
  help: { kind: "help" },
  settings: { kind: "settings" },
  terms: { kind: "document", document: "terms" },
  privacy: { kind: "document", document: "privacy" },
  paysupport: { kind: "document", document: "paysupport" },
};

function command(turn: Turn, name: string, argument: string): Transition {
  const { state, texts: t } = turn;
  if (name === "cancel") return cancelCommand(turn);
  if (name === "admin" && turn.facts.admin !== undefined)
    return send(showing(state, { kind: "admin", page: { kind: "home" } }));
  if (name === "start") return start(turn, argument);
  if (name === "promo") return promoCommand(turn, argument);
  const screen = Object.hasOwn(COMMAND_SCREENS, name) ? COMMAND_SCREENS[name] : undefined;
  if (screen !== undefined) return send(showing(state, screen));
  return send(showing(state, { kind: "help" }), noticeOf([t.unsupported.command(name.slice(0, 32))]));
}

/** Nothing happens; the user gets the card as it is now, or what is open instead of one. */
function stale(turn: Turn, messageId: number): Transition {
  const { state, facts, catalog, texts: t } = turn;
  const card = cardOf(state, catalog);
  if (card === null || isExpired(card.draft, facts.now)) return editAt(messageId, state, toast(t.card.staleNoCard));
  const next = isOfDraft(state.screen) ? state : showing(state, { kind: "card" });
  return editAt(messageId, next, toast(t.card.stale));
}

function cardAction(turn: Turn, action: CardAction): Transition {
  const { state, facts, catalog, texts: t } = turn;
  if (action.kind === "found_page" || action.kind === "use_query") return found(turn, action);
  const card = cardOf(state, catalog);
  if (action.kind === "cancel") return closeCard(turn, card);
  if (card === null) {
    const off = state.draft === null ? undefined : catalog.entry(state.draft.entryKey);
    if (off?.isOff) return edit(showing(state, { kind: "modes", family: off.family.key, hidden: off.entry.key }));
    return edit(showing(state, { kind: "categories" }, null), noticeOf([t.browse.gone]));
  }
  if (isExpired(card.draft, facts.now)) {
    const opened = reopen(turn, card);
    return edit(opened.state, noticeOf(opened.notes));
  }
  const isMany = state.screen.kind === "batch";
  switch (action.kind) {
    case "show_price_confirmation":
      return isMany ? createMany(turn, card, false) : create(turn, card, false);
    case "confirm":
      return isMany ? createMany(turn, card, true) : create(turn, card, true);
    case "batch":
      return openBatch(turn, card, action.wish);
    case "compare":
      return openComparison(turn, card, action.entry);
    case "switch": {
      const opened = switchTo(turn, card, action.entry);
      return opened === null ? edit(turn.state) : edit(opened.state, noticeOf(opened.notes));
    }
    default:
      return changeDraft(turn, card, action);
  }
}

function found(turn: Turn, action: Extract<CardAction, { kind: "found_page" | "use_query" }>): Transition {
  const { screen } = turn.state;
  if (screen.kind !== "found") return edit(turn.state);
  if (action.kind === "found_page") return edit(showing(turn.state, { ...screen, page: action.page }));
  const opened = openWords(turn, screen.query);
  return edit(opened.state, noticeOf(opened.notes));
}
