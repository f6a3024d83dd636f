import { expect, test } from "vitest";
import { kopecksOn, offers, openCard, withSpaces } from "../support/buying.ts";
import { photo } from "../support/files.ts";
import { sharedWorld } from "../support/shared-world.ts";
import type { Person } from "../support/world.ts";

const world = sharedWorld();

/** The models on the screen, as their buttons call them. */
const models = (person: Person): { text: string; data: string }[] =>
  (person.screen().keyboard?.flat() ?? []).flatMap(({ text, data = "" }) =>
    data.startsWith("compare:") ? [{ text: withSpaces(text), data }] : [],
  );

test("C10 A8: one prompt in three models is one total and one album, and any of them is gone on with", async () => {
  const anna = await world.newcomer({ kopecks: 100_000 });
  await openCard(anna, "z-image");
  await anna.says("рыжая лиса в снегу");
  await anna.taps("⚖️ Сравнить");
  expect(models(anna).length).toBeGreaterThan(2);
  expect(models(anna).length).toBeLessThanOrEqual(8);
  const [b, c] = models(anna);
  if (b === undefined || c === undefined) throw new Error("two other models are offered");
  await anna.taps(b.data);
  expect(offers(anna, "✅ Сравнить 2")).toBe(true);
  await anna.taps(c.data.split("~")[0] ?? "");
  const total = 63n + kopecksOn(b.text) + kopecksOn(c.text);
  expect(kopecksOn(anna.button("✅ Сравнить 3").text)).toBe(total);
  await anna.taps("✅ Сравнить 3");
  if (offers(anna, "Подтвердить")) await anna.taps("Подтвердить");
  expect(await anna.wallet()).toMatchObject({ held: total });
  await world.advance(300);
  const album = anna.messages().flatMap(({ media }) => media ?? []);
  expect(album.length).toBeGreaterThanOrEqual(3);
  expect(anna.readsAll()).toContain("A · Z-Image");
  expect(await anna.wallet()).toMatchObject({ held: 0n, running: 0, queued: 0 });
  await anna.taps("▶️ B");
  expect(anna.reads()).toContain("рыжая лиса в снегу");
  expect(kopecksOn(anna.button("✅ Создать").text)).toBe(kopecksOn(b.text));
});

test("C10: a fourth model is refused with what to do, and one can be taken out", async () => {
  const anna = await world.newcomer();
  await openCard(anna, "z-image");
  await anna.says("лиса");
  await anna.taps("⚖️ Сравнить");
  const [b, c, d] = models(anna).map(({ data }) => data.split("~")[0] ?? "");
  for (const each of [b, c, d]) await anna.taps(each ?? "");
  expect(anna.toast()?.text).toContain("Сравнить можно до трёх моделей");
  await anna.taps(c ?? "");
  await anna.taps(d ?? "");
  expect(models(anna).filter(({ text }) => text.startsWith("✓"))).toHaveLength(2);
  await anna.taps("Назад");
  expect(offers(anna, "Создать · 0,63 ₽")).toBe(true);
});

test("C10 A6: the picture of the card goes to every compared model", async () => {
  const anna = await world.newcomer({ kopecks: 100_000 });
  await openCard(anna, "nano-banana-edit");
  await anna.sendsFile(await photo());
  await anna.says("сделай зиму");
  await anna.taps("⚖️ Сравнить");
  await anna.taps(models(anna)[0]?.data ?? "");
  await anna.taps("✅ Сравнить 2");
  if (offers(anna, "Подтвердить")) await anna.taps("Подтвердить");
  await world.advance(300);
  for (const { input } of world.kie.tasks().slice(-2)) expect(JSON.stringify(input)).toMatch(/https?:[^"]+\.png/);
});

test("C10 A7: an old button of the choice changes nothing", async () => {
  const anna = await world.newcomer();
  await openCard(anna, "z-image");
  await anna.says("лиса");
  await anna.taps("⚖️ Сравнить");
  const { messageId } = anna.screen();
  const [first, second] = models(anna);
  await anna.taps(first?.data ?? "");
  await anna.forces(messageId, second?.data ?? "");
  expect(anna.toast()?.text).toContain("Карточка устарела");
  expect(models(anna).filter(({ text }) => text.startsWith("✓"))).toHaveLength(1);
});

test("C10: a model without a prompt has nothing to compare", async () => {
  const anna = await world.newcomer();
  await openCard(anna, "recraft-upscale");
  await anna.sendsFile(await photo());
  expect(offers(anna, "Сравнить")).toBe(false);
  expect(offers(anna, "Несколько")).toBe(false);
});
