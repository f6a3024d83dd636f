import { createHash } from "node:crypto";
import { randomId } from "../../shared/ids.ts";
import type { KieApi } from "../../shared/kie-api.ts";
import { cutConnection, readJson } from "../http.ts";
import { type CreateDraft, readCreateRequest } from "./create-request.ts";
import { DEDICATED_APIS } from "./dedicated-apis.ts";
import { type Answered, accepted, answered, gatewayError, hasKey, refused, refusedBy } from "./envelope.ts";
import { resultUrl } from "./files.ts";
import { requestSchemas } from "./request-schemas.ts";
import { buildResult, isSongModel } from "./results.ts";
import type { TaskRunner } from "./runner.ts";
import { type KieTask, timesOf } from "./task.ts";
import type { KieWorld } from "./world.ts";

/** Faults for the next creates and the rate window. In memory: a restart forgets them. */
export interface CreateTraffic {
  nextFailures: number[];
  dropsLeft: number;
  /** Virtual milliseconds of the creates of the last 10 seconds. */
  recent: number[];
  /** Prompts that were refused with 429 and pass at the next attempt. */
  refusedOnce: Set<string>;
}

export const newTraffic = (): CreateTraffic => ({ nextFailures: [], dropsLeft: 0, recent: [], refusedOnce: new Set() });

/** @see https://docs.kie.ai */
const CREATES_PER_WINDOW = 20;
const WINDOW_MS = 10_000;
const UNREADABLE = '<<garbage>> {"code":200,"data":{"taskId":';

/** `POST /api/v1/jobs/createTask` and its relatives. @see https://docs.kie.ai */
export async function createTask(
  world: KieWorld,
  runner: TaskRunner,
  traffic: CreateTraffic,
  api: KieApi,
  request: Request,
): Promise<Answered> {
  const body = await readJson(request);
  if (!hasKey(request, world.options.apiKey)) return answered(body, refusedBy(401));
  const forced = traffic.nextFailures.shift();
  if (forced !== undefined) return refuse(body, forced);
  if (isTooFast(world, traffic)) return answered(body, refusedBy(429));
  const { maintenance, keyCapReached } = world.switches();
  if (maintenance) return answered(body, refusedBy(455));
  if (keyCapReached) return answered(body, refusedBy(433));

  const read = readCreateRequest(world, requestSchemas(), api, body);
  if ("refusal" in read) return answered(body, refused(read.refusal.code, read.refusal.message));
  const { draft } = read;
  if (draft.sentinels.gatewayError) return refuse(body, 502);
  if (draft.sentinels.refuse !== undefined && !passesSecondTime(traffic, draft)) {
    return refuse(body, draft.sentinels.refuse);
  }
  if (world.credits() < draft.credits) return answered(body, refusedBy(402));
  return accept(world, runner, traffic, body, draft);
}

async function accept(
  world: KieWorld,
  runner: TaskRunner,
  traffic: CreateTraffic,
  body: unknown,
  draft: CreateDraft,
): Promise<Answered> {
  const task = taskOf(world, draft);
  const { taskId, sentinels } = task;
  world.context.store.transaction(() => {
    world.put("tasks", taskId, task);
    world.changeCredits(-task.credits);
    for (const song of task.result.songs ?? []) world.put("songs", song.id, { taskId });
    runner.begin(task);
  });
  if (sentinels.early) await runner.finish(taskId);

  const recordId = task.api === "market" ? { recordId: taskId } : {};
  const answer = accepted({ taskId, ...recordId, ...(sentinels.extra ? { sandboxExtra: true } : {}) });
  const isDropped = sentinels.lost || traffic.dropsLeft > 0;
  if (traffic.dropsLeft > 0) traffic.dropsLeft -= 1;
  if (isDropped) return { response: cutConnection(), body, answer: { connection: "cut", unsent: answer } };
  if (sentinels.garbage) return { response: new Response(UNREADABLE), body, answer: UNREADABLE };
  return answered(body, answer);
}

function taskOf(world: KieWorld, draft: CreateDraft): KieTask {
  const { api, model, schema, input, sentinels, credits, foreignUrls, callBackUrl, failure } = draft;
  const idPrefix = api === "market" ? "" : DEDICATED_APIS[api].idPrefix;
  const taskId = idPrefix + createHash("sha256").update(randomId(26)).digest("hex").slice(0, 32);
  const createdAt = world.now();
  const isSong = isSongModel(schema);
  const urlOf = (fileName: string) => resultUrl(world, taskId, fileName);
  return {
    taskId,
    api,
    model,
    input,
    ...(callBackUrl ? { callBackUrl } : {}),
    ...(failure ? { failure } : {}),
    sentinels,
    createdAt,
    ...timesOf(taskId, isSong ? "music" : schema.output, sentinels, createdAt, world.paced),
    credits,
    foreignUrls,
    result: buildResult({ schema, model, taskId, input, sentinels, createdAt, urlOf }),
    sunoStages: isSong && world.switches().sunoCallbacks === "legacy",
  };
}

function refuse(body: unknown, code: number): Answered {
  const isGateway = code >= 502 && code <= 504;
  return isGateway ? { response: gatewayError(code), body, answer: `HTTP ${code}` } : answered(body, refusedBy(code));
}

function isTooFast(world: KieWorld, traffic: CreateTraffic): boolean {
  const now = world.now();
  traffic.recent = traffic.recent.filter((at) => at > now - WINDOW_MS);
  if (traffic.recent.length >= CREATES_PER_WINDOW) return true;
  traffic.recent.push(now);
  return false;
}

/** `429:` refuses once, so that a caller who waits and tries again gets through. */
function passesSecondTime(traffic: CreateTraffic, { model, input, sentinels }: CreateDraft): boolean {
  if (sentinels.refuse !== 429) return false;
  const key = `${model} ${JSON.stringify(input)}`;
  if (traffic.refusedOnce.delete(key)) return true;
  traffic.refusedOnce.add(key);
  return false;
}
