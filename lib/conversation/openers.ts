import { assertNever } from "../shared/assert-never.ts";
import { type Opened, openDraft, openExample, openLike } from "./open-draft.ts";
import { alert, answer, editAt, noticeOf, send, showing, type Turn, toast } from "./turn.ts";
import type { ConversationState, Opener, Screen, Transition } from "./types.ts";

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
      return show({ kind: "accepting", media: action.media, page: action.page });
    case "history":
      return show({ kind: "history", before: action.before });
    case "model": {
      const family = turn.catalog.summary(action.family);
      const [only, ...others] = family?.modes ?? [];
      if (family === undefined || only === undefined) return gone(turn, draw);
      return others.length > 0
        ? show({ kind: "modes", family: family.key })
        : showOpened(openMode(turn, family.key, only.mode));
    }
    case "mode":
      return showOpened(openMode(turn, action.family, action.mode));
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
      if (!generation) return draw(showing(state, { kind: "history", before: null }), noticeOf([t.result.notFound]));
      const wish = { again: "same", edit: "edit-words", other_media: "other-files" } as const;
      return showOpened(openLike(turn, generation, wish[action.kind]));
    }
    case "resend":
      if (!facts.generation) return answer(state, t.result.notFound);
      if (facts.generation.state !== "delivered" && facts.generation.state !== "undeliverable") {
        return { ...answer(state, t.result.notYet), ...alert(t.result.notYet) };
      }
      return answer(state, t.result.resending, { effects: [{ kind: "resend", generationId: action.generationId }] });
    case "refresh":
      // Only status messages have this button, and those are text that may be redrawn in place.
      return editAt(messageId, showing(state, { kind: "generation", generationId: action.generationId }), {
        ...toast(t.status.checking),
        effects: [{ kind: "refresh", generationId: action.generationId }],
      });
    default:
      return assertNever(action);
  }
}

function openMode(turn: Turn, familyKey: string, mode: string): Opened | null {
  const found = turn.catalog.mode(familyKey, mode);
  if (found?.entry.offer !== "card") return null;
  return openDraft(turn, found, undefined, turn.state.pending);
}

function gone(
  turn: Turn,
  draw: (state: ConversationState, extra: Parameters<typeof send>[1]) => Transition,
): Transition {
  return draw(showing(turn.state, { kind: "categories" }), noticeOf([turn.texts.browse.gone]));
}
