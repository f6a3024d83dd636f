import { expect, test } from "vitest";
import { openCard, withSpaces } from "../support/buying.ts";
import { becomes, buysPicture, filesTo, isAdvanced } from "../support/results.ts";
import { sharedWorld } from "../support/shared-world.ts";
import type { Person } from "../support/world.ts";

const world = sharedWorld();
const MEGABYTE = 1024 * 1024;

const ofBot = (person: Person) => person.messages().filter((message) => message.from === "bot");
const withMedia = (person: Person) => ofBot(person).filter((message) => message.media !== undefined);
const albumsOf = (person: Person) => {
  const ids = withMedia(person).map((message) => message.mediaGroupId);
  return [...new Set(ids)].map((id) => ids.filter((each) => each === id).length);
};
const kindsOf = (person: Person) => filesTo(person).map(({ kind }) => kind);
const callsOf = (person: Person, methods: RegExp) =>
  world.context.calls
    .list()
    .filter((call) => call.service === "telegram" && methods.test(call.method))
    .filter((call) => new RegExp(`"chat_id":"?${person.id}"?[,}]`).test(JSON.stringify(call.body)));

/** `media` of a call, which is text in a multipart form. */
function mediaOf(call: ReturnType<typeof callsOf>[number] | undefined): unknown {
  const body: unknown = call?.body;
  const media = typeof body === "object" && body !== null && "media" in body ? body.media : null;
  return typeof media === "string" ? JSON.parse(media) : media;
}

const stateOf = async (generationId: string) =>
  (await world.db.rows("select state from generations where id = $1", [generationId]))[0]?.state;

const outputsOf = (generationId: string) =>
  world.db.rows(
    "select position, file_id is not null as kept, sent_as, message_id from outputs where generation_id = $1 order by position",
    [generationId],
  );

/** Opens the entry's card, types the prompt and waits until the result came. @returns the generation's id. */
async function buys(person: Person, entryKey: string, prompt: string): Promise<string> {
  await openCard(person, entryKey);
  await person.says(prompt);
  await person.taps("show_price_confirmation");
  if (person.hasButton("confirm~")) await person.taps("confirm~");
  await world.advance(200);
  const [row] = await world.db.rows("select id from generations where user_id = $1 order by created_at desc limit 1", [
    person.id,
  ]);
  return String(row?.id);
}

const MODELS = { image: "z-image", video: "seedance-1-lite-text", audio: "elevenlabs-turbo" } as const;

test.each([
  ["image", 3, "photo"],
  ["image", 8, "photo"],
  ["image", 15, "document"],
  ["video", 3, "video"],
  ["video", 15, "video"],
  ["audio", 3, "audio"],
  ["audio", 15, "audio"],
] as const)("D1: one %s of %i MB comes as a %s in the message that rang, with its receipt", async (kind, size, as) => {
  const person = await world.newcomer({ kopecks: 100_000 });
  const generationId = await buys(person, MODELS[kind], `size:${size}: закат`);
  expect(await stateOf(generationId)).toBe("delivered");
  expect(kindsOf(person)).toEqual([as]);
  expect(filesTo(person)[0]?.bytes).toBe(size * MEGABYTE);
  expect(person.reads()).toContain("списано");
  expect(person.screen().keyboard?.length).toBeGreaterThan(1);
  expect(await outputsOf(generationId)).toEqual([
    { position: 0, kept: true, sent_as: as, message_id: person.screen().messageId },
  ]);
});

test("D1: an uploaded video tells its size in pixels and its length, and plays while it loads", async () => {
  const person = await world.newcomer({ kopecks: 100_000 });
  await buys(person, MODELS.video, "size:25: волны");
  const [upload] = callsOf(person, /^editMessageMedia$/).slice(-1);
  expect(mediaOf(upload)).toMatchObject({
    type: "video",
    width: 320,
    height: 180,
    duration: 3,
    supports_streaming: true,
  });
});

