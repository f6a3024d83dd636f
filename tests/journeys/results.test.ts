import { beforeAll, expect, test } from "vitest";
import { type Answers, answerQuestions, create, offers, oneOfEach, openCard, withSpaces } from "../support/buying.ts";
import { sharedWorld } from "../support/shared-world.ts";
import type { Person } from "../support/world.ts";

const world = sharedWorld();
let answers: Answers;
beforeAll(async () => {
  answers = await oneOfEach();
});

const callsOf = (method: string) =>
  world.context.calls.list().filter((call) => call.service === "telegram" && call.method === method);
const kieCalls = () => world.context.calls.list().filter(({ service }) => service === "kie").length;
const mediaOf = (person: Person) => person.messages().flatMap(({ media }) => media ?? []);

async function buys(person: Person, prompt: string): Promise<string> {
  await person.says(prompt);
  const generationId = await create(person);
  await world.advance(20);
  return generationId;
}

test("D1: the result rings as a new message that then becomes the picture", async () => {
  const anna = world.person(1801);
  await anna.says("звонкий маяк");
  const card = anna.screen().messageId;
  await create(anna);
  world.context.calls.clear();
  await world.advance(20);
  const [ring] = callsOf("sendMessage");
  expect(ring?.body).toMatchObject({ chat_id: 1801, text: "Готово: Z-Image" });
  expect(ring?.body).not.toHaveProperty("disable_notification");
  const result = anna.screen();
  expect(result.messageId).toBeGreaterThan(card);
  expect(result).toMatchObject({ edited: true, media: [{ kind: "photo" }] });
  expect(callsOf("editMessageMedia").map(({ body }) => body)).toMatchObject([{ message_id: result.messageId }]);
});

test("D1: a video comes as a video and a voice-over as audio with title and performer", async () => {
  const anna = world.person(1802);
  await anna.says("/start");
  await anna.credited(100_000);
  await openCard(anna, "seedance-1-lite");
  await answerQuestions(anna, answers);
  await create(anna);
  await world.advance(40);
  expect(anna.screen().media).toMatchObject([{ kind: "video", mime: "video/mp4" }]);
  await openCard(anna, "elevenlabs-v2");
  await answerQuestions(anna, answers);
  await create(anna);
  await world.advance(40);
  expect(anna.screen().media).toMatchObject([{ kind: "audio", performer: "ElevenLabs v2" }]);
});

test("C8 D1: both tracks of a song come as one album with title and performer under one receipt", async () => {
  const anna = world.person(1803);
  await openCard(anna, "suno-custom");
  for (const words of ["инди-поп", "Последняя электричка", "Фонари плывут в окне"]) await anna.says(words);
  await create(anna);
  await world.advance(40);
  const tracks = anna.messages().slice(-2);
  expect(tracks.map(({ media }) => media)).toMatchObject([
    [{ kind: "audio", title: "Последняя электричка", performer: "Suno" }],
    [{ kind: "audio", title: "Последняя электричка", performer: "Suno" }],
  ]);
  expect(tracks[0]?.mediaGroupId).toBeDefined();
  expect(tracks[0]?.mediaGroupId).toBe(tracks[1]?.mediaGroupId);
  const receipt = anna.messages().find(({ messageId }) => messageId === tracks[0]?.replyTo);
  expect(withSpaces(receipt?.text ?? "")).toContain("списано 9,43 ₽, осталось 40,57 ₽");
  expect(await anna.wallet()).toMatchObject({ bonus: 4057n, held: 0n });
});

test("C8 D1: several pictures of one task come as one album and are charged once", async () => {
  const anna = world.person(1813);
  await buys(anna, "many:3: три маяка");
  const album = anna.messages().slice(-3);
  expect(album.map(({ media }) => media?.[0]?.kind)).toEqual(["photo", "photo", "photo"]);
  expect(new Set(album.map(({ mediaGroupId }) => mediaGroupId)).size).toBe(1);
  expect(offers(anna, "again:")).toBe(false);
  expect(anna.button("again:").messageId).toBe(album[0]?.replyTo);
  expect(await anna.wallet()).toMatchObject({ bonus: 4937n, held: 0n });
});

test("D1: a picture too large for a photo comes as a document", async () => {
  const anna = world.person(1804);
  await buys(anna, "big: маяк до неба");
  expect(anna.screen().media).toMatchObject([{ kind: "document", mime: "image/png" }]);
  expect(anna.screen().media?.[0]?.bytes).toBeGreaterThan(10_000_000);
  expect(anna.reads()).toContain("списано 0,63 ₽");
});

