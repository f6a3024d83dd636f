/** Failures that a test, or a person, switches on: the next calls of a method go wrong in a chosen way. */

/**
 * - `too-many-requests`: 429 with `retry_after`, no effect.
 * - `server-error`: 500, no effect.
 * - `lost-request`: the connection breaks before the call had an effect.
 * - `lost-answer`: the call takes effect, then the connection breaks.
 * - `no-answer`: the call takes effect and nothing is ever answered; the client has to give up.
 */
export type FaultKind = "too-many-requests" | "server-error" | "lost-request" | "lost-answer" | "no-answer";

export interface Fault {
  kind: FaultKind;
  retryAfterSeconds: number;
}

export interface TelegramFaults {
  /**
   * The next `times` (1) calls of `method` fail so; `*` is any method. Faults are used up in the order they were set.
   * Calls in webhook responses are never hit.
   */
  next(method: string, kind: FaultKind, options?: { times?: number; retryAfterSeconds?: number }): void;
  /** The next `count` (1) updates arrive twice, with the same update_id. */
  deliverTwice(count?: number): void;
  clear(): void;
}

const DEFAULT_RETRY_AFTER_SECONDS = 5;

export class FaultPlan implements TelegramFaults {
  #planned: (Fault & { method: string; times: number })[] = [];
  readonly #deliverTwice: (count: number) => void;

  constructor(deliverTwice: (count: number) => void) {
    this.#deliverTwice = deliverTwice;
  }

  next: TelegramFaults["next"] = (method, kind, { times = 1, retryAfterSeconds } = {}) => {
    this.#planned.push({ method, kind, times, retryAfterSeconds: retryAfterSeconds ?? DEFAULT_RETRY_AFTER_SECONDS });
  };

  deliverTwice: TelegramFaults["deliverTwice"] = (count = 1) => this.#deliverTwice(count);

  clear: TelegramFaults["clear"] = () => {
    this.#planned = [];
  };

  /** The fault that hits this call; it is used up. */
  take(method: string): Fault | undefined {
    const planned = this.#planned.find((fault) => fault.method === method || fault.method === "*");
    if (!planned) return undefined;
    planned.times -= 1;
    if (planned.times <= 0) this.#planned = this.#planned.filter((fault) => fault !== planned);
    return planned;
  }
}
