/** Failures that a test, or a person, switches on: the next calls of a method, or the next updates, go wrong in a chosen way. */
import { createFaultCounts, createFaultPlan, type Shots } from "../faults/plan.ts";

/**
 * - `too-many-requests`: 429 with `retry_after`, no effect.
 * - `server-error`: 500, no effect.
 * - `gateway-page`: 502 with a page of HTML, no effect.
 * - `lost-request`: the connection breaks before the call had an effect.
 * - `hung-request`: no effect, and nothing is ever answered; the client has to give up.
 * - `lost-answer`: the call takes effect, then the connection breaks.
 * - `no-answer`: the call takes effect and nothing is ever answered.
 */
export const CALL_FAULT_KINDS = [
  "too-many-requests",
  "server-error",
  "gateway-page",
  "lost-request",
  "hung-request",
  "lost-answer",
  "no-answer",
] as const;
export type FaultKind = (typeof CALL_FAULT_KINDS)[number];

/**
 * - `update-twice`: delivered again, with the same update_id, after the first delivery was acknowledged.
 * - `update-late`: sets out `seconds` (30) later; what follows in its queue waits behind it, other chats overtake it.
 * - `update-answer-lost`: the bot handles it, but its answer is not heard, so the same update comes again.
 * - `update-unreachable`: an attempt fails before it reaches the bot.
 */
export const UPDATE_FAULT_KINDS = ["update-twice", "update-late", "update-answer-lost", "update-unreachable"] as const;
export type UpdateFaultKind = (typeof UPDATE_FAULT_KINDS)[number];

export interface Fault {
  kind: FaultKind;
  retryAfterSeconds: number;
}

export interface CallFaultOptions extends Shots {
  /** For `too-many-requests`; 5 by default. */
  retryAfterSeconds?: number | undefined;
  /** Only calls about this chat. */
  chatId?: number | undefined;
}

export interface UpdateFaultOptions extends Shots {
  /** Only updates of this chat, callback queries of this person included. */
  chatId?: number | undefined;
  /** Virtual, for `update-late`. */
  seconds?: number | undefined;
}

export interface TelegramFaults {
  /**
   * The next `times` (1) calls of `method` fail so, after `skip` (0) that pass; `*` is any method. Faults are used up in
   * the order they were set. Calls in webhook responses are never hit. @throws RangeError for numbers out of range.
   */
  next(method: string, kind: FaultKind, options?: CallFaultOptions): void;
  /** The same for updates on their way to the bot. */
  nextUpdates(kind: UpdateFaultKind, options?: UpdateFaultOptions): void;
  /** The next `count` (1) updates arrive twice, with the same update_id. */
  deliverTwice(count?: number): void;
  /** While true the real pacing limits hold: see pacing.ts. */
  pacing: boolean;
  /** While true no update reaches the bot; getWebhookInfo tells of the failures. */
  webhookDown: boolean;
  /** How many calls or updates the faults of a kind are still waiting for. */
  left(kind: FaultKind | UpdateFaultKind): number;
  /** How often each was injected, also after `clear`. */
  injected(): Readonly<Record<string, number>>;
  clear(): void;
}

const DEFAULT_RETRY_AFTER_SECONDS = 5;
const DEFAULT_LATE_SECONDS = 30;

interface Call {
  method: string;
  chatId: number;
}

export class FaultPlan implements TelegramFaults {
  readonly #counts = createFaultCounts();
  readonly #calls = createFaultPlan<Call, Fault>(this.#counts);
  readonly #updates = createFaultPlan<string, { kind: UpdateFaultKind; seconds: number }>(this.#counts);
  pacing = false;
  webhookDown = false;

  next: TelegramFaults["next"] = (method, kind, { retryAfterSeconds, chatId, ...shots } = {}) => {
    const fits = (call: Call): boolean =>
      (method === "*" || call.method === method) && (chatId === undefined || call.chatId === chatId);
    this.#calls.add({ kind, retryAfterSeconds: retryAfterSeconds ?? DEFAULT_RETRY_AFTER_SECONDS }, fits, shots);
  };

  nextUpdates: TelegramFaults["nextUpdates"] = (kind, { chatId, seconds = DEFAULT_LATE_SECONDS, ...shots } = {}) => {
    const fits = (queue: string): boolean => chatId === undefined || queue.endsWith(`:${chatId}`);
    this.#updates.add({ kind, seconds }, fits, shots);
  };

  deliverTwice: TelegramFaults["deliverTwice"] = (times = 1) => this.nextUpdates("update-twice", { times });

  left: TelegramFaults["left"] = (kind) =>
    this.#calls.left((fault) => fault.kind === kind) + this.#updates.left((fault) => fault.kind === kind);

  injected: TelegramFaults["injected"] = () => this.#counts.all();

  clear: TelegramFaults["clear"] = () => {
    this.#calls.clear();
    this.#updates.clear();
    this.pacing = false;
    this.webhookDown = false;
  };

  reset(): void {
    this.clear();
    this.#counts.clear();
  }

  hit = (name: string): void => this.#counts.hit(name);

  /** The fault that hits this call; it is used up. */
  take(method: string, chatId: unknown): Fault | undefined {
    return this.#calls.take({ method, chatId: Number(chatId) });
  }

  /** What hits an update of this queue in this way; it is used up. */
  takeUpdate(queue: string, kind: UpdateFaultKind): { seconds: number } | undefined {
    return this.#updates.take(queue, [kind]);
  }
}
