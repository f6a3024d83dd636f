import { afterAll, beforeAll, expect, test } from "vitest";
import { BANK, kopecksOf, opensTransfer, pdfReceipt, photoReceipt, sumOf } from "../support/bank.ts";
import { offers, withSpaces } from "../support/buying.ts";
import { officeDocument, pictureDocument, video } from "../support/files.ts";
import { type Person, startWorld, type World } from "../support/world.ts";

const HOUR = 3_600;
const MINUTE = 60;

let world: World;
let admin: Person;
let second: Person;
beforeAll(async () => {
  world = await startWorld({ environment: { ...BANK, ADMIN_ID: "1,2", WELCOME_BONUS_KOPECKS: "0" } });
  admin = world.person(1);
  second = world.person(2);
  world.telegram.setProfile(1, { firstName: "Ольга" });
  world.telegram.setProfile(2, { firstName: "Пётр" });
  await admin.says("/start");
  await second.says("/start");
});
afterAll(async () => {
  await world.expectInvariants();
  await world.end();
});

let lastUserId = 7300;
async function newcomer(): Promise<Person> {
  lastUserId += 1;
  const person = world.person(lastUserId);
  await person.says("/start");
  return person;
}

const labelsOf = (person: Person) => (person.screen().keyboard?.flat() ?? []).map(({ text }) => withSpaces(text));
/** The newest message with a file. */
const cardOf = (person: Person) => {
  const card = person.messages().findLast((message) => message.from === "bot" && message.media !== undefined);
  if (card === undefined) throw new Error("no card");
  return { ...card, caption: withSpaces(card.caption ?? "") };
};
const rowOf = async (person: Person) => {
  const [row] = await world.db.rows("select * from bank_requests where user_id = $1 order by created_at desc limit 1", [
    person.id,
  ]);
  return row ?? {};
};
const bankTransfers = (person: Person) =>
  world.db.rows(
    "select kind, kopecks, source, destination, reason, actor_id from transfers where user_id = $1 order by created_at, id",
    [person.id],
  );

test("F2: a sum becomes a request with its own kopecks, requisites and buttons that copy them", async () => {
  const anna = await newcomer();
  const sum = await opensTransfer(anna, 300);
  const kopecks = kopecksOf(sum);
  expect(kopecks).toBeGreaterThan(300_00n);
  expect(kopecks).toBeLessThanOrEqual(300_99n);
  expect(anna.reads()).toContain("Карта: 2200 7000 0000 0001");
  expect(anna.reads()).toMatch(/Заявка действует до \d\d:\d\d/);
  const copied = (anna.screen().keyboard?.flat() ?? []).flatMap(({ copyText }) => copyText ?? []);
  expect(copied).toEqual([sum.replace(" ₽", ""), "2200700000000001", "+79000000001"]);
  expect(offers(anna, "QR-код для СБП")).toBe(true);
  await anna.taps("QR-код для СБП");
  expect(cardOf(anna).caption).toContain(`QR-код для оплаты через СБП: ${sum}`);
});

test("F2 F4: receipt, card, one tap: the exact sum is credited once, the user is told, the other admin sees who decided", async () => {
  const anna = await newcomer();
  const sum = await opensTransfer(anna, 250);
  await anna.sendsFile(await photoReceipt("чек 250"));
  expect(anna.reads()).toContain("Чек получен, проверяем перевод");
  for (const each of [admin, second]) {
    expect(cardOf(each).caption).toContain(`Чек на ${sum}`);
    expect(cardOf(each).caption).toContain(`Анна (id ${anna.id})`);
    expect(cardOf(each).caption).toContain("Раньше переводов не было");
    expect(cardOf(each).media?.[0]?.kind).toBe("photo");
  }
  const button = admin.button(`✅ ${sum}`);
  await Promise.all([
    admin.forces(button.messageId, button.data),
    admin.forces(button.messageId, button.data),
    second.taps(`✅ ${sum}`),
  ]);
  expect((await anna.wallet()).main).toBe(kopecksOf(sum));
  expect(await bankTransfers(anna)).toEqual([
    {
      kind: "credit",
      kopecks: kopecksOf(sum).toString(),
      source: "bank",
      destination: "main",
      reason: null,
      actor_id: expect.stringMatching(/^[12]$/),
    },
  ]);
  for (const each of [admin, second]) {
    expect(cardOf(each).caption).toMatch(new RegExp(`✅ Зачислено ${sum}\\s+Решил\\(а\\) (Ольга|Пётр)`));
    expect(
      cardOf(each)
        .keyboard?.flat()
        .map(({ text }) => text),
    ).toEqual(["↩️ Отменить зачисление"]);
  }
  expect(anna.reads()).toContain(sum.replace(" ₽", ""));
  await admin.forces(button.messageId, button.data);
  expect(admin.toast()).toEqual({ text: "Решение уже принято", alert: true });
  expect((await anna.wallet()).main).toBe(kopecksOf(sum));
});

