import { expect, test } from "vitest";
import { createCatalog } from "../../../lib/catalog/load.ts";
import type { BatchFacts } from "../../../lib/conversation/batch/types.ts";
import { batchDoneText, batchResultView, batchStatusView, itemCaption } from "../../../lib/conversation/batch/views.ts";
import type { GenerationFacts, View } from "../../../lib/conversation/types.ts";
import { FAILURE_CAUSES } from "../../../lib/faults/causes.ts";
import { GENERATION_STATES } from "../../../lib/generation/states.ts";
import { LANGUAGES } from "../../../lib/shared/localized.ts";
import { checkView, Dialogue, labels, makeFacts, makeGeneration, makeOutput, NOW, textOf } from "./dialogue.ts";

const catalog = createCatalog(new URL("../../../catalog/", import.meta.url));
const plain = (text: string) => text.replaceAll("\u00a0", " ");
const facts = makeFacts({ maxBatch: 20 });

function item(position: number, fields: Partial<GenerationFacts> = {}): GenerationFacts {
  const isCome = fields.state === undefined || fields.state === "delivered";
  return makeGeneration({
    generationId: `batch0000000${String(position).padStart(2, "0")}`,
    entryKey: "z-image",
    values: { prompt: `кот номер ${position + 1}`, aspect_ratio: "1:1" },
    priceKopecks: 63n,
    chargedKopecks: isCome ? 63n : 0n,
    outputs: isCome ? [makeOutput({ kind: "image" })] : [],
    ...fields,
  });
}

function batch(items: readonly GenerationFacts[], fields: Partial<BatchFacts> = {}): BatchFacts {
  return { batchId: "batch0000000", kind: "batch", createdAt: NOW, items, isTold: false, ...fields };
}

const ten = (states: readonly GenerationFacts["state"][]) =>
  batch(states.map((state, position) => item(position, { state })));

function read(view: View): string {
  checkView(view, 0);
  return plain(textOf(view.text));
}

test("C9 the status counts what is ready, running, waiting and failed, and says what is on hold", () => {
  const view = batchStatusView(
    ten([
      "delivered",
      "succeeded",
      "failed",
      "submitted",
      "submitting",
      "submitted",
      "queued",
      "queued",
      "queued",
      "queued",
    ]),
    facts,
    catalog,
  );
  expect(read(view)).toBe(
    [
      "🗂 10 запросов · Z-Image",
      "",
      "Готово 2 из 10",
      "Создаём: 3",
      "Ждут очереди: 4",
      "Не получилось: 1",
      "",
      "Один результат обычно занимает 40–70 с.",
      "Ждать здесь не нужно: всё придёт вместе, когда закончится.",
      "В резерве 4,41 ₽.",
    ].join("\n"),
  );
  expect(labels(view)).toEqual(["🔄 Обновить", "☰ Меню", "✖️ Отменить остальные (4)"]);
});

test("C9 with nothing left to wait for there is nothing to cancel", () => {
  const view = batchStatusView(ten(["delivered", "cancelled", "submitted"]), facts, catalog);
  expect(read(view)).toContain("Отменено: 1");
  expect(labels(view).join()).not.toContain("Отменить");
  expect(read(batchStatusView(ten(["delivered", "failed"]), facts, catalog))).toContain("Отправляем результаты.");
});

test("C9 the result says how many came, what was charged and returned, and why each other failed", () => {
  const told = batch(
    [
      item(0),
      item(1, { state: "failed", failure: "content-policy" }),
      item(2),
      item(3, { state: "cancelled" }),
      item(4, { state: "expired" }),
    ],
    { isTold: true },
  );
  const view = batchStatusView(told, facts, catalog);
  expect(read(view)).toBe(
    [
      "Готово 2 из 5: Z-Image",
      "Списано 1,26 ₽, вернулось 1,89 ₽, осталось 128 ₽",
      "",
      "2. «кот номер 2»: Модель отклонила запрос: он не прошёл её проверку содержания.",
      "5. «кот номер 5»: Результат не пришёл вовремя.",
      "Отменено: 4",
      "",
      "Чтобы открыть один из результатов, нажмите на его номер.",
    ].join("\n"),
  );
  expect(labels(view).map(plain)).toEqual([
    "1",
    "3",
    "🔁 Повторить остальные (3) · 1,89 ₽",
    "🔁 Ещё раз · 3,15 ₽",
    "🕘 История",
    "☰ Меню",
  ]);
  expect(plain(textOf(batchDoneText(told, facts, catalog)))).toBe("Готово 2 из 5: Z-Image");
});

test("C9 when all came, or nothing, the first words say so", () => {
  expect(plain(textOf(batchDoneText(ten(["delivered", "delivered"]), facts, catalog)))).toBe("Готово: Z-Image × 2");
  const none = ten(["failed", "expired"]);
  expect(textOf(batchDoneText(none, facts, catalog))).toBe("Не получилось: Z-Image");
  expect(read(batchResultView(none, facts, catalog))).toContain("Деньги не списаны, вернулось 1,26 ₽");
});

test("C11 C9 where nothing is charged, no sums are named", () => {
  const dry = batch([item(0, { mode: "dry-run" }), item(1, { mode: "dry-run", state: "failed" })], { isTold: true });
  const text = read(batchResultView(dry, facts, catalog));
  expect(text).toContain("DRY RUN");
  expect(text).not.toContain("₽");
});

