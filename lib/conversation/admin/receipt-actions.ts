import { formatKopecks } from "../../i18n/format.ts";
import { readRoubles } from "../money/roubles.ts";
import { alert, answer, noticeOf, send, showing, toast } from "../turn.ts";
import type { Effect, Transition } from "../types.ts";
import { oneLine } from "../view-parts.ts";
import type { ReceiptAction, ReceiptCard, ReceiptOrder, ReceiptPage } from "./receipt-types.ts";
import type { AdminTurn } from "./turn.ts";
import type { AdminPage } from "./types.ts";

const MOST_REASON = 200;
/** A million roubles: what is more is a slip of the finger. */
const MOST_KOPECKS = 100_000_000n;

type Extra = Parameters<typeof send>[1];
type Show = (page: AdminPage, extra?: Extra) => Transition;

const ordered = (order: ReceiptOrder): { effects: readonly Effect[] } => ({
  effects: [{ kind: "admin", order: { kind: "receipt", order } }],
});

/** A button about bank transfers, of a page or of a card with the receipt's picture. */
export function openReceipt(turn: AdminTurn, action: ReceiptAction, show: Show): Transition {
  const t = turn.texts.adminBank;
  const open = (page: ReceiptPage, extra?: Extra) => show({ kind: "receipt", page }, extra);
  if (action.kind === "open") return openPage(turn, action.page, open);
  const { requestId } = action;
  const card = cardOf(turn, requestId);
  const page: ReceiptPage = { kind: "request", requestId };
  if (card === null) return open(page);
  // A card with a picture is redrawn by itself once the decision is made; a page is drawn by this step.
  const decide = (order: ReceiptOrder) =>
    isShown(turn, requestId)
      ? open(page, { ...toast(t.accepted), ...ordered(order) })
      : answer(turn.state, t.accepted, ordered(order));
  switch (action.kind) {
    case "approve": {
      if (card.status !== "pending") return tooLate(turn, card);
      const kopecks = BigInt(action.kopecks);
      const reason = kopecks === card.payKopecks ? null : otherSum(turn, kopecks, card);
      return decide({ kind: "approve", requestId, kopecks, reason });
    }
    case "reject":
      if (card.status !== "pending") return tooLate(turn, card);
      return decide({ kind: "reject", requestId, reason: action.reason });
    case "reverse": {
      const { screen } = turn.state;
      const shown = screen.kind === "admin" && screen.page.kind === "receipt" ? screen.page.page : null;
      if (card.status !== "approved") return tooLate(turn, card);
      if (shown?.kind !== "reversal-confirm" || shown.requestId !== requestId) {
        return open({ kind: "reversal", requestId });
      }
      return decide({ kind: "reverse", requestId, reason: shown.reason });
    }
    case "show":
      return answer(turn.state, t.shown, ordered({ kind: "show", requestId }));
  }
}

/** A page that asks for a part of a decision is not shown when it is made already. */
function openPage(
  turn: AdminTurn,
  page: ReceiptPage,
  open: (page: ReceiptPage, extra?: Extra) => Transition,
): Transition {
  if (page.kind === "list" || page.kind === "request") return open(page);
  const card = cardOf(turn, page.requestId);
  if (card === null) return open({ kind: "request", requestId: page.requestId });
  const isPossible = page.kind === "reversal" ? card.status === "approved" : card.status === "pending";
  return isPossible ? open(page) : tooLate(turn, card);
}

function cardOf(turn: AdminTurn, requestId: string): ReceiptCard | null {
  const card = turn.admin.receipts?.card ?? null;
  return card?.requestId === requestId ? card : null;
}

function isShown({ state: { screen } }: AdminTurn, requestId: string): boolean {
  if (screen.kind !== "admin" || screen.page.kind !== "receipt") return false;
  const { page } = screen.page;
  return "requestId" in page && page.requestId === requestId;
}

/** Somebody else was first, or the same admin by another button: said, and the card shows what was decided. */
function tooLate({ state, texts: t }: AdminTurn, { requestId }: ReceiptCard): Transition {
  return { ...answer(state, "", ordered({ kind: "redraw", requestId })), ...alert(t.adminBank.alreadyDecided) };
}

function otherSum({ texts: t, facts }: AdminTurn, kopecks: bigint, card: ReceiptCard): string {
  const say = (sum: bigint) => formatKopecks(sum, facts.user.language);
  return t.adminBank.otherSum(say(kopecks), say(card.payKopecks));
}

/**
 * Typed text while a page about a bank transfer asks for some.
 *
 * @returns null when nothing is asked, so that the words go where everybody's go.
 */
export function takeReceiptText(turn: AdminTurn, page: ReceiptPage, text: string): Transition | null {
  const t = turn.texts.adminBank;
  const go = (next: ReceiptPage, extra?: Extra) =>
    send(showing(turn.state, { kind: "admin", page: { kind: "receipt", page: next } }), extra);
  switch (page.kind) {
    case "sum": {
      const kopecks = readRoubles(text);
      if (kopecks === null || kopecks > MOST_KOPECKS) return send(turn.state, noticeOf([t.badSum(oneLine(text, 40))]));
      return go({ kind: "sum-confirm", requestId: page.requestId, kopecks: kopecks.toString() });
    }
    case "other-reason":
    case "reversal": {
      const { requestId } = page;
      const reason = text.trim().replace(/\s+/g, " ");
      if (reason === "" || reason.length > MOST_REASON) return send(turn.state, noticeOf([t.badReason(MOST_REASON)]));
      return page.kind === "reversal"
        ? go({ kind: "reversal-confirm", requestId, reason })
        : go({ kind: "request", requestId }, ordered({ kind: "reject", requestId, reason }));
    }
    default:
      return null;
  }
}
