import { adminTexts } from "../../i18n/admin.ts";
import { formatBalance, formatDateTime, formatKopecks, formatShortDateTime, NBSP } from "../../i18n/format.ts";
import type { Language } from "../../shared/localized.ts";
import type { Facts, RichText, View } from "../types.ts";
import { keyboard, lines, rows } from "../view-parts.ts";
import { act } from "./buttons.ts";
import { onUser, toUserPage } from "./user-buttons.ts";
import type { BankPayment, StarsPayment, UserCard, UserPage, UserPayment } from "./user-types.ts";
import { balancesAfterRefund, isStarsRefundable, nameOf } from "./user-words.ts";

/** Rows of the list; the service loads this many. */
const LISTED = 8;

/** The last payments of a user, whichever way they paid. */
export function paymentsScreen(card: UserCard, payments: readonly UserPayment[], facts: Facts): View {
  const { language } = facts.user;
  const { adminPayments: t, adminUsers } = adminTexts(language);
  const { userId } = card;
  const shown = payments.slice(0, LISTED);
  return {
    text: lines(
      { bold: `${t.title}: ${nameOf(card)}` },
      shown.length === 0 ? t.empty : t.lead,
      ...shown.flatMap((payment, index) => [
        "",
        [`${index + 1}.${NBSP}`, { bold: sumOf(payment, language) }],
        `${formatShortDateTime(payment.at, language)} · ${statusOf(payment, language)}`,
      ]),
    ),
    keyboard: keyboard(
      rows(
        shown.map(({ key }, index) => toUserPage(String(index + 1), { kind: "payment", userId, key })),
        4,
      ),
      [[toUserPage(adminUsers.buttons.toCard, { kind: "card", userId })]],
    ),
  };
}

/** "300 ₽ · 200 ⭐", "300,17 ₽ · 🏦 перевод". */
function sumOf(payment: UserPayment, language: Language): string {
  const { bySum } = adminTexts(language).adminPayments;
  return payment.kind === "stars"
    ? bySum.stars(formatBalance(payment.kopecks, language), payment.stars)
    : bySum.bank(formatKopecks(payment.payKopecks, language));
}

function statusOf(payment: UserPayment, language: Language): string {
  const { statuses } = adminTexts(language).adminPayments;
  return payment.kind === "stars" ? statuses.stars[payment.status] : statuses.bank[payment.status];
}

/** One payment, with what support and Telegram need of it. */
export function paymentScreen(
  page: Extract<UserPage, { kind: "payment" }>,
  payments: readonly UserPayment[],
  facts: Facts,
): View {
  const { language } = facts.user;
  const { adminPayments: t } = adminTexts(language);
  const { userId, key } = page;
  const back = toUserPage(t.buttons.toPayments, { kind: "payments", userId });
  const payment = payments.find((each) => each.key === key);
  if (payment === undefined) return { text: [t.gone], keyboard: [[back]] };
  const refund = onUser(t.buttons.refund, { kind: "refund-stars", userId, key });
  return {
    text: lines(
      { bold: sumOf(payment, language) },
      `${formatDateTime(payment.at, language)} · ${statusOf(payment, language)}`,
      "",
      ...(payment.kind === "stars" ? starsLines(payment, language) : bankLines(payment, language)),
    ),
    keyboard: keyboard(
      isStarsRefundable(payment) ? [[refund]] : null,
      payment.kind === "bank"
        ? [
            [
              act(t.buttons.request, {
                kind: "receipt",
                action: { kind: "open", page: { kind: "request", requestId: payment.requestId } },
              }),
            ],
          ]
        : null,
      [[back]],
    ),
  };
}

function starsLines(payment: StarsPayment, language: Language): (RichText | string | null)[] {
  const { adminPayments: t } = adminTexts(language);
  const { kopecks, orderId, refundedAt } = payment;
  return [
    kopecks > 0n ? t.credited(formatBalance(kopecks, language)) : t.notCredited,
    payment.isFound ? t.found : null,
    refundedAt === null ? null : t.refundedAt(formatDateTime(refundedAt, language)),
    payment.status === "refunding" ? t.refunding : null,
    "",
    [`${t.charge} `, { code: payment.chargeId }],
    orderId === null ? t.noOrder : [`${t.order} `, { code: orderId }],
  ];
}

function bankLines(payment: BankPayment, language: Language): (RichText | string | null)[] {
  const { adminPayments: t } = adminTexts(language);
  const { creditedKopecks, decidedAt } = payment;
  return [
    creditedKopecks === null ? null : t.credited(formatBalance(creditedKopecks, language)),
    decidedAt === null ? null : t.decidedAt(formatDateTime(decidedAt, language)),
    [`${t.request} `, { code: payment.requestId }],
  ];
}

/** A refund of Stars: the reason, what it does to the balance, the confirmation, and what became of it. */
export function starsRefundScreen(
  page: Extract<UserPage, { kind: "refund-stars" }>,
  card: UserCard,
  payments: readonly UserPayment[],
  facts: Facts,
): View {
  const { language } = facts.user;
  const { adminPayments: t, adminUsers } = adminTexts(language);
  const { userId, key, reason } = page;
  const payment = payments.find((each) => each.key === key);
  if (payment?.kind !== "stars") {
    return { text: [t.gone], keyboard: [[toUserPage(t.buttons.toPayments, { kind: "payments", userId })]] };
  }
  const back = [toUserPage(t.buttons.toPayment, { kind: "payment", userId, key })];
  const top = [nameOf(card), sumOf(payment, language)] as const;
  if (!isStarsRefundable(payment)) {
    // Without the reason: somebody else may have been faster, and the operations know who.
    return {
      text: lines({ bold: t.refund.done }, ...top, "", ...nowLines(card, language)),
      keyboard: [back],
    };
  }
  const confirm = onUser(t.buttons.confirm(payment.stars), { kind: "give-stars-back", userId, key });
  return {
    text: lines(
      { bold: t.refund.title },
      ...top,
      reason === null ? null : adminUsers.adjust.reason(reason),
      payment.status === "refunding" ? t.refunding : null,
      "",
      ...afterLines(payment, card, language),
      ...(reason === null ? ["", { italic: t.refund.askReason }] : []),
    ),
    keyboard: keyboard(reason === null ? null : [[confirm]], [back]),
  };
}

function nowLines(card: UserCard, language: Language): (string | null)[] {
  const { card: words } = adminTexts(language).adminUsers;
  return [
    words.main(formatBalance(card.mainKopecks, language)),
    words.bonus(formatBalance(card.bonusKopecks, language)),
    card.debtKopecks > 0n ? words.debt(formatBalance(card.debtKopecks, language)) : null,
  ];
}

/** What leaves the balance, and what it can not give; accounts that stay as they are are left out. */
function afterLines({ kopecks, stars }: StarsPayment, card: UserCard, language: Language): (string | null)[] {
  const { adminPayments: t, adminUsers } = adminTexts(language);
  const { card: words, adjust } = adminUsers;
  const say = (sum: bigint) => formatBalance(sum, language);
  const after = balancesAfterRefund(card, kopecks);
  const missing = after.debtKopecks - card.debtKopecks;
  const line = (word: (sum: string) => string, before: bigint, later: bigint) =>
    before === later ? null : word(adjust.change(say(before), say(later)));
  return [
    t.refund.gives(stars, say(kopecks - missing)),
    line(words.main, card.mainKopecks, after.mainKopecks),
    line(words.bonus, card.bonusKopecks, after.bonusKopecks),
    line(words.debt, card.debtKopecks, after.debtKopecks),
    missing > 0n ? t.refund.intoDebt(say(missing)) : null,
  ];
}
