import { crc32, deflateSync } from "node:zlib";

/** One second of a fading tone, MP3, 8 kHz mono. Made once by wasm-media-encoders. */
const TONE_MP3 =
  "/+MYxAAKWIrRuUMAAqoFLbaAHd3d3/iIiJ+7u7//XDgYsPuKAhcXB8P5QMUef5Tw/ynn+j39CqAAA0QMBwOAAAATRFhliZ/0/+MYxBERWUrK" +
  "WZQoAExSMv8mjECQQXFQACpDsmYGQGk+Ih0OoY3/4iAIAiQeDxQ7//4dMHg8CoSBr/xKEgaEp0O1/////////+MYxAYOeKZEAd4AAP//////" +
  "+Gi+xgDgCIVBUAwwLwYjCFB4MJcUoxZ6aDF8E+MOEGYwRQQAUBeIQAwEAyXdbTr///aSXmMA/+MYxAcL2KYsAAb8RA0xEUMrLDREs4WYMUYh" +
  "s6m/6zaAGHMRcHAwZgHR4DshAHBIBBZ1BNSV///14CEAUGAGDIAIkA4YIoFp/+MYxBIMyKYkAAeySIUQSBjVkIn3Z9ab6Y6Ji2BNGFCCqYKw" +
  "IRyVGqyYQwVBlqr///hS/S/QCETCh8wVIMCqTADQlQwL9GUM/+MYxBkMYKYwAAb+RBRwdQwAoCTGADwwAEAVCAAsoAFCYACWbfr///ZiKgQM" +
  "ETDRQyskNMNTmWgxehhTxdu1N2wPkxRQPAcI/+MYxCIMGKYkAAb8RAmBiAOCQExkA4QABoIqlf//9wFM0Ai1xEAAYC4FpgoBAGHeOyclnC5o" +
  "pjLmGMEAYKoH5gWATHCBrGW8/+MYxCwLmKYoAAewSFB7Kv//+Hl0lrjCAMxIfMVRDJp0wGcIuMKaQiDC7QawwFwCDMANAMCEAJSjFgAlA5XN" +
  "uv//9opCACga/+MYxDgL4KYoAAb+RGAhhkIgaIHnIjRi4BMniSoSPcqiRPZhAACGBuAuYA4C4gAOKoAaBC5V///38XWkgkEKgFAUDUwKAiDC" +
  "/+MYxEMMCKYcAAb8RFx7TcU6hMk8aUwcggjAxA7MBwB42GB0y/C17Kr///f5QECgBhQSYwQmToRpEmYXJCho9fkGmOLsYVwO/+MYxE0LSKYg" +
  "AAewSCYGoERb1TItCgsoDbr///aOQAAEIBojAEBwFQKCAMJMC0xfAmD1RTkNxAUAxRQXTCIAyMEUC06/MkAq/+MYxFoK4KYYAAb8RDQmU1X/" +
  "//gRj6EIKDjBxwGJIpVGAahIZkFyIOYX0EDmAIgTwXAQzABgBoHACBEANkwAKmtRKvzGNR17/+MYxGkMSKYIAAewSH3CUSyX5Sh2HcYQMAoG" +
  "CgsPmbB5nJkblQmNKFYZrcthvogzAopQwTQHjBIAeFQBiqASQAFJEskil2Nx/+MYxHIMSKYEAAb+RLlnK9PTngA+AI6GfHr/tW+ZnGNIkYBh" +
  "zMnXqoBhGLDTcbpQmYQB2qoZswhigXnSrUQfdptyNRqm7lWt/+MYxHsTIMnwAA78KWUUF8F/KkxBTUUzLjEwMKqqqqqqqqqqqqqqqqqqqqqq" +
  "qqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqq/+MYxGkM4MX0AAG2Caqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqq" +
  "qqqqqqqqqqqqqqqqqqqqqqqq";

