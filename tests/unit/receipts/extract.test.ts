import fc from "fast-check";
import { expect, test } from "vitest";
import { extractReading } from "../../../lib/receipts/extract.ts";
import { operationNumberOf } from "../../../lib/receipts/numbers.ts";

const SBP = "A6325110512345670B10010011700501";

/** [what stands on the line, the likeliest sum in kopecks or null] */
const SUMS: readonly (readonly [string, string | null])[] = [
  ["Сумма перевода 1 500,00 ₽", "150000"],
  ["Сумма 12 345,67 ₽", "1234567"],
  ["Сумма 12\u00a0345,67\u00a0₽", "1234567"],
  ["Итого 300.17 P", "30017"],
  ["Итого 300,17 руб.", "30017"],
  ["Сумма 1 000 000,01 ₽", "100000001"],
  ["Сумма 1'500,37 RUB", "150037"],
  ["Amount 1,500.37 RUB", "150037"],
  ["Сумма 1.500,37 ₽", "150037"],
  ["Сумма 250 ₽", "25000"],
  // As English data reads «Сумма перевода» and «Итого», and the rouble sign.
  ["CymMmMa nepeBoja 1500,37 #", "150037"],
  ["CyMmma nepesofa 250 £", "25000"],
  ["CyMMa nepeBoda 2508", "25000"],
  ["NToro 0,002", null],
  ["Wroro 77,70 8", "7770"],
  ["NToro 1 5OO,OO P", "150000"],
  ["Toro 77,708", "7770"],
  ["77,70 ₽", "7770"],
  ["250 ₽", "25000"],
  // No sums.
  ["Комиссия 0,00 ₽", null],
  ["21.11.2026", null],
  ["21 ноября 2026 в 14:05", null],
  ["3 masa 2026 8B 09:41", null],
  ["Телефон +7 (900) 123-45-67", null],
  ["Код авторизации 482913", null],
  ["Карта **** 1234", null],
  ["Счёт 40817810700001234567", null],
  [`Homep onepaunn ${SBP}`, null],
  ["", null],
];

test.each(SUMS)("F3: the sum on «%s»", (line, kopecks) => {
  expect(extractReading(line).sums[0] ?? null).toBe(kopecks);
});

test("F3: a labelled sum comes before a fee and a balance, wherever they stand", () => {
  const text = "Остаток 99 999,99 ₽\nКомиссия 15,00 ₽\nСумма перевода\n1 500,37 ₽\nСписано 1 515,37 ₽";
  const { sums } = extractReading(text);
  expect(sums[0]).toBe("150037");
  expect(sums.indexOf("9999999")).toBeGreaterThan(sums.indexOf("151537"));
  expect(sums.indexOf("1500")).toBeGreaterThan(sums.indexOf("151537"));
});

const MOMENTS: readonly (readonly [string, string | null])[] = [
  ["21.11.2026 14:05:12", "2026-11-21T14:05:12+03:00"],
  ["21.11.26 14:05", "2026-11-21T14:05:00+03:00"],
  ["21/11/2026, 9:05", "2026-11-21T09:05:00+03:00"],
  ["2026-11-21 14:05", "2026-11-21T14:05:00+03:00"],
  ["21 ноября 2026 14:05:12 (МСК)", "2026-11-21T14:05:12+03:00"],
  ["21 ноября 2026 г. в 14:05", "2026-11-21T14:05:00+03:00"],
  ["Дата\n21.11.2026\n14:05", "2026-11-21T14:05:00+03:00"],
  ["14:05\n21.11.2026", "2026-11-21T14:05:00+03:00"],
  ["21.11.2026", "2026-11-21"],
  ["31.11.2026 14:05", null],
  ["29.02.2026 14:05", null],
  ["1-23-456-789-012", null],
  ["14:05", null],
];
test.each(MOMENTS)("F3: the moment in «%s»", (text, moment) => {
  expect(extractReading(text).paidAt).toBe(moment);
});

/** What the reader made of each month's name, in several sizes. */
const MONTHS: readonly (readonly [number, readonly string[]])[] = [
  [1, ["января", "aHBapsa"]],
  [2, ["февраля", "chespans"]],
  [3, ["марта", "mapra"]],
  [4, ["апреля", "anpens"]],
  [5, ["мая", "man", "masa", "mas"]],
  [6, ["июня", "nioHsa"]],
  [7, ["июля", "wionn"]],
  [8, ["августа", "aBrycta"]],
  [9, ["сентября", "ceHTabps"]],
  [10, ["октября", "okTabpsa"]],
  [11, ["ноября", "Hosabps", "HOAGPs", "Hosbps", "Hombpr"]],
  [12, ["декабря", "pnekabpsa"]],
];
test.each(MONTHS)("F3: month %d, in Cyrillic and as its look-alikes are read", (month, names) => {
  for (const name of names) {
    expect(extractReading(`9 ${name} 2026 14:05`).paidAt, name).toBe(
      `2026-${String(month).padStart(2, "0")}-09T14:05:00+03:00`,
    );
  }
});
test("F3: a word that is no month gives no date", () => {
  for (const word of ["рублей", "Ivanova", "onepauun", "x"]) {
    expect(extractReading(`9 ${word} 2026 14:05`).paidAt, word).toBeNull();
  }
});

