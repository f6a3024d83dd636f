import { alert, type send, toast } from "../turn.ts";
import type { Effect, Transition } from "../types.ts";
import { isRepairable } from "./finding-screens.ts";
import type { FindingAction, FindingOrder, FindingPage } from "./finding-types.ts";
import type { AdminTurn } from "./turn.ts";

type Show = (page: FindingPage, extra?: Parameters<typeof send>[1]) => Transition;

/** A button about the comparison of the books. What is decided by now says so; the service guards it once more. */
export function openFindingAction(turn: AdminTurn, action: FindingAction, show: Show): Transition {
  const t = turn.texts.reconcile;
  switch (action.kind) {
    case "list":
      return show(LIST);
    case "now":
      return show(LIST, { ...toast(t.started), ...ordered({ kind: "now" }) });
    case "open":
      return show({ findingId: action.findingId, isConfirming: action.isConfirming });
    case "repair":
    case "dismiss": {
      const { findingId } = action;
      const page: FindingPage = { findingId, isConfirming: false };
      const finding = turn.admin.reconciliation?.finding ?? null;
      if (finding === null || finding.id !== findingId) return show(page);
      if (finding.status !== "open") return show(page, alert(t.statuses[finding.status]));
      if (action.kind === "dismiss") return show(page, { ...toast(t.dismissed), ...ordered(action) });
      return isRepairable(finding.body) ? show(page, { ...toast(t.ordered), ...ordered(action) }) : show(page);
    }
  }
}

const LIST: FindingPage = { findingId: null, isConfirming: false };

function ordered(order: FindingOrder): { effects: readonly Effect[] } {
  return { effects: [{ kind: "admin", order: { kind: "finding", order } }] };
}
