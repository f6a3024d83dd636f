import { afterAll, beforeAll, expect, test } from "vitest";
import { makeMp3 } from "../../lib/sandbox/media/make-mp3.ts";
import { makePng } from "../../lib/sandbox/media/make-png.ts";
import { padMedia } from "../../lib/sandbox/media/pad-media.ts";
import { photo, postedUpdate } from "../support/failures.ts";
import { type Person, startWorld, type World } from "../support/world.ts";

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(async () => {
  await world.expectInvariants();
  // Nothing that is refused may have held a kopeck.
  expect(await world.db.rows("select id from transfers where kind <> 'credit'")).toEqual([]);
  expect(world.kie.tasks()).toEqual([]);
  await world.end();
});

async function mp3(seconds: number, declaredDurationSeconds = seconds) {
  const bytes = await makeMp3({ seconds, seed: 1 });
  return { bytes, fileName: "voice.mp3", mime: "audio/mpeg", kind: "audio" as const, declaredDurationSeconds };
}

/** Opens a card by the button that the catalog would show for it; such buttons work at any age. */
async function opens(person: Person, family: string, mode: string): Promise<void> {
  await person.forces(person.screen().messageId, `mode:${family}:${mode}~0`);
}

async function expectNothingHeld(person: Person): Promise<void> {
  expect(await person.wallet()).toMatchObject({ main: 100_000n, bonus: 5000n, held: 0n, queued: 0, running: 0 });
}

const BOTH = [{ language: "ru" }, { language: "en" }] as const;

test.each([
  { language: "ru", text: "двадцать", sentence: "здесь нужно число. Целое число от 4 до 15." },
  { language: "ru", text: "16", sentence: "такое число не подойдёт. Целое число от 4 до 15." },
  { language: "ru", text: "3", sentence: "такое число не подойдёт. Целое число от 4 до 15." },
  { language: "ru", text: "4.5", sentence: "такое число не подойдёт. Целое число от 4 до 15." },
  { language: "ru", text: "-1", sentence: "такое число не подойдёт. Целое число от 4 до 15." },
  { language: "ru", text: "1e1", sentence: "Целое число от 4 до 15." },
  { language: "ru", text: "Infinity", sentence: "Целое число от 4 до 15." },
  { language: "en", text: "twenty", sentence: "needs a number. A whole number from 4 to 15." },
  { language: "en", text: "16", sentence: "can't take this number. A whole number from 4 to 15." },
])("A5 I2: «$text» for a number from 4 to 15 is answered with one sentence ($language)", async (given) => {
  const person = await world.newcomer({ languageCode: given.language, kopecks: 100_000 });
  await opens(person, "seedance-2", "video");
  await person.taps("example");
  await person.taps("param_input:duration");
  await person.says(given.text);
  expect(person.reads()).toContain(given.sentence);
  // The question stands again: a good answer goes on.
  await person.says("7");
  expect(person.reads()).not.toContain(given.sentence);
  expect(
    person
      .screen()
      .keyboard?.flat()
      .some((button) => /7\s*(с|s)/.test(button.text)),
  ).toBe(true);
  await expectNothingHeld(person);
});

test.each([
  { language: "ru", sentence: "слишком длинно. Можно до 1 000 знаков, а здесь 1 002." },
  { language: "en", sentence: "is too long: up to 1,000 characters, and this is 1,002." },
])("A5 I2: the length of a prompt counts in UTF-16 units, as KIE counts it ($language)", async (given) => {
  const person = await world.newcomer({ languageCode: given.language, kopecks: 100_000 });
  // 501 characters for a person, 1,002 units.
  await person.says("🐱".repeat(501));
  expect(person.reads()).toContain(given.sentence);
  expect(person.hasButton("show_price_confirmation")).toBe(false);
  await person.says("🐱".repeat(500));
  expect(person.hasButton("show_price_confirmation")).toBe(true);
  expect(person.reads()).not.toContain(given.sentence);
  await expectNothingHeld(person);
});

