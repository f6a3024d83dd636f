import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { ANNA, BORIS, button, keyboard, meet, openBot, openSandbox, png, type Sandbox, textOf } from "./play.ts";

const hook = (sandbox: Sandbox, url: string, extra: object = {}) => sandbox.call("setWebhook", { url, ...extra });
const ids = (bot: { updates: { update_id: number }[] }) => bot.updates.map(({ update_id }) => update_id);

test("a message reaches the webhook with the secret, and the answer is there when the person looks", async () => {
  const sandbox = await openSandbox();
  const bot = await openBot();
  await hook(sandbox, bot.url, { secret_token: "s3cret_-" });
  bot.onUpdate = async (update) => {
    await sandbox.client.sendMessage(update.message?.chat.id ?? 0, "здравствуйте");
    return new Response(null);
  };
  await sandbox.telegram.userSends(ANNA, { text: "/start ref_1" });
  expect(bot.secrets).toEqual(["s3cret_-"]);
  expect(bot.updates[0]?.message).toMatchObject({
    message_id: 1,
    from: { id: ANNA, is_bot: false, language_code: "ru" },
    chat: { id: ANNA, type: "private" },
    entities: [{ type: "bot_command", offset: 0, length: 6 }],
  });
  expect(sandbox.telegram.chat(ANNA)?.messages.map(({ text }) => text)).toEqual(["/start ref_1", "здравствуйте"]);
});

test("a failing head holds its chat back, other chats and callback queries go on, and order is kept", async () => {
  const sandbox = await openSandbox();
  await meet(sandbox);
  const card = await sandbox.client.sendMessage(ANNA, "?", { reply_markup: keyboard([button("да", "yes")]) });
  const bot = await openBot();
  let isBroken = true;
  bot.onUpdate = (update) => new Response(null, { status: isBroken && update.message?.text === "раз" ? 500 : 200 });
  await hook(sandbox, bot.url, { drop_pending_updates: true });
  await sandbox.telegram.userSends(ANNA, { text: "раз" });
  await sandbox.telegram.userSends(ANNA, { text: "два" });
  await sandbox.telegram.userTaps(ANNA, card.message_id, "yes");
  await sandbox.telegram.userSends(BORIS, { text: "и я" });
  // Tried at once and again at once, then it waits.
  expect(bot.updates.map(textOf)).toEqual(["раз", "раз", "yes", "и я"]);
  expect(sandbox.telegram.pendingUpdateCount()).toBe(2);
  isBroken = false;
  await sandbox.clock.advance(2);
  expect(bot.updates.map(textOf).slice(4)).toEqual(["раз", "два"]);
  expect(sandbox.telegram.pendingUpdateCount()).toBe(0);
});

test("retries come at once, after 2, 4, 8, 16 and 32 s, then every 60 to 120 s until 24 hours are over", async () => {
  const sandbox = await openSandbox();
  const bot = await openBot();
  const times: number[] = [];
  const start = sandbox.clock.now().getTime();
  bot.onUpdate = () => {
    times.push(Math.round((sandbox.clock.now().getTime() - start) / 1000));
    return new Response(null, { status: 302, headers: { location: bot.url } });
  };
  await hook(sandbox, bot.url);
  await sandbox.telegram.userSends(ANNA, { text: "раз" });
  await sandbox.clock.advance(70);
  expect(times).toEqual([0, 0, 2, 6, 14, 30, 62]);
  const info = await sandbox.client.getWebhookInfo();
  expect(info).toMatchObject({
    pending_update_count: 1,
    last_error_message: "Wrong response from the webhook: 302 Found",
  });
  await sandbox.clock.advance(24 * 3600);
  expect(sandbox.telegram.pendingUpdateCount()).toBe(0);
});

test("Retry-After decides the next attempt, and callback queries expire after 150 s", async () => {
  const sandbox = await openSandbox();
  await meet(sandbox);
  const card = await sandbox.client.sendMessage(ANNA, "?", { reply_markup: keyboard([button("да", "yes")]) });
  const bot = await openBot();
  await hook(sandbox, bot.url, { drop_pending_updates: true });
  bot.onUpdate = () => new Response(null, { status: 503, headers: { "retry-after": "100" } });
  await sandbox.telegram.userTaps(ANNA, card.message_id, "yes");
  await sandbox.clock.advance(99);
  expect(bot.updates).toHaveLength(1);
  await sandbox.clock.advance(2);
  expect(bot.updates).toHaveLength(2);
  await sandbox.clock.advance(100);
  expect(bot.updates).toHaveLength(2);
  expect(sandbox.telegram.pendingUpdateCount()).toBe(0);
});

test("a method in the webhook's 2xx answer is executed and recorded, a method that asks for something is not", async () => {
  const sandbox = await openSandbox();
  const bot = await openBot();
  await hook(sandbox, bot.url);
  bot.onUpdate = (update) =>
    Response.json({
      method: update.message?.text === "кто" ? "getMe" : "sendMessage",
      chat_id: ANNA,
      text: "в ответе",
    });
  await sandbox.telegram.userSends(ANNA, { text: "привет" });
  await sandbox.telegram.userSends(ANNA, { text: "кто" });
  expect(sandbox.telegram.chat(ANNA)?.messages.map(({ text }) => text)).toEqual(["привет", "в ответе", "кто"]);
  const inResponse = sandbox.calls.list().filter((call) => call.inWebhookResponse);
  expect(inResponse).toMatchObject([{ service: "telegram", method: "sendMessage", answer: { ok: true } }]);
});

