import { expect, test } from "vitest";
import { makeJpeg } from "../../lib/sandbox/media/make-jpeg.ts";
import { makeMp3 } from "../../lib/sandbox/media/make-mp3.ts";
import { makePng } from "../../lib/sandbox/media/make-png.ts";
import { type MediaToPlace, placeMedia, sendAlbum, sendMedia } from "../../lib/telegram/deliver-media.ts";
import type { Answer } from "./local-server.ts";
import { type Bench, bench, type Call, ok, refused } from "./telegram-bench.ts";

const COVER = makeJpeg({ width: 320, height: 320, seed: 7 });
const SONG = await makeMp3({ seconds: 1, seed: 7 });
const SENT = { message_id: 50, audio: { file_id: "F", file_unique_id: "U" } };

/** Serves songs and a cover; `answer` decides about the calls. */
const withFiles = (answer: (call: Call, index: number) => Answer, cover: Answer = { body: COVER }) =>
  bench(answer, { file: ({ path }) => (path.endsWith(".jpg") ? cover : { body: SONG }) });
const song = ({ server }: Bench, change: Partial<MediaToPlace> = {}): MediaToPlace => ({
  kind: "audio",
  source: { url: `${server.origin}/a.mp3` },
  previewUrl: `${server.origin}/cover.jpg`,
  isWorthItsCover: true,
  ...change,
});
const place = (b: Bench, media: MediaToPlace) =>
  placeMedia(b.client, { chatId: 1, messageId: 50, media, caption: "Готово" });

/** The file that `attach://…` in this member names. */
function attached(call: Call | undefined, members: unknown, member: string): Uint8Array | undefined {
  const values: Record<string, unknown> = typeof members === "object" ? { ...members } : {};
  return call?.files[String(values[member]).replace("attach://", "")]?.bytes;
}
const fetched = ({ server }: Bench): string[] =>
  server.arrived.map(({ path }) => path).filter((path) => !path.startsWith("/bot"));

test("an edit carries the song and its cover as two parts, each named in its place", async () => {
  const b = await withFiles(() => ok(SENT));
  await place(b, song(b));
  expect(b.calls.map(({ method }) => method)).toEqual(["editMessageMedia"]);
  const [call] = b.calls;
  expect(attached(call, call?.params.media, "media")).toEqual(SONG);
  expect(attached(call, call?.params.media, "thumbnail")).toEqual(new Uint8Array(COVER));
  expect(call?.params.media).toMatchObject({ type: "audio", caption: "Готово" });
  expect(fetched(b)).toEqual(["/cover.jpg", "/a.mp3"]);
});

test("a message of its own carries them, too", async () => {
  const b = await withFiles(() => ok(SENT));
  await sendMedia(b.client, { chatId: 1, media: song(b), caption: "Песня" });
  const [call] = b.calls;
  expect([call?.method, call?.params.caption]).toEqual(["sendAudio", "Песня"]);
  expect(call?.files.audio?.bytes).toEqual(SONG);
  expect(attached(call, call?.params, "thumbnail")).toEqual(new Uint8Array(COVER));
});

test("in an album every song has the cover of its own", async () => {
  const b = await withFiles(() => ok([SENT, SENT]));
  await sendAlbum(b.client, { chatId: 1, items: [song(b), song(b)] });
  const [call] = b.calls;
  const media = Array.isArray(call?.params.media) ? call.params.media : [];
  expect(Object.keys(call?.files ?? {})).toHaveLength(4);
  for (const item of media) {
    expect(attached(call, item, "media")).toEqual(SONG);
    expect(attached(call, item, "thumbnail")).toEqual(new Uint8Array(COVER));
  }
  expect(media[0].thumbnail).not.toBe(media[1].thumbnail);
});

