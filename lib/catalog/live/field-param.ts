import type { Localized } from "../../shared/localized.ts";
import type { Param, ParamOf, Scalar } from "../entry.ts";
import type { KieField } from "../kie-field.ts";
import { hiddenWhy, isDescribed, labelOf } from "./field-words.ts";

/** What KIE leaves unsaid about files, on the safe side of what its other models take. */
const USUAL_FILES = {
  image: { formats: ["jpeg", "png", "webp"], maxFileMegabytes: 10 },
  video: { formats: ["mp4", "mov"], maxFileMegabytes: 20 },
  audio: { formats: ["mp3", "wav"], maxFileMegabytes: 10 },
} as const;

/** Where KIE names no limit of a text, this is what most of its models take. */
const USUAL_LENGTH = 2_000;
const LONGEST_SEED = 2_147_483_647;
const CARD_NAMES =
  /prompt|^text$|lyrics|ratio|size|resolution|quality|duration|^mode$|voice|sound|audio|image|video|frame|style|upscale_factor|^n$|num_images/;

interface Wish {
  /** Where an optional field goes that people can be asked for: a new field of a known model stays out of the way. */
  optional: "card" | "advanced";
}

/**
 * The param of a card for a field that only KIE's schema describes, with the whole field as its `kie`.
 *
 * @returns null when our cards have no kind for it: the field can be accepted in requests, but not asked.
 */
export function paramOfField(name: string, field: KieField, wish: Wish): Param | null {
  const why = hiddenWhy(name);
  if (why !== undefined) return hiddenParam(name, field, why);
  const isRequired = field.required === true;
  const placement = isRequired ? "card" : CARD_NAMES.test(name) || isDescribed(name) ? wish.optional : "advanced";
  const common = { name, label: labelOf(name), required: isRequired, placement, kie: field };
  if (field.enum && isScalarField(field)) return choiceParam(common, field, field.enum);
  switch (field.type) {
    case "boolean":
      return { ...common, kind: "toggle", default: field.default === true };
    case "number":
    case "integer":
      return numberParam(common, field);
    case "string":
      return field.url ? mediaParam(common, field.url, 1, field) : textParam(common, field);
    case "array":
      if (field.items?.type !== "string" || !field.items.url) return null;
      return mediaParam(common, field.items.url, field.maxItems ?? 1, field);
    case "object":
      return null;
  }
}

/** A field that is known so that requests may hold it, and never shown. */
export function acceptedParam(name: string, field: KieField): ParamOf<"text"> {
  return {
    name,
    label: labelOf(name),
    required: false,
    placement: "never",
    why: "Found in KIE's schema; our cards have no kind of question for it.",
    kind: "text",
    maxLength: field.type === "string" ? (field.maxLength ?? USUAL_LENGTH) : 1,
    kie: field,
  };
}

interface Common {
  name: string;
  label: Localized;
  required: boolean;
  placement: "card" | "advanced" | "never";
  kie: KieField;
}

function isScalarField({ type }: KieField): boolean {
  return type !== "array" && type !== "object";
}

function hiddenParam(name: string, field: KieField, why: string): Param | null {
  const { type, required } = field;
  if (required) {
    const value = isScalarField(field) ? initialValue(field) : undefined;
    return value === undefined ? null : { name, kind: "fixed", value, why, kie: field };
  }
  const common = { name, label: labelOf(name), required: false, placement: "never" as const, why, kie: field };
  if (type === "boolean") {
    return { ...common, kind: "toggle", ...(typeof field.default === "boolean" ? { default: field.default } : {}) };
  }
  if (field.enum) return { ...common, kind: "choice", options: field.enum.map((value) => ({ value })) };
  if (type === "number" || type === "integer") {
    const { min = 0, max = LONGEST_SEED } = field;
    return { ...common, kind: "number", min, max, step: stepOf(field), presets: [min] };
  }
  return { ...acceptedParam(name, field), why };
}

/** What is sent for a switch that has to be there: KIE's default, else off. No text can be made up. */
function initialValue(field: KieField): Scalar | undefined {
  const known = field.default ?? field.enum?.[0];
  if (known !== undefined || field.type === "string") return known;
  return field.type === "boolean" ? false : (field.min ?? 0);
}

function choiceParam(common: Common, field: KieField, values: readonly Scalar[]): Param | null {
  const [first] = values;
  if (first === undefined) return null;
  const given = values.find((value) => value === field.default);
  // What has to be sent starts with something, so that the card has a price at once.
  const initial = given ?? (common.required ? first : undefined);
  return {
    ...common,
    kind: "choice",
    options: values.map((value) => ({ value })),
    ...(initial === undefined ? {} : { default: initial }),
  };
}

function numberParam(common: Common, field: KieField): Param | null {
  const { min, max } = field;
  if (min === undefined || max === undefined || max < min) return null;
  const step = stepOf(field);
  const given = typeof field.default === "number" ? field.default : undefined;
  const isFitting = (value: number) => value >= min && value <= max && isOnStep(value - min, step);
  const initial = given !== undefined && isFitting(given) ? given : common.required ? min : undefined;
  return {
    ...common,
    kind: "number",
    min,
    max,
    step,
    presets: presetsOf(min, max, step, initial),
    ...(/duration|seconds|length/i.test(common.name) ? { unit: "seconds" as const } : {}),
    ...(initial === undefined ? {} : { default: initial }),
  };
}

function stepOf({ step, type, min = 0, max = 1 }: KieField): number {
  if (step !== undefined) return step;
  if (type === "integer") return 1;
  // KIE names no step: tenths, and hundredths where the whole range is small.
  return max - min <= 1 ? 0.05 : 0.1;
}

function isOnStep(distance: number, step: number): boolean {
  const steps = distance / step;
  return Math.abs(steps - Math.round(steps)) < 1e-6;
}

const MOST_PRESETS = 7;

/** The ends, the default, and what lies evenly between. */
function presetsOf(min: number, max: number, step: number, initial: number | undefined): number[] {
  const count = Math.min(MOST_PRESETS, Math.floor((max - min) / step + 1e-6) + 1);
  const spread = Array.from({ length: count }, (_, index) => {
    const exact = count === 1 ? 0 : ((max - min) * index) / (count - 1);
    return tidy(min + Math.floor(exact / step + 1e-6) * step);
  });
  return [...new Set(initial === undefined ? spread : [...spread, initial])].toSorted((a, b) => a - b);
}

/** Without binary dust: 0.30000000000000004 is 0.3. */
function tidy(value: number): number {
  return Number(value.toFixed(6));
}

function textParam(common: Common, { maxLength = USUAL_LENGTH, minLength }: KieField): Param {
  const isLeast = minLength !== undefined && minLength > 1;
  return { ...common, kind: "text", maxLength, ...(isLeast ? { minLength } : {}) };
}

function mediaParam(
  common: Common,
  url: NonNullable<KieField["url"]>,
  maxItems: number,
  field: KieField,
): Param | null {
  if (url === "document" || url === "page" || maxItems < 1) return null;
  const { formats, maxFileMegabytes } = USUAL_FILES[url];
  const isLeast = field.minItems !== undefined && field.minItems > 1;
  return {
    ...common,
    kind: "media",
    accepts: url,
    many: field.type === "array",
    ...(isLeast ? { minItems: field.minItems } : {}),
    maxItems,
    maxFileMegabytes,
    formats: [...formats],
    why: "KIE's schema tells neither formats nor sizes; these are what its other models take.",
  };
}
