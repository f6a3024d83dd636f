import type { Facts } from "../../conversation/types.ts";
import type { OwnedGeneration } from "../../db/owned-generation.ts";
import { randomId } from "../../shared/ids.ts";
import type { App } from "../app.ts";
import { pricing } from "./price.ts";

/** What the messages about a generation may look at, for its owner. */
export function ownerFacts(app: App, generation: OwnedGeneration): Facts {
  return {
    now: app.clock.now(),
    newId: () => randomId(12),
    user: {
      id: generation.userId,
      language: generation.owner.language,
      firstName: generation.owner.firstName,
      isNew: false,
    },
    wallet: generation.owner.wallet,
    pricing: pricing(app),
    confirmFromKopecks: app.config.CONFIRM_FROM_KOPECKS,
    mode: app.config.mode,
  };
}
