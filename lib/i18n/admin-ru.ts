import type { CatalogChange, Completion, HealthMark, LIMITS } from "../catalog/live/changes.ts";
import type { PauseCause } from "../generation/breaker.ts";
import { formatNumber, NBSP, plural } from "./format.ts";

type Per = NonNullable<Completion["price"]>["per"];
/** As in the dialogue of the admins (lib/conversation/admin/types.ts). */
type Status = "proposed" | "approved" | "ignored" | "rolled-back";

const number = (value: number): string => formatNumber(value, "ru");

/** "8 кредитов", "0,8 кредита". */
const credits = (value: number): string => {
  const word = Number.isInteger(value)
    ? plural("ru", value, { one: "кредит", few: "кредита", many: "кредитов", other: "кредита" })
    : "кредита";
  return `${number(value)}${NBSP}${word}`;
};

/** What the admins read, in Russian. Names of models and fields are KIE's own. The English twin has this shape. */
export const adminRu = {
  home: {
    title: "🛠 Управление",
    waiting: (count: number): string =>
      `Каталог: ${number(count)}${NBSP}${plural("ru", count, { one: "изменение ждёт", few: "изменения ждут", many: "изменений ждут", other: "изменения ждут" })} решения.`,
    nothingWaits: "Каталог: решать нечего.",
    paused: (cause: string, code: string | null, since: string): string =>
      `⛔️ Продажи стоят с${NBSP}${since}: ${cause}${code === null ? "" : ` (код ${code})`}. Очередь ждёт.`,
    pauseCauses: {
      "no-credits": "на счёте KIE нет кредитов",
      authorization: "KIE не принимает наш ключ",
      "key-cap": "исчерпан лимит нашего ключа",
      maintenance: "на KIE технические работы",
      failures: "большинство заданий срывается",
    } as Record<PauseCause, string>,
    probeAt: (time: string): string => `Сами проверим в${NBSP}${time}.`,
    resumed: "Продажи открыты, очередь пошла",
  },

  buttons: {
    sync: "🔄 Каталог: синхронизация",
    models: "🎨 Модели",
    home: "🛠 Управление",
    sell: "▶️ Открыть продажи",
    syncNow: "🔄 Синхронизировать сейчас",
    refresh: "🔄 Обновить",
    approve: "✅ Принять",
    ignore: "🚫 Пропустить",
    rollBack: "↩️ Откатить",
    price: "✏️ Цена",
    titleRu: "✏️ Название по-русски",
    titleEn: "✏️ Название по-английски",
    keep: "✖️ Не менять",
    routeFirst: "Сначала основной путь",
    routeSecond: "Сначала второй путь",
    show: (title: string): string => `🚫 ${title}: показать`,
    hide: (title: string): string => `👁 ${title}: скрыть`,
  },

  sync: {
    title: "🔄 Каталог: синхронизация",
    never: "Каталог KIE ещё не сверялся.",
    running: (since: string, read: number, total: number): string =>
      `Сверка идёт с${NBSP}${since}: прочитано ${number(read)} из ${number(total)}.`,
    done: (time: string, total: number): string =>
      `Последняя сверка: ${time}, ${number(total)}${NBSP}${plural("ru", total, { one: "модель", few: "модели", many: "моделей", other: "модели" })}.`,
    waiting: "Ждут решения:",
    nothingWaits: "Всё, что есть у KIE, у нас учтено.",
    started: "Сверка начата. Это займёт несколько минут.",
    kinds: {
      "new-model": "новые модели",
      "gone-model": "исчезли",
      "field-added": "новые поля",
      "field-removed": "поля убраны",
      options: "другие значения",
      limit: "другие пределы",
      "price-text": "другие цены",
    } as Record<CatalogChange["kind"], string>,
    kindLine: (kind: string, count: number): string => `— ${kind}: ${number(count)}`,
  },

  statuses: {
    proposed: "Ждут решения",
    approved: "Принятые",
    ignored: "Пропущенные",
    "rolled-back": "Отменённые",
  } as Record<Status, string>,
  status: {
    proposed: "Ждёт решения",
    approved: "✅ Принято и действует",
    ignored: "🚫 Пропущено",
    "rolled-back": "↩️ Отменено: действует то, что было до этого",
  } as Record<Status, string>,
  statusButton: (status: string, count: number): string => `${status} · ${number(count)}`,

  proposals: {
    empty: "Здесь пусто.",
    lead: "Нажмите на номер, чтобы открыть.",
    page: (page: number, pages: number): string => `Страница ${number(page)} из ${number(pages)}`,
    gone: "Такого изменения больше нет.",
  },

  change: {
    "new-model": (model: string, title: string): string => `➕ Новая модель: ${title} (${model})`,
    "gone-model": (model: string): string => `➖ У KIE больше нет модели ${model}`,
    "field-added": (model: string, name: string): string => `🧩 ${model}: новое поле ${name}`,
    "field-removed": (model: string, name: string): string => `🧩 ${model}: поля ${name} больше нет`,
    options: (model: string, name: string): string => `🎛 ${model}: другие значения у ${name}`,
    limit: (model: string, name: string, limit: string, before: string, after: string): string =>
      `📏 ${model}: ${name}, ${limit}: ${before} → ${after}`,
    "price-text": (model: string): string => `💰 ${model}: KIE пишет о цене иначе`,
  },

  limits: {
    min: "наименьшее значение",
    max: "наибольшее значение",
    minLength: "наименьшая длина",
    maxLength: "наибольшая длина",
    minItems: "наименьшее число элементов",
    maxItems: "наибольшее число элементов",
    required: "обязательно",
  } as Record<(typeof LIMITS)[number], string>,
  yes: "да",
  no: "нет",
  none: "не задано",

  proposal: {
    provider: (provider: string): string => `Поставщик: ${provider}`,
    taskTypes: (types: string): string => `Что умеет: ${types}`,
    params: (names: string): string => `Поля: ${names}`,
    noFamily: (problem: string): string => `Карточку из схемы собрать не удалось: ${problem}`,
    field: (type: string, isRequired: boolean): string =>
      `Тип: ${type}, ${isRequired ? "обязательное" : "необязательное"}`,
    fieldOptions: (options: string): string => `Значения: ${options}`,
    fieldLimits: (limits: string): string => `Пределы: ${limits}`,
    fieldDefault: (value: string): string => `По умолчанию: ${value}`,
    added: (options: string): string => `Появились: ${options}`,
    removed: (options: string): string => `Исчезли: ${options}`,
    before: "Было:",
    after: "Стало:",
    priceSays: "KIE пишет о цене:",
    noPriceText: "KIE ничего не пишет о цене.",
    suggestion: (price: string): string => `Похоже на: ${price}.`,
    missingPrice: "Чтобы принять, нужна цена.",
    priceStays: "Пока новой цены нет, модель продаётся по прежней.",
    priceReplaces: (rows: number): string =>
      `⚠️ Сейчас у модели ${number(rows)}${NBSP}${plural("ru", rows, { one: "цена", few: "цены", many: "цен", other: "цены" })} на разные случаи. Новая заменит их все.`,
    category: (name: string): string => `Раздел: ${name}`,
    titleRu: (title: string): string => `Название по-русски: ${title}`,
    titleEn: (title: string): string => `Название по-английски: ${title}`,
    price: (price: string): string => `Цена KIE: ${price}`,
    fault: (fault: string): string => `⚠️ Принять пока нельзя: ${fault}`,
    askPrice: "Сколько кредитов это стоит у KIE? Напишите число, например 8 или 0,5. За что оно, выберите кнопкой.",
    askTitle: {
      titleRu: "Как назвать по-русски то, что делает модель? Например, «Картинка по описанию». До 40\u00a0знаков.",
      titleEn: "Как назвать по-английски то, что делает модель? До 40\u00a0знаков.",
    },
    badPrice: (text: string): string =>
      `«${text}» не похоже на цену. Нужно число кредитов от 0 до 1 000 000, например 8 или 0,5.`,
    badTitle: (limit: number): string => `Название должно быть от 1 до ${number(limit)}${NBSP}знаков.`,
    priceFirst: "Сначала напишите, сколько кредитов.",
    approved: "Принято, уже действует",
    ignored: "Пропущено",
    rolledBack: "Отменено, действует прежнее",
    incomplete: "Сначала укажите цену.",
    alreadyDecided: "Решение по этому изменению уже принято",
  },

  per: {
    generation: "за генерацию",
    request: "за запрос",
    image: "за изображение",
    second: "за секунду",
    "1000 chars": `за 1000${NBSP}знаков`,
    megapixel: "за мегапиксель",
    minute: "за минуту",
    "1M tokens": `за 1${NBSP}млн токенов`,
  } as Record<Per, string>,
  priceOf: (amount: number, per: string): string => `${credits(amount)} ${per}`,

  families: {
    title: (category: string): string => `🎨 Модели: ${category}`,
    pick: "Выберите модель.",
    empty: "В этом разделе моделей нет.",
    gone: "Такой модели в каталоге нет.",
    hiddenModes: (hidden: number, all: number): string => `скрыто ${number(hidden)} из ${number(all)}`,
    key: (key: string): string => `Ключ: ${key}`,
    route: {
      both: (first: string, second: string): string => `Путь: сначала ${first}, потом ${second}`,
      only: (route: string): string => `Путь: ${route}`,
      why: "Второй путь пробуется один раз, когда KIE отвечает, что модели или адреса больше нет.",
    },
    switched: { first: "Теперь сначала основной путь", second: "Теперь сначала второй путь" },
    shown: "Показана в меню",
    hidden: "Скрыта из меню",
    hiddenByHealth: "скрыта: часто не справляется",
    hiddenByHand: "скрыта",
    followUp: "под результатом",
  },

  health: {
    good: "работает хорошо",
    shaky: "бывают сбои",
    broken: "часто не справляется",
  } as Record<HealthMark, string>,
};

/** The shape every language has. */
export type AdminTexts = typeof adminRu;
