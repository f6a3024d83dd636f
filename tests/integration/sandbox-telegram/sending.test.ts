import { expect, test } from "vitest";
import {
  ANNA,
  BORIS,
  button,
  keyboard,
  meet,
  mp3,
  mp4,
  openSandbox,
  pdf,
  png,
  serveOnce,
  TOKEN,
  text,
  wav,
} from "./play.ts";

test("telegraf's client sends a text that the person then sees, with marked commands and links", async () => {
  const sandbox = await openSandbox();
  await meet(sandbox);
  const sent = await sandbox.client.sendMessage(ANNA, "Нажмите /help или https://example.com/a.", {
    reply_markup: keyboard([button("Да", "yes")]),
  });
  expect(sent).toMatchObject({ message_id: 2, chat: { id: ANNA, type: "private" }, from: { is_bot: true } });
  const chat = sandbox.telegram.chat(ANNA);
  expect(chat?.messages.at(-1)).toMatchObject({
    from: "bot",
    text: "Нажмите /help или https://example.com/a.",
    entities: [
      { type: "bot_command", offset: 8, length: 5 },
      { type: "url", offset: 18, length: 21 },
    ],
    keyboard: [[{ text: "Да", data: "yes" }]],
    edited: false,
  });
  expect(sandbox.telegram.violations()).toEqual([]);
});

test("calls arrive as JSON, urlencoded and multipart alike", async () => {
  const sandbox = await openSandbox();
  await meet(sandbox);
  const url = `${sandbox.origin}/telegram/bot${TOKEN}/sendMessage`;
  const markup = JSON.stringify(keyboard([button("a", "b")]));
  const fields = { chat_id: String(ANNA), text: "здравствуйте", reply_markup: markup, disable_notification: "true" };
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) form.set(name, value);
  for (const body of [new URLSearchParams(fields), form]) {
    const answer = await (await fetch(url, { method: "POST", body })).json();
    expect(answer).toMatchObject({ ok: true, result: { text: "здравствуйте" } });
  }
  const query = await (await fetch(`${url}?${new URLSearchParams(fields)}`)).json();
  expect(query).toMatchObject({ ok: true });
  expect(sandbox.telegram.violations()).toEqual([]);
});

test("a wrong token is 401, an unknown method 404", async () => {
  const sandbox = await openSandbox();
  const wrong = await fetch(`${sandbox.origin}/telegram/bot1:wrong/getMe`);
  expect(wrong.status).toBe(401);
  expect(await sandbox.call("sendMesage", { chat_id: 1 })).toMatchObject({ status: 404, ok: false, error_code: 404 });
  expect(sandbox.telegram.violations()).toMatchObject([{ method: "sendMesage", code: 404 }]);
});

test("a buffer sent by telegraf becomes a photo of several sizes that can be sent again by any of their ids", async () => {
  const sandbox = await openSandbox();
  await meet(sandbox);
  const source = Buffer.from(png(1600, 900));
  const sent = await sandbox.client.sendPhoto(ANNA, { source, filename: "a.png" }, { caption: "вот" });
  expect(sent.photo.map(({ width }) => width)).toEqual([90, 320, 1600]);
  const largest = sent.photo.at(-1);
  const again = await sandbox.client.sendPhoto(ANNA, largest?.file_id ?? "");
  expect(again.photo.at(-1)?.file_unique_id).toBe(largest?.file_unique_id);
  expect(sandbox.telegram.chat(ANNA)?.messages.at(-2)).toMatchObject({
    caption: "вот",
    media: [{ kind: "photo", bytes: source.length, mime: "image/png", fileName: "a.png" }],
  });
  const call = sandbox.calls.list().find(({ method }) => method === "sendPhoto");
  expect(call?.body).toMatchObject({ photo: { file: "a.png", bytes: source.length } });
  expect(sandbox.telegram.violations()).toEqual([]);
});

test("an album of uploads and known files arrives as messages of one group, a mixed one is refused", async () => {
  const sandbox = await openSandbox();
  await meet(sandbox);
  const { photo } = await sandbox.client.sendPhoto(ANNA, { source: Buffer.from(png()) });
  const album = await sandbox.client.sendMediaGroup(ANNA, [
    { type: "photo", media: photo.at(-1)?.file_id ?? "", caption: "два" },
    { type: "video", media: { source: Buffer.from(mp4()) } },
  ]);
  expect(album).toHaveLength(2);
  const views = sandbox.telegram.chat(ANNA)?.messages.slice(-2);
  expect(views?.map(({ media }) => media?.[0]?.kind)).toEqual(["photo", "video"]);
  expect(new Set(views?.map(({ mediaGroupId }) => mediaGroupId)).size).toBe(1);

  const media = photo.map(({ file_id }) => ({ type: "photo", media: file_id }));
  const mixed = [...media, { type: "document", media: "x" }];
  const refused = await sandbox.call("sendMediaGroup", { chat_id: ANNA, media: mixed });
  expect(refused.description).toBe("Bad Request: visual and document can't be mixed in one media group");
  const alone = await sandbox.call("sendMediaGroup", { chat_id: ANNA, media: media.slice(0, 1) });
  expect(alone.description).toContain("media has 1 items, allowed are 2-10");
});

