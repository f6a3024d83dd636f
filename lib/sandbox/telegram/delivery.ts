/**
 * Updates on their way to the bot: queues as the real server keeps them (per chat for messages, per user for callback
 * queries), strict order inside a queue, retries in virtual time, everything pending in the store.
 */
import type { TelegramUpdate } from "@gramio/types/objects";
import { SECOND_MS } from "../../shared/clock.ts";
import type { SandboxContext } from "../context.ts";
import type { FaultPlan } from "./faults.ts";
import type { StoredUpdate, TelegramState, WebhookConfig } from "./state.ts";

/** The real server's idle limit of a webhook connection; real time, because a socket knows no other. */
const RESPONSE_TIMEOUT_MS = 60_000;
const MAX_RETRY_AFTER_SECONDS = 3_600;
const NOT_BY_DEFAULT = ["chat_member", "message_reaction", "message_reaction_count"];

type Outcome = "delivered" | "stopped" | { failure: string; retryAfterSeconds?: number };

export interface DeliveryOptions {
  faults: FaultPlan;
  /** Executes a method call found in a webhook's response. */
  runResponse: (response: Response) => Promise<void>;
  /** Carries an update to the webhook; rejects when nobody answers. */
  deliver: (request: Request) => Promise<Response>;
}

export class Delivery {
  readonly #context: SandboxContext;
  readonly #state: TelegramState;
  readonly #options: DeliveryOptions;
  readonly #queues = new Map<string, StoredUpdate[]>();
  readonly #pumps = new Map<string, Promise<void>>();
  readonly #timers = new Map<string, { cancel(): void }>();
  readonly #watchers = new Map<number, () => void>();
  #stopping = new AbortController();
  #openConnections = 0;
  #waitingForConnection: (() => void)[] = [];
  #waitingForUpdates: (() => void)[] = [];

  constructor(context: SandboxContext, state: TelegramState, options: DeliveryOptions) {
    this.#context = context;
    this.#state = state;
    this.#options = options;
    for (const stored of state.updates()) this.#append(stored);
  }

