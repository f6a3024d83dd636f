import { expect, test } from "vitest";
import { create, offers } from "../support/buying.ts";
import { sharedWorld } from "../support/shared-world.ts";

const world = sharedWorld();

test("E5: a limit is set by a preset, shows what is spent and what is left, and is removed", async () => {
  const anna = world.person(4201);
  await anna.says("/balance");
  await anna.taps("Лимит трат");
  expect(anna.reads()).toContain("Сейчас лимита нет.");
  expect(anna.reads()).toMatch(/Потрачено за [а-я]+ \d{4}: 0,00 ₽/);
  expect(offers(anna, "Снять лимит")).toBe(false);
  await anna.taps("500 ₽");
  expect(anna.reads()).toContain("Лимит: 500 ₽ в месяц.");
  expect(anna.reads()).toContain("Осталось: 500,00 ₽");
  expect(anna.toast()?.text).toBe("Лимит установлен: 500 ₽ в месяц.");
  expect(offers(anna, "500 ₽")).toBe(false);
  await anna.taps("Снять лимит");
  expect(anna.reads()).toContain("Сейчас лимита нет.");
});

test("E5: typed roubles are a limit only while they are asked for, and only when they make sense", async () => {
  const anna = world.person(4202);
  await anna.says("/limit");
  await anna.taps("Другая сумма");
  expect(anna.reads()).toContain("Напишите сумму в рублях");
  await anna.says("много");
  expect(anna.reads()).toContain("Нужна сумма от 1 ₽ до 1 000 000 ₽");
  await anna.says("0,50");
  expect(anna.reads()).toContain("Нужна сумма от 1 ₽");
  await anna.says("1 500,50 руб.");
  expect(anna.reads()).toContain("Лимит установлен: 1 500,50 ₽ в месяц.");
  expect(anna.reads()).toContain("Лимит: 1 500,50 ₽ в месяц.");
  // Nothing is asked any more: words make a card again.
  await anna.says("2000");
  expect(anna.reads()).not.toContain("Лимит");
  await anna.says("/limit");
  expect(anna.reads()).toContain("Лимит: 1 500,50 ₽ в месяц.");
});

test("E5: what would go over the limit does not start and says how to change it; what comes back counts no more", async () => {
  const anna = world.person(4203);
  await anna.says("/limit");
  await anna.taps("Другая сумма");
  await anna.says("1");
  await anna.says("hang: маяк первый");
  await create(anna);
  await anna.says("маяк второй");
  await anna.taps("show_price_confirmation");
  expect(anna.toast()).toEqual({
    text: "Это больше вашего лимита трат на месяц: 1 ₽. Изменить его: /limit.",
    alert: true,
  });
  expect(anna.reads()).toContain("маяк второй");
  expect(await anna.wallet()).toMatchObject({ bonus: 4_937n, held: 63n, queued: 0, running: 1 });
  await anna.says("/limit");
  expect(anna.reads()).toMatch(/Потрачено за [а-я]+ \d{4}: 0,63 ₽\nОсталось: 0,37 ₽/);
  // KIE never ends it: at its deadline the money returns.
  await world.advance(3_600);
  await anna.says("/limit");
  expect(anna.reads()).toMatch(/Потрачено за [а-я]+ \d{4}: 0,00 ₽/);
});

test("E5: what another month spent is not shown as spent in this one", async () => {
  const anna = world.person(4204);
  await anna.says("маяк в ноябре");
  await create(anna);
  await world.advance(30);
  await anna.says("/limit");
  expect(anna.reads()).toContain("0,63 ₽");
  // As it stands when the month is over; a month of virtual minutes would take too long.
  await world.db.rows("update wallets set spent_month = '2001-01' where user_id = 4204");
  await anna.says("/limit");
  expect(anna.reads()).toMatch(/Потрачено за [а-я]+ \d{4}: 0,00 ₽/);
  await world.db.rows(
    "update wallets set spent_month = to_char($1::timestamptz at time zone 'Europe/Moscow', 'YYYY-MM') where user_id = 4204",
    [world.context.clock.now().toISOString()],
  );
});
