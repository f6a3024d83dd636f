import { expect, test } from "vitest";
import { create, kopecksOfCredits, kopecksOn, offers, openCard, withSpaces } from "../support/buying.ts";
import { photo, song } from "../support/files.ts";
import { sharedWorld } from "../support/shared-world.ts";

const world = sharedWorld();

const DAY_SECONDS = 24 * 60 * 60;

/** Time passes without the sweeper, whose every visit would have to be waited for. */
async function passes(seconds: number): Promise<void> {
  world.qstash.reset();
  await world.advance(seconds);
}

test("A5: the card is one message that is edited in place and shows model, prompt, parameters, balance and price", async () => {
  const anna = world.person(1401);
  await openCard(anna, "nano-banana-2");
  await anna.says("рыжая лиса в снегу");
  const card = anna.screen();
  expect(anna.reads()).toBe(
    [
      "Nano Banana 2 · Создать или изменить",
      "рыжая лиса в снегу",
      "",
      "Фото: 0 из 14",
      "Разрешение: 1K",
      "Формат: Авто",
      "",
      "Баланс: 0 ₽ и 50 ₽ бонусами",
    ].join("\n"),
  );
  await anna.taps("Разрешение");
  await anna.taps("2K");
  await anna.taps("Формат");
  await anna.taps("16:9");
  expect(anna.screen().messageId).toBe(card.messageId);
  expect(anna.reads()).toContain("Разрешение: 2K\nФормат: 16:9");
  expect(
    anna.messages().filter(({ text }) => text?.includes("рыжая лиса") && text.includes("Разрешение")),
  ).toHaveLength(1);
});

test("A5 E3: the values of a parameter carry their prices, and the chosen one is the price of the card", async () => {
  const anna = world.person(1402);
  await openCard(anna, "nano-banana-2");
  await anna.says("лиса");
  await anna.taps("Разрешение");
  for (const [value, credits] of Object.entries({ "1K": 8, "2K": 12, "4K": 18 })) {
    expect(kopecksOn(anna.button(value).text)).toBe(kopecksOfCredits(credits));
  }
  expect(anna.button("1K").text).toContain("✓");
  await anna.taps("4K");
  expect(anna.button("Создать").text).toBe("✅ Создать · 14,15 ₽");
  await create(anna);
  expect(await anna.wallet()).toMatchObject({ held: 1415n });
  await world.advance(20);
  expect(anna.reads()).toContain("списано 14,15 ₽");
});

test("A5: values that do not change the price come without one", async () => {
  const anna = world.person(1403);
  await anna.says("лиса");
  await anna.taps("Формат");
  expect(
    anna
      .screen()
      .keyboard?.flat()
      .some(({ text }) => text.includes("₽")),
  ).toBe(false);
});

test("A5: a switch is turned by one tap and reaches KIE", async () => {
  const anna = world.person(1404);
  await anna.says("/start");
  await anna.credited(10_000);
  await openCard(anna, "kling-3-0");
  await anna.says("трамвай");
  const before = kopecksOn(anna.button("Создать").text);
  await anna.taps("set_param:sound:true");
  expect(offers(anna, "set_param:sound:false")).toBe(true);
  expect(kopecksOn(anna.button("Создать").text)).toBeGreaterThan(before);
  await anna.credited(100_000);
  await create(anna);
  expect(world.kie.tasks().at(-1)?.input).toMatchObject({ sound: true, prompt: "трамвай" });
});

test("A5: a number has presets and takes what is typed, within its limits and steps", async () => {
  const anna = world.person(1405);
  await openCard(anna, "elevenlabs-v2");
  await anna.says("Добрый вечер");
  await anna.taps("Скорость");
  await anna.taps("0,8");
  expect(anna.reads()).toContain("Скорость: 0,8");
  await anna.taps("Скорость");
  await anna.says("1,15");
  expect(anna.reads()).toContain("Скорость: 1,15");
  await anna.taps("Скорость");
  for (const wrong of ["5", "0,5", "1,005", "быстро"]) {
    await anna.says(wrong);
    expect(anna.reads()).toMatch(/«Скорость»: .*от 0,7 до 1,2/);
  }
  await anna.says("0.9");
  expect(anna.reads()).toContain("Скорость: 0,9");
  await create(anna);
  expect(world.kie.tasks().at(-1)?.input).toMatchObject({ speed: 0.9, text: "Добрый вечер" });
});

test("A5: what matters less is behind ⚙️, and what is never offered is neither shown nor sent", async () => {
  const anna = world.person(1406);
  await openCard(anna, "nano-banana");
  await anna.says("пекарня");
  expect(anna.reads()).not.toContain("Тип файла");
  await anna.taps("Ещё настройки");
  expect(anna.reads()).toContain("Тип файла: PNG");
  await anna.taps("Тип файла");
  await anna.taps("JPEG");
  expect(anna.reads()).toContain("Тип файла: JPEG");
  expect(anna.readsAll()).not.toContain("Фильтр контента");
  await anna.taps("Назад");
  await create(anna);
  const input = world.kie.tasks().at(-1)?.input ?? {};
  expect(input).toMatchObject({ output_format: "jpeg" });
  expect(Object.keys(input)).not.toContain("nsfw_checker");
});

