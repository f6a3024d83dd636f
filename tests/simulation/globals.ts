import { type Scope, scopes } from "./context.ts";
import type { VirtualTime } from "./virtual-time.ts";

/** The world that has the process's clock and network now. */
export interface Surroundings {
  time: VirtualTime;
  fetch(scope: Scope, input: string | URL | Request, init: RequestInit | undefined): Promise<Response>;
  /** A line that a library wrote to the terminal: it ends in the platform's log like our own. */
  print(line: string): void;
}

let surroundings: Surroundings | undefined;
/** Real work of the process that ends by itself, without a file or a socket that could be seen. */
let cryptography = 0;
let lastCryptography: Promise<unknown> = Promise.resolve();

export function surroundWith(given: Surroundings | undefined): void {
  surroundings = given;
}

/** Whether the process itself is still working at something that nobody called: reading a file, hashing. */
export function isProcessBusy(): boolean {
  return cryptography > 0 || process.getActiveResourcesInfo().some((name) => BUSY.test(name));
}

const BUSY = /^(FSReq|CloseReq|TCPConnectWrap|GetAddrInfo|HTTP|Zlib|Worker)/;

/** Replaces the process's fetch and timers; what belongs to no world goes on in reality. To be called once. */
export function takeOverGlobals(): void {
  const realFetch = globalThis.fetch;
  globalThis.fetch = (input, init) => {
    const scope = scopes.getStore();
    if (surroundings === undefined || scope === undefined) return realFetch(input, init);
    return surroundings.fetch(scope, input, init);
  };
  takeOverSignals();
  takeOverTimers();
  takeOverConsole();
  countCryptography();
}

function takeOverSignals(): void {
  const realTimeout = AbortSignal.timeout;
  AbortSignal.timeout = (milliseconds) => {
    const scope = scopes.getStore();
    if (surroundings === undefined || isReal(scope)) return realTimeout(milliseconds);
    const controller = new AbortController();
    const { time } = surroundings;
    const cancel = time.at(time.nowMs() + milliseconds, () =>
      controller.abort(new DOMException("The operation was aborted due to timeout", "TimeoutError")),
    );
    // Most of what moves time would be limits that passed long after their request was answered.
    if (scope.kind === "product") scope.invocation.limits.push(cancel);
    return controller.signal;
  };
}

/** What `setTimeout` returns, as far as programs use it. */
class VirtualTimeout {
  readonly cancel: () => void;
  constructor(cancel: () => void) {
    this.cancel = cancel;
  }
  ref(): this {
    return this;
  }
  unref(): this {
    return this;
  }
  hasRef(): boolean {
    return true;
  }
  [Symbol.toPrimitive](): number {
    return 0;
  }
}

function takeOverTimers(): void {
  const { setTimeout: realSetTimeout, clearTimeout: realClearTimeout } = globalThis;
  const virtualSetTimeout = (run: (...values: unknown[]) => void, milliseconds = 0, ...values: unknown[]) => {
    const scope = scopes.getStore();
    if (surroundings === undefined || isReal(scope)) return realSetTimeout(run, milliseconds, ...values);
    const { time } = surroundings;
    const cancel = time.at(time.nowMs() + milliseconds, () => {
      if (scope.kind === "product" && scope.invocation.isDead) return;
      scopes.run(scope, run, ...values);
    });
    return new VirtualTimeout(cancel);
  };
  const virtualClearTimeout = (timeout: unknown) => {
    if (timeout instanceof VirtualTimeout) timeout.cancel();
    else Reflect.apply(realClearTimeout, undefined, [timeout]);
  };
  Object.assign(globalThis, { setTimeout: virtualSetTimeout, clearTimeout: virtualClearTimeout });
}

const isReal = (scope: Scope | undefined): scope is undefined | Extract<Scope, { kind: "database" }> =>
  scope === undefined || scope.kind === "database";

function takeOverConsole(): void {
  for (const name of ["debug", "info", "log", "warn", "error"] as const) {
    const real = console[name];
    console[name] = (...values: unknown[]) => {
      if (surroundings === undefined) real(...values);
      else surroundings.print(values.map(String).join(" "));
    };
  }
}

function countCryptography(): void {
  for (const name of ["digest", "sign", "verify", "importKey"] as const) {
    const real: (...values: never[]) => Promise<unknown> = crypto.subtle[name].bind(crypto.subtle);
    Object.defineProperty(crypto.subtle, name, {
      value: (...values: never[]) => {
        cryptography += 1;
        const own = real(...values).finally(() => {
          cryptography -= 1;
        });
        // Threads end in any order; who asked first goes on first, whatever machine this is.
        const inTurn = lastCryptography.then(() => own);
        lastCryptography = inTurn.catch(() => undefined);
        return inTurn;
      },
    });
  }
}
