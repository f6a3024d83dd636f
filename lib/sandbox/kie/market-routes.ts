import { randomId } from "../../shared/ids.ts";
import type { KieApi } from "../../shared/kie-api.ts";
import { readJson } from "../http.ts";
import { type Answered, accepted, answered, hasKey, refused, refusedBy } from "./envelope.ts";
import { findFile, LINK_LIFE_MS, linkUrl, ownFilePath } from "./files.ts";
import { recordData } from "./records.ts";
import { isJsonObject } from "./validate.ts";
import type { KieWorld } from "./world.ts";

/**
 * `GET /api/v1/jobs/recordInfo` and its relatives. Unknown tasks, those of another family, and for a moment new ones are
 * `422 recordInfo is null`. @see https://docs.kie.ai
 */
export async function recordInfo(world: KieWorld, api: KieApi, request: Request): Promise<Answered> {
  const taskId = new URL(request.url).searchParams.get("taskId");
  const body = { taskId };
  if (!hasKey(request, world.options.apiKey)) return answered(body, refusedBy(401));
  if (!taskId) return answered(body, refused(400, "taskId parameter is required"));
  const task = world.task(taskId);
  const data = task?.api === api ? recordData(task, world.now()) : undefined;
  const unknown = api === "market" ? "recordInfo is null" : "record is null";
  return answered(body, data ? accepted(data) : refused(422, unknown));
}

/** `GET /api/v1/chat/credit`. @see https://docs.kie.ai */
export async function credit(world: KieWorld, request: Request): Promise<Answered> {
  return answered(null, hasKey(request, world.options.apiKey) ? accepted(world.credits()) : refusedBy(401));
}

/** `POST /api/v1/common/download-url`: another link to an own file, good for 20 minutes. @see https://docs.kie.ai */
export async function downloadUrl(world: KieWorld, request: Request): Promise<Answered> {
  const body = await readJson(request);
  if (!hasKey(request, world.options.apiKey)) return answered(body, refusedBy(401));
  const url = isJsonObject(body) && typeof body.url === "string" ? body.url : "";
  const path = ownFilePath(world, url);
  if (path === undefined || !findFile(world, path)) return answered(body, refused(422, "url is wrong"));
  const token = randomId(26);
  world.put("links", token, { path, expiresAt: world.now() + LINK_LIFE_MS });
  return answered(body, accepted(linkUrl(world, token)));
}