/** Two seconds of a moving stripe, 64 × 64, H.264 in MP4. Made once by h264-mp4-encoder. */
const STRIPE_MP4 =
  "AAAAGGZ0eXBtcDQyAAAAAG1wNDJpc29tAAAAiGZyZWUAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA" +
  "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA" +
  "ARZtZGF0AAAAImW4Ef/D/wtFPigA+IAAReIB0mpOTp2ycnJ08nJydPJycngAAAAcYeEfN+H/haKD4oAfEAAIPEAdIwIECDkO8h3kgAAAAA5h" +
  "4h+BBA8fxPXk8mB5kgAAABhh4x6N+H/gjigHxAACAWIAkkO5uQ7yHe4AAAAKYeQeoEH+/J5PcAAAABhh5R7N+H/gjigHxAACAWIAkkO5uQ7y" +
  "HeoAAAAMYeYexPwIO38j+R/UAAAAGGHnHkN+H/gjigHxAACAWIAkkO5uQ7yHfAAAACBh6B834f+Fop8UAHxAACLxAOuBB53bb/O9vAg8728C" +
  "DwAAABxh6R834f+FooPigB8QAAg8QB0jAgQIOQ7yHeSAAAACj21vb3YAAABsbXZoZAAAAADnJm/n5yZv5wABX5AAAr8gAAEAAAEAAAAAAAAA" +
  "AAAAAAABAAAAAAAAAAAAAAAAAAAAAQAAAAAAAAAAAAAAAAAAQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAIAAAAYaW9kcwAAAAAQ" +
  "gICABwBP////f/8AAAIDdHJhawAAAFx0a2hkAAAAAecmb+fnJm/nAAAAAQAAAAAAAr8gAAAAAAAAAAAAAAAAAAAAAAABAAAAAAAAAAAAAAAA" +
  "AAAAAQAAAAAAAAAAAAAAAAAAQAAAAABAAAAAQAAAAAABn21kaWEAAAAgbWRoZAAAAADnJm/n5yZv5wABX5AAAr8gVcQAAAAAACFoZGxyAAAA" +
  "AAAAAAB2aWRlAAAAAAAAAAAAAAAAAAAAAVZtaW5mAAAAFHZtaGQAAAABAAAAAAAAAAAAAAAkZGluZgAAABxkcmVmAAAAAAAAAAEAAAAMdXJs" +
  "IAAAAAEAAAEWc3RibAAAAIZzdHNkAAAAAAAAAAEAAAB2YXZjMQAAAAAAAAABAAAAAAAAAAAAAAAAAAAAAABAAEAASAAAAEgAAAAAAAAAAQ5K" +
  "VlQvQVZDIENvZGluZwAAAAAAAAAAAAAAAAAAAAAAABj//wAAACBhdmNDAUIACv/hAAhnQgAKpoQmQAEABWjOA5yAAAAAGHN0dHMAAAAAAAAA" +
  "AQAAAAoAAEZQAAAAPHN0c3oAAAAAAAAAAAAAAAoAAAAmAAAAIAAAABIAAAAcAAAADgAAABwAAAAQAAAAHAAAACQAAAAgAAAAHHN0c2MAAAAA" +
  "AAAAAQAAAAEAAAAFAAAAAQAAABhzdGNvAAAAAAAAAAIAAACoAAABKgAAAIhmcmVlAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA" +
  "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA" +
  "AAAAAAAAAAAAAAAAAAA=";

/** Letters of five by seven dots, one number per row; the ones that the labels need. */
const LETTERS: Readonly<Record<string, readonly number[]>> = {
  D: [0b11110, 0b10001, 0b10001, 0b10001, 0b10001, 0b10001, 0b11110],
  E: [0b11111, 0b10000, 0b10000, 0b11110, 0b10000, 0b10000, 0b11111],
  N: [0b10001, 0b11001, 0b10101, 0b10011, 0b10001, 0b10001, 0b10001],
  R: [0b11110, 0b10001, 0b10001, 0b11110, 0b10100, 0b10010, 0b10001],
  S: [0b01111, 0b10000, 0b10000, 0b01110, 0b00001, 0b00001, 0b11110],
  T: [0b11111, 0b00100, 0b00100, 0b00100, 0b00100, 0b00100, 0b00100],
  U: [0b10001, 0b10001, 0b10001, 0b10001, 0b10001, 0b10001, 0b01110],
  Y: [0b10001, 0b10001, 0b01010, 0b00100, 0b00100, 0b00100, 0b00100],
};

function chunk(type: string, data: Uint8Array): Buffer {
  const body = Buffer.concat([Buffer.from(type, "latin1"), data]);
  const framed = Buffer.alloc(body.length + 8);
  framed.writeUInt32BE(data.length, 0);
  body.copy(framed, 4);
  framed.writeUInt32BE(crc32(body), body.length + 4);
  return framed;
}

const SIDE = 512;
const DOT = 12;

/** A square PNG with the label in large letters, so that nobody takes it for a result. */
function labelPng(label: string): Buffer {
  // Two colours: a palette keeps the file below two kilobytes.
  const rows = Buffer.alloc(SIDE * (SIDE + 1));
  const width = (label.length * 6 - 1) * DOT;
  const left = Math.floor((SIDE - width) / 2);
  const top = Math.floor((SIDE - 7 * DOT) / 2);
  for (let y = 0; y < SIDE; y++) {
    for (let x = 0; x < SIDE; x++) {
      const column = Math.floor((x - left) / DOT);
      const row = Math.floor((y - top) / DOT);
      const letter = LETTERS[label[Math.floor(column / 6)] ?? ""];
      const dot = column % 6;
      const lit = x >= left && dot < 5 && (((letter?.[row] ?? 0) >> (4 - dot)) & 1) === 1;
      rows[y * (SIDE + 1) + 1 + x] = lit ? 1 : 0;
    }
  }
  const header = Buffer.alloc(13);
  header.writeUInt32BE(SIDE, 0);
  header.writeUInt32BE(SIDE, 4);
  // Eight bits per pixel, palette.
  header.set([8, 3, 0, 0, 0], 8);
  return Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    chunk("IHDR", header),
    chunk("PLTE", Buffer.from([0x2b, 0x3a, 0x55, 0xff, 0xd1, 0x66])),
    chunk("IDAT", deflateSync(rows, { level: 9 })),
    chunk("IEND", Buffer.alloc(0)),
  ]);
}

/** Small real files as `data:` URLs, for the gateway that calls nobody. */
export const mockImage = (label: string): string => `data:image/png;base64,${labelPng(label).toString("base64")}`;
export const MOCK_VIDEO = { url: `data:video/mp4;base64,${STRIPE_MP4}`, durationSeconds: 2 };
export const MOCK_AUDIO = { url: `data:audio/mpeg;base64,${TONE_MP3}`, durationSeconds: 1 };
