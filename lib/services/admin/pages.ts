import { PROMOS_PAGE_SIZE } from "../../conversation/admin/promo-screens.ts";
import type { PromoAdminPage } from "../../conversation/admin/promo-types.ts";
import type { AdminAction, AdminFacts, AdminPage } from "../../conversation/admin/types.ts";
import type { UserAction, UserPage } from "../../conversation/admin/user-types.ts";
import type { ConversationState } from "../../conversation/types.ts";
import { readUsers, type UsersWanted } from "../../db/admin-users.ts";
import { spendingMonth } from "../../ledger/settlement.ts";
import type { App } from "../app.ts";
import { listPromos, readPromo } from "../promo/codes.ts";

/** What a page of the admins shows besides the catalog, and the catalog's revision that it is true for. */
export interface AdminPageRead {
  facts: Pick<AdminFacts, "user" | "promo">;
  catalogRevision: number;
}

/** Facts of a page about users or promo codes. One read. */
export async function readPeoplePage(
  app: App,
  page: Extract<AdminPage, { kind: "user" | "promo" }>,
): Promise<AdminPageRead> {
  if (page.kind === "promo") return await readPromoPage(app, page.page);
  const { facts, catalogRevision } = await readUsers(app.database, {
    ...wantedOf(page.page),
    month: spendingMonth(app.clock.now()),
  });
  return { facts: { user: facts }, catalogRevision };
}

/** Whether what one page about users shows was also read for the other. */
export function servesUserPage(one: UserPage, other: UserPage): boolean {
  return JSON.stringify(wantedOf(one)) === JSON.stringify(wantedOf(other));
}

function wantedOf(page: UserPage): Omit<UsersWanted, "month"> {
  switch (page.kind) {
    case "list":
      return { search: page.query };
    case "operations":
      return { userId: page.userId, operations: true };
    case "generations":
      return { userId: page.userId, generations: true };
    case "generation":
    case "refund":
      return { userId: page.userId, generationId: page.generationId };
    case "payments":
      return { userId: page.userId, payments: true };
    case "payment":
    case "refund-stars":
      return { userId: page.userId, paymentKey: page.key };
    case "adjust":
      return { userId: page.userId, adjustId: page.draft.id };
    case "card":
    case "accounts":
    case "ban":
      return { userId: page.userId };
  }
}

/** The catalog's revision is not read along: nothing here is drawn from it. */
async function readPromoPage(app: App, page: PromoAdminPage): Promise<AdminPageRead> {
  const nothing = { codes: [], pages: 1, code: null };
  switch (page.kind) {
    case "list": {
      const list = await listPromos(app, { isClosed: page.isClosed, page: page.page, pageSize: PROMOS_PAGE_SIZE });
      return { facts: { promo: { ...nothing, ...list } }, catalogRevision: 0 };
    }
    case "code":
      return { facts: { promo: { ...nothing, code: await readPromo(app, page.code) } }, catalogRevision: 0 };
    case "new": {
      const { code } = page.draft;
      const found = code === undefined ? null : await readPromo(app, code);
      return { facts: { promo: { ...nothing, code: found } }, catalogRevision: 0 };
    }
  }
}

/** The page whose facts an action is decided by. What was typed stands in the page that is shown. */
export function peoplePageOf(
  { screen }: ConversationState,
  action: Extract<AdminAction, { kind: "user" | "promo" }>,
): AdminPage {
  const shown = screen.kind === "admin" && screen.page.kind === action.kind ? screen.page : null;
  if (action.kind === "user") {
    return { kind: "user", page: userPageOf(action.action, shown?.kind === "user" ? shown.page : null) };
  }
  const draft = shown?.kind === "promo" && shown.page.kind === "new" ? shown : null;
  switch (action.action.kind) {
    case "open":
      return { kind: "promo", page: action.action.page };
    case "close":
      return { kind: "promo", page: { kind: "code", code: action.action.code, isClosing: false } };
    case "begin":
    case "answer":
    case "create":
      return draft ?? { kind: "promo", page: { kind: "list", isClosed: false, page: 0 } };
  }
}

function userPageOf(action: UserAction, shown: UserPage | null): UserPage {
  switch (action.kind) {
    case "open":
      return action.page.kind === "list" ? { kind: "list", query: null } : action.page;
    case "adjust":
      return { kind: "card", userId: action.userId };
    case "apply":
      return shown?.kind === "adjust" && shown.userId === action.userId
        ? shown
        : { kind: "card", userId: action.userId };
    case "refund":
    case "give-back":
    case "resend":
      return { kind: "generation", userId: action.userId, generationId: action.generationId };
    case "refund-stars":
    case "give-stars-back":
      return { kind: "payment", userId: action.userId, key: action.key };
    case "set-ban":
      return { kind: "card", userId: action.userId };
  }
}
