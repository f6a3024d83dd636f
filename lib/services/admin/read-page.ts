import { approvalFault } from "../../catalog/live/approve.ts";
import { readAdminParts } from "../../conversation/admin/callback-parts.ts";
import { adminPart } from "../../conversation/admin/part.ts";
import type { ReceiptPage } from "../../conversation/admin/receipt-types.ts";
import { PROPOSALS_PAGE_SIZE } from "../../conversation/admin/screens.ts";
import type { AdminAction, AdminFacts, AdminPage, Proposal } from "../../conversation/admin/types.ts";
import type { AdminPart } from "../../conversation/admin-part.ts";
import type { ConversationState, DialogueEvent } from "../../conversation/types.ts";
import { readPause } from "../../db/breaker.ts";
import { readAdminFacts } from "../../db/catalog-changes.ts";
import { readReconciliation } from "../../db/findings.ts";
import { nextMoscowDay } from "../../ledger/moscow.ts";
import { assertNever } from "../../shared/assert-never.ts";
import { DAY_MS } from "../../shared/clock.ts";
import type { App } from "../app.ts";
import { liveCatalog } from "../catalog/current.ts";
import { readReceiptFacts } from "../payments/bank-admin.ts";
import { peoplePageOf, readPeoplePage, servesUserPage } from "./pages.ts";

/** Pages that are not about the catalog show nothing of it. */
const NOTHING: AdminFacts = {
  sync: null,
  counts: { proposed: 0, approved: 0, ignored: 0, "rolled-back": 0 },
  waiting: {},
  proposals: [],
  proposal: null,
};

function moscowMidnight(now: Date): Date {
  return new Date(nextMoscowDay(now).getTime() - DAY_MS);
}

/** What was read for one page of the admins. */
export interface AdminRead {
  page: AdminPage;
  /** The admins' part of the dialogue, over what was read. */
  part: AdminPart;
  /** The catalog's revision that it is true for. */
  catalogRevision: number;
}

/** Reads what a page of the admins shows. */
export async function readAdminPage(app: App, page: AdminPage): Promise<AdminRead> {
  const { facts, catalogRevision } = await readFacts(app, page);
  return { page, part: adminPart(facts), catalogRevision };
}

async function readFacts(app: App, page: AdminPage): Promise<{ facts: AdminFacts; catalogRevision: number }> {
  if (page.kind === "finding") {
    const reconciliation = await readReconciliation(app.database, page.page.findingId);
    return { facts: { ...NOTHING, reconciliation }, catalogRevision: reconciliation.catalogRevision };
  }
  if (page.kind === "user" || page.kind === "promo") {
    const { facts, catalogRevision } = await readPeoplePage(app, page);
    return { facts: { ...NOTHING, ...facts }, catalogRevision };
  }
  const { catalogRevision, ...facts } = await readAdminFacts(app.database, {
    ...(page.kind === "home" ? { todaySince: moscowMidnight(app.clock.now()) } : {}),
    ...(page.kind === "proposals"
      ? { proposals: { status: page.status, page: page.page, size: PROPOSALS_PAGE_SIZE } }
      : {}),
    ...(page.kind === "proposal" ? { proposalId: page.id } : {}),
  });
  const proposal = facts.proposal === null ? null : await judged(app, facts.proposal, catalogRevision);
  const receipts = await receiptsOf(app, page);
  const pause = page.kind === "home" ? { pause: await readPause(app.database) } : {};
  return { facts: { ...facts, proposal, ...receipts, ...pause }, catalogRevision };
}

/** Bank transfers: for their own pages, and how many wait for the first one. */
async function receiptsOf(app: App, page: AdminPage): Promise<Pick<AdminFacts, "receipts">> {
  if (page.kind === "receipt") return { receipts: await readReceiptFacts(app, page.page) };
  const isOn = app.config.BANK_REQUISITES !== undefined;
  return page.kind === "home" && isOn ? { receipts: await readReceiptFacts(app, null) } : {};
}

async function judged(app: App, proposal: Proposal, catalogRevision: number): Promise<Proposal> {
  if (proposal.status === "approved") return proposal;
  const { live } = await liveCatalog(app, catalogRevision);
  const fault = approvalFault(app.catalogCache.base, live, proposal.change, proposal.completion);
  return { ...proposal, fault };
}

/** The admin page that an event is about, before it is decided; null for everything else, also for a way out of there. */
export function adminPageOf(state: ConversationState, event: DialogueEvent): AdminPage | null {
  if (event.kind === "tap" && event.action.kind === "admin") {
    const action = readAdminParts(event.action.parts);
    return action === null ? null : pageOfAction(state, action);
  }
  if (event.kind === "command" && event.name === "admin") return { kind: "home" };
  return event.kind === "text" && state.screen.kind === "admin" ? state.screen.page : null;
}

function pageOfAction(state: ConversationState, action: AdminAction): AdminPage {
  switch (action.kind) {
    case "receipt": {
      const { action: wish } = action;
      const page = wish.kind === "open" ? wish.page : ({ kind: "request", requestId: wish.requestId } as const);
      return { kind: "receipt", page };
    }
    case "finding": {
      const { action: wish } = action;
      return { kind: "finding", page: { findingId: "findingId" in wish ? wish.findingId : null, isConfirming: false } };
    }
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
    case "resume-selling":
      return { kind: "home" };
    case "user":
    case "promo":
      return peoplePageOf(state, action);
    default:
      return assertNever(action);
  }
}

const OF_THEIR_OWN: ReadonlySet<AdminPage["kind"]> = new Set(["proposals", "finding", "user", "promo"]);

/** Whether the facts of one page also serve the other. */
export function showsSame(one: AdminPage, other: AdminPage): boolean {
  if (one.kind === "receipt" || other.kind === "receipt") {
    return one.kind === "receipt" && other.kind === "receipt" && receiptOf(one.page) === receiptOf(other.page);
  }
  // The home page has figures of its own; pages that hold a list or a person are only good for themselves.
  if (other.kind === "home") return one.kind === "home";
  if (one.kind === "user" && other.kind === "user") return servesUserPage(one.page, other.page);
  if (OF_THEIR_OWN.has(one.kind) || OF_THEIR_OWN.has(other.kind)) return JSON.stringify(one) === JSON.stringify(other);
  return other.kind !== "proposal" || (one.kind === "proposal" && one.id === other.id);
}

function receiptOf(page: ReceiptPage): string | null {
  return page.kind === "list" ? null : page.requestId;
}
