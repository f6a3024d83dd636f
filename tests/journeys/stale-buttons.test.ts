import { expect, test } from "vitest";
import { create, offers, openCard } from "../support/buying.ts";
import { sharedWorld } from "../support/shared-world.ts";

const world = sharedWorld();

const tasksOf = (prompt: string) => world.kie.createdCount(({ input }) => input["prompt"] === prompt);

test("A7: a button of an older revision changes nothing, says so and shows the present card", async () => {
  const anna = world.person(1601);
  await openCard(anna, "nano-banana-2");
  await anna.says("лиса");
  await anna.taps("Разрешение");
  const cheap = anna.button("set_param:resolution:#0");
  const dear = anna.button("set_param:resolution:#2");
  await anna.taps("2K");
  await anna.forces(dear.messageId, dear.data);
  expect(anna.toast()?.text).toContain("Карточка устарела");
  expect(anna.reads()).toContain("Разрешение: 2K");
  await anna.forces(cheap.messageId, cheap.data);
  expect(anna.button("Создать").text).toContain("9,43 ₽");
});

test("A7 C1: a ✅ of an older revision buys nothing", async () => {
  const anna = world.person(1602);
  await anna.says("старый маяк");
  const old = anna.button("Создать");
  await anna.taps("Формат");
  await anna.taps("16:9");
  await anna.forces(old.messageId, old.data);
  expect(anna.toast()?.text).toContain("Карточка устарела");
  expect(await anna.wallet()).toMatchObject({ held: 0n, running: 0 });
  expect(offers(anna, "Создать · 0,63 ₽")).toBe(true);
});

test("A7: buttons of a card that was replaced or closed act no more", async () => {
  const anna = world.person(1603);
  await anna.says("первый маяк");
  const first = anna.button("Создать");
  await anna.says("второй маяк");
  const second = anna.button("Создать");
  await anna.forces(first.messageId, first.data);
  await anna.forces(first.messageId, second.data);
  expect(await anna.wallet()).toMatchObject({ held: 0n, running: 0 });
  await anna.says("/cancel");
  await anna.forces(second.messageId, second.data);
  expect(anna.toast()?.text).toContain("Карточка устарела");
  expect(await anna.wallet()).toMatchObject({ held: 0n, running: 0 });
});

test("A7: buttons of another person's message act neither on their card nor on one's own", async () => {
  const [anna, eve] = [world.person(1604), world.person(1605)];
  await anna.says("дом Анны");
  await eve.says("/start");
  const target = anna.button("Создать");
  await eve.forces(target.messageId, target.data);
  await eve.forces(target.messageId, anna.button("param_input:aspect_ratio").data);
  expect(tasksOf("дом Анны")).toBe(0);
  expect(await eve.wallet()).toMatchObject({ bonus: 5000n, held: 0n });
  await create(anna);
  await world.advance(20);
  expect(await anna.wallet()).toMatchObject({ bonus: 4937n, held: 0n });
});

test("A7: another person's generation can not be opened, repeated, resent, refreshed or read", async () => {
  const [anna, eve] = [world.person(1606), world.person(1607)];
  await anna.says("тайна Анны");
  const generationId = await create(anna);
  await world.advance(20);
  await eve.says("/start");
  const before = world.kie.tasks().length;
  for (const action of ["open", "again", "edit", "other_media", "receipt", "links", "resend", "refresh"]) {
    await eve.forces(eve.screen().messageId, `${action}:${generationId}~0`);
    expect(`${eve.reads()} ${eve.toast()?.text}`).toContain("Такой генерации в вашей истории нет");
    await eve.says("/start");
  }
  expect(eve.readsAll()).not.toContain("тайна Анны");
  expect(eve.messages().some(({ media }) => media !== undefined)).toBe(false);
  expect(world.kie.tasks()).toHaveLength(before);
});

test("A7 C1 E2: two taps of ✅ at the same moment create and charge once", async () => {
  const anna = world.person(1608);
  await anna.says("двойной маяк");
  const { messageId, data } = anna.button("Создать");
  await Promise.all([
    world.telegram.userTaps(1608, messageId, data),
    world.telegram.userTaps(1608, messageId, data, { force: true }),
    world.telegram.userTaps(1608, messageId, data, { force: true }),
  ]);
  await world.idle();
  await anna.forces(messageId, data);
  expect(tasksOf("двойной маяк")).toBe(1);
  expect(await anna.wallet()).toMatchObject({ bonus: 4937n, held: 63n, running: 1, queued: 0 });
  await world.advance(20);
  expect(await anna.wallet()).toMatchObject({ bonus: 4937n, held: 0n });
  expect(anna.messages().filter(({ media }) => media !== undefined)).toHaveLength(1);
});

test("A7 C1 E2: the same update delivered twice creates and charges once", async () => {
  const anna = world.person(1609);
  await anna.says("/start");
  await anna.credited(10_000);
  await openCard(anna, "seedance-1-lite");
  await anna.says("/cancel");
  await anna.says("маяк в двух экземплярах");
  world.telegram.faults.deliverTwice();
  await anna.taps("Создать");
  expect(tasksOf("маяк в двух экземплярах")).toBe(1);
  await world.advance(20);
  expect(await anna.wallet()).toMatchObject({ bonus: 4937n, main: 10_000n, held: 0n });
  expect(anna.messages().filter(({ media }) => media !== undefined)).toHaveLength(1);
});

test("A7 C1: the last question answered twice creates once", async () => {
  const anna = world.person(1610);
  await anna.says("/start");
  await anna.credited(20_000);
  await openCard(anna, "seedance-2");
  await anna.says("дорогой кит");
  await anna.taps("Создать");
  const yes = anna.button("Подтвердить");
  world.telegram.faults.deliverTwice();
  await anna.taps("Подтвердить");
  await anna.forces(yes.messageId, yes.data);
  expect(tasksOf("дорогой кит")).toBe(1);
  expect(await anna.wallet()).toMatchObject({ held: 7466n, running: 1 });
});

test("A7: a text delivered twice leaves one card", async () => {
  const anna = world.person(1611);
  await anna.says("/start");
  world.telegram.faults.deliverTwice();
  await anna.says("маяк эхо");
  const cards = anna.messages().filter(({ keyboard }) => keyboard?.flat().some(({ text }) => text.includes("Создать")));
  expect(cards).toHaveLength(1);
  await create(anna);
  expect(tasksOf("маяк эхо")).toBe(1);
});
