import type { Family } from "./family.ts";
import { readFlaggedRecord, saysNotYet } from "./flagged-record.ts";
import { firstUrlList } from "./reading.ts";

/** Veo 3.1 with a chosen tier, `/api/v1/veo` (docs.kie.ai). The body is flat; `model` names the tier. */
export const veo: Family = {
  start: {
    path: "/api/v1/veo/generate",
    body: ({ model, input, callBackUrl }) => ({ ...input, model, callBackUrl }),
  },
  look: {
    path: "/api/v1/veo/record-info",
    parse: (data, options) =>
      // `originUrls` are the same clips before they were cut to another ratio than 16:9: better than nothing.
      readFlaggedRecord(data, options, ({ resultUrls, originUrls }) => firstUrlList(resultUrls, originUrls)),
    isPending: saysNotYet,
  },
};