test("D3 E1: the caption names model, parameters, time and money; the receipt lists the ledger lines", async () => {
  const anna = world.person(1805);
  await anna.says("маяк с чеком");
  await anna.taps("Формат");
  await anna.taps("16:9");
  const generationId = await create(anna);
  await world.advance(20);
  const [title, chosen, money] = anna.reads().split("\n");
  expect(title).toContain("Z-Image");
  expect(chosen).toBe("16:9");
  expect(money).toMatch(/за \d+ с/);
  expect(money).toContain("списано 0,63 ₽, осталось 49,37 ₽");
  await anna.taps("Чек");
  expect(anna.reads()).toMatch(/\d\d:\d\d · в резерв 0,63 ₽ \(бонусы\)\n\d\d:\d\d · списано 0,63 ₽ \(бонусы\)/);
  expect(anna.reads()).toContain(`Номер: ${generationId}`);
  expect(anna.reads()).toContain("Цена: 0,63 ₽");
});

test("D1: the links are given with their expiry and open the files", async () => {
  const anna = world.person(1806);
  await buys(anna, "маяк по ссылке");
  await anna.taps("Ссылки");
  expect(anna.reads()).toMatch(/Файл 1: до \d+ \S+, \d\d:\d\d/);
  const link = anna
    .screen()
    .keyboard?.flat()
    .find(({ url }) => url !== undefined);
  const file = await fetch(link?.url ?? "");
  expect(file.headers.get("content-type")).toBe("image/png");
});

test("D2: 🔁 with its price opens the same card, ✏️ asks for new words, the old result stays", async () => {
  const anna = world.person(1807);
  await buys(anna, "маяк ещё раз");
  const result = anna.screen().messageId;
  expect(anna.button("again:").text).toBe("🔁 Ещё · 0,63 ₽");
  await anna.taps("again:");
  expect(anna.reads()).toContain("маяк ещё раз");
  await create(anna);
  await world.advance(20);
  await anna.taps("edit:");
  expect(anna.reads()).toContain("маяк ещё раз");
  await anna.says("маяк иначе");
  expect(anna.reads()).toContain("маяк иначе");
  await create(anna);
  await world.advance(20);
  expect(mediaOf(anna)).toHaveLength(3);
  expect(anna.messages().some(({ messageId, media }) => messageId === result && media !== undefined)).toBe(true);
  expect(
    world.kie
      .tasks()
      .slice(-3)
      .map(({ input }) => input["prompt"]),
  ).toEqual(["маяк ещё раз", "маяк ещё раз", "маяк иначе"]);
});

test("D5: the history is empty at first, then pages through everything, newest first", async () => {
  const anna = world.person(1808);
  await anna.says("/history");
  expect(anna.reads()).toContain("Здесь появятся ваши генерации");
  for (let number = 1; number <= 10; number += 1) {
    await anna.says(`маяк № ${number}.`);
    await create(anna);
  }
  await world.advance(60);
  expect(mediaOf(anna)).toHaveLength(10);
  await anna.says("/history");
  const listed = () => [...anna.reads().matchAll(/маяк № (\d+)\./g)].map(([, number]) => Number(number));
  expect(listed()).toEqual([10, 9, 8, 7, 6, 5, 4, 3]);
  expect(anna.reads()).toContain("готово");
  await anna.taps("Раньше");
  expect(listed()).toEqual([2, 1]);
  expect(offers(anna, "Раньше")).toBe(false);
  await anna.taps("К последним");
  expect(listed()[0]).toBe(10);
});

test("D1 D5: a past result is opened from the history and sent again by Telegram's own file, free and without KIE", async () => {
  const anna = world.person(1809);
  await buys(anna, "маяк на память");
  const wallet = await anna.wallet();
  await anna.says("/history");
  await anna.taps("open:");
  expect(anna.reads()).toContain("маяк на память");
  expect(anna.reads()).toContain("писано 0,63 ₽");
  // KIE's link dies after a day, Telegram's file does not.
  world.qstash.reset();
  await world.sleeps(15 * 24 * 60 * 60);
  world.context.calls.clear();
  const before = kieCalls();
  await anna.taps("Прислать ещё раз");
  expect(kieCalls()).toBe(before);
  expect(mediaOf(anna)).toHaveLength(2);
  expect(JSON.stringify(callsOf("sendPhoto").map(({ body }) => body))).not.toMatch(/https?:|"bytes"/);
  expect(await anna.wallet()).toEqual(wallet);
  expect(anna.readsAll().match(/списано 0,63 ₽/g)?.length).toBeGreaterThan(1);
});

