import { approvalFault } from "../../catalog/live/approve.ts";
import { PROPOSALS_PAGE_SIZE } from "../../conversation/admin/screens.ts";
import type { AdminAction, AdminFacts, AdminPage, Proposal } from "../../conversation/admin/types.ts";
import type { ConversationState, DialogueEvent } from "../../conversation/types.ts";
import { readAdminFacts } from "../../db/catalog-changes.ts";
import { assertNever } from "../../shared/assert-never.ts";
import type { App } from "../app.ts";
import { liveCatalog } from "./current.ts";

/** What a page of the admins shows, and the catalog's revision that it is true for. One read. */
export async function readAdminPage(
  app: App,
  page: AdminPage,
): Promise<{ facts: AdminFacts; catalogRevision: number }> {
  const { catalogRevision, ...facts } = await readAdminFacts(app.database, {
    ...(page.kind === "proposals"
      ? { proposals: { status: page.status, page: page.page, size: PROPOSALS_PAGE_SIZE } }
      : {}),
    ...(page.kind === "proposal" ? { proposalId: page.id } : {}),
  });
  const proposal = facts.proposal === null ? null : await judged(app, facts.proposal, catalogRevision);
  return { facts: { ...facts, proposal }, catalogRevision };
}

async function judged(app: App, proposal: Proposal, catalogRevision: number): Promise<Proposal> {
  if (proposal.status === "approved") return proposal;
  const { live } = await liveCatalog(app, catalogRevision);
  const fault = approvalFault(app.catalogCache.base, live, proposal.change, proposal.completion);
  return { ...proposal, fault };
}

/** The admin page that an event is about, before it is decided; null for everything else, also for a way out of there. */
export function adminPageOf(state: ConversationState, event: DialogueEvent): AdminPage | null {
  if (event.kind === "tap" && event.action.kind === "admin") return pageOfAction(event.action.action);
  if (event.kind === "command" && event.name === "admin") return { kind: "home" };
  return event.kind === "text" && state.screen.kind === "admin" ? state.screen.page : null;
}

function pageOfAction(action: AdminAction): AdminPage {
  switch (action.kind) {
    case "page":
      return action.page;
    case "proposal":
      return action;
    case "category":
    case "per":
    case "approve":
    case "ignore":
    case "roll-back":
      return { kind: "proposal", id: action.id, asking: null };
    case "sync-now":
      return { kind: "sync" };
    case "route":
      return { kind: "family", family: action.family };
    case "visible":
      return { kind: "home" };
    default:
      return assertNever(action);
  }
}

/** Whether the facts of one page also serve the other. */
export function showsSame(one: AdminPage, other: AdminPage): boolean {
  if (one.kind === "proposals" || other.kind === "proposals") {
    return one.kind === other.kind && JSON.stringify(one) === JSON.stringify(other);
  }
  return other.kind !== "proposal" || (one.kind === "proposal" && one.id === other.id);
}
