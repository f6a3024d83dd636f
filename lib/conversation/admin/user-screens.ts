import type { Catalog } from "../../catalog/load.ts";
import { type AdminTexts, adminTexts } from "../../i18n/admin.ts";
import { formatBalance, formatKopecks, formatShortDateTime, NBSP } from "../../i18n/format.ts";
import type { Language } from "../../shared/localized.ts";
import type { Facts, RichText, View } from "../types.ts";
import { cut, keyboard, lines, oneLine, rows } from "../view-parts.ts";
import { toPage } from "./buttons.ts";
import { toUserPage } from "./user-buttons.ts";
import { generationScreen, generationsScreen } from "./user-generation-screens.ts";
import { adjustScreen, banScreen, refundScreen } from "./user-money-screens.ts";
import { paymentScreen, paymentsScreen, starsRefundScreen } from "./user-payment-screens.ts";
import type { FoundUser, UserCard, UserFacts, UserOperation, UserPage } from "./user-types.ts";
import { dayOf, nameOf } from "./user-words.ts";

/** Rows of each list; the service loads this many. */
const LISTED = 8;

/** Draws a page about users. Never throws; who is gone draws a way on. */
export function userScreen(page: UserPage, user: UserFacts, facts: Facts, catalog: Catalog): View {
  const t = adminTexts(facts.user.language);
  if (page.kind === "list") return listScreen(page.query, user, facts);
  const { card } = user;
  if (card === null) {
    return { text: [t.adminUsers.gone], keyboard: [[toUserPage(t.buttons.back, { kind: "list" })]] };
  }
  switch (page.kind) {
    case "card":
      return cardScreen(card, facts);
    case "operations":
      return operationsScreen(card, user.operations, facts);
    case "generations":
      return generationsScreen(card, user.generations, facts, catalog);
    case "generation":
      return generationScreen(page, user.generations, facts, catalog);
    case "refund":
      return refundScreen(page, user.generations, facts, catalog);
    case "payments":
      return paymentsScreen(card, user.payments, facts);
    case "payment":
      return paymentScreen(page, user.payments, facts);
    case "refund-stars":
      return starsRefundScreen(page, card, user.payments, facts);
    case "accounts":
    case "adjust":
      return adjustScreen(page, card, user.isApplied, facts);
    case "ban":
      return banScreen(page, card, facts);
  }
}

function listScreen(query: string | null, { found }: UserFacts, facts: Facts): View {
  const { language } = facts.user;
  const t = adminTexts(language);
  const { list } = t.adminUsers;
  const shown = found.slice(0, LISTED);
  const lead =
    query === null
      ? shown.length === 0
        ? list.empty
        : list.lead
      : shown.length === 0
        ? list.nobody(query)
        : list.found(query);
  return {
    text: lines({ bold: t.adminUsers.title }, "", lead),
    keyboard: keyboard(
      shown.map((each) => [toUserPage(foundLabel(each, language), { kind: "card", userId: each.userId })]),
      query === null ? null : [[toUserPage(list.all, { kind: "list" })]],
      [[toPage(t.buttons.back, { kind: "home" })]],
    ),
  };
}

function foundLabel(found: FoundUser, language: Language): string {
  const mark = found.isBanned ? "⛔ " : "";
  const balance = formatBalance(found.availableKopecks, language);
  return `${mark}${cut(nameOf(found), 40)} · ${balance}`;
}

function cardScreen(card: UserCard, facts: Facts): View {
  const { language } = facts.user;
  const t = adminTexts(language);
  const { buttons } = t.adminUsers;
  const { userId } = card;
  return {
    text: lines(
      { bold: `👤 ${nameOf(card)}` },
      ["id ", { code: String(userId) }],
      t.adminUsers.card.since(dayOf(card.createdAt, language)),
      "",
      ...balanceLines(card, t, language),
      t.adminUsers.card.paid(formatBalance(card.paidKopecks, language), card.payments),
      t.adminUsers.working(card.running, card.queued),
      card.isBanned || !card.isReachable ? "" : null,
      card.isBanned ? t.adminUsers.card.banned : null,
      card.isReachable ? null : t.adminUsers.card.unreachable,
    ),
    keyboard: keyboard(
      rows([
        toUserPage(buttons.operations, { kind: "operations", userId }),
        toUserPage(buttons.generations, { kind: "generations", userId }),
        toUserPage(t.adminPayments.title, { kind: "payments", userId }),
      ]),
      rows([
        toUserPage(buttons.credit, { kind: "accounts", userId, direction: "credit" }),
        toUserPage(buttons.debit, { kind: "accounts", userId, direction: "debit" }),
      ]),
      [[toUserPage(card.isBanned ? buttons.unban : buttons.ban, { kind: "ban", userId, isBan: !card.isBanned })]],
      [[toUserPage(t.buttons.back, { kind: "list" })]],
    ),
  };
}

function balanceLines(card: UserCard, t: AdminTexts, language: Language): (string | null)[] {
  const { card: words } = t.adminUsers;
  const sum = (kopecks: bigint) => formatBalance(kopecks, language);
  return [
    words.main(sum(card.mainKopecks)),
    words.bonus(sum(card.bonusKopecks)),
    card.heldKopecks > 0n ? words.held(sum(card.heldKopecks)) : null,
    card.debtKopecks > 0n ? words.debt(sum(card.debtKopecks)) : null,
    card.spendLimitKopecks === null
      ? words.spent(sum(card.spentThisMonthKopecks))
      : words.spentOf(sum(card.spentThisMonthKopecks), sum(card.spendLimitKopecks)),
  ];
}

function operationsScreen(card: UserCard, operations: readonly UserOperation[], facts: Facts): View {
  const t = adminTexts(facts.user.language);
  const shown = operations.slice(0, LISTED);
  return {
    text: lines(
      { bold: `${t.adminUsers.operations.title}: ${nameOf(card)}` },
      shown.length === 0 ? t.adminUsers.operations.empty : null,
      ...shown.flatMap((operation) => ["", ...operationLines(operation, facts)]),
    ),
    keyboard: [[toUserPage(t.adminUsers.buttons.toCard, { kind: "card", userId: card.userId })]],
  };
}

function operationLines(operation: UserOperation, { user: { language } }: Facts): (string | RichText)[] {
  const { operations } = adminTexts(language).adminUsers;
  const account = (name: string) => operations.accounts[name] ?? name;
  const notes = [
    operation.reason === null ? null : oneLine(operation.reason, 200),
    operation.actorId === null ? null : operations.by(operation.actorId),
    operation.generationId,
  ].filter((note) => note !== null);
  return [
    [
      `${formatShortDateTime(operation.at, language)}${NBSP}· `,
      { bold: formatKopecks(operation.kopecks, language) },
      ` · ${operations.kinds[operation.kind]}`,
    ],
    `${account(operation.source)} → ${account(operation.destination)}`,
    ...(notes.length === 0 ? [] : [notes.join(" · ")]),
  ];
}
