import { expect, test } from "vitest";
import { create, offers, openCard, withSpaces } from "../support/buying.ts";
import { sharedWorld } from "../support/shared-world.ts";
import type { Person } from "../support/world.ts";

const world = sharedWorld({ environment: { MAX_QUEUED_PER_USER: "10" } });

const SWEEP_SECONDS = 5 * 60;

const taskOf = (prompt: string) => world.kie.tasks().find(({ input }) => input["prompt"] === prompt);
const looks = () =>
  world.context.calls.list().filter(({ service, method }) => service === "kie" && method.includes("recordInfo")).length;
const delivered = (person: Person) => person.messages().filter(({ media }) => media !== undefined);
/** The status messages and cards of a person, as they read now. */
const statusOf = (person: Person, words: string) =>
  withSpaces(person.messages().find(({ from, text }) => from === "bot" && text?.includes(words))?.text ?? "");

async function orders(person: Person, prompt: string): Promise<string> {
  await person.says(prompt);
  return await create(person);
}

test("C1 D3 E2: confirming holds the price, makes one task with our callback and shows the status in the card's place", async () => {
  const anna = world.person(1701);
  await anna.says("одинокий маяк");
  const card = anna.screen().messageId;
  const generationId = await create(anna);
  expect(anna.screen().messageId).toBe(card);
  expect(anna.reads()).toMatch(/Z-Image.*\nодинокий маяк\n\nСоздаём с \d\d:\d\d\./);
  expect(anna.reads()).toContain("В резерве 0,63 ₽.");
  expect(anna.reads()).not.toContain("Обычно");
  expect(await anna.wallet()).toMatchObject({ bonus: 4937n, held: 63n, running: 1 });
  const task = taskOf("одинокий маяк");
  expect(task?.callBackUrl).toMatch(
    new RegExp(`^${world.origin}/api/kie\\?generation=${generationId}&token=\\w{20,}$`),
  );
  await world.advance(20);
  expect(delivered(anna)).toHaveLength(1);
  // The status has nothing to say any more.
  expect(anna.messages().some(({ messageId }) => messageId === card)).toBe(false);
});

test("C2: three of five run at KIE, the others see their place in the queue, and each end starts the next", async () => {
  const anna = world.person(1702);
  for (const number of [1, 2, 3, 4, 5]) await orders(anna, `hang: маяк ${number}`);
  const created = () =>
    world.kie.tasks().flatMap(({ input }) => /^hang: маяк (\d)$/.exec(String(input["prompt"]))?.[1] ?? []);
  expect(created()).toEqual(["1", "2", "3"]);
  expect(await anna.wallet()).toMatchObject({ bonus: 5000n - 5n * 63n, held: 5n * 63n, running: 3, queued: 2 });
  expect(statusOf(anna, "маяк 3")).toContain("Создаём с");
  expect(statusOf(anna, "маяк 4")).toContain("Уже создаются 3 ваши генерации: начнём, как только освободится место.");
  expect(statusOf(anna, "маяк 5")).toContain("В очереди: перед вами 1.");

  await world.kie.finish(taskOf("hang: маяк 2")?.taskId ?? "");
  await world.idle();
  expect(created()).toEqual(["1", "2", "3", "4"]);
  expect(await anna.wallet()).toMatchObject({ running: 3, queued: 1 });
  expect(statusOf(anna, "маяк 4")).toContain("Создаём с");
  const fifth = anna.messages().find(({ from, text }) => from === "bot" && text?.includes("маяк 5"));
  await anna.taps("refresh:", { messageId: fifth?.messageId ?? 0 });
  expect(statusOf(anna, "маяк 5")).toContain("Уже создаются 3 ваши генерации");

  for (const number of [1, 3, 4, 5]) {
    await world.kie.finish(taskOf(`hang: маяк ${number}`)?.taskId ?? "");
    await world.idle();
  }
  expect(delivered(anna)).toHaveLength(5);
  expect(await anna.wallet()).toMatchObject({ bonus: 5000n - 5n * 63n, held: 0n, running: 0, queued: 0 });
});

test("C2: one person's queue does not hold up another's", async () => {
  const [anna, boris] = [world.person(1703), world.person(1704)];
  for (const number of [1, 2, 3, 4]) await orders(anna, `hang: очередь ${number}`);
  await orders(boris, "срочный маяк");
  expect(taskOf("срочный маяк")).toBeDefined();
  await world.advance(20);
  expect(delivered(boris)).toHaveLength(1);
  expect(delivered(anna)).toHaveLength(0);
});

test("C2: beyond the queue's limit nothing is held and the card stays", async () => {
  const anna = world.person(1705);
  const { MAX_RUNNING_PER_USER: running, MAX_QUEUED_PER_USER: queued } = world.app.config;
  for (let number = 0; number < running + queued; number += 1) await orders(anna, `hang: много ${number}`);
  expect(await anna.wallet()).toMatchObject({ running, queued });
  const { held } = await anna.wallet();
  await anna.says("лишний маяк");
  await anna.taps("Создать");
  expect(anna.toast()?.text).toMatch(/^В очереди уже 10 генераций/);
  expect(offers(anna, "Создать · 0,63 ₽")).toBe(true);
  expect(await anna.wallet()).toMatchObject({ held, running, queued });
});

test("C3: 🔄 asks KIE, but not more often than every five seconds", async () => {
  const anna = world.person(1706);
  await orders(anna, "slow: неспешный маяк");
  const before = looks();
  await anna.taps("refresh:");
  expect(looks()).toBe(before);
  await world.advance(6);
  await anna.taps("refresh:");
  expect(anna.toast()?.text).toBe("Проверяем");
  expect(looks()).toBe(before + 1);
  for (let tap = 0; tap < 5; tap += 1) await anna.taps("refresh:");
  expect(looks()).toBe(before + 1);
  await world.advance(6);
  await anna.taps("refresh:");
  expect(looks()).toBe(before + 2);
});

