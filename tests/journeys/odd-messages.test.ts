import { expect, test } from "vitest";
import { offers } from "../support/buying.ts";
import { officeDocument } from "../support/files.ts";
import { sharedWorld } from "../support/shared-world.ts";

const world = sharedWorld();

/** An update of a kind that the simulated people do not send by themselves. */
async function arrives(userId: number, updateId: number, content: Record<string, unknown>): Promise<void> {
  const from = { id: userId, is_bot: false, first_name: "Анна", language_code: "ru" };
  const message = {
    message_id: 900,
    date: 1,
    from,
    chat: { id: userId, type: "private", first_name: "Анна" },
    ...content,
  };
  const response = await world.request("/api/telegram", {
    method: "POST",
    headers: {
      "content-type": "application/json",
      "x-telegram-bot-api-secret-token": world.app.config.TELEGRAM_WEBHOOK_SECRET,
    },
    body: JSON.stringify({ update_id: updateId, message }),
  });
  expect(response.status).toBe(200);
  await world.idle();
}

test("A10: a sticker is answered with what can be sent instead, and the open card stays", async () => {
  const anna = world.person(1201);
  await anna.says("кот на крыше");
  await anna.sendsFile({ bytes: new Uint8Array(64), fileName: "hi.webp", mime: "image/webp", kind: "sticker" });
  expect(anna.reads()).toContain("Такое сообщение бот не понимает");
  expect(anna.reads()).toContain("кот на крыше");
  expect(offers(anna, "Создать · 0,63 ₽")).toBe(true);
});

test("A10: location, contact, poll and dice are answered too", async () => {
  const anna = world.person(1202);
  await anna.says("/start");
  const contents = {
    location: { latitude: 55.75, longitude: 37.62 },
    contact: { phone_number: "70000000000", first_name: "Пётр" },
    poll: { id: "1", question: "?", options: [] },
    dice: { emoji: "🎲", value: 3 },
  };
  for (const [index, [kind, value]] of Object.entries(contents).entries()) {
    await arrives(1202, 900_000_000 + index, { [kind]: value });
    expect(anna.readsAll().match(/Такое сообщение бот не понимает/g)).toHaveLength(index + 1);
  }
  expect(offers(anna, "Все модели")).toBe(true);
});

test("A10: a file that is no media is refused with a way on", async () => {
  const anna = world.person(1203);
  await anna.sendsFile(officeDocument());
  expect(anna.reads()).toContain("Файл не открывается");
  expect(offers(anna, "Все модели")).toBe(true);
});

test("A4 A10: words are taken in every state that no question owns", async () => {
  const anna = world.person(1204);
  for (const command of ["/balance", "/history", "/help", "/terms", "/start"]) {
    await anna.says(command);
    await anna.says(`маяк после ${command.slice(1)}`);
    expect(anna.reads()).toContain(`маяк после ${command.slice(1)}`);
    expect(offers(anna, "Создать · 0,63 ₽")).toBe(true);
    await anna.says("/cancel");
  }
});

test("A10: the bot stays out of a group's talk and answers a command there politely", async () => {
  const group = { id: -77, title: "Друзья" };
  world.person(1205);
  await world.telegram.userSends(1205, { text: "всем привет", group });
  await world.idle();
  const ofBot = () => world.telegram.chat(group.id)?.messages.filter((message) => message.from === "bot") ?? [];
  expect(ofBot()).toEqual([]);
  await world.telegram.userSends(1205, { text: "/start", group });
  await world.idle();
  expect(ofBot().map((message) => message.text)).toEqual([
    "Бот работает только в личных чатах. Напишите ему напрямую.",
  ]);
});

test("A10: a button of an older program is answered and the present screen is shown", async () => {
  const anna = world.person(1206);
  await anna.says("/balance");
  for (const data of ["lang:ru", "buy_stars~1", "category:cars~2", "set_param~3", "open:НЕТ~1", "~", "menu~"]) {
    await anna.forces(anna.screen().messageId, data);
    expect(anna.toast()?.text).toContain("кнопка из прошлой версии бота");
    expect(anna.reads()).toContain("Основной: 0 ₽");
  }
});

test("A10 H3: an update of an unknown kind is accepted and changes nothing", async () => {
  const response = await world.request("/api/telegram", {
    method: "POST",
    headers: {
      "content-type": "application/json",
      "x-telegram-bot-api-secret-token": world.app.config.TELEGRAM_WEBHOOK_SECRET,
    },
    body: JSON.stringify({ update_id: 900_000_100, message_reaction: { chat: { id: 1207, type: "private" } } }),
  });
  expect(response.status).toBe(200);
});
