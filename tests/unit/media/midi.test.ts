import { expect, test } from "vitest";
import { writeMidi } from "../../../lib/media/midi.ts";
import type { MidiNotes } from "../../../lib/shared/midi-notes.ts";

interface Chunk {
  type: string;
  body: Buffer;
}

/** The chunks of a Standard MIDI File, read by their own lengths. */
function chunksOf(file: Uint8Array): Chunk[] {
  const bytes = Buffer.from(file);
  const chunks: Chunk[] = [];
  for (let at = 0; at < bytes.length; ) {
    const length = bytes.readUInt32BE(at + 4);
    chunks.push({ type: bytes.toString("latin1", at, at + 4), body: bytes.subarray(at + 8, at + 8 + length) });
    at += 8 + length;
  }
  return chunks;
}

interface Message {
  tick: number;
  status: number;
  data: number[];
}

/** Events of a track with their absolute ticks; 0xff events keep their type and text bytes as data. */
function eventsOf(body: Buffer): Message[] {
  const events: Message[] = [];
  let at = 0;
  let tick = 0;
  const variable = (): number => {
    let value = 0;
    for (;;) {
      const byte = body.readUInt8(at);
      at += 1;
      value = (value << 7) | (byte & 0x7f);
      if (byte < 0x80) return value;
    }
  };
  while (at < body.length) {
    tick += variable();
    const status = body.readUInt8(at);
    at += 1;
    if (status === 0xff) {
      const type = body.readUInt8(at);
      at += 1;
      const length = variable();
      events.push({ tick, status, data: [type, ...body.subarray(at, at + length)] });
      at += length;
      continue;
    }
    const length = status >> 4 === 0xc ? 1 : 2;
    events.push({ tick, status, data: [...body.subarray(at, at + length)] });
    at += length;
  }
  return events;
}

const note = (pitch: number, startSeconds: number, endSeconds: number, velocity = 1) => ({
  pitch,
  startSeconds,
  endSeconds,
  velocity,
});
const tracksOf = (notes: MidiNotes): Message[][] =>
  chunksOf(writeMidi(notes))
    .slice(1)
    .map(({ body }) => eventsOf(body));
const soundsOf = (track: Message[] | undefined): Message[] =>
  (track ?? []).filter(({ status }) => status >> 4 === 8 || status >> 4 === 9);

test("D2: a file of type 1 with the tempo first and one track per instrument", () => {
  const file = writeMidi({
    instruments: [
      { name: "Piano", notes: [note(60, 0, 1)] },
      { name: "Электрогитара", notes: [] },
    ],
  });
  const [header, ...tracks] = chunksOf(file);
  expect(header?.type).toBe("MThd");
  expect([0, 2, 4].map((at) => header?.body.readUInt16BE(at))).toEqual([1, 3, 480]);
  expect(tracks.map(({ type }) => type)).toEqual(["MTrk", "MTrk", "MTrk"]);
  const [tempo, piano, guitar] = tracks.map(({ body }) => eventsOf(body));
  // 500,000 microseconds to the quarter: 120 beats a minute.
  expect(tempo?.[0]).toEqual({ tick: 0, status: 0xff, data: [0x51, 0x07, 0xa1, 0x20] });
  const names = [piano, guitar].map((track) => Buffer.from(track?.[0]?.data.slice(1) ?? []).toString());
  expect(names).toEqual(["Piano", "Электрогитара"]);
  for (const track of [tempo, piano, guitar]) expect(track?.at(-1)).toMatchObject({ status: 0xff, data: [0x2f] });
});

test("D2: a second lasts 960 ticks, and velocity goes from 1 to 127", () => {
  const [, track] = tracksOf({
    instruments: [{ name: "Piano", notes: [note(60, 0.5, 2, 0.5), note(64, 1, 1.25, 0)] }],
  });
  expect(soundsOf(track)).toEqual([
    { tick: 480, status: 0x90, data: [60, 64] },
    { tick: 960, status: 0x90, data: [64, 1] },
    { tick: 1200, status: 0x80, data: [64, 0] },
    { tick: 1920, status: 0x80, data: [60, 0] },
  ]);
});

test("D2: drums play on the tenth channel, everything else on one of its own", () => {
  const names = ["Bass", "Drums", "Strings", "Percussion Kit"];
  const tracks = tracksOf({ instruments: names.map((name) => ({ name, notes: [note(40, 0, 1)] })) }).slice(1);
  expect(tracks.map((track) => (soundsOf(track)[0]?.status ?? 0) & 0xf)).toEqual([0, 9, 1, 9]);
  // A program for what is melodic, none for percussion.
  expect(tracks.map((track) => track.find(({ status }) => status >> 4 === 0xc)?.data)).toEqual([
    [33],
    undefined,
    [48],
    undefined,
  ]);
});

test("D2: a note that is struck again ends before it begins anew", () => {
  const [, track] = tracksOf({ instruments: [{ name: "Piano", notes: [note(60, 1, 2), note(60, 0, 1)] }] });
  expect(soundsOf(track).map(({ tick, status }) => [tick, status])).toEqual([
    [0, 0x90],
    [960, 0x80],
    [960, 0x90],
    [1920, 0x80],
  ]);
});

test("D2: wrong numbers make no wrong file", () => {
  const notes = [note(Number.NaN, 0, 1), note(200, -1, -1, 7), note(-5, 1, 0.5, -1), note(60, 0, 1e12)];
  const [, track] = tracksOf({ instruments: [{ name: "", notes }] });
  expect(soundsOf(track)).toEqual([
    { tick: 0, status: 0x90, data: [127, 127] },
    { tick: 1, status: 0x80, data: [127, 0] },
    { tick: 960, status: 0x90, data: [0, 1] },
    { tick: 961, status: 0x80, data: [0, 0] },
  ]);
});

test("D2: twenty instruments share fifteen melodic channels and leave the tenth free", () => {
  const instruments = Array.from({ length: 20 }, (_, index) => ({ name: `Synth ${index}`, notes: [note(60, 0, 1)] }));
  const channels = tracksOf({ instruments })
    .slice(1)
    .map((track) => (soundsOf(track)[0]?.status ?? 0) & 0xf);
  expect(new Set(channels).size).toBe(15);
  expect(channels).not.toContain(9);
});