  /**
   * Puts an update at the end of its queue. The promise resolves when it was delivered or dropped, or when its queue
   * has to wait (a failing webhook, none at all): whoever awaits it sees what the bot has done by then.
   *
   * @param delaySeconds the update sets out so much later.
   */
  async enqueue(
    queue: string,
    ttlSeconds: number,
    content: Omit<TelegramUpdate, "update_id">,
    delaySeconds = 0,
  ): Promise<void> {
    const allowed = this.#state.settings().allowedUpdates ?? [];
    const isWanted = Object.keys(content).every((name) =>
      allowed.length === 0 ? !NOT_BY_DEFAULT.includes(name) : allowed.includes(name),
    );
    if (!isWanted) return;
    const { faults } = this.#options;
    const setsOutIn = delaySeconds + (faults.takeUpdate(queue, "update-late")?.seconds ?? 0);
    const stored: StoredUpdate = {
      update: { update_id: this.#state.nextUpdateId(), ...content },
      queue,
      expiresAtMs: this.#nowMs() + ttlSeconds * SECOND_MS,
      attempts: 0,
      notBeforeMs: setsOutIn === 0 ? 0 : this.#nowMs() + setsOutIn * SECOND_MS,
      copies: faults.takeUpdate(queue, "update-twice") ? 2 : 1,
    };
    this.#state.putUpdate(stored);
    this.#append(stored);
    for (const wake of this.#waitingForUpdates.splice(0)) wake();
    const delivered = new Promise<void>((resolve) => this.#watchers.set(stored.update.update_id, resolve));
    await Promise.race([delivered, this.#pump(queue)]);
    this.#watchers.delete(stored.update.update_id);
  }

  /** Not yet acknowledged and not expired, by rising id. */
  pending(): TelegramUpdate[] {
    for (const queue of this.#queues.values()) {
      for (const stored of [...queue]) if (stored.expiresAtMs <= this.#nowMs()) this.#remove(stored);
    }
    return [...this.#queues.values()]
      .flatMap((queue) => queue.map(({ update }) => update))
      .sort((a, b) => a.update_id - b.update_id);
  }

  /** What getUpdates does: forgets everything below `offset` and shows the next ones. */
  take(offset: number, limit: number): TelegramUpdate[] {
    const all = this.pending();
    const from = offset < 0 ? (all.at(offset)?.update_id ?? all[0]?.update_id ?? 0) : offset;
    for (const queue of this.#queues.values()) {
      for (const stored of [...queue]) if (stored.update.update_id < from) this.#remove(stored);
    }
    return this.pending().slice(0, limit);
  }

  /** Resolves at the next update, after the timeout (real time), or when the sandbox stops. */
  async nextUpdate(timeoutMs: number): Promise<void> {
    if (timeoutMs <= 0 || this.#stopping.signal.aborted) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, timeoutMs);
      timer.unref();
      this.#waitingForUpdates.push(() => {
        clearTimeout(timer);
        resolve();
      });
    });
  }

  dropPending(): void {
    for (const queue of this.#queues.values()) for (const stored of [...queue]) this.#remove(stored);
  }

  /** A new webhook address is tried at once with everything that waits. */
  webhookChanged(): void {
    for (const queue of this.#queues.values()) {
      for (const stored of queue) {
        if (stored.notBeforeMs === 0 && stored.attempts === 0) continue;
        stored.notBeforeMs = 0;
        stored.attempts = 0;
        this.#state.putUpdate(stored);
      }
    }
    this.start();
  }

  start(): void {
    for (const name of this.#queues.keys()) void this.#pump(name);
  }

  /** Resolves when no delivery is under way; what waits for a later moment does not count. */
  async idle(): Promise<void> {
    while (this.#pumps.size > 0) await Promise.all(this.#pumps.values());
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    for (const timer of this.#timers.values()) timer.cancel();
    this.#timers.clear();
    for (const wake of [...this.#waitingForUpdates.splice(0), ...this.#waitingForConnection.splice(0)]) wake();
    await this.idle();
  }

  /** Forgets what is pending; the store is emptied by its owner. A delivery under way ends without an effect. */
  reset(): void {
    const wasStopped = this.#stopping.signal.aborted;
    this.#stopping.abort();
    if (!wasStopped) this.#stopping = new AbortController();
    for (const timer of this.#timers.values()) timer.cancel();
    this.#timers.clear();
    this.#queues.clear();
    this.#pumps.clear();
  }

  #nowMs = (): number => this.#context.clock.now().getTime();

  #append(stored: StoredUpdate): void {
    const queue = this.#queues.get(stored.queue);
    if (queue) queue.push(stored);
    else this.#queues.set(stored.queue, [stored]);
  }

  #remove(stored: StoredUpdate): void {
    this.#state.deleteUpdate(stored.update.update_id);
    const left = this.#queues.get(stored.queue)?.filter((other) => other !== stored) ?? [];
    if (left.length > 0) this.#queues.set(stored.queue, left);
    else this.#queues.delete(stored.queue);
    this.#watchers.get(stored.update.update_id)?.();
  }

  #pump(name: string): Promise<void> {
    const running = this.#pumps.get(name);
    if (running) return running;
    const pump = this.#run(name);
    this.#pumps.set(name, pump);
    return pump;
  }

  async #run(name: string): Promise<void> {
    const stopping = this.#stopping.signal;
    // The caller registers this run before it can end.
    await Promise.resolve();
    try {
      for (;;) {
        const head = this.#queues.get(name)?.[0];
        const webhook = this.#state.settings().webhook;
        if (!head || !webhook || stopping.aborted) return;
        if (head.expiresAtMs <= this.#nowMs()) {
          this.#context.note(`Telegram: update ${head.update.update_id} expired undelivered`);
          this.#remove(head);
          continue;
        }
        if (head.notBeforeMs > this.#nowMs()) return this.#wakeAt(name, head.notBeforeMs);
        const outcome = await this.#attempt(head, webhook, stopping);
        if (outcome === "stopped" || stopping.aborted) return;
        if (outcome === "delivered") this.#acknowledge(head);
        else this.#postpone(head, outcome);
      }
    } catch (error) {
      this.#context.note(`Telegram: delivery of ${name} failed: ${String(error)}`);
    } finally {
      // After a reset the queue of this name belongs to another run.
      if (this.#stopping.signal === stopping) this.#pumps.delete(name);
    }
  }

  #wakeAt(name: string, atMs: number): void {
    this.#timers.get(name)?.cancel();
    const timer = this.#context.clock.at(new Date(atMs), () => {
      this.#timers.delete(name);
      return this.#pump(name);
    });
    this.#timers.set(name, timer);
  }

  #acknowledge(head: StoredUpdate): void {
    head.copies -= 1;
    head.attempts = 0;
    if (head.copies > 0) this.#state.putUpdate(head);
    else this.#remove(head);
  }

  #postpone(head: StoredUpdate, { failure, retryAfterSeconds }: { failure: string; retryAfterSeconds?: number }): void {
    head.attempts += 1;
    const delaySeconds = retryAfterSeconds ?? retryDelaySeconds(head.attempts, head.update.update_id);
    head.notBeforeMs = this.#nowMs() + delaySeconds * SECOND_MS;
    this.#state.putUpdate(head);
    const settings = this.#state.settings();
    if (!settings.webhook) return;
    const lastErrorAt = Math.floor(this.#nowMs() / SECOND_MS);
    this.#state.putSettings({ ...settings, webhook: { ...settings.webhook, lastErrorAt, lastErrorMessage: failure } });
  }

  async #attempt(head: StoredUpdate, webhook: WebhookConfig, stopping: AbortSignal): Promise<Outcome> {
    while (this.#openConnections >= webhook.maxConnections && !stopping.aborted) {
      await new Promise<void>((resolve) => this.#waitingForConnection.push(resolve));
    }
    if (stopping.aborted) return "stopped";
    const { faults, deliver } = this.#options;
    if (faults.webhookDown) faults.hit("webhook-down");
    if (faults.webhookDown || faults.takeUpdate(head.queue, "update-unreachable")) {
      return { failure: "Connection refused or broken" };
    }
    this.#openConnections += 1;
    try {
      const request = new Request(webhook.url, {
        method: "POST",
        redirect: "manual",
        headers: {
          "content-type": "application/json",
          ...(webhook.secretToken ? { "x-telegram-bot-api-secret-token": webhook.secretToken } : {}),
        },
        body: JSON.stringify(head.update),
        signal: AbortSignal.any([stopping, AbortSignal.timeout(RESPONSE_TIMEOUT_MS)]),
      });
      const response = await deliver(request);
      if (faults.takeUpdate(head.queue, "update-answer-lost")) {
        await response.body?.cancel();
        return { failure: "Connection refused or broken" };
      }
      return await this.#judge(response);
    } catch (error) {
      if (stopping.aborted) return "stopped";
      const isTimeout = error instanceof Error && error.name === "TimeoutError";
      return { failure: isTimeout ? "Read timeout expired" : "Connection refused or broken" };
    } finally {
      this.#openConnections -= 1;
      this.#waitingForConnection.shift()?.();
    }
  }

  async #judge(response: Response): Promise<Outcome> {
    if (response.ok) {
      await this.#options.runResponse(response);
      return "delivered";
    }
    await response.body?.cancel();
    const failure = `Wrong response from the webhook: ${response.status} ${response.statusText}`.trim();
    const retryAfter = Number(response.headers.get("retry-after") ?? Number.NaN);
    if (!Number.isFinite(retryAfter) || retryAfter < 0) return { failure };
    return { failure, retryAfterSeconds: Math.min(retryAfter, MAX_RETRY_AFTER_SECONDS) };
  }
}

/** At once, then 2, 4, 8, 16, 32 s, then somewhere in 60–120 s: spread by the id instead of by chance. */
function retryDelaySeconds(attempts: number, updateId: number): number {
  if (attempts === 1) return 0;
  return attempts <= 6 ? 2 ** (attempts - 1) : 60 + (updateId % 61);
}
