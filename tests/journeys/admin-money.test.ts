import { afterAll, beforeAll, expect, test } from "vitest";
import { answerQuestions, create, kopecksOn, offers, openCard, withSpaces } from "../support/buying.ts";
import { type Person, startWorld, type World } from "../support/world.ts";

const ADMIN_ID = 1;
const MINUTE = 60;

let world: World;
let admin: Person;
beforeAll(async () => {
  world = await startWorld();
  admin = world.person(ADMIN_ID);
  await admin.says("/start");
});
afterAll(async () => {
  await world.expectInvariants();
  await world.end();
});

let lastUserId = 6100;
async function user(kopecks = 100_000): Promise<Person> {
  lastUserId += 1;
  const person = world.person(lastUserId);
  await person.says("/start");
  if (kopecks > 0) await person.credited(kopecks);
  return person;
}

const labelsOf = (person: Person) => (person.screen().keyboard?.flat() ?? []).map(({ text }) => withSpaces(text));

/** The admin's card of a user, found by id. */
async function opensCard(person: Person): Promise<void> {
  await admin.says("/admin");
  await admin.taps("👥 Пользователи");
  await admin.says(String(person.id));
  await admin.taps(`admin:us:c:${person.id}~`, { messageId: admin.screen().messageId });
}

/** Fills in a credit or debit up to its confirmation. */
async function fills(
  person: Person,
  wish: { button: string; account: "Основной" | "Бонусный"; sum: string; reason: string },
): Promise<void> {
  await opensCard(person);
  await admin.taps(wish.button);
  await admin.taps(`${wish.account} ·`);
  await admin.says(wish.sum);
  await admin.says(wish.reason);
}

/** Buys a picture. @returns the id of the generation and what it cost. */
async function buys(person: Person): Promise<{ generationId: string; kopecks: bigint }> {
  await openCard(person, "z-image");
  await person.says("рыжий кот");
  await answerQuestions(person, []);
  const kopecks = kopecksOn(person.button("show_price_confirmation").text);
  const generationId = await create(person);
  await world.advance(2 * MINUTE);
  expect(person.readsAll()).toContain("Готово");
  return { generationId, kopecks };
}

const transfersOf = (person: Person, like: string) =>
  world.db.rows(
    "select id, kind, kopecks, source, destination, reason, actor_id from transfers where user_id = $1 and id like $2 order by id",
    [person.id, like],
  );

test("G1 G2: /admin shows today's money and leads to users; to others neither screens nor buttons exist", async () => {
  const anna = await user();
  await buys(anna);
  await admin.says("/admin");
  expect(admin.reads()).toMatch(/Сегодня: пополнили на 0 ₽, потратили \d+(,\d\d)? ₽\./);
  expect(admin.reads()).toContain("Генерации: в работе 0, в очереди 0.");
  expect(labelsOf(admin)).toEqual(expect.arrayContaining(["👥 Пользователи", "🎟 Промокоды"]));
  const before = await anna.wallet();
  await anna.says("/start");
  for (const data of [`us:c:${anna.id}`, `us:a:${anna.id}:c:m`, `us:sb:${anna.id}:1`, "us", "pc:new", "pc:l:0:0"]) {
    await anna.forces(anna.screen().messageId, `admin:${data}~1`);
    expect(anna.readsAll()).not.toMatch(/Пользователи|Промокоды|Начисл|С нами с/);
  }
  expect(await anna.wallet()).toEqual(before);
});