test("F2: a PDF is a receipt, several are taken, and what is none gets a sentence", async () => {
  const anna = await newcomer();
  const sum = await opensTransfer(anna, 400);
  await anna.sendsFile(officeDocument());
  expect(anna.reads()).toContain("Это не похоже на чек");
  expect(sumOf(anna)).toBe(sum);
  await anna.sendsFile({ ...pdfReceipt(), bytes: new Uint8Array(30).fill(65) });
  expect(anna.reads()).toContain("Это не похоже на чек");
  await anna.sendsFile({ ...pdfReceipt(), pretendSizeBytes: 25_000_000 });
  expect(anna.reads()).toContain("чек должен быть не больше 20 МБ");
  await anna.sendsFile(pdfReceipt());
  expect(anna.reads()).toContain("Чек получен");
  expect(cardOf(admin).media?.[0]?.kind).toBe("document");
  await anna.sendsFile(await pictureDocument("второй чек"));
  expect(anna.reads()).toContain("Чек получен");
  expect(cardOf(admin).caption).toContain(`Чек на ${sum}, № 2`);
  expect(cardOf(admin).caption).toContain("2 чека по заявке");
  expect(await world.db.rows("select count(*)::int from receipts where user_id = $1", [anna.id])).toEqual([
    { count: 2 },
  ]);
});

test("F2: while a receipt is checked, photos go to models again, unless the transfer is on the screen", async () => {
  const anna = await newcomer();
  await opensTransfer(anna, 410);
  await anna.sendsFile(await video());
  expect(anna.reads()).not.toContain("чек");
  await anna.sendsFile(await photoReceipt("чек 410"));
  expect(anna.reads()).toContain("Чек получен");
  await anna.says("/start");
  await anna.sendsFile(await photoReceipt("котик"));
  expect(anna.reads()).not.toContain("Чек получен");
  await anna.sendsFile(pdfReceipt("410"));
  expect(anna.reads()).toContain("Чек получен");
  await anna.sendsFile(await photoReceipt("ещё чек 410"));
  expect(anna.reads()).toContain("Чек получен");
  const [row] = await world.db.rows("select count(*)::int from receipts where user_id = $1", [anna.id]);
  expect(row).toEqual({ count: 3 });
});

test("F2: one open request: a second wish shows the first, and after a cancel there is a new one", async () => {
  const anna = await newcomer();
  const sum = await opensTransfer(anna, 500);
  expect(await opensTransfer(anna, 700)).toBe(sum);
  expect(anna.reads()).toContain("У вас уже есть заявка");
  await anna.taps("✖️ Отменить заявку");
  expect(anna.reads()).toContain(`Заявка на ${sum} отменена`);
  expect((await rowOf(anna))["status"]).toBe("cancelled");
  expect(kopecksOf(await opensTransfer(anna, 700))).toBeGreaterThan(700_00n);
  const stop = anna.button("✖️ Отменить заявку");
  await anna.sendsFile(await photoReceipt("чек 700"));
  await anna.forces(stop.messageId, stop.data);
  expect(anna.readsAll()).toContain("Чек уже на проверке, отменить заявку нельзя");
  expect((await rowOf(anna))["status"]).toBe("pending");
});

test("F2: a request of another person can not be cancelled", async () => {
  const anna = await newcomer();
  await opensTransfer(anna, 520);
  const stop = anna.button("✖️ Отменить заявку");
  const boris = await newcomer();
  await boris.forces(boris.screen().messageId, stop.data);
  expect((await rowOf(anna))["status"]).toBe("pending");
});

