import { expect, test } from "vitest";
import { ANNA, BORIS, button, keyboard, meet, openBot, openSandbox, TOKEN, textOf } from "./play.ts";

async function openChat() {
  const sandbox = await openSandbox();
  await meet(sandbox, ANNA);
  await meet(sandbox, BORIS);
  const say = (text: string, userId = ANNA) => sandbox.call("sendMessage", { chat_id: userId, text });
  const seen = (userId = ANNA) =>
    sandbox.telegram
      .chat(userId)
      ?.messages.slice(1)
      .map(({ text }) => text);
  return { ...sandbox, say, seen };
}

/** The same with a bot behind the webhook, which has not seen anything yet. */
async function openWithBot() {
  const chat = await openChat();
  const bot = await openBot();
  await chat.call("setWebhook", { url: bot.url, drop_pending_updates: true });
  return { chat, bot, texts: () => bot.updates.map(textOf) };
}

test("a fault can wait for one chat, and let calls pass before it", async () => {
  const chat = await openChat();
  chat.telegram.faults.next("sendMessage", "too-many-requests", { chatId: BORIS, skip: 1, retryAfterSeconds: 9 });
  expect((await chat.say("Анне")).ok).toBe(true);
  expect((await chat.say("первое", BORIS)).ok).toBe(true);
  expect((await chat.say("второе", BORIS)).parameters).toEqual({ retry_after: 9 });
  expect((await chat.say("третье", BORIS)).ok).toBe(true);
  expect(chat.seen(BORIS)).toEqual(["первое", "третье"]);
  expect(() => chat.telegram.faults.next("*", "server-error", { times: 0 })).toThrow("times");
  expect(() => chat.telegram.faults.next("*", "server-error", { skip: -1 })).toThrow("skip");
});

test("a gateway's page is no JSON and no effect", async () => {
  const chat = await openChat();
  chat.telegram.faults.next("sendMessage", "gateway-page");
  const response = await fetch(`${chat.origin}/telegram/bot${TOKEN}/sendMessage?chat_id=${ANNA}&text=x`);
  expect([response.status, response.headers.get("content-type")]).toEqual([502, "text/html"]);
  expect(await response.text()).toContain("502 Bad Gateway");
  expect(chat.seen()).toEqual([]);
});

test("a hung request had no effect, and is never answered", async () => {
  const chat = await openChat();
  chat.telegram.faults.next("sendMessage", "hung-request");
  const url = `${chat.origin}/telegram/bot${TOKEN}/sendMessage?chat_id=${ANNA}&text=x`;
  await expect(fetch(url, { signal: AbortSignal.timeout(80) })).rejects.toThrow("timeout");
  expect(chat.seen()).toEqual([]);
});

test("a person who deleted the account is 403, a chat that is gone 400, until they are back", async () => {
  const chat = await openChat();
  chat.telegram.userVanishes(ANNA, "deactivated");
  expect(await chat.say("раз")).toMatchObject({ status: 403, description: "Forbidden: user is deactivated" });
  await expect(chat.telegram.userSends(ANNA, { text: "я тут" })).rejects.toThrow("gone");
  chat.telegram.userVanishes(ANNA, "not-found");
  expect(await chat.say("два")).toMatchObject({ status: 400, description: "Bad Request: chat not found" });
  chat.telegram.userVanishes(ANNA, undefined);
  expect((await chat.say("три")).ok).toBe(true);
  expect(chat.telegram.violations()).toEqual([]);
});

test("a person deletes a message of the bot: it can not be edited, replied to or tapped any more", async () => {
  const chat = await openChat();
  const { result } = await chat.call("sendMessage", {
    chat_id: ANNA,
    text: "карточка",
    reply_markup: keyboard([button("да", "yes")]),
  });
  const messageId = result.message_id;
  chat.telegram.userDeletes(ANNA, messageId);
  expect(chat.seen()).toEqual([]);
  const edit = await chat.call("editMessageText", { chat_id: ANNA, message_id: messageId, text: "x" });
  expect(edit.description).toBe("Bad Request: message to edit not found");
  await expect(chat.telegram.userTaps(ANNA, messageId, "yes")).rejects.toThrow("no message");
  expect(() => chat.telegram.userDeletes(ANNA, messageId)).toThrow("no message");
  expect(chat.telegram.violations()).toEqual([]);
});

