import { expect, test } from "vitest";
import { create, kopecksOfCredits, kopecksOn, offers, openCard, withSpaces } from "../support/buying.ts";
import { sharedWorld } from "../support/shared-world.ts";
import type { Person } from "../support/world.ts";

const world = sharedWorld();

const spentBy = async (person: Person) => {
  const { main, bonus, held } = await person.wallet();
  expect(held).toBe(0n);
  return 105_000n - main - bonus;
};

/** What the newest task was asked for. */
const lastInput = () => world.kie.tasks().at(-1)?.input ?? {};

const kindsTo = (person: Person) =>
  person.messages().flatMap(({ from, media }) => (from === "bot" ? (media ?? []).map(({ kind }) => kind) : []));

async function makesSong(person: Person): Promise<string> {
  await openCard(person, "suno-custom");
  for (const words of ["инди-поп", "Последняя электричка", "[Куплет] Фонари плывут"]) await person.says(words);
  const generationId = await create(person);
  await world.advance(60);
  return generationId;
}

/** Presses ✅ and waits; some answers come at once, so that there is no status to read. */
async function confirms(person: Person): Promise<void> {
  await person.taps("show_price_confirmation");
  if (offers(person, "confirm~")) await person.taps("confirm~");
  await world.advance(60);
}

/** Orders the follow-up that the screen offers under this name. @returns what its button said it costs. */
async function orders(person: Person, label: string): Promise<string> {
  const { text } = person.button(label);
  await person.taps(label);
  await confirms(person);
  return text;
}

test("D2 B1: a song's screen of follow-ups switches between its tracks and says every price", async () => {
  const anna = await world.newcomer({ kopecks: 100_000 });
  await makesSong(anna);
  await anna.taps("Что ещё с треком");
  expect(anna.reads()).toContain("Трек 1");
  const labels = () => (anna.screen().keyboard?.flat() ?? []).map(({ text }) => withSpaces(text));
  expect(labels().slice(0, 2)).toEqual(["• Трек 1", "Трек 2"]);
  expect(labels()).toContain("Скачать WAV · 0,31 ₽");
  expect(labels()).toContain("Обложка · бесплатно");
  expect(anna.screen().keyboard?.length).toBeLessThanOrEqual(8);
  const { messageId } = anna.screen();
  await anna.taps("Трек 2");
  expect(labels().slice(0, 2)).toEqual(["Трек 1", "• Трек 2"]);
  expect(anna.screen().messageId).toBe(messageId);
  await anna.taps("Назад");
  expect(anna.reads()).toContain("Списано 9,43 ₽.");
  expect(offers(anna, "Что ещё с треком")).toBe(true);
});

test("D2 E3: a WAV of the second track is one ✅ away, names that track to KIE and costs what its button said", async () => {
  const anna = await world.newcomer({ kopecks: 100_000 });
  await makesSong(anna);
  const song = world.kie.tasks().at(-1);
  await anna.taps("Что ещё с треком");
  await anna.taps("Трек 2");
  const before = await spentBy(anna);
  const label = await orders(anna, "Скачать WAV");
  expect(kopecksOn(label)).toBe(kopecksOfCredits(0.4));
  const values = Object.values(lastInput());
  expect(values).toContain(song?.taskId);
  expect((await spentBy(anna)) - before).toBe(31n);
  expect(kindsTo(anna).length).toBe(3);
  const rows = await world.db.rows(
    "select external_id from outputs o join generations g on g.id = o.generation_id where g.task_id = $1 order by position",
    [song?.taskId],
  );
  expect(values).toContain(rows[1]?.["external_id"]);
  expect(values).not.toContain(rows[0]?.["external_id"]);
});

test("D2: stems are chosen on the card with their price, and come as files of their own", async () => {
  const anna = await world.newcomer({ kopecks: 100_000 });
  await makesSong(anna);
  await anna.taps("Что ещё с треком");
  const before = kindsTo(anna).length;
  const label = await orders(anna, "Разделить на дорожки");
  expect(kopecksOn(label)).toBe(kopecksOfCredits(10));
  expect(kindsTo(anna).length - before).toBeGreaterThanOrEqual(2);
  expect(await spentBy(anna)).toBe(943n + 786n);
});

test("D2 D1: the words of a song with their seconds come as a file of lines", async () => {
  const anna = await world.newcomer({ kopecks: 100_000 });
  await makesSong(anna);
  await anna.taps("Что ещё с треком");
  await orders(anna, "Текст с таймингом");
  expect(anna.readsAll()).toContain("0,39 ₽");
  expect(await spentBy(anna)).toBe(943n + 39n);
});

