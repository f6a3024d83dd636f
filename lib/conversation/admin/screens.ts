import type { CatalogChange } from "../../catalog/live/changes.ts";
import type { Catalog } from "../../catalog/load.ts";
import { type AdminTexts, adminTexts } from "../../i18n/admin.ts";
import { formatBalance, formatDateTime, formatTime } from "../../i18n/format.ts";
import type { Facts, View } from "../types.ts";
import { button, keyboard, lines, modeLine, oneLine, pageOf, pager, rows } from "../view-parts.ts";
import { act, adminAction, toPage } from "./buttons.ts";
import { familiesScreen, familyScreen } from "./family-screens.ts";
import { findingButton, findingScreen } from "./finding-screens.ts";
import { toPromos } from "./promo-buttons.ts";
import { promoAdminScreen } from "./promo-screens.ts";
import { proposalScreen } from "./proposal-screen.ts";
import { receiptScreen, receiptsButton } from "./receipt-screens.ts";
import type { AdminFacts, AdminPage, ProposalStatus } from "./types.ts";
import { toUserPage } from "./user-buttons.ts";
import { userScreen } from "./user-screens.ts";
import { changeLine } from "./words.ts";

/** Changes on one page of a list; the service loads this many. */
export const PROPOSALS_PAGE_SIZE = 8;

const STATUSES: readonly ProposalStatus[] = ["proposed", "approved", "ignored", "rolled-back"];

/** Draws a page of the admins. Never throws; what is gone draws a way on. */
export function adminScreen(page: AdminPage, admin: AdminFacts, facts: Facts, catalog: Catalog): View {
  switch (page.kind) {
    case "home":
      return homeScreen(admin, facts);
    case "sync":
      return syncScreen(admin, facts);
    case "proposals":
      return proposalsScreen(page, admin, facts, catalog);
    case "proposal":
      return proposalScreen(page, admin, facts, catalog);
    case "families":
      return familiesScreen(page, facts, catalog);
    case "family":
      return familyScreen(page.family, facts, catalog);
    case "finding":
      return admin.reconciliation === undefined
        ? homeScreen(admin, facts)
        : findingScreen(page.page, admin.reconciliation, facts, catalog);
    case "user":
      return admin.user === undefined ? homeScreen(admin, facts) : userScreen(page.page, admin.user, facts, catalog);
    case "promo":
      return admin.promo === undefined ? homeScreen(admin, facts) : promoAdminScreen(page.page, admin.promo, facts);
    case "receipt":
      return admin.receipts === undefined ? homeScreen(admin, facts) : receiptScreen(page.page, admin.receipts, facts);
  }
}

function homeScreen(admin: AdminFacts, facts: Facts): View {
  const t = adminTexts(facts.user.language);
  const waiting = admin.counts.proposed;
  return {
    text: lines(
      { bold: t.admin.home.title },
      "",
      ...pauseLines(admin, facts),
      ...todayLines(admin, facts),
      waiting > 0 ? t.admin.home.waiting(waiting) : t.admin.home.nothingWaits,
      modeLine(facts.mode, facts.user.language),
    ),
    keyboard: keyboard(
      admin.pause ? [[act(t.admin.buttons.sell, { kind: "resume-selling" })]] : [],
      receiptsButton(admin.receipts, t),
      [
        [toUserPage(t.adminUsers.title, { kind: "list" }), toPromos(t.adminPromo.title)],
        [toPage(t.admin.buttons.sync, { kind: "sync" })],
        [toPage(t.admin.buttons.models, { kind: "families", category: "image", page: 0 })],
        [findingButton(t.reconcile.button, { kind: "list" })],
        [button(t.buttons.menu, { kind: "menu" })],
      ],
    ),
  };
}

function pauseLines({ pause }: AdminFacts, { user: { language } }: Facts): string[] {
  if (!pause) return [];
  const { admin } = adminTexts(language);
  const { cause, code, since, nextProbeAt } = pause;
  return [
    admin.home.paused(admin.home.pauseCauses[cause], code, formatDateTime(since, language)),
    admin.home.probeAt(formatTime(nextProbeAt, language)),
    "",
  ];
}