const NUMBERS: readonly (readonly [string, readonly string[]])[] = [
  ["Номер документа 5012345678", ["5012345678"]],
  ["Homep nokymeHTa 5012345678", ["5012345678"]],
  ["Квитанция № 1-23-456-789-012", ["1-23-456-789-012"]],
  ["KButaHumsa Ne 1-23-456-789-012", ["1-23-456-789-012"]],
  ["Номер операции\nC421411260012345", ["C421411260012345"]],
  [SBP, [SBP]],
  [`Номер документа 5012345678\nИдентификатор ${SBP}`, [SBP, "5012345678"]],
  // The same in every payment to one payee.
  ["Номер телефона +7 (900) 123-45-67", []],
  ["Номер телефона 79001234567", []],
  ["Номер счёта 40817810700001234567", []],
  ["ИНН 770123456789", []],
  ["Номер карты 2200123412341234", []],
  ["Номер документа 12345", []],
];
test.each(NUMBERS)("F3: the numbers in «%s»", (text, numbers) => {
  expect(extractReading(text).numbers).toEqual(numbers);
});

test("F3: our own requisites are no operation number", () => {
  const text = "Номер договора операции 7701234567\nНомер документа 5012345678";
  expect(extractReading(text, "Договор 7701 234 567").numbers).toEqual(["5012345678"]);
});

test("F3: an operation number stays itself when letters are read as figures, and short ones are none", () => {
  expect(operationNumberOf([SBP])).toBe(operationNumberOf(["A6325110512345670810010011700501"]));
  expect(operationNumberOf([SBP])).toBe(operationNumberOf(["A6325110512345670B810010011700501"]));
  expect(operationNumberOf([SBP])).not.toBe(operationNumberOf(["A6325110512345671B10010011700501"]));
  expect(operationNumberOf(["5012234567"])).not.toBe(operationNumberOf(["5012344567"]));
  expect(operationNumberOf(["1-23-456-789-012"])).toBe("123456789012");
  expect(operationNumberOf(["482913"])).toBeNull();
  expect(operationNumberOf([])).toBeNull();
});

test("property: a sum written by a bank is read back, whatever its size", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 999_999_999 }), fc.constantFrom(",", "."), (kopecks, point) => {
      const roubles = String(Math.floor(kopecks / 100)).replace(/\B(?=(\d{3})+$)/g, " ");
      const text = `Сумма перевода ${roubles}${point}${String(kopecks % 100).padStart(2, "0")} ₽`;
      expect(extractReading(text).sums[0]).toBe(String(kopecks));
    }),
  );
});

test("property: a moment written by a bank is read back", () => {
  const moments = fc.date({ min: new Date("2020-01-01"), max: new Date("2039-12-31"), noInvalidDate: true });
  fc.assert(
    fc.property(moments, (date) => {
      const [day = "", time = ""] = date.toISOString().slice(0, 19).split("T");
      const [year, month, dayOfMonth] = day.split("-");
      expect(extractReading(`${dayOfMonth}.${month}.${year} ${time}`).paidAt).toBe(`${day}T${time}+03:00`);
    }),
  );
});

test("property: any text is taken, and what comes out is well formed", () => {
  const line = fc.oneof(
    fc.string({ unit: "binary" }),
    fc.string({ unit: fc.constantFrom(..."0123456789.,:-/ ₽СуммаИтогоNe№AB".split("")), maxLength: 200 }),
  );
  fc.assert(
    fc.property(fc.array(line, { maxLength: 30 }), (lines) => {
      const { sums, paidAt, numbers } = extractReading(lines.join("\n"));
      for (const sum of sums) expect(sum).toMatch(/^[1-9]\d{0,10}$/);
      if (paidAt !== null) expect(Number.isNaN(Date.parse(paidAt))).toBe(false);
      for (const number of numbers) expect(number.length).toBeLessThan(20_000);
    }),
  );
});

test("a hostile text is searched in little time", () => {
  for (const text of ["1 ".repeat(100_000), "1-2".repeat(50_000), "Сумма ".repeat(50_000), "1 a 2026".repeat(20_000)]) {
    const startedAt = performance.now();
    extractReading(text);
    expect(performance.now() - startedAt).toBeLessThan(1_000);
  }
});
