import type { PromoKind } from "../ledger/payments.ts";
import { formatNumber, NBSP, plural } from "./format.ts";

const number = (value: number): string => formatNumber(value, "ru");
const days = (count: number): string =>
  `${number(count)}${NBSP}${plural("ru", count, { one: "день", few: "дня", many: "дней", other: "дня" })}`;
const generations = (count: number): string =>
  `${number(count)}${NBSP}${plural("ru", count, { one: "генерация", few: "генерации", many: "генераций", other: "генерации" })}`;

/** What admins read about promo codes, in Russian. The English twin has this shape. */
export const adminPromoRu = {
  title: "🎟 Промокоды",
  closedTitle: "🎟 Закрытые промокоды",
  empty: "Действующих промокодов нет.",
  emptyClosed: "Закрытых и просроченных промокодов нет.",
  page: (page: number, pages: number): string => `Страница ${number(page)} из ${number(pages)}`,
  gone: (code: string): string => `Промокода ${code} нет.`,

  buttons: {
    create: "➕ Новый промокод",
    closed: "Закрытые",
    active: "Действующие",
    close: "⛔ Закрыть",
    closeYes: "⛔ Да, закрыть",
    keep: "✖️ Оставить",
    toList: "‹ К промокодам",
    confirm: "✅ Создать",
    again: "✏️ Заново",
    cancel: "✖️ Отмена",
    unlimited: "Без ограничения",
    forever: "Бессрочно",
    random: "🎲 Случайный",
    everybody: "Всем",
    newcomers: "До первой генерации",
    generations,
    days,
  },

  kinds: {
    bonus: "бонус на баланс",
    topup: "процент к следующему пополнению",
    discount: "скидка на генерации",
  } satisfies Record<PromoKind, string> as Record<PromoKind, string>,
  kindButtons: {
    bonus: "Бонус на баланс",
    topup: "% к пополнению",
    discount: "Скидка на генерации",
  } satisfies Record<PromoKind, string> as Record<PromoKind, string>,

  what: {
    bonus: (sum: string): string => `Что даёт: ${sum} бонусами`,
    topup: (percent: number): string => `Что даёт: +${number(percent)}${NBSP}% бонусами к следующему пополнению`,
    discount: (percent: number): string => `Что даёт: скидку ${number(percent)}${NBSP}% на генерации`,
  },
  short: {
    bonus: (sum: string): string => sum,
    topup: (percent: number): string => `+${number(percent)}${NBSP}%`,
    discount: (percent: number): string => `−${number(percent)}${NBSP}%`,
  },
  holdGenerations: (count: number): string => `Действует: ${generations(count)}`,
  holdDays: (count: number): string => `Действует: ${days(count)} после ввода`,
  who: (isNewcomers: boolean): string => (isNewcomers ? "Кому: до первой генерации" : "Кому: всем"),
  used: (used: number, cap: number | null): string =>
    cap === null ? `Ввели: ${number(used)}, без ограничения` : `Ввели: ${number(used)} из ${number(cap)}`,
  usedShort: (used: number, cap: number | null): string =>
    cap === null ? number(used) : `${number(used)}/${number(cap)}`,
  cap: (cap: number | null): string =>
    cap === null ? "Сколько человек: без ограничения" : `Сколько человек: ${number(cap)}`,
  until: (day: string): string => `Ввести можно до ${day}`,
  untilShort: (day: string): string => `до ${day}`,
  daysOpen: (count: number | null): string =>
    count === null ? "Ввести можно: бессрочно" : `Ввести можно: ${days(count)}`,
  forever: "Ввести можно: бессрочно",
  closedAt: (day: string): string => `⛔ Закрыт ${day}`,
  over: "⌛️ Срок вышел",
  usedUp: "⌛️ Ввели столько раз, сколько можно",
  createdAt: (day: string): string => `Создан ${day}`,
  command: (code: string): string => `Ввести: /promo ${code}`,

  draft: {
    title: "➕ Новый промокод",
    code: (code: string): string => `Код: ${code}`,
    ask: {
      kind: "Что даёт промокод? Выберите кнопкой.",
      hold: "Сколько действует скидка после ввода? Выберите или напишите, например «5\u00a0генераций» или «14\u00a0дней».",
      who: "Кто может ввести? Выберите кнопкой.",
      cap: "Сколько человек могут его ввести? Напишите число или выберите кнопку.",
      days: "Сколько дней его можно ввести? Напишите число или выберите кнопку.",
      code: "Какой код? Напишите от 3 до 24\u00a0знаков: латинские буквы, цифры, дефис, подчёркивание. Или возьмите случайный.",
    },
    askBonus: "Сколько рублей бонусами? Например, 50.",
    askPercent: (most: number): string => `Сколько процентов? Число от 1 до ${number(most)}.`,
    bad: (text: string): string => `«${text}» не подходит.`,
    taken: (code: string): string => `Промокод ${code} уже есть. Напишите другой код.`,
    started: "Создаём",
    stale: "Эта кнопка устарела: промокод с тех пор изменился.",
    confirm: "Всё верно?",
  },
  created: "✅ Промокод создан",
  askClose: "Закрыть промокод? Ввести его больше будет нельзя, у тех, кто ввёл, всё останется.",
  closed: "Закрыт",
};

/** The shape every language has. */
export type AdminPromoTexts = typeof adminPromoRu;
