import { expect, test } from "vitest";
import { answerQuestions, create, offers, openCard } from "../support/buying.ts";
import { generationNow, newestGeneration } from "../support/failures.ts";
import { becomes, buysPicture, bytesOf, filesTo, isAdvanced, type MadeOutput } from "../support/results.ts";
import { sharedWorld } from "../support/shared-world.ts";
import type { Person } from "../support/world.ts";

const world = sharedWorld();

const DAY = 24 * 60 * 60;
const callsOf = (method: string) =>
  world.context.calls.list().filter((call) => call.service === "telegram" && call.method === method);
const kieCalls = () => world.context.calls.list().filter(({ service }) => service === "kie").length;
const textOf = async (person: Person, index = -1) => (await bytesOf(world, filesTo(person).at(index))).toString("utf8");

let lastUserId = 3600;
async function somebody(): Promise<Person> {
  lastUserId += 1;
  const person = world.person(lastUserId);
  await person.says("/start");
  await person.credited(100_000);
  return person;
}

/** A person to whom these outputs are owed. */
async function owed(entryKey: string, outputs: readonly MadeOutput[]): Promise<{ person: Person; id: string }> {
  const person = await somebody();
  const id = await buysPicture(world, person, "слова");
  await becomes(world, id, entryKey, outputs);
  return { person, id };
}

async function delivered(entryKey: string, outputs: readonly MadeOutput[]): Promise<{ person: Person; id: string }> {
  const made = await owed(entryKey, outputs);
  await isAdvanced(world, made.id);
  expect(await generationNow(world, made.id)).toMatchObject({ state: "delivered" });
  return made;
}

const verse = (lines: number) =>
  Array.from({ length: lines }, (_, line) => `Строка ${line + 1} про маяк и море`).join("\n");
const TIMED = Array.from({ length: 9 }, (_, line) => `[00:0${line}.50] Строка ${line + 1}`).join("\n");
const NOTES = JSON.stringify({
  instruments: [
    { name: "Drums", notes: [{ pitch: 36, startSeconds: 0, endSeconds: 0.5, velocity: 1 }] },
    { name: "Piano", notes: [{ pitch: 60, startSeconds: 0, endSeconds: 1, velocity: 0.5 }] },
  ],
});

test("D1 D2: words that were ordered come in the message itself, every variant under its title", async () => {
  const anna = await somebody();
  await openCard(anna, "suno-lyrics");
  await anna.says("Песня про маяк на краю земли");
  await answerQuestions(anna, []);
  const id = await create(anna);
  const before = filesTo(anna).length;
  await world.advance(120);
  expect(await generationNow(world, id)).toMatchObject({ state: "delivered" });
  const stored = await world.db.rows(
    "select kind, url, text, title, sent_as, message_id from outputs where generation_id = $1",
    [id],
  );
  expect(stored.length).toBeGreaterThan(1);
  const result = anna.screen();
  for (const { kind, url, text, title, sent_as, message_id } of stored) {
    expect({ kind, url, sent_as, message_id }).toEqual({
      kind: "text",
      url: null,
      sent_as: "text",
      message_id: result.messageId,
    });
    expect(result.text).toContain(String(text).trim());
    expect(result.text).toContain(String(title));
  }
  expect(result.entities?.filter(({ type }) => type === "blockquote")).toHaveLength(stored.length);
  expect(anna.reads()).toContain("списано");
  expect(filesTo(anna)).toHaveLength(before);
});

test("D1: words too long for a message come as numbered text files under the receipt", async () => {
  const variants = [verse(120), `${verse(120)}\nконец`];
  const { person } = await delivered(
    "suno-lyrics",
    variants.map((text) => ({ kind: "text", text, title: "Маяк: край/земли" })),
  );
  const files = filesTo(person).slice(-2);
  expect(files.map(({ kind, fileName }) => [kind, fileName])).toEqual([
    ["document", "Маяк край земли 1.txt"],
    ["document", "Маяк край земли 2.txt"],
  ]);
  expect([await textOf(person, -2), await textOf(person, -1)]).toEqual(variants.map((text) => `${text}\n`));
  const [first] = person.messages().slice(-2);
  const receipt = person.messages().find(({ messageId }) => messageId === first?.replyTo);
  expect(receipt?.text).toContain("списано");
  expect(receipt?.text).not.toContain("Строка");
});

test("D1: what just fits is read in the message, one sign more comes as a file", async () => {
  const { person: anna } = await delivered("suno-lyrics", [{ kind: "text", text: "короткий" }]);
  const receiptLength = (anna.screen().text ?? "").length - "короткий".length;
  const fitting = "я".repeat(4096 - receiptLength);
  const { person: boris } = await delivered("suno-lyrics", [{ kind: "text", text: fitting }]);
  // The balance in the receipt is the same; only the words grew.
  expect(boris.screen().text).toHaveLength(4096);
  const { person: vera } = await delivered("suno-lyrics", [{ kind: "text", text: `${fitting}я` }]);
  expect(vera.screen().media).toMatchObject([{ kind: "document" }]);
  expect(vera.screen().caption).toContain("списано");
});

