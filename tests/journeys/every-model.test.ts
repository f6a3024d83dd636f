import { afterAll, beforeAll, expect, test } from "vitest";
import { type Answers, answerQuestions, create, kopecksOfCredits, kopecksOn, openCard } from "../support/buying.ts";
import { catalog, entryOf } from "../support/catalog-entry.ts";
import { photo, song, video } from "../support/files.ts";
import { startWorld, type World } from "../support/world.ts";

const sold = catalog.entryKeys().filter((key) => entryOf(key).offer === "card");
console.info(`every-model: ${sold.length} of ${catalog.entryKeys().length} entries are sold from the menus`);

let world: World;
let answers: Answers;
beforeAll(async () => {
  world = await startWorld();
  answers = [
    ["PNG", await photo("портрет")],
    ["MP3", await song(3)],
    ["MP4", await video(2)],
  ];
});
afterAll(async () => {
  await world.expectInvariants();
  await world.end();
});

const MEDIA_KINDS = { image: "photo", video: "video", audio: "audio" } as const;

test.each(sold)("B1 B2 B3 E2 E3: %s is opened, filled, priced, accepted by KIE, delivered and charged", async (key) => {
  const entry = entryOf(key);
  const buyer = world.person(6000 + sold.indexOf(key));
  await buyer.says("/start");
  await buyer.credited(1_000_000);
  await openCard(buyer, key);
  expect(buyer.reads()).toContain(catalog.entry(key)?.family.title);
  await answerQuestions(buyer, answers);

  const price = kopecksOn(buyer.button("show_price_confirmation").text);
  await create(buyer);
  expect(await buyer.wallet()).toMatchObject({ held: price, running: 1 });
  const task = world.kie.tasks().at(-1);
  expect(task).toMatchObject({ api: entry.route.api, model: entry.route.id, sentinels: {} });
  // KIE's own bill, by its own price list. It rounds to a hundredth of a credit, which only prices by the character feel.
  const billed = kopecksOfCredits(task?.creditsConsumed ?? -1);
  const tolerance = entry.price.quantity.from === "characters" ? 1 : 0;
  // What only KIE can count is held at its maximum, and the real figure is charged.
  const isMeasured = entry.price.charge === "measured";
  if (isMeasured) expect(Number(price - billed)).toBeGreaterThanOrEqual(0);
  else expect(Math.abs(Number(price - billed))).toBeLessThanOrEqual(tolerance);

  await world.advance(40);
  const delivered = buyer.messages().filter((message) => message.from === "bot" && message.media !== undefined);
  expect(delivered.flatMap((message) => message.media?.map((media) => media.kind))).toEqual(
    Array.from({ length: typeof entry.outputs === "number" ? entry.outputs : 1 }, () => MEDIA_KINDS[entry.output]),
  );
  if (!isMeasured) expect(buyer.readsAll()).toContain(`списано ${buyer.button("again:").text.split(" · ")[1]}`);
  const { bonus, main, held } = await buyer.wallet();
  expect({ spent: 1_005_000n - bonus - main, held }).toEqual({ spent: isMeasured ? billed : price, held: 0n });
});
