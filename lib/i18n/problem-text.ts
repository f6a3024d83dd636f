import type { ValueProblem } from "../catalog/param-values.ts";
import { assertNever } from "../shared/assert-never.ts";
import type { Language } from "../shared/localized.ts";
import { formatChoice, formatMegabytes, formatMegapixels, formatPixels, formatSeconds } from "./format.ts";
import { texts } from "./index.ts";

const FORMAT_NAMES: Readonly<Record<string, string>> = { webp: "WebP", webm: "WebM", jpg: "JPEG" };

/** File formats in their usual spelling: "JPEG, PNG или WebP". Doubles ("jpg" beside "jpeg") are said once. */
export function formatNames(formats: readonly string[], language: Language): string {
  const names = formats.map((format) => FORMAT_NAMES[format] ?? format.toUpperCase());
  return formatChoice([...new Set(names)], texts(language).or);
}

/** What a number may be, as a sentence: "Целое число от 3 до 15." */
export function numberLimits(limits: { min: number; max: number; step: number }, language: Language): string {
  const { question } = texts(language);
  const { min, max, step } = limits;
  return step === 1 ? question.integerLimits(min, max) : question.numberLimits(min, max, step);
}

/**
 * One clear sentence: which field, what is allowed, what was given.
 *
 * @param label The param's label in the same language; a broken rule has its own sentence and does not use it.
 */
export function problemText(problem: ValueProblem, label: string, language: Language): string {
  const { problems } = texts(language);
  switch (problem.code) {
    case "missing":
      return problems.missing(label);
    case "too-long":
      return problems.tooLong(label, problem.limit, problem.actual);
    case "too-short":
      return problems.tooShort(label, problem.limit, problem.actual);
    case "not-an-option":
      return problems.notAnOption(label);
    case "not-a-number":
      return problems.notANumber(label, numberLimits(problem, language));
    case "out-of-range":
      return problems.outOfRange(label, numberLimits(problem, language));
    case "wrong-media":
      return problems.wrongMedia(label, problem.accepts);
    case "wrong-format":
      return problems.wrongFormat(
        label,
        formatNames(problem.formats, language),
        formatNames([problem.actual], language),
      );
    case "file-too-large":
      return problems.fileTooLarge(
        label,
        formatMegabytes(problem.limitMegabytes, language),
        formatMegabytes(problem.actualMegabytes, language),
      );
    case "too-many-items":
      return problems.tooManyItems(label, problem.limit);
    case "too-few-items":
      return problems.tooFewItems(label, problem.limit);
    case "duration-out-of-range":
      return problems.duration(
        label,
        durationLimits(problem, language),
        formatSeconds(problem.actualSeconds, language),
      );
    case "picture-size":
      return problems.pictureSize(label, pictureLimits(problem, language));
    case "rule":
      return problem.say[language];
    default:
      return assertNever(problem);
  }
}

/** One end may be open: 0 seconds, or more seconds than any file has. */
function durationLimits(
  { minSeconds, maxSeconds }: { minSeconds: number; maxSeconds: number },
  language: Language,
): string {
  const from = minSeconds > 0 ? formatSeconds(minSeconds, language) : null;
  const to = maxSeconds < Number.MAX_SAFE_INTEGER ? formatSeconds(maxSeconds, language) : null;
  return texts(language).question.durationLimits(from, to);
}

function pictureLimits(
  problem: { minSide?: number; maxSide?: number; maxMegapixels?: number },
  language: Language,
): string {
  const { problems } = texts(language);
  const limits: string[] = [];
  if (problem.minSide !== undefined) limits.push(problems.minSide(formatPixels(problem.minSide, language)));
  if (problem.maxSide !== undefined) limits.push(problems.maxSide(formatPixels(problem.maxSide, language)));
  if (problem.maxMegapixels !== undefined) {
    limits.push(problems.maxMegapixels(formatMegapixels(problem.maxMegapixels, language)));
  }
  return limits.join(", ");
}
