import type { AdminBankTexts } from "./admin-bank-ru.ts";
import { formatNumber, NBSP, plural } from "./format.ts";

const number = (value: number): string => formatNumber(value, "en");

/** The English twin of admin-bank-ru.ts. */
export const adminBankEn: AdminBankTexts = {
  homeButton: (count) => `🧾 Receipts: ${number(count)}`,
  listTitle: "🧾 Receipts to check",
  listEmpty: "All receipts are checked.",
  listMore: (count) => `The first ones of ${number(count)}.`,
  listLine: (sum, user, since) => `${sum} · ${user} · since${NBSP}${since}`,
  gone: "There is no such request.",
  title: (sum) => `🧾 Receipt for${NBSP}${sum}`,
  titleNumbered: (sum, index) => `🧾 Receipt for${NBSP}${sum}, no.${NBSP}${number(index)}`,
  wished: (sum, time) => `Request for ${sum}, ${time}`,
  user: (name, username, id) => `${name} (${username === null ? "" : `@${username}, `}id ${id})`,
  userSince: (day) => `In the bot since${NBSP}${day}`,
  firstRequest: "No transfers before",
  history: (approved, sum, rejected, reversed) =>
    [
      `Before: ${number(approved)} credited, ${sum}`,
      ...(rejected > 0 ? [`${number(rejected)} rejected`] : []),
      ...(reversed > 0 ? [`${number(reversed)} reversed`] : []),
    ].join(", "),
  receipts: (count) =>
    `${number(count)}${NBSP}${plural("en", count, { one: "receipt", other: "receipts" })} for this request`,
  waiting: "The receipt has not been read yet",
  unreadable: "The receipt could not be read, decide by the picture",
  read: (what) => `Read: ${what}`,
  readNothing: "Read, but no sum, date or number was found",
  score: (score) => `Score: ${number(score)} of 100`,
  sumMissing: (sum) => `⚠️ ${sum} is not seen on the receipt`,
  duplicate: {
    bytes: "the same file",
    file: "the same file in Telegram",
    operation: "the same operation number",
    picture: "almost the same picture",
  },
  duplicateLine: (how, userId, isSame) =>
    isSame ? `⚠️ ${how}: this person sent it before` : `⚠️ ${how}: sent before by id ${userId}`,
  decided: {
    pending: "⏳ Waits for a decision",
    approved: (sum) => `✅ ${sum} credited`,
    rejected: "❌ Rejected",
    expired: "⌛ Expired",
    cancelled: "Cancelled by the user",
    reversed: (sum) => `↩️ The credit of ${sum} was reversed`,
  },
  by: (name, time) => `Decided by ${name}, ${time}`,
  reason: (reason) => `Reason: ${reason}`,
  reasons: {
    "not-arrived": "the money has not arrived",
    "wrong-sum": "another sum arrived",
    fake: "forgery",
  },
  askSum: "How much arrived? Write the sum in roubles, for example 250 or 250.50.",
  confirmSum: (sum, asked) => `Credit ${sum} instead of ${asked}?`,
  badSum: (text) => `“${text}” is no sum. Write it in roubles, for example 250 or 250.50.`,
  otherSum: (sum, asked) => `${sum} arrived instead of ${asked}`,
  askReason: "Why is it rejected? The user will see the reason.",
  askOtherReason: `Write the reason: the user will see it. Up to 200${NBSP}characters.`,
  askReversal: (sum) =>
    `A reversal takes ${sum} from the balance; what is missing becomes a debt. Write the reason, the user will see it. Up to 200${NBSP}characters.`,
  confirmReversal: (sum) => `Take ${sum} back?`,
  badReason: (limit) => `A reason has 1 to ${number(limit)}${NBSP}characters.`,
  alreadyDecided: "It is already decided",
  accepted: "Accepted",
  shown: "The receipt was sent again",
  late: (minutes, sum) =>
    `The receipt for ${sum} has been waiting for a check for more than ${number(minutes)}${NBSP}minutes.`,
  buttons: {
    approve: (sum) => `✅ ${sum}`,
    approveOther: (sum) => `✅ Credit ${sum}`,
    otherSum: "✏️ Another sum",
    reject: "❌ Reject",
    reasons: {
      "not-arrived": "Not arrived",
      "wrong-sum": "Wrong sum",
      fake: "Forgery",
    },
    otherReason: "✏️ Other",
    reverse: "↩️ Reverse the credit",
    confirmReversal: (sum) => `↩️ Take ${sum} back`,
    show: "🖼 Show the receipt",
    back: "✖️ Keep as it is",
    open: "🧾 Open",
    list: "🧾 To the receipts",
  },
};
