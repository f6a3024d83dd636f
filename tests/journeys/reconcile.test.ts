import { afterEach, beforeEach, expect, test } from "vitest";
import { sweep } from "../../lib/services/sweep/sweep.ts";
import { create, offers, openCard } from "../support/buying.ts";
import { topsUp } from "../support/topping-up.ts";
import { type Person, startWorld, type World } from "../support/world.ts";

const HOUR = 3_600;

let world: World;
let admin: Person;
let anna: Person;
beforeEach(async () => {
  world = await startWorld({ environment: { WELCOME_BONUS_KOPECKS: "0", REFERRAL_BONUS_KOPECKS: "0" } });
  admin = world.person(1);
  anna = world.person(9101);
  await admin.says("/start");
  await anna.says("/start");
  await anna.credited(100_000);
});
afterEach(async () => {
  await world.expectInvariants();
  await world.end();
});

/** From /admin to the page of the books, and a comparison now. */
async function compares(): Promise<void> {
  await admin.says("/admin");
  await admin.taps("⚖️ Сверка");
  await admin.taps("Сверить сейчас");
}

/** Two taps, from the message that told of it. */
async function repairs(): Promise<void> {
  await admin.taps("🔧 Исправить");
  await admin.taps("Да, исправить");
}

const findings = () => world.db.rows("select kind, status, decided_by from findings order by created_at, id");
const toldOf = (words: string) => admin.readsAll().split(words).length - 1;

/** How far the hourly comparison of Stars believes that it has come; it does not run again for a day. */
async function setOffset(offset: number): Promise<void> {
  await world.db.rows("update settings set value = value || $1::jsonb, updated_at = $2 where key = 'stars-compared'", [
    JSON.stringify({ offset }),
    new Date(world.context.clock.now().getTime() + 24 * HOUR * 1000).toISOString(),
  ]);
}

async function buysPicture(words = "маяк"): Promise<string> {
  await openCard(anna, "z-image");
  await anna.says(words);
  return await create(anna);
}

test("E6: books that add up are said to add up", async () => {
  await buysPicture();
  await world.advance(60);
  await compares();
  expect(admin.reads()).toContain("Сверка закончена: расхождений нет");
  expect(await findings()).toEqual([]);
  await admin.taps("Все расхождения");
  expect(admin.reads()).toMatch(/Последняя: .*кошел/);
  expect(admin.reads()).toContain("Расхождений нет");
});

test("E6: a wallet that is not the sum of its operations is told once and set right by the button", async () => {
  await world.db.rows("update wallets set main = main + 777, bonus = 5 where user_id = $1", [anna.id]);
  await compares();
  expect(admin.readsAll()).toContain("Основной: записано 1 007,77 ₽, по операциям 1 000,00 ₽");
  expect(admin.readsAll()).toContain("Бонусы: записано 0,05 ₽, по операциям 0,00 ₽");
  expect(admin.readsAll()).toContain(`Пользователь: ${anna.id}`);
  await compares();
  expect(toldOf("Баланс не сходится")).toBe(1);

  await repairs();
  expect(admin.reads()).toContain("✅ Исправлено");
  expect(await anna.wallet()).toMatchObject({ main: 100_000n, bonus: 0n });
  expect(await findings()).toEqual([{ kind: "balance", status: "repaired", decided_by: "1" }]);
  await compares();
  expect(admin.reads()).toContain("расхождений нет");
});

test("E6: the difference stays one finding while the wallet is used, and what went by itself is closed", async () => {
  await world.db.rows("update wallets set main = main + 777 where user_id = $1", [anna.id]);
  await compares();
  await anna.credited(5_000);
  await compares();
  expect(await findings()).toEqual([{ kind: "balance", status: "open", decided_by: null }]);
  await world.db.rows("update wallets set main = main - 777 where user_id = $1", [anna.id]);
  await compares();
  expect(await findings()).toEqual([{ kind: "balance", status: "gone", decided_by: null }]);
  await admin.taps("🔧 Исправить");
  expect(admin.reads()).toContain("Уже сошлось само");
  expect(offers(admin, "Да, исправить")).toBe(false);
});

test("E6: a dismissed finding is not told again", async () => {
  await world.db.rows("update wallets set main = main + 777 where user_id = $1", [anna.id]);
  await compares();
  await admin.taps("Пропустить");
  expect(admin.reads()).toContain("Пропущено");
  await compares();
  expect(admin.reads()).toContain("расхождений нет");
  expect(await findings()).toMatchObject([{ status: "dismissed" }]);
  await world.db.rows("update wallets set main = main - 777 where user_id = $1", [anna.id]);
});

