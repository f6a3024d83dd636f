import type { DedicatedApi } from "./request-schemas.ts";

export interface DedicatedFacts {
  /** `<path>/generate` creates, `<path>/record-info` tells. */
  path: string;
  /** What a task's id begins with. */
  idPrefix: string;
  /** The model of a request that names none. */
  usualModel: string;
  /** Whether the body has a `model` at all. */
  namesModel: boolean;
}

/** The older families of endpoints that we imitate. @see https://docs.kie.ai */
export const DEDICATED_APIS: Readonly<Record<DedicatedApi, DedicatedFacts>> = {
  veo: { path: "/api/v1/veo", idPrefix: "veo_task_", usualModel: "veo3_fast", namesModel: true },
  "flux-kontext": {
    path: "/api/v1/flux/kontext",
    idPrefix: "fluxkontext_",
    usualModel: "flux-kontext-pro",
    namesModel: true,
  },
  "gpt4o-image": {
    path: "/api/v1/gpt4o-image",
    idPrefix: "task4o_",
    usualModel: "gpt4o-image/generate",
    namesModel: false,
  },
};
