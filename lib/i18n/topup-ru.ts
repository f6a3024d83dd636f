import { formatNumber, NBSP } from "./format.ts";

const stars = (count: number): string => `${formatNumber(count, "ru")}${NBSP}⭐`;

/** Top-ups: choosing a sum, paying it with Stars, what is said afterwards. The English twin has this shape. */
export const topupRu = {
  button: "💳 Пополнить",
  page: {
    title: "💳 Пополнение",
    pick: "Выберите сумму. Она придёт на основной баланс в рублях.",
    starsPrice: "На кнопке — цена в звёздах Telegram.",
    ask: "Напишите сумму в рублях, например 750.",
    wrong: (least: string, most: string): string => `Нужна сумма от ${least} до ${most}, например 750.`,
    off: "Пополнить баланс сейчас нельзя. Попробуйте позже.",
  },
  pay: {
    title: (sum: string): string => `💳 Пополнение на${NBSP}${sum}`,
    how: "Как удобнее заплатить?",
    none: "Эту сумму сейчас оплатить нельзя. Выберите другую.",
  },
  buttons: {
    amount: (sum: string, price: number | null): string => (price === null ? sum : `${sum} · ${stars(price)}`),
    missing: (sum: string, price: number | null): string =>
      price === null ? `💳 Пополнить на${NBSP}${sum}` : `💳 Пополнить на${NBSP}${sum} · ${stars(price)}`,
    otherAmount: "✏️ Другая сумма",
    otherAmounts: "💳 Другие суммы",
    stars: (count: number): string => `⭐ Звёздами Telegram · ${formatNumber(count, "ru")}`,
    bank: "🏦 Переводом",
    continueWith: (title: string): string => `▶️ Продолжить: ${title}`,
  },
  invoice: {
    /** At most 32 characters. */
    title: (sum: string): string => `Пополнение на ${sum}`,
    /** At most 255 characters. */
    description: (sum: string): string =>
      `${sum} придут на баланс сразу после оплаты. Счёт только для вас и действует час.`,
    notSent: "Не получилось прислать счёт. Попробуйте ещё раз.",
    off: "Эту сумму сейчас нельзя оплатить звёздами. Выберите другую.",
  },
  /** Telegram shows them in a window of its own. */
  refusals: {
    unknown: "Такого счёта нет. Откройте пополнение в боте и получите новый.",
    "other-payer": "Этот счёт выставлен другому человеку. Откройте бота и получите свой.",
    paid: "Этот счёт уже оплачен.",
    expired: "Срок счёта истёк. Откройте пополнение и получите новый.",
    changed: "Сумма счёта изменилась. Откройте пополнение и получите новый.",
    banned: "Ваш аккаунт заблокирован, оплата не принимается.",
    trouble: "Не получилось проверить счёт. Деньги не списаны, попробуйте через минуту.",
  },
  told: {
    credited: (sum: string): string => `✅ Зачислено ${sum}`,
    bonus: (sum: string): string => `Ещё ${sum} — бонусами.`,
    debtPaid: (sum: string): string => `Из них ${sum} ушло на погашение долга.`,
    debtLeft: (sum: string): string => `Остаток долга: ${sum}.`,
    refunded: (sum: string): string => `↩️ Звёзды возвращены, с баланса списано ${sum}`,
    intoDebt: (sum: string): string =>
      `На балансе не хватило ${sum}, это теперь долг. Он погасится следующим пополнением.`,
  },
};
