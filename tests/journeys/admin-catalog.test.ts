import { afterAll, beforeAll, expect, test } from "vitest";
import type { AddedModel } from "../../lib/sandbox/kie/catalogue-alterations.ts";
import { answerQuestions, create, offers, openCard, withSpaces } from "../support/buying.ts";
import { runSync } from "../support/catalog-sync.ts";
import { type Person, startWorld, type World } from "../support/world.ts";

const ADMIN_ID = 1;
const MINUTE = 60;
const MARKET = "/api/v1/jobs/createTask";

let world: World;
let admin: Person;
beforeAll(async () => {
  // Without a pause the job of a tap is refused after its first question, and nothing waits in real time.
  world = await startWorld({ environment: { KIE_CATALOGUE_GAP_MS: "0" } });
  admin = world.person(ADMIN_ID);
  await admin.says("/start");
});
afterAll(async () => {
  await world.expectInvariants();
  await world.end();
});

/** Paths of the creates that KIE got since the calls were cleared. */
const creates = () =>
  world.context.calls
    .list()
    .filter(({ service, method }) => service === "kie" && method.startsWith("POST"))
    .map(({ method }) => method.replace("POST ", ""));

const labelsOf = (person: Person) => (person.screen().keyboard?.flat() ?? []).map(({ text }) => withSpaces(text));

/** The admin's screen of a family, from /admin on. */
async function opensFamily(section: string, family: string): Promise<void> {
  await admin.says("/admin");
  await admin.taps("🎨 Модели");
  if (offers(admin, `admin:f:${section}:0`)) await admin.taps(`admin:f:${section}:0`);
  while (!offers(admin, `admin:m:${family}~`)) await admin.taps(" ›");
  await admin.taps(`admin:m:${family}~`);
}

/** Opens the proposal whose line holds these words, on whichever page of the list it stands. */
async function opensProposal(status: string, words: string): Promise<void> {
  await admin.says("/admin");
  await admin.taps("Каталог: синхронизация");
  await admin.taps(status);
  for (;;) {
    const line = admin
      .reads()
      .split("\n")
      .find((each) => each.includes(words));
    const number = line?.split(".")[0];
    if (number !== undefined) {
      const button = admin
        .screen()
        .keyboard?.flat()
        .find(({ text }) => text === number);
      await admin.taps(button?.data ?? "", { messageId: admin.screen().messageId });
      return;
    }
    await admin.taps(" ›");
  }
}

test("G3: /admin is for admins alone; to others it is a command that does not exist, and its buttons do nothing", async () => {
  const anna = world.person(5100);
  await anna.says("/admin");
  expect(anna.reads()).toContain("Команды /admin нет");
  await admin.says("/admin");
  expect(admin.reads()).toContain("Управление");
  expect(labelsOf(admin)).toEqual(
    expect.arrayContaining(["👥 Пользователи", "🎟 Промокоды", "🔄 Каталог: синхронизация", "🎨 Модели", "☰ Меню"]),
  );
  await anna.says("/start");
  await anna.forces(anna.screen().messageId, "admin:v:z-image:0~1");
  await openCard(anna, "z-image");
});

test("B4 G3: an admin sends a family by its second route first, and back, without a deploy", async () => {
  const anna = await world.newcomer({ kopecks: 100_000 });
  await opensFamily("music", "suno");
  expect(admin.reads()).toContain("Путь: сначала market");
  await admin.taps("Сначала второй путь");
  expect(admin.toast()?.text).toBe("Теперь сначала второй путь");
  expect(admin.reads()).toContain("Путь: сначала suno suno/generate");
  const buys = async (prompt: string) => {
    await openCard(anna, "suno-simple");
    await anna.says(prompt);
    await answerQuestions(anna, []);
    world.context.calls.clear();
    await create(anna);
    const paths = creates();
    await world.advance(6 * MINUTE);
    expect(anna.readsAll()).toContain("Готово");
    return paths;
  };
  expect(await buys("песня вторым путём")).toEqual([expect.stringMatching(/\/api\/v1\/generate$/)]);
  await admin.taps("Сначала основной путь");
  expect(admin.reads()).toContain("Путь: сначала market");
  expect(await buys("песня первым путём")).toEqual([expect.stringContaining(MARKET)]);
});

test("G3: a mode that an admin hides leaves the menus at once; an old button says so; shown again it is back", async () => {
  const anna = await world.newcomer({ kopecks: 100_000 });
  await anna.says("/models");
  await anna.taps("category:image");
  while (!offers(anna, "model:z-image~")) await anna.taps(" ›");
  const old = { messageId: anna.screen().messageId, data: anna.button("model:z-image~").data };
  await opensFamily("image", "z-image");
  await admin.taps("скрыть");
  expect(admin.toast()?.text).toBe("Скрыта из меню");
  expect(labelsOf(admin)[0]).toMatch(/^🚫 .*: показать$/);

  await anna.forces(old.messageId, old.data);
  expect(anna.reads()).toContain("временно скрыта");
  await anna.says("/models");
  await anna.says("z-image");
  expect(offers(anna, "model:z-image~")).toBe(false);
  // Words go to another model meanwhile.
  await anna.says("/start");
  await anna.says("рыжий кот");
  expect(anna.reads()).toContain("рыжий кот");
  expect(anna.reads()).not.toContain("Z-Image");
  await anna.taps("cancel~");

  await admin.taps("показать");
  await openCard(anna, "z-image");
  expect(offers(anna, "Создать")).toBe(false);
  await anna.says("серый кот");
  expect(offers(anna, "Создать · 0,63 ₽")).toBe(true);
});

