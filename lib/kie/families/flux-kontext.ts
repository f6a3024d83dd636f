import { getRecord, type Operation, postModel } from "./operation.ts";
import { linkOutputs } from "./reading.ts";
import { readNotYet, readRecord } from "./record.ts";

/** Flux Kontext Pro and Max, `/api/v1/flux/kontext` (docs.kie.ai). `model` names which of the two. */
export const fluxKontext: Operation = {
  start: { ask: postModel("/api/v1/flux/kontext/generate") },
  look: {
    ask: getRecord("/api/v1/flux/kontext/record-info"),
    read: readNotYet,
    record: (data, options) =>
      readRecord(data, options, {
        // `originImageUrl` is the same picture for ten minutes only. Both are empty texts after a failure.
        outputs: ({ resultImageUrl }) => linkOutputs([resultImageUrl], options),
      }),
  },
};
