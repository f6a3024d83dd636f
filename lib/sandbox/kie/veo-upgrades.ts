import { accepted, type Envelope, refused } from "./envelope.ts";
import { picturesOf } from "./shapes/veo.ts";
import { type KieTask, urlsOf } from "./task.ts";
import { isJsonObject } from "./validate.ts";
import type { KieWorld } from "./world.ts";

const HD = "veo/get-1080p-video";
const UHD = "veo/get-4k-video";

/** @see https://docs.kie.ai */
const HD_RUNS = refused(400, "1080P is processing. It should be ready in 1-2 minutes. Please check back shortly.");
const UHD_RUNS = refused(422, "4k is processing. It should be ready in 5-10 minutes. Please check back shortly.");
const UHD_MADE = "The video has been generated successfully";
const FAILED = "The upgraded version of this video is unavailable. Please try a different video.";

/** What the first call is told; `undefined` for every other operation. */
export function beganUpgrade({ api, model, taskId }: KieTask): Envelope | undefined {
  // The market sells the same ids as plain tasks.
  if (api !== "veo") return undefined;
  if (model === HD) return HD_RUNS;
  return model === UHD ? accepted({ taskId, resultUrls: null, imageUrls: null }) : undefined;
}

/** What a later call for the same clip is told: both endpoints are asked again until they give the video. */
export function upgradeState(world: KieWorld, model: string, body: unknown): Envelope | undefined {
  if (!isJsonObject(body)) return undefined;
  const task = world
    .list<KieTask>("tasks")
    .map(({ document }) => document)
    .find(
      ({ api, model: other, input }) =>
        api === "veo" &&
        other === model &&
        input.taskId === body.taskId &&
        Number(input.index ?? 0) === Number(body.index ?? 0),
    );
  if (!task) return undefined;
  if (task.outcome?.state === "fail") return refused(500, FAILED);
  const [url] = urlsOf(task);
  if (model === HD) return task.outcome ? accepted({ resultUrl: url }) : HD_RUNS;
  if (!task.outcome) return UHD_RUNS;
  // This refusal carries the result.
  return refused(422, UHD_MADE, { taskId: task.taskId, resultUrls: [url], imageUrls: picturesOf(task) });
}
