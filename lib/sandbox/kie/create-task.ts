import { createHash } from "node:crypto";
import { randomId } from "../../shared/ids.ts";
import { cutConnection, readJson } from "../http.ts";
import { currentSchemas } from "./catalogue-alterations.ts";
import { type CreateDraft, NO_SUCH_MODEL, readCreateRequest, type Target } from "./create-request.ts";
import {
  type Answered,
  accepted,
  answered,
  type Envelope,
  gatewayError,
  hasKey,
  refused,
  refusedBy,
} from "./envelope.ts";
import { resultUrl } from "./files.ts";
import { ID_PREFIXES } from "./operations.ts";
import { buildResult, isSongModel } from "./results.ts";
import type { TaskRunner } from "./runner.ts";
import { type Sentinels, tagsOf, wordsToSentinels } from "./sentinels.ts";
import { synchronousData } from "./synchronous.ts";
import { type KieTask, timesOf } from "./task.ts";
import { beganUpgrade, upgradeState } from "./veo-upgrades.ts";
import type { KieWorld } from "./world.ts";

/** Faults for the next creates and the rate window. In memory: a restart forgets them. */
export interface CreateTraffic {
  nextFailures: number[];
  dropsLeft: number;
  /** Magic words for the next tasks, the first of them first. */
  nextWords: string[];
  /** Virtual milliseconds of the creates of the last 10 seconds. */
  recent: number[];
  /** Prompts that were refused with 429 and pass at the next attempt. */
  refusedOnce: Set<string>;
  /** By a text with `gone-route:`, the route that saw it first. */
  goneRoutes: Map<string, string>;
}

export const newTraffic = (): CreateTraffic => ({
  nextFailures: [],
  dropsLeft: 0,
  nextWords: [],
  recent: [],
  refusedOnce: new Set(),
  goneRoutes: new Map(),
});

/** @see https://docs.kie.ai */
const CREATES_PER_WINDOW = 20;
const WINDOW_MS = 10_000;
const UNREADABLE = '<<garbage>> {"code":200,"data":{"taskId":';

/** `POST /api/v1/jobs/createTask` and every dedicated create endpoint. @see https://docs.kie.ai */
export async function createTask(
  world: KieWorld,
  runner: TaskRunner,
  traffic: CreateTraffic,
  target: Target,
  request: Request,
): Promise<Answered> {
  const body = request.method === "GET" ? readQuery(request) : await readJson(request);
  if (!hasKey(world, request)) return answered(body, refusedBy(401));
  const begun = target !== "market" && target.isAskedAgain ? upgradeState(world, target.models[0], body) : undefined;
  if (begun) return answered(body, begun);
  const forced = traffic.nextFailures.shift();
  if (forced !== undefined) {
    world.counts.hit("refused-create");
    return refuse(body, forced);
  }
  const { maintenance, keyCapReached, keyCapCredits, everyTask } = world.switches();
  const refusedAs = (code: number, fault: string): Answered => {
    world.counts.hit(fault);
    return answered(body, refusedBy(code));
  };
  if (isTooFast(world, traffic)) return refusedAs(429, "create-rate");
  if (maintenance) return refusedAs(455, "maintenance");
  if (keyCapReached) return refusedAs(433, "key-cap");

  const imposed = (): Sentinels => {
    if (everyTask !== "") world.counts.hit("every-task");
    return { ...wordsToSentinels(everyTask), ...wordsToSentinels(traffic.nextWords.shift() ?? "") };
  };
  const read = readCreateRequest(world, currentSchemas(world), target, body, imposed);
  if ("refusal" in read) {
    const { code, message, data } = read.refusal;
    return answered(body, refused(code, message, data));
  }
  const { draft } = read;
  for (const tag of tagsOf(draft.sentinels)) world.counts.hit(tag);
  if (isGoneHere(traffic, draft)) return answered(body, refused(422, NO_SUCH_MODEL));
  if (draft.sentinels.unsent) {
    return { response: cutConnection(), body, answer: { connection: "cut before anything happened" } };
  }
  if (draft.sentinels.gatewayError) return refuse(body, 502);
  if (draft.sentinels.refuse !== undefined && !passesSecondTime(traffic, draft)) {
    return refuse(body, draft.sentinels.refuse);
  }
  if (keyCapCredits !== null && world.spent() + draft.credits > keyCapCredits) return refusedAs(433, "key-cap");
  if (world.credits() < draft.credits) {
    world.counts.hit("no-credits");
    return answered(body, noCredits(draft));
  }
  const isAtOnce = target !== "market" && target.record === undefined && !target.isAskedAgain;
  if (isAtOnce && draft.failure) return answered(body, refused(Number(draft.failure.failCode), draft.failure.failMsg));
  return accept(world, runner, traffic, body, draft, isAtOnce);
}

