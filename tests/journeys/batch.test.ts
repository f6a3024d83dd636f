import { expect, test } from "vitest";
import { offers, openCard } from "../support/buying.ts";
import { wordsFile } from "../support/files.ts";
import { sharedWorld } from "../support/shared-world.ts";
import type { Person } from "../support/world.ts";

const world = sharedWorld();

/** A card of Z-Image with a prompt, and the screen of its batch. */
async function opensBatch(person: Person, words = "рыжая лиса в снегу"): Promise<void> {
  await openCard(person, "z-image");
  await person.says(words);
  await person.taps("Несколько");
}

const lines = (count: number, word = "кот"): string =>
  Array.from({ length: count }, (_each, index) => `${word} номер ${index + 1}`).join("\n");

const pictures = (person: Person): number =>
  person
    .messages()
    .filter(({ from }) => from === "bot")
    .flatMap(({ media }) => media ?? []).length;

test("C9 A5: several prompts are one order with one total, and all results come together", async () => {
  const anna = await world.newcomer({ kopecks: 10_000 });
  await opensBatch(anna);
  expect(anna.reads()).toContain("каждый с новой строки");
  await anna.says("1. кот на крыше\n2. лиса в снегу\n\n3. сова ночью");
  expect(anna.reads()).toContain("1. кот на крыше\n2. лиса в снегу\n3. сова ночью");
  expect(anna.reads()).toContain("3 × 0,63 ₽ = 1,89 ₽");
  await anna.taps("✅ Создать 3 · 1,89 ₽");
  expect(anna.reads()).toContain("Готово 0 из 3");
  expect(anna.reads()).toContain("В резерве 1,89 ₽.");
  expect(await anna.wallet()).toMatchObject({ held: 189n });
  await world.advance(60);
  expect(pictures(anna)).toBe(3);
  expect(anna.readsAll()).toContain("Готово: Z-Image × 3");
  expect(anna.readsAll()).toContain("1. кот на крыше");
  expect(await anna.wallet()).toMatchObject({ held: 0n, running: 0, queued: 0 });
  const asked = world.kie.tasks().slice(-3);
  expect(asked.map(({ input }) => Reflect.get(Object(input), "prompt")).toSorted()).toEqual([
    "кот на крыше",
    "лиса в снегу",
    "сова ночью",
  ]);
});

test("C9: one prompt × N says its price on each button, and opens again with one tap", async () => {
  const anna = await world.newcomer({ kopecks: 10_000 });
  await opensBatch(anna, "маяк");
  for (const label of ["×2 · 1,26 ₽", "×3 · 1,89 ₽", "×5 · 3,15 ₽", "×10 · 6,30 ₽"])
    expect(offers(anna, label)).toBe(true);
  await anna.taps("×4");
  await anna.taps("✅ Создать 4 · 2,52 ₽");
  await world.advance(90);
  expect(pictures(anna)).toBe(4);
  await anna.taps("batch_again:");
  expect(offers(anna, "✅ Создать 4 · 2,52 ₽")).toBe(true);
});

test("C9: no more run at once than a user may have, the rest waits and can be taken back", async () => {
  const anna = await world.newcomer({ kopecks: 10_000 });
  await opensBatch(anna);
  await anna.says(lines(8, "slow: кот"));
  await anna.taps("✅ Создать 8 · 5,04 ₽");
  expect(await anna.wallet()).toMatchObject({ held: 504n, running: 3, queued: 5 });
  await anna.taps("🔄");
  expect(anna.reads()).toContain("Создаём: 3\nЖдут очереди: 5");
  const rest = anna.button("Отменить остальные (5)");
  await anna.taps("Отменить остальные (5)");
  expect(anna.reads()).toContain("Отменено: 5");
  expect(await anna.wallet()).toMatchObject({ held: 189n, running: 3, queued: 0 });
  await anna.forces(rest.messageId, rest.data);
  expect(await anna.wallet()).toMatchObject({ held: 189n, running: 3, queued: 0 });
  await world.advance(600);
  expect(pictures(anna)).toBe(3);
  expect(anna.readsAll()).toContain("Списано 1,89 ₽, вернулось 3,15 ₽");
});

test("C9 C8: what failed is not charged, said with its cause, and can be repeated alone", async () => {
  const anna = await world.newcomer({ kopecks: 10_000 });
  await opensBatch(anna);
  await anna.says("кот\nfail:policy: лиса\nсова\nfail: ёж");
  await anna.taps("✅ Создать 4");
  await world.advance(600);
  const told = anna.readsAll();
  expect(told).toContain("Готово 2 из 4: Z-Image");
  expect(told).toContain("Списано 1,26 ₽, вернулось 1,26 ₽");
  expect(told).toMatch(/2\. «fail:policy: лиса»: Модель отклонила запрос/);
  expect(pictures(anna)).toBe(2);
  await anna.taps("Повторить остальные (2) · 1,26 ₽");
  expect(anna.reads()).toContain("1. fail:policy: лиса\n2. fail: ёж");
  expect(offers(anna, "✅ Создать 2 · 1,26 ₽")).toBe(true);
});

