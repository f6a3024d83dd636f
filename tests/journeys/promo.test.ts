import { afterAll, beforeAll, expect, test } from "vitest";
import { closePromo, createPromo, makePromoCode, type PromoWish } from "../../lib/services/promo/codes.ts";
import { answerQuestions, create, offers, openCard } from "../support/buying.ts";
import { choosesStars, paid } from "../support/stars.ts";
import { type Person, startWorld, type World } from "../support/world.ts";

let world: World;
beforeAll(async () => {
  // The sweeper has nothing to do here, and days pass.
  world = await startWorld({ environment: { SWEEP_CRON: "0 3 * * *" } });
});
afterAll(async () => {
  await world.expectInvariants();
  await world.end();
});

const ADMIN = 1;
const DAY = 86_400;

let lastId = 5_100;
/** Somebody new who has said hello. */
async function newcomer(languageCode = "ru"): Promise<Person> {
  lastId += 1;
  const person = world.person(lastId, languageCode);
  await person.says("/start");
  return person;
}

async function makeCode(fields: Partial<PromoWish> & Pick<PromoWish, "kind">): Promise<string> {
  const code = makePromoCode();
  const wish: PromoWish = {
    code,
    kopecks: null,
    percent: null,
    generations: null,
    days: null,
    newcomersOnly: false,
    cap: null,
    daysOpen: null,
    ...fields,
  };
  expect(await createPromo(world.app, ADMIN, wish)).toBe("created");
  return code;
}

/** Z-Image costs 0,63 ₽. */
const prompt = (person: Person) => person.says("маяк на скале");

test("F5: the set-up writes the three codes once, and a second set-up leaves them as they are", async () => {
  const codes = () =>
    world.db.rows(
      "select code, kind, kopecks, percent, generations, days from promo_codes where created_by is null order by code",
    );
  expect(await codes()).toEqual([
    { code: "FIRSTGEN", kind: "bonus", kopecks: "5000", percent: null, generations: null, days: null },
    { code: "NEWUSER10", kind: "discount", kopecks: null, percent: 10, generations: null, days: 7 },
    { code: "WELCOME", kind: "discount", kopecks: null, percent: 15, generations: 1, days: null },
  ]);
  expect(world.setUpSteps.find(({ name }) => name === "promo codes")).toMatchObject({ ok: true });
});

test("F5: FIRSTGEN gives 50 ₽ of bonus before the first generation, once", async () => {
  const anna = await newcomer();
  await anna.says("/promo firstgen");
  expect(anna.reads()).toContain("Промокод FIRSTGEN принят: 50,00 ₽ бонусами на балансе.");
  expect(await anna.wallet()).toMatchObject({ bonus: 10_000n });
  await anna.says("/promo FIRSTGEN");
  expect(anna.reads()).toContain("вы уже вводили");
  expect(await anna.wallet()).toMatchObject({ bonus: 10_000n });
});

test("F5: FIRSTGEN is refused after a generation, also while it still runs", async () => {
  const anna = await newcomer();
  await prompt(anna);
  await create(anna);
  await anna.says("/promo FIRSTGEN");
  expect(anna.reads()).toContain("только до первой генерации");
  await world.advance(60);
  await anna.says("/promo FIRSTGEN");
  expect(anna.reads()).toContain("только до первой генерации");
});

test("F5: a code goes in by the button and a typed text, and the way leads back to the open card", async () => {
  const anna = await newcomer();
  await prompt(anna);
  expect(anna.button("Создать").text).toContain("0,63 ₽");
  await anna.says("/balance");
  await anna.taps("Промокод");
  expect(anna.reads()).toContain("Пришлите промокод");
  await anna.says(" welcome ");
  expect(anna.reads()).toContain("Промокод WELCOME принят: скидка 15 % на следующую платную генерацию.");
  expect(anna.reads()).toContain("• WELCOME: скидка 15 % на генерации, осталось: 1 генерация");
  await anna.taps("К карточке");
  // 63 × 0,85 = 53,55
  expect(anna.reads()).toContain("Цена: 0,63 ₽ 0,54 ₽, WELCOME −15 %");
  expect(anna.screen().entities?.some(({ type }) => type === "strikethrough")).toBe(true);
  expect(anna.button("Создать").text).toContain("0,54 ₽");
});

test("F5: WELCOME takes 15 % off one generation, which is charged at the lower price, and not off the next", async () => {
  const anna = await newcomer();
  await anna.says("/promo WELCOME");
  await prompt(anna);
  await create(anna);
  expect(await anna.wallet()).toMatchObject({ bonus: 4_946n, held: 54n });
  await world.advance(60);
  expect(anna.reads()).toContain("списано 0,54 ₽");
  await prompt(anna);
  expect(anna.button("Создать").text).toContain("0,63 ₽");
  expect(anna.reads()).not.toContain("WELCOME");
});

