import type { BankRequestStatus, StarStatus } from "../ledger/payments.ts";
import { formatNumber, NBSP } from "./format.ts";

const stars = (count: number): string => `${formatNumber(count, "ru")}${NBSP}⭐`;

/** What admins read about the payments of one user, in Russian. The English twin has this shape. */
export const adminPaymentsRu = {
  title: "💳 Платежи",
  lead: "Последние. Нажмите на номер, чтобы открыть.",
  empty: "Платежей ещё не было.",
  gone: "Такого платежа у пользователя нет.",

  bySum: {
    stars: (sum: string, count: number): string => `${sum} · ${stars(count)}`,
    bank: (sum: string): string => `${sum} · 🏦${NBSP}перевод`,
  },
  statuses: {
    stars: { credited: "зачислен", refunding: "возвращается", refunded: "возвращён" } as Record<StarStatus, string>,
    bank: {
      pending: "открыт",
      approved: "одобрен",
      rejected: "отклонён",
      expired: "срок вышел",
      cancelled: "отменён пользователем",
      reversed: "отозван",
    } as Record<BankRequestStatus, string>,
  },

  /** Ids follow. */
  charge: "Платёж:",
  order: "Счёт:",
  noOrder: "Счёт: не наш или неизвестен",
  request: "Заявка:",
  credited: (sum: string): string => `Зачислено: ${sum}`,
  notCredited: "На баланс не зачислялся",
  found: "Найден сверкой: сообщения от Telegram не было",
  refundedAt: (time: string): string => `Возвращён: ${time}`,
  decidedAt: (time: string): string => `Решение: ${time}`,
  refunding: "Telegram ещё не подтвердил возврат. Можно повторить: дважды звёзды не вернутся.",

  buttons: {
    refund: "↩️ Вернуть ⭐",
    confirm: (count: number): string => `✅ Вернуть ${stars(count)}`,
    request: "🧾 К заявке",
    toPayments: "‹ К платежам",
    toPayment: "‹ К платежу",
  },

  refund: {
    title: "↩️ Возврат звёзд",
    askReason: "За что возвращаем? Напишите причину: пользователь увидит её в своих операциях.",
    gives: (count: number, sum: string): string => `Пользователю вернётся ${stars(count)}, с баланса уйдёт ${sum}.`,
    intoDebt: (sum: string): string => `Не хватает ${sum}: это станет долгом, его погасит следующее пополнение.`,
    started: "Возвращаем",
    done: "✅ Звёзды возвращены",
    gone: "Возвращать нечего: этот платёж уже возвращён.",
    refused: (words: string): string => `⚠️ Telegram отказал в возврате: «${words}». Звёзды и баланс не изменились.`,
    /** Telegram's own message may have settled it by now: then the page below says so. */
    unknown:
      "⚠️ Telegram не ответил. Если возврат ниже ещё не отмечен, повторите: дважды звёзды не вернутся. Если они уже ушли, баланс поправит ближайшая сверка.",
  },
};

/** The shape every language has. */
export type AdminPaymentsTexts = typeof adminPaymentsRu;
