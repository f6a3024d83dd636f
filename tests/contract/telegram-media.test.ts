import { expect, test } from "vitest";
import { createMockGateway } from "../../lib/kie/mock.ts";
import { AlbumInterrupted, type MediaToPlace, placeMedia, sendAlbum } from "../../lib/telegram/deliver-media.ts";
import { isPublicAddress, safeDownload } from "../../lib/telegram/safe-download.ts";
import { type Answer, startServer } from "./local-server.ts";
import { type Bench, bench, type Call, ok, refused } from "./telegram-bench.ts";

const CANT_FETCH = "Bad Request: wrong type of the web page content";
const WRONG_URL = "Bad Request: failed to get HTTP URL content";

async function mockFile(output: "image" | "video" | "audio"): Promise<string> {
  let now = new Date("2026-11-20T12:00:00Z");
  const gateway = createMockGateway({ clock: { now: () => now }, label: "TEST" });
  const started = await gateway.start({ api: "market", model: "m", input: {}, callBackUrl: "" });
  now = new Date("2026-11-20T12:00:10Z");
  const outcome = await gateway.look({
    api: "market",
    model: "m",
    taskId: started.kind === "created" ? started.taskId : "",
    output,
    earlier: {},
  });
  const [file] = outcome.kind === "succeeded" ? outcome.outputs : [];
  return file !== undefined && "url" in file ? file.url : "";
}
const bytesOf = (dataUrl: string): Uint8Array => new Uint8Array(Buffer.from(dataUrl.split(",")[1] ?? "", "base64"));
const PNG = await mockFile("image");
const MP4 = await mockFile("video");
const MP3 = await mockFile("audio");

const FILE = { file_id: "F", file_unique_id: "U" };
/** What Telegram would answer: a message that holds the kind of file that was sent. */
function message(call: Call, id = 50): object {
  const media = call.params.media;
  const sent =
    typeof media === "object" && media !== null && "type" in media
      ? String(media.type)
      : call.method.replace("send", "").toLowerCase();
  return { message_id: id, [sent]: sent === "photo" ? [{ ...FILE, file_id: "small" }, FILE] : FILE };
}

const typeOf = (call: Call | undefined): unknown => {
  const media = call?.params.media;
  return typeof media === "object" && media !== null && "type" in media ? media.type : undefined;
};
const place = ({ client }: Bench, media: MediaToPlace) =>
  placeMedia(client, {
    chatId: 1,
    messageId: 50,
    media,
    caption: "Готово",
    captionEntities: [{ type: "bold", offset: 0, length: 6 }],
    replyMarkup: { inline_keyboard: [[{ text: "🔁", callback_data: "again:g1~0" }]] },
  });
const picture = (url: string): MediaToPlace => ({ kind: "image", source: { url } });

/** A Bot API that can not fetch links but takes uploads. */
const noLinks =
  (description = CANT_FETCH) =>
  (call: Call): Answer =>
    Object.keys(call.files).length > 0 ? ok(message(call)) : refused(400, description);

test("a link that Telegram can fetch needs one edit, which carries caption and buttons", async () => {
  const b = await bench((call) => ok(message(call)));
  const placed = await place(b, picture("https://h.example/a.png"));
  expect(placed).toEqual({ messageId: 50, fileId: "F", fileUniqueId: "U", as: "photo" });
  expect(b.calls).toEqual([
    {
      method: "editMessageMedia",
      files: {},
      params: {
        chat_id: 1,
        message_id: 50,
        media: {
          type: "photo",
          media: "https://h.example/a.png",
          caption: "Готово",
          caption_entities: [{ type: "bold", offset: 0, length: 6 }],
        },
        reply_markup: { inline_keyboard: [[{ text: "🔁", callback_data: "again:g1~0" }]] },
      },
    },
  ]);
});

