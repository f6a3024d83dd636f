import type { Family } from "./family.ts";
import { readFlaggedRecord, saysNotYet } from "./flagged-record.ts";
import { firstUrlList } from "./reading.ts";

/** 4o Image, `/api/v1/gpt4o-image` (docs.kie.ai). The body is flat and names no model: there is only one. */
export const gpt4oImage: Family = {
  start: {
    path: "/api/v1/gpt4o-image/generate",
    body: ({ input, callBackUrl }) => ({ ...input, callBackUrl }),
  },
  look: {
    path: "/api/v1/gpt4o-image/record-info",
    // Older answers use the callback's spelling.
    parse: (data, options) =>
      readFlaggedRecord(data, options, ({ resultUrls, result_urls }) => firstUrlList(resultUrls, result_urls)),
    isPending: saysNotYet,
  },
};
