import { expect, test } from "vitest";
import { answerQuestions, kopecksOn, offers, openCard } from "../support/buying.ts";
import {
  callbackPath,
  generationNow,
  logOf,
  movements,
  newestGeneration,
  signedCallback,
} from "../support/failures.ts";
import { filesTo } from "../support/results.ts";
import { sharedWorld } from "../support/shared-world.ts";
import type { Person } from "../support/world.ts";

const world = sharedWorld();

const MINUTE = 60;
let lastUserId = 3700;

async function somebody(): Promise<Person> {
  lastUserId += 1;
  const person = world.person(lastUserId);
  await person.says("/start");
  await person.credited(100_000);
  return person;
}

/** Opens the entry's card with this prompt and presses ✅. */
async function orders(person: Person, entryKey: string, prompt: string): Promise<{ id: string; price: bigint }> {
  await openCard(person, entryKey);
  await person.says(prompt);
  await answerQuestions(person, []);
  const price = kopecksOn(person.button("show_price_confirmation").text);
  world.context.calls.clear();
  await person.taps("show_price_confirmation");
  if (offers(person, "confirm~")) await person.taps("confirm~");
  return { id: (await newestGeneration(world, person.id)).id, price };
}

const tasksOf = (prompt: string) => world.kie.tasks().filter(({ input }) => Object.values(input).includes(prompt));
/** Create calls that the product made since its order, in order. */
const creates = () =>
  world.context.calls
    .list()
    .filter(({ service, method }) => service === "kie" && method.startsWith("POST"))
    .map(({ method }) => method.replace("POST ", ""));
const MARKET = "/api/v1/jobs/createTask";

const ROUTES = [
  { entry: "suno-simple", first: MARKET, second: "/api/v1/generate", api: "suno", model: "suno/generate", files: 2 },
  { entry: "suno-lyrics", first: MARKET, second: "/api/v1/lyrics", api: "suno", model: "suno/lyrics", files: 0 },
  { entry: "veo-tiers-lite", first: "/api/v1/veo/generate", second: MARKET, api: "market", model: "veo", files: 1 },
] as const;

test.each(ROUTES)(
  "B4: $entry: a model that is gone on $first is asked for once at $second, at the shown price",
  async (route) => {
    const person = await somebody();
    const prompt = `gone-route: ${route.entry}`;
    const { id, price } = await orders(person, route.entry, prompt);
    expect(creates()).toEqual([route.first, route.second].map((path) => expect.stringContaining(path)));
    const [task, ...others] = tasksOf(prompt);
    expect(others).toEqual([]);
    expect(task).toMatchObject({ api: route.api, model: expect.stringContaining(route.model) });
    const [stored] = await world.db.rows("select api, task_id, price_kopecks from generations where id = $1", [id]);
    expect(stored).toEqual({ api: route.api, task_id: task?.taskId, price_kopecks: String(price) });
    await world.advance(6 * MINUTE);
    expect(await generationNow(world, id)).toMatchObject({ state: "delivered", posted_kopecks: String(price) });
    expect(filesTo(person)).toHaveLength(route.files);
    expect(logOf(world).filter((line) => line.event === "kie.second-route" && line.generationId === id)).toHaveLength(
      1,
    );
  },
);

test.each(["twice:", "lostcb:", "early:", "lost:", "garbage:"])(
  "B4 C4 C7: «%s» on the second route: one task, one charge, one result",
  async (word) => {
    const person = await somebody();
    const prompt = `gone-route: ${word} фонарь`;
    const { id, price } = await orders(person, "suno-simple", prompt);
    await world.advance(10 * MINUTE);
    expect(creates()).toHaveLength(2);
    expect(tasksOf(prompt)).toHaveLength(1);
    expect(await generationNow(world, id)).toMatchObject({ state: "delivered" });
    expect(filesTo(person)).toHaveLength(2);
    expect(await movements(world, id)).toMatchObject([/^hold/, /^post/].map((kind) => expect.stringMatching(kind)));
    const { main, bonus, held } = await person.wallet();
    expect({ spent: 105_000n - main - bonus, held }).toEqual({ spent: price, held: 0n });
  },
);

test("B4 C7: an unknown outcome on the second route is never called again, and the deadline returns the money", async () => {
  const person = await somebody();
  const { id } = await orders(person, "suno-simple", "gone-route: lostall: фонарь");
  await world.advance(30 * MINUTE);
  expect(await generationNow(world, id)).toMatchObject({ state: "submitting" });
  await world.advance(30 * MINUTE);
  expect(creates()).toHaveLength(2);
  expect(await generationNow(world, id)).toMatchObject({ state: "returned" });
  expect(await person.wallet()).toMatchObject({ main: 100_000n, bonus: 5_000n, held: 0n });
});

test("B4 C6: gone on both routes: two calls, no task, the money is back and the user is told", async () => {
  const person = await somebody();
  world.kie.setSwitches({
    unknownModels: [
      { api: "market", id: "ai-music-api/generate" },
      { api: "suno", id: "suno/generate" },
    ],
  });
  try {
    const { id } = await orders(person, "suno-simple", "никуда");
    await world.advance(MINUTE);
    expect(creates()).toHaveLength(2);
    expect(tasksOf("никуда")).toEqual([]);
    expect(await generationNow(world, id)).toMatchObject({ state: "failed" });
    expect(person.reads()).toContain("Деньги не списаны");
    expect(await person.wallet()).toMatchObject({ main: 100_000n, bonus: 5_000n, held: 0n });
  } finally {
    world.kie.setSwitches({ unknownModels: [] });
  }
});

test("B4: other refusals, and models with one route, are asked for once", async () => {
  const person = await somebody();
  await orders(person, "suno-simple", "422: фонарь");
  expect(creates()).toHaveLength(1);
  await orders(person, "z-image", "gone-route: фонарь");
  expect(creates()).toHaveLength(1);
  expect(person.reads()).toContain("Деньги не списаны");
  expect(await person.wallet()).toMatchObject({ main: 100_000n, bonus: 5_000n, held: 0n });
});

test("B4 C4: a late callback of a stranger's task does not touch a generation of the second route", async () => {
  const person = await somebody();
  const { id } = await orders(person, "suno-simple", "gone-route: чужой");
  const generation = await generationNow(world, id);
  await world.request(callbackPath(generation), signedCallback(world, "somebody-elses-task"));
  expect(await generationNow(world, id)).toMatchObject({ state: "submitted", task_id: generation.task_id });
  await world.advance(6 * MINUTE);
  const again = await world.request(callbackPath(generation), signedCallback(world, generation.task_id ?? ""));
  expect(again.status).toBe(200);
  await world.idle();
  expect(filesTo(person)).toHaveLength(2);
});
