import type { AdminPaymentsTexts } from "./admin-payments-ru.ts";
import { formatNumber, NBSP } from "./format.ts";

const stars = (count: number): string => `${formatNumber(count, "en")}${NBSP}⭐`;

/** What admins read about the payments of one user, in English. */
export const adminPaymentsEn: AdminPaymentsTexts = {
  title: "💳 Payments",
  lead: "The last ones. Tap a number to open.",
  empty: "No payments yet.",
  gone: "The user has no such payment.",

  bySum: {
    stars: (sum, count) => `${sum} · ${stars(count)}`,
    bank: (sum) => `${sum} · 🏦${NBSP}transfer`,
  },
  statuses: {
    stars: { credited: "credited", refunding: "being refunded", refunded: "refunded" },
    bank: {
      pending: "open",
      approved: "approved",
      rejected: "rejected",
      expired: "expired",
      cancelled: "cancelled by the user",
      reversed: "reversed",
    },
  },

  charge: "Payment:",
  order: "Invoice:",
  noOrder: "Invoice: not ours, or unknown",
  request: "Request:",
  credited: (sum) => `Credited: ${sum}`,
  notCredited: "Was not credited to the balance",
  found: "Found by the comparison: Telegram sent no message",
  refundedAt: (time) => `Refunded: ${time}`,
  decidedAt: (time) => `Decided: ${time}`,
  refunding: "Telegram has not confirmed the refund yet. It can be repeated: the Stars go back once.",

  buttons: {
    refund: "↩️ Refund ⭐",
    confirm: (count) => `✅ Refund ${stars(count)}`,
    request: "🧾 To the request",
    toPayments: "‹ To the payments",
    toPayment: "‹ To the payment",
  },

  refund: {
    title: "↩️ Refund of Stars",
    askReason: "What is it refunded for? Write the reason: the user sees it in their operations.",
    gives: (count, sum) => `${stars(count)} go back to the user, ${sum} leaves the balance.`,
    intoDebt: (sum) => `${sum} is missing: it becomes debt, which the next top-up pays.`,
    started: "Refunding",
    done: "✅ The Stars are refunded",
    gone: "There is nothing to refund: this payment was refunded already.",
    refused: (words) => `⚠️ Telegram refused the refund: “${words}”. The Stars and the balance are as they were.`,
    unknown:
      "⚠️ Telegram did not answer. Unless the refund is marked below, repeat it: the Stars go back once. If they did go back, the next comparison settles the balance.",
  },
};
