import fc from "fast-check";
import { afterAll, describe, expect, test } from "vitest";
import { CATEGORIES } from "../../../lib/catalog/categories.ts";
import { checkValues, missingParam } from "../../../lib/catalog/check.ts";
import { pricedCombinations } from "../../../lib/catalog/combinations.ts";
import { effectiveValues, isRelevant, uploadsOf } from "../../../lib/catalog/conditions.ts";
import { mainParams } from "../../../lib/catalog/describe.ts";
import type { Entry } from "../../../lib/catalog/entry.ts";
import { isInMenus, isSold } from "../../../lib/catalog/offers.ts";
import type { ParamValues } from "../../../lib/catalog/param-values.ts";
import { optionPrices, priceRows, quote } from "../../../lib/catalog/quote.ts";
import { buildInput } from "../../../lib/catalog/request.ts";
import { parseValues, readButton, readTyped } from "../../../lib/catalog/values.ts";
import { catalog, entryOf } from "../../support/catalog-entry.ts";
import { anyValues, validValues } from "../../support/catalog-values.ts";

const pricing = { creditToRub: "0.39295", multiplier: "2" };
const runs = { numRuns: 60 };

function addressesOf(values: ParamValues): Map<string, string> {
  const uploads = Object.values(values).flatMap((value) => uploadsOf(value));
  return new Map(uploads.map(({ uploadId }) => [uploadId, `https://files.example/${uploadId}`]));
}

const sold = catalog.entryKeys().filter((key) => isSold(entryOf(key)));
let combinations = 0;
afterAll(() => console.info(`properties: ${combinations} combinations of ${sold.length} entries, each with one price`));

describe.each(sold)("%s", (key) => {
  const entry: Entry = entryOf(key);
  const names = new Set(entry.params.map((param) => param.name));
  const isFree = entry.price.rows.every((row) => row.credits === 0);

  test("valid values may be sent, ask for nothing, have one price and survive storage", () => {
    fc.assert(
      fc.property(validValues(entry), (values) => {
        expect(checkValues(entry, values)).toEqual([]);
        expect(missingParam(entry, values)).toBeUndefined();
        expect(priceRows(entry, effectiveValues(entry, values))).toHaveLength(1);
        const quoted = quote(entry, values, pricing);
        expect(quoted.ok && quoted.value.units > 0).toBe(true);
        // Free is only what KIE gives for nothing.
        expect(quoted.ok && quoted.value.kopecks > 0n).toBe(!isFree);
        expect(parseValues(entry, JSON.parse(JSON.stringify(values)))).toEqual(values);
      }),
      runs,
    );
  });

  test("the request holds only names of the entry, everything required, and nothing undefined", () => {
    fc.assert(
      fc.property(validValues(entry), (values) => {
        const input = buildInput(entry, values, addressesOf(values));
        for (const [name, value] of Object.entries(input)) {
          expect(names.has(name), name).toBe(true);
          expect(value, name).not.toBeUndefined();
        }
        for (const param of entry.params) {
          const isSent = param.kind !== "earlier" || param.sent !== false;
          if (!isSent || !isRelevant(entry, param, values) || (param.kind !== "fixed" && !param.required)) continue;
          expect(input).toHaveProperty(param.at ? param.at.map(String) : [param.name]);
        }
        expect(JSON.stringify(input)).not.toContain("uploadId");
      }),
      runs,
    );
  });

  test("every combination of options has exactly one price", () => {
    for (const values of pricedCombinations(entry)) {
      expect(priceRows(entry, effectiveValues(entry, values)), JSON.stringify(values)).toHaveLength(1);
      combinations += 1;
    }
  });

  test("whatever a card is brought to, its price can be told or the reason why not", () => {
    fc.assert(
      fc.property(anyValues(entry), (values) => {
        const quoted = quote(entry, values, pricing);
        if (!quoted.ok) expect(checkValues(entry, values)).not.toEqual([]);
        for (const param of entry.params) optionPrices(entry, values, param, pricing);
      }),
      runs,
    );
  });

  test.runIf(isInMenus(entry))("a longer or larger order is never cheaper than the price named in the menu", () => {
    const modes = CATEGORIES.flatMap((category) => catalog.families(category)).flatMap((family) => family.modes);
    const least = modes.find((mode) => mode.entryKey === key)?.fromCredits ?? Number.NaN;
    const counted = entry.price.quantity.from === "characters";
    fc.assert(
      fc.property(validValues(entry), (values) => {
        const quoted = quote(entry, values, pricing);
        // Characters have no least number, so the menu names a thousand of them; a source video has its own price.
        const other = counted || uploadsOf(values.reference_video_urls).length > 0;
        if (quoted.ok && !other) expect(Number(quoted.value.credits)).toBeGreaterThanOrEqual(least - 1e-9);
      }),
      runs,
    );
  });

  test("nothing typed or pressed ever throws, and what is accepted is valid", () => {
    const words = fc.oneof(fc.string({ unit: "grapheme", maxLength: 40 }), fc.constantFrom("#0", "да", "5", "0,7"));
    fc.assert(
      fc.property(words, fc.constantFrom(...entry.params), (text, param) => {
        for (const read of [readTyped(param, text), readButton(param, text)]) {
          if (!read.ok) continue;
          const problems = checkValues(entry, { [param.name]: read.value });
          expect(problems.filter((problem) => problem.code !== "rule" && problem.param === param.name)).toEqual([]);
        }
      }),
      runs,
    );
  });

  test("a receipt's words are short", () => {
    fc.assert(
      fc.property(validValues(entry), (values) => {
        for (const word of mainParams(entry, values, "ru")) expect(word.length).toBeLessThanOrEqual(40);
      }),
      runs,
    );
  });
});