test("A5: what is missing is asked one by one, with an example to take, and the card comes when all is there", async () => {
  const anna = world.person(1407);
  await openCard(anna, "infinitalk");
  expect(anna.reads()).toContain("Портрет");
  expect(offers(anna, "Создать")).toBe(false);
  await anna.sendsFile(await photo());
  expect(anna.reads()).toContain("Голос");
  expect(offers(anna, "Создать")).toBe(false);
  await anna.sendsFile(await song(3));
  expect(anna.reads()).toContain("Как говорить");
  await anna.taps("Пример запроса");
  expect(anna.reads()).toContain("Человек дружелюбно говорит в камеру");
  expect(offers(anna, "Создать")).toBe(true);
});

test("A5: words for the file that is asked are kept as the prompt and the file is asked again", async () => {
  const anna = world.person(1408);
  await openCard(anna, "nano-banana-edit");
  await anna.says("замени фон на море");
  expect(anna.reads()).toMatch(/^Запрос запис.*Пришлите фото\./);
  await anna.sendsFile(await photo());
  expect(anna.reads()).toContain("замени фон на море");
  expect(offers(anna, "Создать · 3,14 ₽")).toBe(true);
});

test("A5: a text sent to the open card replaces its prompt, and only one card stays", async () => {
  const anna = world.person(1409);
  await anna.says("первый");
  await anna.says("второй");
  expect(anna.reads()).toContain("второй");
  expect(anna.readsAll()).not.toContain("первый");
  expect(anna.messages().filter(({ keyboard }) => keyboard !== undefined)).toHaveLength(1);
  await anna.taps("Описание");
  await anna.says("третий");
  expect(anna.reads()).toContain("третий");
  await create(anna);
  expect(world.kie.tasks().at(-1)?.input).toMatchObject({ prompt: "третий" });
});

test("A5: a long prompt is shown cut and sent whole; one over the limit is refused with both lengths", async () => {
  const anna = world.person(1410);
  const long = "маяк ".repeat(190).trim();
  await anna.says(long);
  expect(anna.reads()).toContain("…");
  expect(anna.reads().length).toBeLessThan(600);
  await anna.says("м".repeat(1001));
  expect(anna.reads()).toContain("«Описание»: слишком длинно. Можно до 1 000 знаков, а здесь 1 001.");
  await create(anna);
  expect(world.kie.tasks().at(-1)?.input["prompt"]).toBe(long);
});

test("A5: the lines of a dialogue alternate their voices, can be changed one by one, and reach KIE in order", async () => {
  const anna = world.person(1411);
  await openCard(anna, "elevenlabs-dialogue");
  await anna.says("Ты где?\n— Уже еду\nЖду");
  expect(anna.reads()).toContain("Реплики: 3 из 20");
  await anna.taps("Реплики");
  await anna.taps("item_field:dialogue:1:text");
  await anna.says("Стою в пробке");
  await anna.taps("remove_item:dialogue:2");
  await anna.taps("Готово");
  expect(anna.reads()).toContain("— Ты где?\n— Стою в пробке");
  await create(anna);
  const lines = world.kie.tasks().at(-1)?.input["dialogue"];
  expect(lines).toMatchObject([{ text: "Ты где?" }, { text: "Стою в пробке" }]);
  const voices = Array.isArray(lines) ? lines.map((line: { voice?: string }) => line.voice) : [];
  expect(new Set(voices).size).toBe(2);
});

test("A5 B2: a broken rule is said in words and keeps the money where it is", async () => {
  const anna = world.person(1412);
  await anna.says("/start");
  await anna.credited(100_000);
  await openCard(anna, "kling-3-0");
  await anna.says("трамвай");
  await anna.taps("set_param:multi_shots:true");
  await anna.says("Трамвай трогается");
  expect(anna.reads()).toContain("⚠️ Ролик из нескольких сцен снимается только со звуком: включите звук.");
  await anna.taps("Создать");
  expect(anna.toast()).toMatchObject({ alert: true });
  expect(await anna.wallet()).toMatchObject({ held: 0n, running: 0, queued: 0 });
});

