import type { LedgerLineKind } from "../ledger/settlement.ts";
import { formatNumber, NBSP } from "./format.ts";

const number = (value: number): string => formatNumber(value, "ru");

/** What admins read about users and their money, in Russian. The English twin has this shape. */
export const adminUsersRu = {
  title: "👥 Пользователи",
  today: (toppedUp: string, spent: string): string => `Сегодня: пополнили на ${toppedUp}, потратили ${spent}.`,
  working: (running: number, queued: number): string =>
    `Генерации: в${NBSP}работе ${number(running)}, в${NBSP}очереди ${number(queued)}.`,

  list: {
    lead: "Напишите id, @username или имя. Ниже те, кто писал недавно.",
    found: (query: string): string => `Нашлись по запросу «${query}»:`,
    nobody: (query: string): string => `По запросу «${query}» никого нет. Попробуйте id, @username или имя.`,
    empty: "Пока никто не писал.",
    all: "✖️ Сбросить поиск",
  },

  gone: "Такого пользователя нет.",
  card: {
    since: (day: string): string => `С нами с ${day}`,
    main: (sum: string): string => `Основной: ${sum}`,
    bonus: (sum: string): string => `Бонусный: ${sum}`,
    held: (sum: string): string => `В резерве: ${sum}`,
    debt: (sum: string): string => `Долг: ${sum}`,
    spent: (sum: string): string => `Потрачено в этом месяце: ${sum}`,
    spentOf: (sum: string, limit: string): string => `Потрачено в этом месяце: ${sum} из ${limit}`,
    paid: (sum: string, payments: number): string =>
      payments === 0 ? "Платежей не было" : `Заплатил всего: ${sum}, платежей: ${number(payments)}`,
    banned: "⛔ Заблокирован: генерации недоступны",
    unreachable: "Остановил бота: сообщения не доходят",
  },

  buttons: {
    operations: "🧾 Операции",
    generations: "🎨 Генерации",
    credit: "➕ Начислить",
    debit: "➖ Списать",
    ban: "⛔ Заблокировать",
    unban: "✅ Разблокировать",
    refund: "↩️ Вернуть деньги",
    resend: "📤 Отправить ещё раз",
    main: "Основной",
    bonus: "Бонусный",
    again: "✏️ Изменить",
    cancel: "✖️ Отмена",
    toCard: "‹ К пользователю",
    toGenerations: "‹ К генерациям",
    toGeneration: "‹ К генерации",
    confirm: {
      credit: (sum: string): string => `✅ Начислить ${sum}`,
      debit: (sum: string): string => `✅ Списать ${sum}`,
      refund: (sum: string): string => `✅ Вернуть ${sum}`,
      ban: "⛔ Да, заблокировать",
      unban: "✅ Да, разблокировать",
    },
  },

  operations: {
    title: "🧾 Операции",
    empty: "Движений ещё не было.",
    by: (actor: number): string => `админ ${actor}`,
    kinds: {
      credit: "пополнение",
      hold: "резерв",
      post: "оплата",
      void: "возврат из резерва",
      refund: "возврат",
      adjust: "корректировка",
    } satisfies Record<LedgerLineKind, string> as Record<LedgerLineKind, string>,
    accounts: {
      main: "основной",
      bonus: "бонусный",
      held: "резерв",
      debt: "долг",
      revenue: "выручка",
      welcome: "приветственный бонус",
      sandbox: "песочница",
      stars: "Telegram Stars",
      bank: "банк",
      promo: "промокод",
      referral: "приглашение",
      admin: "администратор",
    } as Readonly<Record<string, string>>,
  },

  generations: {
    title: "🎨 Генерации",
    lead: "Последние. Нажмите на номер, чтобы открыть.",
    empty: "Генераций ещё не было.",
    gone: "Такой генерации у пользователя нет.",
    id: (id: string): string => `Генерация: ${id}`,
    task: (id: string): string => `Задача KIE: ${id}`,
    noTask: "Задачи KIE нет",
    code: (code: string): string => `Код ошибки: ${code}`,
    price: (sum: string): string => `Цена: ${sum}`,
    charged: (sum: string): string => `Списано: ${sum}`,
    chargedParts: (sum: string, main: string, bonus: string): string =>
      `Списано: ${sum} (основной ${main}, бонусный ${bonus})`,
    open: "Деньги ещё в резерве",
    refunded: (sum: string): string => `↩️ Возвращено: ${sum}`,
    finished: (time: string): string => `Закончена: ${time}`,
    resending: "Отправляем пользователю ещё раз",
    nothingToSend: "Отправлять нечего: результата нет.",
    notRefundable: "Вернуть нечего: за генерацию не списано или деньги уже вернули.",
  },

  refund: {
    title: "↩️ Возврат за генерацию",
    askReason: "За что возвращаем? Напишите причину: её увидит пользователь.",
    gives: (main: string, bonus: string): string => `Вернётся: основной ${main}, бонусный ${bonus}.`,
    done: "✅ Деньги возвращены",
    started: "Возвращаем",
  },

  adjust: {
    titles: { credit: "➕ Начисление", debit: "➖ Списание" },
    askAccount: "На какой баланс?",
    askAccountOf: "С какого баланса?",
    askAmount: "Сколько рублей? Например, 100 или 99,50.",
    badAmount: (text: string, most: string): string =>
      `«${text}» не похоже на сумму. Нужно число рублей больше нуля и не больше ${most}, например 100 или 99,50.`,
    askReason: "Напишите причину: её увидит пользователь, и она останется в операциях.",
    badReason: (limit: number): string => `Причина должна быть от 3 до ${number(limit)}${NBSP}знаков.`,
    user: (name: string, id: number): string => `Кому: ${name}, ${id}`,
    userOf: (name: string, id: number): string => `У кого: ${name}, ${id}`,
    amount: (sum: string): string => `Сумма: ${sum}`,
    reason: (reason: string): string => `Причина: ${reason}`,
    change: (before: string, after: string): string => `${before} → ${after}`,
    short: (sum: string): string => `На этом балансе только ${sum}: списать столько нельзя.`,
    done: { credit: "✅ Начислено", debit: "✅ Списано" },
    started: { credit: "Начисляем", debit: "Списываем" },
    stale: "Эта кнопка устарела: подтвердить можно только последнее.",
  },

  ban: {
    ask: (name: string): string =>
      `${name}: заблокировать? Новые генерации станут недоступны, деньги останутся на балансе.`,
    askUnban: (name: string): string => `${name}: разблокировать?`,
    banned: "Заблокирован",
    unbanned: "Разблокирован",
  },

  notices: {
    credited: {
      main: (sum: string): string => `Вам начислено ${sum}.`,
      bonus: (sum: string): string => `Вам начислено ${sum} бонусами.`,
    },
    debited: {
      main: (sum: string): string => `С вашего баланса списано ${sum}.`,
      bonus: (sum: string): string => `С вашего бонусного баланса списано ${sum}.`,
    },
    refunded: (sum: string): string => `Мы вернули вам ${sum} за генерацию.`,
    refundedBonus: (bonus: string): string => `Из них бонусами: ${bonus}.`,
    reason: (reason: string): string => `Причина: ${reason}`,
    balance: "Баланс",
  },
};

/** The shape every language has. */
export type AdminUsersTexts = typeof adminUsersRu;
