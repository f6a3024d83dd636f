import * as fc from "fast-check";
import { expect, test } from "vitest";
import { itemsOf } from "../../../lib/catalog/conditions.ts";
import { keptEven, sharedOut, sharesOf } from "../../../lib/conversation/shares.ts";
import { Dialogue } from "./dialogue.ts";
import { memoryCatalog } from "./fixture-catalog.ts";

function filmCard(...shots: string[]): Dialogue {
  const dialogue = new Dialogue();
  dialogue.tap({ kind: "model", family: "film" });
  if (shots.length > 0) dialogue.say(shots.join("\n"));
  return dialogue;
}

function talkLines(...said: string[]): Dialogue {
  const dialogue = new Dialogue();
  dialogue.tap({ kind: "model", family: "talk" });
  dialogue.say(said.join("\n"));
  dialogue.press("Реплики");
  return dialogue;
}

const seconds = (dialogue: Dialogue) => itemsOf(dialogue.values.shots).map(({ duration }) => duration);

test("A5 shots pasted at once share the film's seconds, and ✅ is the next tap", () => {
  const dialogue = filmCard("Утро", "День", "Вечер", "Ночь");
  expect(seconds(dialogue)).toEqual([2, 2, 1, 1]);
  expect(dialogue.press("✅ Создать").effects).toHaveLength(1);
});

test("A5 another length of the film, another line or one less deals the seconds out anew", () => {
  const dialogue = filmCard("Утро", "День");
  expect(seconds(dialogue)).toEqual([3, 3]);
  dialogue.press("Длительность");
  dialogue.press("10\u00a0с");
  expect(seconds(dialogue)).toEqual([5, 5]);
  dialogue.press("Сцены");
  dialogue.say("Ночь");
  expect(seconds(dialogue)).toEqual([4, 3, 3]);
  dialogue.press("✕");
  expect(seconds(dialogue)).toEqual([5, 5]);
});

test("A5 seconds set by hand stay, the screen counts them, and either of two buttons makes them fit again", () => {
  const dialogue = filmCard("Утро", "День");
  dialogue.press("Сцены");
  expect(dialogue.text).toContain("Занято 6\u00a0с из 6\u00a0с.");
  expect(dialogue.labels).not.toContain("⚖️ Разделить поровну");
  dialogue.press("3\u00a0с");
  dialogue.press("5\u00a0с");
  expect(seconds(dialogue)).toEqual([5, 3]);
  expect(dialogue.text).toContain("⚠️ Занято 8\u00a0с из 6\u00a0с.");
  dialogue.press("Длительность: 8\u00a0с");
  expect(dialogue.values.duration).toBe(8);
  expect(seconds(dialogue)).toEqual([5, 3]);
  expect(dialogue.text).not.toContain("⚠️");
  dialogue.press("Сцены");
  dialogue.press("5\u00a0с");
  dialogue.press("1\u00a0с");
  dialogue.press("⚖️ Разделить поровну");
  expect(seconds(dialogue)).toEqual([4, 4]);
});

test("A5 a length that no option of the film has is not offered, nor a share that no line takes", () => {
  const dialogue = filmCard("Утро", "День");
  dialogue.press("Сцены");
  dialogue.press("3\u00a0с");
  dialogue.press("2\u00a0с");
  expect(dialogue.labels.filter((label) => label.startsWith("Длительность"))).toEqual([]);
  const long = filmCard("Одна сцена");
  long.press("Длительность");
  long.press("10\u00a0с");
  long.press("Сцены");
  expect(long.labels).not.toContain("⚖️ Разделить поровну");
  expect(long.text).toContain("⚠️ Занято 6\u00a0с из 10\u00a0с.");
});

test("A5 shares always add up to the whole, whole steps each, and stay within the line's limits", () => {
  const found = memoryCatalog().entry("film");
  if (found === undefined) throw new Error("no film");
  const { entry } = found;
  void fc.assert(
    fc.property(
      fc.constantFrom(4, 6, 8, 10),
      fc.array(fc.integer({ min: 1, max: 8 }), { minLength: 1, maxLength: 4 }),
      (duration, numbers) => {
        const shots = numbers.map((each) => ({ prompt: "сцена", duration: each }));
        const values = sharedOut(entry, { duration, shots }, "shots");
        const dealt = itemsOf(values.shots).map((item) => Number(item.duration));
        // One line can not fill a film that is longer than a line may be.
        if (duration / numbers.length > 8) {
          expect(dealt).toEqual(numbers);
          return;
        }
        expect(dealt.reduce((sum, each) => sum + each, 0)).toBe(duration);
        expect(Math.max(...dealt) - Math.min(...dealt)).toBeLessThanOrEqual(1);
        expect(sharesOf(entry, values, "shots")).toMatchObject({ used: duration, total: duration });
        expect(keptEven(entry, values, values)).toBe(values);
      },
    ),
  );
});

test("A5 the lines are numbered, with what is chosen for each", () => {
  const dialogue = talkLines("Привет.", "И тебе.");
  expect(dialogue.text).toContain("1. Голос 1 · 0\u00a0с: Привет.\n2. Голос 2 · 0\u00a0с: И тебе.");
  expect(dialogue.text).toContain("Занято 14 из 3\u00a0000\u00a0знаков.");
});

