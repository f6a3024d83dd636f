import { createHmac } from "node:crypto";
import type { KieCallbackSummary } from "./control.ts";
import type { KieWorld } from "./world.ts";

interface CallbackDocument extends KieCallbackSummary {
  url: string;
  body: unknown;
  /** Virtual milliseconds of the next attempt. */
  dueAt: number;
}

interface CallbackRequest {
  taskId: string;
  stage: KieCallbackSummary["stage"];
  url: string;
  body: unknown;
  dueAt: number;
}

export interface CallbackSender {
  /** Writes a callback down (call it inside the transaction that causes it); `schedule` or `deliver` sends it. */
  add(request: CallbackRequest): string;
  schedule(id: string): void;
  /** One attempt now; resolves when it was answered or failed. A failed one is tried again by itself. */
  deliver(id: string): Promise<void>;
  list(): KieCallbackSummary[];
  /** Schedules everything that was pending when the process died, also what was on its way. */
  start(): void;
  /** Cuts what is on its way; it stays pending. */
  stop(): Promise<void>;
  /** Forgets the timers, not the documents. */
  reset(): void;
}

/** @see https://docs.kie.ai. The spacing is undocumented; this one lets a person watch all of the attempts within two minutes. */
const RETRY_SECONDS = [5, 20, 60] as const;
const TIMEOUT_MS = 15_000;
const STALE_SECONDS = 3_600;
const SECOND_MS = 1_000;

export function createCallbackSender(world: KieWorld): CallbackSender {
  const { clock, store, note } = world.context;
  const timers = new Map<string, { cancel(): void }>();
  const running = new Set<Promise<void>>();
  let stopping = new AbortController();

  function schedule(id: string): void {
    const callback = world.get<CallbackDocument>("callbacks", id);
    if (callback?.state !== "pending" || stopping.signal.aborted) return;
    timers.set(
      id,
      clock.at(new Date(callback.dueAt), () => deliver(id)),
    );
  }

  function deliver(id: string): Promise<void> {
    timers.get(id)?.cancel();
    timers.delete(id);
    const attempt = tryOnce(id).finally(() => running.delete(attempt));
    running.add(attempt);
    return attempt;
  }

  async function tryOnce(id: string): Promise<void> {
    const callback = world.get<CallbackDocument>("callbacks", id);
    if (callback?.state !== "pending") return;
    const problem = world.switches().callbacksDown ? "callbacks are switched off" : await post(callback);
    // Cut by `stop` or forgotten by `reset`: nothing is known about the attempt.
    if (stopping.signal.aborted || !world.get("callbacks", id)) return;
    const attempts = callback.attempts + 1;
    const retrySeconds = RETRY_SECONDS[attempts - 1];
    if (problem === undefined) world.put("callbacks", id, { ...callback, attempts, state: "delivered" });
    else if (retrySeconds === undefined) {
      world.put("callbacks", id, { ...callback, attempts, state: "abandoned" });
      const task = world.task(callback.taskId);
      if (task && callback.stage === "complete") world.put("tasks", task.taskId, { ...task, callbackAbandoned: true });
      note(`KIE: gave up calling back for task ${callback.taskId}: ${problem}`);
    } else {
      const dueAt = world.now() + world.paced(retrySeconds * SECOND_MS);
      world.put("callbacks", id, { ...callback, attempts, dueAt });
      schedule(id);
    }
  }

  /** What went wrong, or nothing. */
  async function post({ url, body, taskId }: CallbackDocument): Promise<string | undefined> {
    try {
      const response = await fetch(url, {
        method: "POST",
        redirect: "manual",
        headers: { "content-type": "application/json", ...signature(taskId) },
        body: JSON.stringify(body),
        signal: AbortSignal.any([AbortSignal.timeout(TIMEOUT_MS), stopping.signal]),
      });
      await response.arrayBuffer();
      return response.status === 200 ? undefined : `HTTP ${response.status}`;
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    }
  }

  /** @see https://docs.kie.ai: the body is not signed, and a retry carries a new timestamp. */
  function signature(taskId: string): Record<string, string> {
    const { hmacKey } = world.options;
    if (!hmacKey) return {};
    const age = world.switches().staleSignatures ? STALE_SECONDS : 0;
    const timestamp = String(Math.floor(world.now() / SECOND_MS) - age);
    return {
      "X-Webhook-Timestamp": timestamp,
      "X-Webhook-Signature": createHmac("sha256", hmacKey).update(`${taskId}.${timestamp}`).digest("base64"),
    };
  }

  return {
    add: (request) => {
      const id = String(store.next("kie-callbacks"));
      world.put<CallbackDocument>("callbacks", id, { ...request, attempts: 0, state: "pending" });
      return id;
    },
    schedule,
    deliver,
    list: () =>
      world
        .list<CallbackDocument>("callbacks")
        .map(({ document: { taskId, stage, attempts, state } }) => ({ taskId, stage, attempts, state })),
    start: () => {
      for (const { id } of world.list("callbacks")) schedule(id);
    },
    stop: async () => {
      stopping.abort();
      for (const timer of timers.values()) timer.cancel();
      timers.clear();
      await Promise.allSettled(running);
    },
    reset: () => {
      stopping.abort();
      stopping = new AbortController();
      for (const timer of timers.values()) timer.cancel();
      timers.clear();
    },
  };
}