test("E6: sums below zero can not be written into a wallet, and no button offers it", async () => {
  await world.db.rows(
    "insert into transfers (id, user_id, kind, kopecks, source, destination, created_at) values ('wrong:1', $1, 'adjust', 500000, 'main', 'admin', $2)",
    [anna.id, world.context.clock.now().toISOString()],
  );
  await compares();
  expect(admin.readsAll()).toContain("так записать нельзя");
  expect(admin.hasButton("🔧 Исправить")).toBe(false);
  await world.db.rows(
    "insert into transfers (id, user_id, kind, kopecks, source, destination, created_at) values ('wrong:2', $1, 'adjust', 500000, 'admin', 'main', $2)",
    [anna.id, world.context.clock.now().toISOString()],
  );
});

test("E6 G8: a hold that nothing reminds the sweeper of is found, and the button ends the generation", async () => {
  const id = await buysPicture("lostall: маяк");
  // Whatever lost the reminder: no callback, no job and no sweep will ever look.
  world.qstash.reset();
  await world.db.rows("update generations set due_at = null where id = $1", [id]);
  await world.advance(2 * HOUR);
  expect((await anna.wallet()).held).toBeGreaterThan(0n);
  await compares();
  expect(admin.readsAll()).toContain("Генерация зависла, деньги в резерве");
  expect(admin.readsAll()).toContain(`№ ${id}`);
  await repairs();
  expect(await anna.wallet()).toMatchObject({ main: 100_000n, held: 0n, running: 0 });
  expect(await findings()).toEqual([{ kind: "stale-hold", status: "repaired", decided_by: "1" }]);
  await compares();
  expect(admin.reads()).toContain("расхождений нет");
});

test("G8: holds over their deadline are told of at most once an hour", async () => {
  const id = await buysPicture();
  await world.advance(60);
  await world.db.rows(
    "update generations set state = 'submitted', posted_kopecks = null, told_at = null, due_at = $2, deadline_at = $3 where id = $1",
    [
      id,
      new Date(world.context.clock.now().getTime() + 9 * HOUR * 1000).toISOString(),
      new Date(world.context.clock.now().getTime() - HOUR * 1000).toISOString(),
    ],
  );
  for (let times = 0; times < 3; times += 1) await sweep(world.app);
  expect(toldOf("1 генерация не закончилась в срок")).toBe(1);
  await world.advance(HOUR);
  await sweep(world.app);
  await world.idle();
  expect(toldOf("1 генерация не закончилась в срок")).toBe(2);
  await world.db.rows(
    "update generations set state = 'delivered', posted_kopecks = held_main + held_bonus, due_at = null where id = $1",
    [id],
  );
});

test("E6: credits that KIE takes beyond the catalog's price are told once per model, with the way to its price", async () => {
  for (let times = 0; times < 2; times += 1) await buysPicture();
  await world.advance(60);
  await world.db.rows("update generations set credits_consumed = 3.5 where user_id = $1", [anna.id]);
  await compares();
  expect(toldOf("KIE берёт не столько, сколько в каталоге")).toBe(1);
  expect(admin.readsAll()).toMatch(/В каталоге: 0\.8 кр\., KIE взял: 3\.5 кр\./);
  await admin.taps("Открыть модель");
  expect(admin.reads()).toContain("z-image");
  await world.db.rows("update generations set credits_consumed = 0.8 where user_id = $1", [anna.id]);
  await compares();
  expect(await findings()).toEqual([{ kind: "credits", status: "gone", decided_by: null }]);
});

test("E6: discounted and free generations are not compared with KIE's credits", async () => {
  const id = await buysPicture();
  await world.advance(60);
  await world.db.rows(
    "update generations set credits_consumed = 0.8, price_kopecks = price_kopecks - 10 where id = $1",
    [id],
  );
  await compares();
  expect(await findings()).toEqual([]);
  await world.db.rows("update generations set price_kopecks = price_kopecks + 10 where id = $1", [id]);
});

