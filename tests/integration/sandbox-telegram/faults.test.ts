import { expect, test } from "vitest";
import { ANNA, meet, openSandbox, TOKEN } from "./play.ts";

async function openChat() {
  const sandbox = await openSandbox();
  await meet(sandbox);
  const say = (text: string) => sandbox.call("sendMessage", { chat_id: ANNA, text });
  const seen = () =>
    sandbox.telegram
      .chat(ANNA)
      ?.messages.slice(1)
      .map(({ text }) => text);
  return { ...sandbox, say, seen };
}

test("the next two calls answer 429 with the time to wait, the third goes through", async () => {
  const chat = await openChat();
  chat.telegram.faults.next("sendMessage", "too-many-requests", { times: 2, retryAfterSeconds: 7 });
  const first = await chat.say("раз");
  expect(first).toMatchObject({ status: 429, error_code: 429, parameters: { retry_after: 7 } });
  expect(first.headers.get("retry-after")).toBe("7");
  expect((await chat.say("два")).status).toBe(429);
  expect((await chat.say("три")).ok).toBe(true);
  expect(chat.seen()).toEqual(["три"]);
});

test("a server error has no effect and hits only its method", async () => {
  const chat = await openChat();
  chat.telegram.faults.next("sendMessage", "server-error");
  expect((await chat.call("getMe")).ok).toBe(true);
  expect((await chat.say("раз")).status).toBe(500);
  expect(chat.seen()).toEqual([]);
});

test("a lost answer took effect, a lost request did not, and the caller can not tell them apart", async () => {
  const chat = await openChat();
  chat.telegram.faults.next("*", "lost-answer");
  chat.telegram.faults.next("*", "lost-request");
  await expect(chat.say("раз")).rejects.toThrow("fetch failed");
  await expect(chat.say("два")).rejects.toThrow("fetch failed");
  expect(chat.seen()).toEqual(["раз"]);
  expect(chat.calls.list().at(-1)?.answer).toMatchObject({ lost: "lost-request" });
});

test("a call without an answer took effect; the client gives up, and stopping the sandbox does not hang on it", async () => {
  const chat = await openChat();
  chat.telegram.faults.next("sendMessage", "no-answer", { times: 2 });
  const body = (text: string) => ({
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ chat_id: ANNA, text }),
  });
  const url = `${chat.origin}/telegram/bot${TOKEN}/sendMessage`;
  await expect(fetch(url, { ...body("раз"), signal: AbortSignal.timeout(100) })).rejects.toThrow();
  expect(chat.seen()).toEqual(["раз"]);
  const hanging = fetch(url, body("два")).catch(() => "broken");
  await expect.poll(chat.seen).toEqual(["раз", "два"]);
  await chat.close();
  expect(await hanging).toBe("broken");
});
