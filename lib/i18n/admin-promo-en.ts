import type { AdminPromoTexts } from "./admin-promo-ru.ts";
import { formatNumber } from "./format.ts";

const number = (value: number): string => formatNumber(value, "en");
const days = (count: number): string => `${number(count)} ${count === 1 ? "day" : "days"}`;
const generations = (count: number): string => `${number(count)} ${count === 1 ? "generation" : "generations"}`;

/** What admins read about promo codes, in English. */
export const adminPromoEn: AdminPromoTexts = {
  title: "🎟 Promo codes",
  closedTitle: "🎟 Closed promo codes",
  empty: "There are no active promo codes.",
  emptyClosed: "There are no closed or expired promo codes.",
  page: (page, pages) => `Page ${number(page)} of ${number(pages)}`,
  gone: (code) => `There is no promo code ${code}.`,

  buttons: {
    create: "➕ New promo code",
    closed: "Closed",
    active: "Active",
    close: "⛔ Close",
    closeYes: "⛔ Yes, close",
    keep: "✖️ Keep",
    toList: "‹ To the promo codes",
    confirm: "✅ Create",
    again: "✏️ Start again",
    cancel: "✖️ Cancel",
    unlimited: "No limit",
    forever: "For ever",
    random: "🎲 Random",
    everybody: "Everybody",
    newcomers: "Before the first generation",
    generations,
    days,
  },

  kinds: {
    bonus: "bonus on the balance",
    topup: "per cent on the next top-up",
    discount: "discount on generations",
  },
  kindButtons: { bonus: "Bonus on the balance", topup: "% on a top-up", discount: "Discount" },

  what: {
    bonus: (sum) => `Gives: ${sum} as a bonus`,
    topup: (percent) => `Gives: +${number(percent)}% as a bonus on the next top-up`,
    discount: (percent) => `Gives: ${number(percent)}% off generations`,
  },
  short: {
    bonus: (sum) => sum,
    topup: (percent) => `+${number(percent)}%`,
    discount: (percent) => `−${number(percent)}%`,
  },
  holdGenerations: (count) => `Holds for: ${generations(count)}`,
  holdDays: (count) => `Holds for: ${days(count)} after it is entered`,
  who: (isNewcomers) => (isNewcomers ? "For: before the first generation" : "For: everybody"),
  used: (used, cap) =>
    cap === null ? `Entered: ${number(used)}, no limit` : `Entered: ${number(used)} of ${number(cap)}`,
  usedShort: (used, cap) => (cap === null ? number(used) : `${number(used)}/${number(cap)}`),
  cap: (cap) => (cap === null ? "How many people: no limit" : `How many people: ${number(cap)}`),
  until: (day) => `Can be entered until ${day}`,
  untilShort: (day) => `until ${day}`,
  daysOpen: (count) => (count === null ? "Can be entered: for ever" : `Can be entered: ${days(count)}`),
  forever: "Can be entered: for ever",
  closedAt: (day) => `⛔ Closed ${day}`,
  over: "⌛️ Its time is over",
  usedUp: "⌛️ Entered as often as it can be",
  createdAt: (day) => `Created ${day}`,
  command: (code) => `To enter: /promo ${code}`,

  draft: {
    title: "➕ New promo code",
    code: (code) => `Code: ${code}`,
    ask: {
      kind: "What does the code give? Choose with a button.",
      hold: "How long does the discount hold after it is entered? Choose or write, for example “5 generations” or “14 days”.",
      who: "Who can enter it? Choose with a button.",
      cap: "How many people can enter it? Write a number or choose the button.",
      days: "For how many days can it be entered? Write a number or choose the button.",
      code: "Which code? Write 3 to 24 characters: Latin letters, digits, hyphens, underscores. Or take a random one.",
    },
    askBonus: "How many roubles as a bonus? For example, 50.",
    askPercent: (most) => `How many per cent? A number from 1 to ${number(most)}.`,
    bad: (text) => `“${text}” does not fit.`,
    taken: (code) => `The promo code ${code} exists already. Write another one.`,
    started: "Creating",
    stale: "This button is out of date: the code has changed since.",
    confirm: "Is all of this right?",
  },
  created: "✅ The promo code is created",
  askClose: "Close the promo code? Nobody can enter it any more; those who did keep what they have.",
  closed: "Closed",
};
