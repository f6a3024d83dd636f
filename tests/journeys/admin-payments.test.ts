import { afterEach, beforeEach, expect, test } from "vitest";
import { sweep } from "../../lib/services/sweep/sweep.ts";
import { BANK, kopecksOf, opensTransfer, photoReceipt } from "../support/bank.ts";
import { offers, withSpaces } from "../support/buying.ts";
import { choosesStars, paid } from "../support/stars.ts";
import { type Person, startWorld, type World } from "../support/world.ts";

const ADMIN = 1;
const HOUR = 3_600;

let world: World;
let admin: Person;
let anna: Person;
beforeEach(async () => {
  world = await startWorld({
    environment: {
      ...BANK,
      WELCOME_BONUS_KOPECKS: "0",
      REFERRAL_BONUS_KOPECKS: "0",
      // The sweeper comes when a test says so.
      SWEEP_CRON: "0 0 1 1 *",
    },
  });
  admin = world.person(ADMIN);
  await admin.says("/start");
  anna = await world.newcomer();
});
afterEach(async () => {
  await world.expectInvariants();
  await world.end();
});

/** Pays 300 ₽ with 200 Stars. @returns Telegram's id of the payment. */
async function paysStars(update?: NonNullable<Parameters<typeof paid>[2]>["update"]): Promise<string> {
  await anna.says("/topup");
  await choosesStars(anna, "300 ₽");
  return await paid(world, anna, update === undefined ? {} : { update });
}

async function opensPayments(): Promise<void> {
  await admin.says("/admin");
  await admin.taps("👥 Пользователи");
  await admin.says(String(anna.id));
  await admin.taps(`admin:us:c:${anna.id}~`, { messageId: admin.screen().messageId });
  await admin.taps("💳 Платежи");
}

/** Up to the confirmation of the newest payment's refund. @returns the button that confirms it. */
async function asksToRefund(reason = "Просил вернуть"): Promise<ReturnType<Person["button"]>> {
  await opensPayments();
  await admin.taps(`admin:us:pd:${anna.id}:`);
  await admin.taps("↩️ Вернуть ⭐");
  await admin.says(reason);
  return admin.button("✅ Вернуть 200 ⭐");
}

/** A part of the main balance goes away. */
async function spends(kopecks: number): Promise<void> {
  await world.db.rows(
    `with t as (insert into transfers (id, user_id, kind, kopecks, source, destination, created_at)
       values ('test:spent', $1, 'post', $2, 'main', 'revenue', now()) returning kopecks)
     update wallets set main = main - t.kopecks from t where user_id = $1`,
    [anna.id, kopecks],
  );
}

const debtOf = async (person: Person) =>
  (await world.db.rows("select debt from wallets where user_id = $1", [person.id]))[0]?.["debt"];
const refundsOf = (person: Person) =>
  world.db.rows(
    "select id, kopecks, source, reason, actor_id from transfers where user_id = $1 and kind = 'refund' order by id",
    [person.id],
  );
const askedTelegram = () => world.context.calls.list().filter(({ method }) => method === "refundStarPayment").length;
const toldOf = (person: Person) => person.readsAll().match(/Звёзды возвращены/g) ?? [];
const audit = () => world.logLines.filter((line) => line.includes("admin.action") && line.includes("refund-stars"));

test("F1 G2: Stars go back through taps: the balance goes down, the user is told, the ledger knows who and why", async () => {
  const chargeId = await paysStars();
  await opensPayments();
  expect(admin.reads()).toContain("300 ₽ · 200 ⭐");
  expect(admin.reads()).toContain("зачислен");
  await admin.taps(`admin:us:pd:${anna.id}:`);
  expect(admin.reads()).toContain(`Платёж: ${chargeId}`);
  expect(admin.reads()).toMatch(/Счёт: \S+/);
  expect(admin.reads()).toContain("Зачислено: 300 ₽");
  await admin.taps("↩️ Вернуть ⭐");
  await admin.says("ок");
  expect(admin.reads()).toContain("Причина должна быть от 3 до 200 знаков");
  expect(offers(admin, "✅ Вернуть")).toBe(false);
  await admin.says("Просил вернуть");
  expect(admin.reads()).toContain("Пользователю вернётся 200 ⭐, с баланса уйдёт 300 ₽.");
  expect(admin.reads()).toContain("Основной: 300 ₽ → 0 ₽");
  expect(admin.reads()).not.toContain("станет долгом");
  expect(await anna.wallet()).toMatchObject({ main: 30_000n });

  await admin.taps("✅ Вернуть 200 ⭐");
  expect(admin.reads()).toContain("✅ Звёзды возвращены");
  expect(admin.reads()).toContain("Основной: 0 ₽");
  expect(offers(admin, "✅ Вернуть")).toBe(false);
  expect(await anna.wallet()).toMatchObject({ main: 0n });
  expect(await debtOf(anna)).toBe("0");
  expect(await refundsOf(anna)).toEqual([
    {
      id: `star:${chargeId}:refund`,
      kopecks: "30000",
      source: "main",
      reason: "Просил вернуть",
      actor_id: String(ADMIN),
    },
  ]);
  expect(toldOf(anna)).toHaveLength(1);
  expect(anna.readsAll()).toContain("с баланса списано 300 ₽");
  expect(audit()).toHaveLength(1);
  expect(audit()[0]).toMatch(/"outcome":"refunded"/);
  expect(audit()[0]).not.toContain("Просил");

  await admin.taps("‹ К платежу");
  expect(admin.reads()).toContain("возвращён");
  expect(admin.reads()).toMatch(/Возвращён: \d/);
  expect(offers(admin, "↩️ Вернуть")).toBe(false);
});

