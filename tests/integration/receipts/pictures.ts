import { crc32, deflateSync, inflateSync } from "node:zlib";
import type { GreyPicture } from "../../../lib/receipts/grey.ts";
import { runMediaJob } from "../../../lib/sandbox/media/media-worker.ts";

/** What a drawn receipt says. */
export interface DrawnReceipt {
  /** As the bank writes it: `1 500,37 ₽`. */
  sum: string;
  /** `21 ноября 2026 14:05:12 (МСК)`, `21.11.2026 14:05`. */
  moment: string;
  /** Of the operation or the document. */
  number: string;
}

export const LAYOUTS = ["rows", "columns", "hero", "ticket"] as const;
export type Layout = (typeof LAYOUTS)[number];

export interface Drawing {
  layout: Layout;
  /** Pixels; the height follows. */
  width: number;
  dark?: boolean;
}

type Line = { text: string; x: number; y: number; size: number; anchor?: "end" | "middle"; weak?: boolean };

/** A PNG of a receipt like those of Russian banks' apps; Cyrillic in DejaVu Sans. */
export async function drawReceipt(
  receipt: DrawnReceipt,
  { layout, width, dark = false }: Drawing,
): Promise<Uint8Array> {
  const { lines, height } = LINES[layout](receipt);
  const [ground, ink, weak] = dark ? ["#1c1c1e", "#ffffff", "#a0a0a8"] : ["#ffffff", "#1d1d1f", "#6e6e73"];
  const texts = lines.map(
    ({ text, x, y, size, anchor = "start", weak: isWeak = false }) =>
      `<text x="${x}" y="${y}" font-size="${size}" text-anchor="${anchor}" fill="${isWeak ? weak : ink}">${text}</text>`,
  );
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${Math.round((width * height) / 100)}" viewBox="0 0 100 ${height}">
<rect width="100" height="${height}" fill="${ground}"/><g font-family="DejaVu Sans">${texts.join("")}</g></svg>`;
  return await runMediaJob({ kind: "png", svg });
}

/** In hundredths of the width. */
const LINES: Readonly<Record<Layout, (receipt: DrawnReceipt) => { lines: Line[]; height: number }>> = {
  // A label and its value at both ends of a row.
  columns: (receipt) => {
    const rows = [
      ["Операция", "Перевод по СБП"],
      ["Получатель", "Иван Петрович С."],
      ["Телефон", "+7 (900) 123-45-67"],
      ["Сумма перевода", receipt.sum],
      ["Комиссия", "0,00 ₽"],
      ["Номер документа", receipt.number],
      ["Код авторизации", "482913"],
    ] as const;
    const lines: Line[] = [
      { text: "Чек по операции", x: 6, y: 12, size: 5 },
      { text: receipt.moment, x: 6, y: 20, size: 3.6, weak: true },
      ...rows.flatMap(([label, value], at): Line[] => [
        { text: label, x: 6, y: 34 + at * 11, size: 3.6, weak: true },
        { text: value, x: 94, y: 34 + at * 11, size: 3.6, anchor: "end" },
      ]),
    ];
    return { lines, height: 120 };
  },
  // A label above its value.
  rows: (receipt) => {
    const rows = [
      ["Дата и время", receipt.moment],
      ["Сумма перевода", receipt.sum],
      ["Комиссия", "0,00 ₽"],
      ["ФИО получателя", "Иван Петрович С."],
      ["Номер операции", receipt.number],
    ] as const;
    const lines: Line[] = [
      { text: "Чек по операции", x: 50, y: 12, size: 5, anchor: "middle" },
      ...rows.flatMap(([label, value], at): Line[] => [
        { text: label, x: 6, y: 28 + at * 18, size: 3.2, weak: true },
        { text: value, x: 6, y: 34 + at * 18, size: 4.2 },
      ]),
    ];
    return { lines, height: 122 };
  },
  // One large sum in the middle of the screen.
  hero: (receipt) => ({
    lines: [
      { text: "14:06", x: 8, y: 7, size: 3.4 },
      { text: "Перевод выполнен", x: 50, y: 30, size: 4.4, anchor: "middle", weak: true },
      { text: receipt.sum, x: 50, y: 44, size: 9, anchor: "middle" },
      { text: "Иван Петрович С.", x: 50, y: 54, size: 4, anchor: "middle" },
      { text: receipt.moment, x: 50, y: 84, size: 3.4, anchor: "middle", weak: true },
      { text: `Номер операции ${receipt.number}`, x: 50, y: 92, size: 3.4, anchor: "middle", weak: true },
      { text: "Комиссия 0 ₽", x: 50, y: 100, size: 3.4, anchor: "middle", weak: true },
    ],
    height: 150,
  }),
  // Printed, with a total.
  ticket: (receipt) => ({
    lines: [
      { text: `Квитанция № ${receipt.number}`, x: 6, y: 12, size: 4 },
      { text: receipt.moment, x: 6, y: 20, size: 3.6 },
      { text: "Итого", x: 6, y: 34, size: 5.4 },
      { text: receipt.sum, x: 94, y: 34, size: 5.4, anchor: "end" },
      { text: "Перевод", x: 6, y: 48, size: 3.6 },
      { text: "По номеру телефона", x: 94, y: 48, size: 3.6, anchor: "end" },
      { text: "Статус", x: 6, y: 57, size: 3.6 },
      { text: "Успешно", x: 94, y: 57, size: 3.6, anchor: "end" },
      { text: "Комиссия", x: 6, y: 66, size: 3.6 },
      { text: "Без комиссии", x: 94, y: 66, size: 3.6, anchor: "end" },
      { text: "Счет списания", x: 6, y: 75, size: 3.6 },
      { text: "408178107000****1234", x: 94, y: 75, size: 3.6, anchor: "end" },
      { text: "Служба поддержки fb@bank.example", x: 6, y: 95, size: 3 },
    ],
    height: 104,
  }),
};

/** Every pixel's brightness changed by up to `amount`: the same picture gives the same noise. */
export function withNoise(picture: GreyPicture, amount: number): GreyPicture {
  let state = 12_345;
  const pixels = picture.pixels.map((value) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff;
    return clamp(value + (((state >> 8) % 1_000) / 500 - 1) * amount);
  });
  return { ...picture, pixels };
}

/** What JPEG of a low quality does: the fine parts of each block of 8 × 8 are rounded away. */
export function withJpegBlocks({ width, height, pixels }: GreyPicture, strength: number): GreyPicture {
  const result = new Uint8Array(pixels);
  for (let top = 0; top < height; top += 8) {
    for (let left = 0; left < width; left += 8) {
      const at = (x: number, y: number) => Math.min(height - 1, top + y) * width + Math.min(width - 1, left + x);
      const block = Float64Array.from({ length: 64 }, (_, i) => (pixels[at(i % 8, i >> 3)] ?? 0) - 128);
      const waves = COSINES.multiply(block);
      const rounded = waves.map((value, i) => {
        const step = strength * (1 + (i % 8) + (i >> 3));
        return Math.round(value / step) * step;
      });
      const back = COSINES.multiplyBack(rounded);
      for (let i = 0; i < 64; i += 1) {
        if (top + (i >> 3) < height && left + (i % 8) < width) result[at(i % 8, i >> 3)] = clamp((back[i] ?? 0) + 128);
      }
    }
  }
  return { width, height, pixels: result };
}

/** The cosine transform of 8 × 8 values. */
const COSINES = (() => {
  const basis = Float64Array.from({ length: 64 }, (_, i) => {
    const [row, column] = [i >> 3, i % 8];
    return (row === 0 ? Math.SQRT1_2 : 1) * 0.5 * Math.cos(((2 * column + 1) * row * Math.PI) / 16);
  });
  const times = (a: (i: number, k: number) => number, b: (k: number, j: number) => number) =>
    Float64Array.from({ length: 64 }, (_, at) => {
      let sum = 0;
      for (let k = 0; k < 8; k += 1) sum += a(at >> 3, k) * b(k, at % 8);
      return sum;
    });
  const plain = (values: Float64Array) => (row: number, column: number) => values[row * 8 + column] ?? 0;
  const turned = (values: Float64Array) => (row: number, column: number) => values[column * 8 + row] ?? 0;
  return {
    multiply: (block: Float64Array) => times(plain(times(plain(basis), plain(block))), turned(basis)),
    multiplyBack: (waves: Float64Array) => times(plain(times(turned(basis), plain(waves))), plain(basis)),
  };
})();

const clamp = (value: number): number => Math.max(0, Math.min(255, Math.round(value)));

/** Cuts so many pixels off each side. */
export function cropped({ width, height, pixels }: GreyPicture, by: number): GreyPicture {
  const to = { width: width - 2 * by, height: height - 2 * by };
  const result = new Uint8Array(to.width * to.height);
  for (let y = 0; y < to.height; y += 1) {
    result.set(pixels.subarray((y + by) * width + by, (y + by) * width + by + to.width), y * to.width);
  }
  return { ...to, pixels: result };
}

/** The brightness of a PNG that the renderer made (8 bits of red, green, blue, opacity). */
export function greyOfPng(bytes: Uint8Array): GreyPicture {
  const file = Buffer.from(bytes);
  const [width, height] = [file.readUInt32BE(16), file.readUInt32BE(20)];
  const parts: Buffer[] = [];
  for (let at = 8; at < file.length; at += file.readUInt32BE(at) + 12) {
    if (file.toString("latin1", at + 4, at + 8) === "IDAT")
      parts.push(file.subarray(at + 8, at + 8 + file.readUInt32BE(at)));
  }
  const rows = inflateSync(Buffer.concat(parts));
  const stride = width * 4;
  const plain = new Uint8Array(stride * height);
  const pixels = new Uint8Array(width * height);
  for (let y = 0; y < height; y += 1) {
    const filter = rows[y * (stride + 1)] ?? 0;
    for (let x = 0; x < stride; x += 1) {
      const a = x < 4 ? 0 : (plain[y * stride + x - 4] ?? 0);
      const b = y === 0 ? 0 : (plain[(y - 1) * stride + x] ?? 0);
      const c = x < 4 || y === 0 ? 0 : (plain[(y - 1) * stride + x - 4] ?? 0);
      const guess = [0, a, b, (a + b) >> 1, paeth(a, b, c)][filter] ?? 0;
      plain[y * stride + x] = (rows[y * (stride + 1) + 1 + x] ?? 0) + guess;
    }
    for (let x = 0; x < width; x += 1) {
      const [red = 0, green = 0, blue = 0] = plain.subarray(y * stride + x * 4);
      pixels[y * width + x] = Math.round(0.299 * red + 0.587 * green + 0.114 * blue);
    }
  }
  return { width, height, pixels };
}

function paeth(a: number, b: number, c: number): number {
  const [toA, toB, toC] = [Math.abs(b - c), Math.abs(a - c), Math.abs(a + b - 2 * c)];
  return toA <= toB && toA <= toC ? a : toB <= toC ? b : c;
}

/** A grey picture as a PNG file. */
export function toPng({ width, height, pixels }: GreyPicture): Uint8Array {
  const rows = new Uint8Array((width + 1) * height);
  for (let y = 0; y < height; y += 1) rows.set(pixels.subarray(y * width, (y + 1) * width), y * (width + 1) + 1);
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header[8] = 8;
  const chunk = (name: string, body: Uint8Array): Uint8Array => {
    const named = Buffer.concat([Buffer.from(name, "latin1"), body]);
    const frame = Buffer.alloc(named.length + 8);
    frame.writeUInt32BE(body.length, 0);
    frame.set(named, 4);
    frame.writeUInt32BE(crc32(named), named.length + 4);
    return frame;
  };
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  return new Uint8Array(
    Buffer.concat([
      signature,
      chunk("IHDR", header),
      chunk("IDAT", deflateSync(rows)),
      chunk("IEND", new Uint8Array()),
    ]),
  );
}
