import type { CatalogEntry } from "../catalog/load.ts";
import { isInMenus } from "../catalog/offers.ts";
import { assertNever } from "../shared/assert-never.ts";
import { followBatch, openBatchAgain } from "./batch/reopen.ts";
import { lacksEarlier } from "./draft.ts";
import { hiddenIn, isAiling, isHidden } from "./health-marks.ts";
import { openMoney } from "./money/open.ts";
import { type Opened, openDraft, openExample, openFollowUp, openLike } from "./open-draft.ts";
import { isMediaKind } from "./result-actions.ts";
import { openSettings } from "./settings.ts";
import { alert, answer, editAt, noticeOf, send, showing, type Turn, toast } from "./turn.ts";
import type { ConversationState, GenerationFacts, Opener, Screen, Transition } from "./types.ts";
import { openWaiting } from "./waiting.ts";

/**
 * Buttons that work at any age. Pressed under a screen they redraw it; pressed under a result they send a new message,
 * because the result must stay.
 */
export function open(turn: Turn, action: Opener, tapped: { messageId: number; isScreen: boolean }): Transition {
  const { messageId } = tapped;
  const { state, facts, texts: t } = turn;
  const draw = (next: ConversationState, extra: Parameters<typeof send>[1] = {}): Transition =>
    tapped.isScreen ? editAt(messageId, next, extra) : send(next, extra);
  const show = (screen: Screen): Transition => draw(showing(state, screen));
  const showOpened = (opened: Opened | null): Transition =>
    opened === null ? gone(turn, draw) : draw(opened.state, noticeOf(opened.notes));

  switch (action.kind) {
    case "menu":
    case "categories":
    case "balance":
    case "help":
      return show({ kind: action.kind });
    case "category":
      return show({ kind: "families", category: action.category, page: action.page });
    case "accepting":
      return show(action);
    case "history":
      return show({ kind: "history", before: action.before });
    case "model": {
      const family = turn.catalog.summary(action.family);
      const [only, ...others] = family?.modes ?? [];
      if (family === undefined || only === undefined) {
        const hidden = hiddenIn(action.family, turn.catalog);
        return hidden === undefined ? gone(turn, draw) : show(hiddenScreen(hidden));
      }
      return others.length > 0
        ? show({ kind: "modes", family: family.key })
        : showOpened(openMode(turn, family.key, only.mode));
    }
    case "mode": {
      const hidden = turn.catalog.mode(action.family, action.mode);
      if (hidden !== undefined && isHidden(hidden, turn.catalog)) return show(hiddenScreen(hidden));
      return showOpened(openMode(turn, action.family, action.mode));
    }
    case "try":
      return showOpened(openExample(turn));
    case "open":
      return show({ kind: "generation", generationId: action.generationId });
    case "receipt":
      return show({ kind: "receipt", generationId: action.generationId });
    case "links":
      return show({ kind: "links", generationId: action.generationId });
    case "again":
    case "edit":
    case "other_media": {
      const { generation } = facts;
      if (!generation) return lost(turn, draw);
      const made = turn.catalog.entry(generation.entryKey);
      if (made !== undefined && isHidden(made, turn.catalog)) return show(hiddenScreen(made));
      const wish = { again: "same", edit: "edit-words", other_media: "other-files" } as const;
      return showOpened(openLike(turn, generation, wish[action.kind]));
    }
    case "resend":
      if (!facts.generation) return answer(state, t.result.notFound);
      if (facts.generation.state !== "delivered" && facts.generation.state !== "undeliverable") {
        return { ...answer(state, t.result.notYet), ...alert(t.result.notYet) };
      }
      return answer(state, t.result.resending, { effects: [{ kind: "resend", generationId: action.generationId }] });
    case "more":
      return show(action);
    case "follow": {
      const { generationId, position } = action;
      const { generation } = facts;
      if (!generation) return lost(turn, draw);
      const opened = openFollowUp(turn, generation, action);
      if (opened !== null) return showOpened(opened);
      return draw(showing(state, { kind: "more", generationId, position }), noticeOf([t.followUps.unavailable]));
    }
    case "use":
      // A file is fetched before anything is decided and arrives as the event `output`; what comes here has none.
      return facts.generation ? noFile(turn) : answer(state, t.result.notFound);
    case "original":
      if (!facts.generation) return answer(state, t.result.notFound);
      if (!hasFiles(facts.generation)) return noFile(turn);
      return answer(state, t.followUps.originalComing, {
        effects: [{ kind: "original", generationId: action.generationId }],
      });
    case "send_files":
      if (!facts.generation) return answer(state, t.result.notFound);
      return answer(state, t.delivery.sending, {
        effects: [{ kind: "send-files", generationId: action.generationId }],
      });
    case "settings":
      return openSettings(turn, action.change, draw);
    case "notify": {
      if (!isAiling(action.entry, turn.catalog)) return answer(state, t.health.worksNow);
      return answer(state, t.followUps.willNotify, { effects: [{ kind: "notify", entryKey: action.entry }] });
    }
    case "admin":
      // Somebody who is an admin no more, or a forged button.
      return (
        facts.admin?.open(turn, action.parts, draw) ?? draw(showing(state, { kind: "menu" }), toast(t.card.oldButton))
      );
    case "money":
      return openMoney(turn, action.action, draw);
    case "cancel_generation":
    case "stop_waiting":
    case "undelivered":
      return openWaiting(turn, action, messageId) ?? lost(turn, draw);
    case "refresh":
      // Only status messages have this button, and those are text that may be redrawn in place.
      return editAt(messageId, showing(state, { kind: "generation", generationId: action.generationId }), {
        ...toast(t.status.checking),
        effects: [{ kind: "refresh", generationId: action.generationId }],
      });
    case "refresh_batch":
    case "cancel_rest":
      return followBatch(turn, action, messageId);
    case "batch_again":
      return facts.batch ? showOpened(openBatchAgain(turn, facts.batch, action.failed === true)) : lost(turn, draw);
    default:
      return assertNever(action);
  }
}

/** Says that a mode is not in the menus for now. */
function hiddenScreen({ family, entry }: CatalogEntry): Screen {
  return { kind: "modes", family: family.key, hidden: entry.key };
}

function openMode(turn: Turn, familyKey: string, mode: string): Opened | null {
  const found = turn.catalog.mode(familyKey, mode);
  if (found === undefined || !isInMenus(found.entry) || lacksEarlier(found.entry, {})) return null;
  return openDraft(turn, found, undefined, turn.state.pending);
}

type Draw = (state: ConversationState, extra: Parameters<typeof send>[1]) => Transition;

/** A generation that is not there, or is another person's. */
function lost(turn: Turn, draw: Draw): Transition {
  return draw(showing(turn.state, { kind: "history", before: null }), noticeOf([turn.texts.result.notFound]));
}

/** Whether the result is more than an answer in words. */
function hasFiles({ outputs }: GenerationFacts): boolean {
  return outputs.some((output) => isMediaKind(output.kind));
}

function noFile({ state, texts: t }: Turn): Transition {
  return { ...answer(state, t.followUps.noFile), ...alert(t.followUps.noFile) };
}

function gone(turn: Turn, draw: Draw): Transition {
  return draw(showing(turn.state, { kind: "categories" }), noticeOf([turn.texts.browse.gone]));
}
