import { afterAll, beforeAll, expect, test } from "vitest";
import { create, offers } from "../support/buying.ts";
import { type Person, startWorld, type World } from "../support/world.ts";

let world: World;
beforeAll(async () => {
  // Three a day, two an hour; the sweeper has nothing to do here.
  world = await startWorld({
    environment: { FREE_PER_DAY: "3", FREE_PER_HOUR: "2", SWEEP_CRON: "0 3 * * *", WELCOME_BONUS_KOPECKS: "5000" },
  });
});
afterAll(async () => {
  await world.expectInvariants();
  await world.end();
});

const HOUR = 3_600;
const DAY = 24 * HOUR;
/** Moscow is three hours ahead of UTC. */
const moscowSeconds = () => Math.floor(world.app.clock.now().getTime() / 1000) + 3 * HOUR;

let lastId = 6_100;
/** Somebody new, who begins at two minutes past ten in Moscow. */
async function newcomer(languageCode = "ru"): Promise<Person> {
  const begins = 10 * HOUR + 120;
  await world.advance((((begins - (moscowSeconds() % DAY)) % DAY) + DAY) % DAY);
  lastId += 1;
  const person = world.person(lastId, languageCode);
  await person.says("/start");
  return person;
}

async function makes(person: Person, prompt = "маяк"): Promise<void> {
  await person.says(prompt);
  await create(person);
  await world.advance(120);
}

test("A1 F6: the example to try is free for a newcomer, in one tap and ✅", async () => {
  const anna = await newcomer();
  expect(anna.button("Попробовать").text).toContain("Z-Image · бесплатно");
  await anna.taps("Попробовать");
  expect(anna.reads()).toContain("Бесплатно сегодня: осталось 3 из 3");
  expect(anna.button("Создать").text).toBe("✅ Создать · бесплатно");
  await create(anna);
  await world.advance(60);
  expect(anna.reads()).toContain("бесплатно, на балансе 50 ₽");
  expect(await anna.wallet()).toMatchObject({ bonus: 5_000n, held: 0n });
  expect(
    await world.db.rows("select count(*)::int from transfers where generation_id is not null and user_id = $1", [
      anna.id,
    ]),
  ).toEqual([{ count: 0 }]);
});

test("F6: free tries end with the hour's limit, come back with the hour, and end with the day's", async () => {
  const anna = await newcomer();
  for (const left of [3, 2]) {
    await anna.says("маяк");
    expect(anna.reads()).toContain(`Бесплатно сегодня: осталось ${left} из 3`);
    await create(anna);
    await world.advance(120);
  }
  await anna.says("маяк");
  expect(anna.reads()).toMatch(/Бесплатные генерации закончились, следующая — .*11:00/);
  expect(anna.button("Создать").text).toContain("0,63 ₽");
  await world.advance(HOUR);
  await anna.says("маяк");
  expect(anna.reads()).toContain("Бесплатно сегодня: осталось 1 из 3");
  await create(anna);
  await world.advance(120);
  await anna.says("маяк");
  expect(anna.reads()).toMatch(/следующая — .*00:00/);
  await create(anna);
  await world.advance(60);
  expect(anna.reads()).toContain("списано 0,63 ₽");
});

test("F6: a new day in Moscow brings free tries, also right after midnight", async () => {
  const anna = await newcomer();
  await makes(anna);
  await makes(anna);
  await anna.says("маяк");
  expect(anna.button("Создать").text).toContain("0,63 ₽");
  // 23:59:30 is still the same day.
  await world.advance(DAY - (moscowSeconds() % DAY) - 30);
  await makes(anna);
  expect(await world.db.rows("select used from free_uses where user_id = $1", [anna.id])).toEqual([{ used: 3 }]);
  await anna.says("маяк");
  expect(anna.reads()).toContain("Бесплатно сегодня: осталось 3 из 3");
  await create(anna);
  expect(await anna.wallet()).toMatchObject({ bonus: 5_000n, held: 0n });
});

test("F6: a failed free try comes back, at most twice a day", async () => {
  const anna = await newcomer();
  for (const left of [3, 3, 2]) {
    await makes(anna, "fail: маяк");
    expect(anna.readsAll()).toContain("Деньги не списаны");
    await anna.says("маяк");
    expect(anna.reads()).toContain(`Бесплатно сегодня: осталось ${left} из 3`);
    await anna.says("/cancel");
  }
  expect(
    await world.db.rows("select used, used_in_hour, returned from free_uses where user_id = $1", [anna.id]),
  ).toEqual([{ used: 1, used_in_hour: 1, returned: 2 }]);
});

test("F6: a free try that was used up between the card and ✅ is told, and nothing is held", async () => {
  const anna = await newcomer();
  await anna.says("маяк");
  const { messageId, data } = anna.button("бесплатно");
  await world.db.rows("insert into free_uses (user_id, day, used, hour, used_in_hour) values ($1, $2, 3, 'x', 0)", [
    anna.id,
    new Date(moscowSeconds() * 1000).toISOString().slice(0, 10),
  ]);
  await anna.forces(messageId, data);
  expect(anna.reads()).toContain("Цена изменилась: была бесплатно, стала 0,63 ₽");
  expect(await anna.wallet()).toMatchObject({ held: 0n, bonus: 5_000n });
  await anna.taps("Создать");
  expect(await anna.wallet()).toMatchObject({ held: 63n });
});

test("F6: only the listed models are free, and a discount waits for a generation that costs", async () => {
  const anna = await newcomer();
  await anna.says("/promo WELCOME");
  await anna.says("маяк");
  expect(anna.button("Создать").text).toContain("бесплатно");
  expect(anna.reads()).not.toContain("WELCOME");
  await create(anna);
  await world.advance(60);
  await anna.says("/start m_qwen-image-2-1");
  await anna.taps("example~");
  expect(anna.reads()).not.toContain("Бесплатно");
  expect(anna.reads()).toContain("WELCOME −15 %");
});

test("F6: a person without money makes a free picture", async () => {
  const anna = await newcomer();
  await world.db.rows("update wallets set spend_limit = 0 where user_id = $1", [anna.id]);
  await anna.says("маяк");
  await create(anna);
  expect(await anna.wallet()).toMatchObject({ held: 0n, bonus: 5_000n });
});

test("F6: the counter speaks English", async () => {
  const john = await newcomer("en");
  await john.says("a lighthouse");
  expect(john.reads()).toContain("Free: 3 of 3 left today");
  expect(offers(john, "free")).toBe(true);
});
