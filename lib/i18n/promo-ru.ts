import { NBSP, plural } from "./format.ts";

const generations = (count: number): string =>
  `${count}${NBSP}${plural("ru", count, { one: "генерация", few: "генерации", many: "генераций", other: "генерации" })}`;

/** Promo codes, the free tier and links that open the bot. Sums and moments arrive written out. */
export const promoRu = {
  button: "🎟 Промокод",
  enter: "🎟 Ввести код",
  title: "Промокоды",
  ask: "Пришлите промокод одним сообщением.",
  none: "Сейчас у вас нет действующих промокодов.",
  active: "Действуют:",
  /** Of the active ones. */
  discount: (code: string, percent: number): string => `${code}: скидка ${percent}${NBSP}% на генерации`,
  topup: (code: string, percent: number): string => `${code}: +${percent}${NBSP}% бонусами к следующему пополнению`,
  until: (moment: string): string => `до ${moment}`,
  left: (count: number): string => `осталось: ${generations(count)}`,
  best: "Скидки не складываются: действует самая большая.",

  redeemedBonus: (code: string, sum: string): string => `Промокод ${code} принят: ${sum} бонусами на балансе.`,
  redeemedTopup: (code: string, percent: number): string =>
    `Промокод ${code} принят: следующее пополнение принесёт ещё ${percent}${NBSP}% бонусами.`,
  redeemedDays: (code: string, percent: number, until: string): string =>
    `Промокод ${code} принят: скидка ${percent}${NBSP}% на генерации до ${until}.`,
  redeemedGenerations: (code: string, percent: number, count: number): string =>
    count === 1
      ? `Промокод ${code} принят: скидка ${percent}${NBSP}% на следующую платную генерацию.`
      : `Промокод ${code} принят: скидка ${percent}${NBSP}% на ${count}${NBSP}${plural("ru", count, { one: "генерацию", few: "генерации", many: "генераций", other: "генерации" })}.`,
  wrong: "Такой промокод не действует. Проверьте, как он написан.",
  used: "Этот промокод вы уже вводили.",
  newcomersOnly: "Этот промокод действует только до первой генерации.",
  tooMany: "Слишком много неверных промокодов. Попробуйте через час.",

  /** "12,40 10,54 ₽, WELCOME −15 %": the old price is struck through, this stands behind it. */
  reduced: (price: string, code: string, percent: number): string => `${price}, ${code} −${percent}${NBSP}%`,
  price: "Цена:",
  free: (left: number, perDay: number): string => `Бесплатно сегодня: осталось ${left} из ${perDay}`,
  freeOver: (moment: string): string => `Бесплатные генерации закончились, следующая — ${moment}`,
  presetUnavailable: "Шаблонов по ссылке пока нет. Выберите модель или напишите, что создать.",
  linkGone: "Модель по этой ссылке сейчас не продаётся.",
};

export type PromoTexts = typeof promoRu;
