import * as z from "zod";
import { LANGUAGES, type Language, type Localized } from "../shared/localized.ts";
import { MEDIA_KINDS } from "../shared/media.ts";
import { ok, type Result, refuse } from "../shared/result.ts";
import { isSet, itemsOf, uploadsOf } from "./conditions.ts";
import type { ListField, Param, ParamKind, ParamOf, Scalar } from "./entry.ts";
import type { ListItem, ParamValue, ValueProblem } from "./param-values.ts";
import { checkUploads } from "./uploads.ts";

/** Everything the program knows about one kind of param, in one place. */
interface KindRules<P> {
  /** What a stored value looks like; limits are `check`'s business, because they may have changed since. */
  shape(param: P): z.ZodType<ParamValue>;
  /** The first thing that is wrong with a value that is there, or null. */
  check(param: P, value: ParamValue): ValueProblem | null;
  /** Text typed by a person; `current` is the value so far. */
  typed(param: P, text: string, current: ParamValue | undefined): Result<ParamValue, ValueProblem>;
  /** The value part of a button. */
  button(param: P, value: string): Result<ParamValue, ValueProblem>;
  /** The JSON value KIE gets; `urlOf` gives the address of an upload. */
  encode(param: P, value: ParamValue, urlOf: (uploadId: string) => string): unknown;
  /** A few words for a receipt, or null when there is nothing to say. */
  says(param: P, value: ParamValue, language: Language): string | null;
}

/** What text, choice, toggle and number params hold. */
export const scalarSchema = z.lazy(() => z.union([z.string(), z.number(), z.boolean()]));
/** A stored reference to a user's file. */
export const uploadSchema = z.lazy(() =>
  z.object({
    uploadId: z.string(),
    kind: z.enum(MEDIA_KINDS),
    format: z.string(),
    mime: z.string(),
    sizeBytes: z.number(),
    width: z.number().exactOptional(),
    height: z.number().exactOptional(),
    durationSeconds: z.number().exactOptional(),
  }),
);

const notAnOption = (param: { name: string }) => refuse<ValueProblem>({ code: "not-an-option", param: param.name });

const text: KindRules<ParamOf<"text">> = {
  shape: () => z.string(),
  check(param, value) {
    if (typeof value !== "string") return { code: "missing", param: param.name };
    const actual = value.length;
    if (actual > param.maxLength) return { code: "too-long", param: param.name, limit: param.maxLength, actual };
    const limit = param.minLength ?? 1;
    return actual < limit ? { code: "too-short", param: param.name, limit, actual } : null;
  },
  typed(param, typedText) {
    const value = typedText.trim();
    if (value === "") return refuse({ code: "missing", param: param.name });
    return checked(text, param, value);
  },
  button: notAnOption,
  encode: (_param, value) => value,
  says: () => null,
};

