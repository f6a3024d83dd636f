import { getRecord, type Operation, postFlat } from "./operation.ts";
import { firstUrlList, linkOutputs } from "./reading.ts";
import { readNotYet, readRecord } from "./record.ts";

/** The queue of 4o is full, and nothing was accepted (docs.kie.ai). */
const QUEUE_FULL = 550;

/** 4o Image, `/api/v1/gpt4o-image` (docs.kie.ai). The body names no model: there is only one. */
export const gpt4oImage: Operation = {
  start: {
    ask: postFlat("/api/v1/gpt4o-image/generate"),
    read: ({ code, message }) => (code === QUEUE_FULL ? { kind: "busy", code, message } : null),
  },
  look: {
    ask: getRecord("/api/v1/gpt4o-image/record-info"),
    read: readNotYet,
    record: (data, options) =>
      readRecord(data, options, {
        // Older answers use the callback's spelling.
        outputs: ({ resultUrls, result_urls }) => linkOutputs(firstUrlList(resultUrls, result_urls), options),
      }),
  },
};
