import type { CallbackSender } from "./callbacks.ts";
import { isReachable } from "./media-inputs.ts";
import { callbackBody, foreignIdOf } from "./records.ts";
import { sunoStageBody } from "./shapes/suno-music.ts";
import { FAILURES, type KieTask, SUNO_STAGES, type TaskOutcome } from "./task.ts";
import type { KieWorld } from "./world.ts";

export interface TaskRunner {
  /** Takes a task that was just put into the store to its end, the callbacks on the way included. */
  begin(task: KieTask): void;
  /** Ends a task now unless it has ended; resolves when its callback was answered or failed once. */
  finish(taskId: string): Promise<void>;
  start(): void;
  stop(): Promise<void>;
  reset(): void;
}

/** Its page tells of one callback. @see https://docs.kie.ai */
const WITHOUT_STAGES = "suno/replace-section";
const LATE_STAGE_MS = 1_000;
const SECOND_MS = 1_000;

/** How the callbacks of a task are signed, and for which id. */
function signingOf(task: KieTask): { signedId?: string; signature?: "none" | "foreign" | "stale" } {
  const { foreignId, signature } = task.sentinels;
  return { ...(foreignId ? { signedId: foreignIdOf(task) } : {}), ...(signature ? { signature } : {}) };
}

export function createTaskRunner(world: KieWorld, callbacks: CallbackSender): TaskRunner {
  const { clock, store } = world.context;
  const timers = new Map<string, { cancel(): void }>();
  const running = new Set<Promise<void>>();
  let stopped = false;

  function schedule(task: KieTask): void {
    if (task.finishAt === null || task.outcome) return;
    timers.set(
      task.taskId,
      clock.at(new Date(task.finishAt), () => finish(task.taskId)),
    );
  }

  function finish(taskId: string): Promise<void> {
    timers.get(taskId)?.cancel();
    timers.delete(taskId);
    const work = end(taskId).finally(() => running.delete(work));
    running.add(work);
    return work;
  }

  async function end(taskId: string): Promise<void> {
    const task = world.task(taskId);
    if (!task || task.outcome) return;
    const reached = await Promise.all(task.foreignUrls.map(isReachable));
    // The process may be on its way out, the sandbox emptied, or the task ended by hand while the URLs were asked.
    if (stopped || !world.task(taskId) || world.task(taskId)?.outcome) return;
    const failure = task.failure ?? (reached.includes(false) ? FAILURES.fetch : undefined);
    const completedAt = world.now();
    const outcome: TaskOutcome = failure
      ? { state: "fail", completedAt, ...failure }
      : { state: "success", completedAt };
    const ids = store.transaction(() => settle(task, outcome));
    for (const id of ids) await callbacks.deliver(id);
  }

  function settle(task: KieTask, outcome: TaskOutcome): string[] {
    world.put<KieTask>("tasks", task.taskId, { ...task, outcome });
    if (outcome.state === "fail") world.bookTask(task.credits);
    if (outcome.state === "fail" && task.sunoStages && task.emptyErrorList) world.counts.hit("empty-suno-error");
    const { callBackUrl: url, sentinels, taskId } = task;
    if (!url || sentinels.lostCallback) return [];
    const body = callbackBody(task, outcome, world.credits());
    const { repeatSunoComplete, lateSunoText, reverseSunoStages, callbackDelaySeconds } = world.switches();
    const delaySeconds = sentinels.callbackDelaySeconds ?? callbackDelaySeconds;
    const dueAt = outcome.completedAt + delaySeconds * SECOND_MS;
    const request = { ...signingOf(task), taskId, stage: "complete", url, body, dueAt } as const;
    const isTwice = sentinels.twice || (task.sunoStages && repeatSunoComplete);
    if (isTwice) world.counts.hit("callback-twice");
    if (task.sunoStages && lateSunoText) {
      world.counts.hit("late-suno-text");
      stageLater(task, url, "text", dueAt + world.paced(LATE_STAGE_MS));
    }
    if (hasStages(task) && reverseSunoStages && outcome.state === "success") {
      world.counts.hit("callbacks-reversed");
      stageLater(task, url, "first", dueAt + world.paced(LATE_STAGE_MS));
      stageLater(task, url, "text", dueAt + world.paced(2 * LATE_STAGE_MS));
    }
    const ids = isTwice ? [callbacks.add(request), callbacks.add(request)] : [callbacks.add(request)];
    if (delaySeconds === 0) return ids;
    world.counts.hit("callback-late");
    for (const id of ids) callbacks.schedule(id);
    return [];
  }

  function stageLater(task: KieTask, url: string, stage: "text" | "first", dueAt: number): void {
    const { taskId } = task;
    const body = sunoStageBody(task, stage);
    callbacks.schedule(callbacks.add({ ...signingOf(task), taskId, stage, url, body, dueAt }));
  }

  const hasStages = (task: KieTask): boolean =>
    task.sunoStages && task.model !== WITHOUT_STAGES && !world.switches().skipSunoStages;

  function announceStages(task: KieTask): void {
    const { callBackUrl: url, finishAt, createdAt } = task;
    const isSilent = !url || finishAt === null || task.failure || task.sentinels.lostCallback;
    if (task.sunoStages && world.switches().skipSunoStages) world.counts.hit("skipped-suno-stages");
    if (!hasStages(task) || isSilent || world.switches().reverseSunoStages) return;
    for (const stage of ["text", "first"] as const) {
      stageLater(task, url, stage, Math.round(createdAt + (finishAt - createdAt) * SUNO_STAGES[stage]));
    }
  }

  return {
    begin: (task) => {
      announceStages(task);
      schedule(task);
    },
    finish,
    start: () => {
      for (const { document } of world.list<KieTask>("tasks")) schedule(document);
    },
    stop: async () => {
      stopped = true;
      for (const timer of timers.values()) timer.cancel();
      timers.clear();
      await Promise.allSettled(running);
    },
    reset: () => {
      for (const timer of timers.values()) timer.cancel();
      timers.clear();
    },
  };
}
