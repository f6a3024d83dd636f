import { afterEach, beforeEach, expect, test } from "vitest";
import { refundStars } from "../../lib/services/payments/stars-refund.ts";
import { sweep } from "../../lib/services/sweep/sweep.ts";
import { choosesStars, invoiceOf, paid, paymentMessage, pays, update } from "../support/stars.ts";
import { type Person, startWorld, type World } from "../support/world.ts";

const ANNA = 701;
const BORIS = 702;
/** Of the sandbox. */
const ADMIN = 1;
const HOUR = 3_600;

let world: World;
let anna: Person;
beforeEach(async () => {
  world = await startWorld({
    environment: {
      WELCOME_BONUS_KOPECKS: "0",
      REFERRAL_BONUS_KOPECKS: "0",
      FREE_PER_DAY: "0",
      // The sweeper comes when a test says so.
      SWEEP_CRON: "0 0 1 1 *",
    },
  });
  anna = world.person(ANNA);
  await admin().says("/start");
});
afterEach(async () => {
  await world.expectInvariants();
  await world.end();
});

/** Through the buttons to an invoice of 300 ₽. */
async function opensInvoice(person: Person): Promise<void> {
  await person.says("/topup");
  await choosesStars(person, "300 ₽");
}

async function sweeps(seconds = 0): Promise<void> {
  if (seconds > 0) await world.advance(seconds);
  await sweep(world.app);
  await world.idle();
}

const admin = () => world.person(ADMIN);
const transfersOf = (userId: number) =>
  world.db.rows(
    "select id, kind, kopecks, source, destination, reason, actor_id from transfers where user_id = $1 order by id",
    [userId],
  );

test("F1: the way from the menu to a credited balance, with one read before the payment", async () => {
  await anna.says("/start");
  await anna.taps("Пополнить");
  expect(anna.reads()).toContain("Баланс: 0 ₽");
  expect(anna.button("300 ₽").text).toBe("300 ₽ · 200 ⭐");
  expect(anna.button("100 ₽").text).toBe("100 ₽ · 67 ⭐");
  await choosesStars(anna, "300 ₽");
  expect(invoiceOf(anna).stars).toBe(200);

  world.context.calls.clear();
  const chargeId = await paid(world, anna);
  const calls = world.context.calls.list();
  const answered = calls.findIndex(({ method }) => method === "answerPreCheckoutQuery");
  expect(calls.slice(0, answered).filter(({ service }) => service === "database")).toHaveLength(1);
  expect(calls[answered]).toMatchObject({ body: { ok: true }, inWebhookResponse: true });

  expect(await anna.wallet()).toMatchObject({ main: 30_000n, bonus: 0n });
  expect(anna.reads()).toContain("Зачислено 300 ₽");
  expect(anna.reads()).toContain("Баланс: 300 ₽");
  expect(await transfersOf(ANNA)).toMatchObject([
    { id: `star:${chargeId}`, kind: "credit", kopecks: "30000", source: "stars", destination: "main" },
  ]);
});

test("F1: a typed sum within the limits becomes an invoice, another is explained", async () => {
  await anna.says("/topup");
  await anna.taps("Другая сумма");
  for (const wrong of ["20", "много", "15001"]) {
    await anna.says(wrong);
    expect(anna.reads()).toContain("Нужна сумма от 100 ₽ до 15 000 ₽");
  }
  await anna.says("1 234,50 ₽");
  expect(anna.reads()).toContain("1 234,50 ₽");
  await anna.taps("Звёздами");
  expect(invoiceOf(anna).stars).toBe(823);
  await paid(world, anna);
  expect(await anna.wallet()).toMatchObject({ main: 123_450n });
});

test("F1: the invoice names the order and is closed to others", async () => {
  await opensInvoice(anna);
  const call = world.context.calls.list().findLast(({ method }) => method === "sendInvoice");
  expect(call?.body).toMatchObject({ currency: "XTR", provider_token: "", prices: [{ amount: 200 }] });
  const [order] = await world.db.rows("select id, user_id, kopecks, stars, status from star_orders");
  expect(order).toMatchObject({ user_id: String(ANNA), kopecks: "30000", stars: 200, status: "open" });
  expect(call?.body).toMatchObject({ payload: order?.["id"], start_parameter: expect.stringMatching(/^\S+$/) });
});