test("audio carries title, performer and whole seconds", async () => {
  const b = await bench((call) => ok(message(call)));
  const source = { url: "https://h.example/a.mp3" };
  await place(b, { kind: "audio", source, title: "Song", performer: "Suno", durationSeconds: 198.44 });
  expect(b.calls[0]?.params.media).toMatchObject({ type: "audio", title: "Song", performer: "Suno", duration: 198 });
});

test.each([CANT_FETCH, WRONG_URL, "Bad Request: PHOTO_INVALID_DIMENSIONS", "Bad Request: file is too big"])(
  "a link refused with «%s» is downloaded and uploaded",
  async (description) => {
    const b = await bench(noLinks(description), { file: () => ({ body: bytesOf(PNG) }) });
    const placed = await place(b, picture(`${b.server.origin}/result.png`));
    expect(placed).toMatchObject({ messageId: 50, as: "photo", fileId: "F" });
    expect(b.calls.map((call) => call.method)).toEqual(["editMessageMedia", "editMessageMedia"]);
    const [file] = Object.values(b.calls[1]?.files ?? {});
    expect(file?.bytes).toEqual(bytesOf(PNG));
    expect(b.calls[1]?.params).toMatchObject({
      media: { type: "photo", caption: "Готово" },
      reply_markup: { inline_keyboard: [[{ text: "🔁" }]] },
    });
  },
);

test.each<[string, "image" | "video" | "audio", string, string]>([
  ["picture", "image", PNG, "photo"],
  ["video", "video", MP4, "video"],
  ["song", "audio", MP3, "audio"],
])("a data URL of a %s is uploaded at once", async (_, kind, url, as) => {
  const b = await bench((call) => ok(message(call)));
  expect(await place(b, { kind, source: { url } })).toMatchObject({ as, fileId: "F" });
  expect(b.calls.length).toBe(1);
  expect(Object.values(b.calls[0]?.files ?? {})[0]?.bytes).toEqual(bytesOf(url));
});

test("what Telegram would not play goes as a document, by its content and not by its name", async () => {
  const wav = Buffer.alloc(44 + 8_000);
  wav.write("RIFF", 0);
  wav.writeUInt32LE(36 + 8_000, 4);
  wav.write("WAVEfmt ", 8);
  wav.writeUInt32LE(16, 16);
  wav.writeUInt16LE(1, 20);
  wav.writeUInt16LE(1, 22);
  wav.writeUInt32LE(8_000, 24);
  wav.writeUInt32LE(8_000, 28);
  wav.writeUInt16LE(1, 32);
  wav.writeUInt16LE(8, 34);
  wav.write("data", 36);
  wav.writeUInt32LE(8_000, 40);
  const b = await bench((call) => ok(message(call)));
  expect(await place(b, { kind: "audio", source: { bytes: wav } })).toMatchObject({ as: "document" });
  const named = await bench(noLinks(), { file: () => ({ body: wav }) });
  await place(named, { kind: "audio", source: { url: `${named.server.origin}/a.mp3` } });
  expect(named.calls.map(typeOf)).toEqual(["audio", "document"]);
  const byName = await bench((call) => ok(message(call)), { file: () => ({ body: wav }) });
  await place(byName, { kind: "audio", source: { url: `${byName.server.origin}/a.wav` } });
  expect(byName.calls.map(typeOf)).toEqual(["document"]);
});

test("an upload refused as a photo is tried as a document", async () => {
  const b = await bench((call) =>
    typeOf(call) === "photo" ? refused(400, "Bad Request: IMAGE_PROCESS_FAILED") : ok(message(call)),
  );
  expect(await place(b, { kind: "image", source: { url: PNG } })).toMatchObject({ as: "document" });
  expect(b.calls.map(typeOf)).toEqual(["photo", "document"]);
});

