import type { BankTexts } from "./bank-ru.ts";
import { NBSP } from "./format.ts";

/** The English twin of bank-ru.ts. */
export const bankEn: BankTexts = {
  title: "🏦 Bank transfer",
  pay: "Transfer exactly",
  until: (time) => `The request is open until${NBSP}${time}.`,
  kopecks: "The kopecks matter: we find your transfer by them.",
  sendReceipt: "Paid? Send a photo or PDF of the receipt here. We credit it as soon as it is checked.",
  checking: (sum) =>
    `🧾 Receipt received, checking the transfer of${NBSP}${sum}. We will tell you when it is credited.`,
  moreReceipts: "If needed, send one more receipt: a photo or a PDF.",
  off: "Bank transfers are not accepted at the moment.",
  none: "There is no open transfer. Pick a sum and we will give you the details.",
  alreadyOpen: "You already have an open request. Pay it, or cancel it to pick another sum.",
  noTails: "There are too many requests for this sum right now. Please pick a slightly different one.",
  ended: {
    approved: (sum) => `✅ Transfer credited: ${sum}.`,
    rejected: (sum) => `❌ The transfer of${NBSP}${sum} was not confirmed.`,
    expired: (sum) => `⌛ The request for${NBSP}${sum} is closed: no receipt came within an hour.`,
    cancelled: (sum) => `The request for${NBSP}${sum} is cancelled.`,
    reversed: (sum) => `↩️ The credit of the transfer of${NBSP}${sum} was reversed.`,
  },
  expiredAdvice: "If you have already paid, open a new request and send the receipt: we credit what arrived.",
  disputeAdvice: "If this is a mistake, write to us: /paysupport.",
  debt: (sum) => `Debt ${sum}: the next top-up pays it first.`,
  reason: (reason) => `Reason: ${reason}`,
  reasons: {
    "not-arrived": "the money has not arrived",
    "wrong-sum": "another sum arrived",
    fake: "the receipt could not be confirmed",
  },
  cannotCancel: "The receipt is being checked, the request can not be cancelled",
  qrCaption: (sum) => `QR code for a payment by SBP: ${sum}. Open it in your bank's app.`,
  qrOnWay: "Sending the QR code",

  buttons: {
    sum: (sum) => `📋 Sum: ${sum}`,
    copy: (label) => `📋 ${label}`,
    qr: "📱 QR code for SBP",
    cancel: "✖️ Cancel the request",
    again: "💳 Top up",
  },

  refused: {
    "too-large": (limit) => `The file is too large: a receipt may have at most ${limit}.`,
    unreadable: "This does not look like a receipt. Send a photo, a picture or a PDF file.",
    unavailable: "The file could not be downloaded. Please send it again.",
    "too-many": "There are enough receipts for this request, we are checking them.",
  },
};