test("D2 E3: cover art is free: the card, the receipt and the history say so, and no money moves", async () => {
  const anna = await world.newcomer({ kopecks: 100_000 });
  await makesSong(anna);
  const before = await anna.wallet();
  await anna.taps("Что ещё с треком");
  await anna.taps("Обложка");
  expect(offers(anna, "✅ Создать · бесплатно")).toBe(true);
  const generationId = await create(anna);
  await world.advance(60);
  expect(await anna.wallet()).toEqual(before);
  expect(kindsTo(anna).slice(-2)).toEqual(["photo", "photo"]);
  expect(anna.readsAll()).not.toContain("0,00 ₽");
  await anna.taps(`receipt:${generationId}`);
  expect(anna.reads()).toContain("Цена: бесплатно");
});

test("D2 B1: a persona is made of a track, and sings the next song under its own id", async () => {
  const anna = await world.newcomer({ kopecks: 100_000 });
  await makesSong(anna);
  await anna.taps("Что ещё с треком");
  await anna.taps("Сохранить голос");
  await anna.says("Анна-инди");
  await anna.says("Тихий женский голос, инди-поп");
  await confirms(anna);
  await anna.taps("Песня этим голосом");
  for (const words of ["баллада", "Вторая электричка"]) await anna.says(words);
  if (!offers(anna, "show_price_confirmation")) await anna.says("Снова фонари");
  await create(anna);
  const [persona] = await world.db.rows(
    "select o.external_id from outputs o join generations g on g.id = o.generation_id where g.entry_key = 'suno-persona' and g.user_id = $1",
    [anna.id],
  );
  expect(persona?.["external_id"]).toBeTruthy();
  expect(Object.values(lastInput())).toContain(persona?.["external_id"]);
  await world.advance(60);
  expect(await spentBy(anna)).toBe(943n * 2n);
});

test("D2 B4: Veo's 1080p stands under the video with its price and asks nothing", async () => {
  const anna = await world.newcomer({ kopecks: 100_000 });
  await openCard(anna, "veo-tiers-lite");
  await anna.says("поезд вдоль моря");
  await create(anna);
  await world.advance(120);
  const video = world.kie.tasks().at(-1);
  expect(anna.button("В 1080p").text).toBe("В 1080p · 3,93 ₽");
  await anna.taps("В 1080p");
  expect(offers(anna, "Создать · 3,93 ₽")).toBe(true);
  expect(anna.readsAll()).not.toContain(video?.taskId ?? "no task");
  const before = await spentBy(anna);
  await create(anna);
  await world.advance(120);
  expect((await spentBy(anna)) - before).toBe(393n);
  expect(kindsTo(anna)).toEqual(["video", "video"]);
});

test("D2 A4: 🎬 under a picture opens the models that animate it, with the picture in the card and words as the prompt", async () => {
  const anna = await world.newcomer({ kopecks: 100_000 });
  await anna.says("рыжий кот");
  await create(anna);
  await world.advance(20);
  const picture = anna.screen().messageId;
  await anna.taps("🎬 Оживить");
  expect(anna.screen().messageId).toBeGreaterThan(picture);
  expect(anna.reads()).toContain("оживит");
  await anna.says("кот потягивается");
  expect(anna.reads()).toContain("кот потягивается");
  const prices = (anna.screen().keyboard?.flat() ?? []).filter(({ data }) => data?.startsWith("mode:"));
  const kopecks = prices.map(({ text }) => kopecksOn(withSpaces(text)));
  expect(kopecks).toEqual(kopecks.toSorted((a, b) => Number(a - b)));
  await anna.taps(prices[0]?.data ?? "");
  expect(anna.reads()).toContain("кот потягивается");
  expect(offers(anna, "show_price_confirmation")).toBe(true);
  await create(anna);
  expect(JSON.stringify(lastInput())).toMatch(/https?:\/\/[^"]+/);
  expect(JSON.stringify(lastInput())).toContain("кот потягивается");
  await world.advance(60);
  expect(kindsTo(anna)).toEqual(["photo", "video"]);
});

test("D2: a button of a follow-up works at any age, and says so when KIE has forgotten the task", async () => {
  const anna = await world.newcomer({ kopecks: 100_000 });
  await makesSong(anna);
  await anna.taps("Что ещё с треком");
  const { messageId, data } = anna.button("Скачать WAV");
  const readsThere = () => withSpaces(anna.messages().find((message) => message.messageId === messageId)?.text ?? "");
  await anna.says("/start");
  await anna.forces(messageId, data);
  expect(readsThere()).toContain("Скачать WAV");
  world.qstash.reset();
  await world.sleeps(61 * 24 * 60 * 60);
  await anna.forces(messageId, data);
  expect(readsThere()).toContain("прошло слишком много времени");
});

test("D2: nobody orders a follow-up of somebody else's song", async () => {
  const [anna, boris] = [await world.newcomer({ kopecks: 100_000 }), await world.newcomer({ kopecks: 100_000 })];
  await makesSong(anna);
  await anna.taps("Что ещё с треком");
  const { data } = anna.button("Скачать WAV");
  await boris.says("/start");
  await boris.forces(boris.screen().messageId, data);
  expect(boris.reads()).toContain("Такой генерации в вашей истории нет.");
  expect(await spentBy(boris)).toBe(0n);
});
