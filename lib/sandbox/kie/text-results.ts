import { alignWords, writeLyrics } from "./lyrics.ts";
import { transcription } from "./notes.ts";
import { type ResultRequest, textOf } from "./result-file.ts";

/** What is to be sung so that a voice is known again, by language. */
const PHRASES: Readonly<Record<string, string>> = {
  ru: "Съешь ещё этих мягких французских булок",
  en: "A quick brown fox jumps over the lazy dog",
};

/**
 * `resultObject` of the models that return text, and what the dedicated endpoints make their answers of. Of the market's
 * answers only the lyrics have a documented shape; the others follow the older Suno routes, which is a guess.
 *
 * @see https://docs.kie.ai and 17 (5)
 */
export function textResult({ schema, input, taskId, source }: ResultRequest): Record<string, unknown> {
  const subject = [input.prompt, input.content, input.description].find((text) => typeof text === "string") ?? "…";
  const token = taskId.slice(-16);
  switch (schema.mode) {
    case "lyrics": {
      if ("prompt" in schema.input) return { lyricsData: writeLyrics(String(subject)) };
      const song = source?.song;
      const alignedWords = alignWords(song?.prompt ?? "", song?.duration ?? 0);
      return { alignedWords, waveformData: [0, 1, 0.5, 0.75], hootCer: 0.38, isStreamed: false };
    }
    case "style-text":
      return { result: `${subject}, warm analog mix, tight drums, clear lead vocal` };
    case "audio-to-midi":
      return { state: "complete", instruments: transcription(Number.parseInt(taskId.slice(-6), 16)) };
    case "persona":
      return { personaId: `persona_${token}`, name: input.name, description: input.description };
    case "voice":
      if ("audio_id" in schema.input) return { kieAudioId: `audio_${token}`, name: input.name };
      return {
        status: "success",
        voiceId: `voice_${token}`,
        validateInfo: PHRASES[textOf(input.language)] ?? PHRASES.en,
        isAvailable: true,
      };
    default:
      return { objects: [{ label: "person", box: [10, 10, 200, 300], score: 0.98 }] };
  }
}