test("F1 G2: what was spent becomes debt, as the confirmation says before", async () => {
  await paysStars();
  await spends(18_000);
  await asksToRefund();
  expect(admin.reads()).toContain("с баланса уйдёт 120 ₽");
  expect(admin.reads()).toContain("Основной: 120 ₽ → 0 ₽");
  expect(admin.reads()).toContain("Долг: 0 ₽ → 180 ₽");
  expect(admin.reads()).toContain("Не хватает 180 ₽: это станет долгом");
  await admin.taps("✅ Вернуть 200 ⭐");
  expect(admin.reads()).toContain("Долг: 180 ₽");
  expect(await anna.wallet()).toMatchObject({ main: 0n });
  expect(await debtOf(anna)).toBe("18000");
  expect(anna.readsAll()).toContain("не хватило 180 ₽");
});

test("F1 G2: a double tap, two at once and an old confirmation give the Stars back once", async () => {
  await paysStars();
  const confirm = await asksToRefund();
  await Promise.all([
    admin.forces(confirm.messageId, confirm.data),
    admin.forces(confirm.messageId, confirm.data),
    admin.forces(confirm.messageId, confirm.data),
  ]);
  await admin.forces(confirm.messageId, confirm.data);
  expect(admin.reads()).toContain("✅ Звёзды возвращены");
  expect(await anna.wallet()).toMatchObject({ main: 0n });
  expect(await debtOf(anna)).toBe("0");
  expect(await refundsOf(anna)).toHaveLength(1);
  expect(toldOf(anna)).toHaveLength(1);
  const asked = askedTelegram();
  await admin.forces(confirm.messageId, confirm.data);
  expect(askedTelegram()).toBe(asked);
});

test("F1 G2: a payment that Telegram has given back already, unheard of, is settled by the admin's refund", async () => {
  const chargeId = await paysStars();
  await world.telegram.userChargesBack(anna.id, chargeId, { update: "lost" });
  expect(await anna.wallet()).toMatchObject({ main: 30_000n });
  await asksToRefund();
  await admin.taps("✅ Вернуть 200 ⭐");
  expect(admin.reads()).toContain("✅ Звёзды возвращены");
  expect(await anna.wallet()).toMatchObject({ main: 0n });
  expect(toldOf(anna)).toHaveLength(1);
  await world.advance(2 * HOUR);
  await sweep(world.app);
  await world.idle();
  expect(await refundsOf(anna)).toHaveLength(1);
});

test("F1 G2: a refund that Telegram's update told first leaves nothing to confirm", async () => {
  const chargeId = await paysStars();
  const confirm = await asksToRefund();
  await world.telegram.userChargesBack(anna.id, chargeId);
  await world.idle();
  expect(await anna.wallet()).toMatchObject({ main: 0n });
  await admin.forces(confirm.messageId, confirm.data);
  // Admins hear of a refund that none of them wished, below the page.
  const page = admin.messages().find(({ messageId }) => messageId === confirm.messageId);
  expect(page?.text).toMatch(/^✅ Звёзды возвращены/);
  expect(admin.reads()).toContain("stars-charged-back");
  expect(askedTelegram()).toBe(0);
  expect(await refundsOf(anna)).toEqual([expect.objectContaining({ kopecks: "30000", actor_id: null })]);
  expect(toldOf(anna)).toHaveLength(1);
});

test("F1 G2: what Telegram refuses, and what it does not answer, is said in words and can be confirmed again", async () => {
  await paysStars();
  await asksToRefund();
  world.telegram.faults.next("refundStarPayment", "too-many-requests");
  await admin.taps("✅ Вернуть 200 ⭐");
  expect(admin.reads()).toContain("Telegram отказал в возврате: «");
  expect(admin.reads()).toContain("Звёзды и баланс не изменились");
  expect(await anna.wallet()).toMatchObject({ main: 30_000n });
  world.telegram.faults.next("refundStarPayment", "server-error");
  await admin.taps("✅ Вернуть 200 ⭐");
  expect(admin.reads()).toContain("Telegram не ответил");
  await admin.taps("‹ К платежу");
  expect(admin.reads()).toContain("возвращается");
  expect(await anna.wallet()).toMatchObject({ main: 30_000n });
  await asksToRefund();
  await admin.taps("✅ Вернуть 200 ⭐");
  expect(admin.reads()).toContain("✅ Звёзды возвращены");
  expect(admin.reads()).not.toContain("⚠️");
  expect(await anna.wallet()).toMatchObject({ main: 0n });
  expect(audit().map((line) => /"outcome":"(\w+)"/.exec(line)?.[1])).toEqual(["refused", "unknown", "refunded"]);
});