const DREAM: AddedModel = {
  model: "maker/dream-6",
  title: "Dream 6",
  provider: "Maker",
  taskType: ["text to image"],
  schema: {
    category: "image",
    mode: "text-to-image",
    output: "image",
    rules: [],
    requiredSets: [],
    billsInputSeconds: false,
    freeInputImages: 0,
    input: { prompt: { type: "string", required: true, maxLength: 800 } },
    prices: [{ when: {}, credits: 8, per: "image" }],
  },
  priceText: "8 credits ($0.04) per image",
};

test("B5 G3: a new model is proposed, completed by taps and a typed price, sold after the approval and gone after the rollback", async () => {
  const anna = await world.newcomer({ kopecks: 100_000 });
  world.kie.alterCatalogue({ add: [DREAM] });
  await runSync(world);
  await opensProposal("Ждут решения", "Новая модель: Dream 6 (maker/dream-6)");
  expect(admin.reads()).toContain("KIE пишет о цене:\n8 credits ($0.04) per image");
  expect(admin.reads()).toContain("Похоже на: 8 кредитов");
  await admin.taps("✅ Принять");
  expect(admin.toast()).toMatchObject({ alert: true, text: expect.stringContaining("цену") });
  await admin.taps("Инструменты");
  expect(admin.reads()).toContain("Раздел: Инструменты");
  await admin.taps("Изображения");
  expect(admin.reads()).toContain("Раздел: Изображения");
  await admin.taps("✏️ Цена");
  await admin.says("почти даром");
  expect(admin.reads()).toContain("«почти даром» не похоже на цену");
  await admin.says("8");
  await admin.taps("за изображение");
  expect(admin.reads()).toContain("Цена KIE: 8 кредитов за изображение");
  await admin.taps("Название по-русски");
  await admin.says("Мечта");
  await admin.taps("Название по-английски");
  await admin.says("A dream");
  expect(admin.reads()).toContain("Название по-русски: Мечта");
  expect(admin.reads()).toContain("Раздел: Изображения");
  await admin.taps("✅ Принять");
  expect(admin.toast()?.text).toContain("действует");
  expect(admin.reads()).toContain("✅ Принято и действует");

  await anna.says("/models");
  await anna.says("dream 6");
  await anna.taps("Dream 6 · от 6,29 ₽");
  await anna.says("замок во сне");
  await anna.taps("Создать · 6,29 ₽");
  await world.advance(MINUTE);
  expect(world.kie.tasks().at(-1)).toMatchObject({ model: "maker/dream-6", input: { prompt: "замок во сне" } });
  expect(anna.readsAll()).toContain("списано 6,29 ₽");

  await opensProposal("Принятые", "Dream 6");
  await admin.taps("↩️ Откатить");
  expect(admin.reads()).toContain("Отменено");
  await anna.says("/models");
  await anna.says("dream 6");
  expect(anna.reads()).toContain("Модели «dream 6» нет");
  // What was made stays.
  await anna.says("/history");
  await anna.taps("open:");
  expect(anna.reads()).toContain("замок во сне");
});

test("B5: another price is proposed with KIE's words before and after, and an ignored change is not proposed again", async () => {
  world.kie.resetCatalogue();
  await runSync(world);
  world.kie.alterCatalogue({
    change: [{ model: "z-image", prices: [{ when: {}, credits: 2, per: "image" }], priceText: "2 credits per image" }],
  });
  await runSync(world);
  await opensProposal("Ждут решения", "Z-Image (z-image): KIE пишет о цене иначе");
  expect(admin.reads()).toContain("Стало:\n2 credits per image");
  await admin.taps("за изображение");
  await admin.taps("✅ Принять");
  const anna = await world.newcomer({ kopecks: 100_000 });
  await anna.says("кот");
  expect(offers(anna, "Создать · 1,57 ₽")).toBe(true);
  await admin.taps("↩️ Откатить");
  await anna.says("/cancel");
  await anna.says("кот");
  expect(offers(anna, "Создать · 0,63 ₽")).toBe(true);
  await admin.taps("🚫 Пропустить");
  expect(admin.reads()).toContain("🚫 Пропущено");
  await runSync(world);
  await admin.says("/admin");
  await admin.taps("Каталог: синхронизация");
  expect(admin.reads()).toContain("Последняя сверка");
  expect(offers(admin, "Пропущенные · 1")).toBe(true);
  expect(admin.reads()).not.toContain("другие цены");
});

test("B5: a tap begins a comparison at once, and the screen says how far it is", async () => {
  await admin.taps("Синхронизировать сейчас");
  expect(admin.toast()?.text).toContain("Сверка начата");
  expect(admin.reads()).toMatch(/Сверка идёт с \d\d:\d\d: прочитано \d+ из \d+/);
  expect(offers(admin, "Синхронизировать сейчас")).toBe(false);
  const [newest] = await world.db.rows("select finished_at from catalog_syncs order by started_at desc limit 1");
  expect(newest).toEqual({ finished_at: null });
});
