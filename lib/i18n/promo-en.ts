import { NBSP, plural } from "./format.ts";
import type { PromoTexts } from "./promo-ru.ts";

const generations = (count: number): string =>
  `${count}${NBSP}${plural("en", count, { one: "generation", other: "generations" })}`;

export const promoEn: PromoTexts = {
  button: "🎟 Promo code",
  enter: "🎟 Enter a code",
  title: "Promo codes",
  ask: "Send the promo code in one message.",
  none: "You have no active promo codes now.",
  active: "Active:",
  discount: (code, percent) => `${code}: ${percent}% off generations`,
  topup: (code, percent) => `${code}: +${percent}% as a bonus on the next top-up`,
  until: (moment) => `until ${moment}`,
  left: (count) => `${generations(count)} left`,
  best: "Discounts are not added up: the greatest one applies.",

  redeemedBonus: (code, sum) => `Promo code ${code} accepted: ${sum} of bonus on your balance.`,
  redeemedTopup: (code, percent) => `Promo code ${code} accepted: the next top-up brings ${percent}% more as a bonus.`,
  redeemedDays: (code, percent, until) => `Promo code ${code} accepted: ${percent}% off generations until ${until}.`,
  redeemedGenerations: (code, percent, count) =>
    count === 1
      ? `Promo code ${code} accepted: ${percent}% off the next paid generation.`
      : `Promo code ${code} accepted: ${percent}% off ${generations(count)}.`,
  wrong: "This promo code does not work. Please check the spelling.",
  used: "You have already entered this promo code.",
  newcomersOnly: "This promo code works only before the first generation.",
  tooMany: "Too many wrong promo codes. Please try again in an hour.",

  reduced: (price, code, percent) => `${price}, ${code} −${percent}%`,
  price: "Price:",
  free: (left, perDay) => `Free: ${left} of ${perDay} left today`,
  freeOver: (moment) => `No free generations left, the next one comes ${moment}`,
  presetUnavailable: "There are no templates by link yet. Pick a model or write what to create.",
  linkGone: "The model of this link is not sold now.",
};
