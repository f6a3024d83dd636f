import type { UploadRef } from "../shared/media.ts";
import { brokenRules } from "./check.ts";
import { effectiveValues, isSet } from "./conditions.ts";
import { addDecimals, type Decimal, formatDecimal, multiplyDecimals, parseDecimal } from "./decimal.ts";
import type { Entry, Param, ParamOf, QuantityPart } from "./entry.ts";
import type { ParamValue, ParamValues } from "./param-values.ts";
import { quantityParts, tokens, units } from "./quantity.ts";
import { creditsToKopecks, onTopRows, type Pricing, pricedParams, priceRows, surchargeOf } from "./quote.ts";
import { defaultValues } from "./values.ts";

/**
 * Every combination of the values that a price depends on: all options of choices and toggles, the ends and presets of
 * numbers, source videos given and not given, pictures on both sides of each step of size. Other params keep their
 * defaults. Combinations that a `forbid` rule rules out are left out.
 */
export function pricedCombinations(entry: Entry): ParamValues[] {
  let combinations: ParamValues[] = [defaultValues(entry)];
  for (const param of new Set([...pricedParams(entry), ...sourceVideos(entry)])) {
    const candidates = candidatesOf(param, entry);
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
 * has no least length counts one unit: 1,000 characters, or one second of a file without a documented minimum. What is
 * billed by the token counts one character.
 */
export function cheapestCredits(entry: Entry): number {
  return Math.min(...smallestOrders(entry).map(({ credits }) => credits));
}

/**
 * Kopecks of the cheapest offered generation with the operator's surcharges; what the price does not depend on keeps
 * its default. null where there is no price.
 */
export function cheapestKopecks(entry: Entry, pricing: Pricing): bigint | null {
  const prices = smallestOrders(entry)
    .filter(({ credits }) => Number.isFinite(credits))
    .map(({ credits, effective }) => creditsToKopecks(credits, pricing) + surchargeOf(entry, effective, pricing));
  const [first, ...others] = prices;
  return first === undefined ? null : others.reduce((least, price) => (price < least ? price : least), first);
}

/** Each combination at its shortest; NaN credits where it has no price. */
function smallestOrders(entry: Entry): { credits: number; effective: ParamValues }[] {
  return pricedCombinations(entry)
    .filter((values) => !sourceVideos(entry).some((param) => !param.required && isSet(values[param.name])))
    .map((values) => {
      const effective = effectiveValues(entry, values);
      const [row] = priceRows(entry, effective);
      const counted = quantityParts(entry).map((part) => leastUnits(part, entry, effective));
      const sums = onTopRows(entry, effective).map((each) =>
        multiplyDecimals(parseDecimal(each.credits), leastUnits(each.quantity, entry, effective)),
      );
      const credits = multiplyDecimals(parseDecimal(row?.credits ?? 0), counted.reduce(addDecimals));
      return { credits: row ? Number(formatDecimal(sums.reduce(addDecimals, credits))) : Number.NaN, effective };
    });
}

/** Units of the smallest order with these options. */
function leastUnits(part: QuantityPart, entry: Entry, effective: ParamValues): Decimal {
  if (part.from === "media-duration") return parseDecimal(leastSeconds(entry, part.name));
  if (part.from === "tokens") return tokens(part, 1);
  return part.from === "characters" ? parseDecimal(1) : units(part, entry, effective);
}

function sourceVideos(entry: Entry): ParamOf<"media">[] {
  return entry.params.flatMap((param) => (param.kind === "media" && param.accepts === "video" ? [param] : []));
}

function leastSeconds(entry: Entry, name: string): number {
  const param = entry.params.find((candidate) => candidate.name === name);
  if (param?.kind !== "media" || !param.required) return 0;
  return Math.ceil(param.minDurationSeconds ?? 1);
}

function candidatesOf(param: Param, entry: Entry): (ParamValue | undefined)[] {
  switch (param.kind) {
    case "choice":
      return param.options.map((option) => option.value);
    case "toggle":
      return [false, true];
    case "number":
      return [...new Set([param.min, ...param.presets, param.max])];
    case "media":
      if (entry.price.outputSize?.media === param.name) return picturesOfSizes(param, entry);
      return param.required ? [[sampleUpload(param)]] : [undefined, [sampleUpload(param)]];
    case "earlier":
      return param.values ?? [];
    case "text":
    case "list":
    case "fixed":
      return [];
  }
}

/** Pictures that end just at each step and just behind it, for every factor on offer. */
function picturesOfSizes(param: ParamOf<"media">, entry: Entry): ParamValue[] {
  const { outputSize } = entry.price;
  const factor = entry.params.find((candidate) => candidate.name === outputSize?.factor);
  const factors = factor ? candidatesOf(factor, entry).map(Number) : [];
  const sides = (outputSize?.steps ?? []).flatMap((step) =>
    factors.flatMap((each) => [Math.floor(step.maxSidePixels / each), Math.floor(step.maxSidePixels / each) + 1]),
  );
  return [...new Set(sides)].map((side) => [{ ...sampleUpload(param), width: side, height: side }]);
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