test.each<[string, Answer]>([
  ["can not be downloaded either", { status: 404, body: "" }],
  ["is larger than an upload may be", { headers: { "content-length": "60000000" }, body: new Uint8Array(60_000_000) }],
  ["drops the connection", "drop"],
])("a file that %s leaves the link in the message", async (_, file) => {
  const b = await bench(
    (call) => (call.method === "editMessageText" ? ok({ message_id: 50 }) : refused(400, WRONG_URL)),
    { file: () => file },
  );
  const link = `${b.server.origin}/result.png?x=1`;
  expect(await place(b, picture(link))).toEqual({ messageId: 50, fileId: null, fileUniqueId: null, as: "link" });
  expect(b.calls.at(-1)).toMatchObject({
    method: "editMessageText",
    params: {
      message_id: 50,
      text: `Готово\n\n${link}`,
      entities: [{ type: "bold" }],
      reply_markup: { inline_keyboard: [[{ text: "🔁" }]] },
    },
  });
});

test("«not modified» is a success", async () => {
  const b = await bench(() =>
    refused(400, "Bad Request: message is not modified: specified new message content is the same"),
  );
  expect(await place(b, picture("https://h.example/a.png"))).toEqual({
    messageId: 50,
    fileId: null,
    fileUniqueId: null,
    as: "photo",
  });
});

test("a deleted message is replaced by one new message", async () => {
  const b = await bench((call) =>
    call.method.startsWith("edit") ? refused(400, "Bad Request: message to edit not found") : ok(message(call, 77)),
  );
  expect(await place(b, { kind: "video", source: { url: "https://h.example/a.mp4" } })).toMatchObject({
    messageId: 77,
    as: "video",
    fileId: "F",
  });
  expect(b.calls.map((call) => call.method)).toEqual(["editMessageMedia", "sendVideo"]);
  expect(b.calls[1]?.params).toMatchObject({ chat_id: 1, video: "https://h.example/a.mp4", caption: "Готово" });
});

test("a caption that Telegram can not read is sent plain", async () => {
  const hasEntities = (call: Call): boolean => JSON.stringify(call.params.media).includes("caption_entities");
  const b = await bench((call) =>
    hasEntities(call) ? refused(400, "Bad Request: can't parse entities: x") : ok(message(call)),
  );
  expect(await place(b, picture("https://h.example/a.png"))).toMatchObject({ as: "photo" });
});

test.each<[string, Answer, string]>([
  ["a blocked bot", refused(403, "Forbidden: bot was blocked by the user"), "403"],
  ["a flood", refused(429, "Too Many Requests: retry after 5", { retry_after: 5 }), "429"],
  ["HTTP 500", { status: 500, body: "" }, "500"],
])("%s ends the ladder at once", async (_, answer, code) => {
  const b = await bench(() => answer);
  await expect(place(b, picture("https://h.example/a.png"))).rejects.toThrow(code);
  expect(b.calls.length).toBe(1);
});

test("a silent clip that Telegram files as an animation counts as video", async () => {
  const b = await bench(() => ok({ message_id: 50, animation: FILE, document: FILE }));
  expect(await place(b, { kind: "video", source: { url: "https://h.example/a.mp4" } })).toMatchObject({
    as: "video",
    fileId: "F",
  });
});

test("a stored file is sent by its id, as a document when it was one", async () => {
  const b = await bench((call) =>
    typeOf(call) === "photo"
      ? refused(400, "Bad Request: can't use file of type Document as Photo")
      : ok(message(call)),
  );
  expect(await place(b, { kind: "image", source: { fileId: "OLD" } })).toMatchObject({ as: "document" });
  expect(b.calls.map((call) => call.params.media)).toMatchObject([
    { type: "photo", media: "OLD" },
    { type: "document", media: "OLD" },
  ]);
});

test("bytes that nobody takes and that have no link are a failure, not a silence", async () => {
  const b = await bench(() => refused(400, "Bad Request: IMAGE_PROCESS_FAILED"));
  await expect(place(b, { kind: "image", source: { bytes: bytesOf(PNG) } })).rejects.toMatchObject({ code: 400 });
  await expect(place(b, picture("data:image/png;base64,"))).rejects.toMatchObject({ name: "TelegramFailure" });
});