test("D1: a song carries its title, the model as performer, and its length, also where it is uploaded", async () => {
  const person = await world.newcomer({ kopecks: 100_000 });
  const generationId = await buysPicture(world, person, "обложка");
  await becomes(world, generationId, "suno-simple", [
    { kind: "audio", url: await fileUrl(person, MODELS.audio, "size:25: баллада"), title: "Баллада" },
  ]);
  await isAdvanced(world, generationId);
  const [upload] = callsOf(person, /^editMessageMedia$/).slice(-1);
  expect(mediaOf(upload)).toMatchObject({ type: "audio", title: "Баллада", performer: "Suno", duration: 3 });
  expect(filesTo(person).at(-1)).toMatchObject({ kind: "audio" });
});

/** The link of a file that KIE made for somebody else, so that a test may choose what a result holds. */
async function fileUrl(_person: Person, entryKey: string, prompt: string): Promise<string> {
  const other = await world.newcomer({ kopecks: 100_000 });
  const generationId = await buys(other, entryKey, prompt);
  const [row] = await world.db.rows("select url from outputs where generation_id = $1 order by position limit 1", [
    generationId,
  ]);
  return String(row?.url);
}

test.each(["image", "video", "audio"] as const)(
  "D1 D4: one %s of 60 MB comes as a link with its size, its expiry and the receipt",
  async (kind) => {
    const person = await world.newcomer({ kopecks: 100_000 });
    const generationId = await buys(person, MODELS[kind], `size:60: гора`);
    expect(await stateOf(generationId)).toBe("delivered");
    expect(filesTo(person)).toEqual([]);
    const words = withSpaces(person.reads());
    expect(words).toContain("списано");
    expect(words).toMatch(/Файл весит 62,9 МБ, а Telegram принимает от ботов не больше 50 МБ/);
    expect(words).toMatch(/по ссылке до \d+ \S+, \d\d:\d\d:\nhttp:\S+$/);
    const link = /http:\S+$/.exec(words)?.[0] ?? "";
    expect((await fetch(link, { method: "HEAD" })).headers.get("content-length")).toBe(String(60 * MEGABYTE));
    expect(person.hasButton("links:")).toBe(true);
    expect(await outputsOf(generationId)).toMatchObject([{ kept: false, sent_as: "link" }]);
  },
);

test("C8 D1: four pictures of 3 MB are one album below the receipt, fetched by Telegram itself", async () => {
  const person = await world.newcomer({ kopecks: 100_000 });
  const generationId = await buys(person, "z-image", "many:4 size:3: поле");
  expect(await stateOf(generationId)).toBe("delivered");
  expect(kindsOf(person)).toEqual(["photo", "photo", "photo", "photo"]);
  expect(albumsOf(person)).toEqual([4]);
  expect(callsOf(person, /^sendMediaGroup$/)).toHaveLength(1);
  expect(await outputsOf(generationId)).toMatchObject(Array.from({ length: 4 }, () => ({ kept: true })));
});

test("C8 D1: eleven pictures are an album of ten and one picture by itself", async () => {
  const person = await world.newcomer({ kopecks: 100_000 });
  const generationId = await buys(person, "z-image", "many:11 поле");
  expect(await stateOf(generationId)).toBe("delivered");
  expect(kindsOf(person)).toHaveLength(11);
  expect(albumsOf(person)).toEqual([10, 1]);
  expect(callsOf(person, /^send(MediaGroup|Photo)$/).map(({ method }) => method)).toEqual([
    "sendMediaGroup",
    "sendPhoto",
  ]);
  const ids = (await outputsOf(generationId)).map((row) => row.message_id);
  expect(new Set(ids).size).toBe(11);
});

test("C8 D1: four pictures of 13 MB are documents: an album that one upload may hold, and the rest after it", async () => {
  const person = await world.newcomer({ kopecks: 100_000 });
  const generationId = await buys(person, "z-image", "many:4 size:13: поле");
  expect(await stateOf(generationId)).toBe("delivered");
  expect(kindsOf(person)).toEqual(["document", "document", "document", "document"]);
  expect(albumsOf(person)).toEqual([3, 1]);
  expect(filesTo(person).map(({ fileName }) => fileName)).toContain("Z-Image По описанию 4.png");
  expect(await outputsOf(generationId)).toMatchObject(
    Array.from({ length: 4 }, () => ({ kept: true, sent_as: "document" })),
  );
  expect(ofBot(person).filter((message) => message.text?.includes("списано"))).toHaveLength(1);
});