test("F5: a generation that failed gives the discount back with the money", async () => {
  const anna = await newcomer();
  await anna.says("/promo WELCOME");
  await anna.says("fail:500 маяк");
  await create(anna);
  await world.advance(120);
  expect(anna.readsAll()).toContain("Деньги не списаны");
  expect(await anna.wallet()).toMatchObject({ bonus: 5_000n, held: 0n });
  await prompt(anna);
  expect(anna.button("Создать").text).toContain("0,54 ₽");
});

test("F5: NEWUSER10 takes 10 % off every generation for seven days and nothing afterwards", async () => {
  const anna = await newcomer();
  await anna.says("/promo NEWUSER10");
  expect(anna.reads()).toContain("скидка 10 % на генерации до");
  for (const _ of [1, 2]) {
    await prompt(anna);
    expect(anna.button("Создать").text).toContain("0,57 ₽");
    await create(anna);
    await world.advance(60);
    expect(anna.reads()).toContain("списано 0,57 ₽");
  }
  await world.sleeps(7 * DAY);
  await prompt(anna);
  expect(anna.button("Создать").text).toContain("0,63 ₽");
});

test("F5: of two discounts the greater one holds, they are never added up", async () => {
  const anna = await newcomer();
  await anna.says("/promo NEWUSER10");
  await anna.says("/promo WELCOME");
  expect(anna.reads()).toContain("Скидки не складываются");
  await prompt(anna);
  expect(anna.button("Создать").text).toContain("0,54 ₽");
  await create(anna);
  await world.advance(60);
  await prompt(anna);
  expect(anna.button("Создать").text).toContain("0,57 ₽");
});

test("F5: a discount that ran out between the card and ✅ is told, and nothing is held", async () => {
  const anna = await newcomer();
  await anna.says("/promo WELCOME");
  await prompt(anna);
  const { messageId, data } = anna.button("Создать");
  // The same person's other device was faster: the last generation of the discount is gone.
  await world.db.rows("update promo_uses set generations_left = 0 where user_id = $1", [anna.id]);
  await anna.forces(messageId, data);
  expect(anna.reads()).toContain("Цена изменилась: была 0,54 ₽, стала 0,63 ₽");
  expect(await anna.wallet()).toMatchObject({ bonus: 5_000n, held: 0n });
  await anna.taps("Создать");
  expect(await anna.wallet()).toMatchObject({ held: 63n });
});

test("F5: a discount that came after the card was drawn is taken without asking again", async () => {
  const anna = await newcomer();
  await prompt(anna);
  const { messageId, data } = anna.button("Создать");
  await world.db.rows(
    "insert into promo_uses (code, user_id, created_at, generations_left) values ('WELCOME', $1, $2, 1)",
    [anna.id, world.app.clock.now().toISOString()],
  );
  await anna.forces(messageId, data);
  expect(await anna.wallet()).toMatchObject({ held: 54n });
});

test("F5: two taps of ✅ at once use a discount once", async () => {
  const anna = await newcomer();
  await anna.says("/promo WELCOME");
  await prompt(anna);
  const { messageId, data } = anna.button("Создать");
  await Promise.all([1, 2].map(() => world.telegram.userTaps(anna.id, messageId, data, { force: true })));
  await world.idle();
  expect(await anna.wallet()).toMatchObject({ held: 54n, bonus: 4_946n });
  expect(await world.db.rows("select generations_left from promo_uses where user_id = $1", [anna.id])).toEqual([
    { generations_left: 0 },
  ]);
});

test("F5: a code of 90 % on two generations is rounded to the kopeck and counted down", async () => {
  const code = await makeCode({ kind: "discount", percent: 90, generations: 2 });
  const anna = await newcomer();
  await anna.says(`/promo ${code}`);
  expect(anna.reads()).toContain("на 2 генерации");
  for (const left of [1, 0]) {
    await prompt(anna);
    expect(anna.button("Создать").text).toContain("0,06 ₽");
    await create(anna);
    await world.advance(60);
    expect(await world.db.rows("select generations_left from promo_uses where user_id = $1", [anna.id])).toEqual([
      { generations_left: left },
    ]);
  }
});

