import type { UploadRef } from "../shared/media.ts";
import { brokenRules } from "./check.ts";
import { effectiveValues, isSet } from "./conditions.ts";
import type { Entry, Param, ParamOf } from "./entry.ts";
import type { ParamValue, ParamValues } from "./param-values.ts";
import { pricedParams, priceRows, quantityParts } from "./quote.ts";
import { defaultValues } from "./values.ts";

/**
 * Every combination of the values that a price depends on: all options of choices and toggles, the ends and presets of
 * numbers, source videos given and not given. Other params keep their defaults. Combinations that a `forbid` rule
 * rules out are left out.
 */
export function pricedCombinations(entry: Entry): ParamValues[] {
  let combinations: ParamValues[] = [defaultValues(entry)];
  for (const param of new Set([...pricedParams(entry), ...sourceVideos(entry)])) {
    const candidates = candidatesOf(param);
    if (candidates.length === 0) continue;
    combinations = combinations.flatMap((values) =>
      candidates.map((value) => {
        const { [param.name]: _replaced, ...others } = values;
        return value === undefined ? others : { ...others, [param.name]: value };
      }),
    );
  }
  return combinations.filter(
    (values) => !brokenRules(entry, effectiveValues(entry, values)).some((rule) => rule.kind === "forbid"),
  );
}

/**
 * Credits of the cheapest offered generation: defaults, the cheapest priced options, the shortest length offered. What
 * has no least length counts one unit: 1,000 characters, or one second of a file without a documented minimum.
 */
export function cheapestCredits(entry: Entry): number {
  const prices = pricedCombinations(entry)
    .filter((values) => !sourceVideos(entry).some((param) => !param.required && isSet(values[param.name])))
    .map((values) => {
      const effective = effectiveValues(entry, values);
      const [row] = priceRows(entry, effective);
      const units = quantityParts(entry).reduce((sum, part) => {
        if (part.from === "param") return sum + Number(effective[part.name]);
        return sum + (part.from === "media-duration" ? leastSeconds(entry, part.name) : 1);
      }, 0);
      return (row?.credits ?? Number.NaN) * units;
    });
  return Number(Math.min(...prices).toFixed(6));
}

function sourceVideos(entry: Entry): ParamOf<"media">[] {
  return entry.params.flatMap((param) => (param.kind === "media" && param.accepts === "video" ? [param] : []));
}

function leastSeconds(entry: Entry, name: string): number {
  const param = entry.params.find((candidate) => candidate.name === name);
  if (param?.kind !== "media" || !param.required) return 0;
  return Math.ceil(param.minDurationSeconds ?? 1);
}

function candidatesOf(param: Param): (ParamValue | undefined)[] {
  switch (param.kind) {
    case "choice":
      return param.options.map((option) => option.value);
    case "toggle":
      return [false, true];
    case "number":
      return [...new Set([param.min, ...param.presets, param.max])];
    case "media":
      return param.required ? [[sampleUpload(param)]] : [undefined, [sampleUpload(param)]];
    case "text":
    case "list":
    case "fixed":
      return [];
  }
}

function sampleUpload(param: ParamOf<"media">): UploadRef {
  return {
    uploadId: "sample",
    kind: param.accepts,
    format: param.formats[0] ?? "",
    mime: "",
    sizeBytes: 1,
    durationSeconds: param.minDurationSeconds ?? 1,
  };
}
