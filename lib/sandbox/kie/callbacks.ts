import { createHmac } from "node:crypto";
import type { KieCallbackSummary } from "./control.ts";
import type { KieWorld } from "./world.ts";

interface CallbackRequest {
  taskId: string;
  stage: KieCallbackSummary["stage"];
  url: string;
  body: unknown;
  /** Virtual milliseconds of the next attempt. */
  dueAt: number;
  /** The id that the signature is made for, where it is not the task's. */
  signedId?: string;
  /** What is wrong with the signature. */
  signature?: "none" | "foreign" | "stale";
}

interface CallbackDocument extends CallbackRequest, KieCallbackSummary {}

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
    const { callbacksDown } = world.switches();
    if (callbacksDown) world.counts.hit("callbacks-down");
    const problem = callbacksDown ? "callbacks are switched off" : await post(callback);
    // Cut by `stop` or forgotten by `reset`: nothing is known about the attempt.
    if (stopping.signal.aborted || !world.get("callbacks", id)) return;
    const attempts = callback.attempts + 1;
    const retrySeconds = RETRY_SECONDS[attempts - 1];
    if (problem === undefined) world.put("callbacks", id, { ...callback, attempts, state: "delivered" });
    else if (retrySeconds === undefined) {
      world.put("callbacks", id, { ...callback, attempts, state: "abandoned" });
      const task = world.task(callback.taskId);
      if (task && callback.stage === "complete") world.put("tasks", task.taskId, { ...task, callbackAbandoned: true });
      world.counts.hit("callback-abandoned");
      note(`KIE: gave up calling back for task ${callback.taskId}: ${problem}`);
    } else {
      const dueAt = world.now() + world.paced(retrySeconds * SECOND_MS);
      world.put("callbacks", id, { ...callback, attempts, dueAt });
      schedule(id);
    }
  }

  /** What went wrong, or nothing. */
  async function post(callback: CallbackDocument): Promise<string | undefined> {
    try {
      const timeoutMs = world.options.callbackTimeoutMs ?? TIMEOUT_MS;
      const request = new Request(callback.url, {
        method: "POST",
        redirect: "manual",
        headers: { "content-type": "application/json", ...signatureOf(callback) },
        body: JSON.stringify(callback.body),
        signal: AbortSignal.any([AbortSignal.timeout(timeoutMs), stopping.signal]),
      });
      const response = await (world.options.deliver ?? fetch)(request);
      await response.arrayBuffer();
      return response.status === 200 ? undefined : `HTTP ${response.status}`;
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    }
  }

  /** @see https://docs.kie.ai: the body is not signed, and a retry carries a new timestamp. */
  function signatureOf({ taskId, signedId = taskId, signature }: CallbackDocument): Record<string, string> {
    const { hmacKey } = world.options;
    const { staleSignatures, unsignedCallbacks, foreignSignatures } = world.switches();
    const fault =
      signature ?? (unsignedCallbacks ? "none" : foreignSignatures ? "foreign" : staleSignatures ? "stale" : undefined);
    if (fault) world.counts.hit(`callback-signature-${fault}`);
    if (!hmacKey || fault === "none") return {};
    const key = fault === "foreign" ? `${hmacKey}-of-somebody-else` : hmacKey;
    const timestamp = String(Math.floor(world.now() / SECOND_MS) - (fault === "stale" ? STALE_SECONDS : 0));
    return {
      "X-Webhook-Timestamp": timestamp,
      "X-Webhook-Signature": createHmac("sha256", key).update(`${signedId}.${timestamp}`).digest("base64"),
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
