import type { Language } from "../shared/localized.ts";
import { formatNumber, NBSP, plural } from "./format.ts";

/** Messages that nobody asked for with a button: what happened to the catalog and its models. */
export interface NoticeTexts {
  sync: {
    title: string;
    compared: (models: number) => string;
    nothingNew: string;
    /** KIE did not answer for hours. */
    failed: string;
    newModels: (count: number) => string;
    gone: (count: number) => string;
    changed: (count: number) => string;
    prices: (count: number) => string;
    open: string;
  };
  hidden: { title: (model: string) => string; why: string; open: string };
  works: { text: (model: string) => string; open: string };
}

const ruCount = (count: number) => formatNumber(count, "ru");
const enCount = (count: number) => formatNumber(count, "en");

const ru: NoticeTexts = {
  sync: {
    title: "🔄 Сверка каталога с KIE",
    compared: (models) =>
      `Просмотрено ${ruCount(models)}${NBSP}${plural("ru", models, { one: "модель", few: "модели", many: "моделей", other: "модели" })}.`,
    nothingNew: "Новостей нет: всё, что есть у KIE, у нас учтено.",
    failed: "Сверить не удалось: каталог KIE несколько часов не отвечал. Попробуем снова по расписанию.",
    newModels: (count) => `Новые модели: ${ruCount(count)}`,
    gone: (count) => `Исчезли: ${ruCount(count)}`,
    changed: (count) => `Изменились поля: ${ruCount(count)}`,
    prices: (count) => `Изменились цены: ${ruCount(count)}`,
    open: "Посмотреть",
  },
  hidden: {
    title: (model) => `🔴 Модель ${model} скрыта из меню`,
    why: "За последние сутки больше половины генераций не удались. Модель вернётся сама, когда ошибки уйдут, или её можно показать сейчас.",
    open: "Открыть модель",
  },
  works: { text: (model) => `🟢 Модель ${model} снова работает.`, open: "Открыть" },
};

const en: NoticeTexts = {
  sync: {
    title: "🔄 Comparison with KIE's catalogue",
    compared: (models) => `${enCount(models)} ${models === 1 ? "model" : "models"} checked.`,
    nothingNew: "No news: we know everything that KIE has.",
    failed: "The comparison failed: KIE's catalogue did not answer for hours. We will try again as scheduled.",
    newModels: (count) => `New models: ${enCount(count)}`,
    gone: (count) => `Gone: ${enCount(count)}`,
    changed: (count) => `Fields changed: ${enCount(count)}`,
    prices: (count) => `Prices changed: ${enCount(count)}`,
    open: "Show",
  },
  hidden: {
    title: (model) => `🔴 ${model} is hidden from the menus`,
    why: "More than half of its generations failed in the last 24 hours. It comes back by itself when the failures stop, or you can show it now.",
    open: "Open the model",
  },
  works: { text: (model) => `🟢 ${model} works again.`, open: "Open" },
};

const TEXTS: Readonly<Record<Language, NoticeTexts>> = { ru, en };

export function noticeTexts(language: Language): NoticeTexts {
  return TEXTS[language];
}
