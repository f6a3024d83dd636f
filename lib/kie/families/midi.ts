import type { MidiInstrument, MidiNotes } from "../../shared/midi-notes.ts";
import type { WordOutput } from "../gateway.ts";
import { listOf, membersOf, numberOrNull, textOf } from "./reading.ts";

/** MIDI itself counts loudness to 127; KIE's documents show 0 to 1. */
const velocityOf = (value: unknown): number => {
  const velocity = numberOrNull(value) ?? 1;
  return velocity > 1 ? Math.min(velocity, 127) / 127 : velocity;
};

function instrumentOf(value: unknown): MidiInstrument | null {
  const { name, notes } = membersOf(value);
  const read = listOf(notes).flatMap((item) => {
    const note = membersOf(item);
    const pitch = numberOrNull(note.pitch);
    // Numbers, or the same in quotes (docs.kie.ai).
    const startSeconds = numberOrNull(note.start);
    const endSeconds = numberOrNull(note.end);
    if (pitch === null || pitch > 127 || startSeconds === null || endSeconds === null) return [];
    if (endSeconds <= startSeconds) return [];
    return [{ pitch: Math.round(pitch), startSeconds, endSeconds, velocity: velocityOf(note.velocity) }];
  });
  return read.length === 0 ? null : { name: textOf(name).slice(0, 100) || "Instrument", notes: read };
}

/** The notes in `{state, instruments}`, as JSON of `MidiNotes`; nothing when nobody plays. */
export function midiOutputs(midiData: unknown): WordOutput[] {
  const instruments = listOf(membersOf(midiData).instruments)
    .map(instrumentOf)
    .filter((instrument) => instrument !== null);
  const found: MidiNotes = { instruments };
  return instruments.length === 0 ? [] : [{ kind: "midi", text: JSON.stringify(found) }];
}