test("F2: without a receipt it ends after an hour and the user is told; with one it waits for an admin", async () => {
  const anna = await newcomer();
  const sum = await opensTransfer(anna, 310);
  const boris = await newcomer();
  const other = await opensTransfer(boris, 320);
  await boris.sendsFile(await photoReceipt("чек 320"));
  await world.advance(HOUR + 10 * MINUTE);
  expect(anna.readsAll()).toContain(`Заявка на ${sum} закрыта`);
  expect((await rowOf(anna))["status"]).toBe("expired");
  await anna.sendsFile(await photoReceipt("поздний чек"));
  expect(anna.reads()).not.toContain("Чек получен");
  expect((await rowOf(boris))["status"]).toBe("pending");
  await admin.taps(`✅ ${other}`);
  expect((await boris.wallet()).main).toBe(kopecksOf(other));
});

test("G8: a receipt that waits for ten minutes is told to the admins once, and stands on their list", async () => {
  const anna = await newcomer();
  const sum = await opensTransfer(anna, 330);
  await anna.sendsFile(await photoReceipt("чек 330"));
  const told = () => admin.readsAll().split(`Чек на ${sum} ждёт проверки дольше`).length - 1;
  expect(told()).toBe(0);
  await world.advance(16 * MINUTE);
  expect(told()).toBe(1);
  await world.advance(16 * MINUTE);
  expect(told()).toBe(1);
  await admin.says("/admin");
  await admin.taps("🧾 Чеки:");
  const line = admin
    .reads()
    .split("\n")
    .find((each) => each.includes(sum));
  const number = /^(\d+)\./.exec(line ?? "")?.[1] ?? "";
  const open = admin
    .screen()
    .keyboard?.flat()
    .find(({ text }) => text === number);
  await admin.taps(open?.data ?? "", { messageId: admin.screen().messageId });
  expect(admin.reads()).toContain(`Чек на ${sum}`);
  const cards = admin.messages().length;
  await admin.taps("🖼 Показать чек");
  expect(admin.messages().length).toBe(cards + 1);
  await admin.taps(`✅ ${sum}`, { messageId: cardOf(admin).messageId });
  expect((await anna.wallet()).main).toBe(kopecksOf(sum));
});

test("F4: a rejection by a button and by words ends the request, and the user reads why", async () => {
  const anna = await newcomer();
  const sum = await opensTransfer(anna, 340);
  await anna.sendsFile(await photoReceipt("чек 340"));
  await admin.taps("❌ Отклонить", { messageId: cardOf(admin).messageId });
  expect(labelsOf(admin)).toContain("✏️ Другое");
  await admin.taps("Не пришло");
  expect(cardOf(admin).caption).toContain("❌ Отклонено");
  expect(anna.reads()).toContain(`Перевод на ${sum} не подтверждён`);
  expect(anna.reads()).toContain("Причина: деньги не пришли");
  expect((await anna.wallet()).main).toBe(0n);

  await opensTransfer(anna, 345);
  await anna.sendsFile(await photoReceipt("чек 345"));
  expect(cardOf(second).caption).toContain("отклонено 1");
  await second.taps("❌ Отклонить", { messageId: cardOf(second).messageId });
  await second.taps("✏️ Другое");
  await second.says("а".repeat(201));
  expect(second.reads()).toContain("Причина должна быть от 1 до 200 знаков");
  await second.says("Чек от другого банка");
  expect(anna.reads()).toContain("Причина: Чек от другого банка");
  expect(await rowOf(anna)).toMatchObject({ status: "rejected", decided_by: "2" });
});

test("F4: another sum is typed, confirmed, and credited with its reason", async () => {
  const anna = await newcomer();
  const sum = await opensTransfer(anna, 350);
  await anna.sendsFile(await photoReceipt("чек 350"));
  await admin.taps("✏️ Другая сумма", { messageId: cardOf(admin).messageId });
  await admin.says("сто");
  expect(admin.reads()).toContain("«сто» не похоже на сумму");
  await admin.says("120,5");
  expect(admin.reads()).toContain(`Зачислить 120,50 ₽ вместо ${sum}?`);
  expect((await anna.wallet()).main).toBe(0n);
  await admin.taps("✅ Зачислить 120,50 ₽");
  expect((await anna.wallet()).main).toBe(120_50n);
  const [transfer] = await bankTransfers(anna);
  expect(withSpaces(String(transfer?.["reason"]))).toBe(`пришло 120,50 ₽ вместо ${sum}`);
  expect(anna.reads()).toContain("120,50");
});

