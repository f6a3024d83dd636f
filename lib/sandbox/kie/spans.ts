import type { Source } from "./sources.ts";

type Input = Readonly<Record<string, unknown>>;

/** [from, to, shortest, longest] in seconds. @see https://docs.kie.ai */
const SPANS: Readonly<Record<string, readonly [string, string, number, number]>> = {
  "suno/replace-section": ["infillStartS", "infillEndS", 6, 60],
  "suno/generate-persona": ["vocalStart", "vocalEnd", 10, 30],
  "suno/voice-validate": ["vocalStartS", "vocalEndS", 1, Number.POSITIVE_INFINITY],
};
const DEFAULTS: Input = { vocalStart: 0, vocalEnd: 30 };

/** What the documents tell of stretches of a song in words only; `undefined` when all is well. */
export function spanProblem(model: string, input: Input, source: Source | undefined): string | undefined {
  const { continueAt } = input;
  if (typeof continueAt === "number") {
    const seconds = source?.song?.duration ?? Number.POSITIVE_INFINITY;
    if (continueAt < 1 || continueAt >= seconds) return "continueAt must lie inside of the audio";
  }
  const span = SPANS[model];
  if (!span) return undefined;
  const [from, to, shortest, longest] = span;
  const seconds = Number(input[to] ?? DEFAULTS[to]) - Number(input[from] ?? DEFAULTS[from]);
  if (seconds >= shortest && seconds <= longest) return undefined;
  return `${to} must lie ${shortest} to ${longest} seconds after ${from}`;
}
