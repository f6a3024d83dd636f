import fc from "fast-check";
import { expect, test } from "vitest";
import { uploadsOf } from "../../lib/catalog/conditions.ts";
import { isInMenus } from "../../lib/catalog/offers.ts";
import type { ParamValues } from "../../lib/catalog/param-values.ts";
import { buildInput } from "../../lib/catalog/request.ts";
import { create, kopecksOfCredits, kopecksOn, offers, openCard } from "../support/buying.ts";
import { catalog, entryOf } from "../support/catalog-entry.ts";
import { validValues } from "../support/catalog-values.ts";
import { draftValues, fillCard } from "../support/fill-card.ts";
import { partOfTheDay } from "../support/part-of-the-day.ts";
import { sharedWorld } from "../support/shared-world.ts";

/** Another seed walks other values: `SEED=7 WALK=all npx vitest run tests/walks/random-values.test.ts`. */
const SEED = Number(process.env["SEED"] ?? 20_261_121);
const sold = catalog.entryKeys().filter((key) => isInMenus(entryOf(key)));
const walked = partOfTheDay(sold, 6);
console.info(`random-values: ${walked.length} of ${sold.length} cards, seed ${SEED}`);

const world = sharedWorld();

test.each(walked)(
  "B1 B2 A5 A6 E3: %s with random values: the request is what was chosen, the bill what was shown",
  async (key) => {
    const entry = entryOf(key);
    const person = world.person(70_000 + sold.indexOf(key));
    await person.says("/start");
    await person.credited(100_000_000);
    await openCard(person, key);
    const [values = {}] = fc.sample(validValues(entry), { numRuns: 1, seed: SEED + sold.indexOf(key) });
    await fillCard(world, person, entry, values);
    const chosen = await draftValues(world, person, entry);
    expect(offers(person, "show_price_confirmation"), person.reads()).toBe(true);
    const price = kopecksOn(person.button("show_price_confirmation").text);
    await create(person);
    // Some answers come at once: then nothing is on hold any more.
    const { held, running } = await person.wallet();
    expect(
      [
        { held: price, running: 1 },
        { held: 0n, running: 0 },
      ],
      person.reads(),
    ).toContainEqual({ held, running });

    const task = world.kie.tasks().at(-1);
    expect(task).toMatchObject({ api: entry.route.api, model: entry.route.id });
    expect(withoutLinks(task?.input ?? {})).toEqual(withoutLinks(buildInput(entry, chosen, addressesOf(chosen))));
    for (const param of entry.params) {
      if (param.kind !== "choice" && param.kind !== "toggle" && param.kind !== "number") continue;
      if (param.placement === "never" || values[param.name] === undefined || chosen[param.name] === undefined) continue;
      expect([param.name, chosen[param.name]]).toEqual([param.name, values[param.name]]);
    }
    const billed = kopecksOfCredits(task?.creditsConsumed ?? -1);
    if (entry.price.charge === "measured") expect(price).toBeGreaterThanOrEqual(billed);
    else
      expect(Math.abs(Number(price - billed))).toBeLessThanOrEqual(entry.price.quantity.from === "characters" ? 1 : 0);

    await world.advance(40);
    expect(await person.wallet()).toMatchObject({ held: 0n, running: 0 });
    expect(person.readsAll()).toContain("Готово");
  },
);

function addressesOf(values: ParamValues): Map<string, string> {
  const uploads = Object.values(values).flatMap((value) => uploadsOf(value));
  return new Map(uploads.map(({ uploadId }) => [uploadId, "https://files.example/file"]));
}

/** Links differ from run to run; that there is one, and how many, counts. */
function withoutLinks(input: Record<string, unknown>): unknown {
  return JSON.parse(JSON.stringify(input).replace(/"https?:\/\/[^"]+"/g, '"link"'));
}
