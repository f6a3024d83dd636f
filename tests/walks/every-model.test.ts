import { beforeAll, expect, test } from "vitest";
import { isInMenus } from "../../lib/catalog/offers.ts";
import type { OutputKind } from "../../lib/shared/media.ts";
import {
  type Answers,
  answerQuestions,
  create,
  kopecksOfCredits,
  kopecksOn,
  oneOfEach,
  openCard,
} from "../support/buying.ts";
import { catalog, entryOf } from "../support/catalog-entry.ts";
import { sharedWorld } from "../support/shared-world.ts";

const sold = catalog.entryKeys().filter((key) => isInMenus(entryOf(key)));
console.info(`every-model: ${sold.length} of ${catalog.entryKeys().length} entries are sold from the menus`);

const world = sharedWorld();
let answers: Answers;
beforeAll(async () => {
  answers = await oneOfEach();
});

const SENT_AS: Readonly<Record<Exclude<OutputKind, "text">, string>> = {
  image: "photo",
  video: "video",
  audio: "audio",
  "timed-lyrics": "document",
  midi: "document",
};

test.each(sold)("B1 B2 B3 E2 E3: %s is opened, filled, priced, accepted by KIE, delivered and charged", async (key) => {
  const entry = entryOf(key);
  const buyer = world.person(6000 + sold.indexOf(key));
  await buyer.says("/start");
  await buyer.credited(1_000_000);
  await openCard(buyer, key);
  expect(buyer.reads()).toContain(catalog.entry(key)?.family.title);
  await answerQuestions(buyer, answers);

  const price = kopecksOn(buyer.button("show_price_confirmation").text);
  const generationId = await create(buyer);
  const task = world.kie.tasks().at(-1);
  expect(task).toMatchObject({ api: entry.route.api, model: entry.route.id, sentinels: {} });
  // KIE's own bill, by its own price list. It rounds to a hundredth of a credit, which only prices by the character feel.
  const billed = kopecksOfCredits(task?.creditsConsumed ?? -1);
  const tolerance = entry.price.quantity.from === "characters" ? 1 : 0;
  // What only KIE can count is held at its maximum, and the real figure is charged.
  const isMeasured = entry.price.charge === "measured";
  if (isMeasured) expect(Number(price - billed)).toBeGreaterThanOrEqual(0);
  else expect(Math.abs(Number(price - billed))).toBeLessThanOrEqual(tolerance);
  // Some answers come at once: then nothing is on hold any more.
  const { held, running } = await buyer.wallet();
  expect([
    { held: price, running: 1 },
    { held: 0n, running: 0 },
  ]).toContainEqual({ held, running });

  await world.advance(40);
  const delivered = buyer.messages().filter((message) => message.from === "bot");
  const media = delivered.flatMap((message) => message.media?.map((each) => each.kind) ?? []);
  const [{ outputs = 0 } = {}] = await world.db.rows(
    "select count(*)::int as outputs from outputs where generation_id = $1",
    [generationId],
  );
  const { output } = entry;
  if (output === "text") expect(buyer.readsAll()).toMatch(/[а-яё]{3}/i);
  else expect(media).toEqual(Array.from({ length: Number(outputs) }, () => SENT_AS[output]));
  // What only KIE can count may also come in smaller numbers than documented.
  if (typeof entry.outputs === "number" && !isMeasured && entry.output !== "text") expect(outputs).toBe(entry.outputs);
  expect(outputs).toBeGreaterThan(0);

  const { bonus, main, held: left } = await buyer.wallet();
  expect({ spent: 1_005_000n - bonus - main, held: left }).toEqual({ spent: isMeasured ? billed : price, held: 0n });
  if (!isMeasured && price > 0n)
    expect(buyer.readsAll()).toContain(`списано ${buyer.button("again:").text.split(" · ")[1]}`);
});
