import { expect, test } from "vitest";
import { DAY_MS } from "../../../lib/shared/clock.ts";
import { Dialogue, makeFacts, NOW } from "./dialogue.ts";

function movieCard(dialogue = new Dialogue()): Dialogue {
  dialogue.command("start");
  dialogue.tap({ kind: "mode", family: "movie", mode: "text" });
  dialogue.say("Поезд едет вдоль моря");
  return dialogue;
}

test("A5 the card shows model, prompt, every card param, the balance and the price on the button", () => {
  const dialogue = movieCard();
  expect(dialogue.text).toContain("Movie 3.0 · Видео по тексту");
  expect(dialogue.text).toContain("Поезд едет вдоль моря");
  expect(dialogue.text).toContain("Качество: 480p");
  expect(dialogue.text).toContain("Длительность: 5\u00a0с");
  expect(dialogue.text).toContain("Звук: нет");
  expect(dialogue.text).toContain("Баланс: 128\u00a0₽");
  expect(dialogue.text).not.toContain("Обычно");
  expect(dialogue.labels).toContain("✅ Создать · 7,86\u00a0₽");
});

test("A5 the usual time is said only when it is known", () => {
  const dialogue = movieCard(new Dialogue(makeFacts({ usualSecondsOf: { "movie-text": { p50: 40.4, p90: 70 } } })));
  expect(dialogue.text).toContain("Обычно 40–70\u00a0с");
});

test("A5 a long prompt is cut on the card and kept whole in the draft", () => {
  const dialogue = new Dialogue();
  dialogue.say("я".repeat(900));
  expect(dialogue.text).toContain(`${"я".repeat(299)}…`);
  expect(dialogue.values.prompt).toHaveLength(900);
});

test("A5 values carry the price they would lead to, the current one is marked, choosing returns to the card", () => {
  const dialogue = movieCard();
  dialogue.press("Качество");
  expect(dialogue.labels).toContain("✓ 480p · 7,86\u00a0₽");
  dialogue.press("1080p · 23,58\u00a0₽");
  expect(dialogue.text).toContain("Качество: 1080p");
  expect(dialogue.labels).toContain("✅ Создать · 23,58\u00a0₽");
});

test("A5 values that do not change the price carry none", () => {
  const dialogue = new Dialogue();
  dialogue.say("кот");
  dialogue.press("Формат");
  expect(dialogue.labels).toContain("✓ 1:1");
  dialogue.press("16:9");
  expect(dialogue.text).toContain("Формат: 16:9");
});

test("A5 a toggle turns over on the card itself", () => {
  const dialogue = movieCard();
  dialogue.press("Звук: нет");
  expect(dialogue.state.screen.kind).toBe("card");
  expect(dialogue.labels).toContain("Звук: да");
});

test("A5 a number takes a preset or typed words, and says what is allowed when it is wrong", () => {
  const dialogue = movieCard();
  dialogue.press("Длительность");
  dialogue.say("много");
  expect(dialogue.text).toContain("«Длительность»: здесь нужно число. Целое число от 3 до 10.");
  dialogue.say("40");
  expect(dialogue.text).toContain("«Длительность»: такое число не подойдёт.");
  dialogue.say("7");
  expect(dialogue.values.duration).toBe(7);
  expect(dialogue.state.screen.kind).toBe("card");
  dialogue.press("Длительность");
  dialogue.press("10\u00a0с");
  expect(dialogue.values.duration).toBe(10);
});

test("A5 ⚙️ holds the rest and gets the user back to itself", () => {
  const dialogue = movieCard();
  expect(dialogue.text).not.toContain("Зерно");
  dialogue.press("⚙️");
  dialogue.press("Зерно");
  dialogue.press("42");
  expect(dialogue.state.screen.kind).toBe("advanced");
  expect(dialogue.text).toContain("Зерно: 42");
  dialogue.press("Чего не должно быть");
  dialogue.say("людей");
  expect(dialogue.values.negative_prompt).toBe("людей");
  dialogue.press("Чего не должно быть");
  dialogue.press("🗑 Убрать");
  expect(dialogue.values.negative_prompt).toBeUndefined();
  dialogue.press("‹ Назад");
  expect(dialogue.state.screen.kind).toBe("card");
});

test("A5 more than 24 options come in pages, also inside a line of a list", () => {
  const dialogue = new Dialogue();
  dialogue.tap({ kind: "model", family: "talk" });
  dialogue.say("— Привет.\n— И тебе привет.");
  expect(dialogue.state.screen.kind).toBe("card");
  dialogue.press("Реплики: 2 из 20");
  dialogue.press("Голос 2");
  expect(dialogue.labels.filter((label) => label.includes("Голос"))).toHaveLength(24);
  dialogue.press("Стр.\u00a02 ›");
  dialogue.press("Голос 30");
  expect(dialogue.values.dialogue).toMatchObject([{ voice: "voice0" }, { voice: "voice29" }]);
});

test("A5 lines of a dialogue can be rewritten, timed, removed and cleared", () => {
  const dialogue = new Dialogue();
  dialogue.tap({ kind: "model", family: "talk" });
  dialogue.say("Привет.\nПока.");
  dialogue.press("Реплики");
  dialogue.press("✏️ 1");
  dialogue.say("Здравствуй.");
  dialogue.press("0\u00a0с");
  dialogue.say("9");
  expect(dialogue.text).toContain("такое число не подойдёт");
  dialogue.say("3");
  expect(dialogue.values.dialogue).toMatchObject([{ text: "Здравствуй.", pause: 3 }, { text: "Пока." }]);
  dialogue.press("✕");
  expect(dialogue.values.dialogue).toMatchObject([{ text: "Пока." }]);
  dialogue.say("Ещё строка");
  expect(dialogue.values.dialogue).toHaveLength(2);
  expect(dialogue.state.screen.kind).toBe("choice");
  dialogue.press("✔️ Готово");
  expect(dialogue.state.screen.kind).toBe("card");
  dialogue.press("Реплики");
  dialogue.press("🗑 Убрать");
  expect(dialogue.values.dialogue).toBeUndefined();
  expect(dialogue.text).toContain("Пришлите реплики");
});

