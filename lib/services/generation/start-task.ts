import { buildInput } from "../../catalog/request.ts";
import type { Way } from "../../catalog/second-route.ts";
import { changeRoute } from "../../db/generations.ts";
import type { OwnedGeneration } from "../../db/owned-generation.ts";
import type { StartOutcome } from "../../kie/gateway.ts";
import type { App } from "../app.ts";
import { callbackUrl } from "./callback-url.ts";

/** A generation right after its claim: `submitting`, by its first way. */
type ClaimedGeneration = OwnedGeneration & { submittedAt: Date };

interface Started {
  answer: StartOutcome;
  /** With the way that was really gone. */
  generation: ClaimedGeneration;
}

/**
 * Calls create by the first way, and where KIE definitely knows no such model or endpoint, once by the other one. The
 * change of the way is stored between the two: a process that dies there leaves an unknown outcome like any other, which
 * is never called again. The price stays what was held.
 *
 * @param ways of `waysLeft`.
 * @param urls addresses of the uploaded files by upload id.
 * @returns null when the generation went on without us after the refusal: nothing is left to be done with it here.
 */
export async function startTask(
  app: App,
  claimed: ClaimedGeneration,
  [first, second]: readonly [Way, ...Way[]],
  urls: ReadonlyMap<string, string>,
): Promise<Started | null> {
  const answer = await start(app, claimed, first, urls);
  if (answer.kind !== "refused" || !answer.isUnknownModel || second === undefined) {
    return { answer, generation: claimed };
  }
  const from = first.entry.route;
  const to = second.entry.route;
  app.log.warn("kie.second-route", { generationId: claimed.id, from, to, code: answer.code });
  const { id: generationId, submittedAt } = claimed;
  const isOurs = await changeRoute(app.database, { generationId, submittedAt, from: from.api, to: to.api });
  if (!isOurs) return null;
  const generation = { ...claimed, api: to.api };
  return { answer: await start(app, generation, second, urls), generation };
}

async function start(
  app: App,
  generation: ClaimedGeneration,
  way: Way,
  urls: ReadonlyMap<string, string>,
): Promise<StartOutcome> {
  const { api, id: model } = way.entry.route;
  const answer = await app.kie.start({
    api,
    model,
    input: buildInput(way.entry, way.values(generation.values), urls),
    callBackUrl: callbackUrl(app.config, generation),
  });
  const code = "code" in answer ? answer.code : undefined;
  app.log.info("kie.create", { generationId: generation.id, api, outcome: answer.kind, code });
  return answer;
}
