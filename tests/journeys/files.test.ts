import { expect, test } from "vitest";
import { padMedia } from "../../lib/sandbox/media/pad-media.ts";
import { answerQuestions, create, kopecksOfCredits, kopecksOn, offers, openCard } from "../support/buying.ts";
import {
  gif,
  heic,
  officeDocument,
  photo,
  pictureDocument,
  song,
  video,
  voice,
  wavDocument,
} from "../support/files.ts";
import { sharedWorld } from "../support/shared-world.ts";

const world = sharedWorld();

/** The URLs that a task was given, wherever they stand in its input. */
const urlsOf = (input: Record<string, unknown> | undefined) =>
  Object.values(input ?? {})
    .flat()
    .filter((value) => typeof value === "string")
    .filter((value) => value.startsWith("http"));

const bytesAt = async (url: string) => new Uint8Array(await (await fetch(url)).arrayBuffer());

test("A6 D1: a photo reaches KIE as the same bytes under a random name, never by a Telegram address", async () => {
  const anna = world.person(1501);
  const picture = await photo("портрет Анны");
  await openCard(anna, "nano-banana-edit");
  await anna.sendsFile(picture, { caption: "надень шляпу" });
  expect(anna.reads()).toContain("надень шляпу");
  await create(anna);
  const task = world.kie.tasks().at(-1);
  const [url = "", ...others] = urlsOf(task?.input);
  expect(others).toEqual([]);
  expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/kie-files\/.+\/[0-9a-z]{16,}\.png$/);
  expect(await bytesAt(url)).toEqual(picture.bytes);
  const said = JSON.stringify(world.context.calls.list().filter(({ service }) => service === "kie"));
  expect(said).not.toContain(world.app.config.TELEGRAM_BOT_TOKEN);
  expect(said).not.toContain(`${world.origin}/telegram/`);
  expect(said).not.toContain("api.telegram.org");
  expect(said).not.toContain(picture.fileName);
  await world.advance(20);
  expect(anna.screen().media).toMatchObject([{ kind: "photo" }]);
});

test("A6: a picture sent as a document is as good as a photo, and its name stays with the user", async () => {
  const anna = world.person(1502);
  await openCard(anna, "recraft-background");
  await anna.sendsFile(await pictureDocument("кот", "Паспорт Иванова.png"));
  expect(anna.reads()).toContain("Фото: есть");
  await create(anna);
  expect(world.kie.tasks().at(-1)?.model).toBe("recraft/remove-background");
  const said = JSON.stringify(world.context.calls.list().filter(({ service }) => service === "kie"));
  expect(said).not.toMatch(/Паспорт|Иванов/);
});

test("A6: every picture of an album is added, the card is redrawn in its place, and KIE gets them in order", async () => {
  const anna = world.person(1503);
  await openCard(anna, "nano-banana-edit");
  const pictures = [await photo("один"), await photo("два"), await photo("три")];
  const screens: number[] = [];
  for (const [index, picture] of pictures.entries()) {
    const caption = index === 0 ? { caption: "сделай коллаж" } : {};
    await anna.sendsFile(picture, { mediaGroupId: "album-1", ...caption });
    expect(anna.reads()).toContain(`Фото: ${index + 1} из 10`);
    screens.push(anna.screen().messageId);
  }
  expect(new Set(screens).size).toBe(1);
  await create(anna);
  const input = world.kie.tasks().at(-1)?.input;
  expect(input).toMatchObject({ prompt: "сделай коллаж" });
  const stored = await Promise.all(urlsOf(input).map(bytesAt));
  expect(stored).toEqual(pictures.map(({ bytes }) => bytes));
});

test("A6: the pictures of an album that arrive at the same moment are all there", async () => {
  const anna = world.person(1504);
  await openCard(anna, "nano-banana-edit");
  const pictures = [await photo("раз"), await photo("два"), await photo("три"), await photo("четыре")];
  await Promise.all(pictures.map((file) => world.telegram.userSends(1504, { file, mediaGroupId: "album-2" })));
  await world.idle();
  await anna.says("сделай коллаж");
  await create(anna);
  expect(urlsOf(world.kie.tasks().at(-1)?.input)).toHaveLength(4);
});