test("C8 D1: an album is sent again whole", async () => {
  const anna = world.person(1810);
  await openCard(anna, "suno-simple");
  await answerQuestions(anna, answers);
  await create(anna);
  await world.advance(40);
  await anna.says("/history");
  await anna.taps("open:");
  await anna.taps("Прислать ещё раз");
  expect(mediaOf(anna).map(({ kind }) => kind)).toEqual(["audio", "audio", "audio", "audio"]);
});

test("E1: bonuses are spent first, both balances and the reserve are shown, the receipt names the accounts", async () => {
  const anna = world.person(1811);
  await anna.says("/start");
  await anna.credited(10_000);
  await openCard(anna, "seedance-2");
  await anna.says("стеклянный кит");
  expect(anna.reads()).toContain("Баланс: 100 ₽ и 50 ₽ бонусами");
  await create(anna);
  expect(await anna.wallet()).toMatchObject({ bonus: 0n, main: 7534n, held: 7466n });
  await anna.says("/balance");
  expect(anna.reads()).toContain("Основной: 75,34 ₽");
  expect(anna.reads()).toContain("В резерве: 74,66 ₽.");
  expect(anna.reads()).not.toContain("Бонусы");
  await world.advance(40);
  expect(anna.reads()).toContain("списано 74,66 ₽, осталось 75,34 ₽");
  await anna.says("/balance");
  expect(anna.reads()).not.toContain("В резерве");
  await anna.taps("История");
  await anna.taps("open:");
  await anna.taps("Чек");
  for (const line of [
    "в резерв 50,00 ₽ (бонусы)",
    "в резерв 24,66 ₽ (основной)",
    "списано 50,00 ₽ (бонусы)",
    "списано 24,66 ₽ (основной)",
  ]) {
    expect(anna.reads()).toContain(line);
  }
});

test("E1 E4: what is missing is said on the card, and topping up lets the same card be bought", async () => {
  const anna = world.person(1812);
  await openCard(anna, "seedance-2");
  await anna.says("дорогой кит");
  expect(anna.reads()).toContain("Не хватает 24,66 ₽");
  await anna.taps("Создать");
  expect(anna.toast()).toEqual({
    text: expect.stringContaining("Не хватает 24,66 ₽: нужно 74,66 ₽, а на балансе 50 ₽."),
    alert: true,
  });
  expect(await anna.wallet()).toMatchObject({ held: 0n, running: 0 });
  await anna.credited(2_466);
  await create(anna);
  expect(await anna.wallet()).toMatchObject({ bonus: 0n, main: 0n, held: 7466n });
  await world.advance(40);
  expect(anna.reads()).toContain("осталось 0 ₽");
});

test.each([
  ["recraft-upscale", 39n, "0,39 ₽"],
  ["z-image", 63n, "0,63 ₽"],
  ["recraft-background", 79n, "0,79 ₽"],
])("E3: the golden price of %s is on the button, held and charged", async (entryKey, kopecks, price) => {
  const anna = world.person(1820 + Number(kopecks));
  await openCard(anna, entryKey);
  await answerQuestions(anna, answers);
  expect(withSpaces(anna.button("Создать").text)).toBe(`✅ Создать · ${price}`);
  await create(anna);
  expect(await anna.wallet()).toMatchObject({ held: kopecks });
  await world.advance(20);
  expect(anna.reads()).toContain(`списано ${price}`);
  expect(await anna.wallet()).toMatchObject({ bonus: 5000n - kopecks, held: 0n });
});

test("E3: speech is priced by the character, in exact proportion", async () => {
  const anna = world.person(1830);
  await openCard(anna, "elevenlabs-v2");
  await anna.says("а".repeat(250));
  // 12 credits per 1,000 characters: 3 credits, 235.77 kopecks.
  expect(anna.button("Создать").text).toContain("2,36 ₽");
  await anna.says("а");
  expect(anna.button("Создать").text).toContain("0,01 ₽");
  await create(anna);
  await world.advance(20);
  expect(await anna.wallet()).toMatchObject({ bonus: 4999n, held: 0n });
});
