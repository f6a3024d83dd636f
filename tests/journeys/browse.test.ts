import { expect, test } from "vitest";
import { CATEGORIES } from "../../lib/catalog/categories.ts";
import { DAY_MS } from "../../lib/shared/clock.ts";
import {
  answerQuestions,
  create,
  kopecksOfCredits,
  kopecksOn,
  offers,
  oneOfEach,
  openCard,
  withSpaces,
} from "../support/buying.ts";
import { catalog, entryOf } from "../support/catalog-entry.ts";
import { sharedWorld } from "../support/shared-world.ts";
import type { Person } from "../support/world.ts";

const world = sharedWorld();

const buttonsOf = (person: Person) =>
  (person.screen().keyboard?.flat() ?? []).map(({ text, data = "" }) => ({ text: withSpaces(text), data }));

/** Buttons of the families on the screen and its further pages. */
async function listedFamilies(person: Person): Promise<{ text: string; data: string }[]> {
  const listed = [];
  for (;;) {
    const page = buttonsOf(person).filter(({ data }) => data.startsWith("model:"));
    expect(page.length).toBeLessThanOrEqual(8);
    listed.push(...page);
    if (!offers(person, " ›")) return listed;
    await person.taps(" ›");
  }
}

test.each(CATEGORIES)(
  "A3 E3: the section %s lists its models in order, each with its lowest price",
  async (category) => {
    const families = catalog.families(category).toSorted((a, b) => a.order - b.order || (a.key < b.key ? -1 : 1));
    expect(families.length).toBeGreaterThan(0);
    const anna = world.person(1300 + CATEGORIES.indexOf(category));
    await anna.says("/models");
    await anna.taps(`category:${category}`);
    const listed = await listedFamilies(anna);
    expect(listed.map(({ data }) => data.split(/[:~]/)[1])).toEqual(families.map(({ key }) => key));
    for (const [index, { title, fromCredits }] of families.entries()) {
      if (fromCredits === 0) {
        expect(listed[index]?.text).toContain(`${title} · бесплатно`);
        continue;
      }
      expect(listed[index]?.text).toContain(`${title} · от `);
      expect(kopecksOn(listed[index]?.text ?? "")).toBe(kopecksOfCredits(fromCredits));
    }
    await anna.taps("Назад");
    expect(anna.reads()).toContain("Выберите раздел");
  },
);

// All of them without a chat: tests/unit/conversation/every-card.test.ts.
test.each(CATEGORIES)(
  "A3: in %s a family with several modes asks for one, another leads straight to its card, and Назад leads back",
  async (category) => {
    const anna = world.person(1310 + CATEGORIES.indexOf(category));
    const families = catalog.families(category);
    const shapes = [families.find(({ modes }) => modes.length > 1), families.find(({ modes }) => modes.length === 1)];
    for (const family of shapes.filter((each) => each !== undefined)) {
      const mode = family.modes.at(-1);
      if (mode === undefined) throw new Error(`${family.key} has no mode`);
      await openCard(anna, mode.entryKey);
      expect(anna.reads()).toContain(entryOf(mode.entryKey).about.ru);
      await anna.taps("Назад");
      if (family.modes.length > 1) {
        expect(anna.reads()).toContain("Что будем делать?");
        for (const other of family.modes) expect(offers(anna, other.title.ru)).toBe(true);
        await anna.taps("Назад");
      }
      expect(offers(anna, `model:${family.key}~`)).toBe(true);
    }
  },
);

test("A3: a typed name finds the model, in Russian letters too, and words that are none can become a prompt", async () => {
  const anna = world.person(1320);
  await anna.says("/models");
  await anna.says("нано банана");
  expect(anna.reads()).toContain("По запросу «нано банана»");
  expect(offers(anna, "Nano Banana ·")).toBe(true);
  await anna.says("KLING");
  expect(offers(anna, "Kling 3.0")).toBe(true);
  expect(offers(anna, "Suno")).toBe(false);
  await anna.says("фарфоровый слон");
  expect(anna.reads()).toContain("Модели «фарфоровый слон» нет");
  await anna.taps("Сделать картинку по этому тексту");
  expect(anna.reads()).toContain("Z-Image");
  expect(anna.reads()).toContain("фарфоровый слон");
  expect(offers(anna, "Создать · 0,63 ₽")).toBe(true);
});

test("A3: long lists are turned in pages of eight, forth and back", async () => {
  const anna = world.person(1321);
  await anna.says("/models");
  await anna.says("а");
  const found = catalog.search("а");
  expect(found.length).toBeGreaterThan(8);
  const firstPage = anna.reads();
  expect(firstPage).toContain(`Страница 1 из ${Math.ceil(found.length / 8)}`);
  expect(await listedFamilies(anna)).toHaveLength(found.length);
  while (offers(anna, "‹ Стр.")) await anna.taps("‹ Стр.");
  expect(anna.reads()).toBe(firstPage);
});