test("D1 D2: timed lyrics come as an .lrc file, with their first lines to read", async () => {
  const { person, id } = await delivered("suno-timed-lyrics", [{ kind: "timed-lyrics", text: TIMED }]);
  const [file] = filesTo(person).slice(-1);
  expect(file).toMatchObject({ kind: "document", fileName: expect.stringMatching(/^Suno.*\.lrc$/) });
  expect(await textOf(person)).toBe(`${TIMED}\n`);
  expect(person.screen().caption).toContain("Строка 1\nСтрока 2");
  expect(person.screen().caption).not.toContain("[00:");
  expect(person.screen().caption).not.toContain("Строка 7");
  const [stored] = await world.db.rows("select file_id, sent_as from outputs where generation_id = $1", [id]);
  expect(stored).toMatchObject({ file_id: expect.any(String), sent_as: "document" });
});

test("D1 D2: notes come as a MIDI file, and notes nobody can read come as they are", async () => {
  const { person } = await delivered("suno-midi", [{ kind: "midi", text: NOTES }]);
  expect(filesTo(person).at(-1)).toMatchObject({ kind: "document", fileName: expect.stringMatching(/^Suno.*\.mid$/) });
  const midi = await bytesOf(world, filesTo(person).at(-1));
  expect(midi.toString("latin1", 0, 4)).toBe("MThd");
  // Type 1, three tracks: the tempo and one per instrument.
  expect([midi.readUInt16BE(8), midi.readUInt16BE(10)]).toEqual([1, 3]);
  expect(midi.toString("latin1")).toContain("Drums");
  const { person: boris } = await delivered("suno-midi", [{ kind: "midi", text: '{"instruments":7}' }]);
  expect(filesTo(boris).at(-1)?.fileName).toMatch(/\.json$/);
  expect(await textOf(boris)).toBe('{"instruments":7}\n');
});

test("D1 D5: words are sent again free and without KIE: texts to read, files by Telegram's own id", async () => {
  const outputs: readonly MadeOutput[] = [
    { kind: "text", text: "Слова песни", title: "Вариант" },
    { kind: "timed-lyrics", text: TIMED },
  ];
  const { person, id } = await delivered("suno-lyrics", outputs);
  const wallet = await person.wallet();
  world.qstash.reset();
  await world.sleeps(15 * DAY);
  world.context.calls.clear();
  await person.says("/history");
  await person.taps(`open:${id}`);
  await person.taps("Прислать ещё раз");
  expect(kieCalls()).toBe(0);
  expect(
    callsOf("sendMessage")
      .map(({ body }) => JSON.stringify(body))
      .join(),
  ).toContain("Слова песни");
  const [document] = callsOf("sendDocument").map(({ body }) => JSON.stringify(body));
  expect(document).not.toContain("bytes");
  expect(await textOf(person)).toBe(`${TIMED}\n`);
  expect(await person.wallet()).toEqual(wallet);
});

test("D4: whoever blocked the bot finds the words in the history when they come back", async () => {
  const { person, id } = await owed("suno-midi", [{ kind: "midi", text: NOTES }]);
  await world.telegram.userBlocks(person.id);
  await isAdvanced(world, id);
  expect(await generationNow(world, id)).toMatchObject({ state: "undeliverable" });
  await world.telegram.userUnblocks(person.id);
  await person.says("/history");
  await person.taps(`open:${id}`);
  await person.taps("Прислать ещё раз");
  expect(filesTo(person).at(-1)?.fileName).toMatch(/\.mid$/);
  expect(await generationNow(world, id)).toMatchObject({ state: "delivered" });
});

test.each([
  ["editMessageText", "too-many-requests"],
  ["editMessageText", "lost-answer"],
  ["editMessageText", "server-error"],
] as const)("D4: %s with %s: the words are shown once, a little later", async (method, fault) => {
  const { person, id } = await owed("suno-lyrics", [{ kind: "text", text: "Слова, которые не потерялись" }]);
  world.telegram.faults.next(method, fault, { times: 2, retryAfterSeconds: 7 });
  await isAdvanced(world, id);
  await world.advance(60);
  expect(await generationNow(world, id)).toMatchObject({ state: "delivered" });
  const shown = person.messages().filter(({ text }) => text?.includes("Слова, которые не потерялись"));
  expect(shown).toHaveLength(1);
});

test("D4: a document that Telegram asks to wait for comes once, a little later", async () => {
  const { person, id } = await owed("suno-timed-lyrics", [{ kind: "timed-lyrics", text: TIMED }]);
  const before = filesTo(person).length;
  world.telegram.faults.next("editMessageMedia", "too-many-requests", { retryAfterSeconds: 9 });
  await isAdvanced(world, id);
  expect(filesTo(person)).toHaveLength(before);
  await world.advance(30);
  expect(filesTo(person)).toHaveLength(before + 1);
  expect(await generationNow(world, id)).toMatchObject({ state: "delivered" });
});

