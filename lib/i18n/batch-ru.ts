import { NBSP, plural } from "./format.ts";

const prompts = (count: number): string =>
  `${count}${NBSP}${plural("ru", count, { one: "запрос", few: "запроса", many: "запросов", other: "запроса" })}`;

/** Several prompts at once, and one prompt in several models. Sums and times arrive written out. */
export const batchRu = {
  buttons: {
    several: (count: number): string => (count === 0 ? "🗂 Несколько" : `🗂 Несколько: ${count}`),
    compare: "⚖️ Сравнить",
    times: (count: number, price: string): string => `×${count} · ${price}`,
    take: (count: number, price: string): string => `▶️ Взять ${count} · ${price}`,
    create: (count: number, price: string): string => `✅ Создать ${count} · ${price}`,
    compareFor: (count: number, price: string): string => `✅ Сравнить ${count} · ${price}`,
    others: "✏️ Другие запросы",
    rest: (count: number): string => `✖️ Отменить остальные (${count})`,
    goOn: (name: string): string => `▶️ ${name}`,
    again: (price: string): string => `🔁 Ещё раз · ${price}`,
    failed: (count: number, price: string): string => `🔁 Повторить остальные (${count}) · ${price}`,
  },
  title: "🗂 Несколько запросов",
  comparison: "⚖️ Сравнение моделей",
  prompts,
  ask: (limit: number): string =>
    `Пришлите запросы: каждый с новой строки, за один раз до ${limit}. Или файл .txt или .csv.`,
  orRepeat: "Или повторите этот запрос несколько раз:",
  more: (count: number): string => `… и ещё ${count}`,
  addLines: "Пришлите ещё запросы, и они добавятся.",
  only: "Спишется только за то, что получится.",
  total: "Всего:",
  noFree: "Бесплатные генерации здесь не действуют.",
  noSingleDiscounts: "Скидки на отдельные генерации здесь не действуют.",
  sameSeed: "⚠️ Задан seed: одинаковые запросы дадут одинаковый результат.",
  pick: (chosen: number): string =>
    chosen === 1 ? "Отметьте ещё одну или две модели." : "Можно отметить ещё одну модель.",
  same: "Запрос, файлы и общие настройки у всех будут одинаковыми.",
  /** A third other one. */
  enough: "Сравнить можно до трёх моделей. Сначала снимите одну",
  queueFull: (limit: number): string =>
    `В очереди помещается до ${limit}, а вместе с теми, что уже ждут, выходит больше. Возьмите меньше или подождите.`,
  priceChanged: (before: string, after: string): string =>
    `Цена изменилась: была ${before}, стала ${after}. Если она подходит, нажмите кнопку ещё раз.`,

  empty: "Здесь нет ни одного запроса. Пришлите их текстом: каждый с новой строки.",
  one: "Это один запрос. Пришлите ещё или выберите, сколько раз его повторить.",
  tooMany: (count: number, limit: number): string =>
    `Здесь ${prompts(count)}, а за один раз можно до ${limit}. Пришлите список короче или возьмите первые ${limit}.`,
  tooManyMore: (count: number, limit: number): string =>
    `Вместе получилось бы ${prompts(count)}, а за один раз можно до ${limit}. Ничего не добавлено.`,
  line: (position: number, problem: string): string => `Запрос ${position}. ${problem}`,
  noCard: "Файл с текстом нужен к карточке: сначала выберите модель. Список запросов пришлите в «Несколько».",

  status: {
    ready: (count: number, total: number): string => `Готово ${count} из ${total}`,
    running: (count: number): string => `Создаём: ${count}`,
    waiting: (count: number): string => `Ждут очереди: ${count}`,
    failed: (count: number): string => `Не получилось: ${count}`,
    cancelled: (count: number): string => `Отменено: ${count}`,
    usual: (range: string): string => `Один результат обычно занимает ${range}.`,
    noWaiting: "Ждать здесь не нужно: всё придёт вместе, когда закончится.",
    sending: "Отправляем результаты.",
    cancelling: "Отменяем остальные, деньги за них вернутся сразу",
    nothingToCancel: "Отменять уже нечего: всё начато или закончено",
  },
  result: {
    none: (title: string): string => `Не получилось: ${title}`,
    done: (count: number, total: number, title: string): string =>
      count === total ? `Готово: ${title}` : `Готово ${count} из ${total}: ${title}`,
    returned: (sum: string): string => `вернулось ${sum}`,
    left: (sum: string): string => `осталось ${sum}`,
    charged: (sum: string): string => `Списано ${sum}`,
    cancelled: (numbers: string): string => `Отменено: ${numbers}`,
    goOnWith: "С какой моделью продолжить?",
    openOne: "Чтобы открыть один из результатов, нажмите на его номер.",
  },
};

export type BatchTexts = typeof batchRu;
