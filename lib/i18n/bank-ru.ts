import type { BankRequestStatus, RejectReason } from "../ledger/payments.ts";
import { NBSP } from "./format.ts";

/** Bank transfers, as the user reads of them. The English twin has this shape. */
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
};

/** The shape every language has. */
export type BankTexts = typeof bankRu;
