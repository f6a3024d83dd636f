import { formatNumber, NBSP } from "./format.ts";

const number = (value: number): string => formatNumber(value, "ru");

/** Editing of lines and of long texts, in Russian. */
export const editorsRu = {
  buttons: {
    addLine: "➕ Ещё строка",
    removeLine: "🗑 Удалить",
    moveUp: "⬆️ Выше",
    moveDown: "⬇️ Ниже",
    shareOut: "⚖️ Разделить поровну",
    totalAs: (label: string, value: string): string => `${label}: ${value}`,
    append: "➕ Дописать",
    random: "🎲 Случайное",
  },
  newLine: (position: number): string => `Новая строка: ${position}-я`,
  writeLine: "Напишите её сообщением. Несколько строк сразу тоже можно.",
  rewriteLine: "Напишите новый текст строки или поменяйте остальное кнопками.",
  addMore: "Чтобы добавить, просто пришлите текст: каждая строка станет отдельной.",
  sharesUsed: (used: string, total: string): string => `Занято ${used} из ${total}.`,
  characters: (used: number, limit: number): string =>
    `Занято ${number(used)} из ${number(limit)}${NBSP}${limit % 10 === 1 && limit % 100 !== 11 ? "знака" : "знаков"}.`,
  appending: "Пришлите продолжение: оно встанет после того, что уже есть. Или нажмите «Готово».",
  sections: "Части песни можно подписать: [Куплет], [Припев], [Проигрыш], [Финал].",
};

/** The shape every language has. */
export type EditorTexts = typeof editorsRu;
