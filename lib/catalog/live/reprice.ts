import { pricedCombinations } from "../combinations.ts";
import { effectiveValues } from "../conditions.ts";
import type { Entry, Param, Scalar } from "../entry.ts";
import { isSold } from "../offers.ts";
import { quantityParts } from "../quantity.ts";
import { priceRows } from "../quote.ts";
import type { Completion } from "./changes.ts";

type Price = NonNullable<Completion["price"]>;
type Quantity = Entry["price"]["quantity"];

/** The entry with this price in the place of all its rows. Sums on top stay; what is billed by the token is not touched. */
export function repriced(entry: Entry, price: Price): Entry {
  const { outputSize: _steps, ...rest } = entry.price;
  const { credits, per } = price;
  const charge = rest.charge === "measured" && per !== "1M tokens" ? "generation" : rest.charge;
  return {
    ...entry,
    price: { ...rest, rows: [{ when: {}, credits, per }], quantity: quantityFor(entry, per), charge },
  };
}

/** What the units of a price are counted by; `one` where nothing fits, which the check of the catalog then tells. */
function quantityFor(entry: Entry, per: Price["per"]): Quantity {
  const parts = quantityParts(entry);
  switch (per) {
    case "second": {
      if (parts.every(({ from }) => from === "param" || from === "media-duration")) return entry.price.quantity;
      const length = entry.params.find(isLength);
      if (length) return { from: "param", name: length.name };
      const source = entry.params.find(
        (param) => param.kind === "media" && param.accepts !== "image" && param.required,
      );
      return source ? { from: "media-duration", name: source.name } : { from: "one" };
    }
    case "image":
      if (parts.every(({ from }) => from === "param" || from === "files")) return entry.price.quantity;
      return typeof entry.outputs === "number" ? { from: "one" } : { from: "param", name: entry.outputs.param };
    case "1000 chars": {
      if (parts.every(({ from }) => from === "characters")) return entry.price.quantity;
      const texts = entry.params.filter((param) => param.kind === "text" && param.role === "prompt");
      return texts.length === 0 ? { from: "one" } : { from: "characters", names: texts.map(({ name }) => name) };
    }
    case "megapixel":
    case "1M tokens":
    case "minute":
      return entry.price.quantity;
    case "generation":
    case "request":
      return { from: "one" };
  }
}

/** A length that is always known and always a number. */
function isLength(param: Param): boolean {
  if (!/duration|seconds|^length$/i.test(param.name)) return false;
  if (param.kind === "number") return param.default !== undefined || param.required;
  return (
    param.kind === "choice" &&
    (param.default !== undefined || param.required) &&
    param.options.every(({ value }) => Number(value) > 0)
  );
}

/** Whether everything that the entry offers has exactly one price. */
export function hasOnePrice(entry: Entry): boolean {
  return pricedCombinations(entry).every((values) => priceRows(entry, effectiveValues(entry, values)).length === 1);
}

/**
 * Whether an option of a param has a price of its own already. Rows that tell the options apart have to name it: what is
 * left for the others would be a price that nobody set for it.
 */
export function isOptionPriced(entry: Entry, name: string, option: Scalar): boolean {
  const { rows, onTop = [] } = entry.price;
  const naming = rows.filter((row) => Object.hasOwn(row.when, name));
  const isCounted = quantityParts(entry).some((part) => "name" in part && part.name === name);
  const isNumber = Number(option) > 0;
  if ((isCounted || isOutputs(entry, name)) && !isNumber) return false;
  if (
    quantityParts(entry).some((part) => part.from === "megapixels" && part.name === name && !part.sizes[String(option)])
  ) {
    return false;
  }
  if (onTop.some((row) => Object.hasOwn(row.when, name))) return false;
  return naming.length === 0 || naming.some((row) => [row.when[name]].flat().includes(option));
}

function isOutputs({ outputs }: Entry, name: string): boolean {
  return typeof outputs !== "number" && outputs.param === name;
}

/** The entry with the new form, where everything it offers still has one price; else with the other one. */
export function pricedOr(changed: Entry, otherwise: Entry): Entry {
  return !isSold(changed) || !isSold(otherwise) || !hasOnePrice(otherwise) || hasOnePrice(changed)
    ? changed
    : otherwise;
}
