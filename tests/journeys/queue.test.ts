import { beforeEach, expect, test } from "vitest";
import { create, offers, openCard } from "../support/buying.ts";
import { tasksFor } from "../support/failures.ts";
import { sharedWorld } from "../support/shared-world.ts";
import type { Person } from "../support/world.ts";

const LIMIT = 4;
const WINDOW_SECONDS = 10;
const SWEEP_SECONDS = 5 * 60;

const world = sharedWorld({
  environment: { KIE_CREATES_PER_10_SECONDS: String(LIMIT), FREE_PER_DAY: "1", FREE_MODELS: "nano-banana" },
});

beforeEach(async () => {
  await world.advance(WINDOW_SECONDS + 1);
});

const text = (person: Person, messageId: number) =>
  (person.messages().find((message) => message.messageId === messageId)?.text ?? "").replace(/[\u00a0\u202f]/g, " ");
const delivered = (person: Person) =>
  person.messages().filter(({ media, from }) => from === "bot" && media !== undefined);
const isAtKie = (prompt: string) => tasksFor(world, prompt).length > 0;

interface Order {
  person: Person;
  prompt: string;
  id: string;
  messageId: number;
}

async function orders(prompt: string): Promise<Order> {
  const person = await world.newcomer();
  await person.says(prompt);
  const id = await create(person);
  return { person, prompt, id, messageId: person.screen().messageId };
}

async function ordersOf(...prompts: string[]): Promise<Order[]> {
  const made = [];
  for (const prompt of prompts) made.push(await orders(prompt));
  return made;
}

/** In any ten seconds: from each create on. */
function expectRateKept(): void {
  const moments = world.kie.tasks().map(({ createdAt }) => createdAt);
  for (const [index, moment] of moments.entries()) {
    const after = moments.slice(index).filter((other) => other - moment < WINDOW_SECONDS * 1000);
    expect(after.length).toBeLessThanOrEqual(LIMIT);
  }
}

test("C2: beyond the account's rate people stand in one line, read their place in it, and go in its order", async () => {
  const made = await ordersOf("а1", "а2", "а3", "а4", "а5", "а6", "а7", "а8", "а9");
  expect(made.map(({ prompt }) => isAtKie(prompt))).toEqual([
    true,
    true,
    true,
    true,
    false,
    false,
    false,
    false,
    false,
  ]);
  const [fifth, sixth, ninth] = [made[4], made[5], made[8]];
  if (fifth === undefined || sixth === undefined || ninth === undefined) throw new Error("nine ordered");
  expect(text(fifth.person, fifth.messageId)).toContain("В общей очереди к Kie.ai вы первые.");
  expect(text(sixth.person, sixth.messageId)).toContain("В общей очереди к Kie.ai перед вами 1.");
  expect(text(ninth.person, ninth.messageId)).toContain("В общей очереди к Kie.ai перед вами 4.");
  expect(offers(ninth.person, "Отменить")).toBe(true);
  // Each place is given away when it is free, to whom it is owed.
  await world.advance(WINDOW_SECONDS + 1);
  expect(made.map(({ prompt }) => isAtKie(prompt))).toEqual([true, true, true, true, true, true, true, true, false]);
  await ninth.person.taps("refresh:", { messageId: ninth.messageId });
  expect(text(ninth.person, ninth.messageId)).toContain("В общей очереди к Kie.ai вы первые.");
  await world.advance(WINDOW_SECONDS + 1);
  expect(isAtKie("а9")).toBe(true);
  await world.advance(30);
  for (const { person } of made) expect(delivered(person)).toHaveLength(1);
  const order = world.kie.tasks().flatMap(({ input }) => /^а\d$/.exec(String(input["prompt"]))?.[0] ?? []);
  // Those who go at the same time go in any order.
  const inTurns = (prompts: readonly string[]) => [
    prompts.slice(0, 4),
    prompts.slice(4, 8).toSorted(),
    prompts.slice(8),
  ];
  expect(inTurns(order)).toEqual(inTurns(made.map(({ prompt }) => prompt)));
  expectRateKept();
});

test("C2: however many are refused, one job waits for the next place", async () => {
  const drains = () => world.qstash.pending().filter(({ body }) => body.includes("drain-queue")).length;
  const before = drains();
  await ordersOf("б1", "б2", "б3", "б4", "б5", "б6", "б7", "б8");
  expect(drains() - before).toBe(1);
  await world.advance(WINDOW_SECONDS + 1);
  expect(isAtKie("б8")).toBe(true);
});

test("C2: who comes later does not overtake the line, and who cancels leaves it", async () => {
  const made = await ordersOf("в1", "в2", "в3", "в4", "в5", "в6", "в7", "в8", "в9");
  const sixth = made[5];
  if (sixth === undefined) throw new Error("nine ordered");
  await sixth.person.taps("Отменить");
  expect(text(sixth.person, sixth.messageId)).toContain("Отменено, 0,63 ₽ вернулись на баланс.");
  await world.advance(WINDOW_SECONDS / 2);
  const late = await orders("в0");
  expect(text(late.person, late.messageId)).toContain("перед вами 4.");
  await world.advance(WINDOW_SECONDS / 2 + 1);
  expect(["в5", "в6", "в7", "в8", "в9", "в0"].map(isAtKie)).toEqual([true, false, true, true, true, false]);
  await world.advance(WINDOW_SECONDS + 1);
  expect(["в6", "в0"].map(isAtKie)).toEqual([false, true]);
  expectRateKept();
});

test("C2 F6: who pays goes before who tries for free", async () => {
  await orders("г1");
  await world.advance(WINDOW_SECONDS / 2);
  await ordersOf("г2", "г3", "г4");
  const free = await world.newcomer();
  await openCard(free, "nano-banana");
  await free.says("бесплатный гриб");
  await free.taps("show_price_confirmation");
  expect(free.reads()).toContain("вы первые");
  const paid = await orders("г5");
  expect(text(paid.person, paid.messageId)).toContain("вы первые");
  await free.taps("refresh:");
  expect(free.reads()).toContain("перед вами 1.");
  // One place is free: that of the first.
  await world.advance(WINDOW_SECONDS / 2 + 1);
  expect(["г5", "бесплатный гриб"].map(isAtKie)).toEqual([true, false]);
  await world.advance(WINDOW_SECONDS);
  expect(isAtKie("бесплатный гриб")).toBe(true);
});

test("C2 H7: with QStash out the sweeper's next visit moves the line", async () => {
  await ordersOf("д1", "д2", "д3", "д4");
  world.qstash.faults.down = true;
  const fifth = await orders("д5");
  await world.advance(60);
  expect(isAtKie("д5")).toBe(false);
  world.qstash.faults.down = false;
  await world.advance(SWEEP_SECONDS + 60);
  expect(delivered(fifth.person)).toHaveLength(1);
  expectRateKept();
});

test("C2: who waits for their own generations says so, and keeps nobody else waiting", async () => {
  const anna = await world.newcomer();
  for (const number of [1, 2, 3]) {
    await anna.says(`hang: е${number}`);
    await create(anna);
  }
  await world.advance(WINDOW_SECONDS + 1);
  const waits = [];
  for (const number of [4, 5]) {
    await anna.says(`е${number}`);
    waits.push({ id: await create(anna), messageId: anna.screen().messageId });
  }
  expect(text(anna, waits[1]?.messageId ?? 0)).toContain("В очереди: перед вами 1.");
  expect(text(anna, waits[1]?.messageId ?? 0)).toContain("Начнём, как только закончится одна из ваших генераций.");
  await orders("е6");
  expect(isAtKie("е6")).toBe(true);
});