const album = ({ client }: Bench, items: MediaToPlace[]) =>
  sendAlbum(client, { chatId: 1, items, replyToMessageId: 50 });
const groupSize = (call: Call): number => (Array.isArray(call.params.media) ? call.params.media.length : 1);
/** Answers a group with one message per item and anything else with one message. */
function answerSends(): (call: Call) => Answer {
  let id = 100;
  return (call) => {
    const media = call.params.media;
    if (!Array.isArray(media)) return ok(message(call, id++));
    return ok(
      media.map((item: { type: string }) => ({ message_id: id++, [item.type]: item.type === "photo" ? [FILE] : FILE })),
    );
  };
}

test("four pictures are one album below the text", async () => {
  const b = await bench(answerSends());
  const sent = await album(
    b,
    [1, 2, 3, 4].map((n) => picture(`https://h.example/${n}.png`)),
  );
  expect(sent.map(({ messageId, as, fileId }) => [messageId, as, fileId])).toEqual(
    [100, 101, 102, 103].map((id) => [id, "photo", "F"]),
  );
  expect(b.calls.length).toBe(1);
  expect(b.calls[0]?.params).toMatchObject({ reply_parameters: { message_id: 50, allow_sending_without_reply: true } });
});

test("twelve pictures are two albums, eleven an album and a single one", async () => {
  const pictures = (n: number): MediaToPlace[] =>
    Array.from({ length: n }, (_, i) => picture(`https://h.example/${i}.png`));
  const twelve = await bench(answerSends());
  expect(await album(twelve, pictures(12))).toHaveLength(12);
  expect(twelve.calls.map(groupSize)).toEqual([10, 2]);
  const eleven = await bench(answerSends());
  expect((await album(eleven, pictures(11))).at(-1)).toMatchObject({ messageId: 110, as: "photo" });
  expect(eleven.calls.map((call) => call.method)).toEqual(["sendMediaGroup", "sendPhoto"]);
});

test("songs do not mix with pictures, and the order is kept", async () => {
  const b = await bench(answerSends());
  const song = (n: number): MediaToPlace => ({
    kind: "audio",
    source: { url: `https://h.example/${n}.mp3` },
    title: `Song ${n}`,
  });
  const sent = await album(b, [song(1), song(2), picture("https://h.example/1.png"), picture(PNG)]);
  expect(sent.map(({ as }) => as)).toEqual(["audio", "audio", "photo", "photo"]);
  expect(b.calls.map(groupSize)).toEqual([2, 2]);
  expect(Object.keys(b.calls[1]?.files ?? {})).toHaveLength(1);
});

test("an album whose links are refused is uploaded; a file that can not be had becomes a link", async () => {
  const answer = answerSends();
  const b = await bench(
    (call) =>
      call.method === "sendMessage" || Object.keys(call.files).length > 0 ? answer(call) : refused(400, WRONG_URL),
    { file: (request) => (request.path === "/gone.png" ? { status: 404, body: "" } : { body: bytesOf(PNG) }) },
  );
  const links = ["a", "b", "gone"].map((name) => `${b.server.origin}/${name}.png`);
  const sent = await album(b, links.map(picture));
  expect(sent.map(({ as }) => as)).toEqual(["photo", "photo", "link"]);
  expect(b.calls.at(-1)).toMatchObject({ method: "sendMessage", params: { text: links[2] } });
});

test("an album that breaks off tells what was sent", async () => {
  const answer = answerSends();
  const b = await bench((call, index) =>
    index === 0 ? answer(call) : refused(429, "Too Many Requests", { retry_after: 9 }),
  );
  const items = Array.from({ length: 12 }, (_, i) => picture(`https://h.example/${i}.png`));
  const error: unknown = await album(b, items).catch((e: unknown) => e);
  expect(error).toBeInstanceOf(AlbumInterrupted);
  expect(error).toMatchObject({ code: 429, retryAfterSeconds: 9 });
  expect(error instanceof AlbumInterrupted && error.sent).toHaveLength(10);
});