test("E6 F1: a payment that the books lost is found in Telegram's list and set right without a second credit", async () => {
  const chargeId = await topsUp(world, anna);
  world.qstash.reset();
  await world.advance(4 * HOUR);
  await sweep(world.app);
  expect(await anna.wallet()).toMatchObject({ main: 130_000n });
  await world.db.rows("delete from star_charges where id = $1", [chargeId]);
  await compares();
  expect(admin.readsAll()).toContain("Звёзды оплачены, но не зачислены");
  expect(admin.readsAll()).toContain(chargeId);
  // Hundreds of payments later it is not in the part of the list that is read any more, and stays nevertheless.
  await setOffset(1_000);
  await compares();
  expect(await findings()).toMatchObject([{ kind: "stars", status: "open" }]);
  await repairs();
  expect(await findings()).toEqual([{ kind: "stars", status: "repaired", decided_by: "1" }]);
  expect(await anna.wallet()).toMatchObject({ main: 130_000n });
  await compares();
  expect(admin.reads()).toContain("расхождений нет");
});

test("E6 F1: a payment that Telegram gave back and the books still have is taken back by the button", async () => {
  const chargeId = await topsUp(world, anna);
  await world.telegram.userChargesBack(anna.id, chargeId, { update: "lost" });
  await setOffset(2);
  world.qstash.reset();
  await world.advance(4 * HOUR);
  await sweep(world.app);
  expect(await anna.wallet()).toMatchObject({ main: 130_000n });
  await compares();
  expect(admin.readsAll()).toContain("Telegram вернул звёзды, а у нас возврата нет");
  await repairs();
  expect(await anna.wallet()).toMatchObject({ main: 100_000n });
  expect(await findings()).toEqual([{ kind: "stars", status: "repaired", decided_by: "1" }]);
  await compares();
  expect(admin.reads()).toContain("расхождений нет");
});

test("E6 F1: a payment of ours that Telegram does not know is told, and only people can judge it", async () => {
  await topsUp(world, anna);
  world.qstash.reset();
  await world.advance(4 * HOUR);
  await sweep(world.app);
  const at = new Date(world.context.clock.now().getTime() - 2.5 * HOUR * 1000).toISOString();
  await world.db.rows(
    "insert into star_charges (id, order_id, user_id, stars, kopecks, status, source, paid_at) values ('stx-nowhere', null, $1, 10, 1500, 'credited', 'update', $2)",
    [anna.id, at],
  );
  await compares();
  expect(admin.readsAll()).toContain("Платёж звёздами есть у нас, а в Telegram его нет");
  expect(admin.hasButton("🔧 Исправить")).toBe(false);
  await admin.taps("Пропустить");
  expect(await findings()).toMatchObject([{ kind: "stars", status: "dismissed" }]);
});

test("E6: the night's comparison runs once, after 03:00 in Moscow, without being asked", async () => {
  await sweep(world.app);
  const at = () => world.context.clock.now().toISOString();
  await world.db.rows("update wallets set main = main + 1 where user_id = $1", [anna.id]);
  const untilMidnightUtc = 24 * HOUR - ((Date.parse(at()) / 1000) % (24 * HOUR));
  world.qstash.reset();
  await world.advance(untilMidnightUtc - 120);
  await sweep(world.app);
  expect(await findings()).toEqual([]);
  await world.advance(180);
  await anna.credited(1);
  await sweep(world.app);
  await world.idle();
  expect(await findings()).toMatchObject([{ kind: "balance", status: "open" }]);
  expect(admin.readsAll()).toContain("Баланс не сходится");
  expect(admin.readsAll()).not.toContain("Сверка закончена");
  await world.db.rows("update wallets set main = main - 1 where user_id = $1", [anna.id]);
  await world.advance(HOUR);
  await sweep(world.app);
  expect(await findings()).toMatchObject([{ status: "open" }]);
  await world.advance(24 * HOUR);
  await sweep(world.app);
  expect(await findings()).toMatchObject([{ status: "gone" }]);
});

test("E6: nobody but admins sees the books, and two admins repair once", async () => {
  await world.db.rows("update wallets set main = main + 777 where user_id = $1", [anna.id]);
  await compares();
  await admin.taps("🔧 Исправить");
  const { messageId, data } = admin.button("Да, исправить");
  await anna.forces(anna.screen().messageId, data);
  await anna.forces(anna.screen().messageId, data.replace(/admin:fd:r:\w+/, "admin:fd"));
  expect(anna.readsAll()).not.toContain("Сверка");
  expect((await anna.wallet()).main).toBe(100_777n);
  await Promise.all([admin.forces(messageId, data), admin.forces(messageId, data)]);
  expect((await anna.wallet()).main).toBe(100_000n);
  expect(await findings()).toMatchObject([{ status: "repaired" }]);
});
