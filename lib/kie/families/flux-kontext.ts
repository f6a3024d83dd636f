import type { Family } from "./family.ts";
import { readFlaggedRecord, saysNotYet } from "./flagged-record.ts";

/** Flux Kontext Pro and Max, `/api/v1/flux/kontext` (docs.kie.ai). The body is flat; `model` names which of the two. */
export const fluxKontext: Family = {
  start: {
    path: "/api/v1/flux/kontext/generate",
    body: ({ model, input, callBackUrl }) => ({ ...input, model, callBackUrl }),
  },
  look: {
    path: "/api/v1/flux/kontext/record-info",
    // `originImageUrl` is the same picture for ten minutes only. Both are empty texts after a failure.
    parse: (data, options) => readFlaggedRecord(data, options, (response) => [response.resultImageUrl]),
    isPending: saysNotYet,
  },
};
