import { isSet, itemsOf, paramNamed, uploadsOf } from "./conditions.ts";
import { addDecimals, type Decimal, multiplyDecimals, parseDecimal } from "./decimal.ts";
import type { Entry, QuantityPart } from "./entry.ts";
import { itemsLength } from "./param-kinds.ts";
import type { ParamValues } from "./param-values.ts";

/** What those who bill by the megapixel call one. */
const MEGAPIXEL = 1024 * 1024;

export function quantityParts(entry: Entry): readonly QuantityPart[] {
  const { quantity: whole } = entry.price;
  return whole.from === "sum" ? whole.parts : [whole];
}

/** The parts of the quantity, and those of the rows on top. */
export function allParts(entry: Entry): QuantityPart[] {
  return [...quantityParts(entry), ...(entry.price.onTop ?? []).map((row) => row.quantity)];
}

/** Names of the params that a part counts. */
export function namesCounted(part: QuantityPart): readonly string[] {
  switch (part.from) {
    case "one":
      return [];
    case "param":
    case "media-duration":
      return [part.name];
    case "megapixels":
      return part.times === undefined ? [part.name] : [part.name, part.times];
    case "characters":
    case "tokens":
    case "files":
      return part.names;
  }
}

/** How many units the values make, over all parts of the quantity. */
export function quantity(entry: Entry, effective: ParamValues): Decimal {
  return quantityParts(entry)
    .map((part) => units(part, entry, effective))
    .reduce(addDecimals);
}

/** How many units one part counts, exact. */
export function units(part: QuantityPart, entry: Entry, effective: ParamValues): Decimal {
  switch (part.from) {
    case "one":
      return whole(1);
    case "param":
      return numberIn(effective, part.name);
    case "media-duration": {
      const seconds = uploadsOf(effective[part.name]).map((upload) => Math.ceil(upload.durationSeconds ?? 0));
      return whole(sumOf(seconds));
    }
    case "characters":
      return { digits: BigInt(characters(part.names, entry, effective)), scale: 3 };
    case "megapixels": {
      const [width, height] = part.sizes[String(effective[part.name])] ?? [0, 0];
      const started = whole(Math.ceil((width * height) / MEGAPIXEL));
      return part.times === undefined ? started : multiplyDecimals(started, numberIn(effective, part.times));
    }
    case "files":
      return whole(Math.max(0, sumOf(part.names.map((name) => fileCount(entry, effective, name))) - part.free));
    case "tokens":
      return tokens(part, characters(part.names, entry, effective));
  }
}

/** The most tokens that so many characters can become, in millions. */
export function tokens(part: Extract<QuantityPart, { from: "tokens" }>, length: number): Decimal {
  const most = Math.ceil(part.plus + part.perCharacter * length);
  return { digits: BigInt(Math.min(most, part.max ?? most)), scale: 6 };
}

/** A required file will come, so that the price of a card does not change with the first one. */
function fileCount(entry: Entry, effective: ParamValues, name: string): number {
  const param = paramNamed(entry, name);
  const least = param?.kind === "media" && param.required ? (param.minItems ?? 1) : 0;
  return Math.max(least, uploadsOf(effective[name]).length);
}

function characters(names: readonly string[], entry: Entry, effective: ParamValues): number {
  return sumOf(
    names.map((name) => {
      const param = paramNamed(entry, name);
      const value = effective[name];
      if (param?.kind === "list") return itemsLength(param, itemsOf(value));
      return typeof value === "string" ? value.length : 0;
    }),
  );
}

function numberIn(effective: ParamValues, name: string): Decimal {
  const value = effective[name];
  return isSet(value) ? parseDecimal(typeof value === "number" ? value : String(value)) : whole(0);
}

function sumOf(numbers: readonly number[]): number {
  return numbers.reduce((sum, each) => sum + each, 0);
}

function whole(count: number): Decimal {
  return { digits: BigInt(count), scale: 0 };
}