const choice: KindRules<ParamOf<"choice">> = {
  shape: () => scalarSchema,
  check: (param, value) =>
    param.options.some((option) => option.value === value) ? null : { code: "not-an-option", param: param.name },
  typed(param, typedText) {
    const wanted = simplified(typedText);
    const option = param.options.find(
      ({ value, label }) =>
        simplified(String(value)) === wanted ||
        (label !== undefined && LANGUAGES.some((language) => simplified(label[language]) === wanted)),
    );
    return option ? ok(option.value) : notAnOption(param);
  },
  button(param, value) {
    const option = value.startsWith("#")
      ? param.options[/^#\d+$/.test(value) ? Number(value.slice(1)) : -1]
      : param.options.find((candidate) => String(candidate.value) === value);
    return option ? ok(option.value) : notAnOption(param);
  },
  encode: (_param, value) => value,
  says: (param, value, language) =>
    param.options.find((option) => option.value === value)?.label?.[language] ?? String(value),
};

const YES = new Set(["да", "вкл", "включить", "yes", "on", "true", "1", "+", "y", "д"]);
const NO = new Set(["нет", "выкл", "выключить", "no", "off", "false", "0", "-", "n", "н"]);

const toggle: KindRules<ParamOf<"toggle">> = {
  shape: () => z.boolean(),
  check: (param, value) => (typeof value === "boolean" ? null : { code: "not-an-option", param: param.name }),
  typed(param, typedText) {
    const word = simplified(typedText);
    if (YES.has(word)) return ok(true);
    return NO.has(word) ? ok(false) : notAnOption(param);
  },
  button(param, value) {
    if (value === "true") return ok(true);
    return value === "false" ? ok(false) : notAnOption(param);
  },
  encode: (_param, value) => value,
  says: (param, value, language) => (value ? (param.on ?? lowerCased(param.label)) : param.off)?.[language] ?? null,
};

const number: KindRules<ParamOf<"number">> = {
  shape: () => z.number(),
  check(param, value) {
    const { name, min, max, step } = param;
    if (typeof value !== "number" || !Number.isFinite(value)) {
      return { code: "not-a-number", param: name, min, max, step };
    }
    // Steps such as 0.05 are not exact in binary, hence the tolerance.
    const steps = (value - min) / step;
    const onStep = Math.abs(steps - Math.round(steps)) < 1e-6;
    return value < min || value > max || !onStep ? { code: "out-of-range", param: name, min, max, step } : null;
  },
  typed(param, typedText) {
    const match = /^([+-]?\d+(?:[.,]\d+)?)\s*(?:с|сек|секунд[аы]?|s|sec|seconds?)?\.?$/iu.exec(typedText.trim());
    const value = match?.[1] === undefined ? Number.NaN : Number(match[1].replace(",", "."));
    return checked(number, param, value);
  },
  button: (param, value) => checked(number, param, /^-?\d+(\.\d+)?$/.test(value) ? Number(value) : Number.NaN),
  encode: (_param, value) => value,
  says(param, value, language) {
    const shown = language === "ru" ? String(value).replace(".", ",") : String(value);
    if (param.unit === "seconds") return `${shown}\u00a0${language === "ru" ? "с" : "s"}`;
    return `${lowerCased(param.label)[language]} ${shown}`;
  },
};

const media: KindRules<ParamOf<"media">> = {
  shape: () => z.array(uploadSchema),
  check: (param, value) => checkUploads(param, uploadsOf(value)),
  typed: (param) => refuse({ code: "wrong-media", param: param.name, accepts: param.accepts }),
  button: notAnOption,
  encode(param, value, urlOf) {
    const urls = uploadsOf(value).map((upload) => urlOf(upload.uploadId));
    return param.many ? urls : urls[0];
  },
  says: () => null,
};

const list: KindRules<ParamOf<"list">> = {
  shape: () => z.array(z.record(z.string(), scalarSchema)),
  check(param, value) {
    const items = itemsOf(value);
    if (items.length > param.maxItems) return { code: "too-many-items", param: param.name, limit: param.maxItems };
    if (items.length < param.minItems) return { code: "too-few-items", param: param.name, limit: param.minItems };
    for (const item of items) {
      for (const field of param.fields) {
        const problem = checkField(field, item);
        if (problem) return { ...problem, param: param.name };
      }
    }
    const actual = itemsLength(param, items);
    const limit = param.maxTotalLength ?? actual;
    return actual > limit ? { code: "too-long", param: param.name, limit, actual } : null;
  },
  typed(param, typedText, current) {
    const items = [...itemsOf(current)];
    for (const line of typedText.split(/\r?\n/)) {
      // Russian dialogues are typed with a dash before each turn; nobody wants the dash read out.
      const words = line.replace(/^\s*[—–-]\s+/u, "").trim();
      if (words !== "") items.push(newItem(param, words, items));
    }
    if (items.length === 0) return refuse({ code: "missing", param: param.name });
    const problem = list.check(param, items);
    return problem && problem.code !== "too-few-items" ? refuse(problem) : ok(items);
  },
  button: notAnOption,
  encode: (param, value) =>
    itemsOf(value).map((item) =>
      Object.fromEntries(
        param.fields
          .map((field) => [field.name, item[field.name] ?? field.default])
          .filter((pair) => pair[1] !== undefined),
      ),
    ),
  says: () => null,
};

/** KIE's ids are opaque texts of at most this length. */
const MAX_ID_LENGTH = 200;

const earlier: KindRules<ParamOf<"earlier">> = {
  shape: () => scalarSchema,
  check(param, value) {
    if (typeof value === "object" || String(value).length > MAX_ID_LENGTH)
      return { code: "missing", param: param.name };
    const isKnown = param.values === undefined || param.values.some((known) => known === value);
    return isKnown ? null : { code: "not-an-option", param: param.name };
  },
  // Nobody but an earlier result gives it a value.
  typed: notAnOption,
  button: notAnOption,
  encode(param, value) {
    if (param.type === "number") return Number(value);
    return param.type === "texts" ? [String(value)] : String(value);
  },
  says: () => null,
};

const fixed: KindRules<ParamOf<"fixed">> = {
  shape: (param) => z.literal(param.value),
  check: () => null,
  typed: notAnOption,
  button: notAnOption,
  encode: (param) => param.value,
  says: () => null,
};

/** The hinge of the catalog: a new kind does not compile until every column of its row exists. */
const PARAM_KINDS = { text, choice, toggle, number, media, list, earlier, fixed } satisfies {
  [Kind in ParamKind]: KindRules<ParamOf<Kind>>;
};

/** The rules of a param's own kind. */
export function rulesOf(param: Param): KindRules<Param> {
  // Methods compare their parameters both ways, so each row fits here; `kind` picks the row that really fits.
  const kinds: Record<ParamKind, KindRules<Param>> = PARAM_KINDS;
  return kinds[param.kind];
}

/** UTF-16 units of the text fields of all items, as KIE counts and charges them. */
export function itemsLength(param: ParamOf<"list">, items: readonly ListItem[]): number {
  const names = param.fields.filter((field) => field.kind === "text").map((field) => field.name);
  return items.reduce(
    (sum, item) => sum + names.reduce((total, name) => total + String(item[name] ?? "").length, 0),
    0,
  );
}

function checkField(field: ListField, item: ListItem): ValueProblem | null {
  const value = item[field.name] ?? field.default;
  if (!isSet(value)) return field.required ? { code: "missing", param: field.name } : null;
  return rulesOf(field).check(field, value);
}

function newItem(param: ParamOf<"list">, words: string, before: readonly ListItem[]): ListItem {
  const item: Record<string, Scalar> = {};
  let textTaken = false;
  for (const field of param.fields) {
    if (field.kind === "text" && !textTaken) {
      item[field.name] = words;
      textTaken = true;
      continue;
    }
    const value = alternate(param, field, before) ?? field.default;
    if (value !== undefined) item[field.name] = value;
  }
  return item;
}

/** The speaker of two turns ago; the first two turns take the first two options. */
function alternate(param: ParamOf<"list">, field: ListField, before: readonly ListItem[]): Scalar | undefined {
  if (field.kind !== "choice" || param.alternates !== field.name) return undefined;
  const twoAgo = before.at(-2);
  if (before.length >= 2 && twoAgo) return twoAgo[field.name];
  const taken = before[0]?.[field.name];
  return field.options.find((option) => option.value !== taken)?.value;
}

function checked<P>(rules: KindRules<P>, param: P, value: ParamValue): Result<ParamValue, ValueProblem> {
  const problem = rules.check(param, value);
  return problem ? refuse(problem) : ok(value);
}

function simplified(words: string): string {
  return words.trim().toLowerCase().replaceAll("ё", "е").replace(/\s+/g, " ");
}

function lowerCased(label: Localized): Localized {
  return { ru: label.ru.toLowerCase(), en: label.en.toLowerCase() };
}
