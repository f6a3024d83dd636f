import { formatNumber, NBSP } from "./format.ts";
import type { topupRu } from "./topup-ru.ts";

const stars = (count: number): string => `${formatNumber(count, "en")}${NBSP}⭐`;

export const topupEn: typeof topupRu = {
  button: "💳 Top up",
  page: {
    title: "💳 Top up",
    pick: "Pick a sum. It goes to your main balance, in roubles.",
    starsPrice: "The price on the button is in Telegram Stars.",
    ask: "Type a sum in roubles, for example 750.",
    wrong: (least, most) => `The sum must be from ${least} to ${most}, for example 750.`,
    off: "Topping up is not possible at the moment. Please try later.",
  },
  pay: {
    title: (sum) => `💳 Top up by ${sum}`,
    how: "How would you like to pay?",
    none: "This sum can not be paid at the moment. Please pick another.",
  },
  buttons: {
    amount: (sum, price) => (price === null ? sum : `${sum} · ${stars(price)}`),
    missing: (sum, price) => (price === null ? `💳 Top up by ${sum}` : `💳 Top up by ${sum} · ${stars(price)}`),
    otherAmount: "✏️ Another sum",
    otherAmounts: "💳 Other sums",
    stars: (count) => `⭐ With Telegram Stars · ${formatNumber(count, "en")}`,
    bank: "🏦 By bank transfer",
    continueWith: (title) => `▶️ Continue: ${title}`,
  },
  invoice: {
    title: (sum) => `Top-up by ${sum}`,
    description: (sum) =>
      `${sum} arrive on your balance right after the payment. The invoice is for you only and good for an hour.`,
    notSent: "The invoice could not be sent. Please try again.",
    off: "This sum can not be paid with Stars at the moment. Please pick another.",
  },
  refusals: {
    unknown: "There is no such invoice. Open the top-up in the bot to get a new one.",
    "other-payer": "This invoice was made for somebody else. Open the bot to get your own.",
    paid: "This invoice is paid already.",
    expired: "This invoice has expired. Open the top-up to get a new one.",
    changed: "The sum of this invoice has changed. Open the top-up to get a new one.",
    banned: "Your account is blocked; payments are not accepted.",
    trouble: "The invoice could not be checked. Nothing was taken, please try again in a minute.",
  },
  told: {
    credited: (sum) => `✅ ${sum} credited`,
    bonus: (sum) => `And ${sum} as bonuses.`,
    debtPaid: (sum) => `${sum} of it paid your debt.`,
    debtLeft: (sum) => `Debt left: ${sum}.`,
    refunded: (sum) => `↩️ The Stars went back, ${sum} left your balance`,
    intoDebt: (sum) => `The balance was short by ${sum}, which is now a debt. The next top-up pays it.`,
  },
};
