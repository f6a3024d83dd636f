import { expect, test } from "vitest";
import {
  doneText,
  failureView,
  receiptCaption,
  resultKeyboard,
  statusView,
} from "../../../lib/conversation/generation-views.ts";
import { renderScreen } from "../../../lib/conversation/render.ts";
import { initialState } from "../../../lib/conversation/state.ts";
import type { LedgerLine, Screen } from "../../../lib/conversation/types.ts";
import { FAILURE_CAUSES } from "../../../lib/faults/causes.ts";
import { GENERATION_STATES } from "../../../lib/generation/states.ts";
import { checkView, Dialogue, labels, makeFacts, makeGeneration, makeOutput, NOW, textOf } from "./dialogue.ts";
import { memoryCatalog } from "./fixture-catalog.ts";

const catalog = memoryCatalog();
const screenText = (screen: Screen, facts = makeFacts({ generation: makeGeneration() })) => {
  const view = renderScreen({ ...initialState(), screen }, facts, catalog);
  checkView(view, 1);
  return { text: textOf(view.text), labels: labels(view) };
};

test.each([
  [{ state: "queued", ahead: 2 }, "В очереди: перед вами\u00a02."],
  [{ state: "queued", ahead: 0 }, "В очереди. Скоро начнём."],
  [{ state: "queued", ahead: 0, ownRunning: 1 }, "В очереди. Уже создаётся 1\u00a0ваша генерация"],
  [{ state: "submitting" }, "Готовим задание для модели."],
  [{ state: "submitted" }, "Создаём с\u00a014:03."],
  [{ state: "succeeded" }, "Готово. Отправляем результат."],
] as const)("C3 the status tells where the generation stands: %o", (fields, words) => {
  const view = statusView(makeGeneration(fields), makeFacts(), catalog);
  expect(textOf(view.text)).toContain(words);
  expect(labels(view)).toContain("🔄 Обновить");
});

test("C3 the usual time is told while it is awaited, and only when known", () => {
  const running = makeGeneration({ state: "submitted" });
  expect(textOf(statusView(running, makeFacts(), catalog).text)).toContain("Обычно это занимает 40–70\u00a0с.");
  const unknown = { ...running, usualSeconds: null };
  expect(textOf(statusView(unknown, makeFacts(), catalog).text)).not.toContain("Обычно");
});

test.each(GENERATION_STATES)("every state has a screen with a next step: %s", (state) => {
  for (const language of ["ru", "en"] as const) {
    const facts = makeFacts({ user: { id: 1, language, firstName: "", isNew: false } });
    checkView(statusView(makeGeneration({ state }), facts, catalog), 1);
  }
});

test.each(FAILURE_CAUSES)("C6 %s is told in words, with the money and a way out", (failure) => {
  const view = failureView(makeGeneration({ state: "failed", failure }), makeFacts(), catalog);
  expect(textOf(view.text)).toContain("Деньги не списаны: 23,58\u00a0₽ вернулись из резерва на баланс.");
  expect(labels(view).length).toBeGreaterThan(1);
  checkView(view, 1);
});

test.each([
  ["server", "На сервере Kie.ai возникла ошибка"],
  ["rate-limited", "Сейчас мы ограничены по API"],
  ["wrong-parameters", "Неверный запрос"],
  ["authorization", "Ошибка авторизации с Kie.ai"],
  ["other", "Ошибка сервера, попробуйте позже"],
] as const)("I1 the seeds' words are kept for %s", (failure, words) => {
  expect(textOf(failureView(makeGeneration({ failure }), makeFacts(), catalog).text)).toContain(words);
});

test("C6 a file that KIE could not fetch can be sent anew: the rest of the card is kept", () => {
  const values = {
    prompt: "наезд",
    image_urls: [{ uploadId: "u", kind: "image", format: "png", mime: "image/png", sizeBytes: 1 }],
  } as const;
  const generation = makeGeneration({
    entryKey: "movie-animate",
    values,
    state: "failed",
    failure: "input-not-fetched",
  });
  const view = failureView(generation, makeFacts(), catalog);
  expect(labels(view)).toContain("📎 Прислать другой файл");
  const dialogue = new Dialogue(makeFacts({ generation }));
  dialogue.tap({ kind: "other_media", generationId: generation.generationId });
  expect(dialogue.state.draft).toMatchObject({ asking: "image_urls", values: { prompt: "наезд" } });
});

test("D1 the first message of a delivery names the model", () => {
  expect(textOf(doneText(makeGeneration(), makeFacts(), catalog))).toBe("Готово: Movie 3.0");
});

test("D3 the caption names model, main params, time and money", () => {
  expect(textOf(receiptCaption(makeGeneration(), makeFacts(), catalog))).toBe(
    "Movie 3.0 · Видео по тексту\n1080p · 5\u00a0с\nГотово за 52\u00a0с · списано 23,58\u00a0₽, осталось 128\u00a0₽",
  );
});

test("C11 the caption of a dry run says so first and names no charge", () => {
  const caption = textOf(receiptCaption(makeGeneration({ mode: "dry-run", chargedKopecks: 0n }), makeFacts(), catalog));
  expect(caption).toMatch(/^DRY RUN/);
  expect(caption).not.toContain("списано 23");
});

test("D3 a caption never exceeds 1,024 units", () => {
  const generation = makeGeneration({ entryKey: "gone".repeat(400) });
  expect(textOf(receiptCaption(generation, makeFacts(), catalog)).length).toBeLessThanOrEqual(1024);
});

