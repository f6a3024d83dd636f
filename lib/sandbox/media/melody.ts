/** Semitones of a pentatonic scale above A3: any order of them sounds like a tune. */
const SCALE = [0, 3, 5, 7, 10, 12, 15];
const A3_HERTZ = 220;
const NOTE_SECONDS = 0.3;

export const SAMPLE_RATE = 22_050;

/** A short tune of decaying tones, mono, −1…1. The same seed gives the same samples. */
export function melody(seconds: number, seed: number): Float32Array {
  const samples = new Float32Array(Math.max(1, Math.round(seconds * SAMPLE_RATE)));
  const noteLength = Math.round(NOTE_SECONDS * SAMPLE_RATE);
  let state = (Math.abs(Math.trunc(seed)) % 2_147_483_646) + 1;
  for (let start = 0; start < samples.length; start += noteLength) {
    state = (state * 48_271) % 2_147_483_647;
    const frequency = A3_HERTZ * 2 ** ((SCALE[state % SCALE.length] ?? 0) / 12);
    const end = Math.min(samples.length, start + noteLength);
    for (let index = start; index < end; index += 1) {
      const time = (index - start) / SAMPLE_RATE;
      const tone = Math.sin(2 * Math.PI * frequency * time) + 0.3 * Math.sin(4 * Math.PI * frequency * time);
      samples[index] = 0.35 * tone * Math.exp(-5 * time);
    }
  }
  return samples;
}
