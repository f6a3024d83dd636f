import { itemsOf, paramNamed, uploadsOf } from "../catalog/conditions.ts";
import type { Entry, ListField, ParamOf, Scalar } from "../catalog/entry.ts";
import type { ParamValue, ValueProblem } from "../catalog/param-values.ts";
import { formatMegabytes, formatMegapixels, formatNumber, formatPixels, formatSeconds } from "../i18n/format.ts";
import { type Texts, texts } from "../i18n/index.ts";
import { formatNames, numberLimits, problemText } from "../i18n/problem-text.ts";
import { assertNever } from "../shared/assert-never.ts";
import type { Language } from "../shared/localized.ts";
import { TELEGRAM_FILE_MEGABYTES } from "../shared/media.ts";
import { isSettable, type ShownParam } from "./draft.ts";

/** The problem as a sentence; its field is called as on the card. */
export function sentenceOf(problem: ValueProblem, entry: Entry, language: Language): string {
  const param = problem.param === null ? undefined : paramNamed(entry, problem.param);
  const label = param === undefined || !isSettable(param) ? "" : param.label[language];
  return problemText(problem, label, language);
}

/** An option, a number or a switch as people read it: "16:9", "5 с", "да". */
export function scalarText(param: ShownParam | ListField, value: Scalar, language: Language): string {
  if (param.kind === "choice") {
    return param.options.find((option) => option.value === value)?.label?.[language] ?? String(value);
  }
  if (typeof value === "boolean") return value ? texts(language).card.yes : texts(language).card.no;
  if (typeof value === "number") {
    const isSeconds = param.kind === "number" && param.unit === "seconds";
    return isSeconds ? formatSeconds(value, language) : formatNumber(value, language);
  }
  return value;
}

/** The value of a param in a few words, uncut: "16:9", "2 из 10", "не задано". */
export function valueText(param: ShownParam, value: ParamValue | undefined, language: Language): string {
  const { card } = texts(language);
  switch (param.kind) {
    case "media": {
      const uploads = uploadsOf(value);
      if (param.many && param.maxItems > 1) return card.counted(uploads.length, param.maxItems);
      const [only] = uploads;
      if (only === undefined) return card.absent;
      return only.durationSeconds === undefined ? card.added : formatSeconds(only.durationSeconds, language);
    }
    case "list":
      return card.counted(itemsOf(value).length, param.maxItems);
    case "text":
    case "choice":
    case "toggle":
    case "number":
      return value === undefined || typeof value === "object" ? card.notSet : scalarText(param, value, language);
    default:
      return assertNever(param);
  }
}

/** What may be given, in words; "" where the buttons say it all. */
export function limitsText(param: ShownParam | ListField, language: Language): string {
  const { question } = texts(language);
  switch (param.kind) {
    case "text":
      return param.minLength === undefined || param.minLength < 2
        ? question.textLimit(param.maxLength)
        : question.textLimits(param.minLength, param.maxLength);
    case "number":
      return param.unit === "seconds" && param.step === 1
        ? question.secondsLimits(param.min, param.max)
        : numberLimits(param, language);
    case "media":
      return mediaLimits(param, texts(language), language);
    case "list":
      return [
        question.linesLimit(param.minItems, param.maxItems),
        param.maxTotalLength === undefined ? "" : question.totalLimit(param.maxTotalLength),
      ]
        .filter((sentence) => sentence !== "")
        .join(" ");
    case "choice":
    case "toggle":
      return "";
    default:
      return assertNever(param);
  }
}

function mediaLimits(param: ParamOf<"media">, { question }: Texts, language: Language): string {
  const seconds = (value: number | undefined) => (value === undefined ? null : formatSeconds(value, language));
  const pixels = (value: number | undefined) => (value === undefined ? null : formatPixels(value, language));
  const sentences = [
    question.fileLimits(
      formatNames(param.formats, language),
      // The model may take more than Telegram lets through: the honest limit is the smaller one.
      formatMegabytes(Math.min(param.maxFileMegabytes, TELEGRAM_FILE_MEGABYTES), language),
    ),
  ];
  if (param.many && param.maxItems > 1) {
    const from = param.minItems ?? 1;
    sentences.push(from > 1 ? question.filesLimits(from, param.maxItems) : question.filesLimit(param.maxItems));
  }
  const [shortest, longest] = [seconds(param.minDurationSeconds), seconds(param.maxDurationSeconds)];
  if (shortest !== null || longest !== null) sentences.push(question.durationLimits(shortest, longest));
  const total = seconds(param.maxTotalSeconds);
  if (total !== null) sentences.push(question.totalSeconds(total));
  const [smallest, largest] = [pixels(param.minSidePixels), pixels(param.maxSidePixels)];
  if (smallest !== null || largest !== null) sentences.push(question.sideLimits(smallest, largest));
  if (param.maxMegapixels !== undefined) {
    sentences.push(question.megapixelLimit(formatMegapixels(param.maxMegapixels, language)));
  }
  return sentences.join(" ");
}