test.each([
  ["8.8.8.8", true],
  ["1.1.1.1", true],
  ["2606:4700::1111", true],
  ["127.0.0.1", false],
  ["10.1.2.3", false],
  ["100.64.0.1", false],
  ["169.254.169.254", false],
  ["172.31.0.1", false],
  ["192.168.0.1", false],
  ["198.18.0.1", false],
  ["224.0.0.1", false],
  ["255.255.255.255", false],
  ["0.0.0.0", false],
  ["::", false],
  ["::1", false],
  ["::ffff:127.0.0.1", false],
  ["::ffff:8.8.8.8", false],
  ["64:ff9b::7f00:1", false],
  ["fe80::1", false],
  ["fd00::1", false],
  ["2002:7f00:1::", false],
  ["2001:db8::1", false],
  ["localhost", false],
])("the address %s is public: %s", (address, isPublic) => {
  expect(isPublicAddress(address)).toBe(isPublic);
});

const strict = { allowHttp: false, timeoutMs: 2_000, maxBytes: 1_000 };

test.each([
  "http://h.example/a.png",
  "https://127.0.0.1/a.png",
  "https://2130706433/a.png",
  "https://0x7f.1/a.png",
  "https://[::1]/a.png",
  "https://[::ffff:169.254.169.254]/latest",
  "https://user:pw@h.example/a.png",
  "file:///etc/passwd",
  "ftp://h.example/a",
  "nonsense",
])("a download of %s is refused without a connection", async (link) => {
  await expect(safeDownload(link, strict)).rejects.toMatchObject({ name: "DownloadRefused" });
});

test("a name that resolves to a private address is refused before anything is sent", async () => {
  await expect(safeDownload("https://localhost/a.png", strict)).rejects.toThrow("localhost is not a public host");
});

test("only allowed hosts and their subdomains are asked", async () => {
  const rules = { ...strict, allowedHosts: ["aiquickdraw.com"] };
  await expect(safeDownload("https://evil-aiquickdraw.com/a", rules)).rejects.toThrow("not an allowed host");
  await expect(safeDownload("https://aiquickdraw.com.evil.example/a", rules)).rejects.toThrow("not an allowed host");
});

test("a redirect is followed, but checked like the first address", async () => {
  const target = await startServer(() => ({ body: "bytes" }));
  const source = await startServer((request) => {
    if (request.path === "/loop") return { status: 302, headers: { location: "/loop" }, body: "" };
    const location = request.path === "/good" ? `${target.origin}/file` : "ftp://h.example/x";
    return { status: 302, headers: { location }, body: "" };
  });
  const sandbox = { allowHttp: true, timeoutMs: 2_000, maxBytes: 1_000 };
  expect(Buffer.from(await safeDownload(`${source.origin}/good`, sandbox)).toString()).toBe("bytes");
  await expect(safeDownload(`${source.origin}/bad`, sandbox)).rejects.toThrow("ftp: is not allowed");
  await expect(safeDownload(`${source.origin}/loop`, sandbox)).rejects.toThrow("too many redirects");
  const pinned = { ...sandbox, allowedHosts: ["127.0.0.1"] };
  expect(Buffer.from(await safeDownload(`${source.origin}/good`, pinned)).toString()).toBe("bytes");
});

test("a download without end, or without an answer, stops at its limits", async () => {
  const endless = await startServer(() => ({
    headers: { "transfer-encoding": "chunked" },
    body: new Uint8Array(5_000),
  }));
  const rules = { allowHttp: true, timeoutMs: 200, maxBytes: 1_000 };
  await expect(safeDownload(endless.origin, rules)).rejects.toMatchObject({ name: "FileTooLarge" });
  const silent = await startServer(() => "silent");
  await expect(safeDownload(silent.origin, rules)).rejects.toThrow("timed out");
});
