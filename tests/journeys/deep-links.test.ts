import { afterAll, beforeAll, expect, test } from "vitest";
import { offers } from "../support/buying.ts";
import { startWorld, type World } from "../support/world.ts";

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(async () => {
  await world.expectInvariants();
  await world.end();
});

let lastId = 7_100;
async function arrives(payload: string, languageCode = "ru") {
  lastId += 1;
  const person = world.person(lastId, languageCode);
  await person.says(`/start ${payload}`);
  return person;
}

test("A9 F5: promo_<code> enters the code and greets; the welcome bonus is there, too", async () => {
  const anna = await arrives("promo_FIRSTGEN");
  expect(anna.reads()).toContain("Промокод FIRSTGEN принят");
  expect(anna.reads()).toContain("Здравствуйте, Анна.");
  expect(anna.reads()).toContain("100 ₽ бонусами");
  expect(await anna.wallet()).toMatchObject({ bonus: 10_000n });
  await anna.says("/start promo_FIRSTGEN");
  expect(anna.reads()).toContain("вы уже вводили");
  expect(await anna.wallet()).toMatchObject({ bonus: 10_000n });
});

test("A9: m_<entry> opens its card, m_<family> its modes", async () => {
  const anna = await arrives("m_z-image");
  expect(anna.reads()).toContain("Z-Image");
  expect(offers(anna, "Пример запроса")).toBe(true);
  const john = await arrives("m_qwen-image-2-1", "en");
  expect(john.reads()).toContain("Qwen Image 2.1");
  expect(offers(john, "example~")).toBe(true);
  const { catalog } = world.app;
  const many = catalog
    .families("video")
    .find(({ key, modes }) => modes.length > 1 && modes.every(({ entryKey }) => entryKey !== key));
  const vera = await arrives(`m_${many?.key}`);
  expect(offers(vera, `mode:${many?.key}:`)).toBe(true);
});

test("A9: m_ of a model that is not sold says so above the menu", async () => {
  const anna = await arrives("m_no-such-model");
  expect(anna.reads()).toContain("Модель по этой ссылке сейчас не продаётся.");
  expect(offers(anna, "Все модели")).toBe(true);
});

test("A9: p_<preset> is answered politely while there are no templates", async () => {
  const anna = await arrives("p_abc123");
  expect(anna.reads()).toContain("Шаблонов по ссылке пока нет");
  expect(offers(anna, "Все модели")).toBe(true);
});

test("A9: src_<campaign> is an ordinary start whose campaign is in the log, with nothing of the person", async () => {
  const anna = await arrives("src_vk-autumn");
  expect(anna.reads()).toContain("Здравствуйте, Анна.");
  const lines = world.logLines.filter((line) => line.includes("start.campaign"));
  expect(lines).toHaveLength(1);
  expect(lines[0]).toContain("vk-autumn");
  expect(lines[0]).not.toContain("Анна");
});

const FORGED = [
  "promo_",
  "promo_x; drop table users",
  "bonus_100000",
  `promo_100_RUB_${"9".repeat(80)}`,
  "m_../../etc/passwd",
  "ref_",
  "ref_7101",
  `src_${"a".repeat(200)}`,
  "🎁",
  "m_Z-IMAGE",
];
test.each(FORGED)("A9: the forged payload %s is an ordinary start and gives nothing", async (payload) => {
  const anna = await arrives(payload);
  expect(anna.reads()).toContain("Здравствуйте, Анна.");
  expect(await anna.wallet()).toMatchObject({ main: 0n, bonus: 5_000n });
});