test("a late update holds its own chat back, other chats overtake it", async () => {
  const { chat, texts } = await openWithBot();
  chat.telegram.faults.nextUpdates("update-late", { chatId: ANNA, seconds: 20 });
  await chat.telegram.userSends(BORIS, { text: "привет" });
  await chat.telegram.userSends(ANNA, { text: "рано" });
  await chat.telegram.userSends(ANNA, { text: "потом" });
  await chat.telegram.userSends(BORIS, { text: "Борис" });
  expect(texts()).toEqual(["привет", "Борис"]);
  await chat.clock.advance(21);
  await chat.telegram.idle();
  expect(texts()).toEqual(["привет", "Борис", "рано", "потом"]);
});

test("an answer that is not heard brings the same update again, and its method call is not executed", async () => {
  const { chat, bot, texts } = await openWithBot();
  bot.onUpdate = () => Response.json({ method: "sendMessage", chat_id: ANNA, text: "ответ" });
  chat.telegram.faults.nextUpdates("update-answer-lost");
  await chat.telegram.userSends(ANNA, { text: "раз" });
  expect(texts()).toEqual(["раз", "раз"]);
  expect(new Set(bot.updates.map(({ update_id }) => update_id)).size).toBe(1);
  expect(chat.seen()).toEqual(["раз", "ответ"]);
});

test("an update that does not arrive comes again; twice is twice", async () => {
  const { chat, texts } = await openWithBot();
  chat.telegram.faults.nextUpdates("update-unreachable");
  await chat.telegram.userSends(ANNA, { text: "раз" });
  chat.telegram.faults.nextUpdates("update-twice", { skip: 1 });
  await chat.telegram.userSends(ANNA, { text: "два" });
  await chat.telegram.userSends(ANNA, { text: "три" });
  expect(texts()).toEqual(["раз", "два", "три", "три"]);
  expect(chat.telegram.faults.injected()).toEqual({ "update-unreachable": 1, "update-twice": 1 });
});

test("while the webhook is down nothing arrives and getWebhookInfo tells why; afterwards everything does", async () => {
  const { chat, texts } = await openWithBot();
  chat.telegram.faults.webhookDown = true;
  await chat.telegram.userSends(ANNA, { text: "раз" });
  await chat.clock.advance(100);
  expect(texts()).toEqual([]);
  expect((await chat.call("getWebhookInfo")).result).toMatchObject({
    pending_update_count: 1,
    last_error_message: "Connection refused or broken",
  });
  chat.telegram.faults.clear();
  await chat.clock.advance(121);
  await chat.telegram.idle();
  expect(texts()).toEqual(["раз"]);
});

test("a webhook that was taken away leaves updates waiting until it is set again", async () => {
  const { chat, bot, texts } = await openWithBot();
  chat.telegram.removeWebhook();
  expect((await chat.call("getWebhookInfo")).result.url).toBe("");
  await chat.telegram.userSends(ANNA, { text: "раз" });
  expect(texts()).toEqual([]);
  await chat.call("setWebhook", { url: bot.url });
  await chat.telegram.idle();
  expect(texts()).toEqual(["раз"]);
});

test("clear takes every waiting fault back and keeps the counts, reset forgets them", async () => {
  const { chat, texts } = await openWithBot();
  const { faults } = chat.telegram;
  faults.next("sendMessage", "server-error");
  await chat.say("раз");
  faults.next("*", "server-error", { times: 3 });
  faults.deliverTwice(2);
  expect([faults.left("server-error"), faults.left("update-twice")]).toEqual([3, 2]);
  faults.clear();
  expect([faults.left("server-error"), faults.left("update-twice")]).toEqual([0, 0]);
  await chat.telegram.userSends(ANNA, { text: "два" });
  expect(texts()).toEqual(["два"]);
  expect(faults.injected()).toEqual({ "server-error": 1 });
  chat.telegram.reset();
  expect(faults.injected()).toEqual({});
});
