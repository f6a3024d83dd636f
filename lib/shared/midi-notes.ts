/** Notes of one instrument, as KIE transcribes them. Seconds from the start; pitch and velocity as in MIDI, velocity 0 to 1. */
export interface MidiInstrument {
  name: string;
  notes: readonly { pitch: number; startSeconds: number; endSeconds: number; velocity: number }[];
}

/** What an output of the kind `midi` holds, as JSON. */
export interface MidiNotes {
  instruments: readonly MidiInstrument[];
}
