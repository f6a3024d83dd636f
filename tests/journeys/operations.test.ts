import { expect, test } from "vitest";
import { openDatabase } from "../../lib/db/client.ts";
import { credit } from "../../lib/db/wallets.ts";
import { create, offers, withSpaces } from "../support/buying.ts";
import { sharedWorld } from "../support/shared-world.ts";
import type { Person } from "../support/world.ts";

const world = sharedWorld();

async function buys(person: Person, prompt: string): Promise<string> {
  await person.says(prompt);
  return await create(person);
}

/** The files that the bot sent as documents, with their bytes as text. */
async function documents(person: Person): Promise<{ name: string; text: string; caption: string }[]> {
  const found = [];
  for (const { from, media: [media] = [], caption } of person.messages()) {
    if (from !== "bot" || media?.kind !== "document") continue;
    const response = await world.request(media.url);
    // `text()` would swallow the mark at the beginning.
    const text = new TextDecoder("utf-8", { ignoreBOM: true }).decode(await response.arrayBuffer());
    found.push({
      name: media.fileName ?? "",
      text: text.replace(/[\u00a0\u202f]/g, " "),
      caption: withSpaces(caption ?? ""),
    });
  }
  return found;
}

test("E1: the balance shows main, bonus and reserved money, and what can be done with it", async () => {
  const anna = world.person(4101);
  await anna.says("/start");
  await anna.credited(12_800);
  await buys(anna, "hang: маяк в тумане");
  await anna.says("/balance");
  expect(anna.reads()).toContain("Основной: 128 ₽\nБонусы: 49,37 ₽. Они тратятся первыми.\nВ резерве: 0,63 ₽.");
  expect(offers(anna, "Операции")).toBe(true);
  expect(offers(anna, "Лимит трат")).toBe(true);
  expect(anna.reads()).not.toContain("Долг");
});

test("E5 E2: every movement is listed with its reason: a bonus, a top-up, a hold and how it ended", async () => {
  const anna = world.person(4102);
  await anna.says("/balance");
  await anna.taps("Операции");
  expect(anna.reads()).toMatch(/Операции\n\n\d\d\.\d\d \d\d:\d\d · \+50,00 ₽ \(бонусы\)\nПриветственный бонус$/);
  await anna.credited(10_000);
  await buys(anna, "маяк на закате");
  await world.advance(30);
  await buys(anna, "fail:500");
  await world.advance(30);
  await anna.says("/balance");
  await anna.taps("Операции");
  const lines = anna.reads();
  expect(lines).toContain("· −0,63 ₽ (бонусы)\nРезерв: Z-Image");
  expect(lines).toContain("· 0,63 ₽ (бонусы)\nОплата из резерва: Z-Image");
  expect(lines).toContain("· +0,63 ₽ (бонусы)\nВозврат из резерва: Z-Image");
  expect(lines).toContain("· +100,00 ₽\nТестовое зачисление");
  // Newest first.
  expect(lines.indexOf("Возврат из резерва")).toBeLessThan(lines.indexOf("Оплата из резерва"));
  await anna.taps("К балансу");
  expect(anna.reads()).toContain("Бонусы: 49,37 ₽");
});

test("E5: pages lead to the very first movement and back, also when many share one moment, and none is shown twice", async () => {
  const anna = world.person(4103);
  await anna.says("/start");
  const database = openDatabase({ url: world.db.url, endpoint: `${world.origin}/neon/sql`, timeoutMs: 6_000 });
  const now = new Date(world.context.clock.now().getTime() + 60_000);
  // 20 credits in one millisecond, as a promo and a top-up may be: more than two pages of them.
  for (let index = 0; index < 20; index += 1) {
    await credit(database, {
      id: `promo:NUMBER${index}:4103`,
      userId: 4103,
      kopecks: 100n,
      account: "bonus",
      source: "promo",
      reason: `NUMBER${index}`,
      now,
    });
  }
  await anna.says("/balance");
  await anna.taps("Операции");
  const seen: string[] = [];
  for (let page = 1; page <= 3; page += 1) {
    seen.push(...(anna.reads().match(/Промокод: NUMBER\d+/g) ?? []));
    if (page < 3) await anna.taps("Раньше");
  }
  expect(new Set(seen).size).toBe(20);
  expect(seen).toHaveLength(20);
  expect(anna.reads()).toContain("Приветственный бонус");
  expect(offers(anna, "Раньше")).toBe(false);
  await anna.taps("К последним");
  expect(offers(anna, "К последним")).toBe(false);
});

test("E5: the month's statement comes as a CSV file with the balances before and after", async () => {
  const anna = world.person(4104);
  await anna.says("/start");
  await anna.credited(10_000);
  await buys(anna, "маяк зимой");
  await world.advance(30);
  await anna.says("/balance");
  await anna.taps("Операции");
  await anna.taps("Выписка за");
  expect(anna.toast()?.text).toBe("Готовим выписку, она придёт файлом.");
  const [file] = (await documents(anna)).filter(({ name }) => name.endsWith(".csv"));
  expect(file?.name).toMatch(/^Выписка \d{4}-\d\d\.csv$/);
  expect(file?.caption).toMatch(/^Выписка за [а-я]+ \d{4}\. Время московское\.$/);
  expect(file?.text.startsWith('\ufeff"Дата и время (МСК)";')).toBe(true);
  const lines = file?.text.trim().split("\r\n") ?? [];
  expect(lines[1]).toBe(';"Остаток на начало месяца";0,00;0,00;0,00;0,00;');
  expect(lines[2]).toMatch(/^\d\d\.\d\d\.\d{4} \d\d:\d\d:\d\d;"Приветственный бонус";;50,00;;;"welcome:4104"$/);
  expect(lines.slice(3, -1).map((line) => line.replace(/^[\d.: ]+;|;"[^"]*"$/g, ""))).toEqual([
    '"Тестовое зачисление";100,00;;;',
    '"Резерв: Z-Image";;-0,63;0,63;',
    '"Оплата из резерва: Z-Image";;;-0,63;',
  ]);
  expect(lines.at(-1)).toBe(';"Остаток сейчас";100,00;49,37;0,00;0,00;');
});

test("E5: a month without movements has no file, and says so", async () => {
  const anna = world.person(4105);
  await anna.says("/balance");
  await anna.taps("Операции");
  const months =
    anna
      .screen()
      .keyboard?.flat()
      .filter(({ text }) => text.includes("Выписка")) ?? [];
  await anna.taps(withSpaces(months[1]?.text ?? ""));
  expect(anna.readsAll()).toMatch(/За [а-я]+ \d{4} движений денег не было\./);
  expect(await documents(anna)).toEqual([]);
});

test("E5: the operations speak English to an English speaker", async () => {
  const john = world.person(4106, "en");
  await john.says("/balance");
  await john.taps("Operations");
  expect(john.reads()).toContain("Welcome bonus");
});
