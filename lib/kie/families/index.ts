import type { KieApi } from "../../shared/kie-api.ts";
import type { Family } from "./family.ts";
import { fluxKontext } from "./flux-kontext.ts";
import { gpt4oImage } from "./gpt4o-image.ts";
import { market } from "./market.ts";
import { veo } from "./veo.ts";

/** How to talk to each family of endpoints. */
export const FAMILIES: Readonly<Record<KieApi, Family>> = {
  market,
  veo,
  "flux-kontext": fluxKontext,
  "gpt4o-image": gpt4oImage,
};
