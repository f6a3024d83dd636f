import { expect, test } from "vitest";
import { ANNA, button, keyboard, openBot, openSandbox, png } from "./play.ts";

async function openPage() {
  const sandbox = await openSandbox();
  const bot = await openBot();
  await sandbox.call("setWebhook", { url: bot.url });
  const request = async (path: string, body?: unknown, method = body === undefined ? "GET" : "POST") => {
    const response = await fetch(`${sandbox.origin}/sandbox/${path}`, {
      method,
      ...(body === undefined
        ? {}
        : body instanceof FormData
          ? { body }
          : { body: JSON.stringify(body), headers: { "content-type": "application/json" } }),
    });
    const answer = JSON.parse(await response.text());
    return { status: response.status, body: answer };
  };
  return { sandbox, bot, request };
}

test("a program plays a person: writes, taps, reads the chat right after", async () => {
  const { sandbox, bot, request } = await openPage();
  bot.onUpdate = async (update) => {
    const query = update.callback_query;
    if (query) await sandbox.client.answerCbQuery(query.id, "готово");
    else await sandbox.client.sendMessage(ANNA, "меню", { reply_markup: keyboard([button("да", "yes")]) });
    return new Response(null);
  };
  expect((await request(`chats/${ANNA}`)).body).toEqual({ messages: [], toasts: [] });
  expect(await request(`chats/${ANNA}/messages`, { text: "/start" })).toEqual({ status: 200, body: { messageId: 1 } });
  const chat = (await request(`chats/${ANNA}`)).body;
  expect(chat.messages[1]).toMatchObject({ messageId: 2, from: "bot", keyboard: [[{ text: "да", data: "yes" }]] });
  expect(await request(`chats/${ANNA}/taps`, { messageId: 2, data: "yes" })).toEqual({
    status: 200,
    body: { ok: true },
  });
  expect((await request(`chats/${ANNA}`)).body.toasts).toMatchObject([{ text: "готово", alert: false, messageId: 2 }]);
  const wrong = await request(`chats/${ANNA}/taps`, { messageId: 2, data: "no" });
  expect(wrong).toEqual({ status: 400, body: { error: 'Message 2 has no button with data "no"' } });
  expect((await request("chats")).body.users).toMatchObject([{ userId: ANNA, lastMessage: { text: "меню" } }]);
});

test("a file is uploaded with its kind and played back with ranges", async () => {
  const { sandbox, bot, request } = await openPage();
  const form = new FormData();
  form.set("file", new File([png()], "кот.png", { type: "image/png" }));
  form.set("kind", "photo");
  form.set("caption", "оживи");
  form.set("durationSeconds", "3");
  expect((await request(`chats/${ANNA}/messages`, form)).body).toEqual({ messageId: 1 });
  expect(bot.updates[0]?.message).toMatchObject({ caption: "оживи" });
  const [message] = (await request(`chats/${ANNA}`)).body.messages;
  expect(message.media).toMatchObject([{ kind: "photo", bytes: 64, fileName: "кот.png", mime: "image/png" }]);
  const url = sandbox.origin + message.media[0].url;
  const whole = await fetch(url);
  expect(whole.headers.get("content-type")).toBe("image/png");
  expect(await whole.bytes()).toEqual(png());
  const part = await fetch(url, { headers: { range: "bytes=4-9" } });
  expect(part.status).toBe(206);
  expect(part.headers.get("content-range")).toBe("bytes 4-9/64");
  expect(await part.bytes()).toEqual(png().slice(4, 10));
  const outside = await fetch(url, { headers: { range: "bytes=64-" } });
  expect(outside.status).toBe(416);
  expect((await fetch(`${sandbox.origin}/sandbox/files/none`)).status).toBe(404);
});

test.each([
  ["messages", {}, "text: "],
  ["messages", { text: "" }, "text must not be empty"],
  ["messages", { text: "a", reply: 1 }, 'Unrecognized key: "reply"'],
  ["taps", { messageId: "2", data: "yes" }, "messageId: "],
  ["profile", { username: "no spaces" }, "username: "],
])("a malformed request to %s is answered with a sentence that names the field", async (path, body, sentence) => {
  const { request } = await openPage();
  const answer = await request(`chats/${ANNA}/${path}`, body);
  expect(answer.status).toBe(400);
  expect(answer.body.error).toContain(sentence);
});

test("profile, block, unblock and commands go through the page too", async () => {
  const { sandbox, bot, request } = await openPage();
  expect((await request("chats/abc/profile", {})).status).toBe(400);
  await request(`chats/${ANNA}/profile`, { firstName: "Анна", username: "anna", languageCode: "en" });
  await sandbox.call("setMyCommands", { commands: [{ command: "help", description: "Help" }], language_code: "en" });
  expect((await request(`chats/${ANNA}/commands`)).body).toEqual({
    commands: [{ command: "help", description: "Help" }],
  });
  expect((await request("chats/999/commands")).status).toBe(404);
  await request(`chats/${ANNA}/block`, {});
  expect((await request(`chats/${ANNA}/messages`, { text: "эй" })).status).toBe(400);
  expect((await request(`chats/${ANNA}`)).body.blocked).toBe(true);
  await request(`chats/${ANNA}/unblock`, {});
  expect(bot.updates.map((update) => update.my_chat_member?.new_chat_member.status)).toEqual(["kicked", "member"]);
  expect((await request("chats")).body.users).toMatchObject([
    { firstName: "Анна", username: "anna", languageCode: "en" },
  ]);
});

test("the event stream tells which chat changed and ends with the sandbox", async () => {
  const { sandbox } = await openPage();
  const response = await fetch(`${sandbox.origin}/sandbox/events`);
  expect(response.headers.get("content-type")).toBe("text/event-stream");
  const decoder = new TextDecoder();
  let received = "";
  const reading = (async () => {
    for await (const chunk of response.body ?? []) received += decoder.decode(chunk);
  })();
  await sandbox.telegram.userSends(ANNA, { text: "раз" });
  await expect.poll(() => received).toContain(`data: {"chat":${ANNA}}\n\n`);
  await sandbox.telegram.stop();
  await reading;
});