test("A6: a photo replaces the one of a model that takes a single photo", async () => {
  const anna = world.person(1505);
  const [first, second] = [await photo("старое"), await photo("новое")];
  await openCard(anna, "recraft-upscale");
  await anna.sendsFile(first);
  await anna.sendsFile(second);
  await create(anna);
  const [url = ""] = urlsOf(world.kie.tasks().at(-1)?.input);
  expect(await bytesAt(url)).toEqual(second.bytes);
});

test("A6 E3: a voice message is priced by its measured length, whatever its sender declares", async () => {
  const anna = world.person(1506);
  await openCard(anna, "infinitalk");
  await anna.sendsFile(await photo());
  await anna.sendsFile(await voice(7.5, 1));
  await anna.says("говорит спокойно");
  expect(anna.reads()).toContain("Голос: 7,5 с");
  // 3 credits for each of 8 begun seconds.
  expect(kopecksOn(anna.button("Создать").text)).toBe(kopecksOfCredits(24));
  await create(anna);
  expect(await anna.wallet()).toMatchObject({ held: 1886n });
  await world.advance(40);
  expect(anna.screen().media).toMatchObject([{ kind: "video" }]);
});

test("A6: a voice message of whole seconds costs these seconds and not one more", async () => {
  const anna = world.person(1507);
  await openCard(anna, "infinitalk");
  await anna.sendsFile(await photo());
  await anna.sendsFile(await voice(3));
  await anna.says("говорит спокойно");
  expect(kopecksOn(anna.button("Создать").text)).toBe(kopecksOfCredits(9));
});

test("A6: a sound that is too short or too long by its bytes is refused with the limits, also when it claims to fit", async () => {
  const anna = world.person(1508);
  await openCard(anna, "kling-ai-avatar");
  await anna.sendsFile(await photo());
  await anna.sendsFile(await voice(1, 10));
  expect(anna.reads()).toMatch(/^«Голос»: .*1 с не подойдёт\. .*от 2 с до 15 с\./);
  await anna.sendsFile(await voice(16, 10));
  expect(anna.reads()).toMatch(/^«Голос»: .*16 с не подойдёт/);
  await anna.sendsFile(await voice(10, 60));
  expect(anna.reads()).toContain("Как говорить");
});

test("A6: music files, recordings as documents and video are taken where they fit", async () => {
  const anna = world.person(1509);
  await anna.says("/start");
  await anna.credited(100_000);
  for (const sound of [await song(3), wavDocument(2)]) {
    await openCard(anna, "infinitalk");
    await anna.sendsFile(await photo());
    await anna.sendsFile(sound);
    await anna.says("поёт");
    await create(anna);
    const [, url = ""] = urlsOf(world.kie.tasks().at(-1)?.input);
    expect(await bytesAt(url)).toEqual(sound.bytes);
  }
  await openCard(anna, "topaz-video-upscale");
  await anna.sendsFile(await video(2));
  expect(anna.reads()).toContain("Видео: 2 с");
  expect(kopecksOn(anna.button("Создать").text)).toBe(kopecksOfCredits(16));
});

test("A6: a file over Telegram's limit is refused with the limit before it is fetched", async () => {
  const anna = world.person(1510);
  await openCard(anna, "nano-banana-edit");
  world.context.calls.clear();
  await anna.sendsFile({ ...(await pictureDocument()), pretendSizeBytes: 25_000_000 });
  expect(anna.reads()).toContain("Файл слишком большой: бот принимает до 20 МБ.");
  expect(anna.reads()).toContain("Nano Banana");
  expect(world.context.calls.list().map(({ method }) => method)).not.toContain("getFile");
});

test("A6: a file over the model's own limit is refused with that limit and its size", async () => {
  const anna = world.person(1511);
  await openCard(anna, "recraft-background");
  const picture = await pictureDocument();
  await anna.sendsFile({ ...picture, bytes: padMedia(picture.bytes, "image/png", 6_000_000) });
  expect(anna.reads()).toMatch(/«Фото»: файл слишком большой\. Можно до 5 МБ, а здесь 6 МБ/);
  expect(offers(anna, "Создать")).toBe(false);
});

test("A6: a wrong kind and a wrong format are refused with what fits", async () => {
  const anna = world.person(1512);
  await openCard(anna, "nano-banana-edit");
  await anna.sendsFile(await song(2));
  expect(anna.reads()).toContain("Ей можно прислать фото.");
  await anna.sendsFile(gif());
  expect(anna.reads()).toContain("«Фото»: формат GIF не подойдёт. Нужен JPEG, PNG или WebP.");
  await anna.sendsFile(officeDocument());
  expect(anna.reads()).toContain("Файл не открывается");
  await anna.sendsFile(await photo());
  await answerQuestions(anna, []);
  expect(offers(anna, "Создать · 3,14 ₽")).toBe(true);
});

