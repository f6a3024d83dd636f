import type { Completion } from "../../catalog/live/changes.ts";
import { alert, type DrawTapped, noticeOf, send, showing, toast } from "../turn.ts";
import type { Transition } from "../types.ts";
import { oneLine } from "../view-parts.ts";
import { openFindingAction } from "./finding-actions.ts";
import { openPromoAction, takePromoText } from "./promo-actions.ts";
import { isApprovable } from "./proposal-screen.ts";
import { openReceipt, takeReceiptText } from "./receipt-actions.ts";
import type { AdminTurn } from "./turn.ts";
import type { AdminAction, AdminOrder, AdminPage, Proposal } from "./types.ts";
import { openUserAction, takeUserText } from "./user-actions.ts";
import { lacksPrice, priceGuess, readTypedPrice } from "./words.ts";

const MOST_TITLE = 40;

/** A button of an admin. Each says wholly what it does, so it works at any age. */
export function openAdmin(turn: AdminTurn, action: AdminAction, draw: DrawTapped): Transition {
  const { texts: t } = turn;
  const show = (page: AdminPage, extra: Parameters<typeof send>[1] = {}) =>
    draw(showing(turn.state, { kind: "admin", page }), extra);
  switch (action.kind) {
    case "page":
      return show(action.page);
    case "finding":
      return openFindingAction(turn, action.action, (page, extra) => show({ kind: "finding", page }, extra));
    case "user":
      return openUserAction(turn, action.action, (page, extra) => show({ kind: "user", page }, extra));
    case "promo":
      return openPromoAction(turn, action.action, (page, extra) => show({ kind: "promo", page }, extra));
    case "receipt":
      return openReceipt(turn, action.action, show);
    case "proposal":
      return show({ kind: "proposal", id: action.id, asking: action.asking });
    case "sync-now":
      return show({ kind: "sync" }, { ...toast(t.admin.sync.started), effects: [ordered({ kind: "sync-now" })] });
    case "resume-selling":
      return show({ kind: "home" }, { ...toast(t.admin.home.resumed), effects: [ordered({ kind: "resume-selling" })] });
    case "route": {
      const { family, second } = action;
      return show(
        { kind: "family", family },
        {
          ...toast(second ? t.admin.families.switched.second : t.admin.families.switched.first),
          effects: [ordered({ kind: "set", setting: { kind: "route", family, second } })],
        },
      );
    }
    case "visible": {
      const { entry, visible } = action;
      const family = turn.catalog.entry(entry)?.family.key;
      if (family === undefined) return show({ kind: "family", family: entry });
      return show(
        { kind: "family", family },
        {
          ...toast(visible ? t.admin.families.shown : t.admin.families.hidden),
          effects: [ordered({ kind: "set", setting: { kind: "visible", entry, visible } })],
        },
      );
    }
    default:
      return decide(turn, action, show);
  }
}

const ordered = (order: AdminOrder) => ({ kind: "admin" as const, order });

type Show = (page: AdminPage, extra?: Parameters<typeof send>[1]) => Transition;

/** What is done to one proposal. Without it, or when it stands otherwise by now, its page says so. */
function decide(
  turn: AdminTurn,
  action: Extract<AdminAction, { kind: "category" | "per" | "approve" | "ignore" | "roll-back" }>,
  show: Show,
): Transition {
  const { admin } = turn.texts;
  const proposal = turn.admin.proposal ?? null;
  const page: AdminPage = { kind: "proposal", id: action.id, asking: null };
  if (proposal === null || proposal.id !== action.id) return show(page);
  const isSettled = action.kind === "roll-back" ? proposal.status !== "approved" : proposal.status === "approved";
  if (isSettled) return show(page, toast(admin.proposal.alreadyDecided));
  const { id } = action;
  switch (action.kind) {
    case "category":
      return show(page, complete(proposal, { category: action.category }));
    case "per": {
      const credits = proposal.completion.price?.credits ?? priceGuess(proposal.change)?.credits;
      return credits === undefined
        ? show({ ...page, asking: "price" }, alert(admin.proposal.priceFirst))
        : show(page, complete(proposal, { price: { credits, per: action.per } }));
    }
    case "approve": {
      const obstacle = obstacleOf(proposal, turn);
      if (obstacle !== null) return show(page, alert(obstacle));
      const order: AdminOrder = { kind: "decide", proposalId: id, decision: "approve" };
      return show(page, { ...toast(admin.proposal.approved), effects: [ordered(order)] });
    }
    case "ignore":
      return show(page, {
        ...toast(admin.proposal.ignored),
        effects: [ordered({ kind: "decide", proposalId: id, decision: "ignore" })],
      });
    case "roll-back":
      return show(page, {
        ...toast(admin.proposal.rolledBack),
        effects: [ordered({ kind: "decide", proposalId: id, decision: "roll-back" })],
      });
  }
}

/** Why it can not be approved now; null when it can. The service checks once more, under the lock. */
function obstacleOf(proposal: Proposal, { texts: t }: AdminTurn): string | null {
  const { admin } = t;
  if (lacksPrice(proposal.change, proposal.completion)) return admin.proposal.incomplete;
  if (!isApprovable(proposal)) return admin.proposal.fault(proposal.fault ?? "");
  return proposal.fault === null ? null : admin.proposal.fault(proposal.fault);
}

/** The order holds everything that is known so far, so that nothing typed before is lost. */
function complete({ id, completion }: Proposal, added: Completion): Parameters<typeof send>[1] {
  return { effects: [ordered({ kind: "complete", proposalId: id, completion: { ...completion, ...added } })] };
}

/**
 * Typed text while a screen of the admins asks for something.
 *
 * @returns null when nothing is asked, so that the words go where everybody's go.
 */
export function takeAdminText(turn: AdminTurn, page: AdminPage, text: string): Transition | null {
  if (page.kind === "user") return takeUserText(turn, page.page, text);
  if (page.kind === "promo") return takePromoText(turn, page.page, text);
  if (page.kind === "receipt") return takeReceiptText(turn, page.page, text);
  if (page.kind !== "proposal" || page.asking === null) return null;
  const { admin } = turn.texts;
  const { proposal } = turn.admin;
  if (proposal === null || proposal.id !== page.id || proposal.status === "approved") return send(turn.state);
  const added = page.asking === "price" ? typedPrice(proposal, text) : typedTitle(page.asking, text);
  if (added === null) {
    const sentence =
      page.asking === "price" ? admin.proposal.badPrice(oneLine(text, 40)) : admin.proposal.badTitle(MOST_TITLE);
    return send(turn.state, noticeOf([sentence]));
  }
  const next = showing(turn.state, { kind: "admin", page: { ...page, asking: null } });
  return send(next, complete(proposal, added));
}

function typedPrice({ change, completion }: Proposal, text: string): Completion | null {
  const typed = readTypedPrice(text);
  if (typed === null) return null;
  const per = typed.per ?? completion.price?.per ?? priceGuess(change)?.per ?? "generation";
  return { price: { credits: typed.credits, per } };
}

function typedTitle(asking: "titleRu" | "titleEn", text: string): Completion | null {
  const title = text.trim().replace(/\s+/g, " ");
  return title === "" || title.length > MOST_TITLE ? null : { [asking]: title };
}
