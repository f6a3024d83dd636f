import { expect, test } from "vitest";
import { callbackPath, creates, generationNow, postedUpdate, signedCallback, signedJob } from "../support/failures.ts";
import { sharedWorld } from "../support/shared-world.ts";

const world = sharedWorld();

const WEBHOOKS = ["/api/telegram", "/api/kie?generation=g&token=t", "/api/jobs"];
/** Above Vercel's own limit. */
const TOO_MUCH = 4_500_001;

/** Everything a test may have changed by a request that must change nothing. */
async function everything(): Promise<unknown> {
  return await world.db.rows(`
    select (select count(*) from users) as users, (select count(*) from updates) as updates,
      (select count(*) from conversations) as conversations, (select count(*) from generations) as generations,
      (select count(*) from transfers) as transfers, (select count(*) from outbox) as outbox`);
}

test.each(WEBHOOKS)("H6: %s answers every method but POST with 405", async (path) => {
  for (const method of ["GET", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS"]) {
    const response = await world.request(path, { method });
    expect(response.status).toBe(405);
    expect(response.headers.get("allow")).toBe("POST");
  }
});

test("H5: /api/health answers every method but GET and HEAD with 405", async () => {
  for (const method of ["POST", "PUT", "DELETE"]) {
    expect((await world.request("/api/health", { method })).status).toBe(405);
  }
  expect((await world.request("/api/health", { method: "HEAD" })).status).toBe(200);
});

test("H6: /api/telegram without its secret, or with a wrong one, is 401 and does nothing", async () => {
  const before = await everything();
  const update = { update_id: 1_900_000_001, message: messageFrom(7001, { text: "/start" }) };
  const { TELEGRAM_WEBHOOK_SECRET: secret } = world.app.config;
  for (const given of [null, "", "wrong", secret.slice(0, -1), `${secret}x`, secret.toUpperCase()]) {
    const headers = given === null ? {} : { "x-telegram-bot-api-secret-token": given };
    const response = await world.request("/api/telegram", { method: "POST", headers, body: JSON.stringify(update) });
    expect(response.status).toBe(401);
    expect(await response.text()).not.toContain(secret);
  }
  expect(await everything()).toEqual(before);
});

test.each([
  "not json",
  "",
  "[1,2]",
  "null",
  '"text"',
  "7",
  "{}",
  '{"update_id":"7"}',
  '{"update_id":-1}',
  '{"update_id":1.5}',
])("H6: /api/telegram answers the body «%s» with 400", async (body) => {
  const before = await everything();
  expect((await world.request("/api/telegram", { ...postedUpdate(world, {}), body })).status).toBe(400);
  expect(await everything()).toEqual(before);
});

test.each([
  "not json",
  "",
  "[1,2]",
  "null",
  "{}",
  '{"name":"drop-tables"}',
  '{"name":"advance-generation"}',
  '{"name":"advance-generation","generationId":""}',
  `{"name":"advance-generation","generationId":"${"x".repeat(65)}"}`,
])("C4: /api/jobs answers the signed body «%s» with 400", async (body) => {
  expect((await world.request("/api/jobs", signedJob(world, body))).status).toBe(400);
});

test.each(["[1,2]", "null", "7"])("C7: /api/kie answers the signed body «%s» with 401 or 400", async (body) => {
  const request = { ...signedCallback(world, "task"), body };
  // Without a task id in the body there is nothing the signature could fit.
  expect((await world.request("/api/kie?generation=g&token=t", request)).status).toBe(401);
});

test.each(WEBHOOKS)("H6: %s answers a body above 4.5 MB with 413, announced or not", async (path) => {
  const announced = await world.request(path, { method: "POST", body: "x".repeat(TOO_MUCH) });
  expect(announced.status).toBe(413);
  const streamed: RequestInit & { duplex: "half" } = { method: "POST", body: streamOf(TOO_MUCH), duplex: "half" };
  expect((await world.request(path, streamed)).status).toBe(413);
});

test("H6: a body just below the limit is read", async () => {
  const frame = JSON.stringify({ update_id: 1_900_000_002, unknown_kind: "" });
  const update = { update_id: 1_900_000_002, unknown_kind: "x".repeat(4_500_000 - frame.length) };
  expect((await world.request("/api/telegram", postedUpdate(world, update))).status).toBe(200);
});

test("A10: kinds of updates that the bot does not know are 200 and do nothing", async () => {
  const before = await everything();
  const kinds = ["edited_message", "channel_post", "inline_query", "poll", "chat_join_request", "something_of_2030"];
  for (const [index, kind] of kinds.entries()) {
    const update = { update_id: 1_900_000_100 + index, [kind]: { id: "1", from: { id: 7002 }, text: "привет" } };
    expect((await world.request("/api/telegram", postedUpdate(world, update))).status).toBe(200);
  }
  expect((await world.request("/api/telegram", postedUpdate(world, { update_id: 1_900_000_110 }))).status).toBe(200);
  expect(await everything()).toEqual(before);
});

test.each<[string, Record<string, unknown>]>([
  ["a message that is null", { message: null }],
  ["a message that is a text", { message: "привет" }],
  ["a message that is a list", { message: [1] }],
  ["an empty message", { message: {} }],
  ["a message without a sender", { message: { message_id: 1, chat: { id: 7003, type: "private" }, text: "x" } }],
  ["a message of another bot", { message: messageFrom(7003, { text: "/start" }, { is_bot: true }) }],
  ["a message without a chat", { message: { message_id: 1, from: { id: 7003 }, text: "/start" } }],
  ["a message whose text is a number", { message: messageFrom(7003, { text: 7 }) }],
  ["a message whose sender has no number", { message: { ...messageFrom(7003, { text: "x" }), from: { id: "me" } } }],
  ["a message with nothing in it", { message: messageFrom(7003, {}) }],
  ["a pinned message", { message: messageFrom(7003, { pinned_message: { message_id: 1 } }) }],
  ["a photo without sizes", { message: messageFrom(7003, { photo: [] }) }],
  ["a tap that is null", { callback_query: null }],
  ["a tap without an id", { callback_query: { from: { id: 7003 }, data: "menu~1" } }],
  ["a tap whose data is a number", { callback_query: { id: "1", from: { id: 7003 }, data: 5 } }],
  ["a membership that is null", { my_chat_member: null }],
  ["a membership without a status", { my_chat_member: { chat: { id: 7003, type: "private" }, from: { id: 7003 } } }],
  [
    "a membership of a group",
    { my_chat_member: { chat: { id: -5, type: "group" }, from: { id: 7003 }, new_chat_member: { status: "kicked" } } },
  ],
])("A10 I1: %s is 200 and does nothing", async (_, content) => {
  const before = await everything();
  const updateId = 1_900_001_000 + Math.floor(performance.now() * 1000);
  const response = await world.request("/api/telegram", postedUpdate(world, { update_id: updateId, ...content }));
  expect(response.status).toBe(200);
  expect(await everything()).toEqual(before);
});

test("A7: a tap in somebody else's chat, in a group, or on a vanished message is answered and does nothing", async () => {
  const anna = world.person(7004);
  await anna.says("/start");
  const boris = world.person(7005);
  await boris.says("/start");
  const before = await everything();
  const { messageId, data } = anna.button("categories");
  const messages = [
    { message_id: messageId, chat: { id: 7004, type: "private" }, text: "x" },
    { message_id: messageId, chat: { id: -7, type: "group" }, text: "x" },
    undefined,
  ];
  for (const [index, message] of messages.entries()) {
    const update = {
      update_id: 1_900_002_000 + index,
      callback_query: { id: `q${index}`, from: { id: 7005, is_bot: false, first_name: "Борис" }, data, message },
    };
    const response = await world.request("/api/telegram", postedUpdate(world, update));
    expect(response.status).toBe(200);
    expect(await response.json()).toMatchObject({ method: "answerCallbackQuery", callback_query_id: `q${index}` });
  }
  expect(await everything()).toEqual(before);
});

test("A7 A8: invented button data never acts; the user sees what is open", async () => {
  const vera = world.person(7006);
  await vera.says("/start");
  await vera.says("кот");
  const { messageId } = vera.button("Создать");
  for (const data of [
    "",
    "~",
    "confirm",
    "confirm~",
    "drop:table~1",
    "set_param:price:0~zz",
    "open:../../etc~1",
    "€".repeat(20),
  ]) {
    await vera.forces(messageId, data);
    expect(vera.toast()?.text).not.toBe("");
  }
  expect(await vera.wallet()).toMatchObject({ bonus: 5000n, held: 0n, queued: 0 });
  await vera.taps("Создать");
  expect(await vera.wallet()).toMatchObject({ bonus: 4937n, held: 63n });
  await world.advance(20);
});

test("C4: /api/jobs without a signature, or with a foreign, old or moved one, is 401 and does nothing", async () => {
  const person = world.person(7007);
  await person.says("/start");
  const generation = await creates(world, person, "lostcb: ёж");
  await world.advance(13);
  const body = JSON.stringify({ name: "advance-generation", generationId: generation.id });
  const good = signedJob(world, body);
  const requests: RequestInit[] = [
    { method: "POST", body },
    { method: "POST", body, headers: { "upstash-signature": "" } },
    { method: "POST", body, headers: { "upstash-signature": "a.b.c" } },
    { ...good, body: body.replace("advance", "Advance") },
    signedJob(world, body, { key: "sig_of_somebody_else" }),
    signedJob(world, body, { url: "https://elsewhere.example/api/jobs" }),
    signedJob(world, body, { expiresIn: -60 }),
    signedJob(world, body, { hashOf: "another body" }),
  ];
  for (const request of requests) expect((await world.request("/api/jobs", request)).status).toBe(401);
  expect((await generationNow(world, generation.id)).state).toBe("submitted");

  const { QSTASH_NEXT_SIGNING_KEY: next } = world.app.config;
  expect((await world.request("/api/jobs", signedJob(world, body, { key: next }))).status).toBe(200);
  expect((await generationNow(world, generation.id)).state).toBe("delivered");
});

test("C4: a job for a generation that never was is 200 and does nothing, so that nobody repeats it", async () => {
  const before = await everything();
  const body = JSON.stringify({ name: "advance-generation", generationId: "ghost-generation" });
  expect((await world.request("/api/jobs", signedJob(world, body))).status).toBe(200);
  expect(await everything()).toEqual(before);
});

test("C4: a job that comes again after the end changes nothing", async () => {
  const person = world.person(7008);
  await person.says("/start");
  const generation = await creates(world, person, "бельчонок");
  await world.advance(20);
  const shown = person.messages().length;
  const body = JSON.stringify({ name: "advance-generation", generationId: generation.id });
  for (let repeat = 0; repeat < 3; repeat += 1) {
    expect((await world.request("/api/jobs", signedJob(world, body))).status).toBe(200);
  }
  expect(person.messages()).toHaveLength(shown);
  expect(await person.wallet()).toMatchObject({ bonus: 4937n, held: 0n });
  // The same for a callback, which knows the right token.
  expect((await world.request(callbackPath(generation), signedCallback(world, generation.task_id ?? ""))).status).toBe(
    200,
  );
  expect(person.messages()).toHaveLength(shown);
});

test("H6: answers to strangers tell nothing about the machine", async () => {
  for (const path of WEBHOOKS) {
    const response = await world.request(path, { method: "POST", body: "x" });
    expect(response.status).toBe(401);
    expect(await response.json()).toEqual({ error: "not verified" });
    expect(response.headers.get("cache-control")).toBe("no-store");
  }
});

function messageFrom(userId: number, content: Record<string, unknown>, sender: Record<string, unknown> = {}) {
  return {
    message_id: 1,
    date: 0,
    from: { id: userId, is_bot: false, first_name: "Гость", language_code: "ru", ...sender },
    chat: { id: userId, type: "private", first_name: "Гость" },
    ...content,
  };
}

/** A body of unknown length. */
function streamOf(bytes: number): ReadableStream<Uint8Array> {
  let left = bytes;
  return new ReadableStream({
    pull(controller) {
      const size = Math.min(left, 64 * 1024);
      left -= size;
      if (size === 0) controller.close();
      else controller.enqueue(new Uint8Array(size).fill(120));
    },
  });
}
