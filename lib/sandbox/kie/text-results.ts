import type { ModelSchema } from "./request-schemas.ts";

/**
 * `resultObject` of the models that return text. Only the lyrics have a documented shape; the others follow the older
 * Suno routes, which is a guess.
 *
 * @see https://docs.kie.ai and 17 (5)
 */
export function textResult(schema: ModelSchema, input: Record<string, unknown>): Record<string, unknown> {
  const subject = [input.prompt, input.content, input.description].find((text) => typeof text === "string") ?? "…";
  switch (schema.mode) {
    case "lyrics":
      return "prompt" in schema.input ? { lyricsData: lyrics(String(subject)) } : { alignedWords: alignedWords() };
    case "style-text":
      return { result: `${subject}, warm analog mix, tight drums, clear lead vocal` };
    case "audio-to-midi":
      return {
        state: "complete",
        instruments: [{ name: "Piano", notes: [{ pitch: 60, start: 0, end: "0.5", velocity: 0.8 }] }],
      };
    case "persona":
      return { personaId: "sandbox-persona", name: input.name, description: input.description };
    case "voice":
      return { status: "success", voiceId: "sandbox-voice", validateInfo: "A quick brown fox.", isAvailable: true };
    default:
      return { objects: [{ label: "person", box: [10, 10, 200, 300], score: 0.98 }] };
  }
}

function lyrics(subject: string): { text: string; title: string }[] {
  return ["Утро", "Вечер"].map((title) => ({
    title,
    text: `[Verse]\n${subject}\nИ снова город просыпается\n\n[Chorus]\n${title}, ${title.toLowerCase()}\nПесня не кончается`,
  }));
}

function alignedWords() {
  return ["Песня", "не", "кончается"].map((word, index) => ({
    word,
    success: true,
    startS: index * 0.5,
    endS: index * 0.5 + 0.4,
    palign: 0,
  }));
}