test("G2: users are found by id, @username and a part of the name; the last active stand first without a search", async () => {
  const boris = await user();
  world.telegram.setProfile(boris.id, { firstName: "Борислав", username: "boris_the_test" });
  await boris.says("/help");
  await admin.says("/admin");
  await admin.taps("👥 Пользователи");
  expect(labelsOf(admin).slice(0, 8).join("\n")).toContain("Борислав (@boris_the_test)");
  for (const words of [String(boris.id), "@boris_the", "борисл", "BORIS"]) {
    await admin.says(words);
    expect(admin.reads()).toContain(`Нашлись по запросу «${words}»`);
    expect(labelsOf(admin)[0]).toContain("Борислав (@boris_the_test) · 1 0");
  }
  await admin.says("100% никто_");
  expect(admin.reads()).toContain("никого нет");
  await admin.taps("Сбросить поиск");
  await admin.says("@boris_the");
  await admin.taps("Борислав");
  expect(admin.reads()).toContain(`id ${boris.id}`);
  expect(admin.reads()).toMatch(/С нами с \d\d\.\d\d\.\d{4}/);
  expect(admin.reads()).toContain("Основной: 1 000 ₽");
  expect(admin.reads()).toContain("Потрачено в этом месяце: 0 ₽");
});

test("G2 G7: a credit asks for account, sum and reason, shows both balances, moves once, and the user is told why", async () => {
  const anna = await user(5_000);
  const before = await anna.wallet();
  await opensCard(anna);
  await admin.taps("➕ Начислить");
  await admin.taps("Основной ·");
  await admin.says("сто");
  expect(admin.reads()).toContain("«сто» не похоже на сумму");
  await admin.says("0");
  expect(admin.reads()).toContain("не похоже на сумму");
  await admin.says("2 000 000");
  expect(admin.reads()).toContain("не похоже на сумму");
  await admin.says("99,50");
  expect(admin.reads()).toContain("Сумма: 99,50 ₽");
  await admin.says("ок");
  expect(admin.reads()).toContain("Причина должна быть от 3 до 200 знаков");
  await admin.says("Извинение за долгое ожидание");
  expect(admin.reads()).toContain("Основной: 50 ₽ → 149,50 ₽");
  expect(admin.reads()).toMatch(/Бонусный: (\S+ ₽) → \1/);
  expect(await anna.wallet()).toEqual(before);

  const confirm = admin.button("✅ Начислить 99,50 ₽");
  await Promise.all([
    admin.forces(confirm.messageId, confirm.data),
    admin.forces(confirm.messageId, confirm.data),
    admin.forces(confirm.messageId, confirm.data),
  ]);
  await admin.forces(confirm.messageId, confirm.data);
  expect(admin.readsAll()).toContain("✅ Начислено");
  expect(await anna.wallet()).toEqual({ ...before, main: before.main + 9_950n });
  expect(await transfersOf(anna, "admin:%")).toEqual([
    expect.objectContaining({
      kind: "adjust",
      kopecks: "9950",
      source: "admin",
      destination: "main",
      reason: "Извинение за долгое ожидание",
      actor_id: String(ADMIN_ID),
    }),
  ]);
  await world.advance(5);
  const told = anna.readsAll().match(/Вам начислено 99,50 ₽\.\nПричина: Извинение за долгое ожидание/g);
  expect(told).toHaveLength(1);

  const audit = world.logLines.filter((line) => line.includes("admin.action") && line.includes(`user:${anna.id}`));
  expect(audit.some((line) => line.includes('"credit"') && line.includes('"moved"'))).toBe(true);
  expect(audit.join("\n")).not.toContain("Извинение");

  await opensCard(anna);
  await admin.taps("🧾 Операции");
  expect(admin.reads()).toContain("Извинение за долгое ожидание · админ 1");
  expect(admin.reads()).toContain("администратор → основной");
});