test("A6: a HEIC picture is refused with the formats that fit, on an open card and on one that is opened for it", async () => {
  const anna = world.person(1518);
  const refusal = "«Фото»: формат HEIC не подойдёт. Нужен JPEG, PNG или WebP.";
  await openCard(anna, "nano-banana-edit");
  await anna.sendsFile(heic());
  expect(anna.reads()).toContain(refusal);
  await anna.says("/cancel");
  await anna.sendsFile(heic());
  await anna.taps("mode:nano-banana:edit");
  expect(anna.reads()).toContain(refusal);
  expect(world.kie.createdCount(({ input }) => JSON.stringify(input).includes("heic"))).toBe(0);
});

test("A6: a round video message is a video of its measured length", async () => {
  const anna = world.person(1519);
  await openCard(anna, "topaz-video-upscale");
  await anna.sendsFile({ ...(await video(2)), kind: "video_note", declaredDurationSeconds: 9 });
  expect(anna.reads()).toContain("Видео: 2 с");
  expect(kopecksOn(anna.button("Создать").text)).toBe(kopecksOfCredits(16));
});

test("A6: one file too many is refused and the others stay", async () => {
  const anna = world.person(1513);
  await anna.says("/start");
  await anna.credited(100_000);
  await openCard(anna, "kling-3-0");
  await anna.says("трамвай");
  for (const name of ["первый", "последний"]) await anna.sendsFile(await photo(name));
  expect(anna.reads()).toContain("Кадры: 2 из 2");
  await anna.sendsFile(await photo("лишний"));
  expect(anna.reads()).toContain("«Кадры»: больше 2 шт. нельзя.");
  await create(anna);
  expect(urlsOf(world.kie.tasks().at(-1)?.input)).toHaveLength(2);
});

test("A6: a picture that is too small for the model is refused with the size that fits", async () => {
  const anna = world.person(1514);
  await openCard(anna, "kling-3-0");
  await anna.says("трамвай");
  await anna.sendsFile(await photo("мелкое", 200));
  expect(anna.reads()).toMatch(/«Кадры»: размер картинки не подойдёт.*300 пикселей/);
});

test("A4: a file without a card shows the modes that take it, and the chosen one has it with the caption already", async () => {
  const anna = world.person(1515);
  await anna.sendsFile(await photo("в лес"), { caption: "перенеси в осенний лес" });
  expect(anna.reads()).toContain("Фото получено.");
  expect(offers(anna, "Recraft Remove Background: Убрать фон · от 0,79 ₽")).toBe(true);
  expect(offers(anna, "Suno")).toBe(false);
  await anna.taps("mode:nano-banana:edit");
  expect(anna.reads()).toContain("Фото: 1 из 10");
  expect(anna.reads()).toContain("перенеси в осенний лес");
  await create(anna);
  expect(world.kie.tasks().at(-1)?.input).toMatchObject({ prompt: "перенеси в осенний лес" });
});

test("A6: files expire at KIE after a day, so a repeat uploads them again", async () => {
  const anna = world.person(1516);
  await openCard(anna, "recraft-upscale");
  await anna.sendsFile(await photo("на повтор"));
  await create(anna);
  const [first = ""] = urlsOf(world.kie.tasks().at(-1)?.input);
  await world.advance(20);
  world.qstash.reset();
  await world.sleeps(25 * 60 * 60);
  expect((await fetch(first)).ok).toBe(false);
  await anna.taps("again:");
  await create(anna);
  const [second = ""] = urlsOf(world.kie.tasks().at(-1)?.input);
  expect(second).not.toBe(first);
  expect((await fetch(second)).ok).toBe(true);
  await world.advance(20);
  expect(anna.screen().media).toMatchObject([{ kind: "photo" }]);
});

test("A6: within the day the same file is uploaded once", async () => {
  const anna = world.person(1517);
  await openCard(anna, "recraft-upscale");
  await anna.sendsFile(await photo("один раз"));
  await create(anna);
  await world.advance(20);
  await anna.taps("again:");
  await create(anna);
  const [first, second] = world.kie.tasks().slice(-2);
  expect(urlsOf(second?.input)).toEqual(urlsOf(first?.input));
});
