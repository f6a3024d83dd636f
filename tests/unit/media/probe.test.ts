import {
  BufferTarget,
  EncodedAudioPacketSource,
  EncodedPacket,
  EncodedVideoPacketSource,
  MkvOutputFormat,
  MovOutputFormat,
  Mp4OutputFormat,
  OggOutputFormat,
  Output,
  type OutputFormat,
  WebMOutputFormat,
} from "mediabunny";
import { expect, test } from "vitest";
import { createMp3Encoder, createOggEncoder } from "wasm-media-encoders";
import { probeMedia } from "../../../lib/media/probe.ts";

const RATE = 44_100;

/** Four seconds of packets in any container; the packets need not be decodable, nobody decodes them here. */
async function contained(format: OutputFormat, kind: "video" | "voice"): Promise<Buffer> {
  const target = new BufferTarget();
  const output = new Output({ format, target });
  if (kind === "voice") {
    const source = new EncodedAudioPacketSource("opus");
    output.addAudioTrack(source);
    await output.start();
    const description = Uint8Array.from([...Buffer.from("OpusHead"), 1, 1, 0x38, 1, 0x80, 0xbb, 0, 0, 0, 0, 0]);
    const meta = { decoderConfig: { codec: "opus", sampleRate: 48_000, numberOfChannels: 1, description } };
    for (let i = 0; i < 200; i++) {
      // 0x78: one CELT frame of 20 ms.
      const packet = new EncodedPacket(Uint8Array.from([0x78, ...new Array(20).fill(1)]), "key", i * 0.02, 0.02);
      await source.add(packet, i === 0 ? meta : undefined);
    }
  } else {
    const source = new EncodedVideoPacketSource("vp9");
    output.addVideoTrack(source);
    await output.start();
    const meta = { decoderConfig: { codec: "vp09.00.10.08", codedWidth: 320, codedHeight: 240 } };
    for (let i = 0; i < 100; i++) {
      const packet = new EncodedPacket(
        Uint8Array.from([0x82, 0x49, 0x83, 0x42, 0, ...new Array(20).fill(1)]),
        i === 0 ? "key" : "delta",
        i / 25,
        1 / 25,
      );
      await source.add(packet, i === 0 ? meta : undefined);
    }
  }
  await output.finalize();
  return Buffer.from(target.buffer ?? new ArrayBuffer(0));
}

async function encoded(kind: "mp3" | "ogg", seconds: number): Promise<Buffer> {
  const samples = new Float32Array(RATE * seconds).map((_, i) => Math.sin(i / 20) * 0.3);
  const encoder = kind === "mp3" ? await createMp3Encoder() : await createOggEncoder();
  encoder.configure({ sampleRate: RATE, channels: 1, vbrQuality: 3 });
  const body = Buffer.from(encoder.encode([samples]));
  return Buffer.concat([body, Buffer.from(encoder.finalize())]);
}

function wav(seconds: number, declaredBytes?: number): Buffer {
  const size = RATE * seconds * 2;
  const file = Buffer.alloc(44 + size);
  file.write("RIFF", 0);
  file.writeUInt32LE(36 + size, 4);
  file.write("WAVEfmt ", 8);
  file.writeUInt32LE(16, 16);
  file.writeUInt16LE(1, 20);
  file.writeUInt16LE(1, 22);
  file.writeUInt32LE(RATE, 24);
  file.writeUInt32LE(RATE * 2, 28);
  file.writeUInt16LE(2, 32);
  file.writeUInt16LE(16, 34);
  file.write("data", 36);
  file.writeUInt32LE(declaredBytes ?? size, 40);
  return file;
}

const durationOf = async (bytes: Uint8Array): Promise<number | undefined> => (await probeMedia(bytes))?.durationSeconds;

test.each<[string, string, string, OutputFormat]>([
  ["mp4", "video", "video/mp4", new Mp4OutputFormat()],
  ["mov", "video", "video/quicktime", new MovOutputFormat()],
  ["webm", "video", "video/webm", new WebMOutputFormat()],
  ["mkv", "video", "video/x-matroska", new MkvOutputFormat()],
])("a video in %s gives its size and duration", async (format, kind, mime, container) => {
  const bytes = await contained(container, "video");
  const facts = await probeMedia(bytes);
  expect(facts).toMatchObject({ kind, format, mime, sizeBytes: bytes.length, width: 320, height: 240 });
  // The last frame of a WebM has no length of its own.
  expect(facts?.durationSeconds).toBeGreaterThan(3.9);
  expect(facts?.durationSeconds).toBeLessThan(4.01);
});

