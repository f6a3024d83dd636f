import type { Category } from "../catalog/categories.ts";
import type { GenerationState } from "../generation/states.ts";
import type { LedgerLineKind } from "../ledger/settlement.ts";
import type { MediaKind } from "../shared/media.ts";
import type { RunMode } from "../shared/run-mode.ts";
import { bankRu } from "./bank-ru.ts";
import { batchRu } from "./batch-ru.ts";
import { deliveryRu } from "./delivery-ru.ts";
import { documentsRu } from "./documents-ru.ts";
import { editorsRu } from "./editors-ru.ts";
import { failureRu } from "./failure-ru.ts";
import { followUpsRu } from "./follow-ups-ru.ts";
import { formatNumber, NBSP, plural } from "./format.ts";
import { healthRu } from "./health-ru.ts";
import { moneyRu } from "./money-ru.ts";
import { promoRu } from "./promo-ru.ts";
import { queueRu } from "./queue-ru.ts";
import { referralRu } from "./referral-ru.ts";
import { settingsRu } from "./settings-ru.ts";
import { topupRu } from "./topup-ru.ts";

const number = (value: number): string => formatNumber(value, "ru");

/** "3 модели": the number and its word on one line. */
const counted = (value: number, one: string, few: string, many: string): string =>
  `${number(value)}${NBSP}${plural("ru", value, { one, few, many, other: few })}`;

const signs = (value: number): string =>
  `${number(value)}${NBSP}${value % 10 === 1 && value % 100 !== 11 ? "знака" : "знаков"}`;

const MEDIA = { image: "фото", video: "видео", audio: "аудио" } as const satisfies Record<MediaKind, string>;

/**
 * Every text a person reads, in Russian. Sums, times and sizes arrive already written out; counts arrive as numbers,
 * because the words around them change. The English twin must have exactly this shape.
 */
