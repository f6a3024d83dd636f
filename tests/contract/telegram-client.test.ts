import { expect, test } from "vitest";
import { classify } from "../../lib/faults/classify.ts";
import { createTelegramClient } from "../../lib/telegram/client.ts";
import { FileTooLarge } from "../../lib/telegram/download.ts";
import { TelegramFailure, telegramKind, toFault } from "../../lib/telegram/failure.ts";
import { fetchFile } from "../../lib/telegram/files.ts";
import { type Answer, startServer } from "./local-server.ts";
import { bench, ok, refused, TOKEN } from "./telegram-bench.ts";

const failureOf = async (work: Promise<unknown>): Promise<TelegramFailure> => {
  const error: unknown = await work.then(
    () => new Error("it succeeded"),
    (reason: unknown) => reason,
  );
  if (!(error instanceof TelegramFailure)) throw error;
  return error;
};

test("a call goes out as JSON, unknown to telegraf or not, without nulls", async () => {
  const { client, calls } = await bench(() => ok({ message_id: 7 }));
  const sent = await client.call("sendMessage", {
    chat_id: 1,
    text: "hi",
    entities: [{ type: "bold", offset: 0, length: 2 }],
  });
  expect(sent.message_id).toBe(7);
  await client.call("refundStarPayment", { user_id: 1, telegram_payment_charge_id: "c" });
  await client.call("sendMessageDraft", { chat_id: 1, draft_id: 5, text: "…" });
  await client.call("getMe");
  expect(calls.map(({ method, params }) => [method, params])).toEqual([
    ["sendMessage", { chat_id: 1, text: "hi", entities: [{ type: "bold", offset: 0, length: 2 }] }],
    ["refundStarPayment", { user_id: 1, telegram_payment_charge_id: "c" }],
    ["sendMessageDraft", { chat_id: 1, draft_id: 5, text: "…" }],
    ["getMe", {}],
  ]);
});

test("a root with a path of its own, with or without a slash at its end, is kept", async () => {
  const server = await startServer(() => ok(true));
  for (const apiRoot of [`${server.origin}/telegram`, `${server.origin}/telegram/`]) {
    const limits = { timeoutMs: 1_000, uploadTimeoutMs: 1_000, probeMedia: async () => null };
    await createTelegramClient({ token: TOKEN, apiRoot, ...limits }).call("getMe");
  }
  const path = `/telegram/bot${TOKEN}/getMe`;
  expect(server.arrived.map((request) => request.path)).toEqual([path, path]);
});

test("an upload keeps every nested parameter", async () => {
  const { client, calls } = await bench(() => ok({ message_id: 7 }));
  await client.call("sendPhoto", {
    chat_id: 1,
    photo: new File(["abc"], "cat.png"),
    caption: "cat",
    caption_entities: [{ type: "bold", offset: 0, length: 3 }],
    reply_parameters: { message_id: 5, allow_sending_without_reply: true },
    reply_markup: { inline_keyboard: [[{ text: "a", callback_data: "b" }]] },
  });
  const [call] = calls;
  expect(call?.params).toMatchObject({
    chat_id: 1,
    caption: "cat",
    caption_entities: [{ type: "bold", offset: 0, length: 3 }],
    reply_parameters: { message_id: 5, allow_sending_without_reply: true },
    reply_markup: { inline_keyboard: [[{ text: "a", callback_data: "b" }]] },
  });
  expect(call?.files.photo).toEqual({ name: "cat.png", bytes: new TextEncoder().encode("abc") });
});

