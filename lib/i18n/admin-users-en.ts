import type { AdminUsersTexts } from "./admin-users-ru.ts";
import { formatNumber } from "./format.ts";

const number = (value: number): string => formatNumber(value, "en");

/** What admins read about users and their money, in English. */
export const adminUsersEn: AdminUsersTexts = {
  title: "👥 Users",
  today: (toppedUp, spent) => `Today: topped up ${toppedUp}, spent ${spent}.`,
  working: (running, queued) => `Generations: ${number(running)} running, ${number(queued)} queued.`,

  list: {
    lead: "Write an id, a @username or a name. Below are those who wrote lately.",
    found: (query) => `Found by “${query}”:`,
    nobody: (query) => `Nobody is found by “${query}”. Try an id, a @username or a name.`,
    empty: "Nobody has written yet.",
    all: "✖️ Clear the search",
  },

  gone: "There is no such user.",
  card: {
    since: (day) => `With us since ${day}`,
    main: (sum) => `Main: ${sum}`,
    bonus: (sum) => `Bonus: ${sum}`,
    held: (sum) => `Reserved: ${sum}`,
    debt: (sum) => `Debt: ${sum}`,
    spent: (sum) => `Spent this month: ${sum}`,
    spentOf: (sum, limit) => `Spent this month: ${sum} of ${limit}`,
    paid: (sum, payments) =>
      payments === 0 ? "No payments yet" : `Paid in all: ${sum}, payments: ${number(payments)}`,
    banned: "⛔ Banned: can not generate",
    unreachable: "Stopped the bot: messages do not arrive",
  },

  buttons: {
    operations: "🧾 Operations",
    generations: "🎨 Generations",
    credit: "➕ Credit",
    debit: "➖ Debit",
    ban: "⛔ Ban",
    unban: "✅ Unban",
    refund: "↩️ Refund",
    resend: "📤 Send again",
    main: "Main",
    bonus: "Bonus",
    again: "✏️ Change",
    cancel: "✖️ Cancel",
    toCard: "‹ To the user",
    toGenerations: "‹ To the generations",
    toGeneration: "‹ To the generation",
    confirm: {
      credit: (sum) => `✅ Credit ${sum}`,
      debit: (sum) => `✅ Debit ${sum}`,
      refund: (sum) => `✅ Refund ${sum}`,
      ban: "⛔ Yes, ban",
      unban: "✅ Yes, unban",
    },
  },

  operations: {
    title: "🧾 Operations",
    empty: "Nothing has moved yet.",
    by: (actor) => `admin ${actor}`,
    kinds: {
      credit: "top-up",
      hold: "reserved",
      post: "charged",
      void: "released",
      refund: "refund",
      adjust: "adjustment",
    },
    accounts: {
      main: "main",
      bonus: "bonus",
      held: "reserve",
      debt: "debt",
      revenue: "revenue",
      welcome: "welcome bonus",
      sandbox: "sandbox",
      stars: "Telegram Stars",
      bank: "bank",
      promo: "promo code",
      referral: "invitation",
      admin: "administrator",
    },
  },

  generations: {
    title: "🎨 Generations",
    lead: "The last ones. Tap a number to open.",
    empty: "No generations yet.",
    gone: "The user has no such generation.",
    id: (id) => `Generation: ${id}`,
    task: (id) => `KIE task: ${id}`,
    noTask: "No KIE task",
    code: (code) => `Error code: ${code}`,
    price: (sum) => `Price: ${sum}`,
    charged: (sum) => `Charged: ${sum}`,
    chargedParts: (sum, main, bonus) => `Charged: ${sum} (main ${main}, bonus ${bonus})`,
    open: "The money is still reserved",
    refunded: (sum) => `↩️ Refunded: ${sum}`,
    finished: (time) => `Finished: ${time}`,
    resending: "Sending it to the user again",
    nothingToSend: "There is nothing to send: no result.",
    notRefundable: "There is nothing to refund: nothing was charged, or it was refunded already.",
  },

  refund: {
    title: "↩️ Refund of a generation",
    askReason: "What is it refunded for? Write the reason: the user will see it.",
    gives: (main, bonus) => `Goes back: main ${main}, bonus ${bonus}.`,
    done: "✅ Refunded",
    started: "Refunding",
  },

  adjust: {
    titles: { credit: "➕ Credit", debit: "➖ Debit" },
    askAccount: "To which balance?",
    askAccountOf: "From which balance?",
    askAmount: "How many roubles? For example, 100 or 99.50.",
    badAmount: (text, most) =>
      `“${text}” does not look like a sum. It takes a number of roubles above zero and at most ${most}, for example 100 or 99.50.`,
    askReason: "Write the reason: the user will see it, and it stays in the operations.",
    badReason: (limit) => `The reason has to have 3 to ${number(limit)} characters.`,
    user: (name, id) => `To: ${name}, ${id}`,
    userOf: (name, id) => `From: ${name}, ${id}`,
    amount: (sum) => `Sum: ${sum}`,
    reason: (reason) => `Reason: ${reason}`,
    change: (before, after) => `${before} → ${after}`,
    short: (sum) => `This balance has only ${sum}: so much can not be debited.`,
    done: { credit: "✅ Credited", debit: "✅ Debited" },
    started: { credit: "Crediting", debit: "Debiting" },
    stale: "This button is out of date: only the latest one can be confirmed.",
  },

  ban: {
    ask: (name) => `Ban ${name}? New generations become unavailable, the money stays on the balance.`,
    askUnban: (name) => `Unban ${name}?`,
    banned: "Banned",
    unbanned: "Unbanned",
  },

  notices: {
    credited: { main: (sum) => `You were credited ${sum}.`, bonus: (sum) => `You were credited ${sum} as a bonus.` },
    debited: {
      main: (sum) => `${sum} was debited from your balance.`,
      bonus: (sum) => `${sum} was debited from your bonus balance.`,
    },
    refunded: (sum) => `We refunded ${sum} for a generation.`,
    refundedBonus: (bonus) => `Of it as a bonus: ${bonus}.`,
    reason: (reason) => `Reason: ${reason}`,
    balance: "Balance",
  },
};