test.each([
  { language: "ru", sentence: "Напишите, что создать, или выберите модель." },
  { language: "en", sentence: "Write what to create, or pick a model." },
])("A10 I2: a text of spaces is answered with a next step ($language)", async ({ language, sentence }) => {
  const person = await world.newcomer({ languageCode: language, kopecks: 100_000 });
  const before = person.messages().length;
  for (const [index, text] of ["   ", "\n\n", "\u2003"].entries()) {
    const update = {
      update_id: 1_900_000_000 + person.id * 10 + index,
      message: {
        message_id: 100 + index,
        date: 0,
        from: { id: person.id, is_bot: false, first_name: "A", language_code: language },
        chat: { id: person.id, type: "private" },
        text,
      },
    };
    expect((await world.request("/api/telegram", postedUpdate(world, update))).status).toBe(200);
  }
  expect(person.messages()).toHaveLength(before + 3);
  expect(person.reads()).toContain(sentence);
  expect(person.screen().keyboard?.flat().length).toBeGreaterThan(0);
  await expectNothingHeld(person);
});

test.each([
  { language: "ru", sentence: "Файл слишком большой: бот принимает до 20 МБ. Уменьшите его и пришлите снова." },
  { language: "en", sentence: "The file is too large: the bot takes up to 20 MB." },
])("A6 I2: a file above 20 MB is answered with the limit ($language)", async ({ language, sentence }) => {
  const person = await world.newcomer({ languageCode: language, kopecks: 100_000 });
  const big = { ...(await photo("дом")), pretendSizeBytes: 21_000_000, kind: "document" as const };
  await person.sendsFile(big);
  expect(person.reads()).toContain(sentence);
  expect(person.screen().keyboard?.flat().length).toBeGreaterThan(0);
  await expectNothingHeld(person);
});

test.each([
  { language: "ru", sentence: "файл слишком большой. Можно до 5 МБ, а здесь 6" },
  { language: "en", sentence: "the file is too large. Up to 5 MB, and this is 6" },
])("A6 I2: a picture above the model's own limit is answered with that limit ($language)", async (given) => {
  const person = await world.newcomer({ languageCode: given.language, kopecks: 100_000 });
  await opens(person, "recraft-background", "remove");
  const small = await makePng({ text: "дом", width: 320, height: 320 });
  const bytes = padMedia(small, "image/png", 6_400_000);
  await person.sendsFile({ bytes, fileName: "a.png", mime: "image/png", kind: "document" });
  expect(person.reads()).toContain(given.sentence);
  await person.sendsFile(await photo("дом"));
  expect(person.hasButton("show_price_confirmation")).toBe(true);
  await expectNothingHeld(person);
});

test.each([
  { language: "ru", sentence: "Такой файл этой модели не подойдёт. Ей можно прислать фото." },
  { language: "en", sentence: "This model can't use such a file." },
])("A6 I2: a file of the wrong kind is answered with the right kind ($language)", async ({ language, sentence }) => {
  const person = await world.newcomer({ languageCode: language, kopecks: 100_000 });
  await opens(person, "recraft-background", "remove");
  await person.sendsFile(await mp3(2));
  expect(person.reads()).toContain(sentence);
  expect(person.hasButton("show_price_confirmation")).toBe(false);
  await expectNothingHeld(person);
});

test.each([
  { language: "ru", sentence: "Файл не открывается: он повреждён или такого формата бот не знает. Пришлите другой." },
  { language: "en", sentence: "The file does not open: it is damaged" },
])("A6 I2: a broken file is answered with a sentence ($language)", async ({ language, sentence }) => {
  const person = await world.newcomer({ languageCode: language, kopecks: 100_000 });
  const broken = [
    new Uint8Array([0x89, 0x50, 0x4e, 0x47, 1, 2, 3]),
    new TextEncoder().encode("%PDF-1.7 не картинка"),
    new Uint8Array(2000).fill(7),
  ];
  for (const bytes of broken) {
    await person.sendsFile({ bytes, fileName: "a.png", mime: "image/png", kind: "document" });
    expect(person.reads()).toContain(sentence);
  }
  await expectNothingHeld(person);
});

