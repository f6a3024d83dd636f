import { expect, test } from "vitest";
import { create, offers, openCard, withSpaces } from "../support/buying.ts";
import { photo, song } from "../support/files.ts";
import { sharedWorld } from "../support/shared-world.ts";
import type { Person } from "../support/world.ts";

const world = sharedWorld();

const labels = (person: Person) => (person.screen().keyboard?.flat() ?? []).map(({ text }) => withSpaces(text));
const lastInput = () => world.kie.tasks().at(-1)?.input ?? {};

/** A film of several shots, whose seconds have to add up to its length. */
async function filmCard(...shots: string[]): Promise<Person> {
  const person = await world.newcomer({ kopecks: 100_000 });
  await openCard(person, "kling-3-0");
  await person.says("трамвай в дождь");
  await person.taps("set_param:sound:true");
  await person.taps("set_param:multi_shots:true");
  await person.says(shots.join("\n"));
  return person;
}

const shotSeconds = () => {
  const shots = lastInput()["multi_prompt"];
  return Array.isArray(shots) ? shots.map((shot: { duration?: unknown }) => shot.duration) : [];
};

test("A5 B2: shots pasted at once share the film's seconds, so that ✅ is the very next tap", async () => {
  const anna = await filmCard("Трамвай трогается", "Капли на стекле", "Остановка");
  expect(anna.reads()).toContain("Сцены: 3 из 5");
  expect(anna.reads()).not.toContain("⚠️");
  await create(anna);
  expect(lastInput()).toMatchObject({ multi_shots: true });
  expect(shotSeconds()).toEqual([2, 2, 1]);
});

test("A5: another length of the film deals its seconds out anew", async () => {
  const anna = await filmCard("Трамвай трогается", "Остановка");
  await anna.taps("Длина");
  await anna.taps("10 с");
  expect(anna.reads()).not.toContain("⚠️");
  await create(anna);
  expect(shotSeconds()).toEqual([5, 5]);
});

test("A5: seconds set by hand are counted, and one tap makes them fit again", async () => {
  const anna = await filmCard("Трамвай трогается", "Остановка");
  await anna.taps("Сцены");
  expect(anna.reads()).toContain("Занято 5 с из 5 с.");
  await anna.taps("item_field:multi_prompt:0:duration");
  await anna.taps("6 с");
  expect(anna.reads()).toContain("⚠️ Занято 8 с из 5 с.");
  expect(labels(anna)).toEqual(expect.arrayContaining(["⚖️ Разделить поровну", "Длина: 8 с"]));
  await anna.taps("Длина: 8 с");
  expect(anna.reads()).toContain("Длина: 8 с");
  await create(anna);
  expect(shotSeconds()).toEqual([6, 2]);
});

test("A5: one shot is rewritten, moved and removed in its own editor, and a new one is added by hand", async () => {
  const anna = await filmCard("Трамвай трогается", "Остановка");
  await anna.taps("Сцены");
  expect(anna.reads()).toMatch(/1\. 3 с: Трамвай трогается\n2\. 2 с: Остановка/);
  await anna.taps("✏️ 2");
  expect(anna.reads()).toContain("Остановка");
  await anna.says("Двери открываются");
  await anna.taps("✏️ 2");
  await anna.taps("⬆️ Выше");
  await anna.taps("Назад");
  await anna.taps("➕ Ещё строка");
  await anna.says("Темнота");
  expect(anna.reads()).toContain("Занято 5 с из 5 с.");
  await anna.taps("✏️ 2");
  await anna.taps("🗑 Удалить");
  await anna.taps("Готово");
  await create(anna);
  expect(lastInput()["multi_prompt"]).toMatchObject([
    { prompt: "Двери открываются", duration: 3 },
    { prompt: "Темнота", duration: 2 },
  ]);
});

test("A5: a line's voice is chosen in the line itself, and the list shows whose line it is", async () => {
  const anna = await world.newcomer({ kopecks: 100_000 });
  await openCard(anna, "elevenlabs-dialogue");
  await anna.says("Ты где?\n— Уже еду");
  await anna.taps("Реплики");
  await anna.taps("✏️ 1");
  await anna.taps("item_field:dialogue:0:voice");
  const voice = labels(anna).find((label) => !label.startsWith("✓")) ?? "";
  await anna.taps(voice);
  expect(anna.reads()).toContain(`1. ${voice}: Ты где?`);
  await anna.taps("Готово");
  await create(anna);
  expect(lastInput()["dialogue"]).toMatchObject([{ text: "Ты где?" }, { text: "Уже еду" }]);
});

test("A5: the words of a song say how much room is left, take a continuation, and reach KIE in one piece", async () => {
  const anna = await world.newcomer({ kopecks: 100_000 });
  await openCard(anna, "suno-custom");
  for (const words of ["инди-поп", "Электричка"]) await anna.says(words);
  expect(anna.reads()).toContain("[Куплет], [Припев]");
  // A long text is cut into two messages by Telegram's own clients.
  const [first, second] = ["[Куплет]\n".padEnd(4000, "ла "), "[Припев]\nДомой"];
  await anna.says(first);
  expect(anna.reads()).toMatch(/Занято [34] \d\d\d из 5 000 знаков\./);
  await anna.says(second);
  expect(offers(anna, "Создать")).toBe(true);
  await anna.taps("Слова");
  await anna.taps("➕ Дописать");
  await anna.says("[Финал]");
  await create(anna);
  expect(Object.values(lastInput())).toContain(`${first.trim()}\n${second}\n[Финал]`);
  expect(JSON.stringify(lastInput())).toContain("инди-поп");
});

test("A5: words over the limit are told with both lengths, and what was there stays", async () => {
  const anna = await world.newcomer({ kopecks: 100_000 });
  await openCard(anna, "suno-custom");
  for (const words of ["инди-поп", "Электричка", "ла".repeat(1990)]) await anna.says(words);
  await anna.says("ля".repeat(600));
  expect(anna.reads()).toContain("«Слова»: слишком длинно. Можно до 5 000 знаков, а здесь 5 181.");
  await anna.taps("Готово");
  expect(offers(anna, "Создать")).toBe(true);
});

test("A6: what a result gives can be joined by files of one's own: a persona's card, a voice of one's own", async () => {
  const anna = await world.newcomer({ kopecks: 100_000 });
  await openCard(anna, "gemini-omni-character");
  await anna.sendsFile(await song(2));
  expect(anna.reads()).toContain("Ей можно прислать фото.");
  await anna.sendsFile(await photo("герой"));
  await anna.says("Рыжий моряк");
  expect(offers(anna, "Создать · бесплатно")).toBe(true);
  await anna.taps("show_price_confirmation");
  await world.advance(60);
  expect(anna.readsAll()).toContain("бесплатно, на балансе");
  await anna.taps("Ролик с этим героем");
  await anna.says("моряк машет рукой");
  expect(offers(anna, "show_price_confirmation")).toBe(true);
  await create(anna);
  expect(JSON.stringify(lastInput())).toContain("моряк машет рукой");
});