test("A3: models of the last thirty days are marked NEW, and not a day longer", async () => {
  const marks = async (person: Person) => {
    const marked: string[] = [];
    for (const category of CATEGORIES) {
      await person.says("/models");
      await person.taps(`category:${category}`);
      const listed = await listedFamilies(person);
      marked.push(
        ...listed.filter(({ text }) => text.endsWith(" · NEW")).map(({ data }) => data.split(/[:~]/)[1] ?? ""),
      );
    }
    return marked;
  };
  const newFamilies = () => {
    const now = world.app.clock.now().getTime();
    const isNew = (addedAt: string) => now >= Date.parse(addedAt) && now < Date.parse(addedAt) + 30 * DAY_MS;
    return CATEGORIES.flatMap((category) => catalog.families(category)).flatMap(({ key, addedAt }) =>
      isNew(addedAt) ? [key] : [],
    );
  };
  const anna = world.person(1322);
  expect(await marks(anna)).toEqual(newFamilies());
  // Without the sweeper's schedule a month passes in a moment.
  world.qstash.reset();
  await world.advance((31 * DAY_MS) / 1000);
  expect(newFamilies()).toEqual([]);
  expect(await marks(anna)).toEqual([]);
});

/** One card for each kind of param and placement that there is. */
function differentCards(): string[] {
  const seen = new Set<string>();
  return catalog.entryKeys().filter((key) => {
    const { offer, params } = entryOf(key);
    const shapes = params
      .map((param) => `${param.kind} ${"placement" in param ? param.placement : ""}`)
      .filter((shape) => !seen.has(shape));
    for (const shape of shapes) if (offer === "card") seen.add(shape);
    return offer === "card" && shapes.length > 0;
  });
}

const sold = differentCards();

test.each(sold)(
  "A8: on a walk through every button of the card of %s all callback data is short and versioned",
  async (key) => {
    const seen = new Set<string>();
    const walker = lookingAtEverything(world.person(1330 + sold.indexOf(key)), seen);
    const taps = (data: string) => walker.taps(data, { messageId: walker.screen().messageId });
    const onScreen = (name: string) =>
      buttonsOf(walker)
        .map(({ data }) => data.slice(0, data.lastIndexOf("~") + 1))
        .filter((data) => data.startsWith(name));
    await walker.says("/start");
    await walker.credited(1_000_000);
    await openCard(walker, key);
    await answerQuestions(walker, await oneOfEach());
    for (const question of onScreen("param_input:")) {
      await taps(question);
      for (const field of onScreen("item_field:").slice(0, 2)) {
        await taps(field);
        await taps("param_input:");
      }
      await taps("card~");
    }
    if (offers(walker, "advanced~")) {
      await taps("advanced~");
      for (const question of onScreen("param_input:")) {
        await taps(question);
        await taps("advanced~");
      }
      await taps("card~");
    }
    await taps("show_price_confirmation~");

    expect(namesOf(seen)).toContain("show_price_confirmation");
    expect([...seen].filter((data) => Buffer.byteLength(data) > 64)).toEqual([]);
    expect([...seen].filter((data) => !DATA.test(data))).toEqual([]);
  },
);

test("A8: the vocabulary of the callback data is the one that older buttons speak", async () => {
  const seen = new Set<string>();
  const walker = lookingAtEverything(world.person(1399), seen);
  await openCard(walker, "nano-banana");
  await walker.says("пекарня");
  await walker.taps("Формат");
  await walker.taps("16:9");
  await create(walker);
  await world.advance(20);
  await walker.says("/history");
  await walker.taps("open:");
  expect(VOCABULARY.filter((name) => !namesOf(seen).has(name))).toEqual([]);
  expect([...seen].filter((data) => !DATA.test(data))).toEqual([]);
});

/** A name, parts between colons, the revision in base 36. */
const DATA = /^[a-z_]+(:[\w#.:-]+)?~[0-9a-z]+$/;

const namesOf = (seen: ReadonlySet<string>) => new Set([...seen].map((data) => data.split(/[:~]/)[0]));

/** What the seeds already called so. */
const VOCABULARY = ["category", "model", "mode", "param_input", "set_param", "show_price_confirmation"];

/** The person, who notes the data of all buttons after whatever they do. */
function lookingAtEverything(person: Person, seen: Set<string>): Person {
  const look = () => {
    const keyboards = person.messages().slice(-4);
    for (const { data } of keyboards.flatMap(({ keyboard }) => keyboard?.flat() ?? [])) {
      if (data !== undefined) seen.add(data);
    }
  };
  return {
    ...person,
    async taps(...args) {
      await person.taps(...args);
      look();
    },
    async says(...args) {
      await person.says(...args);
      look();
    },
  };
}
