import type { ReceiptDuplicate, RejectReason } from "../ledger/payments.ts";
import { formatNumber, NBSP, plural } from "./format.ts";

const number = (value: number): string => formatNumber(value, "ru");

/** Bank transfers, as the admins read of their receipts. The English twin has this shape. */
export const adminBankRu = {
  homeButton: (count: number): string => `🧾 Чеки: ${number(count)}`,
  listTitle: "🧾 Чеки ждут проверки",
  listEmpty: "Все чеки проверены.",
  listMore: (count: number): string => `Показаны первые, всего ${number(count)}.`,
  listLine: (sum: string, user: string, since: string): string => `${sum} · ${user} · с${NBSP}${since}`,
  gone: "Такой заявки нет.",
  title: (sum: string): string => `🧾 Чек на${NBSP}${sum}`,
  titleNumbered: (sum: string, index: number): string => `🧾 Чек на${NBSP}${sum}, №${NBSP}${number(index)}`,
  wished: (sum: string, time: string): string => `Заявка на ${sum}, ${time}`,
  user: (name: string, username: string | null, id: number): string =>
    `${name} (${username === null ? "" : `@${username}, `}id ${id})`,
  userSince: (day: string): string => `В боте с${NBSP}${day}`,
  firstRequest: "Раньше переводов не было",
  history: (approved: number, sum: string, rejected: number, reversed: number): string =>
    [
      `Раньше: зачислено ${number(approved)} на ${sum}`,
      ...(rejected > 0 ? [`отклонено ${number(rejected)}`] : []),
      ...(reversed > 0 ? [`отменено ${number(reversed)}`] : []),
    ].join(", "),
  receipts: (count: number): string =>
    `${number(count)}${NBSP}${plural("ru", count, { one: "чек", few: "чека", many: "чеков", other: "чека" })} по заявке`,
  waiting: "Чек ещё не прочитан",
  unreadable: "Прочитать чек не удалось, решайте по картинке",
  read: (what: string): string => `Прочитано: ${what}`,
  readNothing: "Прочитано, но суммы, даты и номеров не найдено",
  score: (score: number): string => `Оценка: ${number(score)} из 100`,
  sumMissing: (sum: string): string => `⚠️ Суммы ${sum} на чеке не видно`,
  duplicate: {
    bytes: "тот же файл",
    file: "тот же файл в Telegram",
    operation: "тот же номер операции",
    picture: "почти такая же картинка",
  } as Record<ReceiptDuplicate["by"], string>,
  duplicateLine: (how: string, userId: number, isSame: boolean): string =>
    isSame ? `⚠️ ${how}: уже был у этого человека` : `⚠️ ${how}: уже был у id ${userId}`,
  decided: {
    pending: "⏳ Ждёт решения",
    approved: (sum: string): string => `✅ Зачислено ${sum}`,
    rejected: "❌ Отклонено",
    expired: "⌛ Срок вышел",
    cancelled: "Отменено пользователем",
    reversed: (sum: string): string => `↩️ Зачисление ${sum} отменено`,
  },
  by: (name: string, time: string): string => `Решил(а) ${name}, ${time}`,
  reason: (reason: string): string => `Причина: ${reason}`,
  reasons: {
    "not-arrived": "деньги не пришли",
    "wrong-sum": "пришла другая сумма",
    fake: "подделка",
  } as Record<RejectReason, string>,
  askSum: "Сколько пришло на счёт? Напишите сумму в рублях, например 250 или 250,50.",
  confirmSum: (sum: string, asked: string): string => `Зачислить ${sum} вместо ${asked}?`,
  badSum: (text: string): string => `«${text}» не похоже на сумму. Напишите её в рублях, например 250 или 250,50.`,
  otherSum: (sum: string, asked: string): string => `пришло ${sum} вместо ${asked}`,
  askReason: "Почему отклоняем? Причину увидит пользователь.",
  askOtherReason: `Напишите причину: её увидит пользователь. До 200${NBSP}знаков.`,
  askReversal: (sum: string): string =>
    `Отмена снимет с баланса ${sum}; чего не хватит, станет долгом. Напишите причину, её увидит пользователь. До 200${NBSP}знаков.`,
  confirmReversal: (sum: string): string => `Списать ${sum}?`,
  badReason: (limit: number): string => `Причина должна быть от 1 до ${number(limit)}${NBSP}знаков.`,
  alreadyDecided: "Решение уже принято",
  accepted: "Принято",
  shown: "Чек отправлен ещё раз",
  late: (minutes: number, sum: string): string => `Чек на ${sum} ждёт проверки дольше ${number(minutes)}${NBSP}минут.`,
  buttons: {
    approve: (sum: string): string => `✅ ${sum}`,
    approveOther: (sum: string): string => `✅ Зачислить ${sum}`,
    otherSum: "✏️ Другая сумма",
    reject: "❌ Отклонить",
    reasons: {
      "not-arrived": "Не пришло",
      "wrong-sum": "Не та сумма",
      fake: "Подделка",
    } as Record<RejectReason, string>,
    otherReason: "✏️ Другое",
    reverse: "↩️ Отменить зачисление",
    confirmReversal: (sum: string): string => `↩️ Списать ${sum}`,
    show: "🖼 Показать чек",
    back: "✖️ Не менять",
    open: "🧾 Открыть",
    list: "🧾 К чекам",
  },
};

/** The shape every language has. */
export type AdminBankTexts = typeof adminBankRu;
