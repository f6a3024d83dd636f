import { describe, expect, test } from "vitest";
import { CATEGORIES } from "../../../lib/catalog/categories.ts";
import type { Catalog } from "../../../lib/catalog/load.ts";
import { adminAction } from "../../../lib/conversation/admin/buttons.ts";
import type { AdminPage } from "../../../lib/conversation/admin/types.ts";
import { readTypedPrice } from "../../../lib/conversation/admin/words.ts";
import { renderScreen } from "../../../lib/conversation/render.ts";
import { initialState, parseState } from "../../../lib/conversation/state.ts";
import type { Facts } from "../../../lib/conversation/types.ts";
import { LANGUAGES } from "../../../lib/shared/localized.ts";
import { ailingCatalog, CHANGES, FULL, makeAdmin, makeProposal } from "./admin-facts.ts";
import { checkView, Dialogue, labels, makeFacts, NOW, textOf } from "./dialogue.ts";
import { memoryCatalog } from "./fixture-catalog.ts";

const STATUSES = ["proposed", "approved", "ignored", "rolled-back"] as const;

function adminDialogue(fields: Parameters<typeof makeAdmin>[0] = {}, catalog: Catalog = memoryCatalog()): Dialogue {
  const dialogue = new Dialogue(makeFacts({ admin: makeAdmin(fields) }), catalog);
  dialogue.command("admin");
  return dialogue;
}

/** An admin who looks at one proposal. */
function atProposal(...[change, fields]: Parameters<typeof makeProposal>): Dialogue {
  const proposal = makeProposal(change, fields);
  const dialogue = adminDialogue({ proposal });
  dialogue.tap(adminAction({ kind: "proposal", id: proposal.id, asking: null }));
  return dialogue;
}

test("G3: /admin opens the screen of what exists; to everybody else it is an unknown command", () => {
  const admin = adminDialogue({ counts: { proposed: 3, approved: 0, ignored: 0, "rolled-back": 0 } });
  expect(admin.text).toContain("3\u00a0изменения ждут решения");
  expect(admin.labels).toEqual(
    expect.arrayContaining(["👥 Пользователи", "🎟 Промокоды", "🔄 Каталог: синхронизация", "🎨 Модели", "☰ Меню"]),
  );
  const anna = new Dialogue();
  anna.command("admin");
  expect(anna.text).toContain("Команды /admin нет");
  expect(anna.state.screen).toEqual({ kind: "help" });
});

test("G3: an admin's button does nothing for somebody who is none, and an admin's screen is not shown to them", () => {
  const anna = new Dialogue();
  const { effects } = anna.tap(adminAction({ kind: "sync-now" }));
  expect(effects).toEqual([]);
  expect(anna.state.screen).toEqual({ kind: "menu" });
  const state = { ...initialState(), screen: { kind: "admin" as const, page: { kind: "home" as const } } };
  expect(labels(renderScreen(state, makeFacts(), memoryCatalog()))).not.toContain("🎨 Модели");
});

const pages: AdminPage[] = [
  { kind: "home" },
  { kind: "sync" },
  ...STATUSES.map((status) => ({ kind: "proposals" as const, status, page: 3 })),
  ...(["price", "titleRu", "titleEn", null] as const).map((asking) => ({
    kind: "proposal" as const,
    id: "a1b2c3d4e5f6g7h8",
    asking,
  })),
];
const ofTheCatalog: AdminPage[] = [
  ...CATEGORIES.map((category) => ({ kind: "families" as const, category, page: 0 })),
  { kind: "family", family: "movie" },
  { kind: "family", family: "nothing" },
];

