import { expect, test } from "vitest";
import { answerQuestions, create, kopecksOn, offers, openCard } from "../support/buying.ts";
import { generationNow, movements, newestGeneration, photo } from "../support/failures.ts";
import { sharedWorld } from "../support/shared-world.ts";
import type { Person } from "../support/world.ts";

const MINUTE = 60;
const LITE = "veo-tiers-lite";

const world = sharedWorld();

/** Opens the entry's card with this prompt and presses ✅. */
async function orders(person: Person, entryKey: string, prompt: string): Promise<{ id: string; price: bigint }> {
  await openCard(person, entryKey);
  await person.says(prompt);
  await answerQuestions(person, []);
  const price = kopecksOn(person.button("show_price_confirmation").text);
  await person.taps("show_price_confirmation");
  if (offers(person, "confirm~")) await person.taps("confirm~");
  return { id: (await newestGeneration(world, person.id)).id, price };
}

const tasksOf = (prompt: string) => world.kie.tasks().filter((task) => task.input.prompt === prompt);
const filesTo = (person: Person) =>
  person.messages().flatMap((message) => (message.from === "bot" ? (message.media ?? []) : []));

const FAMILIES = [
  { entry: LITE, api: "veo", model: "veo3_lite", media: "video" },
  { entry: "kontext-tiers-max", api: "flux-kontext", model: "flux-kontext-max", media: "photo" },
  { entry: "gpt-4o-variants", api: "gpt4o-image", model: "gpt4o-image/generate", media: "photo" },
] as const;
const WORDS = ["lost:", "twice:", "garbage:", "early:", "lostcb:", "nofields:", "extra:", "oldnames:", "lost: twice:"];

test.each(FAMILIES.flatMap((family) => WORDS.map((word) => ({ ...family, word }))))(
  "B4 C4 C7 E2: $api, «$word»: one task, one charge, one result",
  async ({ entry, api, model, media, word }) => {
    const person = await world.newcomer({ kopecks: 100_000 });
    const prompt = `${word} ${api} кот`;
    const { id, price } = await orders(person, entry, prompt);
    await world.advance(6 * MINUTE);
    expect(await generationNow(world, id)).toMatchObject({ state: "delivered" });
    expect(tasksOf(prompt)).toMatchObject([{ api, model, state: "success" }]);
    expect(filesTo(person).map((file) => file.kind)).toEqual([media]);
    expect(await movements(world, id)).toMatchObject([/^hold/, /^post/].map((kind) => expect.stringMatching(kind)));
    const { main, bonus, held } = await person.wallet();
    expect({ spent: 105_000n - main - bonus, held }).toEqual({ spent: price, held: 0n });
  },
);

test.each(
  FAMILIES.flatMap((family) =>
    ["fail:", "fail:policy", "badcb:", "oldnames: fail:"].map((word) => ({ ...family, word })),
  ),
)("B4 C6 E2: $api, «$word»: the money is back and the reason is told", async ({ entry, api, word }) => {
  const person = await world.newcomer({ kopecks: 100_000 });
  const prompt = `${word} ${api} кот`;
  const { id } = await orders(person, entry, prompt);
  await world.advance(2 * MINUTE);
  expect(await generationNow(world, id)).toMatchObject({ state: "failed" });
  expect(person.reads()).toContain("Деньги не списаны");
  expect(person.reads()).toContain(
    word === "fail:policy" ? "проверку содержания" : "На сервере Kie.ai возникла ошибка",
  );
  expect(await person.wallet()).toMatchObject({ main: 100_000n, bonus: 5_000n, held: 0n });
  expect(filesTo(person)).toEqual([]);
});

test("B4 C6: a refused create makes no task and returns the money", async () => {
  const person = await world.newcomer({ kopecks: 100_000 });
  await orders(person, LITE, "422: кот");
  expect(person.reads()).toContain("Деньги не списаны");
  expect(tasksOf("422: кот")).toEqual([]);
  expect(await person.wallet()).toMatchObject({ main: 100_000n, bonus: 5_000n, held: 0n });
});

test("B4: without photos Veo gets the text alone; with two they are the first and the last frame", async () => {
  const person = await world.newcomer({ kopecks: 100_000 });
  await orders(person, LITE, "море без фото");
  expect(tasksOf("море без фото")[0]?.input).toEqual({
    prompt: "море без фото",
    resolution: "720p",
    duration: 8,
    aspect_ratio: "16:9",
    enableTranslation: true,
  });
  await world.advance(MINUTE);
  await openCard(person, LITE);
  await person.says("море с кадрами");
  await person.sendsFile(await photo("утро"));
  await person.sendsFile(await photo("вечер"));
  await create(person);
  const [task] = tasksOf("море с кадрами");
  expect(task?.input).toMatchObject({ generationType: "FIRST_AND_LAST_FRAMES_2_VIDEO" });
  expect(task?.input.imageUrls).toHaveLength(2);
  await world.advance(MINUTE);
  expect(filesTo(person).map((file) => file.kind)).toEqual(["video", "video"]);
});

test("B4 E3: four variants cost four pictures and come as four", async () => {
  const person = await world.newcomer({ kopecks: 100_000 });
  await openCard(person, "gpt-4o-variants");
  await person.says("четыре лисы");
  const one = kopecksOn(person.button("show_price_confirmation").text);
  await person.taps("Варианты");
  await person.taps("4 варианта");
  const four = kopecksOn(person.button("show_price_confirmation").text);
  expect(four).toBe(1886n);
  expect([one, four / one]).toEqual([472n, 3n]);
  await create(person);
  await world.advance(MINUTE);
  expect(tasksOf("четыре лисы")).toMatchObject([{ input: { nVariants: 4, size: "1:1" }, creditsConsumed: 24 }]);
  expect(filesTo(person)).toHaveLength(4);
  const { main, bonus } = await person.wallet();
  expect(105_000n - main - bonus).toBe(four);
});
