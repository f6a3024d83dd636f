import { melody, SAMPLE_RATE } from "./melody.ts";

/** A mono MP3, 64 kbit/s (8 KB per second), with a tune that depends on the seed. */
export async function makeMp3({ seconds, seed }: { seconds: number; seed: number }): Promise<Uint8Array> {
  const { createMp3Encoder } = await import("wasm-media-encoders");
  const encoder = await createMp3Encoder();
  encoder.configure({ channels: 1, sampleRate: SAMPLE_RATE, bitrate: 64 });
  const samples = melody(seconds, seed);
  const parts: Uint8Array[] = [];
  for (let start = 0; start < samples.length; start += SAMPLE_RATE) {
    // The encoder answers with a view into its own memory, which the next call overwrites.
    parts.push(encoder.encode([samples.subarray(start, start + SAMPLE_RATE)]).slice());
  }
  parts.push(encoder.finalize().slice());
  return new Uint8Array(Buffer.concat(parts));
}