test("F1: a forwarded invoice is refused to another payer", async () => {
  await opensInvoice(anna);
  const boris = world.person(BORIS);
  await expect(pays(world, boris, { of: anna })).rejects.toThrow("forwarded");
  const outcome = await pays(world, boris, { of: anna, force: true });
  expect(outcome).toMatchObject({ status: "refused", message: expect.stringContaining("другому человеку") });
  expect(boris.toast()?.text).toContain("другому человеку");
  expect(await boris.wallet()).toMatchObject({ main: 0n });
});

test("F1: a paid, an expired and an unknown invoice are refused, and so is a banned payer", async () => {
  await opensInvoice(anna);
  await paid(world, anna);
  expect(await pays(world, anna, { force: true })).toMatchObject({
    status: "refused",
    message: expect.stringContaining("оплачен"),
  });
  await opensInvoice(anna);
  await world.advance(HOUR + 1);
  expect(await pays(world, anna)).toMatchObject({ status: "refused", message: expect.stringContaining("истёк") });
  await opensInvoice(anna);
  await world.db.rows("update wallets set banned = true where user_id = $1", [ANNA]);
  expect(await pays(world, anna)).toMatchObject({
    status: "refused",
    message: expect.stringContaining("заблокирован"),
  });
  await world.db.rows("delete from star_orders where status <> 'paid'");
  expect(await pays(world, anna)).toMatchObject({ status: "refused", message: expect.stringContaining("нет") });
  expect(await anna.wallet()).toMatchObject({ main: 30_000n });
});

test("F1: without the database a payment is refused with a sentence, and none is taken", async () => {
  await opensInvoice(anna);
  await world.db.rows("alter table star_orders rename to away");
  expect(await pays(world, anna)).toMatchObject({
    status: "refused",
    message: expect.stringContaining("Деньги не списаны"),
  });
  await world.db.rows("alter table away rename to star_orders");
  expect(await pays(world, anna)).toMatchObject({ status: "paid" });
});

test("F1: an invoice whose form was open twice is paid twice, and nothing of it is lost", async () => {
  await opensInvoice(anna);
  const { messageId } = invoiceOf(anna);
  // Both questions are answered before either payment is told of.
  const first = await paid(world, anna, { messageId, update: { delaySeconds: 60 } });
  const second = await paid(world, anna, { messageId, force: true, update: { delaySeconds: 90 } });
  expect(await anna.wallet()).toMatchObject({ main: 0n });
  await world.advance(120);
  expect(await anna.wallet()).toMatchObject({ main: 60_000n });
  expect(await world.db.rows("select id, order_id is null as loose from star_charges order by id")).toHaveLength(2);
  await sweeps();
  expect(admin().readsAll()).toContain("stars-odd");
  expect(admin().readsAll()).toContain("paid-order");
  expect([first, second]).toContain(/paid-order · (\S+)/.exec(admin().readsAll())?.[1]);
});

test("F1: a late update and a repeated one credit once", async () => {
  await opensInvoice(anna);
  world.telegram.faults.deliverTwice(2);
  await paid(world, anna, { update: { delaySeconds: 2 * HOUR - 1 } });
  expect(await anna.wallet()).toMatchObject({ main: 0n });
  await world.advance(2 * HOUR);
  expect(await anna.wallet()).toMatchObject({ main: 30_000n });
  expect(anna.readsAll().match(/Зачислено 300 ₽/g)).toHaveLength(1);
});

test("F1: a payment that fails in the database comes again and is credited then", async () => {
  await opensInvoice(anna);
  await world.db.rows("alter table star_charges rename to away");
  await paid(world, anna);
  expect(await anna.wallet()).toMatchObject({ main: 0n });
  const failed = await world.db.rows("select update_id, status from updates where status = 'failing'");
  expect(failed).toHaveLength(1);
  await world.db.rows("alter table away rename to star_charges");
  await world.advance(10);
  expect(await anna.wallet()).toMatchObject({ main: 30_000n });
  expect(await world.db.rows("select status from updates where update_id = $1", [failed[0]?.["update_id"]])).toEqual([
    { status: "done" },
  ]);
});

