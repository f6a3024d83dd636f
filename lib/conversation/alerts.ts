import type { RichText } from "./types.ts";

/** What an operator needs to act on trouble. Operators read Russian and codes. */
export interface Alert {
  name: string;
  code: string | null;
  generationId: string | null;
  entryKey: string | null;
  /** Selling pauses because of it. */
  isPause?: boolean;
}

const PAUSED =
  "Новые генерации не продаются, очередь ждёт. Проверяем сами через 1, 2, 4, 8 и дальше каждые 15 минут и напишем, когда заработает.";

const ADVICE: Readonly<Record<string, string>> = {
  "lost-create": "KIE не ответил на создание задачи, и о ней ничего не известно. Деньги пользователю возвращены.",
  "overdue-task": "KIE не закончил задачу в срок. Деньги пользователю возвращены.",
  "stars-odd":
    "Оплата звёздами, которой нет в заказах: чужой, оплаченный или неизвестный счёт. Плательщику зачислено по курсу, лишнее верните.",
  "stars-healed": "Telegram не сообщил об оплате звёздами, её нашла сверка. Деньги зачислены.",
  "stars-charged-back":
    "Звёзды возвращены без вашего решения (возврат через Telegram). Сумма снята с баланса, недостающее — долг.",
  "kie-no-credits": "На счёте KIE не хватает кредитов: пополните его.",
  "kie-unauthorized": "KIE не принимает наш ключ: проверьте KIE_API_KEY и список разрешённых адресов.",
  "kie-key-cap": "Исчерпан лимит нашего ключа в настройках KIE: поднимите его или подождите.",
  "kie-maintenance": "На KIE идут технические работы.",
  "kie-error-rate": "За последние 10 минут больше половины заданий сорвалось у KIE или осталось без ответа.",
  "selling-resumed": "KIE снова работает: генерации продаются, очередь пошла.",
  "failed-update": "Сообщение от Telegram трижды не удалось обработать. Подробности — в журнале по номеру.",
};

/** The message to an admin: what happened, where to look. */
export function alertText(alert: Alert): RichText {
  const facts = [
    alert.code === null ? null : `код ${alert.code}`,
    alert.entryKey === null ? null : `модель ${alert.entryKey}`,
    alert.generationId === null ? null : `№ ${alert.generationId}`,
  ].filter((fact) => fact !== null);
  const advice = ADVICE[alert.name] ?? "Проверьте баланс и ключ KIE: часть генераций не проходит.";
  const title = { bold: `${alert.name === "selling-resumed" ? "✅" : "⚠️"} ${alert.name}` };
  const pause = alert.isPause === true ? [`\n${PAUSED}`] : [];
  return [title, "\n", advice, ...pause, ...(facts.length === 0 ? [] : [`\n${facts.join(" · ")}`])];
}