test("F4: a reversal asks for a reason and once more, takes what is there, and the rest is a debt that the next credit pays", async () => {
  const anna = await newcomer();
  const sum = await opensTransfer(anna, 360);
  const kopecks = kopecksOf(sum);
  await anna.sendsFile(await photoReceipt("чек 360"));
  await admin.taps(`✅ ${sum}`);
  await world.db.rows(
    "with t as (insert into transfers (id, user_id, kind, kopecks, source, destination, created_at) values ('spent', $1, 'post', 30000, 'main', 'revenue', '2026-11-20') returning kopecks) update wallets set main = main - t.kopecks from t where user_id = $1",
    [anna.id],
  );
  await admin.taps("↩️ Отменить зачисление", { messageId: cardOf(admin).messageId });
  await admin.says("Банк вернул перевод");
  expect(admin.reads()).toContain(`Списать ${sum}?`);
  await admin.taps(`↩️ Списать ${sum}`);
  const [wallet] = await world.db.rows("select main, debt from wallets where user_id = $1", [anna.id]);
  expect(wallet).toEqual({ main: "0", debt: "30000" });
  expect(anna.reads()).toContain(`Зачисление перевода на ${sum} отменено`);
  expect(anna.reads()).toContain("Причина: Банк вернул перевод");
  expect(anna.reads()).toContain("Долг 300 ₽");
  expect(cardOf(second).caption).toContain(`Зачисление ${sum} отменено`);
  const reversal = (await bankTransfers(anna)).find(({ kind }) => kind === "adjust");
  expect(reversal).toMatchObject({ kopecks: (kopecks - 30_000n).toString(), source: "main", actor_id: "1" });
  expect(await rowOf(anna)).toMatchObject({ status: "reversed" });

  const next = await opensTransfer(anna, 365);
  await anna.sendsFile(await photoReceipt("чек 365"));
  await admin.taps(`✅ ${next}`);
  const [after] = await world.db.rows("select main, debt from wallets where user_id = $1", [anna.id]);
  expect(after).toEqual({ main: (kopecksOf(next) - 30_000n).toString(), debt: "0" });
});

test("F2 F4: an update that comes twice brings one receipt; a card that Telegram did not take comes with a later sweep", async () => {
  const anna = await newcomer();
  const sum = await opensTransfer(anna, 385);
  world.telegram.faults.next("sendPhoto", "too-many-requests", { times: 2 });
  world.telegram.faults.deliverTwice();
  await anna.sendsFile(await photoReceipt("чек 385"));
  expect(await world.db.rows("select count(*)::int from receipts where user_id = $1", [anna.id])).toEqual([
    { count: 1 },
  ]);
  expect(cardOf(admin).caption).not.toContain(sum);
  // The sweep runs every five minutes, and leaves alone for 90 seconds what was just tried.
  await world.advance(8 * MINUTE);
  for (const each of [admin, second]) {
    const cards = each.messages().filter(({ caption }) => withSpaces(caption ?? "").includes(`Чек на ${sum}`));
    expect(cards.length).toBe(1);
  }
  await second.taps(`✅ ${sum}`);
  expect((await anna.wallet()).main).toBe(kopecksOf(sum));
});

test("F4: only admins decide: a card's button in other hands does nothing", async () => {
  const anna = await newcomer();
  const sum = await opensTransfer(anna, 370);
  await anna.sendsFile(await photoReceipt("чек 370"));
  const { data } = admin.button(`✅ ${sum}`);
  await anna.forces(anna.screen().messageId, data);
  expect((await anna.wallet()).main).toBe(0n);
  expect((await rowOf(anna))["status"]).toBe("pending");
});

test("F2: an English speaker reads it in English", async () => {
  const john = world.person(7399, "en");
  await john.says("/start");
  await john.forces(john.screen().messageId, "money:bank:38000~1");
  expect(john.reads()).toMatch(/Transfer exactly ₽380\.\d\d\./);
  await john.sendsFile(await photoReceipt("receipt"));
  expect(john.reads()).toContain("Receipt received");
});
