import fc from "fast-check";
import { brokenRules, checkValues, missingParam } from "../../lib/catalog/check.ts";
import { effectiveValues, itemsOf, uploadsOf } from "../../lib/catalog/conditions.ts";
import type { Entry, ListField, Param, ParamOf, Rule } from "../../lib/catalog/entry.ts";
import type { ListItem, ParamValue, ParamValues } from "../../lib/catalog/param-values.ts";
import type { UploadRef } from "../../lib/shared/media.ts";

/**
 * Random values of an entry that KIE would take: every limit and rule holds (`checkValues` is empty). Params that are
 * never shown stay unset, optional ones are sometimes left out.
 */
export function validValues(entry: Entry): fc.Arbitrary<ParamValues> {
  return fc
    .tuple(anyValues(entry), fc.nat({ max: 5 }))
    .map(([drawn, keep]) => repaired(entry, drawn, keep))
    .filter((values) => checkValues(entry, values).length === 0);
}

/** Random values that a card can be brought to: each by itself is one that it takes, together they may break rules. */
export function anyValues(entry: Entry): fc.Arbitrary<ParamValues> {
  const shown = entry.params.flatMap((param) =>
    param.kind === "fixed" || (param.placement === "never" && param.kind !== "earlier")
      ? []
      : [[param.name, drawnValueOf(param)] as const],
  );
  return fc.record(Object.fromEntries(shown)).map(withoutAbsent);
}

/** A file that fits a media param, with a fixed id and the given measured length where the kind has one. */
export function uploadFor(param: Param, uploadId = "upload-1", durationSeconds?: number): UploadRef {
  if (param.kind !== "media") throw new Error(`${param.name} takes no files`);
  const format = param.formats[0] ?? "";
  const side = Math.max(param.minSidePixels ?? 0, 512);
  return {
    uploadId,
    kind: param.accepts,
    format,
    mime: `${param.accepts}/${format}`,
    sizeBytes: 1000,
    ...(param.accepts === "audio" ? {} : { width: side, height: side }),
    ...(param.accepts === "image" ? {} : { durationSeconds: durationSeconds ?? param.minDurationSeconds ?? 4 }),
  };
}

function drawnValueOf(param: Exclude<Param, { kind: "fixed" }>): fc.Arbitrary<ParamValue | undefined> {
  const value = setValueOf(param);
  return param.required ? value : fc.option(value, { nil: undefined });
}

function setValueOf(param: Exclude<Param, { kind: "fixed" }>): fc.Arbitrary<ParamValue> {
  switch (param.kind) {
    case "media":
      return someUploads(param);
    case "list":
      return fc.array(itemOf(param), { minLength: param.minItems, maxLength: Math.min(param.maxItems, 6) });
    case "earlier":
      return param.values ? fc.constantFrom(...param.values) : fc.constant(earlierValue(param));
    default:
      return scalarOf(param);
  }
}

function earlierValue({ type }: ParamOf<"earlier">): string | number {
  return type === "number" ? 0 : "0123456789abcdef";
}

function scalarOf(param: ListField | ParamOf<"toggle">): fc.Arbitrary<string | number | boolean> {
  switch (param.kind) {
    case "text":
      return textOf(param);
    case "choice":
      return fc.constantFrom(...param.options.map((option) => option.value));
    case "toggle":
      return fc.boolean();
    case "number": {
      const steps = Math.floor((param.max - param.min) / param.step + 1e-9);
      return fc.integer({ min: 0, max: steps }).map((step) => Number((param.min + step * param.step).toFixed(6)));
    }
  }
}

function textOf(param: ParamOf<"text">): fc.Arbitrary<string> {
  const letters = fc.constantFrom(..."абвгд ежзик лмноп abc, XYZ.!\n😀", "ё", "[");
  return fc
    .array(letters, { minLength: 1, maxLength: 60 })
    .map((drawn) => `a${drawn.join("")}`.slice(0, param.maxLength).padEnd(param.minLength ?? 1, "a"));
}

