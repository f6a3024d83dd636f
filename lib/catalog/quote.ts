import { ok, type Result, refuse } from "../shared/result.ts";
import { brokenRules } from "./check.ts";
import { effectiveValues, isSet, matches, uploadsOf } from "./conditions.ts";
import { addDecimals, type Decimal, formatDecimal, multiplyDecimals, parseDecimal, roundHalfUp } from "./decimal.ts";
import type { Entry, OnTopRow, Param, PriceRow, Scalar } from "./entry.ts";
import { rulesOf } from "./param-kinds.ts";
import type { ParamValues, ValueProblem } from "./param-values.ts";
import { allParts, namesCounted, quantity, units } from "./quantity.ts";
import { type Surcharges, surchargeKopecks } from "./surcharges.ts";

/** How credits become money: plain decimals such as "0.39295" roubles per credit, times "2". */
export interface Pricing {
  creditToRub: string;
  multiplier: string;
  /** The operator's own, on top. Without them: none. */
  surcharges?: Surcharges;
}

export interface Quote {
  /** KIE's credits for the whole job, an exact decimal: "1.344". */
  credits: string;
  /** The price of the credits, and the operator's surcharges. */
  kopecks: bigint;
  /** What the price row counts: seconds, images, thousands of characters (may be a fraction), or 1. */
  units: number;
  /** Files the job returns when all goes well. */
  outputs: number;
  /** The sum is a maximum: files are charged one by one and fewer may come, or only KIE can count in the end. */
  upTo: boolean;
}

const ONE_HUNDRED: Decimal = { digits: 100n, scale: 0 };

/**
 * Credits × rate × multiplier in kopecks, exact, rounded half up once at the end. Without surcharges, which depend on a
 * job's values.
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
 * @returns the quote, or what is missing or wrong (`missing` for the audio that sets the length, for instance, `rule` for
 * a combination that is not made).
 * @throws Error when the entry has no single price for these values; tests hold that this never ships.
 */
export function quote(entry: Entry, values: ParamValues, pricing: Pricing): Result<Quote, ValueProblem> {
  const effective = effectiveValues(entry, values);
  for (const param of pricedParams(entry)) {
    const value = effective[param.name];
    const problem = isSet(value) ? rulesOf(param).check(param, value) : absent(param, entry);
    if (problem) return refuse(problem);
    if (param.name === entry.price.outputSize?.media && uploadsOf(value)[0]?.width === undefined) {
      return refuse({ code: "missing", param: param.name });
    }
  }
  // What KIE does not make has no price either; the rule says why.
  const forbidding = brokenRules(entry, effective).find((rule) => rule.kind === "forbid");
  if (forbidding !== undefined && priceRows(entry, effective).length === 0) {
    return refuse({ code: "rule", param: null, say: forbidding.say });
  }
  return ok(priceOf(entry, effective, pricing));
}

/**
 * The price of effective values as they stand, whether or not a card would offer them.
 *
 * @throws Error when there is no single price for them, RangeError when a length is no plain number.
 */
export function priceOf(entry: Entry, effective: ParamValues, pricing: Pricing): Quote {
  const [row, rival] = priceRows(entry, effective);
  if (!row || rival) throw new Error(`${entry.key}: ${rival ? "more than one price" : "no price"} for these values`);
  const counted = quantity(entry, effective);
  const sums = onTopRows(entry, effective).map((each) =>
    multiplyDecimals(parseDecimal(each.credits), units(each.quantity, entry, effective)),
  );
  const credits = formatDecimal(sums.reduce(addDecimals, multiplyDecimals(parseDecimal(row.credits), counted)));
  const outputs = typeof entry.outputs === "number" ? entry.outputs : Number(effective[entry.outputs.param] ?? 1);
  return {
    credits,
    kopecks: creditsToKopecks(credits, pricing) + surchargeOf(entry, effective, pricing),
    units: Number(formatDecimal(counted)),
    outputs,
    upTo: entry.price.charge === "measured" || (entry.price.charge === "output" && outputs > 1),
  };
}

/** The operator's surcharges for effective values, in kopecks; whole numbers, so they never meet the rounding. */
export function surchargeOf(entry: Entry, effective: ParamValues, { surcharges }: Pricing): bigint {
  return surcharges === undefined ? 0n : surchargeKopecks(entry, effective, surcharges);
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
  const prices: (bigint | null)[] = [];
  for (const option of options) {
    const quoted = quote(entry, { ...values, [param.name]: option }, pricing);
    if (!quoted.ok && quoted.problem.code !== "rule") return null;
    prices.push(quoted.ok ? quoted.value.kopecks : null);
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

/** The rows that are added to the one that won. */
export function onTopRows(entry: Entry, effective: ParamValues): OnTopRow[] {
  return (entry.price.onTop ?? []).filter((row) => matches(row.when, entry, effective));
}

/** Params that the price depends on, in the entry's order. */
export function pricedParams(entry: Entry): Param[] {
  const { rows, onTop = [], outputSize } = entry.price;
  const names = new Set([...rows, ...onTop].flatMap((row) => Object.keys(row.when)));
  for (const name of allParts(entry).flatMap(namesCounted)) names.add(name);
  if (outputSize) for (const name of [outputSize.media, outputSize.factor]) names.add(name);
  if (typeof entry.outputs !== "number") names.add(entry.outputs.param);
  return entry.params.filter((param) => names.has(param.name));
}

function absent(param: Param, entry: Entry): ValueProblem | null {
  if (param.kind === "fixed") return null;
  const parts = allParts(entry).filter((part) => namesCounted(part).includes(param.name));
  const isMeasured =
    parts.some((part) => part.from === "media-duration") || entry.price.outputSize?.media === param.name;
  // Files that are merely counted, or asked for by a condition, do not have to be there.
  if (param.kind === "media" && !isMeasured) return null;
  // A text that is counted may be optional; only when nothing at all was written there is nothing to price.
  const isText = parts.some((part) => part.from === "characters" || part.from === "tokens");
  if ((param.kind === "media" || isText) && !param.required) return null;
  return { code: "missing", param: param.name };
}
