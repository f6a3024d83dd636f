import { afterAll, beforeAll, expect, test } from "vitest";
import { create, offers, openCard, withSpaces } from "../support/buying.ts";
import { type Person, startWorld, type World } from "../support/world.ts";

const ADMIN_ID = 1;
const MINUTE = 60;
const HOUR = 60 * MINUTE;
/** What the test breaks: a family of one mode, in the menu of pictures. */
const MODEL = "z-image";

let world: World;
let admin: Person;
let anna: Person;
let boris: Person;
let vera: Person;
beforeAll(async () => {
  world = await startWorld();
  admin = world.person(ADMIN_ID);
  await admin.says("/start");
  anna = await buyer(5301);
  boris = await buyer(5302);
  vera = await buyer(5303);
});
afterAll(async () => {
  await world.expectInvariants();
  await world.end();
});

async function buyer(id: number): Promise<Person> {
  const person = world.person(id);
  await person.says("/start");
  await person.credited(1_000_000);
  return person;
}

/** Orders the same again and again, each to its end. */
async function makes(person: Person, prompt: string, times: number, entryKey = MODEL): Promise<void> {
  for (let made = 0; made < times; made += 1) {
    await openCard(person, entryKey);
    await person.says(`${prompt} ${made}`);
    await create(person);
    await world.advance(2 * MINUTE);
  }
}

/** The model's button in its section; undefined when it is not there. */
async function inMenu(person: Person, family = MODEL): Promise<string | undefined> {
  await person.says("/models");
  await person.taps("category:image");
  for (;;) {
    const buttons = person.screen().keyboard?.flat() ?? [];
    const found = buttons.find(({ data }) => data?.startsWith(`model:${family}~`));
    if (found !== undefined) return withSpaces(found.text);
    if (!offers(person, " ›")) return undefined;
    await person.taps(" ›");
  }
}

test("B6: a model that nobody used has no mark", async () => {
  expect(await inMenu(anna)).toMatch(/^Z-Image · от/);
});

test("B6: a model that fails turns 🔴; its card says so and offers to tell when it works again", async () => {
  await makes(boris, "fail: кот", 5);
  await world.advance(20 * MINUTE);
  expect(await inMenu(anna)).toMatch(/^🔴 Z-Image · от/);
  await anna.taps(`model:${MODEL}~`);
  await anna.says("рыжий кот");
  expect(anna.reads()).toContain("🔴 Сейчас эта модель часто не справляется");
  await anna.taps("🔔 Сообщить, когда заработает");
  expect(anna.toast()?.text).toContain("Напишем");
  // The card is still there, and a second tap asks for nothing more.
  await anna.taps("🔔 Сообщить, когда заработает");
  expect(await world.db.rows("select entry_key, user_id::text from health_waits")).toEqual([
    { entry_key: MODEL, user_id: String(anna.id) },
  ]);
  expect(offers(anna, "Создать")).toBe(true);
});

test("B6 G3: it goes on failing, leaves the menus and the admin is told; old buttons and words lead on", async () => {
  const card = anna.screen().messageId;
  const create = anna.button("show_price_confirmation").data;
  await inMenu(vera);
  const old = { messageId: vera.screen().messageId, data: vera.button(`model:${MODEL}~`).data };
  await makes(boris, "fail: кот", 5);
  await world.advance(20 * MINUTE);

  expect(await inMenu(anna)).toBeUndefined();
  expect(admin.readsAll()).toContain("Z-Image");
  expect(admin.readsAll()).toMatch(/скрыт/i);
  await vera.forces(old.messageId, old.data);
  expect(vera.reads()).toContain("временно скрыта");
  expect(offers(vera, "🎨 Другая модель")).toBe(true);
  await vera.taps("🔔 Сообщить, когда заработает");
  // The card that was open is not charged for what is known to fail.
  await anna.forces(card, create);
  expect(world.kie.tasks().filter(({ input }) => String(input["prompt"]).includes("рыжий кот"))).toEqual([]);
  await anna.says("/cancel");
  await anna.says("серый кот");
  expect(anna.reads()).toContain("серый кот");
  expect(anna.reads()).not.toContain("Z-Image");
  await anna.says("/cancel");
});

test("B6 G3: an admin shows it again from the notice, and it stays until it has worked once more", async () => {
  const notice = admin.messages().findLast((message) => message.from === "bot" && /скрыт/i.test(message.text ?? ""));
  expect(notice).toBeDefined();
  await admin.taps(`admin:m:${MODEL}~`);
  expect(admin.reads()).toContain("🔴");
  expect(admin.reads()).toContain("часто не справляется");
  await admin.taps("показать");
  expect(await inMenu(anna)).toMatch(/^🔴 Z-Image/);
  await world.advance(30 * MINUTE);
  expect(await inMenu(anna)).toMatch(/^🔴 Z-Image/);
});

test("B6: it works again: 🟢, and those who waited are told once, with the way to it", async () => {
  // The failures are older than the 24 hours that count.
  await world.sleeps(25 * HOUR);
  await makes(boris, "кот", 5);
  await world.advance(20 * MINUTE);
  expect(await inMenu(boris)).toMatch(/^🟢 Z-Image · от/);
  for (const person of [anna, vera]) {
    const told = person.messages().filter(({ text }) => /снова работает/i.test(text ?? ""));
    expect(told).toHaveLength(1);
  }
  await anna.taps(`mode:${MODEL}:`);
  expect(anna.reads()).toContain("Z-Image");
  expect(await world.db.rows("select * from health_waits")).toEqual([]);
  await world.advance(30 * MINUTE);
  expect(anna.messages().filter(({ text }) => /снова работает/i.test(text ?? ""))).toHaveLength(1);
});

test("B7: one button of the card names both prices and both usual times, and switches with the words", async () => {
  await openCard(anna, "imagen-4");
  await anna.says("маяк");
  // Nobody made any yet: prices alone.
  expect(anna.button("⚡").text).toBe("⚡ Быстрее: 3,14 ₽ | сейчас 6,29 ₽");
  await anna.says("/cancel");
  await makes(boris, "маяк", 5, "imagen-4");
  await makes(boris, "маяк", 5, "imagen-4-fast");
  await world.advance(2 * HOUR);
  await openCard(anna, "imagen-4");
  await anna.says("маяк на скале");
  const time = "(\\d+(?:–\\d+)? (?:с|мин))";
  const both = new RegExp(`^⚡ Быстрее: 3,14 ₽ · ${time} \\| сейчас 6,29 ₽ · ${time}$`);
  const [, faster, now] = both.exec(anna.button("⚡").text) ?? [];
  expect([faster, now]).toEqual([expect.any(String), expect.any(String)]);
  expect(anna.reads()).toContain(`Обычно ${now}`);
  await anna.taps("⚡");
  expect(anna.reads()).toContain("маяк на скале");
  expect(anna.reads()).toContain(`Обычно ${faster}`);
  expect(anna.button("💎").text).toBe(`💎 Качественнее: 6,29 ₽ · ${now} | сейчас 3,14 ₽ · ${faster}`);
  expect(offers(anna, "Создать · 3,14 ₽")).toBe(true);
  // Any later step on the card knows them as well.
  await anna.says("маяк в тумане");
  expect(anna.button("💎").text).toContain(`${now} | сейчас`);
});