test("F5: a top-up code waits for the next top-up and adds its part as a bonus, once", async () => {
  const code = await makeCode({ kind: "topup", percent: 20 });
  const anna = await newcomer();
  await anna.says(`/promo ${code}`);
  expect(anna.reads()).toContain("следующее пополнение принесёт ещё 20 % бонусами");
  await anna.says("/promo");
  expect(anna.reads()).toContain(`${code}: +20 % бонусами к следующему пополнению`);
  for (const expected of [
    { main: 30_000n, bonus: 11_000n },
    { main: 60_000n, bonus: 11_000n },
  ]) {
    await anna.says("/topup");
    await choosesStars(anna, "300 ₽");
    await paid(world, anna);
    expect(await anna.wallet()).toMatchObject(expected);
  }
  await anna.says("/promo");
  expect(anna.reads()).toContain("нет действующих промокодов");
});

test("F5: wrong, expired, closed and used-up codes are answered with the same words", async () => {
  const [expired, closed, capped] = [
    await makeCode({ kind: "bonus", kopecks: 100n, daysOpen: 1 }),
    await makeCode({ kind: "bonus", kopecks: 100n }),
    await makeCode({ kind: "bonus", kopecks: 100n, cap: 1 }),
  ];
  const first = await newcomer();
  await first.says(`/promo ${capped}`);
  expect(first.reads()).toContain("принят");
  expect(await closePromo(world.app, closed)).toBe(true);
  await world.sleeps(DAY + 60);
  const anna = await newcomer();
  const answers = new Set<string>();
  for (const code of [expired, closed, capped, "NOSUCHCODE", "не код"]) {
    await anna.says(`/promo ${code}`);
    answers.add(anna.reads());
  }
  expect([...answers]).toEqual([expect.stringContaining("Такой промокод не действует")]);
  expect(await anna.wallet()).toMatchObject({ bonus: 5_000n });
});

test("F5: after ten wrong codes nothing is looked up for an hour", async () => {
  const code = await makeCode({ kind: "bonus", kopecks: 100n });
  const anna = await newcomer();
  for (let tried = 0; tried < 10; tried += 1) {
    await anna.says(`/promo WRONG${tried}`);
    expect(anna.reads()).toContain("не действует");
  }
  await anna.says(`/promo ${code}`);
  expect(anna.reads()).toContain("Слишком много неверных промокодов");
  await world.advance(3_601);
  await anna.says(`/promo ${code}`);
  expect(anna.reads()).toContain("принят");
});

test("F5: a random code can not be guessed", () => {
  const codes = new Set(Array.from({ length: 1_000 }, makePromoCode));
  expect(codes.size).toBe(1_000);
  for (const code of codes) expect(code).toMatch(/^[0-9A-Z]{16}$/);
});

test("F5: an impossible code is not made, a taken one stays as it is", async () => {
  const base: PromoWish = {
    code: "MADEONCE",
    kind: "bonus",
    kopecks: 100n,
    percent: null,
    generations: null,
    days: null,
    newcomersOnly: false,
    cap: null,
    daysOpen: null,
  };
  expect(await createPromo(world.app, ADMIN, base)).toBe("created");
  expect(await createPromo(world.app, ADMIN, { ...base, kopecks: 999n })).toBe("taken");
  for (const wrong of [
    { kopecks: 0n },
    { code: "X" },
    { cap: 0 },
    { kind: "discount" as const, kopecks: null, percent: 101, days: 1 },
    { kind: "discount" as const, kopecks: null, percent: 10 },
    { kind: "topup" as const },
  ]) {
    expect(await createPromo(world.app, ADMIN, { ...base, code: "OTHER", ...wrong })).toBe("invalid");
  }
  expect(await world.db.rows("select kopecks from promo_codes where code = 'MADEONCE'")).toEqual([{ kopecks: "100" }]);
});

test("F5: a code is asked for and accepted in English", async () => {
  const anna = await newcomer("en");
  await anna.says("/promo");
  expect(anna.reads()).toContain("Send the promo code");
  await anna.says("FIRSTGEN");
  expect(anna.reads()).toContain("Promo code FIRSTGEN accepted: ₽50.00 of bonus");
  expect(anna.reads()).not.toMatch(/[а-яё]/i);
  expect(offers(anna, "Enter a code")).toBe(true);
});

test("A5 F5: the prices of a card's values are those with the discount", async () => {
  const anna = await newcomer();
  await anna.credited(100_000);
  await anna.says("/promo NEWUSER10");
  await openCard(anna, "qwen-image-2-1");
  await answerQuestions(anna, []);
  await anna.taps("param_input:resolution");
  // 3,14 and 6,29 ₽ without it.
  expect(["2,83 ₽", "5,66 ₽"].filter((price) => !offers(anna, price))).toEqual([]);
});
