import { answer, receiveWebhook } from "../http/receive.ts";
import { jobSchema, type LightJob } from "../queue/jobs.ts";
import type { App } from "../services/app.ts";
import { advanceGeneration } from "../services/generation/advance.ts";
import { assertNever } from "../shared/assert-never.ts";

/** Of real time, far below the function's own limit; what is left is done by the next job. */
const SYNC_BUDGET_MS = 40_000;

/**
 * Deliveries of the queue, signed. The work is done before the answer, so that a failure (500) is delivered again.
 */
export function jobDelivery(request: Request, app: App): Promise<Response> {
  return receiveWebhook(request, {
    log: app.log,
    verify: (incoming, body) => app.queue.verify({ body, signature: incoming.headers.get("upstash-signature") }),
    schema: jobSchema,
    about: ({ name, ...ids }) => ({ job: name, ...ids }),
    run: async (job) => answer(200, { ok: true, ...(await runJob(app, job)) }),
  });
}

async function runJob(app: App, job: LightJob): Promise<Record<string, unknown>> {
  switch (job.name) {
    case "advance-generation":
      await advanceGeneration(app, job.generationId);
      return {};
    case "advance-batch": {
      const { advanceBatch } = await import("../services/batch/advance.ts");
      await advanceBatch(app, job.batchId);
      return {};
    }
    case "drain-queue": {
      const { drainQueue } = await import("../services/queue/drain.ts");
      return await drainQueue(app);
    }
    case "probe-selling": {
      const { probeSelling } = await import("../services/breaker/probe.ts");
      return { answer: await probeSelling(app) };
    }
    // Rare beside the first one, and large: read when they are wanted, so that a result does not wait for them.
    case "sweep": {
      const { sweep } = await import("../services/sweep/sweep.ts");
      return await sweep(app);
    }
    case "archive-generation": {
      const { archiveGeneration } = await import("../services/archive/archive-generation.ts");
      await archiveGeneration(app, job.generationId);
      return {};
    }
    case "sync-catalog": {
      const { syncCatalog } = await import("../services/catalog/sync.ts");
      return await syncCatalog(app, { deadline: AbortSignal.timeout(SYNC_BUDGET_MS) });
    }
    default:
      return assertNever(job);
  }
}