test("C8 D1: four videos of 15 MB are one album that Telegram fetches itself", async () => {
  const person = await world.newcomer({ kopecks: 500_000 });
  await buys(person, MODELS.video, "many:4 size:15: река");
  expect(kindsOf(person)).toEqual(["video", "video", "video", "video"]);
  expect(albumsOf(person)).toEqual([4]);
});

test("C8 D1: two videos of 26 MB are too much for one upload and come one after the other", async () => {
  const person = await world.newcomer({ kopecks: 500_000 });
  await buys(person, MODELS.video, "many:2 size:26: река");
  expect(kindsOf(person)).toEqual(["video", "video"]);
  expect(withMedia(person).map((message) => message.mediaGroupId)).toEqual([undefined, undefined]);
});

test("C8 D1: two videos of 52 MB come as two links below the receipt", async () => {
  const person = await world.newcomer({ kopecks: 500_000 });
  const generationId = await buys(person, MODELS.video, "many:2 size:52: река");
  expect(await stateOf(generationId)).toBe("delivered");
  expect(filesTo(person)).toEqual([]);
  const links = ofBot(person).filter((message) => message.text?.startsWith("Файл весит"));
  expect(links).toHaveLength(2);
});

test("C8 D1: mixed kinds keep their order: pictures and videos together, sounds and documents by themselves", async () => {
  const person = await world.newcomer({ kopecks: 100_000 });
  const generationId = await buysPicture(world, person, "смесь");
  const image = await fileUrl(person, "z-image", "картинка");
  const video = await fileUrl(person, MODELS.video, "видео");
  const audio = await fileUrl(person, MODELS.audio, "звук");
  const large = await fileUrl(person, "z-image", "size:11: плакат");
  const before = withMedia(person).length;
  await becomes(world, generationId, "z-image", [
    { kind: "image", url: image },
    { kind: "video", url: video },
    { kind: "audio", url: audio },
    { kind: "audio", url: audio },
    { kind: "image", url: large },
  ]);
  await isAdvanced(world, generationId);
  expect(await stateOf(generationId)).toBe("delivered");
  const fresh = withMedia(person).slice(before);
  expect(fresh.map((message) => message.media?.[0]?.kind)).toEqual(["photo", "video", "audio", "audio", "document"]);
  const [one, two, three, four, five] = fresh.map((message) => message.mediaGroupId);
  expect(one).toBeDefined();
  expect(two).toBe(one);
  expect(three).toBeDefined();
  expect(four).toBe(three);
  expect(three).not.toBe(one);
  expect(five).toBeUndefined();
});

test("C8 D1: the tracks of a song are an album of audio with their titles", async () => {
  const person = await world.newcomer({ kopecks: 100_000 });
  const generationId = await buysPicture(world, person, "песня");
  const url = await fileUrl(person, MODELS.audio, "песня");
  const before = withMedia(person).length;
  await becomes(world, generationId, "suno-simple", [
    { kind: "audio", url, title: "Первая" },
    { kind: "audio", url: `${url}?2`, title: "Вторая" },
  ]);
  await isAdvanced(world, generationId);
  const fresh = withMedia(person).slice(before);
  expect(fresh.map((message) => message.media?.[0]?.title)).toEqual(["Первая", "Вторая"]);
  expect(new Set(fresh.map((message) => message.mediaGroupId)).size).toBe(1);
});

