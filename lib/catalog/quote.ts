import { ok, type Result, refuse } from "../shared/result.ts";
import { brokenRules } from "./check.ts";
import { effectiveValues, isSet, itemsOf, matches, paramNamed, uploadsOf } from "./conditions.ts";
import { type Decimal, formatDecimal, multiplyDecimals, parseDecimal, roundHalfUp } from "./decimal.ts";
import type { Entry, Param, PriceRow, QuantityPart, Scalar } from "./entry.ts";
import { itemsLength, rulesOf } from "./param-kinds.ts";
import type { ParamValues, ValueProblem } from "./param-values.ts";

/** How credits become money: plain decimals such as "0.39295" roubles per credit, times "2". */
export interface Pricing {
  creditToRub: string;
  multiplier: string;
}

export interface Quote {
  /** KIE's credits for the whole job, an exact decimal: "1.344". */
  credits: string;
  kopecks: bigint;
  /** What the price row counts: seconds, images, thousands of characters (may be a fraction), or 1. */
  units: number;
  /** Files the job returns when all goes well. */
  outputs: number;
  /** The sum is a maximum: files are charged one by one, and fewer may come. */
  upTo: boolean;
}

const ONE_HUNDRED: Decimal = { digits: 100n, scale: 0 };

/**
 * Credits × rate × multiplier in kopecks, exact, rounded half up once at the end.
 *
 * @throws RangeError when one of the three is not a plain decimal number.
 */
export function creditsToKopecks(credits: string | number, pricing: Pricing): bigint {
  const roubles = [parseDecimal(pricing.creditToRub), parseDecimal(pricing.multiplier)].reduce(
    multiplyDecimals,
    parseDecimal(credits),
  );
  return roundHalfUp(multiplyDecimals(roubles, ONE_HUNDRED));
}

/**
 * The price of a job. Only what the price depends on has to be there: a card without a prompt has a price too, unless
 * it is charged by the character. Rows counted in seconds use whole seconds; characters count in exact proportion.
 *
 * @returns the quote, or what is missing or wrong (`missing` for the audio that sets the length, for instance).
 * @throws Error when the entry has no single price for these values; tests hold that this never ships.
 */
export function quote(entry: Entry, values: ParamValues, pricing: Pricing): Result<Quote, ValueProblem> {
  const effective = effectiveValues(entry, values);
  for (const param of pricedParams(entry)) {
    const value = effective[param.name];
    const problem = isSet(value) ? rulesOf(param).check(param, value) : absent(param, entry);
    if (problem) return refuse(problem);
  }
  const [row, rival] = priceRows(entry, effective);
  if (!row || rival) throw new Error(`${entry.key}: ${rival ? "more than one price" : "no price"} for these values`);
  const units = quantity(entry, effective);
  const credits = formatDecimal(multiplyDecimals(parseDecimal(row.credits), units));
  const outputs = typeof entry.outputs === "number" ? entry.outputs : Number(effective[entry.outputs.param] ?? 1);
  return ok({
    credits,
    kopecks: creditsToKopecks(credits, pricing),
    units: Number(formatDecimal(units)),
    outputs,
    upTo: entry.price.charge === "output" && outputs > 1,
  });
}

/**
 * What each value of a param would cost, for the keyboard of its values: options of a choice in their order,
 * [off, on] of a toggle, presets of a number.
 *
 * @returns null when the price does not depend on the param (or can not be told yet); one null inside where that
 * value breaks a rule which another value keeps.
 */
export function optionPrices(
  entry: Entry,
  values: ParamValues,
  param: Param,
  pricing: Pricing,
): (bigint | null)[] | null {
  const options = optionsOf(param);
  const prices: bigint[] = [];
  for (const option of options) {
    const quoted = quote(entry, { ...values, [param.name]: option }, pricing);
    if (!quoted.ok) return null;
    prices.push(quoted.value.kopecks);
  }
  if (prices.every((price) => price === prices[0])) return null;
  // A `require` rule only asks for something that can still be given, so it does not speak against an option.
  const broken = options.map((option) =>
    brokenRules(entry, effectiveValues(entry, { ...values, [param.name]: option })).filter(
      (rule) => rule.kind !== "require",
    ),
  );
  return prices.map((price, index) =>
    broken[index]?.some((rule) => broken.some((others) => !others.includes(rule))) ? null : price,
  );
}

function optionsOf(param: Param): readonly Scalar[] {
  if (param.kind === "choice") return param.options.map((option) => option.value);
  if (param.kind === "toggle") return [false, true];
  return param.kind === "number" ? param.presets : [];
}

/** The rows that apply: those with the most conditions among the matching ones. One, if the data is right. */
export function priceRows(entry: Entry, effective: ParamValues): PriceRow[] {
  const matching = entry.price.rows.filter((row) => matches(row.when, entry, effective));
  const most = Math.max(...matching.map((row) => Object.keys(row.when).length));
  return matching.filter((row) => Object.keys(row.when).length === most);
}

export function quantityParts(entry: Entry): readonly QuantityPart[] {
  const { quantity: whole } = entry.price;
  return whole.from === "sum" ? whole.parts : [whole];
}

/** Params that the price depends on, in the entry's order. */
export function pricedParams(entry: Entry): Param[] {
  const names = new Set(entry.price.rows.flatMap((row) => Object.keys(row.when)));
  for (const part of quantityParts(entry)) {
    if (part.from === "characters") for (const name of part.names) names.add(name);
    if (part.from === "param" || part.from === "media-duration") names.add(part.name);
  }
  if (typeof entry.outputs !== "number") names.add(entry.outputs.param);
  return entry.params.filter((param) => names.has(param.name));
}

function absent(param: Param, entry: Entry): ValueProblem | null {
  if (param.kind === "fixed") return null;
  // A text that is counted may be optional; only when nothing at all was written there is nothing to price.
  const counted = quantityParts(entry).some((part) => part.from === "characters" && part.names.includes(param.name));
  if ((param.kind === "media" || counted) && !param.required) return null;
  return { code: "missing", param: param.name };
}

function quantity(entry: Entry, effective: ParamValues): Decimal {
  const counts = quantityParts(entry).map((part) => units(part, entry, effective));
  const [only] = counts;
  if (only && counts.length === 1) return only;
  // Parts of a sum are whole seconds, so they add without scales.
  return { digits: counts.reduce((sum, count) => sum + roundHalfUp(count), 0n), scale: 0 };
}

function units(part: QuantityPart, entry: Entry, effective: ParamValues): Decimal {
  switch (part.from) {
    case "one":
      return { digits: 1n, scale: 0 };
    case "param": {
      const value = effective[part.name];
      return parseDecimal(typeof value === "number" ? value : String(value));
    }
    case "media-duration": {
      const seconds = uploadsOf(effective[part.name]).map((upload) => Math.ceil(upload.durationSeconds ?? 0));
      return { digits: BigInt(seconds.reduce((sum, each) => sum + each, 0)), scale: 0 };
    }
    case "characters": {
      const lengths = part.names.map((name) => characters(entry, effective, name));
      return { digits: BigInt(lengths.reduce((sum, length) => sum + length, 0)), scale: 3 };
    }
  }
}

function characters(entry: Entry, effective: ParamValues, name: string): number {
  const param = paramNamed(entry, name);
  const value = effective[name];
  if (param?.kind === "list") return itemsLength(param, itemsOf(value));
  return typeof value === "string" ? value.length : 0;
}
