import type { Param, ParamOf, Scalar } from "../entry.ts";
import type { CatalogChange } from "./changes.ts";
import { hiddenWhy } from "./field-words.ts";

type LimitChange = Extract<CatalogChange, { kind: "limit" }>;

/**
 * The param as a card shows it after KIE took options away. Defaults and presets that are no more go with them.
 *
 * @returns null when nothing that could be sent is left.
 */
export function withoutOptions(param: Param, removed: readonly Scalar[]): Param | null {
  const isKept = (value: Scalar) => !removed.includes(value);
  switch (param.kind) {
    case "choice": {
      const options = param.options.filter(({ value }) => isKept(value));
      return options.length === 0 ? null : withChoices({ ...param, options });
    }
    case "number": {
      const presets = param.presets.filter(isKept);
      return presets.length === 0 ? null : withPresets({ ...param, presets });
    }
    case "fixed":
      return isKept(param.value) ? param : null;
    case "earlier": {
      const values = param.values?.filter(isKept);
      if (values === undefined) return param;
      return values.length === 0 ? null : { ...param, values };
    }
    default:
      return param;
  }
}

/**
 * The param as a card shows it after one of KIE's limits moved. Where ours stood at KIE's it follows; where it was
 * narrower for a reason of its own it only gives way.
 *
 * @returns null when no value is left, or when a field has to be given now that a card can not ask for.
 */
export function withLimit(param: Param, change: LimitChange): Param | null {
  switch (change.limit) {
    case "required":
      return change.after === 1 ? required(param) : param;
    case "min":
    case "max":
      return withRange(param, change);
    case "minLength":
    case "maxLength":
      return withLength(param, change);
    case "minItems":
    case "maxItems":
      return withItems(param, change);
  }
}

/** Our limit after KIE's went from `before` to `after`; undefined where there is none. */
function moved(own: number | undefined, { limit, before, after }: LimitChange): number | undefined {
  if (after === null) return own;
  if (own === undefined || own === before) return after;
  return limit.startsWith("max") ? Math.min(own, after) : Math.max(own, after);
}

function withRange(param: Param, change: LimitChange): Param | null {
  const { limit, after } = change;
  if (param.kind === "choice" && after !== null) {
    const outside = param.options
      .map(({ value }) => value)
      .filter((value) => typeof value === "number" && (limit === "min" ? value < after : value > after));
    return withoutOptions(param, outside);
  }
  if (param.kind !== "number") return param;
  const min = limit === "min" ? (moved(param.min, change) ?? param.min) : param.min;
  const max = limit === "max" ? (moved(param.max, change) ?? param.max) : param.max;
  if (min > max) return null;
  const end = limit === "min" ? min : max;
  const wider = limit === "min" ? min < param.min : max > param.max;
  return withPresets({ ...param, min, max, presets: wider ? [...param.presets, end] : param.presets });
}

function withLength(param: Param, change: LimitChange): Param | null {
  if (param.kind !== "text") return param;
  if (change.limit === "maxLength") {
    const maxLength = moved(param.maxLength, change) ?? param.maxLength;
    if (maxLength < Math.max(1, param.minLength ?? 1)) return null;
    return withText({ ...param, maxLength });
  }
  const { minLength: _old, ...rest } = param;
  const minLength = change.after === null ? undefined : moved(param.minLength ?? change.before ?? undefined, change);
  if ((minLength ?? 1) > param.maxLength) return null;
  return withText({ ...rest, ...(minLength !== undefined && minLength > 1 ? { minLength } : {}) });
}

function withItems(param: Param, change: LimitChange): Param | null {
  if (param.kind !== "list" && (param.kind !== "media" || !param.many)) return param;
  const minItems =
    change.limit === "minItems" ? (change.after === null ? 1 : moved(param.minItems, change)) : param.minItems;
  const maxItems = change.limit === "maxItems" ? (moved(param.maxItems, change) ?? param.maxItems) : param.maxItems;
  if ((minItems ?? 1) > maxItems || maxItems < 1) return null;
  if (param.kind === "list") return { ...param, minItems: minItems ?? 1, maxItems };
  const { minItems: _old, ...rest } = param;
  return { ...rest, maxItems, ...(minItems !== undefined && minItems > 1 ? { minItems } : {}) };
}

/** What has to be given now: sent with its default, else asked on the card. */
function required(param: Param): Param | null {
  switch (param.kind) {
    case "fixed":
    case "earlier":
      return param;
    case "toggle":
      return { ...param, required: true, default: param.default ?? false };
    case "choice": {
      const initial = param.default ?? param.options[0]?.value;
      return initial === undefined ? null : { ...param, required: true, default: initial };
    }
    case "number": {
      const initial = param.default ?? param.presets[0] ?? param.min;
      return { ...param, required: true, default: initial };
    }
    case "text":
      if (param.default !== undefined) return { ...param, required: true };
      // A hidden text is one that nobody can be asked for: a mark of ours, or something our cards have no kind for.
      if (param.placement === "never" && !isPlainText(param)) return null;
      return { ...param, required: true, placement: "card" };
    case "media":
    case "list":
      return { ...param, required: true, placement: "card" };
  }
}

function isPlainText({ name, kie }: ParamOf<"text">): boolean {
  return hiddenWhy(name) === undefined && (kie === undefined || (kie.type === "string" && kie.url === undefined));
}

function withChoices(param: ParamOf<"choice">): Param {
  const [first] = param.options;
  const isThere = param.options.some(({ value }) => value === param.default);
  return param.default === undefined || isThere || !first ? param : { ...param, default: first.value };
}

/** Presets inside of the range only, and the default among what can be chosen. */
function withPresets(param: ParamOf<"number">): Param {
  const { min, max, step } = param;
  const isFitting = (value: number) => {
    const steps = (value - min) / step;
    return value >= min && value <= max && Math.abs(steps - Math.round(steps)) < 1e-6;
  };
  const fitting = [...new Set(param.presets.filter(isFitting))].toSorted((a, b) => a - b);
  const presets = fitting.length === 0 ? [min] : fitting;
  if (param.default === undefined || isFitting(param.default)) return { ...param, presets };
  const wanted = param.default;
  const nearest = presets.toSorted((a, b) => Math.abs(a - wanted) - Math.abs(b - wanted))[0] ?? min;
  return { ...param, presets, default: nearest };
}

function withText(param: ParamOf<"text">): Param {
  const { default: initial, ...rest } = param;
  if (initial === undefined) return param;
  if (initial.length > param.maxLength) return { ...param, default: initial.slice(0, param.maxLength) };
  return initial.length >= (param.minLength ?? 1)
    ? param
    : { ...param, ...rest, default: initial.padEnd(param.minLength ?? 1, ".") };
}
