import { listOf, membersOf, numberOrNull, secondsDivisor } from "./reading.ts";

interface TimedWord {
  text: string;
  start: number | null;
  end: number | null;
}

/** A silence this long ends a line, where the words have no line breaks of their own. */
const PAUSE_SECONDS = 2.5;
const LONG_LINE = 60;
/** Scripts that put no space between words. */
const UNSPACED = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}]/u;

function wordsOf(value: unknown): TimedWord[] {
  const words = listOf(value).flatMap((item): TimedWord[] => {
    const { word, startS, endS } = membersOf(item);
    return typeof word === "string" ? [{ text: word, start: numberOrNull(startS), end: numberOrNull(endS) }] : [];
  });
  const divisor = secondsDivisor(words.reduce((largest, { start }) => Math.max(largest, start ?? 0), 0));
  const scaled = (time: number | null): number | null => (time === null ? null : time / divisor);
  return words.map(({ text, start, end }) => ({ text, start: scaled(start), end: scaled(end) }));
}

/** Hundredths of a second as `mm:ss.xx`. */
function stamp(seconds: number): string {
  const hundredths = Math.round(seconds * 100);
  const two = (value: number): string => String(value).padStart(2, "0");
  return `${two(Math.floor(hundredths / 6_000))}:${two(Math.floor(hundredths / 100) % 60)}.${two(hundredths % 100)}`;
}

/**
 * Lines of LRC out of Suno's `alignedWords` (docs.kie.ai). A word carries its line break, and the mark of its section
 * before it: `"[Verse]\nWaggin'"`. Marks are no words that anybody sings; each begins a new line, and is left out.
 *
 * @returns an empty text when there are no words.
 */
export function lrcOf(alignedWords: unknown): string {
  const words = wordsOf(alignedWords);
  const hasBreaks = words.some(({ text }) => text.trim().includes("\n") || /\n\s*$/.test(text));
  // Some replies keep the space at the end of each word, some leave it out.
  const hasSpaces = words.some(({ text }) => /^ | $/.test(text.replaceAll("\n", "")));
  const lines: string[] = [];
  let line = "";
  let lineStart: number | null = null;
  let isMark = false;
  let latest = 0;

  const endLine = (): void => {
    const text = line.replace(/\s+/g, " ").trim();
    if (text !== "") lines.push(`[${stamp(lineStart ?? latest)}] ${text}`);
    line = "";
    lineStart = null;
  };

  let previousEnd: number | null = null;
  for (const { text, start, end } of words) {
    const pause = start !== null && previousEnd !== null ? start - previousEnd : 0;
    const isLong = line.length + text.length > LONG_LINE;
    if (!hasBreaks && (pause > PAUSE_SECONDS || isLong)) endLine();
    else if (!hasSpaces && line !== "" && !(UNSPACED.test(line.slice(-1)) && UNSPACED.test(text.slice(0, 1)))) {
      line += " ";
    }
    // Words that KIE could not place have no time: they stand where the last one was. Lines never go back.
    latest = Math.max(latest, start ?? latest);
    for (const character of text) {
      if (character === "\n") {
        endLine();
        isMark = false;
      } else if (character === "[") {
        endLine();
        isMark = true;
      } else if (isMark) {
        if (character === "]") isMark = false;
      } else {
        if (lineStart === null && character.trim() !== "") lineStart = latest;
        line += character;
      }
    }
    previousEnd = end ?? start ?? previousEnd;
  }
  endLine();
  return lines.join("\n");
}
