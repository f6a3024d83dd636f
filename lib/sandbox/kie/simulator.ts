import { KIE_APIS, type KieApi } from "../../shared/kie-api.ts";
import type { SandboxContext, Simulator } from "../context.ts";
import { createCallbackSender } from "./callbacks.ts";
import type { KieControl, KieTaskSummary, KieViolation } from "./control.ts";
import { type CreateTraffic, createTask, newTraffic } from "./create-task.ts";
import { DEDICATED_APIS } from "./dedicated-apis.ts";
import { type Answered, answered, refusedBy } from "./envelope.ts";
import { handleFile } from "./files.ts";
import { credit, downloadUrl, recordInfo } from "./market-routes.ts";
import { createTaskRunner } from "./runner.ts";
import { type KieTask, stateOf } from "./task.ts";
import { handleUpload } from "./upload-routes.ts";
import { createKieWorld, type KieOptions } from "./world.ts";

type Route = (request: Request) => Promise<Answered>;

/**
 * KIE.ai behind HTTP: the market API, the dedicated endpoints of Veo, Flux Kontext and 4o Image (create and record),
 * credits, uploads, result files and callbacks. What it answers was written after KIE's documents and recordings made by
 * others; nobody compared it with the live service.
 *
 * It does not imitate: other dedicated endpoints and the catalogue endpoints (404); limits on record queries and
 * uploads; queueing by load; moderation; the content of media (a result shows the prompt, a song is a random tune);
 * `output_format` and sizes (pictures are PNG of at most 640 pixels, videos silent and at most 3 seconds, speech is a
 * tune); limits on the length and the pixels of input media; soft rules that the documents tell in words only; the time
 * real generations take; IP allowlists; cookies; failures of its own.
 *
 * Magic words at the beginning of a text are in sentinels.ts, lasting faults in control.ts. State is in the store.
 */
export function createKieSimulator(context: SandboxContext, options: KieOptions): Simulator & KieControl {
  const world = createKieWorld(context, options);
  const callbacks = createCallbackSender(world);
  const runner = createTaskRunner(world, callbacks);
  let traffic: CreateTraffic = newTraffic();

  function taskRoutes(api: KieApi): [string, Route][] {
    const [create, record] =
      api === "market"
        ? ["/api/v1/jobs/createTask", "/api/v1/jobs/recordInfo"]
        : [`${DEDICATED_APIS[api].path}/generate`, `${DEDICATED_APIS[api].path}/record-info`];
    return [
      [`POST ${create}`, (request) => createTask(world, runner, traffic, api, request)],
      [`GET ${record}`, (request) => recordInfo(world, api, request)],
    ];
  }

  const routes: Readonly<Record<string, Route>> = {
    ...Object.fromEntries(KIE_APIS.flatMap(taskRoutes)),
    "GET /api/v1/chat/credit": (request) => credit(world, request),
    "POST /api/v1/common/download-url": (request) => downloadUrl(world, request),
  };

  function route(request: Request): { method: string; answer: Promise<Answered> } {
    const { pathname } = new URL(request.url);
    const below = (prefix: string) => (pathname.startsWith(`${prefix}/`) ? pathname.slice(prefix.length) : undefined);
    const uploadPath = below(options.uploadPrefix);
    if (uploadPath) {
      return { method: `${request.method} ${uploadPath}`, answer: handleUpload(world, request, uploadPath) };
    }
    const filePath = below(options.filesPrefix);
    if (filePath) {
      const answer = handleFile(world, request, decodePath(filePath.slice(1)));
      return { method: `${request.method} ${options.filesPrefix}${filePath}`, answer };
    }
    const method = `${request.method} ${below(options.prefix) ?? pathname}`;
    const handler = routes[method] ?? (async () => answered(null, refusedBy(404), 404));
    return { method, answer: handler(request) };
  }

  async function handle(request: Request): Promise<Response> {
    const at = world.now();
    const { method, answer: pending } = route(request);
    const { response, body, answer } = await pending;
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
      await Promise.all([runner.stop(), callbacks.stop()]);
    },
    reset: () => {
      runner.reset();
      callbacks.reset();
      traffic = newTraffic();
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
