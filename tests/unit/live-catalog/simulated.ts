import type { ListedModel } from "../../../lib/catalog/live/compare.ts";
import { createCallRecorder } from "../../../lib/sandbox/calls.ts";
import { createSandboxClock } from "../../../lib/sandbox/clock.ts";
import { type AlterationsInput, alterCatalogue } from "../../../lib/sandbox/kie/catalogue-alterations.ts";
import { listedModels, modelDocument } from "../../../lib/sandbox/kie/catalogue-models.ts";
import { createKieWorld } from "../../../lib/sandbox/kie/world.ts";
import { openStore } from "../../../lib/sandbox/store.ts";

export const TODAY = "2026-11-21";

/** What a sync would have read of the simulated catalogue; price texts as they were before the alterations. */
export function simulatedListing(alterations?: AlterationsInput): ListedModel[] {
  const store = openStore(":memory:");
  const clock = createSandboxClock(store);
  const context = { clock, store, calls: createCallRecorder(), origin: "http://sandbox", note: () => undefined };
  const options = { prefix: "/kie", uploadPrefix: "/kie-upload", filesPrefix: "/kie-files", apiKey: "key" };
  const world = createKieWorld(context, options);
  const before = new Map(listedModels(world).map(({ model, pricingDesc }) => [model, pricingDesc]));
  if (alterations) alterCatalogue(world, alterations);
  const listed = listedModels(world).map(({ model, title, provider, taskType, pricingDesc }) => ({
    model,
    title,
    provider,
    taskTypes: taskType,
    priceText: pricingDesc,
    previousPriceText: before.get(model),
    schema: modelDocument(world, model),
  }));
  clock.stop();
  store.close();
  return listed;
}