test("a song refused with its cover goes by link, then without the cover, then as a document, and is fetched once", async () => {
  const b = await withFiles((call) => (call.method === "editMessageText" ? ok(SENT) : refused(400, "Bad Request: no")));
  expect(await place(b, song(b))).toMatchObject({ as: "link" });
  const forms = b.calls.slice(0, -1).map(({ params: { media } }) => {
    const { type, thumbnail, media: file }: Record<string, unknown> = typeof media === "object" ? { ...media } : {};
    return [type, String(file).startsWith("attach:") ? "upload" : "link", thumbnail === undefined ? "bare" : "covered"];
  });
  expect(forms).toEqual([
    ["audio", "upload", "covered"],
    ["audio", "link", "bare"],
    ["audio", "upload", "bare"],
    ["document", "upload", "bare"],
  ]);
  expect(fetched(b)).toEqual(["/cover.jpg", "/a.mp3"]);
});

test("an album refused with covers goes by link", async () => {
  const b = await withFiles((call) =>
    Object.keys(call.files).length > 0 ? refused(400, "Bad Request: no") : ok([SENT, SENT]),
  );
  expect(await sendAlbum(b.client, { chatId: 1, items: [song(b), song(b)] })).toHaveLength(2);
  expect(b.calls.map(({ files }) => Object.keys(files).length)).toEqual([4, 0]);
});

test.each<[string, Answer]>([
  ["of more than 200 kB", { body: Buffer.concat([COVER, Buffer.alloc(200_001 - COVER.length)]) }],
  ["wider than 320 pixels", { body: makeJpeg({ width: 328, height: 8, seed: 1 }) }],
  ["higher than 320 pixels", { body: makeJpeg({ width: 8, height: 328, seed: 1 }) }],
  ["that is a small PNG", { body: await makePng({ text: "♪", width: 64, height: 64 }) }],
  ["that is broken", { body: COVER.subarray(0, 20) }],
  ["that is empty", { body: "" }],
  ["that is missing", { status: 404, body: COVER }],
])("for a cover %s nothing else is fetched: Telegram gets the link", async (_, cover) => {
  const b = await withFiles(() => ok(SENT), cover);
  expect(await place(b, song(b))).toMatchObject({ as: "audio", fileId: "F" });
  expect(b.calls).toMatchObject([{ files: {}, params: { media: { media: `${b.server.origin}/a.mp3` } } }]);
  expect(fetched(b)).toEqual(["/cover.jpg"]);
});

test("a cover of exactly 200 kB is taken", async () => {
  const b = await withFiles(() => ok(SENT), { body: Buffer.concat([COVER, Buffer.alloc(200_000 - COVER.length)]) });
  await place(b, song(b));
  expect(Object.keys(b.calls[0]?.files ?? {})).toHaveLength(2);
});

test("what is not worth its cover, and what Telegram has already, asks for no picture", async () => {
  const b = await withFiles(() => ok(SENT));
  await place(b, song(b, { isWorthItsCover: false }));
  await place(b, song(b, { source: { fileId: "F" } }));
  await place(b, song(b, { kind: "video", source: { url: `${b.server.origin}/a.mp4` } }));
  expect(fetched(b)).toEqual([]);
  expect(b.calls.map(({ files }) => files)).toEqual([{}, {}, {}]);
});

test("a bare link shows the picture, edited or sent; without one nothing is said of previews", async () => {
  const gone: Answer = { status: 404, body: "" };
  const b = await bench(
    (call) =>
      /Text|sendMessage/.test(call.method) ? ok(SENT) : refused(400, "Bad Request: failed to get HTTP URL content"),
    { file: () => gone },
  );
  await place(b, song(b));
  await sendMedia(b.client, { chatId: 1, media: song(b) });
  const { previewUrl, ...bare } = song(b);
  await place(b, bare);
  const texts = b.calls.filter(({ method }) => /Text|sendMessage/.test(method));
  const options = { url: previewUrl, prefer_large_media: true };
  expect(texts.map(({ method, params }) => [method, previewOf(params)])).toEqual([
    ["editMessageText", options],
    ["sendMessage", options],
    ["editMessageText", undefined],
  ]);
});

/** An object that holds a link goes out as text. */
function previewOf({ link_preview_options: options }: Call["params"]): unknown {
  return typeof options === "string" ? JSON.parse(options) : options;
}