async function accept(
  world: KieWorld,
  runner: TaskRunner,
  traffic: CreateTraffic,
  body: unknown,
  draft: CreateDraft,
  isAtOnce: boolean,
): Promise<Answered> {
  const task = taskOf(world, draft);
  const { taskId, sentinels } = task;
  world.context.store.transaction(() => {
    world.put<KieTask>(
      "tasks",
      taskId,
      isAtOnce ? { ...task, outcome: { state: "success", completedAt: world.now() } } : task,
    );
    world.bookTask(-task.credits);
    for (const song of task.result.songs ?? []) world.put("songs", song.id, { taskId });
    if (!isAtOnce) runner.begin(task);
  });
  if (sentinels.early && !isAtOnce) await runner.finish(taskId);

  const answer = isAtOnce ? accepted(synchronousData(task, world.credits())) : createdAnswer(task);
  const isDropped = sentinels.lost || traffic.dropsLeft > 0;
  if (traffic.dropsLeft > 0) {
    traffic.dropsLeft -= 1;
    world.counts.hit("lost");
  }
  if (sentinels.silent) return { ...answered(body, answer), isSilent: true };
  if (isDropped) return { response: cutConnection(), body, answer: { connection: "cut", unsent: answer } };
  if (sentinels.garbage) return { response: new Response(UNREADABLE), body, answer: UNREADABLE };
  return answered(body, answer);
}

function createdAnswer(task: KieTask): Envelope {
  const { taskId, api, sentinels } = task;
  const upgrade = beganUpgrade(task);
  if (upgrade) return upgrade;
  const recordId = api === "market" ? { recordId: taskId } : {};
  return accepted({ taskId, ...recordId, ...(sentinels.extra ? { sandboxExtra: true } : {}) });
}

/** The endpoint for lyrics calls it 429, which elsewhere means "too many requests". @see https://docs.kie.ai */
function noCredits({ model }: CreateDraft): Envelope {
  return model === "suno/lyrics" ? { ...refusedBy(402), code: 429 } : refusedBy(402);
}

/** The one GET that begins something has its fields in the address. */
function readQuery(request: Request): Record<string, unknown> {
  const { index, ...others } = Object.fromEntries(new URL(request.url).searchParams);
  return { ...others, ...(index === undefined ? {} : { index: Number(index) }) };
}

function taskOf(world: KieWorld, draft: CreateDraft): KieTask {
  const { api, model, schema, input, sentinels, credits, foreignUrls, callBackUrl, failure, source } = draft;
  const idPrefix = api === "market" ? "" : ID_PREFIXES[api];
  const taskId = idPrefix + createHash("sha256").update(randomId(26)).digest("hex").slice(0, 32);
  const createdAt = world.now();
  const isSong = isSongModel(schema);
  const { sunoCallbacks, emptySunoErrors } = world.switches();
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
    result: buildResult({ schema, model, taskId, input, sentinels, createdAt, urlOf, ...(source ? { source } : {}) }),
    sunoStages: isSong && (api === "suno" || sunoCallbacks === "legacy"),
    ...(emptySunoErrors ? { emptyErrorList: true } : {}),
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

/** `gone-route:` is an unknown model where the text arrives first, and known everywhere else. */
function isGoneHere(traffic: CreateTraffic, { api, model, sentinels: { goneRoute } }: CreateDraft): boolean {
  if (goneRoute === undefined) return false;
  const route = `${api} ${model}`;
  const first = traffic.goneRoutes.get(goneRoute) ?? route;
  traffic.goneRoutes.set(goneRoute, first);
  return first === route;
}
