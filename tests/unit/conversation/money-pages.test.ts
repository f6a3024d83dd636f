import { expect, test } from "vitest";
import { decodeAction, encodeAction } from "../../../lib/conversation/callback-data.ts";
import { changeOf, operationWords } from "../../../lib/conversation/money/operation-words.ts";
import { readRoubles } from "../../../lib/conversation/money/roubles.ts";
import type { MoneyAction, Operation } from "../../../lib/conversation/money/types.ts";
import { catalog } from "../../support/catalog-entry.ts";

const ACTIONS: readonly MoneyAction[] = [
  { kind: "page", page: { kind: "topup", asking: false } },
  { kind: "page", page: { kind: "topup", asking: true } },
  { kind: "page", page: { kind: "pay", kopecks: "150000" } },
  { kind: "page", page: { kind: "bank" } },
  { kind: "page", page: { kind: "limit", asking: true } },
  { kind: "page", page: { kind: "promo", asking: false } },
  { kind: "page", page: { kind: "referral" } },
  { kind: "operations", before: null },
  { kind: "operations", before: "mw1z97uk.12" },
  { kind: "stars", kopecks: "10000" },
  { kind: "bank", kopecks: "999999999999" },
  { kind: "bank-cancel", requestId: "a1b2c3d4e5f6" },
  { kind: "statement", month: "2026-11" },
  { kind: "set-limit", kopecks: "50000" },
  { kind: "set-limit", kopecks: null },
];

test.each(ACTIONS)("A8: the button $kind is read back as it was written", (action) => {
  const written = { kind: "money" as const, action };
  expect(decodeAction(encodeAction(written, 7))).toEqual({ action: written, revision: 7 });
});

test.each([
  "money:stars:-5~1",
  "money:stars:1e9~1",
  "money:csv:2026~1",
  "money:ops:a:b~1",
  "money:cap~1",
  "money:pay:~1",
])("a forged button %s is no button", (data) => {
  expect(decodeAction(data)).toBeNull();
});

test.each([
  ["1500", 150_000n],
  ["1 500,50", 150_050n],
  ["1\u00a0500 ₽", 150_000n],
  ["500 руб.", 50_000n],
  ["0,5", 50n],
  ["12.3", 1_230n],
  ["₽100", 10_000n],
  ["0", null],
  ["-5", null],
  ["1e3", null],
  ["12,345", null],
  ["1 50", null],
  ["сто", null],
  ["9999999999", null],
])("E5: %j typed as roubles is %s kopecks", (text, kopecks) => {
  expect(readRoubles(text)).toBe(kopecks);
});

const operation = (fields: Partial<Operation>): Operation => ({
  id: "x",
  kind: "credit",
  kopecks: 100n,
  source: "stars",
  destination: "main",
  reason: null,
  at: new Date(0),
  generation: null,
  ...fields,
});
const generation = { generationId: "g", entryKey: "z-image" };

test.each([
  [{}, "Пополнение ⭐"],
  [{ source: "promo", destination: "bonus", reason: "WELCOME" }, "Промокод: WELCOME"],
  [{ kind: "hold", source: "main", destination: "held", generation }, "Резерв: Z-Image"],
  [{ kind: "post", source: "held", destination: "revenue", generation }, "Оплата из резерва: Z-Image"],
  [{ kind: "refund", source: "revenue", generation, reason: "брак" }, "Возврат за генерацию: Z-Image: брак"],
  [{ kind: "refund", source: "main", destination: "stars" }, "Возврат звёзд"],
  [{ kind: "refund", source: "debt", destination: "stars" }, "Возврат звёзд (в долг)"],
  [{ kind: "adjust", source: "main", destination: "debt" }, "Погашение долга"],
  [{ kind: "adjust", source: "admin", reason: "Извинения" }, "Начисление от поддержки: Извинения"],
  [{ kind: "adjust", source: "bonus", destination: "admin", reason: "Ошибка" }, "Списание поддержкой: Ошибка"],
  [
    { kind: "hold", source: "main", destination: "held", generation: { ...generation, entryKey: "gone" } },
    "Резерв: gone",
  ],
] satisfies [Partial<Operation>, string][])("E5: %o is “%s” to a person", (fields, words) => {
  expect(operationWords(operation(fields), "ru", catalog)).toBe(words);
});

test("E5: a long reason is cut in a list and whole in a statement", () => {
  const long = operation({ source: "admin", kind: "adjust", reason: "очень ".repeat(40).trim() });
  expect(operationWords(long, "ru", catalog)).toMatch(/^.{60,79}…$/);
  expect(operationWords(long, "ru", catalog, { isWhole: true })).toContain(long.reason);
});

test("E5: money that goes out of the debt is owed, money that goes into it is not any more", () => {
  expect(changeOf(operation({ source: "debt", destination: "stars" }), "debt")).toBe(100n);
  expect(changeOf(operation({ source: "main", destination: "debt" }), "debt")).toBe(-100n);
  expect(changeOf(operation({ source: "main", destination: "debt" }), "main")).toBe(-100n);
});
