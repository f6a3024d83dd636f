import { spawnSync } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "esbuild";
import { ALL_FORMATS, BufferSource, Input } from "mediabunny";
import { expect, test } from "vitest";
import { makeMp3 } from "../../../lib/sandbox/media/make-mp3.ts";
import { makeMp4 } from "../../../lib/sandbox/media/make-mp4.ts";
import { makePng } from "../../../lib/sandbox/media/make-png.ts";
import { makeWav } from "../../../lib/sandbox/media/make-wav.ts";
import { measureSeconds } from "../../../lib/sandbox/media/measure-seconds.ts";
import { padMedia } from "../../../lib/sandbox/media/pad-media.ts";
import { sniffMedia } from "../../../lib/sandbox/media/sniff-media.ts";

const PROJECT = join(import.meta.dirname, "../../..");

test("a picture has the asked size and differs with its Cyrillic text", async () => {
  const cat = await makePng({ text: "Рыжий кот", width: 320, height: 180, seed: 1 });
  const header = Buffer.from(cat);
  expect([header.readUInt32BE(16), header.readUInt32BE(20)]).toEqual([320, 180]);
  const mouse = await makePng({ text: "Серая мышь", width: 320, height: 180, seed: 1 });
  expect(cat).not.toEqual(mouse);
  expect(await makePng({ text: "Рыжий кот", width: 320, height: 180, seed: 1 })).toEqual(cat);
});

test("any text can be drawn: markup, control characters, lone surrogates, very long words", async () => {
  const text = `<b>&"' \u0000\u001b \ud800 ${"щ".repeat(3_000)}\n\n`;
  expect(sniffMedia(await makePng({ text, width: 64, height: 200 }))?.format).toBe("png");
});

test("videos made at the same time keep their size and length", async () => {
  const videos = await Promise.all([
    makeMp4({ seconds: 1, width: 64, height: 64, text: "раз" }),
    makeMp4({ seconds: 2.5, width: 101, height: 57 }),
  ]);
  const facts = await Promise.all(
    videos.map(async (bytes) => {
      const input = new Input({ source: new BufferSource(bytes), formats: ALL_FORMATS });
      const track = await input.getPrimaryVideoTrack();
      return [track?.codec, track?.displayWidth, track?.displayHeight, await input.computeDuration()];
    }),
  );
  expect(facts).toEqual([
    ["avc", 64, 64, 1],
    ["avc", 100, 56, 2.5],
  ]);
});

test("sounds have the asked length and depend on the seed", async () => {
  const song = await makeMp3({ seconds: 4, seed: 1 });
  expect(await measureSeconds(song)).toBeCloseTo(4, 0);
  expect(song).not.toEqual(await makeMp3({ seconds: 4, seed: 2 }));
  expect(await measureSeconds(makeWav({ seconds: 3 }))).toBeCloseTo(3, 2);
});

test("formats are told from the bytes, also of padded files", async () => {
  const files = [
    await makePng({ text: "x", width: 16, height: 16 }),
    await makeMp4({ seconds: 1, width: 16, height: 16 }),
    await makeMp3({ seconds: 1, seed: 1 }),
    makeWav({ seconds: 1 }),
  ];
  const padded = files.map((bytes) => padMedia(bytes, sniffMedia(bytes)?.mime ?? "", 500_000));
  expect(padded.map((bytes) => sniffMedia(bytes)?.format)).toEqual(["png", "mp4", "mp3", "wav"]);
  expect(padded.map((bytes) => bytes.length)).toEqual([500_000, 500_000, 500_000, 500_000]);
  expect(await measureSeconds(padded[1] ?? new Uint8Array())).toBe(1);
  expect(await measureSeconds(padded[3] ?? new Uint8Array())).toBe(1);
  expect(sniffMedia(new TextEncoder().encode("hello"))).toBeUndefined();
});

test("the makers work from a bundle in another directory", async () => {
  const folder = await mkdtemp(join(tmpdir(), "kie-bundle-"));
  const media = JSON.stringify(join(PROJECT, "lib/sandbox/media"));
  const entry = `
    import { makePng } from ${media.slice(0, -1)}/make-png.ts";
    import { makeMp4 } from ${media.slice(0, -1)}/make-mp4.ts";
    import { makeMp3 } from ${media.slice(0, -1)}/make-mp3.ts";
    const files = [await makePng({ text: "x", width: 16, height: 16 }), await makeMp4({ seconds: 1, width: 16, height: 16 }), await makeMp3({ seconds: 1, seed: 1 })];
    console.log(files.every((bytes) => bytes.length > 100) ? "made" : "empty");`;
  await writeFile(join(folder, "entry.ts"), entry);
  const outfile = join(folder, "out", "bundle.mjs");
  await build({
    entryPoints: [join(folder, "entry.ts")],
    outfile,
    bundle: true,
    platform: "node",
    format: "esm",
    nodePaths: [join(PROJECT, "node_modules")],
    logLevel: "error",
  });
  const run = spawnSync(process.execPath, [outfile], { cwd: PROJECT, encoding: "utf8" });
  expect([run.stdout.trim(), run.stderr]).toEqual(["made", ""]);
  await rm(folder, { recursive: true, force: true });
});
