import { beforeAll, expect, test } from "vitest";
import { create, openCard, withSpaces } from "../support/buying.ts";
import { becomes, buysPicture, bytesOf, filesTo, isAdvanced, type MadeOutput } from "../support/results.ts";
import { sharedWorld } from "../support/shared-world.ts";
import type { Person } from "../support/world.ts";

const world = sharedWorld();

/** Links of files that KIE has: a cover that fits, one that is too large, a PNG, a song of an ordinary size, clips. */
let files: Record<"cover" | "bigCover" | "png" | "song" | "largeSong" | "hugeSong" | "clip" | "hugeClip", string>;

beforeAll(async () => {
  const [song, bigCover] = [await outputOf("suno-simple", "песня"), await outputOf("suno-simple", "bigcover: песня")];
  const sound = "elevenlabs-turbo";
  const video = "seedance-1-lite-text";
  files = {
    cover: song.preview,
    bigCover: bigCover.preview,
    song: song.url,
    png: (await outputOf("z-image", "картинка")).url,
    largeSong: (await outputOf(sound, "size:15: песня")).url,
    hugeSong: (await outputOf(sound, "size:25: песня")).url,
    clip: (await outputOf(video, "волны")).url,
    hugeClip: (await outputOf(video, "size:25: волны")).url,
  };
});

async function buys(person: Person, entryKey: string, prompt: string): Promise<string> {
  await openCard(person, entryKey);
  await person.says(prompt);
  const generationId = await create(person);
  await world.advance(200);
  return generationId;
}

const outputsOf = (generationId: string) =>
  world.db.rows("select url, preview_url, file_id, sent_as from outputs where generation_id = $1 order by position", [
    generationId,
  ]);

/** Where KIE keeps what somebody else bought. */
async function outputOf(entryKey: string, prompt: string): Promise<{ url: string; preview: string }> {
  const person = await world.newcomer({ kopecks: 100_000 });
  const [row] = await outputsOf(await buys(person, entryKey, prompt));
  return { url: String(row?.url), preview: String(row?.preview_url) };
}

/** Delivers these as a result of Suno's, and of nobody else. */
async function gets(person: Person, ...outputs: MadeOutput[]): Promise<string> {
  const generationId = await buysPicture(world, person, "замена");
  await becomes(world, generationId, "suno-simple", outputs);
  await isAdvanced(world, generationId);
  return generationId;
}

const deliveriesTo = (person: Person) =>
  world.context.calls
    .list()
    .filter(({ service, method }) => service === "telegram" && /^(editMessageMedia|sendMediaGroup)$/.test(method))
    .filter(({ body }) => new RegExp(`"chat_id":"?${person.id}"?[,}]`).test(JSON.stringify(body)));

const isUpload = ({ body }: { body: unknown }) => /attach:\/\//.test(JSON.stringify(body));
const fetchesOf = (link: string) =>
  world.context.calls.list().filter(({ method }) => method.endsWith(new URL(link).pathname)).length;
const songsTo = (person: Person) => filesTo(person).filter(({ kind }) => kind === "audio");

test("D1: both songs of a bought song come in one album, uploaded once, each with its own cover", async () => {
  const person = await world.newcomer({ kopecks: 100_000 });
  const generationId = await buys(person, "suno-simple", "песня про дождь");
  const outputs = await outputsOf(generationId);
  expect(outputs).toMatchObject([{ sent_as: "audio" }, { sent_as: "audio" }]);
  const songs = songsTo(person);
  expect(songs).toMatchObject([{ performer: "Suno" }, { performer: "Suno" }]);
  for (const [index, song] of songs.entries()) {
    const cover = await (await fetch(String(outputs[index]?.preview_url))).bytes();
    expect(await bytesOf(world, { url: song.thumbnailUrl ?? "" })).toEqual(Buffer.from(cover));
  }
  expect(songs[0]?.thumbnailUrl).not.toBe(songs[1]?.thumbnailUrl);
  expect(deliveriesTo(person).map(({ method }) => method)).toEqual(["sendMediaGroup"]);
  expect(fetchesOf(String(outputs[0]?.preview_url))).toBe(2);
  expect(fetchesOf(String(outputs[0]?.url))).toBe(1);
});

test("D1: a lone song comes with its cover in the message that rang, with its title and receipt", async () => {
  const person = await world.newcomer();
  const generationId = await gets(person, { kind: "audio", url: files.song, title: "Дождь", previewUrl: files.cover });
  const [song] = songsTo(person);
  expect(song).toMatchObject({ title: "Дождь", performer: "Suno", thumbnailUrl: expect.stringMatching(/^\/sandbox/) });
  expect(person.screen().media).toEqual([song]);
  expect(person.reads()).toContain("списано");
  expect(deliveriesTo(person).filter(isUpload)).toHaveLength(1);
  expect(await outputsOf(generationId)).toMatchObject([{ file_id: expect.any(String), sent_as: "audio" }]);
});

test("D1: the stored song is sent again with its cover and without another upload", async () => {
  const person = await world.newcomer();
  const generationId = await gets(person, { kind: "audio", url: files.song, previewUrl: files.cover });
  const uploads = deliveriesTo(person).filter(isUpload).length;
  await person.says("/history");
  await person.taps(`open:${generationId}`);
  await person.taps("Прислать ещё раз");
  expect(songsTo(person)).toHaveLength(2);
  expect(songsTo(person)[1]?.thumbnailUrl).toBe(songsTo(person)[0]?.thumbnailUrl);
  expect(deliveriesTo(person).filter(isUpload)).toHaveLength(uploads);
});