test("F1 G2: an answer that got lost on the way leaves one refund, and the confirmation can be pressed again", async () => {
  await paysStars();
  const confirm = await asksToRefund();
  world.telegram.faults.next("refundStarPayment", "lost-answer");
  await admin.forces(confirm.messageId, confirm.data);
  expect(admin.reads()).toContain("Telegram не ответил. Если возврат ниже ещё не отмечен, повторите");
  await admin.forces(confirm.messageId, confirm.data);
  expect(admin.reads()).toContain("✅ Звёзды возвращены");
  expect(admin.reads()).not.toContain("⚠️");
  expect(await refundsOf(anna)).toEqual([expect.objectContaining({ kopecks: "30000", actor_id: String(ADMIN) })]);
  expect(toldOf(anna)).toHaveLength(1);
});

test("F1 F2 G2: Stars and transfers stand in one list by date, and a transfer leads to its reversal", async () => {
  await paysStars();
  await world.advance(60);
  const sum = await opensTransfer(anna, 250);
  await anna.sendsFile(await photoReceipt("чек 250"));
  await admin.taps(`✅ ${sum}`);
  await opensPayments();
  const text = admin.reads();
  expect(text.indexOf(`${sum} · 🏦 перевод`)).toBeGreaterThan(0);
  expect(text.indexOf("300 ₽ · 200 ⭐")).toBeGreaterThan(text.indexOf(`${sum} · 🏦 перевод`));
  expect(text).toContain("одобрен");
  await admin.taps(`admin:us:pd:${anna.id}:b`);
  expect(admin.reads()).toMatch(/Заявка: \S+/);
  expect(offers(admin, "↩️ Вернуть ⭐")).toBe(false);
  await admin.taps("🧾 К заявке");
  expect(admin.reads()).toContain(`Чек на ${sum}`);
  await admin.taps("↩️ Отменить зачисление", { messageId: admin.screen().messageId });
  await admin.says("Ошибка банка");
  await admin.taps("↩️ Списать", { messageId: admin.screen().messageId });
  expect(await anna.wallet()).toMatchObject({ main: 30_000n });
  expect(kopecksOf(sum)).toBeGreaterThan(25_000n);
  await opensPayments();
  expect(admin.reads()).toContain("отозван");
});

test("G2 I2: the last eight are listed, each page is one read, and a stranger's payment is nobody's", async () => {
  for (let index = 0; index < 10; index += 1) {
    await world.db.rows(
      "insert into star_charges (id, user_id, stars, kopecks, status, source, paid_at, refunded_at) values ($1, $2, 1, 0, 'refunded', 'update', $3::timestamptz, $3::timestamptz)",
      [`old-charge-${index}`, anna.id, `2026-01-${10 + index}T10:00:00Z`],
    );
  }
  await opensPayments();
  const numbers = (admin.screen().keyboard?.flat() ?? []).map(({ text }) => withSpaces(text));
  expect(numbers).toEqual(["1", "2", "3", "4", "5", "6", "7", "8", "‹ К пользователю"]);
  const reads = () => world.context.calls.list().filter(({ service }) => service === "database").length;
  const cost = async (act: () => Promise<void>) => {
    world.context.calls.clear();
    await act();
    return reads();
  };
  // The dialogue, the page, and the step that is stored.
  const listed = await cost(() => admin.taps("‹ К пользователю"));
  expect(await cost(() => admin.taps("💳 Платежи"))).toBe(listed);
  expect(await cost(() => admin.taps(`admin:us:pd:${anna.id}:`))).toBe(listed);
  expect(admin.reads()).toContain("Платёж: old-charge-9");
  expect(admin.reads()).toContain("На баланс не зачислялся");
  await paysStars();
  await opensPayments();
  await admin.taps("1", { messageId: admin.screen().messageId });
  expect(await cost(() => admin.taps("↩️ Вернуть ⭐"))).toBe(listed);
  const boris = await world.newcomer();
  const [stranger] = await world.db.rows("select left(md5(id), 12) as key from star_charges where id = 'old-charge-1'");
  for (const wish of ["pd", "rs", "sr"]) {
    await admin.forces(admin.screen().messageId, `admin:us:${wish}:${boris.id}:s${String(stranger?.["key"])}~1`);
    expect(admin.reads()).toContain("Такого платежа у пользователя нет");
  }
  await boris.forces(boris.screen().messageId, `admin:us:p:${anna.id}~1`);
  expect(boris.readsAll()).not.toContain("Платежи");
});
