import { beforeAll, expect, test } from "vitest";
import { isInMenus } from "../../lib/catalog/offers.ts";
import {
  type Answers,
  answerQuestions,
  create,
  kopecksOfCredits,
  kopecksOn,
  offers,
  oneOfEach,
  openCard,
} from "../support/buying.ts";
import { catalog, entryOf } from "../support/catalog-entry.ts";
import { sharedWorld } from "../support/shared-world.ts";
import type { Person } from "../support/world.ts";

const followUps = catalog.entryKeys().filter((key) => entryOf(key).offer === "follow-up");
console.info(`every-follow-up: ${followUps.length} entries are sold under results`);

const world = sharedWorld();
let answers: Answers;
beforeAll(async () => {
  answers = await oneOfEach(12);
});

test.each(followUps)(
  "B1 B4 D2 E3: %s is offered under a result, with its ids filled in, made and charged",
  async (key) => {
    const entry = entryOf(key);
    const buyer = world.person(30_000 + followUps.indexOf(key));
    await buyer.says("/start");
    await buyer.credited(100_000_000);
    expect(await standsUnder(buyer, key), `${key} is offered under nothing`).toBe(true);

    await buyer.taps(`:${key}~`);
    await answerQuestions(buyer, answers);
    const shown = buyer.button("show_price_confirmation").text;
    const price = shown.includes("бесплатно") ? 0n : kopecksOn(shown);
    const before = await buyer.wallet();
    const generationId = await create(buyer);
    const task = world.kie.tasks().at(-1);
    expect(task).toMatchObject({ api: entry.route.api, model: entry.route.id });
    expect(Math.abs(Number(price - kopecksOfCredits(task?.creditsConsumed ?? -1)))).toBeLessThanOrEqual(1);
    // Veo's larger copies take minutes.
    await world.advance(300);

    const after = await buyer.wallet();
    expect({ spent: before.main + before.bonus - after.main - after.bonus, held: after.held }).toEqual({
      spent: price,
      held: 0n,
    });
    const [made] = await world.db.rows(
      "select state, (select json_agg(distinct kind) from outputs o where o.generation_id = g.id) as kinds from generations g where id = $1",
      [generationId],
    );
    expect(made).toEqual({ state: "delivered", kinds: [entry.output] });
  },
);

/** Buys what the follow-up stands under, which may be a follow-up itself, until its button is in sight. */
async function standsUnder(buyer: Person, key: string): Promise<boolean> {
  const sources = catalog.entryKeys().filter((each) => entryOf(each).followUps?.includes(key));
  const [menus, others] = [
    sources.filter((each) => isInMenus(entryOf(each))),
    sources.filter((each) => !isInMenus(entryOf(each))),
  ];
  for (const source of [...menus, ...others]) {
    if (isInMenus(entryOf(source))) await openCard(buyer, source);
    else if (await standsUnder(buyer, source)) await buyer.taps(`:${source}~`);
    else continue;
    await answerQuestions(buyer, answers);
    await create(buyer);
    await world.advance(40);
    if (offers(buyer, `:${key}~`) || buyer.hasButton(`:${key}~`)) return true;
    if (buyer.hasButton("more:")) await buyer.taps("more:");
    if (buyer.hasButton(`:${key}~`)) return true;
  }
  return false;
}