test("D2 under a result: once more with its price, edit, original, links, receipt, menu", () => {
  expect(resultKeyboard(makeGeneration(), makeFacts(), catalog).map((row) => row.map((each) => each.text))).toEqual([
    ["🔁 Ещё · 23,58\u00a0₽", "✏️ Изменить"],
    ["📄 Оригинал", "🔗 Ссылки"],
    ["🧾 Чек", "☰ Меню"],
  ]);
});

test("B1 a result of a model that is gone can not be repeated but still opens", () => {
  const generation = makeGeneration({ entryKey: "gone" });
  expect(
    resultKeyboard(generation, makeFacts(), catalog)
      .flat()
      .map((each) => each.text),
  ).toEqual(["📄 Оригинал", "🔗 Ссылки", "🧾 Чек", "☰ Меню"]);
  expect(screenText({ kind: "generation", generationId: "x" }, makeFacts({ generation })).text).toContain("gone");
  const dialogue = new Dialogue(makeFacts({ generation }));
  dialogue.tap({ kind: "again", generationId: generation.generationId });
  expect(dialogue.text).toContain("больше нет в каталоге");
});

test("D2 🔁 opens a card with the same values, ✏️ asks for the prompt", () => {
  const dialogue = new Dialogue(makeFacts({ generation: makeGeneration() }));
  dialogue.tap({ kind: "again", generationId: "gen000000001" });
  expect(dialogue.labels).toContain("✅ Создать · 23,58\u00a0₽");
  expect(dialogue.state.draft?.id).not.toBe("gen000000001");
  dialogue.tap({ kind: "edit", generationId: "gen000000001" });
  expect(dialogue.state.draft?.asking).toBe("prompt");
  expect(dialogue.text).toContain("Сейчас: Поезд едет вдоль моря");
});

test("D2 another user's generation, or one that is gone, can not be opened or repeated", () => {
  const dialogue = new Dialogue(makeFacts({ generation: null }));
  dialogue.tap({ kind: "again", generationId: "gen000000001" });
  expect(dialogue.text).toContain("Такой генерации в вашей истории нет.");
  dialogue.tap({ kind: "open", generationId: "gen000000001" });
  expect(dialogue.text).toContain("Такой генерации в вашей истории нет.");
  expect(dialogue.tap({ kind: "resend", generationId: "gen000000001" }).effects).toEqual([]);
});

test("D5 resend and refresh are effects", () => {
  const dialogue = new Dialogue(makeFacts({ generation: makeGeneration() }));
  expect(dialogue.tap({ kind: "resend", generationId: "g" })).toMatchObject({
    show: "none",
    effects: [{ kind: "resend", generationId: "g" }],
  });
  expect(dialogue.tap({ kind: "refresh", generationId: "g" }, { messageId: 9 })).toMatchObject({
    show: "edit",
    state: { messageId: 9 },
    effects: [{ kind: "refresh", generationId: "g" }],
  });
});

test("D3 the receipt shows every movement per account", () => {
  const line = (kind: LedgerLine["kind"], account: LedgerLine["account"]): LedgerLine => ({
    kind,
    account,
    kopecks: 1_179n,
    at: NOW,
  });
  const ledgerLines = [line("hold", "main"), line("hold", "bonus"), line("post", "main"), line("void", "bonus")];
  const { text } = screenText(
    { kind: "receipt", generationId: "g" },
    makeFacts({ generation: makeGeneration(), ledgerLines }),
  );
  expect(text).toContain("Номер: gen000000001");
  expect(text).toContain("14:03 · в резерв 11,79\u00a0₽ (основной)");
  expect(text).toContain("14:03 · возвращено из резерва 11,79\u00a0₽ (бонусы)");
});

test("D1 links show their life; dead and odd ones have no button", () => {
  const outputs = [
    makeOutput({ kind: "image", url: "https://files.example/1.png" }),
    makeOutput({ position: 1, kind: "image", url: "https://files.example/2.png", expiresAt: NOW }),
    makeOutput({ position: 2, kind: "image", url: "javascript:alert(1)" }),
  ];
  const { text, labels: buttons } = screenText(
    { kind: "links", generationId: "g" },
    makeFacts({ generation: makeGeneration({ outputs }) }),
  );
  expect(text).toContain("Файл 1: до 21\u00a0ноября, 14:03");
  expect(text).toContain("Файл 2: срок вышел");
  expect(buttons.filter((label) => label.startsWith("Открыть"))).toEqual(["Открыть файл 1"]);
});

test("D5 the history shows eight generations, opens each and turns its pages", () => {
  const items = Array.from({ length: 8 }, (_, index) => makeGeneration({ generationId: `gen${index}` }));
  const facts = makeFacts({ history: { items, next: "cursor:1" } });
  const { text, labels: buttons } = screenText({ kind: "history", before: "older" }, facts);
  expect(text).toContain("1.\u00a0Movie 3.0 · Видео по тексту\n20.11 14:03 · готово\nПоезд едет вдоль моря");
  expect(buttons).toEqual([
    "1",
    "2",
    "3",
    "4",
    "5",
    "6",
    "7",
    "8",
    "‹ К последним",
    "Раньше ›",
    "🎨 Все модели",
    "☰ Меню",
  ]);
});