test("A5 ✏️ opens one line: words are typed, the rest has buttons, the line can move and go", () => {
  const dialogue = talkLines("Привет.", "И тебе.", "Пока.");
  dialogue.press("✏️ 2");
  expect(dialogue.text).toContain("Строка 2");
  expect(dialogue.text).toContain("И тебе.");
  expect(dialogue.labels).toEqual(["Голос: Голос 2", "Пауза: 0\u00a0с", "⬆️ Выше", "⬇️ Ниже", "🗑 Удалить", "‹ Назад"]);
  dialogue.press("⬆️ Выше");
  expect(dialogue.text).toContain("Строка 1");
  expect(dialogue.labels).not.toContain("⬆️ Выше");
  expect(dialogue.values.dialogue).toMatchObject([{ text: "И тебе.", voice: "voice1" }, { text: "Привет." }, {}]);
  dialogue.say("И вам доброго дня.");
  expect(dialogue.values.dialogue).toMatchObject([{ text: "И вам доброго дня.", voice: "voice1" }, {}, {}]);
  dialogue.press("✏️ 3");
  expect(dialogue.labels).not.toContain("⬇️ Ниже");
  dialogue.press("🗑 Удалить");
  expect(dialogue.values.dialogue).toHaveLength(2);
});

test("A5 a new line is asked for, several may come at once, and one too many is refused by the list's name", () => {
  const dialogue = filmCard("Утро", "День");
  dialogue.press("Сцены");
  dialogue.press("➕ Ещё строка");
  expect(dialogue.text).toContain("Новая строка");
  dialogue.say("Вечер\nНочь");
  expect(seconds(dialogue)).toEqual([2, 2, 1, 1]);
  expect(dialogue.labels).not.toContain("➕ Ещё строка");
  dialogue.say("Пятая");
  expect(dialogue.text).toContain("«Сцены»: больше 4\u00a0шт. нельзя.");
  expect(dialogue.values.shots).toHaveLength(4);
});

test("A5 a wrong value of a line is named by its own field", () => {
  const dialogue = filmCard("Утро");
  dialogue.press("Сцены");
  dialogue.press("✏️ 1");
  dialogue.say("я".repeat(101));
  expect(dialogue.text).toContain("«Сцена»: слишком длинно. Можно до 100\u00a0знаков, а здесь 101.");
  dialogue.press("Секунды");
  dialogue.say("десять");
  expect(dialogue.text).toContain("«Секунды»: здесь нужно число. Целое число от 1 до 8.");
});

function lyricsCard(): Dialogue {
  const dialogue = new Dialogue();
  dialogue.tap({ kind: "mode", family: "song", mode: "song" });
  dialogue.say("инди-поп");
  dialogue.press("Слова");
  return dialogue;
}

test("A5 the words of a song: parts can be marked, the used length is shown, more can be added", () => {
  const dialogue = lyricsCard();
  expect(dialogue.text).toContain("[Куплет], [Припев]");
  dialogue.say("[Куплет]\nФонари плывут");
  dialogue.press("Слова");
  expect(dialogue.text).toContain("Занято 22 из 5\u00a0000\u00a0знаков.");
  dialogue.press("➕ Дописать");
  expect(dialogue.text).toContain("Пришлите продолжение");
  dialogue.say("[Припев]\nДомой");
  expect(dialogue.values.lyrics).toBe("[Куплет]\nФонари плывут\n[Припев]\nДомой");
  expect(dialogue.state.screen).toEqual({ kind: "card" });
  dialogue.press("Слова");
  dialogue.say("Заново");
  expect(dialogue.values.lyrics).toBe("Заново");
});

test("A5 a text that Telegram cut in two arrives whole: its second part goes on with the first", () => {
  const dialogue = lyricsCard();
  dialogue.say("я".repeat(4096));
  expect(dialogue.text).toContain("Занято 4\u00a0096 из 5\u00a0000\u00a0знаков.");
  dialogue.say("ж".repeat(900));
  expect(dialogue.values.lyrics).toBe(`${"я".repeat(4096)}\n${"ж".repeat(900)}`);
  expect(dialogue.values.prompt).toBe("инди-поп");
  expect(dialogue.state.screen.kind).toBe("card");
});

test("A5 a long text that came whole needs one «Готово»; too much is told with both lengths and keeps what was there", () => {
  const dialogue = lyricsCard();
  dialogue.say("я".repeat(4000));
  dialogue.say("ж".repeat(1000));
  expect(dialogue.text).toContain("«Слова»: слишком длинно. Можно до 5\u00a0000\u00a0знаков, а здесь 5\u00a0001.");
  expect(String(dialogue.values.lyrics)).toHaveLength(4000);
  dialogue.press("✔️ Готово");
  expect(dialogue.labels).toContain("✅ Создать · 9,43\u00a0₽");
});

test("A5 short texts have no such buttons", () => {
  const dialogue = new Dialogue();
  dialogue.say("кот");
  dialogue.press("✏️ Запрос");
  expect(dialogue.labels.join()).not.toContain("Дописать");
  expect(dialogue.text).not.toContain("Занято");
});

test("A5 a seed is cleared by 🎲", () => {
  const dialogue = new Dialogue();
  dialogue.tap({ kind: "mode", family: "movie", mode: "text" });
  dialogue.say("поезд");
  dialogue.press("⚙️");
  dialogue.press("Зерно");
  dialogue.press("42");
  dialogue.press("Зерно");
  dialogue.press("🎲 Случайное");
  expect(dialogue.values.seed).toBeUndefined();
});