function itemOf(param: ParamOf<"list">): fc.Arbitrary<ListItem> {
  return fc.record(Object.fromEntries(param.fields.map((field) => [field.name, scalarOf(field)])));
}

function someUploads(param: ParamOf<"media">): fc.Arbitrary<UploadRef[]> {
  const most = param.many ? param.maxItems : 1;
  const together = Math.min(param.maxTotalSeconds ?? 600, 600);
  const least = param.minDurationSeconds ?? 0.4;
  const fitting = Math.max(1, Math.min(most, Math.floor(together / Math.max(least, 1))));
  return fc.integer({ min: param.minItems ?? 1, max: fitting }).chain((count) => {
    const longest = Math.min(param.maxDurationSeconds ?? together, together / count);
    return fc
      .array(fc.double({ min: least, max: Math.max(least, longest), noNaN: true }), {
        minLength: count,
        maxLength: count,
      })
      .map((lengths) =>
        lengths.map((length, index) => ({
          ...uploadFor(param, `${param.name}-${index}`, length),
          format: param.formats[index % param.formats.length] ?? "",
        })),
      );
  });
}

function withoutAbsent(drawn: Record<string, ParamValue | undefined>): ParamValues {
  const values: Record<string, ParamValue> = {};
  for (const [name, value] of Object.entries(drawn)) if (value !== undefined) values[name] = value;
  return values;
}

/** Bends drawn values until the entry's rules hold, one rule at a time, so that few draws are thrown away. */
function repaired(entry: Entry, drawn: ParamValues, keep: number): ParamValues {
  let values = drawn;
  for (let round = 0; round < 12; round += 1) {
    const missing = missingParam(entry, values);
    const [rule] = brokenRules(entry, effectiveValues(entry, values));
    if (missing) values = { ...values, [missing.name]: simplest(missing) };
    else if (rule) values = bend(entry, values, rule, keep);
    else return values;
  }
  return values;
}

/** A value that a param takes; without choices, the plainest. */
export function simplest(param: Param): ParamValue {
  switch (param.kind) {
    case "text":
      return "море".padEnd(param.minLength ?? 1, "е");
    case "list":
      return [Object.fromEntries(param.fields.map((field) => [field.name, field.default ?? "море"]))];
    case "media":
      return [uploadFor(param, `${param.name}-0`)];
    case "choice":
      return param.options[0]?.value ?? "";
    case "number":
      return param.min;
    case "toggle":
      return false;
    case "earlier":
      return param.values?.[0] ?? earlierValue(param);
    case "fixed":
      return param.value;
  }
}

function bend(entry: Entry, values: ParamValues, rule: Rule, keep: number): ParamValues {
  switch (rule.kind) {
    case "forbid": {
      const name = Object.keys(rule.when).at(-1) ?? "";
      const value = effectiveValues(entry, values)[name];
      return typeof value === "boolean" ? { ...values, [name]: !value } : without(values, [name]);
    }
    case "exclude":
      return without(values, rule.groups.filter((_group, index) => index !== keep % rule.groups.length).flat());
    case "maxItems": {
      const uploads = uploadsOf(values[rule.field]);
      const items = itemsOf(values[rule.field]);
      return { ...values, [rule.field]: (uploads.length > 0 ? uploads : items).slice(0, rule.max) };
    }
    case "sum": {
      const [first] = itemsOf(values[rule.list]);
      const total = Number(effectiveValues(entry, values)[rule.equals]);
      const parts = total > 8 ? [Math.floor(total / 2), Math.ceil(total / 2)] : [total];
      return { ...values, [rule.list]: parts.map((part) => ({ ...first, [rule.field]: part })) };
    }
    case "require":
      return values;
  }
}

function without(values: ParamValues, names: readonly string[]): ParamValues {
  return Object.fromEntries(Object.entries(values).filter(([name]) => !names.includes(name)));
}