test.each([
  ["larger than 320 pixels", () => ({ previewUrl: files.bigCover })],
  ["a PNG", () => ({ previewUrl: files.png })],
  ["a song itself", () => ({ previewUrl: files.song })],
  ["gone", () => ({ previewUrl: files.cover.replace(/[^/]+$/, "9.jpeg") })],
  ["at a host that does not answer", () => ({ previewUrl: "http://127.0.0.1:9/cover.jpeg" })],
  ["no web link", () => ({ previewUrl: "ftp://h.example/cover.jpeg" })],
  ["not told", () => ({})],
])("D1: a song whose cover is %s comes by link as before", async (_, preview) => {
  const person = await world.newcomer();
  await gets(person, { kind: "audio", url: files.song, ...preview() });
  expect(songsTo(person)).toHaveLength(1);
  expect(songsTo(person)[0]?.thumbnailUrl).toBeUndefined();
  expect(deliveriesTo(person).filter(isUpload)).toEqual([]);
});

test("D1: a song too large to be uploaded for its cover comes by link, without a byte of it fetched", async () => {
  const person = await world.newcomer();
  await gets(person, { kind: "audio", url: files.largeSong, previewUrl: files.cover });
  expect(songsTo(person)).toMatchObject([{ bytes: 15 * 1024 * 1024 }]);
  expect(deliveriesTo(person).filter(isUpload)).toEqual([]);
});

test("D1: a song that has to be uploaded anyway gets its cover, whatever it weighs", async () => {
  const person = await world.newcomer();
  await gets(person, { kind: "audio", url: files.hugeSong, previewUrl: files.cover });
  expect(songsTo(person)).toMatchObject([{ thumbnailUrl: expect.any(String), bytes: 25 * 1024 * 1024 }]);
});

test("D1: one song with a cover and one without stay one album", async () => {
  const person = await world.newcomer();
  const first = { kind: "audio" as const, url: files.song, previewUrl: files.cover, title: "С обложкой" };
  await gets(person, first, { kind: "audio", url: `${files.song}?2`, title: "Без обложки" });
  const songs = songsTo(person);
  expect(songs.map(({ title, thumbnailUrl }) => [title, thumbnailUrl !== undefined])).toEqual([
    ["С обложкой", true],
    ["Без обложки", false],
  ]);
  const albums = person
    .messages()
    .flatMap(({ media, mediaGroupId }) => (media?.[0]?.kind === "audio" ? [mediaGroupId] : []));
  expect(albums[0]).toBeDefined();
  expect(new Set(albums).size).toBe(1);
});

test.each([
  [1, "with their covers", true],
  [2, "by link", false],
])("D1 D4: after %i failed uploads the songs come %s, and each once", async (times, _, isCovered) => {
  const person = await world.newcomer({ kopecks: 100_000 });
  world.telegram.faults.next("sendMediaGroup", "server-error", { chatId: person.id, times });
  const generationId = await buys(person, "suno-simple", "упрямая песня");
  await world.advance(600);
  expect(await outputsOf(generationId)).toMatchObject([{ sent_as: "audio" }, { sent_as: "audio" }]);
  expect(songsTo(person).map(({ thumbnailUrl }) => thumbnailUrl !== undefined)).toEqual([isCovered, isCovered]);
  expect(deliveriesTo(person).map(isUpload)).toEqual([true, true, ...(isCovered ? [] : [false])]);
});

test("D1: an uploaded video has its still; of one that Telegram fetches the still is not even asked for", async () => {
  const person = await world.newcomer();
  const still = files.cover.replace(/0\.jpeg$/, "1.jpeg");
  expect((await fetch(still)).status).toBe(200);
  const before = fetchesOf(still);
  await gets(person, { kind: "video", url: files.clip, previewUrl: still });
  expect(filesTo(person).at(-1)).toMatchObject({ kind: "video" });
  expect(filesTo(person).at(-1)?.thumbnailUrl).toBeUndefined();
  expect(fetchesOf(still)).toBe(before);
  await gets(person, { kind: "video", url: files.hugeClip, previewUrl: still });
  expect(filesTo(person).at(-1)).toMatchObject({ kind: "video", thumbnailUrl: expect.any(String) });
  expect(fetchesOf(still)).toBe(before + 1);
});

test("D1: a video of 60 MB comes as a link that shows the provider's still, in the message that rang", async () => {
  const person = await world.newcomer();
  const { url } = await outputOf("seedance-1-lite-text", "size:60: река");
  const generationId = await gets(person, { kind: "video", url, previewUrl: files.png });
  expect(await outputsOf(generationId)).toMatchObject([{ sent_as: "link" }]);
  expect(withSpaces(person.reads())).toMatch(/Файл весит 62,9 МБ/);
  const edits = world.context.calls
    .list()
    .filter(
      ({ method, body }) => method === "editMessageText" && JSON.stringify(body).includes(`"chat_id":${person.id},`),
    );
  expect(linkPreviewOf(edits.at(-1)?.body)).toEqual({ url: files.png, prefer_large_media: true });
  expect(edits.at(-1)?.body).toMatchObject({ message_id: person.screen().messageId });
});

/** An object that holds a link goes out as text. */
function linkPreviewOf(body: unknown): unknown {
  const options =
    typeof body === "object" && body !== null && "link_preview_options" in body ? body.link_preview_options : null;
  return typeof options === "string" ? JSON.parse(options) : options;
}