test("G2: a debit never goes below zero: a sentence says what there is, and the confirmation can not be forced", async () => {
  const anna = await user(10_000);
  const before = await anna.wallet();
  await fills(anna, { button: "➖ Списать", account: "Основной", sum: "100,01", reason: "Ошибочное начисление" });
  expect(admin.reads()).toContain("На этом балансе только 100 ₽");
  expect(offers(admin, "✅ Списать")).toBe(false);
  expect(await anna.wallet()).toEqual(before);

  await admin.taps("✏️ Изменить");
  await admin.says("60");
  await admin.says("Ошибочное начисление");
  expect(admin.reads()).toContain("Основной: 100 ₽ → 40 ₽");
  const confirm = admin.button("✅ Списать 60,00 ₽");
  // The money goes somewhere else while the admin looks at the confirmation.
  await world.db.rows(
    "with t as (insert into transfers (id, user_id, kind, kopecks, source, destination, created_at) values ('test:away', $1, 'adjust', 5000, 'main', 'admin', '2026-11-21') returning user_id) update wallets set main = main - 5000 from t where wallets.user_id = t.user_id",
    [anna.id],
  );
  await admin.forces(confirm.messageId, confirm.data);
  expect(admin.toast()).toMatchObject({ alert: true, text: expect.stringContaining("только 50 ₽") });
  expect(offers(admin, "✅ Списать")).toBe(false);
  expect((await anna.wallet()).main).toBe(5_000n);

  await fills(anna, { button: "➖ Списать", account: "Основной", sum: "50", reason: "Ошибочное начисление" });
  await admin.taps("✅ Списать 50,00 ₽");
  expect((await anna.wallet()).main).toBe(0n);
  await world.advance(5);
  expect(anna.readsAll()).toContain("С вашего баланса списано 50 ₽.\nПричина: Ошибочное начисление");
  // An old confirmation is not the one that is shown any more.
  await admin.forces(confirm.messageId, confirm.data);
  expect(admin.toast()).toMatchObject({ alert: true, text: expect.stringContaining("устарела") });
  expect((await anna.wallet()).main).toBe(0n);
});

test("G2: bonus money has its own credit and debit", async () => {
  const anna = await user(0);
  const before = await anna.wallet();
  await fills(anna, { button: "➕ Начислить", account: "Бонусный", sum: "25", reason: "Подарок ко дню рождения" });
  await admin.taps("✅ Начислить 25");
  await fills(anna, { button: "➖ Списать", account: "Бонусный", sum: "5,50", reason: "Лишнее" });
  await admin.taps("✅ Списать 5,50");
  expect(await anna.wallet()).toEqual({ ...before, bonus: before.bonus + 2_500n - 550n });
  await world.advance(5);
  expect(anna.readsAll()).toContain("Вам начислено 25 ₽ бонусами.");
  expect(anna.readsAll()).toContain("С вашего бонусного баланса списано 5,50 ₽.");
});

test("G2: a delivered generation is refunded once, each part to the account it came from, with its reason", async () => {
  const anna = await user(0);
  const start = await anna.wallet();
  // Less bonus than a picture costs, so that both accounts pay.
  if (start.bonus > 0n) {
    await fills(anna, {
      button: "➖ Списать",
      account: "Бонусный",
      sum: `${Number(start.bonus) / 100}`.replace(".", ","),
      reason: "Для проверки",
    });
    await admin.taps("✅ Списать");
  }
  await fills(anna, { button: "➕ Начислить", account: "Бонусный", sum: "0,20", reason: "Для проверки" });
  await admin.taps("✅ Начислить");
  await fills(anna, { button: "➕ Начислить", account: "Основной", sum: "100", reason: "Для проверки" });
  await admin.taps("✅ Начислить");
  const { generationId, kopecks } = await buys(anna);
  const before = await anna.wallet();
  expect(before).toMatchObject({ main: 10_020n - kopecks, bonus: 0n });

  await opensCard(anna);
  await admin.taps("🎨 Генерации");
  await admin.taps(`admin:us:d:${anna.id}:${generationId}~`);
  expect(admin.reads()).toMatch(/Задача KIE: \S+/);
  expect(admin.reads()).toContain("бонусный 0,20 ₽");
  await admin.taps("↩️ Вернуть деньги");
  await admin.says("Брак: лишний палец");
  const confirm = admin.button("✅ Вернуть");
  await Promise.all([admin.forces(confirm.messageId, confirm.data), admin.forces(confirm.messageId, confirm.data)]);
  await admin.forces(confirm.messageId, confirm.data);
  expect(admin.reads()).toContain("✅ Деньги возвращены");
  expect(await anna.wallet()).toEqual({ ...before, main: 10_000n, bonus: 20n });
  expect(await transfersOf(anna, `gen:${generationId}:refund:%`)).toEqual([
    expect.objectContaining({ kopecks: "20", destination: "bonus", reason: "Брак: лишний палец", actor_id: "1" }),
    expect.objectContaining({ kopecks: String(kopecks - 20n), source: "revenue", destination: "main" }),
  ]);
  await world.advance(5);
  expect(anna.readsAll().match(/Мы вернули вам/g)).toHaveLength(1);
  expect(anna.readsAll()).toContain("Причина: Брак: лишний палец");
  await admin.taps("‹ К генерации");
  expect(admin.reads()).toContain("↩️ Возвращено");
  expect(offers(admin, "Вернуть деньги")).toBe(false);
  // A second refund with another reason, by an old button.
  await admin.forces(admin.screen().messageId, `admin:us:r:${anna.id}:${generationId}~1`);
  expect(offers(admin, "✅ Вернуть")).toBe(false);
  expect(await anna.wallet()).toEqual({ ...before, main: 10_000n, bonus: 20n });
});

