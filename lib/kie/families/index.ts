import type { KieApi } from "../../shared/kie-api.ts";
import { aleph } from "./aleph.ts";
import { fluxKontext } from "./flux-kontext.ts";
import { GEMINI_OMNI } from "./gemini-omni.ts";
import { gpt4oImage } from "./gpt4o-image.ts";
import { market } from "./market.ts";
import type { Operation } from "./operation.ts";
import { RUNWAY } from "./runway.ts";
import { SUNO } from "./suno.ts";
import { VEO_FOLLOW_UPS, veoGenerate } from "./veo.ts";

interface Family {
  /** By model id. */
  operations?: Readonly<Record<string, Operation>>;
  /** Of every other id: the family has one way, and sends the id along. */
  others?: Operation;
}

const FAMILIES: Readonly<Record<KieApi, Family>> = {
  market: { others: market },
  veo: { operations: VEO_FOLLOW_UPS, others: veoGenerate },
  runway: { operations: RUNWAY },
  aleph: { others: aleph },
  suno: { operations: SUNO },
  "flux-kontext": { others: fluxKontext },
  "gpt4o-image": { others: gpt4oImage },
  "gemini-omni": { operations: GEMINI_OMNI },
};

/** How a model is started and looked at; null for an id that no family has an endpoint for. */
export function operationOf(api: KieApi, model: string): Operation | null {
  const { operations, others } = FAMILIES[api];
  return (operations && Object.hasOwn(operations, model) ? operations[model] : others) ?? null;
}