export const ru = {
  media: MEDIA as Record<MediaKind, string>,
  or: "или",

  privateChatsOnly: "Бот работает только в личных чатах. Напишите ему напрямую.",

  buttons: {
    models: "🎨 Все модели",
    balance: "💰 Баланс",
    history: "🕘 История",
    help: "❓ Помощь",
    menu: "☰ Меню",
    back: "‹ Назад",
    cancel: "✖️ Отмена",
    done: "✔️ Готово",
    clear: "🗑 Убрать",
    clearAll: "🗑 Убрать всё",
    example: "💡 Пример",
    promptExample: "💡 Пример запроса",
    advanced: "⚙️ Ещё настройки",
    refresh: "🔄 Обновить",
    again: "🔁 Ещё",
    tryAgain: "🔁 Попробовать ещё раз",
    edit: "✏️ Изменить",
    editPrompt: "✏️ Изменить запрос",
    editSettings: "✏️ Изменить параметры",
    otherMedia: "📎 Прислать другой файл",
    otherModel: "🎨 Другая модель",
    links: "🔗 Ссылки",
    receipt: "🧾 Чек",
    resend: "📤 Прислать ещё раз",
    useQuery: "🖼 Сделать картинку по этому тексту",
    newest: "‹ К последним",
    older: "Раньше ›",
    page: (page: number): string => `Стр.${NBSP}${page}`,
    link: (position: number, total: number): string => (total === 1 ? "Открыть файл" : `Открыть файл ${position}`),
    create: (price: string | null): string => (price === null ? "✅ Создать" : `✅ Создать · ${price}`),
    confirm: (price: string): string => `✅ Подтвердить · ${price}`,
    toCard: (title: string): string => `↩️ К карточке: ${title}`,
    alternatives: {
      cheaper: (title: string, price: string): string => `💸 То же в ${title} · ${price}`,
    },
    tryIt: (title: string, price: string): string => `✨ Попробовать: ${title} · ${price}`,
  },

  commands: {
    start: "Главное меню",
    models: "Все модели",
    balance: "Баланс",
    topup: "Пополнить баланс",
    limit: "Лимит трат на месяц",
    history: "История генераций",
    promo: "Промокод",
    help: "Как пользоваться",
    settings: "Язык и экономия трафика",
    cancel: "Закрыть карточку",
    terms: "Условия",
    privacy: "Какие данные хранятся",
    paysupport: "Вопросы об оплате",
    admin: "Управление",
  },

  /** Stands wherever money is named while nothing is charged. */
  modeMark: {
    real: null,
    "dry-run": "DRY RUN: пробный прогон, деньги не списываются.",
    test: "Тестовый режим: деньги не списываются.",
  } as Record<RunMode, string | null>,

  money: {
    free: "бесплатно",
    from: (price: string): string => `от${NBSP}${price}`,
    upTo: (price: string): string => `до${NBSP}${price}`,
    balance: (main: string): string => `Баланс: ${main}`,
    balanceWithBonus: (main: string, bonus: string): string => `Баланс: ${main} и ${bonus} бонусами`,
    short: (missing: string): string => `Не хватает ${missing}. Карточка подождёт сутки.`,
    shortNow: (missing: string, price: string, available: string): string =>
      `Не хватает ${missing}: нужно ${price}, а на балансе ${available}. Карточка подождёт.`,
    priceChanged: (before: string, after: string): string =>
      `Цена изменилась: была ${before}, стала ${after}. Если она подходит, нажмите «Создать» ещё раз.`,
    priceKnown: (price: string): string => `Цена: ${price}. Если она подходит, нажмите «Создать» ещё раз.`,
  },

  menu: {
    greeting: (name: string): string => (name === "" ? "Здравствуйте." : `Здравствуйте, ${name}.`),
    lead: "Напишите, что нарисовать, пришлите фото или выберите модель.",
    gift: "Бонусы — подарок на знакомство.",
  },

  categories: {
    names: {
      image: "Изображения",
      video: "Видео",
      audio: "Аудио",
      music: "Музыка",
      tools: "Инструменты",
    } as Record<Category, string>,
    buttons: {
      image: "🖼 Изображения",
      video: "🎬 Видео",
      audio: "🎙 Аудио",
      music: "🎵 Музыка",
      tools: "🛠 Инструменты",
    } as Record<Category, string>,
    title: "Все модели",
    lead: "Выберите раздел или напишите название модели.",
  },

  referral: referralRu,
  bank: bankRu,
  delivery: deliveryRu,
  settings: settingsRu,
  batch: batchRu,
  health: healthRu,
  moneyPages: moneyRu,
  promo: promoRu,
  queue: queueRu,
  topup: topupRu,

  browse: {
    pick: "Выберите модель или напишите её название.",
    empty: "Здесь пока ничего нет. Загляните в другой раздел.",
    isNew: "NEW",
    page: (page: number, pages: number): string => `Страница ${page} из ${pages}`,
    found: (query: string, count: number): string =>
      `По запросу «${query}» ${plural("ru", count, { one: "нашлась", few: "нашлись", many: "нашлось", other: "нашлись" })} ${counted(count, "модель", "модели", "моделей")}.`,
    notFound: (query: string): string =>
      `Модели «${query}» нет. Можно выбрать из списка или сделать картинку по этому тексту.`,
    pickMode: "Что будем делать?",
    gone: "Этой модели больше нет в каталоге. Выберите другую.",
  },

  accepting: {
    received: {
      image: (count: number): string => (count === 1 ? "Фото получено." : `Фото получены: ${number(count)}.`),
      video: (count: number): string => (count === 1 ? "Видео получено." : `Видео получены: ${number(count)}.`),
      audio: (count: number): string => (count === 1 ? "Аудио получено." : `Аудио получены: ${number(count)}.`),
    } as Record<MediaKind, (count: number) => string>,
    whatNext: "Что с ним сделать? Выберите модель.",
    whatNextMany: "Что с ними сделать? Выберите модель.",
    withoutFile: {
      image: "Эти модели работают с фото.",
      video: "Эти модели работают с видео.",
      audio: "Эти модели работают с аудио.",
    } as Record<MediaKind, string>,
    none: "Пока ни одна модель не умеет работать с таким файлом. Посмотрите, что есть в каталоге.",
    wordsKept: "Запомнили: эти слова пойдут в запрос. Теперь выберите модель.",
  },

  card: {
    notSet: "не задано",
    yes: "да",
    no: "нет",
    added: "есть",
    absent: "нет",
    counted: (count: number, limit: number): string => `${number(count)} из ${number(limit)}`,
    usual: (range: string): string => `Обычно ${range}`,
    advancedTitle: "⚙️ Ещё настройки",
    promptSaved: "Запрос записан.",
    closed: "Карточка закрыта, деньги не списаны.",
    closedToast: "Карточка закрыта",
    nothingToCancel: "Открытой карточки нет, отменять нечего.",
    reopened: "Прошло больше суток, поэтому карточка открыта заново. Проверьте её ещё раз.",
    stale: "Карточка устарела, вот актуальная",
    staleNoCard: "Карточка устарела, вот что открыто сейчас",
    oldButton: "Это кнопка из прошлой версии бота. Вот что открыто сейчас",
    textNotNeeded: "Этой модели слова не нужны. Настройте её кнопками.",
    noMedia: "Эта модель работает без файлов.",
    wrongMedia: (accepts: string): string => `Такой файл этой модели не подойдёт. Ей можно прислать ${accepts}.`,
    fileFirst: (media: MediaKind): string => `Сейчас нужен файл: ${MEDIA[media]}.`,
    cannotCreate: "Пока создать не получится.",
  },

  editors: editorsRu,
  followUps: followUpsRu,

  question: {
    send: {
      image: "Пришлите фото.",
      video: "Пришлите видео.",
      audio: "Пришлите аудиофайл или голосовое сообщение.",
    } as Record<MediaKind, string>,
    sendMore: "Можно прислать ещё или нажать «Готово».",
    write: "Напишите ответ сообщением.",
    choose: "Выберите значение.",
    chooseOrWrite: "Выберите значение или напишите своё.",
    writeLines: "Пришлите реплики сообщением: каждая строка станет отдельной.",
    now: (value: string): string => `Сейчас: ${value}`,
    line: (position: number): string => `Строка ${position}`,
    optionWarns: "⚠️ отмечено то, что не сочетается с другими параметрами.",
    textLimit: (limit: number): string => `До ${signs(limit)}.`,
    textLimits: (from: number, limit: number): string => `От ${number(from)} до ${signs(limit)}.`,
    integerLimits: (min: number, max: number): string => `Целое число от ${number(min)} до ${number(max)}.`,
    numberLimits: (min: number, max: number, step: number): string =>
      `Число от ${number(min)} до ${number(max)}, шаг ${number(step)}.`,
    secondsLimits: (min: number, max: number): string => `От ${number(min)} до ${number(max)}${NBSP}с.`,
    fileLimits: (formats: string, size: string): string => `${formats}, до ${size}.`,
    filesLimit: (count: number): string => `Можно до ${number(count)}${NBSP}шт.`,
    filesLimits: (from: number, to: number): string =>
      from === to ? `Нужно ${number(to)}${NBSP}шт.` : `Нужно от ${number(from)} до ${number(to)}${NBSP}шт.`,
    durationLimits: (from: string | null, to: string | null): string =>
      from === null
        ? `Не длиннее ${to ?? ""}.`
        : to === null
          ? `Не короче ${from}.`
          : `Длительность от ${from} до ${to}.`,
    sideLimits: (from: string | null, to: string | null): string =>
      from === null ? `Стороны до ${to ?? ""}.` : to === null ? `Стороны от ${from}.` : `Стороны от ${from} до ${to}.`,
    megapixelLimit: (size: string): string => `Не больше ${size}.`,
    totalSeconds: (time: string): string => `Все вместе до ${time}.`,
    linesLimit: (from: number, to: number): string =>
      from === to ? `Нужно строк: ${number(to)}.` : `Строк: от ${number(from)} до ${number(to)}.`,
    totalLimit: (limit: number): string => `Всего до ${signs(limit)}.`,
  },

  confirmation: {
    title: (price: string): string => `Создаём за ${price}?`,
    titleFree: "Создаём бесплатно?",
    upTo: "Это верхняя граница: точная сумма станет известна в конце, лишнее вернётся.",
    balance: (before: string, after: string): string => `Баланс: ${before}, останется ${after}`,
  },

  balance: {
    title: "💰 Баланс",
    main: (sum: string): string => `Основной: ${sum}`,
    bonus: (sum: string): string => `Бонусы: ${sum}. Они тратятся первыми.`,
    held: (sum: string): string => `В резерве: ${sum}. Это за генерации, которые ещё не закончились.`,
    debt: (sum: string): string =>
      `Долг: ${sum}. Он появился из-за возвращённого платежа и погасится со следующего пополнения.`,
    rule: "Деньги списываются, только когда результат готов. Если не вышло, они возвращаются.",
  },

  help: {
    title: "❓ Помощь",
    steps: [
      "1. Напишите, что хотите получить, пришлите файл или выберите модель.",
      "2. Откроется карточка: в ней параметры и цена. Всё можно поменять кнопками.",
      "3. Нажмите «Создать». Результат придёт сюда сообщением.",
    ],
    money: "Деньги сначала резервируются, а списываются, когда результат готов. Если не вышло, они возвращаются.",
    more: "Условия: /terms\nКакие данные хранятся: /privacy\nВопросы об оплате: /paysupport",
  },

  documents: documentsRu,

  status: {
    ahead: (count: number): string => `В очереди: перед вами${NBSP}${number(count)}.`,
    next: "В очереди. Скоро начнём.",
    maintenance: "На Kie.ai идут технические работы. Начнём сами, как только они закончатся, или вернём деньги.",
    crowded: "Сейчас у Kie.ai слишком много запросов. Скоро попробуем ещё раз сами.",
    preparing: "Готовим задание для модели.",
    since: (time: string): string => `Создаём с${NBSP}${time}.`,
    usual: (range: string): string => `Обычно это занимает ${range}.`,
    sending: "Готово. Отправляем результат.",
    held: (sum: string): string => `В резерве ${sum}.`,
    free: "Это бесплатно.",
    noWaiting: "Ждать здесь не нужно: результат придёт сообщением.",
    checking: "Проверяем",
  },

  result: {
    done: (title: string): string => `Готово: ${title}`,
    took: (time: string): string => `Готово за ${time}`,
    charged: (sum: string, left: string): string => `списано ${sum}, осталось ${left}`,
    chargedOnly: (sum: string): string => `Списано ${sum}.`,
    notChargedOnly: "Деньги не списаны.",
    freeOnly: "Бесплатно.",
    free: (left: string): string => `бесплатно, на балансе ${left}`,
    notCharged: (left: string): string => `деньги не списаны, на балансе ${left}`,
    resending: "Отправляем ещё раз",
    notFound: "Такой генерации в вашей истории нет.",
    notYet: "Результата пока нет",
    originalSqueezed: "Файл, который хранил Kie.ai, уже удалён. Это копия из Telegram: он сжимает картинки.",
    originalGone: (number: number, total: number): string =>
      `${total === 1 ? "Исходного файла" : `Исходного файла${NBSP}${number}`} больше нет: Kie.ai его уже удалил, а в Telegram копии не осталось.`,
  },

  failure: failureRu,

  receipt: {
    title: "🧾 Чек",
    number: "Номер:",
    price: (sum: string): string => `Цена: ${sum}`,
    movements: "Движение денег",
    noMovements: "Денег эта генерация не касалась.",
    kinds: {
      credit: "зачислено",
      hold: "в резерв",
      post: "списано",
      void: "возвращено из резерва",
      refund: "возвращено",
      adjust: "в счёт долга",
    } as Record<LedgerLineKind, string>,
    accounts: { main: "основной", bonus: "бонусы" },
  },

  links: {
    title: "🔗 Ссылки",
    lead: (count: number): string => (count === 1 ? "Ссылка на файл живёт недолго." : "Ссылки на файлы живут недолго."),
    until: (time: string): string => `до ${time}`,
    expired: "срок вышел",
    none: "Ссылок нет. Если результат уже приходил, его можно прислать ещё раз.",
    file: (position: number): string => `Файл ${position}`,
  },

  history: {
    title: "🕘 История",
    lead: "Нажмите на номер, чтобы открыть.",
    empty: "Здесь появятся ваши генерации. Начните с любой модели.",
    emptyPage: "Раньше этого ничего нет.",
    states: {
      queued: "в очереди",
      submitting: "готовим",
      submitted: "создаём",
      succeeded: "отправляем",
      delivered: "готово",
      failed: "не получилось",
      returned: "деньги возвращены",
      expired: "не дождались",
      undeliverable: "готово, но не доставлено",
      cancelled: "отменено",
    } as Record<GenerationState, string>,
  },

  refusals: {
    banned: "Создавать новое с этого аккаунта сейчас нельзя. Если это ошибка, напишите владельцу бота.",
    debt: (sum: string): string => `На балансе долг ${sum}. Создавать можно, когда он погашен.`,
    queueFull: (limit: number): string =>
      `В очереди уже ${counted(limit, "генерация", "генерации", "генераций")}, больше пока нельзя. Дождитесь любой из них.`,
    spendLimit: (limit: string): string => `Это больше вашего лимита трат на месяц: ${limit}. Изменить его: /limit.`,
  },

  unsupported: {
    lead: "Такое сообщение бот не понимает. Напишите словами или пришлите фото, видео или аудио.",
    command: (name: string): string => `Команды /${name} нет. Вот что есть:`,
    voiceless: "Напишите, что создать, или выберите модель.",
  },

  mediaRefused: {
    tooLarge: (limit: string): string =>
      `Файл слишком большой: бот принимает до ${limit}. Уменьшите его и пришлите снова.`,
    "words-too-large": `Текст слишком большой: бот читает файлы до 256${NBSP}КБ.`,
    unreadable: "Файл не открывается: он повреждён или такого формата бот не знает. Пришлите другой.",
    unavailable: "Файл не удалось забрать из Telegram. Пришлите его ещё раз.",
  },

  problems: {
    missing: (label: string): string => `Не хватает: «${label}».`,
    tooLong: (label: string, limit: number, actual: number): string =>
      `«${label}»: слишком длинно. Можно до ${signs(limit)}, а здесь ${number(actual)}.`,
    tooShort: (label: string, limit: number, actual: number): string =>
      `«${label}»: слишком коротко. Нужно от ${signs(limit)}, а здесь ${number(actual)}.`,
    notAnOption: (label: string): string => `«${label}»: такого значения нет. Выберите его кнопкой.`,
    notANumber: (label: string, allowed: string): string => `«${label}»: здесь нужно число. ${allowed}`,
    outOfRange: (label: string, allowed: string): string => `«${label}»: такое число не подойдёт. ${allowed}`,
    wrongMedia: (label: string, media: MediaKind): string => `«${label}»: сюда подойдёт только ${MEDIA[media]}.`,
    wrongFormat: (label: string, formats: string, actual: string): string =>
      `«${label}»: формат ${actual} не подойдёт. Нужен ${formats}.`,
    fileTooLarge: (label: string, limit: string, actual: string): string =>
      `«${label}»: файл слишком большой. Можно до ${limit}, а здесь ${actual}.`,
    tooManyItems: (label: string, limit: number): string => `«${label}»: больше ${number(limit)}${NBSP}шт. нельзя.`,
    tooFewItems: (label: string, limit: number): string => `«${label}»: нужно хотя бы ${number(limit)}${NBSP}шт.`,
    duration: (label: string, limits: string, actual: string): string =>
      `«${label}»: файл на ${actual} не подойдёт. ${limits}`,
    pictureSize: (label: string, limits: string): string =>
      `«${label}»: размер картинки не подойдёт. Нужно: ${limits}.`,
    minSide: (side: string): string => `стороны не меньше ${side}`,
    maxSide: (side: string): string => `стороны не больше ${side}`,
    maxMegapixels: (size: string): string => `всего до ${size}`,
  },
};

/** The shape every language has. */
export type Texts = typeof ru;
