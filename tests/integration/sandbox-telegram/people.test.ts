import { expect, test } from "vitest";
import { ANNA, BORIS, button, keyboard, meet, mp3, openBot, openSandbox, png, type Sandbox } from "./play.ts";

async function openTalk() {
  const sandbox = await openSandbox();
  await meet(sandbox);
  const bot = await openBot();
  await sandbox.call("setWebhook", { url: bot.url, drop_pending_updates: true });
  return { sandbox, bot };
}

const photo = (fileName = "a.png") => ({ bytes: png(), fileName, mime: "image/png", kind: "photo" as const });

async function ask(sandbox: Sandbox): Promise<number> {
  const reply_markup = keyboard([button("да", "yes")]);
  return (await sandbox.client.sendMessage(ANNA, "?", { reply_markup })).message_id;
}

test("a tap must be on the keyboard, and its answer becomes a toast once", async () => {
  const { sandbox, bot } = await openTalk();
  const messageId = await ask(sandbox);
  await expect(sandbox.telegram.userTaps(ANNA, messageId, "no")).rejects.toMatchObject({ status: 400 });
  await expect(sandbox.telegram.userTaps(ANNA, 99, "yes")).rejects.toMatchObject({ status: 404 });
  const { queryId } = await sandbox.telegram.userTaps(ANNA, messageId, "yes");
  expect(bot.updates.at(-1)?.callback_query).toMatchObject({
    id: queryId,
    data: "yes",
    from: { id: ANNA },
    message: { message_id: messageId, text: "?" },
  });
  await sandbox.client.answerCbQuery(queryId, "принято", { show_alert: true });
  await sandbox.client.answerCbQuery(queryId, "ещё раз");
  expect(sandbox.telegram.chat(ANNA)?.toasts).toMatchObject([{ text: "принято", alert: true, messageId }]);
});

test("a forced tap reaches the bot even from a deleted message, which it then can not see", async () => {
  const { sandbox, bot } = await openTalk();
  const messageId = await ask(sandbox);
  await sandbox.client.deleteMessage(ANNA, messageId);
  await sandbox.telegram.userTaps(ANNA, messageId, "old", { force: true });
  expect(bot.updates.at(-1)?.callback_query).toMatchObject({
    data: "old",
    message: { message_id: messageId, date: 0 },
  });
});

test("a callback query is too old after 30 virtual seconds, an unknown one at once", async () => {
  const { sandbox } = await openTalk();
  const { queryId } = await sandbox.telegram.userTaps(ANNA, await ask(sandbox), "yes");
  await sandbox.clock.advance(31);
  for (const callback_query_id of [queryId, "1"]) {
    const answer = await sandbox.call("answerCallbackQuery", { callback_query_id });
    expect(answer.description).toMatch(/^Bad Request: query is too old/);
  }
  const long = await sandbox.call("answerCallbackQuery", { callback_query_id: "1", text: "я".repeat(201) });
  expect(long.description).toContain("text has 201 characters, allowed are 0-200");
  expect(sandbox.telegram.violations()).toHaveLength(1);
});

test("a photo comes in sizes, an album as single messages, a sender's duration is taken as told", async () => {
  const { sandbox, bot } = await openTalk();
  await sandbox.telegram.userSends(ANNA, { file: photo(), caption: "сделай #аниме", mediaGroupId: "g1" });
  await sandbox.telegram.userSends(ANNA, { file: photo(), mediaGroupId: "g1" });
  const song = { bytes: mp3(), fileName: "песня.mp3", mime: "audio/mpeg", kind: "audio" as const };
  await sandbox.telegram.userSends(ANNA, { file: { ...song, declaredDurationSeconds: 1, title: "Песня" } });
  const [first, second, third] = bot.updates;
  expect(first?.message).toMatchObject({ media_group_id: "g1", caption: "сделай #аниме" });
  expect(first?.message?.photo).toHaveLength(3);
  expect(second?.message?.photo?.at(-1)?.file_unique_id).toBe(first?.message?.photo?.at(-1)?.file_unique_id);
  expect(second?.message?.photo?.at(-1)?.file_id).not.toBe(first?.message?.photo?.at(-1)?.file_id);
  expect(third?.message?.audio).toMatchObject({ duration: 1, title: "Песня", file_name: "песня.mp3", file_size: 256 });
});

test("the bot downloads what people send, up to 20 MB", async () => {
  const { sandbox, bot } = await openTalk();
  await sandbox.telegram.userSends(ANNA, { file: photo() });
  const link = await sandbox.client.getFileLink(bot.updates[0]?.message?.photo?.at(-1)?.file_id ?? "");
  expect(await (await fetch(link)).bytes()).toEqual(png());
  const pretendSizeBytes = 21 * 1024 * 1024;
  await sandbox.telegram.userSends(ANNA, { file: { ...photo(), kind: "document", pretendSizeBytes } });
  const document = bot.updates[1]?.message?.document;
  expect(document?.file_size).toBe(pretendSizeBytes);
  const answer = await sandbox.call("getFile", { file_id: document?.file_id });
  expect(answer).toMatchObject({ status: 400, description: "Bad Request: file is too big" });
});

test("a person replies, writes in a group, and is known by the profile", async () => {
  const { sandbox, bot } = await openTalk();
  sandbox.telegram.setProfile(BORIS, { firstName: "Борис", username: "boris", languageCode: "en" });
  await sandbox.telegram.userSends(ANNA, { text: "да", replyTo: 1 });
  await sandbox.telegram.userSends(BORIS, { text: "/start@sandbox_bot", group: { id: -100, title: "Дача" } });
  expect(bot.updates[0]?.message?.reply_to_message).toMatchObject({ message_id: 1, text: "/start" });
  expect(bot.updates[1]?.message).toMatchObject({
    chat: { id: -100, type: "group", title: "Дача" },
    from: { id: BORIS, first_name: "Борис", username: "boris", language_code: "en" },
  });
  await sandbox.client.sendMessage(-100, "только в личных чатах");
  expect(sandbox.telegram.chat(-100)?.messages).toHaveLength(2);
});

test("typing shows for five seconds or until the bot writes", async () => {
  const { sandbox } = await openTalk();
  await sandbox.client.sendChatAction(ANNA, "upload_photo");
  expect(sandbox.telegram.chat(ANNA)?.typing).toBe("upload_photo");
  await sandbox.clock.advance(6);
  expect(sandbox.telegram.chat(ANNA)?.typing).toBeUndefined();
  await sandbox.client.sendChatAction(ANNA, "typing");
  await sandbox.client.sendMessage(ANNA, "готово");
  expect(sandbox.telegram.chat(ANNA)?.typing).toBeUndefined();
});