test("an album mixes uploads and links", async () => {
  const { client, calls } = await bench(() => ok([]));
  const media = [
    { type: "photo" as const, media: new File(["abc"], "a.png") },
    { type: "photo" as const, media: "https://h.example/b.png" },
  ];
  await client.call("sendMediaGroup", { chat_id: 1, media });
  const [call] = calls;
  const sent = call?.params.media;
  expect(sent).toMatchObject([
    { type: "photo", media: expect.stringMatching(/^attach:\/\//) },
    { media: "https://h.example/b.png" },
  ]);
  expect(Object.values(call?.files ?? {}).map(({ name }) => name)).toEqual(["a.png"]);
});

test("Telegram's refusal carries its code, words and waiting time", async () => {
  const { client } = await bench(() => refused(429, "Too Many Requests: retry after 17", { retry_after: 17 }));
  const failure = await failureOf(client.call("sendMessage", { chat_id: 1, text: "x" }));
  expect(failure).toMatchObject({ code: 429, retryAfterSeconds: 17, outcome: "refused", method: "sendMessage" });
  expect(toFault(failure)).toEqual({
    system: "telegram",
    code: 429,
    description: "Too Many Requests: retry after 17",
    retryAfterSeconds: 17,
  });
  expect(telegramKind(failure)).toBe("flood");
});

test.each<[string, Answer]>([
  ["a proxy's page", { body: "<html>hello</html>" }],
  ["a page under 404", { status: 404, body: "<html>not found</html>" }],
  ["half an answer", { body: '{"ok":tr' }],
  ["HTTP 502", { status: 502, body: "<html>Bad Gateway</html>" }],
  ["HTTP 500 in JSON", refused(500, "Internal Server Error")],
  ["a dropped connection", "drop"],
  ["silence", "silent"],
])("after %s the outcome is unknown, a send is not repeated and nothing leaks", async (_, answer) => {
  const { client, calls } = await bench(() => answer, { timeoutMs: 300 });
  const failure = await failureOf(client.call("sendMessage", { chat_id: 1, text: "my secret wish" }));
  expect(failure.outcome).toBe("unknown");
  expect(telegramKind(failure)).toBe("unknown-outcome");
  expect(calls.length).toBe(1);
  const everything = `${failure.stack} ${JSON.stringify(failure)} ${String(failure.cause)}`;
  expect(everything).not.toContain(TOKEN.split(":")[1]);
  expect(everything).not.toContain("my secret wish");
});

test("nobody listening means that nothing was sent", async () => {
  const { client, server } = await bench(() => "silent");
  await server.close();
  const failure = await failureOf(client.call("sendMessage", { chat_id: 1, text: "x" }));
  expect(failure).toMatchObject({ code: null, outcome: "refused", description: "not sent: ECONNREFUSED" });
  expect(classify(toFault(failure)).retry).toBe("later");
});

test.each(["editMessageText", "answerCallbackQuery", "getMe", "setMyCommands", "deleteMessage"] as const)(
  "%s is tried a second time when the connection breaks",
  async (method) => {
    const { client, calls } = await bench((_, index) => (index === 0 ? "drop" : ok(true)));
    expect(await client.call(method, {} as never)).toBe(true);
    expect(calls.length).toBe(2);
  },
);

test("a second broken connection is final, and a refusal or a timeout is never repeated", async () => {
  const broken = await bench(() => "drop");
  await failureOf(broken.client.call("getMe"));
  expect(broken.calls.length).toBe(2);
  const busy = await bench(() => refused(429, "Too Many Requests", { retry_after: 1 }));
  await failureOf(busy.client.call("getMe"));
  expect(busy.calls.length).toBe(1);
  const silent = await bench(() => "silent", { timeoutMs: 100 });
  await failureOf(silent.client.call("getMe"));
  expect(silent.calls.length).toBe(1);
});

test("a caller can stop a call, and long polling waits its own time on top", async () => {
  const silent = await bench(() => "silent");
  const failure = await failureOf(silent.client.call("getMe", undefined, { signal: AbortSignal.timeout(50) }));
  expect(failure.description).toBe("timed out");
  const slow = await bench(() => ({ body: { ok: true, result: [] }, delayMs: 400 }), { timeoutMs: 200 });
  expect(await slow.client.call("getUpdates", { timeout: 1 })).toEqual([]);
});

const withFile = (path: string, file: () => Answer, size?: number) =>
  bench(
    () =>
      ok({ file_id: "f", file_unique_id: "u", file_path: path, ...(size === undefined ? {} : { file_size: size }) }),
    {
      file: (request) => (request.path === `/file/bot${TOKEN}/${path}` ? file() : { status: 404, body: "" }),
    },
  );

test("a user's file arrives with its extension", async () => {
  const { client } = await withFile("photos/file_1.JPG", () => ({ body: new Uint8Array([1, 2, 3]) }));
  const fetched = await fetchFile(client, "f", 1_000);
  expect(fetched).toEqual({ bytes: Uint8Array.from([1, 2, 3]), extension: "jpg" });
});

test("a file that is too large is refused by its declared size, its header, or while it is read", async () => {
  const big = () => ({ body: new Uint8Array(2_000) });
  const declared = await withFile("a/b.png", big, 2_000);
  await expect(fetchFile(declared.client, "f", 1_000)).rejects.toMatchObject({
    name: "FileTooLarge",
    limitBytes: 1_000,
  });
  expect(declared.server.arrived.length).toBe(1);
  const byHeader = await withFile("a/b.png", big);
  await expect(fetchFile(byHeader.client, "f", 1_000)).rejects.toBeInstanceOf(FileTooLarge);
  const chunked = await withFile(
    "a/b.png",
    () => ({ headers: { "transfer-encoding": "chunked" }, body: new Uint8Array(2_000) }),
    10,
  );
  await expect(fetchFile(chunked.client, "f", 1_000)).rejects.toBeInstanceOf(FileTooLarge);
});

test.each<[string, string, Answer]>([
  ["a missing file", "a/b.png", { status: 404, body: "" }],
  ["a redirect", "a/b.png", { status: 302, headers: { location: "http://127.0.0.1:1/" }, body: "" }],
  ["a dropped connection", "a/b.png", "drop"],
])("%s is a failure that does not show the token", async (_, path, answer) => {
  const { client } = await withFile(path, () => answer);
  const failure = await failureOf(fetchFile(client, "f", 1_000));
  expect(`${failure.stack}`).not.toContain(TOKEN);
});

test("a path that would leave the token's folder is refused", async () => {
  const { client, server } = await withFile("../../evil", () => ({ body: "x" }));
  expect((await failureOf(fetchFile(client, "f", 1_000))).outcome).toBe("refused");
  expect(server.arrived.length).toBe(1);
});

test("Telegram's own limit is told as a refusal of the file", async () => {
  const { client } = await bench(() => refused(400, "Bad Request: file is too big"));
  expect(telegramKind(await failureOf(fetchFile(client, "f", 1_000)))).toBe("media-refused");
});
