import { DAY_MS, SECOND_MS } from "../shared/clock.ts";
import type { SandboxClock, SandboxStore } from "./context.ts";

const COLLECTION = "clock";
const DOCUMENT = "offset";

interface Timer {
  dueMs: number;
  order: number;
  run: () => void | Promise<void>;
}

export interface SandboxClockOptions {
  /** Where a throwing timer is reported; the terminal by default. */
  note?: (line: string) => void;
  /**
   * How long, in real milliseconds, `advance` waits for one timer's promise before time moves on without it (10,000 by
   * default). Without a limit a timer that itself waits for a later virtual moment would never end.
   */
  patienceMs?: number;
  /** Work of the program's own that time shall wait for as it waits for timers. */
  underWay?: () => Promise<unknown>;
  /** True: time passes by `advance` only, so that nothing depends on how quick the machine is. */
  standsStill?: boolean;
}

/**
 * Real time plus an offset kept in the store. While `advance` runs, time stands still at each timer's due time, so that
 * a chain of timers sees exactly the moments it asked for; the real time spent on the way is added at the end.
 * Timers due at the same moment run one after the other, in the order in which they were set. Between advances a due
 * timer starts without waiting for the one before.
 */
export function createSandboxClock(store: SandboxStore, options: SandboxClockOptions = {}): SandboxClock {
  const note = options.note ?? console.error;
  const patienceMs = options.patienceMs ?? 10_000;
  const startedMs = Date.now();
  const realMs = options.standsStill ? () => startedMs : () => Date.now();
  let offsetMs = store.get<{ offsetMs: number }>(COLLECTION, DOCUMENT)?.offsetMs ?? 0;
  let frozenMs: number | undefined;
  let order = 0;
  let stopped = false;
  let alarm: NodeJS.Timeout | undefined;
  let advancing: Promise<void> = Promise.resolve();
  /** In the order in which they will run. */
  const timers: Timer[] = [];
  const running = new Set<Promise<void>>();

  const nowMs = () => frozenMs ?? realMs() + offsetMs;

  function raiseOffset(toMs: number): void {
    if (toMs <= offsetMs) return;
    offsetMs = toMs;
    store.put(COLLECTION, DOCUMENT, { offsetMs });
  }

  /** The index of the first timer that runs after `timer`, or of `timer` itself. */
  function placeOf(timer: Timer): number {
    let low = 0;
    let high = timers.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const other = timers[middle];
      if (other !== undefined && (other.dueMs - timer.dueMs || other.order - timer.order) < 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  function startNearest(): void {
    const timer = timers.shift();
    if (timer === undefined) return;
    const done: Promise<void> = (async () => timer.run())()
      .catch((error: unknown) => note(`A timer of the sandbox failed: ${describe(error)}`))
      .finally(() => running.delete(done));
    running.add(done);
  }

  function arm(): void {
    clearTimeout(alarm);
    alarm = undefined;
    const next = timers[0];
    if (next === undefined || stopped || frozenMs !== undefined) return;
    if (options.standsStill && next.dueMs > nowMs()) return;
    // setTimeout fires at once when asked for more than 24.8 days, so a far timer is approached day by day.
    alarm = setTimeout(fireDue, Math.min(Math.max(next.dueMs - nowMs(), 0), DAY_MS));
    alarm.unref();
  }

  function fireDue(): void {
    for (let next = timers[0]; next !== undefined && next.dueMs <= nowMs(); next = timers[0]) startNearest();
    arm();
  }

  async function settle(): Promise<void> {
    let giveUp: NodeJS.Timeout | undefined;
    const patience = new Promise<void>((resolve) => {
      giveUp = setTimeout(() => {
        note(`A timer of the sandbox is still running after ${patienceMs} ms; time moves on without it.`);
        resolve();
      }, patienceMs);
    });
    await Promise.race([Promise.all(running).then(() => options.underWay?.()), patience]);
    clearTimeout(giveUp);
  }

  async function step(seconds: number): Promise<void> {
    if (stopped) return;
    const targetOffsetMs = offsetMs + Math.round(seconds * SECOND_MS);
    const targetMs = realMs() + targetOffsetMs;
    frozenMs = nowMs();
    clearTimeout(alarm);
    try {
      await settle();
      for (let next = timers[0]; !stopped && next !== undefined && next.dueMs <= targetMs; next = timers[0]) {
        frozenMs = Math.max(frozenMs, next.dueMs);
        // Kept at each step: a process killed half-way must not wake up before a moment that it has lived through.
        raiseOffset(frozenMs - realMs());
        startNearest();
        await settle();
      }
    } finally {
      frozenMs = undefined;
      if (!stopped) {
        raiseOffset(targetOffsetMs);
        arm();
      }
    }
  }

  return {
    now: () => new Date(nowMs()),
    at: (at, run) => {
      const timer: Timer = { dueMs: at.getTime(), order: order++, run };
      if (!stopped) {
        timers.splice(placeOf(timer), 0, timer);
        arm();
      }
      return {
        cancel: () => {
          const place = placeOf(timer);
          if (timers[place] !== timer) return;
          timers.splice(place, 1);
          arm();
        },
      };
    },
    advance: (seconds) => {
      if (!(seconds >= 0)) throw new RangeError(`time only moves forward, not by ${seconds} seconds`);
      advancing = advancing.catch(() => undefined).then(() => step(seconds));
      return advancing;
    },
    stop: () => {
      stopped = true;
      timers.length = 0;
      clearTimeout(alarm);
    },
  };
}

function describe(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