test("F1: a lost payment is found by the hourly comparison, once", async () => {
  await opensInvoice(anna);
  await paid(world, anna, { update: "lost" });
  await sweeps();
  expect(await anna.wallet()).toMatchObject({ main: 0n });
  await sweeps(2 * HOUR);
  expect(await anna.wallet()).toMatchObject({ main: 30_000n });
  expect(anna.reads()).toContain("Зачислено 300 ₽");
  await sweeps(2 * HOUR);
  expect(await anna.wallet()).toMatchObject({ main: 30_000n });
  expect(admin().readsAll()).toContain("stars-healed");
  expect(
    admin()
      .readsAll()
      .match(/stars-healed/g),
  ).toHaveLength(1);
});

test("F1: the comparison goes on where it ended, page after page, and reads hardly anything twice", async () => {
  for (let index = 0; index < 3; index += 1) {
    await opensInvoice(anna);
    await paid(world, anna);
  }
  await sweeps(2 * HOUR);
  world.context.calls.clear();
  await sweeps(2 * HOUR);
  const asked = world.context.calls.list().filter(({ method }) => method === "getStarTransactions");
  expect(asked.length).toBeGreaterThan(0);
  expect(asked.map(({ body }) => body)).toContainEqual({ offset: 3, limit: 100 });
  expect(await anna.wallet()).toMatchObject({ main: 90_000n });
});

test("F1: payments of an older bot under the same name are not credited", async () => {
  await opensInvoice(anna);
  await paid(world, anna, { update: "lost" });
  // The first comparison ever begins hours after it.
  await sweeps(3 * HOUR);
  await sweeps(2 * HOUR);
  expect(await anna.wallet()).toMatchObject({ main: 0n });
});

test("F1: a payment by an unknown invoice is worth its Stars, and admins hear of it", async () => {
  await anna.says("/start");
  const response = await update(world, { update_id: 55_555, message: paymentMessage(ANNA, "stx-unknown", 10) });
  expect(response.status).toBe(200);
  await world.idle();
  expect(await anna.wallet()).toMatchObject({ main: 1_500n });
  expect(anna.reads()).toContain("Зачислено 15 ₽");
  await sweeps();
  expect(admin().readsAll()).toContain("unknown-order");
});

test("F1: a payment by another's invoice goes to who paid, and leaves the order open", async () => {
  await opensInvoice(anna);
  const boris = world.person(BORIS);
  await boris.says("/start");
  const [order] = await world.db.rows("select id from star_orders");
  await update(world, { update_id: 55_556, message: paymentMessage(BORIS, "stx-other", 200, String(order?.["id"])) });
  await world.idle();
  expect(await boris.wallet()).toMatchObject({ main: 30_000n });
  expect(await anna.wallet()).toMatchObject({ main: 0n });
  expect(await pays(world, anna)).toMatchObject({ status: "paid" });
  expect(await anna.wallet()).toMatchObject({ main: 30_000n });
});

test("F1: a payment that can not be read is answered 503, so that it comes again", async () => {
  const message = { ...paymentMessage(ANNA, "stx-odd", 10), successful_payment: { currency: "RUB" } };
  expect((await update(world, { update_id: 55_557, message })).status).toBe(503);
});

test("F1: an admin gives the Stars back, and the ledger names who and why", async () => {
  await opensInvoice(anna);
  const chargeId = await paid(world, anna);
  const order = { chargeId, adminId: ADMIN, reason: "передумал" };
  expect(await refundStars(world.app, order)).toEqual({ kind: "refunded" });
  await world.idle();
  expect(await anna.wallet()).toMatchObject({ main: 0n });
  expect(await transfersOf(ANNA)).toContainEqual({
    id: `star:${chargeId}:refund`,
    kind: "refund",
    kopecks: "30000",
    source: "main",
    destination: "stars",
    reason: "передумал",
    actor_id: String(ADMIN),
  });
  expect(anna.readsAll()).toContain("с баланса списано 300 ₽");
  expect(await refundStars(world.app, order)).toEqual({ kind: "gone" });
  await sweeps(2 * HOUR);
  expect(admin().readsAll()).not.toContain("stars-charged-back");
  expect(await anna.wallet()).toMatchObject({ main: 0n });
});

