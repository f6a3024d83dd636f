import { getRecord, type Operation, postFlat, postModel, type RecordRoute } from "./operation.ts";
import { firstUrlList, linkOutputs } from "./reading.ts";
import { readNotYet, readRecord } from "./record.ts";
import { veoUpgrade } from "./veo-upgrade.ts";

const look: RecordRoute = {
  ask: getRecord("/api/v1/veo/record-info"),
  read: readNotYet,
  record: (data, options) =>
    readRecord(data, options, {
      // After an extension only `fullResultUrls` is the whole clip. `originUrls` are the same clips before they were cut
      // to another ratio than 16:9: better than nothing.
      outputs: ({ fullResultUrls, resultUrls, originUrls }) =>
        linkOutputs(firstUrlList(fullResultUrls, resultUrls, originUrls), options),
    }),
};

/** Veo 3.1 with a chosen tier, `/api/v1/veo` (docs.kie.ai): `model` names the tier. */
export const veoGenerate: Operation = { start: { ask: postModel("/api/v1/veo/generate") }, look };

/** What can be done with a finished clip. In `veo/extend` the tier is a field of the request's own, `model`. */
export const VEO_FOLLOW_UPS: Readonly<Record<string, Operation>> = {
  "veo/extend": { start: { ask: postFlat("/api/v1/veo/extend") }, look },
  "veo/get-1080p-video": veoUpgrade({ method: "GET", path: "/api/v1/veo/get-1080p-video", takesCallback: false }),
  "veo/get-4k-video": veoUpgrade({ method: "POST", path: "/api/v1/veo/get-4k-video", takesCallback: true }),
};
