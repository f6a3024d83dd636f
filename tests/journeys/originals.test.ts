import { expect, test } from "vitest";
import { answerQuestions, create, openCard } from "../support/buying.ts";
import { photo } from "../support/files.ts";
import { becomes, buysPicture, bytesOf, filesTo, isAdvanced } from "../support/results.ts";
import { sharedWorld } from "../support/shared-world.ts";
import { type Person, startWorld } from "../support/world.ts";

const world = sharedWorld();

const DAY = 24 * 60 * 60;
let lastUserId = 3800;
async function somebody(languageCode = "ru"): Promise<Person> {
  lastUserId += 1;
  const person = world.person(lastUserId, languageCode);
  await person.says("/start");
  await person.credited(100_000);
  return person;
}
const documentsTo = (person: Person) => filesTo(person).filter(({ kind }) => kind === "document");
const telegramCalls = () => world.context.calls.list().filter(({ service }) => service === "telegram");
/** KIE's files are gone, whatever their links promised. */
const forgets = async (generationId: string) =>
  await world.db.rows("update outputs set url = $2 where generation_id = $1", [
    generationId,
    `${world.origin}/kie-files/nothing-here.png`,
  ]);

async function linkOf(generationId: string): Promise<string> {
  const [row] = await world.db.rows("select url from outputs where generation_id = $1 order by position", [
    generationId,
  ]);
  return String(row?.["url"]);
}

test("D1 D2: 📄 sends the picture as the file that KIE made, free, with a word at once", async () => {
  const anna = await somebody();
  const id = await buysPicture(world, anna, "маяк в оригинале");
  const wallet = await anna.wallet();
  const made = Buffer.from(await (await fetch(await linkOf(id))).arrayBuffer());
  await anna.taps("Оригинал");
  expect(anna.toast()?.text).not.toBe("");
  const [document, ...others] = documentsTo(anna);
  expect(others).toEqual([]);
  expect(document).toMatchObject({ fileName: "Z-Image По описанию.png", mime: "image/png" });
  expect((await bytesOf(world, document)).equals(made)).toBe(true);
  expect(await anna.wallet()).toEqual(wallet);
  expect(anna.screen().caption).toBeUndefined();
});

test("D1 C8: every file of an album comes, each as a document with a name of its own", async () => {
  const anna = await somebody();
  await buysPicture(world, anna, "many:3: три оригинала");
  await anna.taps("original:");
  expect(documentsTo(anna).map(({ fileName }) => fileName)).toEqual([
    "Z-Image По описанию 1.png",
    "Z-Image По описанию 2.png",
    "Z-Image По описанию 3.png",
  ]);
});

test("D1: songs come as files under their titles", async () => {
  const anna = await somebody();
  await openCard(anna, "suno-custom");
  for (const words of ["инди-поп", "Последняя электричка", "Фонари плывут в окне"]) await anna.says(words);
  await create(anna);
  await world.advance(40);
  await anna.taps("original:");
  const names = documentsTo(anna).map(({ fileName }) => fileName);
  expect(names).toEqual(["Последняя электричка 1.mp3", "Последняя электричка 2.mp3"]);
});

test("D1: a video that KIE has forgotten comes from Telegram, as it was", async () => {
  const anna = await somebody();
  await openCard(anna, "seedance-1-lite");
  await answerQuestions(anna, [["PNG", await photo("маяк")]]);
  const id = await create(anna);
  await world.advance(60);
  const made = Buffer.from(await (await fetch(await linkOf(id))).arrayBuffer());
  await forgets(id);
  await anna.taps("original:");
  expect((await bytesOf(world, documentsTo(anna)[0])).equals(made)).toBe(true);
  expect(anna.screen().caption).toBeUndefined();
});

test.each([
  ["ru", "сжимает"],
  ["en", "compresses"],
])("D1: a photo that KIE has forgotten is Telegram's copy, and that is said: %s", async (language, word) => {
  const anna = await somebody(language);
  const id = await buysPicture(world, anna, "lighthouse");
  world.qstash.reset();
  await world.sleeps(15 * DAY);
  await forgets(id);
  await anna.taps("original:");
  expect(documentsTo(anna)).toHaveLength(1);
  expect(anna.screen().caption).toContain(word);
});

test("D1: what was sent as a document is the original already, and goes out by Telegram's own id", async () => {
  const anna = await somebody();
  await buysPicture(world, anna, "big: маяк до неба");
  world.context.calls.clear();
  await anna.taps("original:");
  const [sent] = telegramCalls().filter(({ method }) => method === "sendDocument");
  expect(JSON.stringify(sent?.body)).not.toMatch(/https?:|"bytes"/);
  expect(documentsTo(anna)).toHaveLength(2);
});

test("D1: what nobody has any more is said to be gone", async () => {
  const anna = await somebody();
  const id = await buysPicture(world, anna, "пропавший маяк");
  await forgets(id);
  await world.db.rows("update outputs set file_id = null where generation_id = $1", [id]);
  await anna.taps("original:");
  expect(documentsTo(anna)).toEqual([]);
  expect(anna.reads()).toContain("Исходного файла больше нет");
});

test("D1 D4: a repeated tap sends once more, a repeated update does not, a stranger gets nothing", async () => {
  const anna = await somebody();
  await buysPicture(world, anna, "маяк дважды");
  const { messageId, data } = anna.button("original:");
  world.telegram.faults.deliverTwice();
  await anna.forces(messageId, data);
  expect(documentsTo(anna)).toHaveLength(1);
  const boris = await somebody();
  await boris.says("/help");
  await boris.forces(boris.screen().messageId, data);
  expect(filesTo(boris)).toEqual([]);
  expect(boris.toast()?.text).toContain("Такой генерации в вашей истории нет");
});

test("D1: words are no files; their originals are the documents they came in", async () => {
  const anna = await somebody();
  const id = await buysPicture(world, anna, "слова и файл");
  const url = await linkOf(id);
  await becomes(world, id, "suno-lyrics", [
    { kind: "image", url },
    { kind: "timed-lyrics", text: "[00:01.00] Раз" },
  ]);
  await isAdvanced(world, id);
  await anna.taps("original:");
  expect(
    documentsTo(anna)
      .slice(-2)
      .map(({ fileName }) => fileName.split(".").at(-1)),
  ).toEqual(["png", "lrc"]);
});

test("C11 D1 D2: in the test mode the mock's file comes as a document, and can be used further", async () => {
  const mock = await startWorld({ environment: { TEST_MODE: "1" } });
  try {
    const anna = mock.person(3899);
    await buysPicture(mock, anna, "маяк понарошку");
    await anna.taps("original:");
    expect(documentsTo(anna)).toMatchObject([{ mime: "image/png" }]);
    await anna.taps(":0:upscale");
    const [upload] = await mock.db.rows("select kind, kie_url from uploads where user_id = 3899");
    expect(upload).toEqual({ kind: "image", kie_url: null });
    await mock.expectInvariants();
  } finally {
    await mock.end();
  }
});
