import * as z from "zod";
import { CALL_FAULT_KINDS, type FaultKind, UPDATE_FAULT_KINDS, type UpdateFaultKind } from "../telegram/faults.ts";
import { PeopleError, type TelegramControl } from "../telegram/index.ts";
import { entriesOf, type FaultEntry, SHOTS } from "./entry.ts";

const CALLS: Readonly<Record<FaultKind, string>> = {
  "too-many-requests": "429 с retry_after",
  "server-error": "Ошибка 500",
  "gateway-page": "502 со страницей HTML",
  "lost-request": "Обрыв до вызова",
  "hung-request": "Молчание, вызов не выполнен",
  "lost-answer": "Вызов выполнен, ответ потерян",
  "no-answer": "Вызов выполнен, ответа нет",
};

const UPDATES: Readonly<Record<UpdateFaultKind, string>> = {
  "update-twice": "Обновление дважды",
  "update-late": "Обновление опоздает на 30 с",
  "update-answer-lost": "Ответ бота не услышан, придёт снова",
  "update-unreachable": "Обновление не дошло, придёт снова",
};

/**
 * Everything that can go wrong with the simulated Telegram.
 *
 * @param install sets the webhook up again, as the product's set-up does.
 */
export function telegramEntries(telegram: TelegramControl, install: () => Promise<void>): FaultEntry[] {
  const { flag, shots, action, personal } = entriesOf("telegram");
  const { faults } = telegram;
  const counted = (name: string) => () => faults.injected()[name] ?? 0;
  const chatId = z.int().optional();
  return [
    flag({
      name: "pacing",
      label: "Настоящие пределы: 1 сообщение в секунду в чат, 30 всего, 20 правок в минуту",
      get: () => faults.pacing,
      set: (on) => {
        faults.pacing = on;
      },
      injected: counted("pacing"),
    }),
    flag({
      name: "webhook-down",
      label: "Обновления не доходят до бота",
      get: () => faults.webhookDown,
      set: (on) => {
        faults.webhookDown = on;
      },
      injected: counted("webhook-down"),
    }),
    ...CALL_FAULT_KINDS.map((kind) =>
      shots({
        name: kind,
        label: CALLS[kind],
        takes: {
          ...SHOTS,
          method: z.string().min(1).default("*"),
          chatId,
          retryAfterSeconds: z.int().positive().max(86_400).optional(),
        },
        left: () => faults.left(kind),
        arm: ({ method, ...options }) => faults.next(method, kind, options),
        injected: counted(kind),
      }),
    ),
    ...UPDATE_FAULT_KINDS.map((kind) =>
      shots({
        name: kind,
        label: UPDATES[kind],
        takes: { ...SHOTS, chatId, seconds: z.number().positive().max(1_000_000).optional() },
        left: () => faults.left(kind),
        arm: (options) => faults.nextUpdates(kind, options),
        injected: counted(kind),
      }),
    ),
    action({
      name: "webhook-removed",
      label: "Снять вебхук",
      run: () => telegram.removeWebhook(),
      injected: counted("webhook-removed"),
    }),
    action({ name: "webhook-set", label: "Поставить вебхук снова", run: install, injected: () => 0 }),
    personal({
      name: "user-deactivated",
      label: "Пользователь удалил аккаунт",
      run: (userId) => telegram.userVanishes(userId, "deactivated"),
      injected: counted("user-deactivated"),
    }),
    personal({
      name: "chat-not-found",
      label: "Чат пропал",
      run: (userId) => telegram.userVanishes(userId, "not-found"),
      injected: counted("chat-not-found"),
    }),
    personal({
      name: "user-returned",
      label: "Пользователь вернулся",
      run: (userId) => telegram.userVanishes(userId, undefined),
      injected: () => 0,
    }),
    personal({
      name: "message-deleted",
      label: "Пользователь удалил последнее сообщение бота",
      run: (userId) => {
        const newest = telegram.chat(userId)?.messages.findLast(({ from }) => from === "bot");
        if (!newest) throw new PeopleError(404, `The bot has not written to ${userId}`);
        telegram.userDeletes(userId, newest.messageId);
      },
      injected: counted("message-deleted"),
    }),
  ];
}
