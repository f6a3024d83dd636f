import { expect, test } from "vitest";
import { answerQuestions, create, offers, openCard } from "../support/buying.ts";
import { catalog } from "../support/catalog-entry.ts";
import { photo } from "../support/files.ts";
import { buysPicture, filesTo } from "../support/results.ts";
import { sharedWorld } from "../support/shared-world.ts";
import type { Person } from "../support/world.ts";

const world = sharedWorld();

const HOUR = 60 * 60;
let lastUserId = 3900;
async function somebody(): Promise<Person> {
  lastUserId += 1;
  const person = world.person(lastUserId);
  await person.says("/start");
  await person.credited(1_000_000);
  return person;
}
const uploadsOf = (person: Person) =>
  world.db.rows("select * from uploads where user_id = $1 order by created_at, id", [person.id]);
const uploadCalls = () =>
  world.context.calls.list().filter(({ service, method }) => service === "kie" && method.includes("upload")).length;
const outputOf = async (generationId: string) => {
  const [row] = await world.db.rows("select * from outputs where generation_id = $1", [generationId]);
  return row;
};
const setOutput = async (generationId: string, fields: { url?: string; file_id?: string | null }) => {
  for (const [name, value] of Object.entries(fields)) {
    await world.db.rows(`update outputs set ${name} = $2 where generation_id = $1`, [generationId, value]);
  }
};
/** Opens the upscaler that takes the file, and buys. @returns what KIE got. */
async function upscales(person: Person): Promise<Record<string, unknown> | undefined> {
  await openedFrom(person, "recraft-upscale");
  await create(person);
  return world.kie.tasks().at(-1)?.input;
}
/** Taps the model among those that take the file; its card must have it already. */
async function openedFrom(person: Person, family: string): Promise<void> {
  while (!offers(person, family)) await person.taps(" ›");
  await person.taps(family);
}

test("D2: a picture is upscaled with one tap on the model: the file is there, by KIE's own link, uploaded by nobody", async () => {
  const anna = await somebody();
  const id = await buysPicture(world, anna, "маяк покрупнее");
  const before = uploadCalls();
  await anna.taps(":0:upscale");
  const [upload] = await uploadsOf(anna);
  const output = await outputOf(id);
  expect(upload).toMatchObject({
    kind: "image",
    format: "png",
    kie_url: output?.["url"],
    telegram_file_id: output?.["file_id"],
  });
  const input = await upscales(anna);
  expect(Object.values(input ?? {}).flat()).toContain(output?.["url"]);
  expect(uploadCalls()).toBe(before);
  await world.advance(30);
  expect(filesTo(anna)).toHaveLength(2);
});

test.each([23.5, 25])(
  "D2 A6: %s hours later the link is dying or dead, so Telegram's bytes are uploaded",
  async (hours) => {
    const anna = await somebody();
    await buysPicture(world, anna, "вчерашний маяк");
    world.qstash.reset();
    await world.advance(hours * HOUR);
    await anna.taps(":0:upscale");
    const [upload] = await uploadsOf(anna);
    expect(upload).toMatchObject({ kie_url: null });
    const before = uploadCalls();
    await upscales(anna);
    expect(uploadCalls()).toBe(before + 1);
    await world.advance(30);
    expect(filesTo(anna)).toHaveLength(2);
  },
);

test("D2 A6: a result made of a result is repeated a day later, when the first link is dead", async () => {
  const anna = await somebody();
  await buysPicture(world, anna, "маяк через день");
  await anna.taps(":0:upscale");
  await upscales(anna);
  await world.advance(30);
  world.qstash.reset();
  await world.sleeps(25 * HOUR);
  const before = uploadCalls();
  await anna.taps("again:");
  await create(anna);
  expect(uploadCalls()).toBe(before + 1);
  await world.advance(30);
  expect(filesTo(anna)).toHaveLength(3);
});

test("D2: the words come along to the edit and animate cards", async () => {
  const anna = await somebody();
  await buysPicture(world, anna, "маяк с лодкой");
  await anna.taps(":0:animate");
  const accepted = await uploadsOf(anna);
  expect(accepted).toHaveLength(1);
  const found = catalog.entry("seedance-1-lite");
  await openedFrom(anna, `mode:${found?.family.key}:${found?.entry.mode}~`);
  expect(anna.reads()).toContain("маяк с лодкой");
  expect(anna.reads()).toContain("Фото: есть");
});

test("D2: the same update brings the same file, two taps bring two", async () => {
  const anna = await somebody();
  await buysPicture(world, anna, "маяк один раз");
  const { messageId, data } = anna.button(":0:upscale");
  world.telegram.faults.deliverTwice();
  await anna.forces(messageId, data);
  expect(await uploadsOf(anna)).toHaveLength(1);
  await anna.forces(messageId, data);
  expect(await uploadsOf(anna)).toHaveLength(2);
});

test("D2: another user's result is not found, and nothing is stored", async () => {
  const anna = await somebody();
  await buysPicture(world, anna, "чужой маяк");
  const { data } = anna.button(":0:upscale");
  const boris = await somebody();
  await boris.says("/help");
  await boris.forces(boris.screen().messageId, data);
  expect(boris.toast()?.text).toContain("Такой генерации в вашей истории нет");
  expect(await uploadsOf(boris)).toEqual([]);
});

test("D2: a file that KIE forgot early is taken from Telegram; one that both forgot is refused in words", async () => {
  const anna = await somebody();
  const id = await buysPicture(world, anna, "забытый маяк");
  await setOutput(id, { url: `${world.origin}/kie-files/nothing-here.png` });
  await anna.taps(":0:upscale");
  expect(await uploadsOf(anna)).toMatchObject([{ kie_url: null, kind: "image" }]);
  await setOutput(id, { file_id: null });
  await anna.taps(":0:upscale");
  expect(await uploadsOf(anna)).toHaveLength(1);
  expect(anna.reads()).toContain("не удалось");
});

test("D2 C6: a file that only KIE had is used while its link lives, and costs nothing when it is dead at last", async () => {
  const anna = await somebody();
  const id = await buysPicture(world, anna, "маяк по ссылке");
  await setOutput(id, { file_id: null });
  await anna.taps(":0:upscale");
  await openedFrom(anna, "recraft-upscale");
  const wallet = await anna.wallet();
  world.qstash.reset();
  // The card lives for a day, the link for a little less.
  await world.advance(23.5 * HOUR);
  await anna.taps("show_price_confirmation");
  await world.advance(5);
  expect(anna.reads()).toContain("не смог открыть");
  expect(await anna.wallet()).toEqual(wallet);
});

test("D2: a video is taken with its measured length", async () => {
  const anna = await somebody();
  await openCard(anna, "seedance-1-lite");
  await answerQuestions(anna, [["PNG", await photo("маяк")]]);
  await create(anna);
  await world.advance(60);
  await anna.taps(":0:upscale");
  const upload = (await uploadsOf(anna)).at(-1);
  expect(upload).toMatchObject({ kind: "video", format: "mp4" });
  expect(Number(upload?.["duration_seconds"])).toBeGreaterThan(1);
});