test("A5 the wizard asks for what is missing, one thing at a time, then shows the card", () => {
  const dialogue = new Dialogue();
  dialogue.tap({ kind: "mode", family: "movie", mode: "text" });
  expect(dialogue.text).toContain("Запрос");
  expect(dialogue.text).toContain("До 1\u00a0000\u00a0знаков.");
  expect(dialogue.labels).toEqual(["💡 Пример запроса", "‹ Назад", "✖️ Отмена"]);
  dialogue.press("Пример запроса");
  expect(dialogue.values.prompt).toBe("Поезд едет вдоль моря");
  expect(dialogue.state.screen.kind).toBe("card");
});

test("A5 «Отмена» closes the card and leads back to where the model was picked", () => {
  const dialogue = movieCard();
  const { toast } = dialogue.press("Отмена");
  expect(dialogue.state.draft).toBeNull();
  expect(dialogue.state.screen).toEqual({ kind: "modes", family: "movie" });
  expect(toast?.text).toBe("Карточка закрыта");
});

test("A5 text sent to an open card replaces the prompt", () => {
  const dialogue = movieCard();
  dialogue.say("Другой запрос");
  expect(dialogue.values.prompt).toBe("Другой запрос");
  expect(dialogue.labels).toContain("✅ Создать · 7,86\u00a0₽");
});

test("A5 a card without words says so when words are sent", () => {
  const dialogue = new Dialogue();
  dialogue.tap({ kind: "model", family: "upscale" });
  dialogue.say("кот");
  expect(dialogue.text).toContain("Сейчас нужен файл: фото.");
  dialogue.give();
  dialogue.say("кот");
  expect(dialogue.text).toContain("Этой модели слова не нужны");
});

test("A5 a rule that breaks is said at once, shown on the card, and keeps ✅ from acting", () => {
  const dialogue = movieCard();
  dialogue.press("Звук: нет");
  dialogue.press("Качество");
  const { toast } = dialogue.press("1080p");
  expect(toast).toEqual({ text: "Звук есть только в 480p.", alert: true });
  expect(dialogue.text).toContain("⚠️ Звук есть только в 480p.");
  const refused = dialogue.press("✅");
  expect(refused.effects).toEqual([]);
  expect(refused.toast?.text).toBe("Звук есть только в 480p.");
  dialogue.press("Звук: да");
  expect(dialogue.text).not.toContain("⚠️");
});

test("A4 words with no open card open the default model with them as the prompt", () => {
  const dialogue = new Dialogue();
  expect(dialogue.say("  Кот в скафандре ").show).toBe("send");
  expect(dialogue.state.draft).toMatchObject({ entryKey: "z-image", values: { prompt: "Кот в скафандре" } });
});

test("A4 words too long for the prompt are told, and the prompt is asked for", () => {
  const dialogue = new Dialogue();
  dialogue.say("я".repeat(1001));
  expect(dialogue.text).toContain("«Запрос»: слишком длинно. Можно до 1\u00a0000\u00a0знаков, а здесь 1\u00a0001.");
  expect(dialogue.state.draft?.asking).toBe("prompt");
});

test("A5 a card is open for 24 hours: then words open a new one, and its buttons open it afresh", () => {
  const dialogue = movieCard();
  const old = dialogue.state.draft?.id;
  dialogue.facts = makeFacts({ now: new Date(NOW.getTime() + DAY_MS) });
  const { effects } = dialogue.press("✅");
  expect(effects).toEqual([]);
  expect(dialogue.state.draft?.id).not.toBe(old);
  expect(dialogue.state.draft?.values.prompt).toBe("Поезд едет вдоль моря");
  expect(dialogue.text).toContain("открыта заново");
  dialogue.facts = makeFacts({ now: new Date(NOW.getTime() + 2 * DAY_MS) });
  dialogue.say("кот");
  expect(dialogue.state.draft?.entryKey).toBe("z-image");
});

test("A7 a card action of another revision changes nothing and redraws the card", () => {
  const dialogue = movieCard();
  const before = dialogue.state.draft;
  const { toast, show, effects } = dialogue.tap({ kind: "confirm" }, { revision: dialogue.revision - 1 });
  expect({ text: toast?.text, show, effects }).toEqual({
    text: "Карточка устарела, вот актуальная",
    show: "edit",
    effects: [],
  });
  expect(dialogue.state.draft).toEqual(before);
});

test("A7 a card action from another message changes nothing; the card moves there", () => {
  const dialogue = movieCard();
  const before = dialogue.state.draft;
  dialogue.tap({ kind: "set_param", param: "sound", value: "true" }, { messageId: 7 });
  expect(dialogue.state.draft).toEqual(before);
  expect(dialogue.state.messageId).toBe(7);
});

test("A7 a stale button with no card open shows what is open", () => {
  const dialogue = movieCard();
  dialogue.command("cancel");
  const { toast } = dialogue.tap({ kind: "confirm" }, { revision: 1, messageId: 3 });
  expect(toast?.text).toBe("Карточка устарела, вот что открыто сейчас");
  expect(dialogue.state.screen.kind).toBe("menu");
});

test("the menu leads back to an open card", () => {
  const dialogue = movieCard();
  dialogue.command("start");
  dialogue.press("↩️ К карточке: Movie 3.0");
  expect(dialogue.state.screen.kind).toBe("card");
});
