import { afterAll, beforeAll, expect, test } from "vitest";
import { offers, withSpaces } from "../support/buying.ts";
import { type Person, startWorld, type World } from "../support/world.ts";

const ADMIN_ID = 1;

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

let lastUserId = 6400;
async function user(): Promise<Person> {
  lastUserId += 1;
  const person = world.person(lastUserId);
  await person.says("/start");
  return person;
}

const labelsOf = (person: Person) => (person.screen().keyboard?.flat() ?? []).map(({ text }) => withSpaces(text));

async function opensPromos(): Promise<void> {
  await admin.says("/admin");
  await admin.taps("🎟 Промокоды");
}

const codeOf = async (code: string) => {
  const [row] = await world.db.rows(
    "select kind, kopecks, percent, generations, days, newcomers_only, cap, used, expires_at, closed_at, created_by from promo_codes where code = $1",
    [code],
  );
  return row;
};

test("G5: a bonus code is asked for one answer at a time, confirmed, entered by its cap of people and then used up", async () => {
  await opensPromos();
  await admin.taps("➕ Новый промокод");
  expect(admin.reads()).toContain("Что даёт промокод?");
  await admin.says("бонус");
  expect(admin.reads()).toContain("«бонус» не подходит");
  await admin.taps("Бонус на баланс");
  await admin.says("ничего");
  expect(admin.reads()).toContain("«ничего» не подходит");
  await admin.says("30");
  expect(admin.reads()).toContain("Что даёт: 30 ₽ бонусами");
  await admin.taps("Всем");
  await admin.says("1");
  await admin.says("10");
  await admin.says("нельзя так");
  expect(admin.reads()).toContain("«нельзя так» не подходит");
  await admin.says("autumn-30");
  expect(admin.reads()).toContain("Код: AUTUMN-30");
  expect(admin.reads()).toContain("Сколько человек: 1");
  expect(admin.reads()).toContain("Ввести можно: 10 дней");
  expect(await codeOf("AUTUMN-30")).toBeUndefined();

  const confirm = admin.button("✅ Создать");
  await Promise.all([admin.forces(confirm.messageId, confirm.data), admin.forces(confirm.messageId, confirm.data)]);
  expect(admin.reads()).toContain("✅ Промокод создан");
  expect(await codeOf("AUTUMN-30")).toMatchObject({
    kind: "bonus",
    kopecks: "3000",
    percent: null,
    newcomers_only: false,
    cap: 1,
    used: 0,
    created_by: "1",
  });

  const anna = await user();
  const before = await anna.wallet();
  await anna.says("/promo autumn-30");
  expect((await anna.wallet()).bonus).toBe(before.bonus + 3_000n);
  const boris = await user();
  const other = await boris.wallet();
  await boris.says("/promo AUTUMN-30");
  expect(await boris.wallet()).toEqual(other);
  await opensPromos();
  await admin.taps("AUTUMN-30 · 30 ₽ · 1/1");
  expect(admin.reads()).toContain("Ввели: 1 из 1");
  expect(admin.reads()).toContain("⌛️ Ввели столько раз, сколько можно");
});

