import { randomId } from "../../shared/ids.ts";
import { readJson } from "../http.ts";
import { type Answered, accepted, answered, type Envelope, hasKey, refused, refusedBy } from "./envelope.ts";
import { findFile, LINK_LIFE_MS, linkUrl, ownFilePath } from "./files.ts";
import { OPERATIONS, operationOf, SUNO_MUSIC_RECORD } from "./operations.ts";
import { dedicatedRecordData, type RecordData, recordData } from "./records.ts";
import type { KieTask } from "./task.ts";
import { isJsonObject } from "./validate.ts";
import type { KieWorld } from "./world.ts";

/**
 * `GET /api/v1/jobs/recordInfo`. Unknown tasks, those of dedicated endpoints, and for a moment new ones are
 * `422 recordInfo is null`. @see https://docs.kie.ai
 */
export function recordInfo(world: KieWorld, request: Request): Promise<Answered> {
  return look(world, request, refused(422, "recordInfo is null"), (task) =>
    task.api === "market" ? recordData(task, world.now()) : undefined,
  );
}

/**
 * A dedicated record endpoint, which knows the tasks of its own create endpoints only; the one for music knows songs of
 * the market too. What Suno does not know is nothing, elsewhere it is an error.
 */
export function dedicatedRecord(world: KieWorld, path: string, request: Request): Promise<Answered> {
  const isSuno = OPERATIONS.some(({ record, api }) => record?.path === path && api === "suno");
  const unknown = isSuno ? accepted(null) : refused(422, "record is null");
  return look(world, request, unknown, (task) => {
    const isOwn = operationOf(task)?.record?.path === path;
    const isSong = path === SUNO_MUSIC_RECORD && task.api === "market" && task.result.songs !== undefined;
    return isOwn || isSong ? dedicatedRecordData(task, world.now()) : undefined;
  });
}

async function look(
  world: KieWorld,
  request: Request,
  unknown: Envelope,
  read: (task: KieTask) => RecordData | undefined,
): Promise<Answered> {
  const taskId = new URL(request.url).searchParams.get("taskId");
  const body = { taskId };
  if (!hasKey(world, request)) return answered(body, refusedBy(401));
  if (!taskId) return answered(body, refused(400, "taskId parameter is required"));
  const task = world.task(taskId);
  if (task && isAskedTooOften(world, task)) return answered(body, refused(429, "Rate limit exceeded"));
  const data = task && read(task);
  return answered(body, data ? accepted(data) : unknown);
}

/** A second for which the queries of a task are counted, and how many of them. */
const RECORD_WINDOW_MS = 1_000;
const queries = new WeakMap<KieWorld, Map<string, number[]>>();

/** 10 queries a second for a task of the market, 3 for one of Suno or 4o; elsewhere nothing is documented. */
function isAskedTooOften(world: KieWorld, { taskId, api }: KieTask): boolean {
  const most = api === "market" ? 10 : api === "suno" || api === "gpt4o-image" ? 3 : Number.POSITIVE_INFINITY;
  if (!world.switches().recordLimits) return false;
  const ofWorld = queries.get(world) ?? new Map<string, number[]>();
  const recent = (ofWorld.get(taskId) ?? []).filter((at) => at > world.now() - RECORD_WINDOW_MS);
  const isTooMuch = recent.length >= most;
  ofWorld.set(taskId, isTooMuch ? recent : [...recent, world.now()]);
  queries.set(world, ofWorld);
  if (isTooMuch) world.counts.hit("record-rate");
  return isTooMuch;
}

/** `GET /api/v1/chat/credit`. @see https://docs.kie.ai */
export async function credit(world: KieWorld, request: Request): Promise<Answered> {
  return answered(null, hasKey(world, request) ? accepted(world.credits()) : refusedBy(401));
}

/** `POST /api/v1/common/download-url`: another link to an own file, good for 20 minutes. @see https://docs.kie.ai */
export async function downloadUrl(world: KieWorld, request: Request): Promise<Answered> {
  const body = await readJson(request);
  if (!hasKey(world, request)) return answered(body, refusedBy(401));
  const url = isJsonObject(body) && typeof body.url === "string" ? body.url : "";
  const path = ownFilePath(world, url);
  if (path === undefined || !findFile(world, path)) return answered(body, refused(422, "url is wrong"));
  const token = randomId(26);
  world.put("links", token, { path, expiresAt: world.now() + LINK_LIFE_MS });
  return answered(body, accepted(linkUrl(world, token)));
}
