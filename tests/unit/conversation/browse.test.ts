import { expect, test } from "vitest";
import { Dialogue, makeFacts } from "./dialogue.ts";

test("A1 /start greets by name, shows the balance and only the menu items that exist", () => {
  const dialogue = new Dialogue();
  expect(dialogue.command("start").show).toBe("send");
  expect(dialogue.text).toContain("Здравствуйте, Anna.");
  expect(dialogue.text).toContain("Баланс: 128\u00a0₽");
  expect(dialogue.text).not.toContain("бонус");
  expect(dialogue.labels).toEqual(["🎨 Все модели", "💰 Баланс", "🕘 История", "❓ Помощь", "⚙️ Настройки"]);
});

test("A1 bonuses are shown apart from the main balance when there are some", () => {
  const wallet = { mainKopecks: 10_000n, bonusKopecks: 2_850n, heldKopecks: 0n };
  const dialogue = new Dialogue(makeFacts({ wallet }));
  dialogue.command("start");
  expect(dialogue.text).toContain("Баланс: 100\u00a0₽ и 28,50\u00a0₽ бонусами");
});

test("A1 a first-time user gets one priced example, and one tap on ✅ runs it", () => {
  const dialogue = new Dialogue(makeFacts({ user: { id: 1, language: "ru", firstName: "", isNew: true } }));
  dialogue.command("start");
  expect(dialogue.text).toContain("Здравствуйте.");
  dialogue.press("✨ Попробовать: Z-Image · 0,63\u00a0₽");
  expect(dialogue.text).toContain("Рыжий кот на подоконнике");
  const { effects } = dialogue.press("✅ Создать · 0,63\u00a0₽");
  expect(effects).toMatchObject([{ kind: "confirm", draft: { entryKey: "z-image", quote: { kopecks: "63" } } }]);
});

test.each([
  ["help", "Помощь"],
  ["balance", "Основной: 128\u00a0₽"],
  ["history", "Здесь появятся ваши генерации"],
  ["models", "Все модели"],
  ["terms", "Условия"],
  ["privacy", "Какие данные хранятся"],
  ["paysupport", "Вопросы об оплате"],
])("A2 /%s shows its screen in a new message", (name, words) => {
  const dialogue = new Dialogue();
  expect(dialogue.command(name).show).toBe("send");
  expect(dialogue.text).toContain(words);
});

test("A2 an unknown command is answered with the help screen", () => {
  const dialogue = new Dialogue();
  dialogue.command("constructor");
  expect(dialogue.text).toContain("Команды /constructor нет");
  expect(dialogue.state.screen.kind).toBe("help");
});

test("A2 /cancel closes the open card and says so; without one it says there is nothing to cancel", () => {
  const dialogue = new Dialogue();
  dialogue.say("кот");
  dialogue.command("cancel");
  expect(dialogue.state.draft).toBeNull();
  expect(dialogue.text).toContain("Карточка закрыта");
  dialogue.command("cancel");
  expect(dialogue.text).toContain("отменять нечего");
});

test("A3 category, pages of eight with prices and NEW, mode, card, and back again", () => {
  const dialogue = new Dialogue();
  dialogue.command("models");
  dialogue.press("Изображения");
  expect(dialogue.labels.filter((label) => label.includes(" · от\u00a0"))).toHaveLength(8);
  dialogue.press("Стр.\u00a02 ›");
  expect(dialogue.labels.filter((label) => label.includes(" · от\u00a0"))).toHaveLength(3);
  dialogue.press("‹ Назад");
  dialogue.press("Видео");
  expect(dialogue.labels[0]).toMatch(/^Movie 3\.0 · от\u00a0[\d,]+\u00a0₽ · NEW$/);
  dialogue.press("Movie 3.0");
  expect(dialogue.state.screen).toEqual({ kind: "modes", family: "movie" });
  dialogue.press("Видео по тексту");
  expect(dialogue.text).toContain("Опишите словами, что должно получиться.");
  dialogue.press("‹ Назад");
  expect(dialogue.state.screen).toEqual({ kind: "modes", family: "movie" });
});

test("A3 a family with one mode opens its card at once", () => {
  const dialogue = new Dialogue();
  dialogue.command("models");
  dialogue.press("Инструменты");
  dialogue.press("Upscale");
  expect(dialogue.state.draft?.entryKey).toBe("upscale");
});

test("A3 a typed name searches while browsing", () => {
  const dialogue = new Dialogue();
  dialogue.command("models");
  dialogue.say("movie");
  expect(dialogue.text).toContain("По запросу «movie» нашлась 1\u00a0модель.");
  dialogue.press("Movie 3.0");
  expect(dialogue.state.screen.kind).toBe("modes");
});

test("A3 words that are no model's name can become a picture", () => {
  const dialogue = new Dialogue();
  dialogue.command("models");
  dialogue.say("слон в посудной лавке");
  expect(dialogue.text).toContain("нет");
  dialogue.press("Сделать картинку по этому тексту");
  expect(dialogue.values.prompt).toBe("слон в посудной лавке");
  expect(dialogue.labels).toContain("✅ Создать · 0,63\u00a0₽");
});

test("a model that left the catalog leads to the catalog", () => {
  const dialogue = new Dialogue();
  dialogue.command("start");
  dialogue.tap({ kind: "model", family: "gone" });
  expect(dialogue.text).toContain("больше нет в каталоге");
  expect(dialogue.state.screen.kind).toBe("categories");
});

test("an opener under another message sends a new one: results are never overwritten", () => {
  const dialogue = new Dialogue();
  dialogue.command("start");
  expect(dialogue.tap({ kind: "balance" }).show).toBe("edit");
  expect(dialogue.tap({ kind: "menu" }, { messageId: 5, revision: 0 }).show).toBe("send");
});

test("A10 stickers get an answer and a next step, with and without a card", () => {
  const dialogue = new Dialogue();
  dialogue.happen({ kind: "unsupported" });
  expect(dialogue.text).toContain("Такое сообщение бот не понимает");
  expect(dialogue.labels).toContain("🎨 Все модели");
  dialogue.say("кот");
  dialogue.happen({ kind: "unsupported" });
  expect(dialogue.last?.show).toBe("send");
  expect(dialogue.text).toContain("Такое сообщение бот не понимает");
  expect(dialogue.labels).toContain("✅ Создать · 0,63\u00a0₽");
});

test("a button of an older program is answered with what is open now", () => {
  const dialogue = new Dialogue();
  const { toast, show } = dialogue.happen({ kind: "unknown-tap", messageId: 3 });
  expect(toast?.text).toContain("прошлой версии");
  expect(show).toBe("send");
});
