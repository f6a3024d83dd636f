import { AsyncLocalStorage } from "node:async_hooks";

/** On whose behalf something runs: what a `fetch`, a timer or a deferred work belongs to. */
export type Scope =
  /** One run of an endpoint, with what it deferred. */
  | { kind: "product"; invocation: Invocation }
  /** A simulator or a person; `call`: while it answers this one. */
  | { kind: "outside"; call?: Call | undefined }
  /** The database driver's own work: in real time. */
  | { kind: "database" };

export const scopes = new AsyncLocalStorage<Scope>();

export type ServiceName = "telegram" | "kie" | "qstash" | "database";

export interface Invocation {
  id: number;
  endpoint: string;
  instance: Instance;
  startedMs: number;
  /** It crashed: nothing of it ever happens again. */
  isDead: boolean;
  /** Answer not yet given, and deferred work under way. */
  open: number;
  /** Cuts the connection of whoever waits for the answer. */
  cut: () => void;
  /** People to whom it has sent a message, whatever became of the answer, and how many at once at most. */
  sentTo: Map<number, number>;
  /** Take back the limits of its requests, which nobody waits for once it is over. */
  limits: (() => void)[];
}

/** One process of the product. */
export interface Instance {
  name: string;
  invocations: Set<Invocation>;
}

/** A request of the product to the outside: waits until its turn comes. */
export interface Call {
  id: number;
  invocation: Invocation;
  service: ServiceName;
  /** Bot API method, method and path, or the SQL's first words. */
  what: string;
  url: string;
  method: string;
  headers: Headers;
  body: string | Uint8Array<ArrayBuffer> | undefined;
  /** Whom its message goes to; undefined for all calls that send none. */
  recipient: number | undefined;
  /** Messages that it sends at once: an album's are several. */
  messages: number;
  /** `waiting` for its turn, `performing`, `hanging` without an answer until the caller gives up, `over`. */
  state: "waiting" | "performing" | "hanging" | "over";
  resolve(response: Response): void;
  reject(error: unknown): void;
  /** Requests to the product that its simulator waits for. */
  nested: number;
  /** Wakes the scheduler that waits for this call. */
  changed: (() => void) | undefined;
}