test("no more deliveries run at once than max_connections allows", async () => {
  const sandbox = await openSandbox();
  const bot = await openBot();
  let open = 0;
  let most = 0;
  bot.onUpdate = async () => {
    open += 1;
    most = Math.max(most, open);
    await new Promise((resolve) => setTimeout(resolve, 20));
    open -= 1;
    return new Response(null);
  };
  await hook(sandbox, bot.url, { max_connections: 2 });
  await Promise.all([1, 2, 3, 4, 5].map((userId) => sandbox.telegram.userSends(userId, { text: "раз" })));
  expect(bot.updates).toHaveLength(5);
  expect(most).toBe(2);
});

test("an update can be made to arrive twice with one id; ids are sequential", async () => {
  const sandbox = await openSandbox();
  const bot = await openBot();
  await hook(sandbox, bot.url);
  sandbox.telegram.faults.deliverTwice();
  await sandbox.telegram.userSends(ANNA, { text: "раз" });
  await sandbox.telegram.userSends(BORIS, { text: "два" });
  const [first = 0] = ids(bot);
  expect(ids(bot)).toEqual([first, first, first + 1]);
});

test("allowed_updates filters, an omitted list keeps the previous one", async () => {
  const sandbox = await openSandbox();
  const bot = await openBot();
  await hook(sandbox, bot.url, { allowed_updates: ["my_chat_member"] });
  await hook(sandbox, bot.url);
  await sandbox.telegram.userSends(ANNA, { text: "раз" });
  await sandbox.telegram.userBlocks(ANNA);
  expect(bot.updates).toMatchObject([
    { my_chat_member: { old_chat_member: { status: "member" }, new_chat_member: { status: "kicked" } } },
  ]);
  const wrong = await hook(sandbox, bot.url, { allowed_updates: ["messages"] });
  expect(wrong.description).toContain("allowed_updates[0] must be one of");
});

test("the webhook must be https or this machine, getUpdates conflicts with it and works without it", async () => {
  const sandbox = await openSandbox();
  const bot = await openBot();
  expect((await hook(sandbox, "http://example.com/bot")).description).toContain("An HTTPS URL must be provided");
  await hook(sandbox, bot.url);
  expect(await sandbox.call("getUpdates")).toMatchObject({ status: 409, error_code: 409 });
  await sandbox.client.deleteWebhook();
  const polling = sandbox.call("getUpdates", { timeout: 5 });
  await sandbox.telegram.userSends(ANNA, { text: "раз" });
  const [update] = (await polling).result;
  expect(update.message.text).toBe("раз");
  expect((await sandbox.call("getUpdates", { offset: update.update_id + 1 })).result).toEqual([]);
  expect(bot.updates).toEqual([]);
});

test("after a kill and a restart everything is still there: chats, files, webhook, what was not delivered", async () => {
  const folder = mkdtempSync(join(tmpdir(), "sandbox-telegram-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const file = join(folder, "sandbox.db");
  const bot = await openBot();
  bot.onUpdate = () => new Response(null, { status: 500 });

  const before = await openSandbox(file);
  await hook(before, bot.url, { secret_token: "s" });
  await before.telegram.userSends(ANNA, { text: "раз" });
  await before.telegram.userSends(ANNA, { text: "два" });
  const { photo } = await before.client.sendPhoto(ANNA, { source: Buffer.from(png()) });
  const fileId = photo.at(-1)?.file_id ?? "";
  const tried = ids(bot);
  await before.close();

  bot.onUpdate = () => new Response(null);
  const after = await openSandbox(file);
  expect(after.telegram.pendingUpdateCount()).toBe(2);
  await after.clock.advance(10);
  expect(bot.updates.slice(tried.length).map(textOf)).toEqual(["раз", "два"]);
  expect(after.telegram.chat(ANNA)?.messages).toHaveLength(3);
  const again = await after.client.sendPhoto(ANNA, fileId);
  expect(again.message_id).toBe(4);
  const link = await after.client.getFileLink(fileId);
  expect((await (await fetch(link)).bytes()).length).toBe(64);
});

test("a process that dies in the middle of a delivery leaves the update to the next one", async () => {
  const folder = mkdtempSync(join(tmpdir(), "sandbox-telegram-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const file = join(folder, "sandbox.db");
  const bot = await openBot();
  // Never answers: the first process hangs in this call for ever, as good as dead.
  bot.onUpdate = () => new Promise<Response>(() => undefined);
  const dead = await openSandbox(file);
  await hook(dead, bot.url);
  const sending = dead.telegram.userSends(ANNA, { text: "раз" });
  await expect.poll(() => bot.updates.length).toBe(1);

  bot.onUpdate = () => new Response(null);
  const alive = await openSandbox(file);
  await expect.poll(() => bot.updates.length).toBe(2);
  await alive.telegram.idle();
  expect(ids(bot)[1]).toBe(ids(bot)[0]);
  expect(alive.telegram.pendingUpdateCount()).toBe(0);
  await dead.close();
  await sending;
});

test("a reset forgets people, messages and the webhook, and the sandbox works on", async () => {
  const sandbox = await openSandbox();
  const bot = await openBot();
  await hook(sandbox, bot.url);
  await sandbox.telegram.userSends(ANNA, { text: "раз" });
  sandbox.telegram.reset();
  expect(sandbox.telegram.chats()).toEqual([]);
  expect((await sandbox.client.getWebhookInfo()).url).toBe("");
  await hook(sandbox, bot.url);
  await sandbox.telegram.userSends(ANNA, { text: "снова" });
  expect(bot.updates.map(textOf)).toEqual(["раз", "снова"]);
});
