import { expect, test } from "vitest";
import { approvalFault } from "../../../lib/catalog/live/approve.ts";
import type { CatalogChange, Completion, LiveCatalog } from "../../../lib/catalog/live/changes.ts";
import { compareCatalog } from "../../../lib/catalog/live/compare.ts";
import { newsScenario } from "../../../lib/sandbox/kie/catalogue-scenario.ts";
import { catalog } from "../../support/catalog-entry.ts";
import { simulatedListing, TODAY } from "./simulated.ts";

const NOTHING: LiveCatalog = { revision: 0, overrides: [], health: [] };
const news = compareCatalog(catalog, simulatedListing(newsScenario()), TODAY);

function changeOf(model: string): CatalogChange {
  const found = news.find((change) => change.model === model);
  if (!found) throw new Error(`no news of ${model}`);
  return found;
}

const fault = (model: string, completion: Completion = {}, live = NOTHING) =>
  approvalFault(catalog, live, changeOf(model), completion);

test("B5 a new model needs a price that can be counted", () => {
  expect(fault("nova-2/text-to-image")).toBe("nova-2/text-to-image has no price yet.");
  expect(fault("nova-2/text-to-image", { price: { credits: 10, per: "image" } })).toBeNull();
  expect(fault("vega-video/text-to-video", { price: { credits: 22.5, per: "second" } })).toBeNull();
  expect(fault("nova-2/text-to-image", { price: { credits: 10, per: "second" } })).toMatch(/can not be counted/);
  expect(fault("nova-2/text-to-image", { price: { credits: 10, per: "minute" } })).toMatch(/can not be counted/);
});

test("a new model that no card can be made of is not approved, and says why", () => {
  expect(fault("atlas/scene-to-video", { price: { credits: 1, per: "generation" } })).toMatch(/required field scene/);
});

test("the same model is not approved twice", () => {
  const completion: Completion = { price: { credits: 10, per: "image" } };
  const change = changeOf("nova-2/text-to-image");
  const live: LiveCatalog = { ...NOTHING, revision: 1, overrides: [{ id: "1", kind: "change", change, completion }] };
  expect(fault("nova-2/text-to-image", completion, live)).toMatch(/already/);
});

test("B5 a new option that has no price of its own is not approved without one", () => {
  expect(fault("flux-2/pro-text-to-image")).toBe("The option 4K of resolution has no price of its own yet.");
  expect(fault("flux-2/pro-text-to-image", { price: { credits: 12, per: "image" } })).toBeNull();
  expect(fault("flux-2/pro-text-to-image", { price: { credits: 12, per: "second" } })).toMatch(/can not be counted/);
  expect(fault("hailuo/02-text-to-video-standard")).toBeNull();
});

test("a price that nothing counts is not approved after a new price text", () => {
  expect(fault("grok-imagine-image-2-0/text-to-image")).toBeNull();
  expect(fault("grok-imagine-image-2-0/text-to-image", { price: { credits: 6, per: "image" } })).toBeNull();
  expect(fault("grok-imagine-image-2-0/text-to-image", { price: { credits: 6, per: "second" } })).not.toBeNull();
});

test("one price is not approved in the place of several that differ", () => {
  const change: CatalogChange = {
    kind: "price-text",
    model: "pixverse-v6/text-to-video",
    before: null,
    after: "From 4 credits per second",
  };
  expect(approvalFault(catalog, NOTHING, change, { price: { credits: 4, per: "second" } })).toMatch(/has 8 prices/);
  expect(approvalFault(catalog, NOTHING, change, {})).toBeNull();
});

test("everything else of a day with news is approved as it stands", () => {
  for (const change of news) {
    if (change.kind === "new-model" || change.model === "flux-2/pro-text-to-image") continue;
    expect(approvalFault(catalog, NOTHING, change, {}), `${change.kind} ${change.model}`).toBeNull();
  }
});