test("D4: when Telegram asks to wait in the middle, only what is missing is sent afterwards", async () => {
  const person = await somebody();
  const id = await buysPicture(world, person, "картинка и слова");
  const [row] = await world.db.rows("select url from outputs where generation_id = $1", [id]);
  await becomes(world, id, "suno-lyrics", [
    { kind: "image", url: String(row?.["url"]) },
    { kind: "timed-lyrics", text: TIMED },
  ]);
  const before = filesTo(person).length;
  world.telegram.faults.next("sendDocument", "too-many-requests", { retryAfterSeconds: 9 });
  await isAdvanced(world, id);
  expect(
    filesTo(person)
      .slice(before)
      .map(({ kind }) => kind),
  ).toEqual(["photo"]);
  await world.advance(30);
  expect(
    filesTo(person)
      .slice(before)
      .map(({ kind }) => kind),
  ).toEqual(["photo", "document"]);
  expect(await generationNow(world, id)).toMatchObject({ state: "delivered" });
});

test("D2: the words of a song stay with its tracks", async () => {
  const anna = await somebody();
  await openCard(anna, "suno-custom");
  for (const words of ["инди-поп", "Маяк", "Фонари плывут в окне"]) await anna.says(words);
  const id = await create(anna);
  await world.advance(40);
  const tracks = await world.db.rows("select kind, text, external_id from outputs where generation_id = $1", [id]);
  expect(tracks).toHaveLength(2);
  for (const { kind, text, external_id } of tracks) {
    expect({ kind, external_id }).toEqual({ kind: "audio", external_id: expect.any(String) });
    expect(String(text)).toContain("Фонари плывут в окне");
  }
  expect(anna.readsAll()).not.toContain("Фонари плывут в окне\nФонари");
  expect(offers(anna, "again:")).toBe(false);
});

test.each([
  ["ru", ["Вокал", "Ударные", "Мой припев"]],
  ["en", ["Vocals", "Drums", "Мой припев"]],
])("D1: the parts of a song are named in the user's language: %s", async (language, titles) => {
  lastUserId += 1;
  const person = world.person(lastUserId, language);
  await person.says("/start");
  await person.credited(100_000);
  await openCard(person, "suno-simple");
  await answerQuestions(person, []);
  const id = await create(person);
  await world.advance(40);
  const [row] = await world.db.rows("select url from outputs where generation_id = $1", [id]);
  const url = String(row?.["url"]);
  const stems = ["vocals", "Drums", "Мой припев"].map((title): MadeOutput => ({ kind: "audio", url, title }));
  await becomes(world, id, "suno-separate-vocals", stems);
  await isAdvanced(world, id);
  expect(
    filesTo(person)
      .slice(-3)
      .map(({ kind, title }) => [kind, title]),
  ).toEqual(titles.map((title) => ["audio", title]));
});

test("D2 B4: from a song to its timed lyrics, its parts and their notes, each by a button under the result before", async () => {
  const anna = await somebody();
  await openCard(anna, "suno-custom");
  for (const words of ["инди-поп", "Маяк", "Фонари плывут в окне"]) await anna.says(words);
  const song = await create(anna);
  await world.advance(60);
  const follows = async (generationId: string, entryKey: string): Promise<string> => {
    const button = `follow:${generationId}:0:${entryKey}`;
    if (!anna.hasButton(button)) await anna.taps(`more:${generationId}`);
    await anna.taps(button);
    await anna.taps("show_price_confirmation");
    if (offers(anna, "confirm~")) await anna.taps("confirm~");
    const { id } = await newestGeneration(world, anna.id);
    await world.advance(120);
    expect(await generationNow(world, id)).toMatchObject({ state: "delivered" });
    return id;
  };
  await follows(song, "suno-timed-lyrics");
  expect(filesTo(anna).at(-1)).toMatchObject({ kind: "document", fileName: expect.stringMatching(/\.lrc$/) });
  expect(await textOf(anna)).toMatch(/^\[\d\d:\d\d\.\d\d\] ?\S/);
  const stems = await follows(song, "suno-separate-vocals");
  expect(
    filesTo(anna)
      .slice(-2)
      .map(({ kind, title }) => [kind, title]),
  ).toEqual([
    ["audio", "Вокал"],
    ["audio", "Минусовка"],
  ]);
  await follows(stems, "suno-midi");
  expect(filesTo(anna).at(-1)).toMatchObject({ kind: "document", fileName: expect.stringMatching(/\.mid$/) });
  expect((await bytesOf(world, filesTo(anna).at(-1))).toString("latin1", 0, 4)).toBe("MThd");
});