test("G2: a result is sent again to its user", async () => {
  const anna = await user();
  const { generationId } = await buys(anna);
  const count = anna.messages().length;
  await opensCard(anna);
  await admin.taps("🎨 Генерации");
  await admin.taps(`admin:us:d:${anna.id}:${generationId}~`);
  await admin.taps("📤 Отправить ещё раз");
  await world.idle();
  expect(anna.messages().length).toBeGreaterThan(count);
  expect(await anna.wallet()).toMatchObject({ held: 0n });
});

test("G2: somebody banned can not create and is told politely; unbanned it works again; both ask first", async () => {
  const anna = await user();
  await opensCard(anna);
  await admin.taps("⛔ Заблокировать");
  expect(admin.reads()).toContain("заблокировать? Новые генерации");
  await admin.taps("✖️ Отмена");
  await admin.taps("⛔ Заблокировать");
  await admin.taps("⛔ Да, заблокировать");
  expect(admin.reads()).toContain("⛔ Заблокирован");
  await openCard(anna, "z-image");
  await anna.says("рыжий кот");
  await anna.taps("show_price_confirmation");
  expect(`${anna.toast()?.text} ${anna.reads()}`).toContain("Создавать новое с этого аккаунта сейчас нельзя");
  expect(await anna.wallet()).toMatchObject({ held: 0n });
  await opensCard(anna);
  await admin.taps("✅ Разблокировать");
  await admin.taps("✅ Да, разблокировать");
  expect(admin.reads()).not.toContain("⛔ Заблокирован");
  await buys(anna);
  const audit = world.logLines.filter((line) => line.includes("admin.action") && line.includes(`user:${anna.id}`));
  expect(audit.map((line) => /"action":"(\w+)"/.exec(line)?.[1])).toEqual(["ban", "unban"]);
});

test("I2 G2: a user who is not there, and a generation of somebody else, draw a way on", async () => {
  const anna = await user();
  const boris = await user();
  const { generationId } = await buys(boris);
  await admin.says("/admin");
  const { messageId } = admin.screen();
  await admin.forces(messageId, "admin:us:c:999999~1");
  expect(admin.reads()).toContain("Такого пользователя нет");
  for (const data of [
    `d:${anna.id}:${generationId}`,
    `r:${anna.id}:${generationId}`,
    `rb:${anna.id}:${generationId}`,
  ]) {
    await admin.forces(messageId, `admin:us:${data}~1`);
    expect(admin.reads()).toContain("Такой генерации у пользователя нет");
  }
  await admin.forces(messageId, `admin:us:ok:${anna.id}:abc~1`);
  expect(admin.toast()).toMatchObject({ alert: true });
});
