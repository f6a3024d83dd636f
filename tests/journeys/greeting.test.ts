import { expect, test } from "vitest";
import { offers } from "../support/buying.ts";
import { sharedWorld } from "../support/shared-world.ts";

const world = sharedWorld();

test("A1 E1: /start greets in Russian, shows both balances and the main menu", async () => {
  const anna = world.person(1101, "ru");
  await anna.says("/start");
  expect(anna.reads()).toContain("Здравствуйте, Анна.");
  expect(anna.reads()).toContain("Баланс: 0 ₽ и 50 ₽ бонусами");
  const menu = ["Все модели", "Баланс", "История", "Помощь", "Настройки"];
  expect(menu.filter((item) => !offers(anna, item))).toEqual([]);
  await anna.credited(12_800);
  await anna.says("/start");
  expect(anna.reads()).toContain("Баланс: 128 ₽ и 50 ₽ бонусами");
});

test("A1: /start greets in English by the language code, whatever its region, and in Russian otherwise", async () => {
  const john = world.person(1102, "en-GB");
  await john.says("/start");
  expect(john.reads()).toContain("Hello, Anna.");
  expect(john.reads()).toContain("₽50");
  expect(["All models", "Balance", "History", "Help"].filter((item) => !offers(john, item))).toEqual([]);
  expect(john.reads()).not.toMatch(/[а-яё]/i);
  const dieter = world.person(1103, "de");
  await dieter.says("/start");
  expect(dieter.reads()).toContain("Здравствуйте");
});

test("A1: the example to try is offered the first time only, with its price", async () => {
  const anna = world.person(1104);
  await anna.says("/start");
  expect(anna.button("Попробовать").text).toContain("Z-Image · 0,63 ₽");
  await anna.says("/start");
  expect(offers(anna, "Попробовать")).toBe(false);
});

test("A1: the menu's buttons lead to their screens and back", async () => {
  const anna = world.person(1105);
  await anna.says("/start");
  const screens = { "Все модели": "Выберите раздел", Баланс: "Основной: 0 ₽", История: "генерации", Помощь: "Нажмите" };
  for (const [item, words] of Object.entries(screens)) {
    await anna.taps(item);
    expect(anna.reads()).toContain(words);
    await anna.taps("Меню");
    expect(anna.reads()).toContain("Здравствуйте");
  }
  // All of it happened in one message.
  expect(anna.messages().filter((message) => message.from === "bot")).toHaveLength(1);
});

const COMMANDS = {
  start: ["Здравствуйте", "Hello"],
  models: ["Выберите раздел", "section"],
  balance: ["Основной: 0 ₽", "Main: ₽0"],
  history: ["История", "History"],
  help: ["Помощь", "Help"],
  cancel: ["отменять нечего", "nothing to cancel"],
  terms: ["Условия", "Terms"],
  privacy: ["Какие данные хранятся", "What data is stored"],
  paysupport: ["Вопросы об оплате", "Payment"],
} as const;

test.each(Object.entries(COMMANDS))("A2: /%s shows its screen in Russian and in English", async (command, words) => {
  const place = Object.keys(COMMANDS).indexOf(command);
  for (const [index, language] of ["ru", "en"].entries()) {
    const person = world.person(1110 + 2 * place + index, language);
    await person.says(`/${command}`);
    expect(person.reads().toLowerCase()).toContain((words[index] ?? "").toLowerCase());
    expect(person.screen().keyboard?.flat().length).toBeGreaterThan(0);
  }
});

test("A2: the command menu is set in both languages and lists only what works", async () => {
  world.person(1140, "ru");
  world.person(1141, "en");
  const names = (id: number) => world.telegram.commands(id)?.map(({ command }) => command);
  expect(names(1140)).toEqual([
    "start",
    "models",
    "balance",
    "topup",
    "promo",
    "limit",
    "history",
    "help",
    "settings",
    "cancel",
    "terms",
    "privacy",
    "paysupport",
  ]);
  expect(names(1141)).toEqual(names(1140));
  const said = (id: number) =>
    world.telegram
      .commands(id)
      ?.map(({ description }) => description)
      .join(" ") ?? "";
  expect(said(1140)).toMatch(/Главное меню.*Вопросы об оплате/);
  expect(said(1141)).not.toMatch(/[а-яё]/i);
});

test("A2 A10: a command that does not exist is named, and help is shown", async () => {
  const anna = world.person(1150);
  await anna.says("/teleport сейчас");
  expect(anna.reads()).toContain("Команды /teleport нет");
  expect(offers(anna, "Все модели")).toBe(true);
});

test("A2: /cancel closes the open card and takes no money", async () => {
  const anna = world.person(1151);
  await anna.says("кот на крыше");
  expect(offers(anna, "Создать")).toBe(true);
  await anna.says("/cancel");
  expect(anna.reads()).toContain("Карточка закрыта, деньги не списаны.");
  await anna.says("/cancel");
  expect(anna.reads()).toContain("отменять нечего");
  expect(await anna.wallet()).toMatchObject({ bonus: 5000n, held: 0n });
});

test("A1 E1: money that came before the first /start does not cost the welcome bonus", async () => {
  const early = world.person(1990);
  await early.credited(10_000);
  await early.says("/start");
  expect(early.reads()).toContain("100 ₽ и 50 ₽ бонусами");
  expect(await early.wallet()).toMatchObject({ main: 10_000n, bonus: 5_000n });
  await early.says("/start");
  expect(await early.wallet()).toMatchObject({ main: 10_000n, bonus: 5_000n });
});

test("H1: a clock that is moved right after ✅ takes the generation along", async () => {
  const hasty = world.person(1991);
  await hasty.says("/start");
  await hasty.says("маяк");
  const { messageId, data } = hasty.button("Создать");
  await world.telegram.userTaps(hasty.id, messageId, data);
  await world.request("/sandbox/clock", { method: "POST", body: JSON.stringify({ advanceSeconds: 30 }) });
  expect(hasty.reads()).toContain("списано 0,63 ₽");
});
