import { formatBalance } from "../../i18n/format.ts";
import { alert, noticeOf, send, showing, toast } from "../turn.ts";
import type { Transition } from "../types.ts";
import { oneLine } from "../view-parts.ts";
import type { AdminTurn } from "./turn.ts";
import type { UserAction, UserOrder, UserPage } from "./user-types.ts";
import {
  balancesAfter,
  isRefundable,
  isSendable,
  isStarsRefundable,
  MOST_KOPECKS,
  MOST_QUERY,
  MOST_REASON,
  readRoubles,
} from "./user-words.ts";

type Extra = Parameters<typeof send>[1];
type Show = (page: UserPage, extra?: Extra) => Transition;

const ordered = (order: UserOrder) => ({
  effects: [{ kind: "admin" as const, order: { kind: "user" as const, order } }],
});

/**
 * A button about users. What moves money leaves its page in place, and the page says what is in the ledger: an order
 * that got lost on the way can be confirmed again, and one that was carried out has no button any more.
 */
export function openUserAction(turn: AdminTurn, action: UserAction, show: Show): Transition {
  const t = turn.texts.adminUsers;
  const generation = turn.admin.user?.generations[0];
  switch (action.kind) {
    case "open":
      return show(action.page.kind === "list" ? { kind: "list", query: null } : action.page);
    case "adjust": {
      const { userId, direction, account } = action;
      const draft = { id: turn.facts.newId(), direction, account, kopecks: null, reason: null };
      return show({ kind: "adjust", userId, draft });
    }
    case "apply":
      return apply(turn, action, show);
    case "refund":
      return show({ ...action, reason: null });
    case "give-back": {
      const { userId, generationId } = action;
      const page = shownPage(turn);
      const isAsked = page?.kind === "refund" && page.generationId === generationId && page.userId === userId;
      const reason = isAsked ? page.reason : null;
      const asked: UserPage = { kind: "refund", userId, generationId, reason };
      if (reason === null) return show(asked, alert(t.adjust.stale));
      if (generation === undefined || !isRefundable(generation)) return show(asked);
      const order: UserOrder = { kind: "refund", userId, generationId, reason };
      return show(asked, { ...toast(t.refund.started), ...ordered(order) });
    }
    case "refund-stars":
      return show({ ...action, reason: null });
    case "give-stars-back":
      return giveStarsBack(turn, action, show);
    case "resend": {
      const { userId, generationId } = action;
      const page: UserPage = { kind: "generation", userId, generationId };
      if (generation === undefined || !isSendable(generation)) return show(page, alert(t.generations.nothingToSend));
      return show(page, { ...toast(t.generations.resending), ...ordered(action) });
    }
    case "set-ban": {
      const { userId, isBan } = action;
      return show({ kind: "card", userId }, { ...toast(isBan ? t.ban.banned : t.ban.unbanned), ...ordered(action) });
    }
  }
}

/** Only for the reason that is shown. The payment is found by its key among what was read: buttons never name it wholly. */
function giveStarsBack(
  turn: AdminTurn,
  { userId, key }: Extract<UserAction, { kind: "give-stars-back" }>,
  show: Show,
): Transition {
  const { adminUsers, adminPayments } = turn.texts;
  const page = shownPage(turn);
  const isAsked = page?.kind === "refund-stars" && page.key === key && page.userId === userId;
  const reason = isAsked ? page.reason : null;
  const asked: UserPage = { kind: "refund-stars", userId, key, reason };
  if (reason === null) return show(asked, alert(adminUsers.adjust.stale));
  const payment = turn.admin.user?.payments.find((each) => each.key === key);
  if (payment === undefined || !isStarsRefundable(payment)) return show(asked);
  const order: UserOrder = { kind: "refund-stars", userId, chargeId: payment.chargeId, reason };
  return show(asked, { ...toast(adminPayments.refund.started), ...ordered(order) });
}

/** The page about users that is shown, where it is one. */
function shownPage({ state: { screen } }: AdminTurn): UserPage | null {
  return screen.kind === "admin" && screen.page.kind === "user" ? screen.page.page : null;
}

/** Only the draft that is shown, whole, and only while the account has it. */
function apply(turn: AdminTurn, action: Extract<UserAction, { kind: "apply" }>, show: Show): Transition {
  const { userId, id } = action;
  const t = turn.texts.adminUsers;
  const page = shownPage(turn);
  if (page?.kind !== "adjust" || page.draft.id !== id || page.userId !== userId) {
    return show({ kind: "card", userId }, alert(t.adjust.stale));
  }
  const { direction, account, reason } = page.draft;
  if (page.draft.kopecks === null || reason === null) return show(page);
  const kopecks = BigInt(page.draft.kopecks);
  const card = turn.admin.user?.card ?? null;
  if (card === null || turn.admin.user?.isApplied === true) return show(page);
  if (balancesAfter(card, page.draft, kopecks) === null) {
    const has = account === "main" ? card.mainKopecks : card.bonusKopecks;
    return show(page, alert(t.adjust.short(formatBalance(has, turn.facts.user.language))));
  }
  const order: UserOrder = { kind: "adjust", id, userId, direction, account, kopecks, reason };
  return show(page, { ...toast(t.adjust.started[direction]), ...ordered(order) });
}

/** Words on a page about users; null where nothing is asked, so that they go where everybody's go. */
export function takeUserText(turn: AdminTurn, page: UserPage, text: string): Transition | null {
  switch (page.kind) {
    case "list":
      return sent(turn, { kind: "list", query: oneLine(text, MOST_QUERY) });
    case "adjust":
      return takeAdjustText(turn, page, text);
    case "refund":
    case "refund-stars": {
      const reason = reasonIn(text);
      return reason === null ? badReason(turn) : sent(turn, { ...page, reason });
    }
    default:
      return null;
  }
}

function takeAdjustText(turn: AdminTurn, page: Extract<UserPage, { kind: "adjust" }>, text: string): Transition {
  if (turn.admin.user?.isApplied === true) return send(turn.state);
  const { draft } = page;
  if (draft.kopecks === null) {
    const kopecks = readRoubles(text);
    if (kopecks !== null && kopecks <= MOST_KOPECKS) {
      return sent(turn, { ...page, draft: { ...draft, kopecks: kopecks.toString() } });
    }
    const most = formatBalance(MOST_KOPECKS, turn.facts.user.language);
    return send(turn.state, noticeOf([turn.texts.adminUsers.adjust.badAmount(oneLine(text, 40), most)]));
  }
  const reason = reasonIn(text);
  // Another text is another order: what was confirmed before keeps its own id.
  return reason === null
    ? badReason(turn)
    : sent(turn, {
        ...page,
        draft: { ...draft, reason, ...(draft.reason === null ? {} : { id: turn.facts.newId() }) },
      });
}

function sent(turn: AdminTurn, page: UserPage): Transition {
  return send(showing(turn.state, { kind: "admin", page: { kind: "user", page } }));
}

function badReason(turn: AdminTurn): Transition {
  return send(turn.state, noticeOf([turn.texts.adminUsers.adjust.badReason(MOST_REASON)]));
}

const LEAST_REASON = 3;

function reasonIn(text: string): string | null {
  const reason = text.trim().replace(/\s+/g, " ");
  return reason.length < LEAST_REASON || reason.length > MOST_REASON ? null : reason;
}
