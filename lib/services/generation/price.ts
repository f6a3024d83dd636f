import type { Entry } from "../../catalog/entry.ts";
import type { ParamValues } from "../../catalog/param-values.ts";
import type { Pricing } from "../../catalog/quote.ts";
import type { App } from "../app.ts";

/** The operator's part of every price, as the catalog's `quote` wants it. */
export function pricing({ config, surcharges }: Pick<App, "config" | "surcharges">): Pricing {
  return { creditToRub: config.CREDIT_TO_RUB_RATE, multiplier: config.PRICE_MULTIPLIER, surcharges };
}

/** How many files a job of this entry with these values returns. */
export function expectedOutputs(entry: Entry, values: ParamValues): number {
  if (typeof entry.outputs === "number") return entry.outputs;
  const chosen = Number(values[entry.outputs.param]);
  return Number.isInteger(chosen) && chosen > 0 ? chosen : 1;
}
