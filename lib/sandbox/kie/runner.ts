import type { CallbackSender } from "./callbacks.ts";
import { isReachable } from "./media-inputs.ts";
import { callbackBody } from "./records.ts";
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
const LATE_TEXT_MS = 1_000;

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
    if (outcome.state === "fail") world.changeCredits(task.credits);
    const { callBackUrl: url, sentinels, taskId } = task;
    if (!url || sentinels.lostCallback) return [];
    const body = callbackBody(task, outcome, world.credits());
    const request = { taskId, stage: "complete", url, body, dueAt: outcome.completedAt } as const;
    const { repeatSunoComplete, lateSunoText } = world.switches();
    const isTwice = sentinels.twice || (task.sunoStages && repeatSunoComplete);
    if (task.sunoStages && lateSunoText) {
      const dueAt = outcome.completedAt + world.paced(LATE_TEXT_MS);
      callbacks.schedule(callbacks.add({ taskId, stage: "text", url, body: sunoStageBody(task, "text"), dueAt }));
    }
    return isTwice ? [callbacks.add(request), callbacks.add(request)] : [callbacks.add(request)];
  }

  function announceStages(task: KieTask): void {
    const { callBackUrl: url, finishAt, taskId, createdAt } = task;
    const isSilent = !url || finishAt === null || task.failure || task.sentinels.lostCallback;
    const hasStages = task.sunoStages && task.model !== WITHOUT_STAGES;
    if (!hasStages || isSilent || world.switches().skipSunoStages) return;
    for (const stage of ["text", "first"] as const) {
      const dueAt = Math.round(createdAt + (finishAt - createdAt) * SUNO_STAGES[stage]);
      callbacks.schedule(callbacks.add({ taskId, stage, url, body: sunoStageBody(task, stage), dueAt }));
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