test("an Opus voice note has a duration", async () => {
  const facts = await probeMedia(await contained(new OggOutputFormat(), "voice"));
  expect(facts).toMatchObject({ kind: "audio", format: "ogg", mime: "audio/ogg" });
  expect(facts?.durationSeconds).toBeCloseTo(4, 1);
});

test("an MP4 or MOV with sound only is an m4a, a WebM with sound only is audio", async () => {
  expect(await probeMedia(await contained(new Mp4OutputFormat(), "voice"))).toMatchObject({
    kind: "audio",
    format: "m4a",
    mime: "audio/mp4",
  });
  expect(await probeMedia(await contained(new WebMOutputFormat(), "voice"))).toMatchObject({
    kind: "audio",
    format: "webm",
  });
});

test.each(["mp3", "ogg"] as const)("a song in %s is measured from its frames", async (kind) => {
  const bytes = await encoded(kind, 3);
  const facts = await probeMedia(bytes);
  expect(facts).toMatchObject({ kind: "audio", format: kind, sizeBytes: bytes.length });
  expect(facts?.durationSeconds).toBeCloseTo(3, 1);
});

test("half an MP3 is half as long, whatever its header would say", async () => {
  const bytes = await encoded("mp3", 4);
  const half = await durationOf(bytes.subarray(0, bytes.length / 2));
  expect(half).toBeGreaterThan(1.5);
  expect(half).toBeLessThan(2.5);
});

test("a Xing header that lies changes nothing", async () => {
  const bytes = await encoded("mp3", 3);
  // A first frame made into a Xing header (MPEG-1 mono: 17 bytes of side information) that claims ten frames.
  const frame = Buffer.alloc(417);
  bytes.copy(frame, 0, 0, 4);
  frame.writeUInt32BE(0xfffb90c4, 0);
  frame.write("Xing", 21);
  frame.writeUInt32BE(1, 25);
  frame.writeUInt32BE(10, 29);
  expect(await durationOf(Buffer.concat([frame, bytes]))).toBeCloseTo(3, 1);
});

test.each([1, 48_000, 48_000 * 500])(
  "an Ogg whose pages all claim position %i is measured from its packets",
  async (position) => {
    const voice = await contained(new OggOutputFormat(), "voice");
    const song = await encoded("ogg", 3);
    for (const bytes of [voice, song]) {
      for (let page = bytes.indexOf("OggS"); page !== -1; page = bytes.indexOf("OggS", page + 1)) {
        // Pages of codec headers stand at zero and stay there.
        if (bytes.readUInt32LE(page + 6) !== 0) bytes.writeUInt32LE(position, page + 6);
      }
    }
    expect(await durationOf(voice)).toBeCloseTo(4, 1);
    expect(await durationOf(song)).toBeCloseTo(3, 0);
  },
);

test("MP4 headers that claim a moment do not shorten the video", async () => {
  const bytes = await contained(new Mp4OutputFormat(), "video");
  bytes.writeUInt32BE(1, bytes.indexOf("mvhd") + 20);
  bytes.writeUInt32BE(1, bytes.indexOf("mdhd") + 20);
  expect(await durationOf(bytes)).toBeCloseTo(4, 1);
});

test("a WAV is never longer than its data", async () => {
  expect(await durationOf(wav(3))).toBe(3);
  expect(await durationOf(wav(3, RATE * 2 * 600))).toBe(3);
  expect(await durationOf(wav(3, 0xffff_ffff))).toBe(3);
});