const three = batch(
  [
    item(0),
    item(1, { entryKey: "nano-banana", priceKopecks: 314n, chargedKopecks: 314n }),
    item(2, { entryKey: "seedream-4", state: "failed", failure: "server" }),
  ],
  { kind: "compare", isTold: true },
);

test("C10 a comparison calls its models A, B and C, on the captions and on the buttons", () => {
  const view = batchResultView(three, facts, catalog);
  const [a, b] = labels(view).map(plain);
  expect([a, b]).toEqual(["▶️ A · Z-Image · 0,63 ₽", "▶️ B · Nano Banana · 3,14 ₽"]);
  expect(view.keyboard[1]?.[0]).toMatchObject({ action: { kind: "again", generationId: "batch000000001" } });
  expect(read(view)).toMatch(/C · Seedream 4.*: На сервере Kie\.ai возникла ошибка\./);
  const caption = (position: number) => {
    const of = three.items[position];
    return of === undefined ? "" : plain(textOf(itemCaption(three, of, facts, catalog)));
  };
  expect(caption(0)).toMatch(/^A · Z-Image/);
  expect(caption(1)).toMatch(/^B · Nano Banana[\s\S]*3,14 ₽$/);
});

test("C9 the caption of an item is its number and its words", () => {
  const all = batch([item(0), item(1)]);
  expect(textOf(itemCaption(all, item(1), facts, catalog))).toBe("2. кот номер 2");
  const long = item(1, { values: { prompt: "очень длинно ".repeat(300) } });
  expect(textOf(itemCaption(batch([item(0), long]), long, facts, catalog)).length).toBeLessThanOrEqual(1024);
});

test("C9 C10 whatever became of a batch, its messages can be drawn in both languages", () => {
  for (const language of LANGUAGES) {
    const reader = makeFacts({ user: { id: 1, language, firstName: "Anna", isNew: false }, maxBatch: 20 });
    for (const kind of ["batch", "compare"] as const) {
      for (const isTold of [false, true]) {
        const states = GENERATION_STATES.flatMap((state) =>
          FAILURE_CAUSES.map((failure) => ({ state, failure, values: { prompt: "я".repeat(900) } })),
        );
        for (let from = 0; from < states.length; from += 20) {
          const items = states.slice(from, from + 20).map((fields, position) => item(position, fields));
          const all = batch([...items, item(20, { entryKey: "gone" })], { kind, isTold });
          checkView(batchStatusView(all, reader, catalog), 0);
          for (const each of all.items) expect(textOf(itemCaption(all, each, reader, catalog))).not.toBe("");
        }
      }
    }
  }
});

function follower(of: BatchFacts | null): Dialogue {
  const dialogue = new Dialogue(makeFacts({ maxBatch: 20, batch: of }), catalog);
  dialogue.command("start");
  return dialogue;
}

test("C9 what waits is cancelled at any age of the button, what runs is not", () => {
  const { effects } = follower(ten(["submitted", "queued"])).tap(
    { kind: "cancel_rest", batchId: "batch0000000" },
    { revision: 0 },
  );
  expect(effects).toEqual([{ kind: "cancel-rest", batchId: "batch0000000" }]);
  const late = follower(ten(["submitted", "delivered"])).tap({ kind: "cancel_rest", batchId: "batch0000000" });
  expect(late.effects).toEqual([]);
  expect(late.toast?.text).toContain("Отменять уже нечего");
});

test("C3 C9 🔄 looks at what runs at the provider, and at nothing else", () => {
  const { effects } = follower(ten(["submitted", "queued", "delivered"])).tap({
    kind: "refresh_batch",
    batchId: "batch0000000",
  });
  expect(effects).toEqual([{ kind: "refresh", generationId: "batch000000000" }]);
});

test("A7 C9 another person's batch does nothing", () => {
  const dialogue = follower(null);
  for (const kind of ["refresh_batch", "cancel_rest", "batch_again"] as const) {
    expect(dialogue.tap({ kind, batchId: "batch0000000" }).effects).toEqual([]);
  }
});

test("C9 once more opens the order with the same prompts at today's prices, or with the failed ones only", () => {
  const dialogue = follower(ten(["delivered", "failed", "expired"]));
  dialogue.tap({ kind: "batch_again", batchId: "batch0000000" });
  expect(dialogue.labels.map(plain)).toContain("✅ Создать 3 · 1,89 ₽");
  expect(dialogue.state.draft?.batch?.parts).toEqual(["кот номер 1", "кот номер 2", "кот номер 3"]);
  dialogue.tap({ kind: "batch_again", batchId: "batch0000000", failed: true });
  expect(dialogue.state.draft?.batch?.parts).toEqual(["кот номер 2", "кот номер 3"]);
});

test("C10 once more opens a comparison of the same models", () => {
  const dialogue = follower(three);
  dialogue.tap({ kind: "batch_again", batchId: "batch0000000" });
  expect(dialogue.labels.join()).toContain("✅ Сравнить 3");
});

test("C9 a batch of a model that is gone leads to the others", () => {
  const dialogue = follower(batch([item(0, { entryKey: "gone" }), item(1, { entryKey: "gone" })]));
  dialogue.tap({ kind: "batch_again", batchId: "batch0000000" });
  expect(dialogue.state.screen.kind).toBe("categories");
});
