import { expect, test, vi } from "vitest";
import { extractReading } from "../../../lib/receipts/extract.ts";
import { ReceiptUnreadable, readPdf, readPicture } from "../../../lib/receipts/read.ts";
import { makePng } from "../../../lib/sandbox/media/make-png.ts";
import { makePdf } from "./pdf.ts";
import { drawSample, type Outcome, readSample, samples } from "./samples.ts";

// Reading takes a second of both cores, and many when other files run.
vi.setConfig({ testTimeout: 120_000 });

const soon = () => ({ signal: AbortSignal.timeout(60_000) });

test("F3: of full-size light receipts at least three of four sums are read right, dates too, and none throws", async () => {
  const outcomes: Outcome[] = [];
  const light = samples().filter(({ look }) => look === "full");
  // Every layout and most sums; the whole table is made by table.ts.
  for (const sample of light.slice(0, 4)) outcomes.push(await readSample(sample));
  const share = (is: (outcome: Outcome) => boolean) => outcomes.filter(is).length / outcomes.length;
  expect(share(({ sum }) => sum === "first")).toBeGreaterThanOrEqual(0.75);
  expect(share(({ moment }) => moment)).toBeGreaterThanOrEqual(0.75);
  expect(share(({ number }) => number)).toBeGreaterThanOrEqual(0.5);
  for (const { pictureHash } of outcomes) expect(pictureHash).toMatch(/^[0-9a-f]{16}$/);
});

test("F3: small and dark receipts are read without an exception", async () => {
  const looks = ["third", "dark"];
  const outcomes: Outcome[] = [];
  for (const look of looks) {
    const sample = samples().find((each) => each.look === look);
    if (sample !== undefined) outcomes.push(await readSample(sample));
  }
  expect(outcomes).toHaveLength(looks.length);
  expect(outcomes.filter(({ sum }) => sum === "first").length).toBeGreaterThanOrEqual(1);
});

test("F3: a picture that is no receipt gives an empty reading", async () => {
  const picture = await makePng({ text: "кот", width: 320, height: 320 });
  const { text } = await readPicture(picture, soon());
  expect(extractReading(text).sums).toEqual([]);
});

test("F3: the text layer of a PDF is read line by line, labels with their values, in Cyrillic", async () => {
  const pdf = makePdf([
    // The order in the file is not that on the page.
    { x: 400, y: 700, text: "1 500,37 ₽" },
    { x: 400, y: 680, text: "0,00 ₽" },
    { x: 40, y: 760, text: "Чек по операции" },
    { x: 40, y: 740, text: "21 ноября 2026 14:05:12 (МСК)" },
    { x: 40, y: 700, text: "Сумма перевода" },
    { x: 40, y: 680, text: "Комиссия" },
    { x: 40, y: 660, text: "Номер документа" },
    { x: 400, y: 660, text: "5012345678" },
  ]);
  const text = await readPdf(pdf, soon());
  expect(text.split("\n")).toEqual([
    "Чек по операции",
    "21 ноября 2026 14:05:12 (МСК)",
    "Сумма перевода 1 500,37 ₽",
    "Комиссия 0,00 ₽",
    "Номер документа 5012345678",
  ]);
  expect(extractReading(text)).toEqual({
    sums: ["150037"],
    paidAt: "2026-11-21T14:05:12+03:00",
    numbers: ["5012345678"],
  });
});

test("F3: a PDF without a text layer is read as empty", async () => {
  expect(await readPdf(makePdf([]), soon())).toBe("");
});

test("F3: broken files are refused, whatever their names promise", async () => {
  const [sample] = samples();
  if (sample === undefined) throw new Error("no sample");
  const png = await drawSample(sample);
  const files = [new Uint8Array(0), new TextEncoder().encode("not a picture at all"), png.subarray(0, 60)];
  for (const bytes of files) await expect(readPicture(bytes, soon())).rejects.toThrow(ReceiptUnreadable);
  await expect(readPdf(new TextEncoder().encode("%PDF-1.7 nothing more"), soon())).rejects.toThrow(ReceiptUnreadable);
});

test("F3: reading that takes too long is stopped", async () => {
  const [sample] = samples();
  if (sample === undefined) throw new Error("no sample");
  const png = await drawSample(sample);
  const startedAt = performance.now();
  await expect(readPicture(png, { signal: AbortSignal.timeout(50) })).rejects.toThrow("not read in time");
  expect(performance.now() - startedAt).toBeLessThan(10_000);
  await expect(readPicture(png, { signal: AbortSignal.abort() })).rejects.toThrow(ReceiptUnreadable);
});
