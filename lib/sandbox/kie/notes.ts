/** Of an instrument as KIE transcribes it. Times are seconds, as a number or, as was documented too, as a text. */
export interface TranscribedInstrument {
  name: string;
  notes: { pitch: number; start: number | string; end: number | string; velocity: number }[];
}

const BEAT_SECONDS = 0.4;
/** MIDI pitches: a tune in C, and the root under every second beat. */
const TUNE = [60, 62, 64, 67, 69, 67, 64, 62, 60, 64, 67, 72, 69, 67, 64, 60];
const ROOTS = [36, 41, 43, 36];

/** A little melody of piano and bass; another song begins at another place of the tune. */
export function transcription(seed: number): TranscribedInstrument[] {
  const tune = TUNE.map((_, index) => TUNE[(index + seed) % TUNE.length] ?? 60);
  const time = (beats: number) => Math.round(beats * BEAT_SECONDS * 1_000) / 1_000;
  const piano = tune.map((pitch, index) => ({
    pitch,
    start: time(index),
    // Both spellings of a time were seen, even in one answer.
    end: String(time(index + 0.9)),
    velocity: index % 4 === 0 ? 0.9 : 0.7,
  }));
  const bass = ROOTS.map((pitch, index) => ({
    pitch,
    start: time(index * 4),
    end: time(index * 4 + 3.5),
    velocity: 0.8,
  }));
  return [
    { name: "Piano", notes: piano },
    { name: "Bass", notes: bass },
  ];
}
