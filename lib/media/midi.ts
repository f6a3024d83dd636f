import type { MidiInstrument, MidiNotes } from "../shared/midi-notes.ts";

/** Ticks of a quarter note, and microseconds that it lasts: 120 beats a minute make 960 ticks a second. */
const TICKS_PER_QUARTER = 480;
const MICROSECONDS_PER_QUARTER = 500_000;
const TICKS_PER_SECOND = (TICKS_PER_QUARTER * 1_000_000) / MICROSECONDS_PER_QUARTER;

/** General MIDI keeps the tenth channel for percussion. */
const PERCUSSION_CHANNEL = 9;
const MELODIC_CHANNELS = [0, 1, 2, 3, 4, 5, 6, 7, 8, 10, 11, 12, 13, 14, 15] as const;
const PERCUSSION = /drum|percussion|cymbal|hi-?hat|snare|kick/i;

/** Names as transcribers give them → programs of General MIDI, from 0; the first that fits. Others are played on a piano. */
const PROGRAMS: readonly (readonly [RegExp, number])[] = [
  [/electric piano|rhodes/i, 4],
  [/piano|keyboard|keys/i, 0],
  [/organ/i, 16],
  [/synth.*bass|bass.*synth/i, 38],
  [/bass/i, 33],
  [/electric guitar|distort|overdriv/i, 27],
  [/guitar/i, 24],
  [/violin/i, 40],
  [/viola/i, 41],
  [/cello/i, 42],
  [/string/i, 48],
  [/choir|voice|vocal|voc/i, 52],
  [/trumpet/i, 56],
  [/trombone/i, 57],
  [/brass|horn/i, 61],
  [/sax/i, 65],
  [/clarinet/i, 71],
  [/flute|woodwind/i, 73],
  [/lead/i, 80],
  [/synth|pad/i, 88],
];

interface TimedEvent {
  tick: number;
  /** Ends come before beginnings of the same moment: else a repeated note would be cut off at once. */
  order: 0 | 1;
  bytes: readonly number[];
}

/**
 * A Standard MIDI File of type 1: a track with the tempo (120 beats a minute), then one track per instrument. What is
 * called drums or percussion plays on channel 10. Notes without a length last one tick; notes that are no numbers are
 * left out.
 *
 * @see https://midi.org/standard-midi-files-specification
 */
export function writeMidi({ instruments }: MidiNotes): Uint8Array {
  let melodic = 0;
  const tracks = instruments.map((instrument) => {
    if (PERCUSSION.test(instrument.name)) return instrumentTrack(instrument, PERCUSSION_CHANNEL);
    const channel = MELODIC_CHANNELS[melodic % MELODIC_CHANNELS.length] ?? 0;
    melodic += 1;
    return instrumentTrack(instrument, channel);
  });
  const header = chunk("MThd", [...uint16(1), ...uint16(tracks.length + 1), ...uint16(TICKS_PER_QUARTER)]);
  return new Uint8Array(Buffer.concat([header, tempoTrack(), ...tracks]));
}

function tempoTrack(): Buffer {
  const tempo = [0, 0xff, 0x51, 3, ...uint32(MICROSECONDS_PER_QUARTER).slice(1)];
  // Four quarters to the bar: 24 clocks per click, eight 32nds per quarter.
  const meter = [0, 0xff, 0x58, 4, 4, 2, 24, 8];
  return chunk("MTrk", [...tempo, ...meter, ...END_OF_TRACK]);
}

function instrumentTrack({ name, notes }: MidiInstrument, channel: number): Buffer {
  const title = [...Buffer.from(name)];
  const bytes = [0, 0xff, 0x03, ...variableLength(title.length), ...title];
  if (channel !== PERCUSSION_CHANNEL) {
    const program = PROGRAMS.find(([pattern]) => pattern.test(name))?.[1] ?? 0;
    bytes.push(0, 0xc0 | channel, program);
  }
  let tick = 0;
  for (const event of notes.flatMap((note) => eventsOf(note, channel)).sort(byTime)) {
    bytes.push(...variableLength(event.tick - tick), ...event.bytes);
    tick = event.tick;
  }
  bytes.push(...END_OF_TRACK);
  return chunk("MTrk", bytes);
}

const END_OF_TRACK = [0, 0xff, 0x2f, 0] as const;

function eventsOf(note: MidiInstrument["notes"][number], channel: number): TimedEvent[] {
  const { pitch, startSeconds, endSeconds, velocity } = note;
  if (![pitch, startSeconds, endSeconds, velocity].every(Number.isFinite)) return [];
  const start = Math.max(0, Math.round(startSeconds * TICKS_PER_SECOND));
  const end = Math.max(start + 1, Math.round(endSeconds * TICKS_PER_SECOND));
  if (end > MAX_TICKS) return [];
  const key = within(Math.round(pitch), 0, 127);
  // A velocity of 0 would mean the end of a note.
  const force = within(Math.round(velocity * 127), 1, 127);
  return [
    { tick: start, order: 1, bytes: [0x90 | channel, key, force] },
    { tick: end, order: 0, bytes: [0x80 | channel, key, 0] },
  ];
}

const byTime = (a: TimedEvent, b: TimedEvent): number => a.tick - b.tick || a.order - b.order;
const within = (value: number, least: number, most: number): number => Math.min(Math.max(value, least), most);

/** What four bytes of seven bits can say. */
const MAX_TICKS = 0x0fff_ffff;

/** Seven bits to the byte, the highest first; all but the last have the eighth bit set. */
function variableLength(value: number): number[] {
  const bytes = [value & 0x7f];
  for (let rest = value >>> 7; rest > 0; rest >>>= 7) bytes.unshift((rest & 0x7f) | 0x80);
  return bytes;
}

const uint16 = (value: number): number[] => [(value >>> 8) & 0xff, value & 0xff];
const uint32 = (value: number): number[] => [...uint16(value >>> 16), ...uint16(value & 0xffff)];

function chunk(type: "MThd" | "MTrk", bytes: readonly number[]): Buffer {
  return Buffer.concat([Buffer.from(type, "latin1"), Buffer.from(uint32(bytes.length)), Buffer.from(bytes)]);
}
