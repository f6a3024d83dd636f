import type { SandboxContext, Simulator } from "../context.ts";
import { createCallbackSender } from "./callbacks.ts";
import { handleCatalogue, newCatalogueTraffic, setSuccessRate } from "./catalogue.ts";
import { alterationsOf, alterCatalogue, resetCatalogue } from "./catalogue-alterations.ts";
import type { KieControl, KieTaskSummary } from "./control.ts";
import type { Target } from "./create-request.ts";
import { type CreateTraffic, createTask, newTraffic } from "./create-task.ts";
import { createEdge } from "./edge.ts";
import { type Answered, answered, refusedBy } from "./envelope.ts";
import { handleFile } from "./files.ts";
import { credit, dedicatedRecord, downloadUrl, recordInfo } from "./market-routes.ts";
import { OPERATIONS } from "./operations.ts";
import { createTaskRunner } from "./runner.ts";
import { wordsToSentinels } from "./sentinels.ts";
import { DEFAULT_SWITCHES, type KieViolation } from "./switches.ts";
import { type KieTask, stateOf } from "./task.ts";
import { handleUpload } from "./upload-routes.ts";
import { createKieWorld, type KieOptions } from "./world.ts";

type Route = (request: Request) => Promise<Answered>;

/**
 * KIE.ai behind HTTP: the market API, the dedicated endpoints (operations.ts), the catalogue, credits, uploads, result
 * files and callbacks. What it answers was written after KIE's documents and recordings made by others; nobody compared
 * it with the live service.
 *
 * It does not imitate: Midjourney, Luma and the dedicated recovery of songs (404); limits on uploads, and on record
 * queries unless a switch sets them;
 * queueing by load; moderation; the content of media (a result shows the prompt, a song is a random tune, its notes are
 * not transcribed); `output_format` and sizes (pictures are PNG of at most 640 pixels, videos silent and at most 3
 * seconds, speech is a tune, songs are 5 and 7 seconds long); limits on the length and the pixels of input media; rules
 * that the documents tell in words only, but for those in spans.ts; the time real generations take; IP allowlists;
 * cookies; failures of its own. That the 4K of a clip has a task id of its own is a guess.
 *
 * Magic words at the beginning of a text are in sentinels.ts, lasting faults in switches.ts, faults of single calls in
 * edge.ts. State is in the store; faults of single calls are in memory.
 */
export function createKieSimulator(context: SandboxContext, options: KieOptions): Simulator & KieControl {
  const world = createKieWorld(context, options);
  const callbacks = createCallbackSender(world);
  const runner = createTaskRunner(world, callbacks);
  let traffic: CreateTraffic = newTraffic();
  let catalogueTraffic = newCatalogueTraffic();
  const edge = createEdge(world);

  const create = (target: Target) => (request: Request) => createTask(world, runner, traffic, target, request);
  const recordPaths = new Set(OPERATIONS.flatMap(({ record }) => (record ? [record.path] : [])));
  const routes: Readonly<Record<string, Route>> = {
    "POST /api/v1/jobs/createTask": create("market"),
    "GET /api/v1/jobs/recordInfo": (request) => recordInfo(world, request),
    ...Object.fromEntries(OPERATIONS.map((operation) => [`${operation.method} ${operation.path}`, create(operation)])),
    ...Object.fromEntries(
      [...recordPaths].map((path) => [`GET ${path}`, (request: Request) => dedicatedRecord(world, path, request)]),
    ),
    "GET /api/v1/chat/credit": (request) => credit(world, request),
    "POST /api/v1/common/download-url": (request) => downloadUrl(world, request),
  };

  function route(request: Request): { method: string; work: () => Promise<Answered> } {
    const { pathname } = new URL(request.url);
    const below = (prefix: string) => (pathname.startsWith(`${prefix}/`) ? pathname.slice(prefix.length) : undefined);
    const uploadPath = below(options.uploadPrefix);
    if (uploadPath) {
      return { method: `${request.method} ${uploadPath}`, work: () => handleUpload(world, request, uploadPath) };
    }
    const filePath = below(options.filesPrefix);
    if (filePath) {
      const work = () => handleFile(world, request, decodePath(filePath.slice(1)));
      return { method: `${request.method} ${options.filesPrefix}${filePath}`, work };
    }
    const path = below(options.prefix) ?? pathname;
    const method = `${request.method} ${path}`;
    const handler = routes[method] ?? (async () => answered(null, refusedBy(404), 404));
    return { method, work: () => handleCatalogue(world, catalogueTraffic, request, path) ?? handler(request) };
  }

  async function handle(request: Request): Promise<Response> {
    const at = world.now();
    const { method, work } = route(request);
    const { response, body, answer } = await edge.pass(method, request.signal, work);
    context.calls.record({ service: "kie", method, body: body ?? null, answer, at, durationMs: world.now() - at });
    return response;
  }

  const summaryOf = (task: KieTask): KieTaskSummary => ({
    taskId: task.taskId,
    api: task.api,
    model: task.model,
    input: task.input,
    ...(task.callBackUrl ? { callBackUrl: task.callBackUrl } : {}),
    createdAt: task.createdAt,
    state: stateOf(task, world.now()),
    creditsConsumed: task.outcome?.state === "fail" ? 0 : task.credits,
    sentinels: task.sentinels,
  });
  const tasks = () => world.list<KieTask>("tasks").map(({ document }) => summaryOf(document));

  return {
    handle,
    start: () => {
      runner.start();
      callbacks.start();
    },
    stop: async () => {
      edge.stop();
      await Promise.all([runner.stop(), callbacks.stop()]);
    },
    reset: () => {
      runner.reset();
      callbacks.reset();
      traffic = newTraffic();
      catalogueTraffic = newCatalogueTraffic();
      edge.clear();
      context.store.transaction(world.forgetEverything);
    },
    tasks,
    createdCount: (filter = () => true) => tasks().filter(filter).length,
    callbacks: callbacks.list,
    violations: () => world.list<KieViolation>("violations").map(({ document }) => document),
    finish: runner.finish,
    credits: world.credits,
    setCredits: (credits) => world.changeCredits(credits - world.credits()),
    switches: world.switches,
    setSwitches: world.setSwitches,
    catalogue: () => alterationsOf(world),
    alterCatalogue: (alterations) => alterCatalogue(world, alterations),
    resetCatalogue: () => resetCatalogue(world),
    setSuccessRate: (model, rate) => setSuccessRate(world, model, rate),
    next: edge.next,
    nextTask: (words, times = 1) => {
      // Read now, so that a slip is told to whoever made it.
      wordsToSentinels(words);
      for (let count = 0; count < times; count += 1) traffic.nextWords.push(words);
    },
    loseNextUploads: (count = 1) => world.loseUploads(count),
    nextTasks: () => [...traffic.nextWords],
    left: (what) => {
      if (what === "refuse") return traffic.nextFailures.length;
      if (what === "drop") return traffic.dropsLeft;
      return what === "lose-upload" ? world.uploadsToLose() : edge.left(what);
    },
    injected: world.counts.all,
    clearFaults: () => {
      edge.clear();
      world.loseUploads(0);
      world.setSwitches(DEFAULT_SWITCHES);
      traffic = { ...newTraffic(), recent: traffic.recent };
    },
    failNextCreate: (code) => {
      traffic.nextFailures.push(code);
    },
    dropNextCreates: (count) => {
      traffic.dropsLeft += count;
    },
  };
}

function decodePath(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}