test("C9: a .txt file is a list, whatever wrote it", async () => {
  const anna = await world.newcomer({ kopecks: 10_000 });
  await opensBatch(anna);
  // "кот\r\nлиса" as Russian Notepad saves it.
  await anna.sendsFile(wordsFile(new Uint8Array([0xea, 0xee, 0xf2, 13, 10, 0xeb, 0xe8, 0xf1, 0xe0])));
  expect(anna.reads()).toContain("1. кот\n2. лиса");
  await anna.taps("Другие запросы");
  await anna.sendsFile(wordsFile("\ufeffсова\nёж\nволк"));
  expect(offers(anna, "✅ Создать 3 · 1,89 ₽")).toBe(true);
});

test("C9: of a .csv file the column of the prompts is taken", async () => {
  const anna = await world.newcomer({ kopecks: 10_000 });
  await opensBatch(anna);
  await anna.sendsFile(wordsFile('№;Запрос\r\n1;"кот, рыжий"\r\n2;лиса\r\n', "prompts.csv"));
  expect(anna.reads()).toContain("1. кот, рыжий\n2. лиса");
});

test("C9 A10: a text file on a card is its prompt, without a card it is told where it belongs; one too large is refused", async () => {
  const anna = await world.newcomer();
  await anna.sendsFile(wordsFile("старый маяк"));
  expect(anna.reads()).toContain("сначала выберите модель");
  await openCard(anna, "z-image");
  await anna.sendsFile(wordsFile("старый маяк"));
  expect(anna.reads()).toContain("старый маяк");
  expect(offers(anna, "Создать · 0,63 ₽")).toBe(true);
  await anna.sendsFile(wordsFile("а".repeat(140_000)));
  expect(anna.reads()).toContain("бот читает файлы до 256 КБ");
  await anna.sendsFile(wordsFile(new Uint8Array([0x50, 0x4b, 0, 0])));
  expect(anna.reads()).toContain("Файл не открывается");
  expect(offers(anna, "Создать · 0,63 ₽")).toBe(true);
});

test("C9: more than fits is not cut in silence, and a line over the model's limit is named", async () => {
  const anna = await world.newcomer({ kopecks: 10_000 });
  await opensBatch(anna);
  await anna.says(lines(30));
  expect(anna.reads()).toMatch(/Здесь 30 запросов, а за один раз можно до \d+\./);
  expect(offers(anna, "▶️ Взять")).toBe(true);
  await anna.says(`кот\n${"я".repeat(1_001)}`);
  expect(anna.reads()).toMatch(/^Запрос 2\. .*Можно до 1 000 знаков/);
});

test("A7 C9: a button of an older order never acts, a second ✅ orders nothing", async () => {
  const anna = await world.newcomer({ kopecks: 10_000 });
  await opensBatch(anna);
  await anna.says("кот\nлиса");
  const old = anna.button("✅ Создать 2");
  await anna.says("сова");
  await anna.forces(old.messageId, old.data);
  expect(await anna.wallet()).toMatchObject({ held: 0n });
  const current = anna.button("✅ Создать 3");
  await anna.forces(current.messageId, current.data);
  await anna.forces(current.messageId, current.data);
  expect(await anna.wallet()).toMatchObject({ held: 189n });
  await world.advance(60);
  expect(pictures(anna)).toBe(3);
});

test("E4 C9: with too little money the order stays, says what is missing, and takes nothing", async () => {
  const anna = await world.newcomer();
  await openCard(anna, "nano-banana-pro");
  await anna.says("лиса");
  await anna.taps("Несколько");
  await anna.taps("×5");
  expect(anna.reads()).toContain("⚠️ Не хватает");
  await anna.taps("✅ Создать 5");
  expect(anna.toast()?.text).toContain("Не хватает");
  expect(await anna.wallet()).toMatchObject({ held: 0n });
});

test("C9: a dear order asks once more, with the balance before and after", async () => {
  const anna = await world.newcomer({ kopecks: 100_000 });
  await openCard(anna, "nano-banana-pro");
  await anna.says("лиса");
  await anna.taps("Несколько");
  await anna.taps("×2");
  await anna.taps("✅ Создать 2");
  expect(anna.reads()).toMatch(/Создаём за \d+,\d\d ₽\?/);
  expect(await anna.wallet()).toMatchObject({ held: 0n });
  await anna.taps("Подтвердить");
  expect(anna.reads()).toContain("Готово 0 из 2");
});

test("C9 A8: every button of the batch fits Telegram, in English as well", async () => {
  const bob = await world.newcomer({ languageCode: "en", kopecks: 10_000 });
  await opensBatchIn(bob);
  await bob.says("cat\nfox");
  expect(bob.reads()).toContain("2 × ₽0.63 = ₽1.26");
  await bob.taps("✅ Create 2 · ₽1.26");
  expect(bob.reads()).toContain("0 of 2 ready");
  await world.advance(60);
  expect(bob.readsAll()).toContain("Ready: Z-Image × 2");
});

async function opensBatchIn(person: Person): Promise<void> {
  await person.says("a fox in the snow");
  await person.taps("Several");
}