describe.each(LANGUAGES)("in %s", (language) => {
  const facts = (admin: Facts["admin"]) =>
    makeFacts({ user: { id: 1, language, firstName: "Anna", isNew: false }, ...(admin && { admin }) });

  test("G3: every page of every proposal in every state fits into a message and has readable buttons", () => {
    for (const change of CHANGES) {
      for (const status of STATUSES) {
        for (const completion of [{}, FULL]) {
          for (const fault of status === "proposed" ? [null, "two prices for one request ".repeat(100)] : [null]) {
            const proposal = makeProposal(change, { status, completion, fault });
            const admin = makeAdmin({
              proposal,
              proposals: Array.from({ length: 8 }, () => proposal),
              counts: { proposed: 20, approved: 9, ignored: 1, "rolled-back": 30 },
              waiting: { "new-model": 2, "price-text": 18 },
              sync: { startedAt: NOW, finishedAt: status === "ignored" ? null : NOW, read: 34, total: 113 },
            });
            for (const page of change === CHANGES[0] ? [...pages, ...ofTheCatalog] : pages) {
              const state = { ...initialState(), screen: { kind: "admin" as const, page } };
              expect(parseState(JSON.parse(JSON.stringify(state)))).toEqual(state);
              const view = renderScreen(state, facts(admin), memoryCatalog());
              checkView(view, 1_000_000);
              const said = [textOf(view.text), ...labels(view)].join("\n");
              expect(said).not.toMatch(/undefined|null|NaN|\[object/);
              if (language === "en")
                expect(said.replaceAll(/Мечта 6|Картинка по тексту/g, "")).not.toMatch(/\p{Script=Cyrillic}/u);
            }
          }
        }
      }
    }
  });
});

test("B5: the sync screen says how far it is, what waits, and starts it", () => {
  const never = adminDialogue();
  never.press("синхронизация");
  expect(never.text).toContain("ещё не сверялся");
  const { effects, toast } = never.press("Синхронизировать сейчас");
  expect(effects).toEqual([{ kind: "admin", order: { kind: "sync-now" } }]);
  expect(toast?.text).toContain("начата");

  const running = adminDialogue({ sync: { startedAt: NOW, finishedAt: null, read: 34, total: 113 } });
  running.press("синхронизация");
  expect(running.text).toContain("прочитано 34 из 113");
  expect(running.labels).not.toContain("🔄 Синхронизировать сейчас");

  const done = adminDialogue({
    sync: { startedAt: NOW, finishedAt: NOW, read: 113, total: 113 },
    counts: { proposed: 5, approved: 2, ignored: 0, "rolled-back": 0 },
    waiting: { "new-model": 1, limit: 4 },
  });
  done.press("синхронизация");
  expect(done.text).toContain("20\u00a0ноября, 14:03, 113\u00a0моделей");
  expect(done.text).toContain("— новые модели: 1\n— другие пределы: 4");
  expect(done.labels).toContain("Ждут решения · 5");
  expect(done.labels.join()).not.toContain("Пропущенные");
});

test("B5: proposals stand in pages of eight, numbered through, one line each", () => {
  const proposals = CHANGES.slice(0, 8).map((change, index) => makeProposal(change, { id: `p${index}` }));
  const dialogue = adminDialogue({ proposals, counts: { proposed: 19, approved: 0, ignored: 0, "rolled-back": 0 } });
  dialogue.tap(adminAction({ kind: "page", page: { kind: "proposals", status: "proposed", page: 1 } }));
  expect(dialogue.text).toContain("9. ➕ Новая модель: Dream 6 (maker/dream-6)");
  expect(dialogue.text).toContain("15. 📏 maker/dream-5: duration, наибольшее значение: 10 → 15");
  expect(dialogue.text).toContain("16. 📏 maker/dream-5: prompt, обязательно: да → нет");
  expect(dialogue.text).toContain("Страница 2 из 3");
  dialogue.press("16");
  expect(dialogue.state.screen).toEqual({ kind: "admin", page: { kind: "proposal", id: "p7", asking: null } });
});

test("B5: a new model asks for its price, and is not approved without it", () => {
  const dialogue = atProposal(CHANGES[0]);
  expect(dialogue.text).toContain("Чтобы принять, нужна цена.");
  expect(dialogue.labels).toContain("✔️ Изображения");
  expect(dialogue.text).toContain("Похоже на: 8\u00a0кредитов за изображение");
  const refused = dialogue.press("✅ Принять");
  expect(refused).toMatchObject({ effects: [], toast: { alert: true, text: "Сначала укажите цену." } });
  expect(dialogue.press("Видео").effects).toEqual([
    { kind: "admin", order: { kind: "complete", proposalId: "a1b2c3d4e5f6g7h8", completion: { category: "video" } } },
  ]);
  // The suggested number counts as soon as somebody says what it is for.
  expect(dialogue.press("за изображение").effects).toMatchObject([
    { order: { completion: { price: { credits: 8, per: "image" } } } },
  ]);
});

test("B5: a typed price keeps what was chosen before, and a bad one loses nothing", () => {
  const completion = { category: "video" as const, price: { credits: 1, per: "second" as const } };
  const dialogue = atProposal(CHANGES[0], { completion });
  dialogue.press("✏️ Цена");
  expect(dialogue.text).toContain("Сколько кредитов");
  const bad = dialogue.say("много");
  expect(bad.effects).toEqual([]);
  expect(dialogue.text).toContain("«много» не похоже на цену");
  expect(dialogue.state.screen).toMatchObject({ page: { asking: "price" } });
  expect(dialogue.say("0,5").effects).toMatchObject([
    { order: { completion: { category: "video", price: { credits: 0.5, per: "second" } } } },
  ]);
  expect(dialogue.state.screen).toMatchObject({ page: { asking: null } });
});

test("B5: typed titles are trimmed and limited; other words of an admin are a prompt as everybody's", () => {
  const dialogue = atProposal(CHANGES[0]);
  dialogue.press("Название по-русски");
  dialogue.say("н".repeat(41));
  expect(dialogue.text).toContain("от 1 до 40\u00a0знаков");
  expect(dialogue.say("  Мечта   6 ").effects).toMatchObject([{ order: { completion: { titleRu: "Мечта 6" } } }]);
  expect(dialogue.say("рыжий кот").effects).toEqual([]);
  expect(dialogue.state.draft?.values["prompt"]).toBe("рыжий кот");
});

test("B5: the reason why a change can not be approved is shown, and approving says it instead", () => {
  const dialogue = atProposal(CHANGES[0], { completion: FULL, fault: "the key dream-6 is taken" });
  expect(dialogue.text).toContain("⚠️ Принять пока нельзя: the key dream-6 is taken");
  expect(dialogue.press("✅ Принять")).toMatchObject({ effects: [], toast: { alert: true } });
});

test("B5: approve, ignore and roll back are orders; a decided change offers only the way back", () => {
  const id = "a1b2c3d4e5f6g7h8";
  const open = atProposal(CHANGES[6]);
  const order = (decision: string) => [{ kind: "admin", order: { kind: "decide", proposalId: id, decision } }];
  expect(open.press("✅ Принять").effects).toEqual(order("approve"));
  expect(open.press("🚫 Пропустить").effects).toEqual(order("ignore"));
  const approved = atProposal(CHANGES[6], { status: "approved" });
  expect(approved.labels).not.toContain("✅ Принять");
  expect(approved.press("↩️ Откатить").effects).toEqual(order("roll-back"));
  // Somebody else was first.
  const late = approved.tap(adminAction({ kind: "approve", id }));
  expect(late).toMatchObject({ effects: [], toast: { text: "Решение по этому изменению уже принято" } });
});

test("B5: a model whose card can not be made is told with the reason and can only be ignored", () => {
  const dialogue = atProposal(CHANGES[1]);
  expect(dialogue.text).toContain("The field shape is an object.");
  expect(dialogue.labels).toEqual(["🚫 Пропустить", "‹ Назад"]);
});

test("B5: another price says what it takes the place of, and that without one nothing changes", () => {
  const change = { kind: "price-text" as const, model: "movie/text", before: null, after: "3 credits per second" };
  const open = atProposal(change);
  expect(open.text).toContain("Пока новой цены нет, модель продаётся по прежней.");
  expect(open.text).toContain("💰 Movie 3.0 (movie/text): KIE пишет о цене иначе");
  expect(open.press("✅ Принять").effects).toHaveLength(1);
  const priced = atProposal(change, { completion: { price: { credits: 3, per: "second" } } });
  expect(priced.text).toContain("Сейчас у модели 2\u00a0цены на разные случаи. Новая заменит их все.");
});

test("B5: a proposal that is gone says so", () => {
  const dialogue = adminDialogue();
  dialogue.tap(adminAction({ kind: "approve", id: "gone" }));
  expect(dialogue.text).toContain("больше нет");
});

test.each([
  ["8", { credits: 8 }],
  [" 0,5 ", { credits: 0.5 }],
  ["12.25 credits per second", { credits: 12.25, per: "second" }],
  ["3 за секунду", { credits: 3, per: "second" }],
  ["3 за с", { credits: 3, per: "second" }],
  ["14 за 1000 знаков", { credits: 14, per: "1000 chars" }],
  ["2 кредита за изображение", { credits: 2, per: "image" }],
  ["0", { credits: 0 }],
  ["", null],
  ["-1", null],
  ["восемь", null],
  ["1 2", null],
  ["9999999", null],
  ["1e3", null],
])("a typed price «%s»", (text, read) => {
  expect(readTypedPrice(text)).toEqual(read);
});

test("B4 G3: a family shows its modes with health, and switches what is in the menus", () => {
  const catalog = ailingCatalog([{ entryKey: "movie-animate", mark: "broken", isHidden: true }], ["movie-text"]);
  const dialogue = adminDialogue({}, catalog);
  dialogue.press("🎨 Модели");
  dialogue.press("🎬 Видео");
  dialogue.press("🔴 Movie 3.0 · скрыто 2 из 2");
  expect(dialogue.text).toContain("🔴 Оживить фото: часто не справляется, скрыта: часто не справляется");
  expect(dialogue.text).toContain("Видео по тексту: скрыта");
  expect(dialogue.text).toContain("Путь: market movie/text");
  expect(dialogue.press("Оживить фото: показать").effects).toEqual([
    {
      kind: "admin",
      order: { kind: "set", setting: { kind: "visible", entry: "movie-animate", visible: true } },
    },
  ]);
});

test("B4 G3: a family with a second route is switched to it and back", () => {
  const base = memoryCatalog();
  let secondFirst = false;
  const catalog: Catalog = {
    ...base,
    entry(key) {
      const found = base.entry(key);
      if (found === undefined || key !== "upscale") return found;
      const entry = { ...found.entry, second: { key: "movie-text" } };
      return secondFirst ? { ...found, entry, secondFirst: true } : { ...found, entry };
    },
  };
  const dialogue = adminDialogue({}, catalog);
  dialogue.tap(adminAction({ kind: "page", page: { kind: "family", family: "upscale" } }));
  expect(dialogue.text).toContain("Путь: сначала market upscale, потом market movie/text");
  expect(dialogue.press("Сначала второй путь").effects).toEqual([
    { kind: "admin", order: { kind: "set", setting: { kind: "route", family: "upscale", second: true } } },
  ]);
  secondFirst = true;
  expect(dialogue.text).toContain("Путь: сначала market movie/text, потом market upscale");
  expect(dialogue.labels).toContain("✔️ Сначала второй путь");
});
