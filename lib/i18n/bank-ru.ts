import type { BankRequestStatus, ReceiptDuplicate } from "../ledger/payments.ts";
import { formatNumber, NBSP, plural } from "./format.ts";

/** Why an admin did not credit a transfer, by buttons; anything else is typed. */
type RejectReason = "not-arrived" | "wrong-sum" | "fake";

const number = (value: number): string => formatNumber(value, "ru");

/** Bank transfers: what the user reads, and what the admins read of receipts. The English twin has this shape. */
export const bankRu = {
  title: "🏦 Банковский перевод",
  /** The sum follows. */
  pay: "Переведите ровно",
  until: (time: string): string => `Заявка действует до${NBSP}${time}.`,
  kopecks: "Копейки важны: по ним мы найдём ваш перевод.",
  sendReceipt: "Перевели? Пришлите сюда фото или PDF чека. Зачислим, как только проверим.",
  checking: (sum: string): string => `🧾 Чек получен, проверяем перевод на${NBSP}${sum}. Сообщим, когда зачислим.`,
  moreReceipts: "Если нужно, пришлите ещё один чек: фото или PDF.",
  off: "Банковские переводы сейчас не принимаем.",
  none: "Открытой заявки на перевод нет. Выберите сумму, и мы дадим реквизиты.",
  alreadyOpen: "У вас уже есть заявка. Переведите по ней или отмените её, чтобы выбрать другую сумму.",
  noTails: "На эту сумму сейчас слишком много заявок. Выберите немного другую сумму.",
  ended: {
    approved: (sum: string): string => `✅ Перевод зачислен: ${sum}.`,
    rejected: (sum: string): string => `❌ Перевод на${NBSP}${sum} не подтверждён.`,
    expired: (sum: string): string => `⌛ Заявка на${NBSP}${sum} закрыта: чек за час не пришёл.`,
    cancelled: (sum: string): string => `Заявка на${NBSP}${sum} отменена.`,
    reversed: (sum: string): string => `↩️ Зачисление перевода на${NBSP}${sum} отменено.`,
  } as Record<Exclude<BankRequestStatus, "pending">, (sum: string) => string>,
  expiredAdvice: "Если вы уже перевели деньги, создайте новую заявку и пришлите чек: мы зачислим пришедшую сумму.",
  disputeAdvice: "Если это ошибка, напишите нам: /paysupport.",
  debt: (sum: string): string => `Долг ${sum}: следующее пополнение сначала закроет его.`,
  reason: (reason: string): string => `Причина: ${reason}`,
  /** As the user reads them. */
  reasons: {
    "not-arrived": "деньги не пришли",
    "wrong-sum": "пришла другая сумма",
    fake: "чек не подтвердился",
  } as Record<RejectReason, string>,
  cannotCancel: "Чек уже на проверке, отменить заявку нельзя",
  qrCaption: (sum: string): string => `QR-код для оплаты через СБП: ${sum}. Откройте его в приложении банка.`,
  qrOnWay: "Отправляю QR-код",

  buttons: {
    sum: (sum: string): string => `📋 Сумма: ${sum}`,
    copy: (label: string): string => `📋 ${label}`,
    qr: "📱 QR-код для СБП",
    cancel: "✖️ Отменить заявку",
    again: "💳 Пополнить",
  },

  refused: {
    "too-large": (limit: string): string => `Файл слишком большой: чек должен быть не больше ${limit}.`,
    unreadable: "Это не похоже на чек. Пришлите фото, картинку или PDF-файл.",
    unavailable: "Не получилось скачать файл. Пришлите его ещё раз.",
    "too-many": "Чеков по этой заявке уже достаточно, мы их проверяем.",
  },

  admin: {
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
    late: (minutes: number, sum: string): string =>
      `Чек на ${sum} ждёт проверки дольше ${number(minutes)}${NBSP}минут.`,
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
  },
};

/** The shape every language has. */
export type BankTexts = typeof bankRu;