test("Telegram fetches URLs itself and judges them by their bytes", async () => {
  const sandbox = await openSandbox();
  await meet(sandbox);
  const send = (method: string, field: string, url: string) => sandbox.call(method, { chat_id: ANNA, [field]: url });
  expect(await send("sendPhoto", "photo", await serveOnce(png()))).toMatchObject({ ok: true });
  expect(await send("sendVideo", "video", await serveOnce(mp4()))).toMatchObject({ ok: true });
  expect(await send("sendAudio", "audio", await serveOnce(mp3()))).toMatchObject({ ok: true });
  expect(await send("sendDocument", "document", await serveOnce(pdf()))).toMatchObject({ ok: true });
  const wrongType = { error_code: 400, description: "Bad Request: wrong type of the web page content" };
  expect(await send("sendPhoto", "photo", await serveOnce(text()))).toMatchObject(wrongType);
  expect(await send("sendAudio", "audio", await serveOnce(wav()))).toMatchObject(wrongType);
  expect(await send("sendDocument", "document", await serveOnce(png()))).toMatchObject(wrongType);
  const unreachable = { error_code: 400, description: "Bad Request: failed to get HTTP URL content" };
  expect(await send("sendPhoto", "photo", await serveOnce(png(), 404))).toMatchObject(unreachable);
  expect(await send("sendPhoto", "photo", "http://127.0.0.1:9/none")).toMatchObject(unreachable);
  const large = new Uint8Array(5 * 1024 * 1024 + 1);
  large.set(png());
  expect(await send("sendPhoto", "photo", await serveOnce(large))).toMatchObject(unreachable);
  // None of these is the program's fault.
  expect(sandbox.telegram.violations()).toEqual([]);
});

test("uploads have limits too: photos 10 MB and sane proportions, audio only MP3 and M4A", async () => {
  const sandbox = await openSandbox();
  await meet(sandbox);
  const upload = (method: string, field: string, bytes: Uint8Array<ArrayBuffer>) => {
    const form = new FormData();
    form.set("chat_id", String(ANNA));
    form.set(field, new File([bytes], "file.bin"));
    return sandbox.call(method, form);
  };
  const large = new Uint8Array(10 * 1024 * 1024 + 1);
  large.set(png());
  expect((await upload("sendPhoto", "photo", large)).description).toContain("too big for a photo");
  expect((await upload("sendDocument", "document", large)).ok).toBe(true);
  expect((await upload("sendPhoto", "photo", png(9_000, 2_000))).description).toContain("PHOTO_INVALID_DIMENSIONS");
  expect((await upload("sendPhoto", "photo", mp4())).description).toContain("IMAGE_PROCESS_FAILED");
  expect((await upload("sendAudio", "audio", wav())).description).toContain(".MP3 or .M4A");
  expect(sandbox.telegram.violations()).toHaveLength(4);
});

test("a file id must be known and of the same kind", async () => {
  const sandbox = await openSandbox();
  await meet(sandbox);
  const { photo } = await sandbox.client.sendPhoto(ANNA, { source: Buffer.from(png()) });
  const asVideo = await sandbox.call("sendVideo", { chat_id: ANNA, video: photo[0]?.file_id });
  expect(asVideo.description).toBe("Bad Request: can't use file of type Photo as Video");
  const unknown = await sandbox.call("sendPhoto", { chat_id: ANNA, photo: "AgACnothing" });
  expect(unknown.description).toBe("Bad Request: wrong file identifier/HTTP URL specified");
});

test("nobody can be written to before they start the bot, nor while they block it", async () => {
  const sandbox = await openSandbox();
  sandbox.telegram.setProfile(BORIS, { firstName: "Борис" });
  const stranger = await sandbox.call("sendMessage", { chat_id: BORIS, text: "эй" });
  expect(stranger).toMatchObject({ status: 400, description: "Bad Request: chat not found" });
  await meet(sandbox, BORIS);
  await sandbox.telegram.userBlocks(BORIS);
  const blocked = await sandbox.call("sendMessage", { chat_id: BORIS, text: "эй" });
  expect(blocked).toMatchObject({ status: 403, description: "Forbidden: bot was blocked by the user" });
  await sandbox.telegram.userUnblocks(BORIS);
  expect(await sandbox.call("sendMessage", { chat_id: BORIS, text: "эй" })).toMatchObject({ ok: true });
  expect(sandbox.telegram.violations()).toEqual([]);
});

test("a reply must have its target, unless the program allows otherwise", async () => {
  const sandbox = await openSandbox();
  await meet(sandbox);
  const reply = (extra: object) =>
    sandbox.call("sendMessage", { chat_id: ANNA, text: "да", reply_parameters: { message_id: 77, ...extra } });
  expect((await reply({})).description).toBe("Bad Request: message to be replied not found");
  expect((await reply({ allow_sending_without_reply: true })).ok).toBe(true);
  await sandbox.client.sendMessage(ANNA, "ответ", { reply_parameters: { message_id: 1 } });
  expect(sandbox.telegram.chat(ANNA)?.messages.at(-1)?.replyTo).toBe(1);
});
