import { expect, test } from "vitest";
import type { CatalogChange } from "../../../lib/catalog/live/changes.ts";
import { changeId, compareCatalog } from "../../../lib/catalog/live/compare.ts";
import { GONE_MODELS, newsScenario } from "../../../lib/sandbox/kie/catalogue-scenario.ts";
import { fingerprint } from "../../../lib/shared/fingerprint.ts";
import { catalog } from "../../support/catalog-entry.ts";
import { simulatedListing, TODAY } from "./simulated.ts";

const compare = (listed = simulatedListing()) => compareCatalog(catalog, listed, TODAY);
const brief = ({ kind, model }: CatalogChange) => `${kind} ${model}`;

test("B5 the unchanged catalogue of about 200 models is no news, in any field of any of them", () => {
  const listed = simulatedListing();
  expect(listed.length).toBeGreaterThan(190);
  expect(listed.filter(({ model }) => catalog.entriesOf(model).length > 0).length).toBeGreaterThan(180);
  expect(compare(listed)).toEqual([]);
});

test("B5 of a day with news everything is found, and nothing else", () => {
  const found = compare(simulatedListing(newsScenario()));
  expect(found.map(brief).toSorted()).toEqual(
    [
      "new-model nova-2/text-to-image",
      "new-model nova-2/image-edit",
      "new-model vega-video/text-to-video",
      "new-model lyra/text-to-speech",
      "new-model atlas/scene-to-video",
      ...GONE_MODELS.map((model) => `gone-model ${model}`),
      "options flux-2/pro-text-to-image",
      "field-added z-image",
      "field-added hailuo/02-text-to-video-pro",
      "field-removed wan/2-5-text-to-video",
      "options hailuo/02-text-to-video-standard",
      "options gpt-image/1.5-text-to-image",
      "limit qwen3/text-to-image",
      "limit pixverse-v6/text-to-video",
      "limit grok-imagine-image-2-0/image-edit",
      "price-text grok-imagine-image-2-0/text-to-image",
    ].toSorted(),
  );
  expect(found).toContainEqual({
    kind: "limit",
    model: "pixverse-v6/text-to-video",
    name: "duration",
    limit: "max",
    before: 15,
    after: 10,
  });
  expect(found).toContainEqual(
    expect.objectContaining({ kind: "options", name: "resolution", added: ["4K"], removed: [] }),
  );
});

test("fields inside of lists are compared by their place", () => {
  const listed = simulatedListing({
    change: [
      {
        model: "google/gemini-3-8-flash-tts",
        setFields: {
          speakers: {
            type: "array",
            required: true,
            minItems: 1,
            items: {
              type: "object",
              properties: {
                speaker_id: { type: "string", required: true },
                voice_name: { type: "string", enum: ["Kore", "Puck"] },
                accent: { type: "string" },
              },
            },
          },
        },
      },
    ],
  });
  const found = compare(listed);
  expect(found).toContainEqual(
    expect.objectContaining({ kind: "field-added", name: "speakers[].accent", field: { type: "string" } }),
  );
  expect(found).toContainEqual(expect.objectContaining({ kind: "options", name: "speakers[].voice_name", added: [] }));
});

test("a model whose schema could not be read is neither changed nor gone; a new one is told without a card", () => {
  const listed = simulatedListing(newsScenario()).map((each) =>
    each.model === "z-image" || each.model === "nova-2/image-edit" ? { ...each, schema: null } : each,
  );
  const found = compare(listed);
  expect(found.some(({ model }) => model === "z-image")).toBe(false);
  expect(found).toContainEqual(
    expect.objectContaining({ model: "nova-2/image-edit", family: null, problem: "KIE gives no schema for it." }),
  );
});

test("a price text that was never read before is no news", () => {
  const [listed] = simulatedListing().filter(({ model }) => model === "z-image");
  if (!listed) throw new Error("z-image is not listed");
  const news = (previousPriceText: string | null | undefined) =>
    compare([{ ...listed, previousPriceText }]).filter(({ kind }) => kind === "price-text");
  expect(news(undefined)).toEqual([]);
  expect(news(listed.priceText)).toEqual([]);
  expect(news(null)).toHaveLength(1);
});

test("a change has the same short name every day, and no two changes have one", () => {
  const found = compare(simulatedListing(newsScenario()));
  const later = compareCatalog(catalog, simulatedListing(newsScenario()), "2027-01-01");
  const ids = found.map(changeId);
  expect(later.map(changeId)).toEqual(ids);
  expect(new Set(ids).size).toBe(ids.length);
  for (const id of ids) expect(id).toMatch(/^[0-9a-z]{16}$/);
});

test("fingerprints differ in every text of many", () => {
  const texts = Array.from({ length: 20_000 }, (_, index) => `text ${index}`);
  expect(new Set(texts.map(fingerprint)).size).toBe(texts.length);
  expect(new Set(texts.map((text) => fingerprint(text).slice(0, 6))).size).toBeGreaterThan(19_500);
});
