import { afterEach, beforeEach, expect, test } from "vitest";
import { answerQuestions, openCard } from "../support/buying.ts";
import { choosesStars, invoiceOf, paid } from "../support/stars.ts";
import { type Person, startWorld, type World } from "../support/world.ts";

const ANNA = 711;

let world: World;
let anna: Person;
beforeEach(async () => {
  world = await startWorld({
    environment: {
      WELCOME_BONUS_KOPECKS: "0",
      REFERRAL_BONUS_KOPECKS: "0",
      FREE_PER_DAY: "0",
      SWEEP_CRON: "0 0 1 1 *",
    },
  });
  anna = world.person(ANNA);
});
afterEach(async () => {
  await world.expectInvariants();
  await world.end();
});

const draft = async () => {
  const [row] = await world.db.rows("select state -> 'draft' as draft from conversations where user_id = $1", [ANNA]);
  return row?.["draft"];
};

test("E4: low balance → top-up → one tap back to the same card → one tap creates", async () => {
  await anna.says("кот в шляпе");
  expect(anna.reads()).toContain("Не хватает 0,63 ₽");
  const before = await draft();
  await anna.taps("Создать");
  expect(anna.toast()).toMatchObject({ alert: true, text: expect.stringContaining("Не хватает 0,63 ₽") });
  // The card is as it was, with the way out on it.
  expect(anna.reads()).toContain("кот в шляпе");
  expect(anna.button("Пополнить на").text).toBe("💳 Пополнить на 100 ₽ · 67 ⭐");

  await choosesStars(anna, "Пополнить на");
  expect(invoiceOf(anna).stars).toBe(67);
  await paid(world, anna);
  expect(anna.reads()).toContain("Зачислено 100 ₽");
  expect(await anna.wallet()).toMatchObject({ main: 10_000n, queued: 0, held: 0n });

  await anna.taps("Продолжить: Z-Image");
  expect(anna.reads()).toContain("кот в шляпе");
  expect(anna.reads()).not.toContain("Не хватает");
  expect(anna.hasButton("Создать · 0,63 ₽")).toBe(true);
  // Nothing was spent by coming back, and it is the same draft.
  expect(await anna.wallet()).toMatchObject({ main: 10_000n, queued: 0, held: 0n });
  expect(await draft()).toEqual(before);

  await anna.taps("Создать");
  await world.advance(120);
  expect(await anna.wallet()).toMatchObject({ main: 9_937n, held: 0n });
});

test("E4: the button offers exactly what is missing, and others are a tap away", async () => {
  await anna.credited(1_050);
  await openCard(anna, "veo-tiers-quality");
  await answerQuestions(anna, []);
  const missing = /Не хватает ([\d ]+),(\d\d) ₽/.exec(anna.reads());
  expect(missing).not.toBeNull();
  const kopecks = Number(`${missing?.[1]?.replaceAll(" ", "")}${missing?.[2]}`);
  const roubles = Math.max(100, Math.ceil(kopecks / 100));
  expect(anna.button("Пополнить на").text).toContain(`на ${roubles} ₽`);
  await anna.taps("Другие суммы");
  expect(anna.reads()).toContain("Пополнение");
  await choosesStars(anna, "1 000 ₽");
  await paid(world, anna);
  await anna.taps("Продолжить: Veo 3.1");
  expect(anna.reads()).not.toContain("Не хватает");
});

test("E4: the way back works from wherever the person went, as often as it is tapped", async () => {
  await anna.says("кот в шляпе");
  await choosesStars(anna, "Пополнить на");
  await paid(world, anna);
  const { messageId } = anna.button("Продолжить");
  await anna.says("/help");
  await anna.taps("Продолжить", { messageId });
  await anna.taps("Продолжить", { messageId });
  expect(anna.reads()).toContain("кот в шляпе");
  await anna.says("/cancel");
  await anna.taps("Продолжить", { messageId });
  const shown =
    anna
      .screen()
      .keyboard?.flat()
      .map(({ text }) => text) ?? [];
  expect(shown.some((text) => text.includes("Создать"))).toBe(false);
  expect(shown.some((text) => text.includes("Все модели"))).toBe(true);
  expect(await anna.wallet()).toMatchObject({ main: 10_000n, queued: 0 });
});

test("E4: a card of yesterday is opened afresh by the way back", async () => {
  await anna.says("кот в шляпе");
  const before = await draft();
  await choosesStars(anna, "Пополнить на");
  await paid(world, anna);
  await world.sleeps(25 * 3_600);
  await anna.taps("Продолжить");
  expect(anna.reads()).toContain("кот в шляпе");
  expect(await draft()).not.toEqual(before);
  expect(await anna.wallet()).toMatchObject({ main: 10_000n, queued: 0 });
});

test("E4: without an open card the message about a top-up leads to the balance and the menu", async () => {
  await anna.says("/topup");
  await choosesStars(anna, "100 ₽");
  await paid(world, anna);
  expect(
    anna
      .screen()
      .keyboard?.flat()
      .map(({ data }) => data?.split("~")[0]),
  ).toEqual(["balance", "menu"]);
});