test("G5 G7: a discount with buttons only and a random code; closing asks first and leaves a line of audit", async () => {
  await opensPromos();
  await admin.taps("➕ Новый промокод");
  await admin.taps("Скидка на генерации");
  await admin.says("100");
  expect(admin.reads()).toContain("«100» не подходит");
  await admin.says("20 %");
  await admin.taps("3 генерации");
  await admin.taps("До первой генерации");
  await admin.taps("Без ограничения");
  await admin.taps("Бессрочно");
  await admin.taps("🎲 Случайный");
  const code = /Код: ([A-Z0-9]{12})/.exec(admin.reads())?.[1] ?? "";
  await admin.taps("✅ Создать");
  expect(await codeOf(code)).toMatchObject({
    kind: "discount",
    kopecks: null,
    percent: 20,
    generations: 3,
    days: null,
    newcomers_only: true,
    cap: null,
    expires_at: null,
  });
  await opensPromos();
  await admin.taps(`${code} · −20 % · 0`);
  await admin.taps("⛔ Закрыть");
  expect(admin.reads()).toContain("Закрыть промокод?");
  await admin.taps("✖️ Оставить");
  expect(await codeOf(code)).toMatchObject({ closed_at: null });
  await admin.taps("⛔ Закрыть");
  await admin.taps("⛔ Да, закрыть");
  expect(admin.reads()).toContain("⛔ Закрыт");
  expect(offers(admin, "⛔ Закрыть")).toBe(false);
  await opensPromos();
  expect(labelsOf(admin).join("\n")).not.toContain(code);
  await admin.taps("Закрытые");
  expect(labelsOf(admin).join("\n")).toContain(code);
  const anna = await user();
  const before = await anna.wallet();
  await anna.says(`/promo ${code}`);
  expect(await anna.wallet()).toEqual(before);
  expect(await world.db.rows("select 1 from promo_uses where code = $1", [code])).toEqual([]);
  const audit = world.logLines.filter((line) => line.includes("admin.action") && line.includes(`promo:${code}`));
  expect(audit.map((line) => /"action":"([\w-]+)"/.exec(line)?.[1])).toEqual(["promo-create", "promo-close"]);
});

test("G5: a per cent on the next top-up for a number of days; a code that exists is not taken over", async () => {
  const fillsTo = async (percent: string) => {
    await opensPromos();
    await admin.taps("➕ Новый промокод");
    await admin.taps("% к пополнению");
    await admin.says(percent);
    await admin.taps("Всем");
    await admin.says("1 000");
    await admin.says("1");
    await admin.says("TOPUP_PLUS");
  };
  await fillsTo("10");
  await admin.taps("✅ Создать");
  expect(await codeOf("TOPUP_PLUS")).toMatchObject({ kind: "topup", percent: 10, cap: 1_000 });
  await fillsTo("50");
  expect(admin.reads()).toContain("Промокод TOPUP_PLUS уже есть");
  expect(offers(admin, "✅ Создать")).toBe(false);
  await admin.says("TOPUP_MORE");
  await admin.taps("✅ Создать");
  expect(await codeOf("TOPUP_PLUS")).toMatchObject({ percent: 10 });
  expect(await codeOf("TOPUP_MORE")).toMatchObject({ percent: 50 });

  // A day of sweeps is long; the code does not know why its time is over.
  await world.db.rows("update promo_codes set expires_at = created_at where code = 'TOPUP_PLUS'");
  await opensPromos();
  expect(labelsOf(admin).join("\n")).not.toContain("TOPUP_PLUS");
  await admin.taps("Закрытые");
  await admin.taps("TOPUP_PLUS · +10 %");
  expect(admin.reads()).toContain("⌛️ Срок вышел");
});

test("G5 I2: an answer or confirmation of an earlier code does nothing, and says so", async () => {
  await opensPromos();
  await admin.taps("➕ Новый промокод");
  const old = admin.button("Бонус на баланс");
  await admin.taps("Бонус на баланс");
  await admin.says("5");
  await admin.taps("Всем");
  await admin.taps("Без ограничения");
  await admin.taps("Бессрочно");
  await admin.says("EARLIER");
  const confirm = admin.button("✅ Создать");
  await admin.taps("✏️ Заново");
  await admin.forces(confirm.messageId, confirm.data);
  expect(admin.toast()).toMatchObject({ alert: true, text: expect.stringContaining("устарела") });
  await admin.taps("Скидка на генерации");
  await admin.forces(old.messageId, old.data);
  expect(admin.toast()).toMatchObject({ alert: true, text: expect.stringContaining("устарела") });
  expect(admin.reads()).toContain("Сколько процентов?");
  expect(await codeOf("EARLIER")).toBeUndefined();
});