const png = (width: number, height: number): Buffer => {
  const file = Buffer.alloc(33);
  Buffer.from("89504e470d0a1a0a0000000d49484452", "hex").copy(file);
  file.writeUInt32BE(width, 16);
  file.writeUInt32BE(height, 20);
  return file;
};
const gif = Buffer.concat([Buffer.from("GIF89a"), Buffer.from([64, 1, 240, 0, 0, 0, 0])]);
const bmp = (() => {
  const file = Buffer.alloc(54);
  file.write("BM");
  file.writeUInt32LE(320, 18);
  file.writeInt32LE(-240, 22);
  return file;
})();
const jpeg = Buffer.concat([
  Buffer.from("ffd8ffe000104a46494600010100000100010000", "hex"),
  Buffer.from("ffc0001108", "hex"),
  Buffer.from([0, 240, 1, 64, 3, 1, 0x22, 0, 2, 0x11, 1, 3, 0x11, 1]),
  Buffer.from("ffd9", "hex"),
]);
const webp = (() => {
  const file = Buffer.alloc(30);
  file.write("RIFF", 0);
  file.writeUInt32LE(22, 4);
  file.write("WEBPVP8X", 8);
  file.writeUInt32LE(10, 16);
  file.writeUIntLE(319, 24, 3);
  file.writeUIntLE(239, 27, 3);
  return file;
})();

test.each<[string, string, Buffer]>([
  ["png", "image/png", png(320, 240)],
  ["jpeg", "image/jpeg", jpeg],
  ["webp", "image/webp", webp],
  ["gif", "image/gif", gif],
  ["bmp", "image/bmp", bmp],
])("a picture in %s gives its sides and no duration", async (format, mime, bytes) => {
  expect(await probeMedia(bytes)).toEqual({
    kind: "image",
    format,
    mime,
    sizeBytes: bytes.length,
    width: 320,
    height: 240,
  });
});

test("a picture that would unpack to gigabytes costs nothing to look at", async () => {
  const before = process.memoryUsage().rss;
  expect(await probeMedia(png(100_000, 100_000))).toMatchObject({ width: 100_000, height: 100_000 });
  expect(process.memoryUsage().rss - before).toBeLessThan(50_000_000);
});

/** Overwrites a count in an MP4 sample table. */
async function withTable(box: string, offset: number, value: number): Promise<Buffer> {
  const bytes = await contained(new Mp4OutputFormat(), "video");
  bytes.writeUInt32BE(value, bytes.indexOf(box) + offset);
  return bytes;
}

test.each<[string, () => Promise<Uint8Array> | Uint8Array]>([
  ["nothing", () => new Uint8Array(0)],
  ["a few bytes", () => Buffer.from("89504e470d0a1a0a", "hex")],
  ["text", () => Buffer.from("hello world, this is no picture at all")],
  ["an SVG", () => Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="10" height="10"></svg>')],
  [
    "a playlist that names another file",
    () => Buffer.from("#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:9.0,\nhttp://127.0.0.1/x.ts\n#EXT-X-ENDLIST\n"),
  ],
  ["a PDF", () => Buffer.from(`%PDF-1.7\n${"x".repeat(500)}`)],
  ["a picture without sides", () => png(0, 0)],
  ["zeros", () => Buffer.alloc(2_000_000)],
  ["ones", () => Buffer.alloc(2_000_000, 0xff)],
  ["an MP4 without its index", async () => (await contained(new Mp4OutputFormat(), "video")).subarray(0, 200)],
  ["a sample table with billions of times", () => withTable("stts", 8, 0x7fff_ffff)],
  ["a sample table with billions of sizes", () => withTable("stsz", 12, 0x0fff_ffff)],
  ["a sample table with billions of chunks", () => withTable("stsc", 8, 0x0fff_ffff)],
])("%s is unreadable, quickly and without throwing", async (_, make) => {
  const bytes = await make();
  const startedAt = performance.now();
  expect(await probeMedia(bytes)).toBe(null);
  expect(performance.now() - startedAt).toBeLessThan(1_000);
});

test("random cuts and flips of real files never throw", async () => {
  const files = [
    await contained(new Mp4OutputFormat(), "video"),
    await contained(new OggOutputFormat(), "voice"),
    await encoded("mp3", 1),
    wav(1),
  ];
  let seed = 7;
  const random = (limit: number): number => {
    seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
    return seed % limit;
  };
  for (let i = 0; i < 200; i++) {
    const file = Buffer.from(files[i % files.length] ?? []);
    for (let flips = 0; flips < 5; flips++) file[random(Math.min(file.length, 2_000))] = random(256);
    const facts = await probeMedia(file.subarray(0, 12 + random(file.length)));
    expect(facts === null || facts.durationSeconds === undefined || facts.durationSeconds > 0).toBe(true);
  }
});
