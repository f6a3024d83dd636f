import { expect, test } from "vitest";
import {
  formatBalance,
  formatChoice,
  formatDateTime,
  formatKopecks,
  formatMegabytes,
  formatSeconds,
  formatSecondsRange,
  formatShortDateTime,
  formatTime,
  plural,
} from "../../../lib/i18n/format.ts";

const AT = new Date("2026-11-20T21:30:00Z");

test("money has kopecks in prices, none in whole balances, and never breaks from its sign", () => {
  expect(formatKopecks(1_240n, "ru")).toBe("12,40\u00a0₽");
  expect(formatKopecks(1_240n, "en")).toBe("₽12.40");
  expect(formatKopecks(5n, "ru")).toBe("0,05\u00a0₽");
  expect(formatKopecks(-123_456_789n, "ru")).toBe("\u22121\u00a0234\u00a0567,89\u00a0₽");
  expect(formatKopecks(100_000n, "en")).toBe("₽1,000.00");
  expect(formatBalance(12_800n, "ru")).toBe("128\u00a0₽");
  expect(formatBalance(12_850n, "ru")).toBe("128,50\u00a0₽");
  expect(formatBalance(0n, "en")).toBe("₽0");
});

test("times are Moscow's", () => {
  expect(formatTime(AT, "ru")).toBe("00:30");
  expect(formatDateTime(AT, "ru")).toBe("21\u00a0ноября, 00:30");
  expect(formatDateTime(AT, "en")).toBe("21\u00a0November, 00:30");
  expect(formatShortDateTime(AT, "ru")).toBe("21.11 00:30");
});

test("lengths and sizes are short", () => {
  expect(formatSeconds(5, "ru")).toBe("5\u00a0с");
  expect(formatSeconds(4.25, "ru")).toBe("4,3\u00a0с");
  expect(formatSeconds(125, "ru")).toBe("2\u00a0мин 5\u00a0с");
  expect(formatSeconds(120, "en")).toBe("2\u00a0min");
  expect(formatSecondsRange(40.2, 69.6, "ru")).toBe("40–70\u00a0с");
  expect(formatSecondsRange(130, 170, "ru")).toBe("2–3\u00a0мин");
  expect(formatSecondsRange(40, 40, "ru")).toBe("40\u00a0с");
  expect(formatMegabytes(10, "ru")).toBe("10\u00a0МБ");
  expect(formatMegabytes(12.34, "ru")).toBe("12,3\u00a0МБ");
});

test("Russian counts take three forms, English two", () => {
  const forms = { one: "модель", few: "модели", many: "моделей", other: "модели" };
  expect([1, 2, 5, 11, 21, 22, 111].map((count) => plural("ru", count, forms))).toEqual([
    "модель",
    "модели",
    "моделей",
    "моделей",
    "модель",
    "модели",
    "моделей",
  ]);
  expect([0, 1, 2].map((count) => plural("en", count, { one: "model", other: "models" }))).toEqual([
    "models",
    "model",
    "models",
  ]);
});

test("a list of names ends in «или»", () => {
  expect(formatChoice([], "или")).toBe("");
  expect(formatChoice(["PNG"], "или")).toBe("PNG");
  expect(formatChoice(["JPEG", "PNG", "WebP"], "или")).toBe("JPEG, PNG или WebP");
});