test("F1: a refund that Telegram refuses, or does not answer, can be ordered again", async () => {
  await opensInvoice(anna);
  const chargeId = await paid(world, anna);
  const order = { chargeId, adminId: ADMIN, reason: "ошибка" };
  world.telegram.faults.next("refundStarPayment", "too-many-requests");
  expect(await refundStars(world.app, order)).toMatchObject({ kind: "refused" });
  expect(await anna.wallet()).toMatchObject({ main: 30_000n });
  world.telegram.faults.next("refundStarPayment", "server-error");
  expect(await refundStars(world.app, order)).toEqual({ kind: "unknown" });
  expect(await anna.wallet()).toMatchObject({ main: 30_000n });
  world.telegram.faults.next("refundStarPayment", "lost-answer");
  await refundStars(world.app, order);
  await world.idle();
  // The Stars went back, and Telegram's update said so.
  expect(await anna.wallet()).toMatchObject({ main: 0n });
  expect(await transfersOf(ANNA)).toContainEqual(expect.objectContaining({ actor_id: String(ADMIN) }));
  expect(await refundStars(world.app, order)).toEqual({ kind: "gone" });
});

test("F1: a chargeback of spent money becomes debt, which stops spending until a top-up pays it", async () => {
  await opensInvoice(anna);
  const chargeId = await paid(world, anna);
  await world.db.rows(
    `with t as (insert into transfers (id, user_id, kind, kopecks, source, destination, created_at)
       values ('test:spent', $1, 'post', 20000, 'main', 'revenue', now()) returning kopecks)
     update wallets set main = main - t.kopecks from t where user_id = $1`,
    [ANNA],
  );
  await world.telegram.userChargesBack(ANNA, chargeId);
  await world.idle();
  expect(await anna.wallet()).toMatchObject({ main: 0n, bonus: 0n });
  expect(await world.db.rows("select debt from wallets where user_id = $1", [ANNA])).toEqual([{ debt: "20000" }]);
  expect(anna.reads()).toContain("с баланса списано 100 ₽");
  expect(anna.reads()).toContain("не хватило 200 ₽");
  await sweeps();
  expect(admin().readsAll()).toContain("stars-charged-back");

  await anna.says("кот в шляпе");
  expect(anna.reads()).toContain("долг 200 ₽");
  await anna.taps("Создать");
  expect((await anna.wallet()).queued).toBe(0);
  await opensInvoice(anna);
  await paid(world, anna);
  expect(anna.reads()).toContain("200 ₽ ушло на погашение долга");
  expect(await anna.wallet()).toMatchObject({ main: 10_000n });
  expect(await world.db.rows("select debt from wallets where user_id = $1", [ANNA])).toEqual([{ debt: "0" }]);
});

test("F1: a refund that is heard of before its payment leaves nothing behind", async () => {
  await opensInvoice(anna);
  const chargeId = await paid(world, anna, { update: { delaySeconds: 600 } });
  await world.telegram.userChargesBack(ANNA, chargeId);
  await world.advance(900);
  expect(await anna.wallet()).toMatchObject({ main: 0n });
  expect(await transfersOf(ANNA)).toEqual([]);
});

test("F1: a lost refund is found by the hourly comparison", async () => {
  await opensInvoice(anna);
  const chargeId = await paid(world, anna);
  await sweeps();
  await world.telegram.userChargesBack(ANNA, chargeId, { update: "lost" });
  expect(await anna.wallet()).toMatchObject({ main: 30_000n });
  await sweeps(2 * HOUR);
  expect(await anna.wallet()).toMatchObject({ main: 0n });
});

test("F1: an invoice that Telegram does not take is said so, and the next tap sends one", async () => {
  await anna.says("/topup");
  world.telegram.faults.next("sendInvoice", "server-error");
  await choosesStars(anna, "300 ₽");
  expect(anna.readsAll()).toContain("Не получилось прислать счёт");
  await choosesStars(anna, "⭐");
  expect(invoiceOf(anna).stars).toBe(200);
});

test("F1: terms and payment questions speak of Stars", async () => {
  await anna.says("/terms");
  expect(anna.reads()).toContain("звёздами Telegram");
  await anna.says("/paysupport");
  expect(anna.reads()).toContain("Вернуть звёзды можно");
});