test("D1 D4: 429 between two albums is waited out, and only what is missing is sent", async () => {
  const person = await world.newcomer({ kopecks: 100_000 });
  world.telegram.faults.next("sendPhoto", "too-many-requests", { retryAfterSeconds: 60, chatId: person.id });
  await openCard(person, "z-image");
  await person.says("many:11 снег");
  await person.taps("show_price_confirmation");
  await world.advance(30);
  expect(withMedia(person)).toHaveLength(10);
  await world.advance(120);
  expect(withMedia(person)).toHaveLength(11);
  expect(albumsOf(person)).toEqual([10, 1]);
  expect(ofBot(person).filter((message) => message.text?.includes("списано"))).toHaveLength(1);
});

test("D1 D4: a lost answer to the second album doubles that one at most, and never the first", async () => {
  const person = await world.newcomer({ kopecks: 500_000 });
  world.telegram.faults.next("sendPhoto", "lost-answer", { chatId: person.id });
  const generationId = await buys(person, "z-image", "many:11 лёд");
  expect(await stateOf(generationId)).toBe("delivered");
  expect(albumsOf(person)[0]).toBe(10);
  expect(withMedia(person)).toHaveLength(12);
});

test("D1 D4: 5xx between two albums sends the rest, and each file once", async () => {
  const person = await world.newcomer({ kopecks: 500_000 });
  world.telegram.faults.next("sendPhoto", "server-error", { chatId: person.id });
  const generationId = await buys(person, "z-image", "many:11 пар");
  expect(await stateOf(generationId)).toBe("delivered");
  expect(albumsOf(person)).toEqual([10, 1]);
});

test("D1 D4: somebody who blocks the bot between two albums gets the rest later, free", async () => {
  const person = await world.newcomer({ kopecks: 500_000 });
  world.telegram.faults.next("sendPhoto", "too-many-requests", { retryAfterSeconds: 60, chatId: person.id });
  await openCard(person, "z-image");
  await person.says("many:11 град");
  await person.taps("show_price_confirmation");
  await world.advance(30);
  await world.telegram.userBlocks(person.id);
  await world.advance(120);
  const [row] = await world.db.rows("select id, state from generations where user_id = $1", [person.id]);
  expect(row?.state).toBe("undeliverable");
  const { main, bonus } = await person.wallet();
  await world.telegram.userUnblocks(person.id);
  await person.says("/history");
  await person.taps(`open:${row?.id}`);
  await person.taps("Прислать ещё раз");
  expect(await stateOf(String(row?.id))).toBe("delivered");
  expect(await outputsOf(String(row?.id))).toMatchObject(Array.from({ length: 11 }, () => ({ kept: true })));
  expect(await person.wallet()).toMatchObject({ main, bonus });
});

test("D1 D4: a message that the user deleted before it became the picture is replaced by one new message", async () => {
  const person = await world.newcomer();
  world.telegram.faults.next("editMessageMedia", "too-many-requests", { retryAfterSeconds: 30, chatId: person.id });
  await person.says("size:8: туман");
  await person.taps("Создать");
  await world.advance(12);
  const ring = person.screen();
  expect(withSpaces(ring.text ?? "")).toContain("Готово");
  await world.telegram.userDeletes(person.id, ring.messageId);
  await world.advance(60);
  expect(kindsOf(person)).toEqual(["photo"]);
  expect(person.reads()).toContain("списано 0,63 ₽");
});

test("D1 D4: a file that Telegram refuses in every form comes as a link in honest words", async () => {
  const person = await world.newcomer();
  const generationId = await buysPicture(world, person, "hang: пыль");
  expect(await stateOf(generationId)).toBe("submitted");
  const [task] = world.kie.tasks().filter((each) => JSON.stringify(each.input).includes("hang: пыль"));
  world.telegram.faults.next("editMessageMedia", "server-error", { chatId: person.id });
  await world.kie.finish(task?.taskId ?? "");
  await world.db.rows("update outputs set url = replace(url, '/0.png', '/9.png') where generation_id = $1", [
    generationId,
  ]);
  await world.advance(60);
  expect(await stateOf(generationId)).toBe("delivered");
  expect(person.reads()).toMatch(/Telegram не принял этот файл\. Скачать его можно по ссылке до .+:\nhttp\S+\/9\.png$/);
});
