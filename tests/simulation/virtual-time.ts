import type { SandboxClock } from "../../lib/sandbox/context.ts";
import { scopes } from "./context.ts";

interface Timer {
  dueMs: number;
  order: number;
  run: () => void;
}

/** Time that stands still until it is moved, with everything that waits for a moment of it. */
export interface VirtualTime {
  /** For the product and for the simulators. */
  clock: SandboxClock;
  nowMs(): number;
  /** When the next thing is due; undefined when nothing is. */
  nextMs(): number | undefined;
  /** Moves to the next timer and runs it. */
  step(): void;
  /** Moves on; nothing may be due before. */
  moveTo(ms: number): void;
  /** Runs once at that moment. @returns what cancels it. */
  at(ms: number, run: () => void): () => void;
}

export function createVirtualTime(startMs: number, onError: (error: unknown) => void): VirtualTime {
  let nowMs = startMs;
  let order = 0;
  /** The next one is last. */
  const timers: Timer[] = [];

  function placeOf(timer: Timer): number {
    let low = 0;
    let high = timers.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const other = timers[middle];
      if (other !== undefined && (other.dueMs - timer.dueMs || other.order - timer.order) > 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  function at(ms: number, run: () => void): () => void {
    const timer: Timer = { dueMs: Math.max(ms, nowMs), order: order++, run };
    timers.splice(placeOf(timer), 0, timer);
    return () => {
      const place = placeOf(timer);
      if (timers[place] === timer) timers.splice(place, 1);
    };
  }

  return {
    clock: {
      now: () => new Date(nowMs),
      at: (moment, run) => {
        const work = () => scopes.run({ kind: "outside" }, async () => run());
        return { cancel: at(moment.getTime(), () => void work().catch(onError)) };
      },
      advance: () => Promise.reject(new Error("only the world moves its time")),
      stop: () => {
        timers.length = 0;
      },
    },
    nowMs: () => nowMs,
    nextMs: () => timers.at(-1)?.dueMs,
    step: () => {
      const timer = timers.pop();
      if (timer === undefined) return;
      nowMs = timer.dueMs;
      timer.run();
    },
    moveTo: (ms) => {
      nowMs = Math.max(nowMs, ms);
    },
    at,
  };
}