test.each(BOTH)(
  "A6 I2: a file that Telegram does not hand over is said so, and can be sent again ($language)",
  async ({ language }) => {
    const person = await world.newcomer({ languageCode: language, kopecks: 100_000 });
    world.telegram.faults.next("getFile", "server-error", { times: 2 });
    await person.sendsFile(await photo("дом"));
    world.telegram.faults.clear();
    expect(person.reads()).toContain(
      language === "ru" ? "Файл не удалось забрать из Telegram" : "The file could not be fetched from Telegram",
    );
    await person.sendsFile(await photo("дом"));
    expect(person.reads()).toContain(language === "ru" ? "Фото получено" : "photo received");
    await expectNothingHeld(person);
  },
);

test.each(BOTH)(
  "A6: the price follows the length of the bytes, whatever the sender declares ($language)",
  async ({ language }) => {
    const prices: string[] = [];
    for (const declared of [0, 1, 600]) {
      const person = await world.newcomer({ languageCode: language, kopecks: 100_000 });
      await opens(person, "infinitalk", "talk");
      await person.sendsFile(await photo("портрет"));
      await person.sendsFile(await mp3(6, declared));
      await person.says("спокойно");
      prices.push(person.button("show_price_confirmation").text);
      await expectNothingHeld(person);
    }
    expect(new Set(prices).size).toBe(1);
    // 6 seconds × 3 credits × 0.39295 × 2 = 14.15, a started second more where the encoder pads the end.
    expect(prices[0]).toMatch(/1[46][.,]\d\d/);
  },
);

test.each([
  { language: "ru", sentence: "17,1 с" },
  { language: "en", sentence: "17.1 s" },
])(
  "A6 I2: a recording that is too long is refused by its bytes, although it claims to be short ($language)",
  async (given) => {
    const person = await world.newcomer({ languageCode: given.language, kopecks: 100_000 });
    await opens(person, "infinitalk", "talk");
    await person.sendsFile(await photo("портрет"));
    await person.sendsFile(await mp3(17, 3));
    expect(person.reads()).toContain(given.sentence);
    expect(person.hasButton("show_price_confirmation")).toBe(false);
    await expectNothingHeld(person);
  },
);

test.each(BOTH)(
  "A10 I2: an unknown command, also an absurdly long one, shows what there is ($language)",
  async ({ language }) => {
    const person = await world.newcomer({ languageCode: language, kopecks: 100_000 });
    for (const text of ["/nosuchcommand", `/${"x".repeat(300)}`, "/", "/start@another_bot now"]) {
      await person.says(text);
      expect(person.screen().keyboard?.flat().length).toBeGreaterThan(0);
    }
    await expectNothingHeld(person);
  },
);

test.each(BOTH)(
  "A5 I2: ✅ without what the card needs says what is missing and holds nothing ($language)",
  async ({ language }) => {
    const person = await world.newcomer({ languageCode: language, kopecks: 100_000 });
    await opens(person, "nano-banana", "edit");
    expect(person.hasButton("show_price_confirmation")).toBe(false);
    await person.says(language === "ru" ? "добавь снег" : "add snow");
    expect(person.reads()).toContain(language === "ru" ? "Пришлите фото" : "Send a photo");
    await expectNothingHeld(person);
  },
);

test("A5: markup, quotes and right-to-left marks in a prompt arrive at the card as they were written", async () => {
  const person = await world.newcomer({ languageCode: "ru", kopecks: 100_000 });
  const prompt = `<b>кот</b> & "пёс" \\ *_\`[x](y) \u202Eабв 'конец'`;
  await person.says(prompt);
  expect(person.reads()).toContain(prompt);
  await expectNothingHeld(person);
});
