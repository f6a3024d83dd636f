import { alert, noticeOf, send, showing, toast } from "../turn.ts";
import type { Transition } from "../types.ts";
import { oneLine } from "../view-parts.ts";
import { answerPromo, NONE, promoOrder, promoStep } from "./promo-draft.ts";
import type { PromoAdminAction, PromoAdminOrder, PromoAdminPage, PromoDraft, PromoStep } from "./promo-types.ts";
import type { AdminTurn } from "./turn.ts";

type Extra = Parameters<typeof send>[1];
type Show = (page: PromoAdminPage, extra?: Extra) => Transition;

const ordered = (order: PromoAdminOrder) => ({
  effects: [{ kind: "admin" as const, order: { kind: "promo" as const, order } }],
});

/** A button about promo codes. A code that was ordered stays on its page until it is there, so a lost order can be repeated. */
export function openPromoAction(turn: AdminTurn, action: PromoAdminAction, show: Show): Transition {
  const t = turn.texts.adminPromo;
  switch (action.kind) {
    case "open":
      return show(action.page);
    case "begin":
      return show({ kind: "new", draft: { id: turn.facts.newId() } });
    case "answer": {
      const page = shownDraft(turn);
      const step = page === null ? null : askedOf(turn, page.draft);
      if (page === null || step !== action.step) return stale(turn, show);
      const draft = answerPromo(page.draft, step, action.value, turn.facts.newId);
      return draft === null ? stale(turn, show) : show({ kind: "new", draft });
    }
    case "create": {
      const page = shownDraft(turn);
      if (page === null || page.draft.id !== action.id) return stale(turn, show);
      const order = promoOrder(page.draft);
      if (order === null || turn.admin.promo?.code) return show(page);
      return show(
        { kind: "new", draft: { ...page.draft, isOrdered: true } },
        { ...toast(t.draft.started), ...ordered(order) },
      );
    }
    case "close": {
      const { code } = action;
      return show(
        { kind: "code", code, isClosing: false },
        { ...toast(t.closed), ...ordered({ kind: "close", code }) },
      );
    }
  }
}

function shownDraft({ state: { screen } }: AdminTurn): Extract<PromoAdminPage, { kind: "new" }> | null {
  if (screen.kind !== "admin" || screen.page.kind !== "promo") return null;
  return screen.page.page.kind === "new" ? screen.page.page : null;
}

/** What is asked: another code, when the one that was chosen is somebody else's. */
function askedOf(turn: AdminTurn, draft: PromoDraft): PromoStep | null {
  const isTaken = draft.code !== undefined && turn.admin.promo?.code?.code === draft.code;
  return isTaken && draft.isOrdered !== true ? "code" : promoStep(draft);
}

function stale(turn: AdminTurn, show: Show): Transition {
  const page = shownDraft(turn) ?? { kind: "list", isClosed: false, page: 0 };
  return show(page, alert(turn.texts.adminPromo.draft.stale));
}

/** Words while a new code is put together; null on other pages, so that they go where everybody's go. */
export function takePromoText(turn: AdminTurn, page: PromoAdminPage, text: string): Transition | null {
  if (page.kind !== "new") return null;
  const step = askedOf(turn, page.draft);
  if (step === null) return send(turn.state);
  // What only has buttons is not guessed out of words, and the mark of a button is no code.
  const isTyped = step !== "kind" && step !== "who" && text.trim() !== NONE;
  const draft = isTyped ? answerPromo(page.draft, step, text, turn.facts.newId) : null;
  if (draft === null) return send(turn.state, noticeOf([turn.texts.adminPromo.draft.bad(oneLine(text, 40))]));
  return send(showing(turn.state, { kind: "admin", page: { kind: "promo", page: { kind: "new", draft } } }));
}
