import type { Clock } from "../shared/clock.ts";

/**
 * The one movable clock of the sandbox: real time plus an offset that only grows. The offset survives a restart.
 */
export interface SandboxClock extends Clock {
  /** Moves time forward and wakes every timer that became due, in order; resolves when those have run. */
  advance(seconds: number): Promise<void>;
  /**
   * Runs once when virtual time reaches `at` (at once if it has passed). Timers live in memory only: a simulator keeps
   * what is pending in the store and schedules it again on start. A throwing or rejecting `run` is logged, never fatal.
   */
  at(at: Date, run: () => void | Promise<void>): { cancel(): void };
  /** Stops every timer; nothing runs afterwards. */
  stop(): void;
}

/**
 * Documents that survive `kill -9`: one row per (collection, id), JSON inside, in SQLite.
 * Reads and writes are synchronous, so a simulator's step is atomic without locks.
 */
export interface SandboxStore {
  get<T>(collection: string, id: string): T | undefined;
  put<T>(collection: string, id: string, document: T): void;
  delete(collection: string, id: string): void;
  /** In order of first insertion. */
  list<T>(collection: string): { id: string; document: T }[];
  /** A number that rises by one at each call and never repeats, also across restarts. Starts at 1. */
  next(counter: string): number;
  getBlob(id: string): Uint8Array | undefined;
  putBlob(id: string, bytes: Uint8Array): void;
  deleteBlob(id: string): void;
  /** Runs `work` in one transaction: all of its writes or none. */
  transaction<T>(work: () => T): T;
  /** Empties everything, counters included. */
  clear(): void;
  close(): void;
}

export const SERVICES = ["telegram", "kie", "qstash", "database"] as const;
export type Service = (typeof SERVICES)[number];

/** One call the product made to the outside (or a method call it put into a webhook response). */
export interface RecordedCall {
  service: Service;
  /** Bot API method, `POST /api/v1/jobs/createTask`, `publish`, or the SQL's first words for the database. */
  method: string;
  /** JSON value; file contents are replaced by `{file: name, bytes: n}`. */
  body: unknown;
  answer: unknown;
  /** Epoch milliseconds, virtual time, when it arrived. */
  at: number;
  durationMs: number;
  /** True for a method call that rode in the webhook's HTTP response. */
  inWebhookResponse?: boolean;
}

/** Ring buffer of the last 5,000 calls, in memory. */
export interface CallRecorder {
  record(call: RecordedCall): void;
  list(): RecordedCall[];
  clear(): void;
}

/** What every simulator is given. */
export interface SandboxContext {
  clock: SandboxClock;
  store: SandboxStore;
  calls: CallRecorder;
  /** `http://127.0.0.1:<port>`, without a trailing slash. */
  origin: string;
  /** One line for a person looking at the terminal; never throws. */
  note(line: string): void;
}

/**
 * A simulator: a fetch-style handler mounted under a path prefix of the one local server, which strips nothing:
 * `new URL(request.url).pathname` still has the prefix.
 */
export interface Simulator {
  handle(request: Request): Promise<Response>;
  /** Takes up what was pending when the process died. Called once, after the server listens. */
  start(): void;
  /** Resolves when nothing of it runs any more. */
  stop(): Promise<void>;
  /** Forgets everything (the store's collections of this simulator included). */
  reset(): void;
}
