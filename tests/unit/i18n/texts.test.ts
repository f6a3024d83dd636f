import { expect, test } from "vitest";
import type { ValueProblem } from "../../../lib/catalog/param-values.ts";
import { adminTexts } from "../../../lib/i18n/admin.ts";
import { texts } from "../../../lib/i18n/index.ts";
import { problemText } from "../../../lib/i18n/problem-text.ts";

/** Every text as it comes out, functions called with arguments of every sort they may take. */
function spoken(value: unknown, path: string): [string, string][] {
  if (typeof value === "string") return [[path, value]];
  if (typeof value === "function") {
    return [1, 2, 5, 21].flatMap((count): [string, string][] => {
      const args = argumentsFor(path, count, value.length);
      return [[`${path}(${args.join()})`, String(value(...args))]];
    });
  }
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => spoken(inner, `${path}.${key}`));
}

function argumentsFor(path: string, count: number, length: number): (string | number)[] {
  if (path.endsWith("fileFirst")) return ["image"];
  if (path.endsWith("wrongMedia") && length === 2) return ["X", "audio"];
  return Array.from({ length }, (_, index) => (index === 0 && path.includes("problems") ? "X" : count));
}

const all = { ru: spoken(adminTexts("ru"), "ru"), en: spoken(adminTexts("en"), "en") };

test.each(["ru", "en"] as const)("%s: no text is missing, doubled in spaces or broken off", (language) => {
  expect(all[language].length).toBeGreaterThan(200);
  for (const [path, text] of all[language]) {
    expect(text.trim(), path).toBe(text);
    expect(text, path).not.toBe("");
    expect(text, path).not.toMatch(/undefined|NaN|\[object|null| {2}/);
    expect(text, path).not.toMatch(/!/);
  }
});

test("both languages have the same texts", () => {
  expect(all.en.map(([path]) => path.replace("en", ""))).toEqual(all.ru.map(([path]) => path.replace("ru", "")));
});

test("English holds no Cyrillic", () => {
  // A language is called by its own name, so that whoever can not read the others finds it.
  for (const [path, text] of all.en.filter(([path]) => !path.endsWith("settings.languages.ru"))) {
    expect(text, path).not.toMatch(/\p{Script=Cyrillic}/u);
  }
});

test("Russian quotes are «ёлочки», and a number never parts from its word", () => {
  for (const [path, text] of all.ru) {
    expect(text, path).not.toMatch(/["“”]/);
    expect(text, path).not.toMatch(/\d (?:₽|с|мин|МБ|шт|знак|модел|генерац)/);
  }
});

test("a button holds at most one emoji", () => {
  for (const language of ["ru", "en"] as const) {
    for (const [path, text] of spoken(texts(language).buttons, "buttons")) {
      expect(text.match(/\p{Extended_Pictographic}/gu)?.length ?? 0, path).toBeLessThanOrEqual(1);
    }
  }
});

const PROBLEMS: readonly ValueProblem[] = [
  { code: "missing", param: "p" },
  { code: "too-long", param: "p", limit: 1000, actual: 1001 },
  { code: "too-short", param: "p", limit: 21, actual: 1 },
  { code: "not-an-option", param: "p" },
  { code: "not-a-number", param: "p", min: 0, max: 1, step: 0.05 },
  { code: "out-of-range", param: "p", min: 3, max: 15, step: 1 },
  { code: "wrong-media", param: "p", accepts: "audio" },
  { code: "wrong-format", param: "p", formats: ["jpeg", "jpg", "webp"], actual: "gif" },
  { code: "file-too-large", param: "p", limitMegabytes: 10, actualMegabytes: 12.5 },
  { code: "too-many-items", param: "p", limit: 10 },
  { code: "too-few-items", param: "p", limit: 2 },
  { code: "duration-out-of-range", param: "p", minSeconds: 3, maxSeconds: 15, actualSeconds: 61 },
  { code: "duration-out-of-range", param: "p", minSeconds: 0, maxSeconds: 15, actualSeconds: 61 },
  { code: "duration-out-of-range", param: "p", minSeconds: 3, maxSeconds: Number.MAX_SAFE_INTEGER, actualSeconds: 1 },
  { code: "picture-size", param: "p", minSide: 300, maxSide: 4000, maxMegapixels: 16 },
  { code: "rule", param: null, say: { ru: "Так нельзя.", en: "Not so." } },
];

test("every problem is one clear sentence with the field and what is allowed", () => {
  expect(PROBLEMS.map((problem) => problemText(problem, "Поле", "ru"))).toEqual([
    "Не хватает: «Поле».",
    "«Поле»: слишком длинно. Можно до 1\u00a0000\u00a0знаков, а здесь 1\u00a0001.",
    "«Поле»: слишком коротко. Нужно от 21\u00a0знака, а здесь 1.",
    "«Поле»: такого значения нет. Выберите его кнопкой.",
    "«Поле»: здесь нужно число. Число от 0 до 1, шаг 0,05.",
    "«Поле»: такое число не подойдёт. Целое число от 3 до 15.",
    "«Поле»: сюда подойдёт только аудио.",
    "«Поле»: формат GIF не подойдёт. Нужен JPEG или WebP.",
    "«Поле»: файл слишком большой. Можно до 10\u00a0МБ, а здесь 12,5\u00a0МБ.",
    "«Поле»: больше 10\u00a0шт. нельзя.",
    "«Поле»: нужно хотя бы 2\u00a0шт.",
    "«Поле»: файл на 1\u00a0мин 1\u00a0с не подойдёт. Длительность от 3\u00a0с до 15\u00a0с.",
    "«Поле»: файл на 1\u00a0мин 1\u00a0с не подойдёт. Не длиннее 15\u00a0с.",
    "«Поле»: файл на 1\u00a0с не подойдёт. Не короче 3\u00a0с.",
    "«Поле»: размер картинки не подойдёт. Нужно: стороны не меньше 300\u00a0пикселей, стороны не больше 4\u00a0000\u00a0пикселей, всего до 16\u00a0Мп.",
    "Так нельзя.",
  ]);
  for (const problem of PROBLEMS) expect(problemText(problem, "Field", "en")).not.toMatch(/\p{Script=Cyrillic}/u);
});
