import { formatNumber, NBSP } from "./format.ts";
import type { ReconcileTexts } from "./reconcile-ru.ts";

const counted = (value: number, one: string, many: string): string =>
  `${formatNumber(value, "en")}${NBSP}${value === 1 ? one : many}`;

export const reconcileEn: ReconcileTexts = {
  title: "⚖️ Reconciliation",
  button: "⚖️ Reconciliation",
  never: "Nothing has been compared yet: it happens every night after 03:00 Moscow time.",
  running: (since) => `Comparing since ${since}.`,
  done: (at, wallets) => `Last: ${at}, ${counted(wallets, "wallet", "wallets")} compared.`,
  allWell: "Everything adds up.",
  open: (count) => `Waiting for a decision: ${formatNumber(count, "en")}.`,
  now: "🔄 Compare now",
  refresh: "🔄 Refresh",
  started: "Comparing. You will get a message if something does not add up",
  repair: "🔧 Repair",
  confirm: "✅ Yes, repair",
  dismiss: "Dismiss",
  openModel: "🎨 Open the model",
  list: "⚖️ All findings",
  dismissed: "Dismissed",
  ordered: "Repairing",
  gone: "There is no such finding.",
  statuses: {
    open: "Waits for a decision.",
    repaired: "✅ Repaired.",
    dismissed: "Dismissed.",
    gone: "✅ Adds up again by itself.",
  },
  found: (when) => `Found: ${when}`,
  user: (userId) => `User: ${userId}`,

  balance: {
    title: "A balance and its operations differ",
    line: (userId) => `balance of user ${userId}`,
    accounts: { main: "Main", bonus: "Bonus", held: "On hold", debt: "Debt" },
    account: (name, cached, sum) => `${name}: ${cached} in the wallet, ${sum} by operations`,
    ask: "Set the wallet to what its operations add up to? The operations stay as they are.",
    impossible:
      "The operations add up to less than zero, which can't be set. Correct the operations on the user's card first.",
  },
  "stale-hold": {
    title: "A generation is stuck, money is on hold",
    line: (generationId) => `stuck generation № ${generationId}`,
    generation: (generationId, model) => `№ ${generationId}, ${model}`,
    held: (sum) => `On hold: ${sum}`,
    deadline: (when) => `Should have ended: ${when}`,
    ask: "Look at the task at KIE and end the generation? Without a result the money goes back to the user.",
  },
  credits: {
    title: "KIE takes other credits than the catalog says",
    line: (model) => `price: ${model}`,
    model: (model) => `Model: ${model}`,
    figures: (expected, consumed) => `In the catalog: ${expected} cr., KIE took: ${consumed} cr.`,
    example: (generationId) => `For example generation № ${generationId}`,
    advice: "Check the model's price. Once it is changed in the catalog, this closes by itself.",
  },
  stars: {
    title: {
      "not-credited": "Stars were paid but not credited",
      "not-refunded": "Telegram gave Stars back, our books have no refund",
      unknown: "We have a Stars payment that Telegram does not have",
    },
    line: (stars) => `payment of ${counted(stars, "star", "stars")}`,
    payment: (stars) => `Payment: ${counted(stars, "star", "stars")}`,
    charge: (chargeId) => `Number: ${chargeId}`,
    ask: {
      "not-credited": "Credit this payment to the user?",
      "not-refunded": "Take this payment from the user? What the balance lacks becomes debt.",
    },
    advice: "Check the payment in the bot's Stars history. No button can repair this.",
  },

  report: (count) =>
    count === 0
      ? "⚖️ Compared: everything adds up."
      : `⚖️ Compared. Waiting for a decision: ${formatNumber(count, "en")}.`,
  late: (count) =>
    `⏳ ${counted(count, "generation has", "generations have")} not ended in time, money is on hold. Check whether KIE's tasks go on.`,
};