test("C3 C4: 🔄 brings a result whose callback never came", async () => {
  const anna = world.person(1707);
  await orders(anna, "lostcb: потерянный маяк");
  await world.advance(20);
  expect(delivered(anna)).toHaveLength(0);
  await anna.taps("refresh:");
  expect(delivered(anna)).toHaveLength(1);
  expect(await anna.wallet()).toMatchObject({ bonus: 4937n, held: 0n, running: 0 });
});

test("C3 A5: the usual time appears on the status and the card after enough results of our own", async () => {
  const anna = world.person(1708);
  await anna.says("/start");
  await anna.credited(10_000);
  async function buysBanana(prompt: string): Promise<string> {
    await openCard(anna, "nano-banana");
    await anna.says(prompt);
    const card = anna.reads();
    await create(anna);
    return `${card}\n${anna.reads()}`;
  }
  for (const number of [1, 2, 3, 4, 5]) {
    expect(await buysBanana(`пекарня ${number}`)).not.toContain("Обычно");
    await world.advance(20);
  }
  // Two visits of the sweeper: the times are rolled up every ten minutes at most.
  await world.advance(3 * SWEEP_SECONDS);
  const screens = await buysBanana("пекарня 6");
  expect(screens).toMatch(/\nОбычно \d+(–\d+)? с\n/);
  expect(screens).toMatch(/\nОбычно это занимает \d+(–\d+)? с\.\n/);
  await world.advance(20);
});

test("C3 I2: news of a generation leaves alone whatever the user opened in the place of its status", async () => {
  const anna = world.person(1715);
  for (const number of [1, 2, 3, 4]) await orders(anna, `hang: вид ${number}`);
  const queued = anna.screen().messageId;
  expect(anna.reads()).toContain("В очереди");
  // In the message of the fourth, which waits, Anna puts another card together.
  await anna.taps("menu~", { messageId: queued });
  await anna.taps("Все модели");
  await anna.taps("category:image");
  await anna.taps("model:nano-banana-2~");
  expect(anna.screen().messageId).toBe(queued);
  for (const number of [1, 2, 3]) {
    await world.kie.finish(taskOf(`hang: вид ${number}`)?.taskId ?? "");
    await world.idle();
  }
  const card = () => anna.messages().find(({ messageId }) => messageId === queued)?.text;
  expect(taskOf("hang: вид 4")).toBeDefined();
  expect(card()).toContain("Nano Banana 2");
  await world.kie.finish(taskOf("hang: вид 4")?.taskId ?? "");
  await world.idle();
  expect(delivered(anna)).toHaveLength(4);
  expect(card()).toContain("Nano Banana 2");
  await anna.says("вид из окна");
  expect(anna.reads()).toContain("Nano Banana 2");
});

test("C4: a callback brings the result at once, without a look of our own before it", async () => {
  const anna = world.person(1709);
  await orders(anna, "маяк по звонку");
  const before = looks();
  await world.kie.finish(taskOf("маяк по звонку")?.taskId ?? "");
  await world.idle();
  expect(delivered(anna)).toHaveLength(1);
  // The callback's body is only a hint: the record is asked once.
  expect(looks()).toBe(before + 1);
});

test("C4 E2: a callback delivered twice delivers and charges once", async () => {
  const anna = world.person(1710);
  await orders(anna, "twice: маяк эхом");
  await world.advance(60);
  expect(delivered(anna)).toHaveLength(1);
  expect(await anna.wallet()).toMatchObject({ bonus: 4937n, held: 0n });
});

test("C4: with callbacks off the re-check after 45 seconds brings the result", async () => {
  const anna = world.person(1711);
  world.kie.setSwitches({ callbacksDown: true });
  try {
    await orders(anna, "маяк без звонка");
    await world.advance(40);
    expect(delivered(anna)).toHaveLength(0);
    await world.advance(10);
    expect(delivered(anna)).toHaveLength(1);
    expect(await anna.wallet()).toMatchObject({ bonus: 4937n, held: 0n });
  } finally {
    world.kie.setSwitches({ callbacksDown: false });
  }
});

test("C4 H7: with QStash out as well the sweeper's next visit brings the result", async () => {
  const anna = world.person(1712);
  world.qstash.faults.down = true;
  await orders(anna, "lostcb: маяк в тишине");
  await world.advance(120);
  expect(delivered(anna)).toHaveLength(0);
  world.qstash.faults.down = false;
  await world.advance(SWEEP_SECONDS + 60);
  expect(delivered(anna)).toHaveLength(1);
  expect(await anna.wallet()).toMatchObject({ bonus: 4937n, held: 0n, running: 0 });
});

test("C1 C4: a task whose create answer was lost is found by its callback and never created again", async () => {
  const anna = world.person(1713);
  await orders(anna, "lost: маяк без ответа");
  await world.advance(200);
  expect(world.kie.createdCount(({ input }) => input["prompt"] === "lost: маяк без ответа")).toBe(1);
  expect(delivered(anna)).toHaveLength(1);
  expect(await anna.wallet()).toMatchObject({ bonus: 4937n, held: 0n });
});

test("C4: a callback that comes before the create answer is good enough", async () => {
  const anna = world.person(1714);
  await anna.says("early: нетерпеливый маяк");
  await anna.taps("Создать");
  await world.advance(60);
  expect(delivered(anna)).toHaveLength(1);
  expect(await anna.wallet()).toMatchObject({ bonus: 4937n, held: 0n, running: 0 });
});