function todayLines({ today }: AdminFacts, { user: { language } }: Facts): string[] {
  if (today === undefined) return [];
  const { adminUsers } = adminTexts(language);
  const [toppedUp, spent] = [today.toppedUpKopecks, today.spentKopecks].map((sum) => formatBalance(sum, language));
  return [adminUsers.today(toppedUp ?? "", spent ?? ""), adminUsers.working(today.running, today.queued)];
}

function syncScreen(admin: AdminFacts, facts: Facts): View {
  const t = adminTexts(facts.user.language);
  const waiting = waitingLines(admin.waiting, t);
  const isRunning = admin.sync !== null && admin.sync.finishedAt === null;
  return {
    text: lines(
      { bold: t.admin.sync.title },
      "",
      lastSync(admin, facts),
      "",
      admin.counts.proposed === 0 && admin.sync?.finishedAt ? t.admin.sync.nothingWaits : null,
      waiting.length > 0 ? t.admin.sync.waiting : null,
      ...waiting,
    ),
    keyboard: keyboard(
      [
        [
          isRunning
            ? toPage(t.admin.buttons.refresh, { kind: "sync" })
            : act(t.admin.buttons.syncNow, { kind: "sync-now" }),
        ],
      ],
      rows(
        STATUSES.filter((status) => admin.counts[status] > 0).map((status) =>
          toPage(t.admin.statusButton(t.admin.statuses[status], admin.counts[status]), {
            kind: "proposals",
            status,
            page: 0,
          }),
        ),
      ),
      [[toPage(t.buttons.back, { kind: "home" })]],
    ),
  };
}

function lastSync({ sync }: AdminFacts, { user }: Facts): string {
  const { admin } = adminTexts(user.language);
  if (sync === null) return admin.sync.never;
  return sync.finishedAt === null
    ? admin.sync.running(formatTime(sync.startedAt, user.language), sync.read, sync.total)
    : admin.sync.done(formatDateTime(sync.finishedAt, user.language), sync.total);
}

function waitingLines(waiting: AdminFacts["waiting"], { admin }: AdminTexts): string[] {
  const kinds: readonly CatalogChange["kind"][] = [
    "new-model",
    "gone-model",
    "field-added",
    "field-removed",
    "options",
    "limit",
    "price-text",
  ];
  return kinds.flatMap((kind) => {
    const count = waiting[kind] ?? 0;
    return count === 0 ? [] : [admin.sync.kindLine(admin.sync.kinds[kind], count)];
  });
}

function proposalsScreen(
  { status, page: wanted }: Extract<AdminPage, { kind: "proposals" }>,
  admin: AdminFacts,
  facts: Facts,
  catalog: Catalog,
): View {
  const { language } = facts.user;
  const t = adminTexts(language);
  const shown = admin.proposals.slice(0, PROPOSALS_PAGE_SIZE);
  const { page, pages } = pageOf(Array.from({ length: admin.counts[status] }), wanted, PROPOSALS_PAGE_SIZE);
  const first = page * PROPOSALS_PAGE_SIZE + 1;
  return {
    text: lines(
      { bold: t.admin.statuses[status] },
      "",
      shown.length === 0 ? t.admin.proposals.empty : t.admin.proposals.lead,
      ...shown.flatMap(({ change }, index) => [
        `${first + index}. ${oneLine(changeLine(change, language, catalog), 300)}`,
      ]),
      pages > 1 ? t.admin.proposals.page(page + 1, pages) : null,
    ),
    keyboard: keyboard(
      rows(
        shown.map(({ id }, index) => act(String(first + index), { kind: "proposal", id, asking: null })),
        4,
      ),
      pager(page, pages, t, (turned) =>
        adminAction({ kind: "page", page: { kind: "proposals", status, page: turned } }),
      ),
      [[toPage(t.buttons.back, { kind: "sync" })]],
    ),
  };
}
