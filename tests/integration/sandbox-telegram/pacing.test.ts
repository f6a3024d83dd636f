import { expect, test } from "vitest";
import { ANNA, BORIS, meet, mp4, openBot, openSandbox, png, textOf } from "./play.ts";

/** Time stands still between the calls of a test, however slow the machine is. */
async function openPaced() {
  const sandbox = await openSandbox(":memory:", { standsStill: true });
  await meet(sandbox, ANNA);
  sandbox.telegram.faults.pacing = true;
  const say = (userId: number, text = "раз") => sandbox.call("sendMessage", { chat_id: userId, text });
  return { ...sandbox, say };
}

test("a chat takes one message a second: the next one is told to wait, and passes after that", async () => {
  const sandbox = await openPaced();
  expect((await sandbox.say(ANNA)).ok).toBe(true);
  const refused = await sandbox.say(ANNA);
  expect(refused).toMatchObject({ status: 429, parameters: { retry_after: 1 } });
  await sandbox.clock.advance(1);
  expect((await sandbox.say(ANNA)).ok).toBe(true);
  expect(sandbox.telegram.faults.injected()).toEqual({ pacing: 1 });
  expect(sandbox.telegram.violations()).toEqual([]);
});

test("an album passes as a whole and is waited for afterwards", async () => {
  const sandbox = await openPaced();
  const form = new FormData();
  form.set("chat_id", String(ANNA));
  form.set(
    "media",
    JSON.stringify([1, 2, 3].map((n) => ({ type: n === 3 ? "video" : "photo", media: `attach://f${n}` }))),
  );
  form.set("f1", new File([png()], "1.png"));
  form.set("f2", new File([png()], "2.png"));
  form.set("f3", new File([mp4()], "3.mp4"));
  expect((await sandbox.call("sendMediaGroup", form)).ok).toBe(true);
  expect((await sandbox.say(ANNA)).parameters).toEqual({ retry_after: 3 });
});

test("all chats together take thirty a second, edits twenty a minute, answers and typing are free", async () => {
  const sandbox = await openPaced();
  const people = Array.from({ length: 31 }, (_, index) => 9_000 + index);
  sandbox.telegram.faults.pacing = false;
  for (const userId of people) await meet(sandbox, userId);
  sandbox.telegram.faults.pacing = true;
  await sandbox.clock.advance(10);
  const statuses: number[] = [];
  for (const userId of people) statuses.push((await sandbox.say(userId)).status);
  expect(statuses).toEqual([...Array(30).fill(200), 429]);
  await sandbox.clock.advance(5);
  const { result } = await sandbox.say(ANNA);
  const edit = (n: number) =>
    sandbox.call("editMessageText", { chat_id: ANNA, message_id: result.message_id, text: `правка ${n}` });
  for (let n = 1; n <= 20; n += 1) expect((await edit(n)).ok).toBe(true);
  expect((await edit(21)).parameters).toEqual({ retry_after: 3 });
  expect((await sandbox.call("sendChatAction", { chat_id: ANNA, action: "typing" })).ok).toBe(true);
});

test("a group takes twenty a minute", async () => {
  const sandbox = await openPaced();
  await sandbox.telegram.userSends(ANNA, { text: "всем привет", group: { id: -5, title: "Группа" } });
  const statuses: number[] = [];
  for (let n = 1; n <= 21; n += 1) statuses.push((await sandbox.say(-5)).status);
  expect(statuses).toEqual([...Array(20).fill(200), 429]);
  expect((await sandbox.say(-5)).parameters).toEqual({ retry_after: 3 });
  await sandbox.clock.advance(3);
  expect((await sandbox.say(-5)).ok).toBe(true);
});

test("a message that rides in the webhook's answer counts too, and is lost without a word", async () => {
  const sandbox = await openPaced();
  const bot = await openBot();
  bot.onUpdate = () => Response.json({ method: "sendMessage", chat_id: ANNA, text: "ответ" });
  await sandbox.call("setWebhook", { url: bot.url });
  await sandbox.telegram.userSends(ANNA, { text: "один" });
  await sandbox.telegram.userSends(ANNA, { text: "два" });
  const seen = sandbox.telegram.chat(ANNA)?.messages.filter(({ from }) => from === "bot");
  expect(seen).toHaveLength(1);
  expect(sandbox.calls.list().at(-1)).toMatchObject({ inWebhookResponse: true, answer: { error_code: 429 } });
  expect(bot.updates.map(textOf)).toContain("два");
});

test("without the switch nobody waits", async () => {
  const sandbox = await openPaced();
  sandbox.telegram.faults.clear();
  for (let n = 0; n < 5; n += 1) expect((await sandbox.say(ANNA)).ok).toBe(true);
  expect((await sandbox.say(BORIS)).error_code).toBe(400);
});
