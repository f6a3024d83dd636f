import type { Offer, OfferFacts } from "../../conversation/price-offer.ts";
import type { DialogueRead } from "../../db/dialogues.ts";
import type { HoldInput } from "../../db/holds.ts";
import { moscowDay, moscowHour } from "../../ledger/moscow.ts";
import type { App } from "../app.ts";

/** What may reduce a price now, out of the step's one read and the configuration. */
export function offerFacts({ config, clock }: App, read: Pick<DialogueRead, "promos" | "freeUse">): OfferFacts {
  const now = clock.now();
  const today = read.freeUse?.day === moscowDay(now) ? read.freeUse : null;
  return {
    promos: read.promos.filter(({ until }) => until === null || until > now),
    free: {
      entryKeys: config.FREE_MODELS,
      perDay: config.FREE_PER_DAY,
      perHour: config.FREE_PER_HOUR,
      usedToday: today?.used ?? 0,
      usedThisHour: today !== null && today.hour === moscowHour(now) ? today.usedInHour : 0,
    },
  };
}

/** What the hold has to prove and use up. */
export function holdOffer({ config, clock }: App, offer: Offer | undefined): Pick<HoldInput, "offer"> {
  if (offer === undefined || config.mode !== "real") return {};
  if (offer.kind === "discount") return { offer };
  const now = clock.now();
  const wanted = {
    day: moscowDay(now),
    hour: moscowHour(now),
    perDay: config.FREE_PER_DAY,
    perHour: config.FREE_PER_HOUR,
  };
  return { offer: { kind: "free", wanted } };
}
