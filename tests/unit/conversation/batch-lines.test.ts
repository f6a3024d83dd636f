import fc from "fast-check";
import { expect, test } from "vitest";
import { readLines } from "../../../lib/conversation/batch/lines.ts";
import { decodeText } from "../../../lib/shared/decode-text.ts";

test("C9 each line is a prompt: blank ones and the spaces around them go", () => {
  expect(readLines("  кот \r\n\n\tлиса в снегу\n   \nсова")).toEqual(["кот", "лиса в снегу", "сова"]);
  expect(readLines(" \n \r\n")).toEqual([]);
});

test("C9 the numbers of a numbered list are no part of the prompts", () => {
  expect(readLines("1. кот\n2) лиса\n10.  сова")).toEqual(["кот", "лиса", "сова"]);
});

test("C9 a number before some of the lines only is a part of the prompt", () => {
  expect(readLines("1. апреля, день смеха\nлиса")).toEqual(["1. апреля, день смеха", "лиса"]);
  expect(readLines("3.5 кота\n2.0 лисы")).toEqual(["3.5 кота", "2.0 лисы"]);
});

test("C9 of a table the column with a known header is taken, wherever it stands", () => {
  expect(readLines("id,Prompt\n1,кот\n2,лиса", "csv")).toEqual(["кот", "лиса"]);
  expect(readLines("№;Запрос;Кому\n1;кот;Ане\n2;лиса;Оле", "csv")).toEqual(["кот", "лиса"]);
  expect(readLines("text\tstyle\nкот\tмасло\n", "csv")).toEqual(["кот"]);
});

test("C9 without a header the first column of a table is taken", () => {
  expect(readLines("кот;1\nлиса;2", "csv")).toEqual(["кот", "лиса"]);
});

test("C9 quotes keep commas, line breaks and doubled quotes in one prompt", () => {
  expect(readLines('prompt,n\n"кот, рыжий",1\n"вывеска ""Чай""\nи дождь",2', "csv")).toEqual([
    "кот, рыжий",
    'вывеска "Чай"\nи дождь',
  ]);
});

test("C9 commas inside of prompts that nobody quoted never cut them", () => {
  expect(readLines("рыжий кот, окно, дождь\nлиса\nсова, ночь", "csv")).toEqual([
    "рыжий кот, окно, дождь",
    "лиса",
    "сова, ночь",
  ]);
  expect(readLines("prompt\nрыжий кот, окно\nлиса", "csv")).toEqual(["рыжий кот, окно", "лиса"]);
});

/** A prompt of one line that no reader could take for a list's number or a header. */
const prompt = fc
  .stringMatching(/^[а-яa-z",; ]{1,30}$/)
  .map((text) => text.replace(/ +/g, " ").trim())
  .filter((text) => text !== "" && !["prompt", "prompts", "text"].includes(text));

test("C9 what is written as CSV is read back whole, with either delimiter and any line end", () => {
  const quoted = (text: string) => `"${text.replaceAll('"', '""')}"`;
  fc.assert(
    fc.property(
      fc.array(fc.tuple(prompt, prompt), { minLength: 1, maxLength: 8 }),
      fc.constantFrom(",", ";", "\t"),
      fc.constantFrom("\n", "\r\n"),
      (rows, delimiter, end) => {
        const table = [["style", "prompt"], ...rows.map(([words, style]) => [style, words])];
        const file = table.map((cells) => cells.map(quoted).join(delimiter)).join(end);
        // A quoted header says nothing about the delimiter, so it stands bare, as spreadsheets write it.
        const text = file.replace('"style"', "style").replace('"prompt"', "prompt");
        expect(readLines(text, "csv")).toEqual(rows.map(([words]) => words));
      },
    ),
  );
});

test("C9 whatever a file holds, reading it gives trimmed prompts and never throws", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary", maxLength: 200 }), fc.constantFrom("txt", "csv"), (text, format) => {
      for (const line of readLines(text, format)) expect(line.trim()).toBe(line);
      expect(readLines(text, format)).not.toContain("");
    }),
  );
});

test("C9 a file is read as UTF-8 with or without its mark, as UTF-16, and as windows-1251", () => {
  const utf16 = (mark: number[], bytes: Buffer) => new Uint8Array([...mark, ...bytes]);
  const little = Buffer.from("кот\nлиса", "utf16le");
  expect(decodeText(new TextEncoder().encode("кот"))).toBe("кот");
  expect(decodeText(new Uint8Array([0xef, 0xbb, 0xbf, ...new TextEncoder().encode("кот")]))).toBe("кот");
  expect(decodeText(utf16([0xff, 0xfe], little))).toBe("кот\nлиса");
  expect(decodeText(utf16([0xfe, 0xff], Buffer.from(little).swap16()))).toBe("кот\nлиса");
  expect(decodeText(new Uint8Array([0xea, 0xee, 0xf2]))).toBe("кот");
});

test("C9 bytes that are no text are refused", () => {
  expect(decodeText(new Uint8Array([0x50, 0x4b, 3, 4, 0, 0, 0]))).toBeNull();
});
