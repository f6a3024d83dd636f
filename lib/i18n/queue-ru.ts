import type { PauseCause } from "../generation/breaker.ts";
import { formatNumber, NBSP, plural } from "./format.ts";

const number = (value: number): string => formatNumber(value, "ru");

/** Waiting, cancelling, pauses of selling and what could not be delivered, in Russian. */
export const queueRu = {
  buttons: {
    cancel: "✖️ Отменить",
    stopWaiting: "🙈 Не ждать",
    undelivered: (count: number): string => `📥 Получить недоставленное: ${number(count)}`,
  },

  cancelled: (sum: string): string => `Отменено, ${sum} вернулись на баланс.`,
  cancelledFree: "Отменено, деньги не списаны.",
  cancelledToast: "Отменено",
  tooLate: "Уже отправлено: остановить Kie.ai нельзя. Результат придёт сюда сам, а если его не будет, деньги вернутся.",
  stopped:
    "Остановить Kie.ai нельзя: задание уже отправлено и оплачено из резерва. Ждать не нужно: результат придёт сюда сам, а если его не будет, деньги вернутся.",

  /** Stands below "перед вами 2", where those before are the person's own. */
  own: "Начнём, как только закончится одна из ваших генераций.",
  ownRunning: (count: number): string =>
    `В очереди. ${plural("ru", count, { one: "Уже создаётся", few: "Уже создаются", many: "Уже создаётся", other: "Уже создаются" })} ${number(count)}${NBSP}${plural("ru", count, { one: "ваша генерация", few: "ваши генерации", many: "ваших генераций", other: "ваши генерации" })}: начнём, как только освободится место.`,
  line: (ahead: number): string =>
    ahead === 0 ? "В общей очереди к Kie.ai вы первые." : `В общей очереди к Kie.ai перед вами${NBSP}${number(ahead)}.`,
  lineWhy: "Kie.ai принимает ограниченное число заданий, поэтому очередь движется каждые несколько секунд.",

  paused: {
    "no-credits": "Сейчас генерации не запускаются, причина на нашей стороне: счёт в Kie.ai пуст.",
    authorization: "Сейчас генерации не запускаются, причина на нашей стороне: Kie.ai не принимает наш ключ.",
    "key-cap": "Сейчас генерации не запускаются, причина на нашей стороне: лимит нашего ключа Kie.ai исчерпан.",
    maintenance: "На Kie.ai идут технические работы, генерации не запускаются.",
    failures: "Сейчас у Kie.ai срывается большинство заданий, новые мы пока не запускаем.",
  } as Record<PauseCause, string>,
  retryAt: (time: string): string => `Проверим снова в${NBSP}${time}.`,
  retryNow: "Проверим снова в ближайшие минуты.",
  cardWaits: "Карточка подождёт, деньги не списаны.",
  queuedWaits: "Начнём сами, как только всё заработает, или вернём деньги.",

  longer: (range: string): string => `Дольше обычного: обычно это ${range}. Kie.ai ещё работает, результат придёт сам.`,
  extended: (time: string): string => `Kie.ai ещё работает. Ждём до${NBSP}${time}, потом вернём деньги.`,

  waitingOne: "Открытой карточки нет. В очереди ждёт одна генерация, её ещё можно отменить.",
  waitingMany: (count: number): string =>
    `Открытой карточки нет. В очереди ждут ${number(count)}${NBSP}${plural("ru", count, { one: "генерация", few: "генерации", many: "генераций", other: "генерации" })}. Откройте ту, которую хотите отменить.`,

  undelivered: (count: number): string => `Не доставлено результатов: ${number(count)}.`,
  undeliveredElsewhere: (count: number): string =>
    `Не доставлено результатов: ${number(count)}. Получить их можно в меню: /start`,
  delivering: "Отправляем",
  nothingUndelivered: "Всё уже доставлено",
};

/** The shape every language has. */
export type QueueTexts = typeof queueRu;