test("A5: a switch that makes a question needless stands beside it, and can be turned back", async () => {
  const anna = world.person(1418);
  await openCard(anna, "suno-custom");
  await anna.says("эмбиент, фортепиано");
  await anna.says("Туман");
  expect(anna.reads()).toContain("Слова");
  await anna.taps("Только музыка: да");
  expect(offers(anna, "Создать · 9,43 ₽")).toBe(true);
  await anna.taps("set_param:instrumental:false");
  expect(offers(anna, "Создать")).toBe(false);
  await anna.taps("Только музыка: да");
  await create(anna);
  const input = world.kie.tasks().at(-1)?.input ?? {};
  expect(input).toMatchObject({ instrumental: true, title: "Туман", style: "эмбиент, фортепиано" });
  expect(Object.keys(input)).not.toContain("lyrics");
});

test("A5: a card of yesterday is opened afresh by its first button and bought only by the second", async () => {
  const anna = world.person(1413);
  await openCard(anna, "nano-banana");
  await anna.says("пекарня");
  await passes(DAY_SECONDS - 60);
  await anna.taps("Формат");
  expect(anna.reads()).toContain("Выберите значение");
  await anna.taps("card~");
  await passes(120);
  await anna.taps("Создать");
  expect(anna.reads()).toContain("Прошло больше суток, поэтому карточка открыта заново.");
  expect(anna.reads()).toContain("пекарня");
  expect(await anna.wallet()).toMatchObject({ held: 0n, running: 0 });
  await create(anna);
  expect(await anna.wallet()).toMatchObject({ held: 314n });
});

test("A5: words after a day do not fall into the forgotten card", async () => {
  const anna = world.person(1414);
  await openCard(anna, "nano-banana");
  await anna.says("пекарня");
  await passes(DAY_SECONDS + 1);
  await anna.says("совсем другое");
  expect(anna.reads()).toContain("Z-Image");
});

test("E3: a price that was seen holds for a day whatever the rate does, and then the change is told first", async () => {
  const { config } = world.app;
  const rate = config.CREDIT_TO_RUB_RATE;
  const [anna, boris] = [world.person(1415), world.person(1416)];
  await anna.says("маяк");
  await boris.says("маяк");
  expect(anna.button("Создать").text).toContain("0,63 ₽");
  try {
    config.CREDIT_TO_RUB_RATE = "0.5";
    await create(anna);
    expect(await anna.wallet()).toMatchObject({ held: 63n });
    await passes(DAY_SECONDS + 1);
    await boris.taps("Создать");
    expect(boris.reads()).toContain("Цена изменилась: была 0,63 ₽, стала 0,80 ₽.");
    expect(await boris.wallet()).toMatchObject({ held: 0n });
    expect(withSpaces(boris.button("Создать").text)).toContain("0,80 ₽");
    await create(boris);
    expect(await boris.wallet()).toMatchObject({ held: 80n });
  } finally {
    config.CREDIT_TO_RUB_RATE = rate;
  }
});

test("E3: a dear generation asks once more and says what will be left; Назад takes nothing", async () => {
  const anna = world.person(1417);
  await anna.says("/start");
  await anna.credited(10_000);
  await openCard(anna, "seedance-2");
  await anna.says("стеклянный кит");
  await anna.taps("Создать");
  expect(anna.reads()).toContain("Создаём за 74,66 ₽?");
  expect(anna.reads()).toContain("Баланс: 150 ₽, останется 75,34 ₽");
  await anna.taps("Назад");
  expect(await anna.wallet()).toMatchObject({ held: 0n });
  await create(anna);
  expect(await anna.wallet()).toMatchObject({ held: 7466n });
});

test("B8 E3: the cheaper twin is one tap on the card, with its price; words and choices come along", async () => {
  const anna = world.person(3900);
  await anna.says("/start");
  await openCard(anna, "nano-banana");
  await anna.says("Лиса читает письмо");
  await anna.taps("Формат");
  await anna.taps("16:9");
  expect(anna.button("Создать").text).toContain("3,14 ₽");
  expect(anna.button("То же в Z-Image").text).toContain("0,63 ₽");
  await anna.taps("То же в Z-Image");
  expect(anna.reads()).toContain("Z-Image");
  expect(anna.reads()).toContain("Лиса читает письмо");
  expect(anna.reads()).toContain("16:9");
  expect(anna.button("Создать").text).toContain("0,63 ₽");
  await anna.taps("Создать");
  await world.advance(20);
  expect(world.kie.tasks().at(-1)).toMatchObject({
    model: "z-image",
    input: { prompt: "Лиса читает письмо", aspect_ratio: "16:9" },
  });
  expect(anna.reads()).toContain("списано 0,63 ₽");
});

test("B8: a twin that could not take the files of the card is not offered", async () => {
  const oleg = world.person(3901);
  await oleg.says("/start");
  await openCard(oleg, "nano-banana-2");
  await oleg.says("Лиса читает письмо");
  expect(oleg.hasButton("То же в Nano Banana")).toBe(true);
  await oleg.sendsFile(await photo("лиса"));
  expect(
    oleg
      .screen()
      .keyboard?.flat()
      .map(({ text }) => text)
      .join(),
  ).not.toContain("То же в");
});
