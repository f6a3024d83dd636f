import type { CallRecorder, RecordedCall } from "./context.ts";

const CAPACITY = 5_000;

/** A recorder that keeps the last 5,000 calls in memory, oldest first; recording costs the same however full it is. */
export function createCallRecorder(): CallRecorder {
  let calls: RecordedCall[] = [];
  let oldest = 0;
  return {
    record: (call) => {
      if (calls.length < CAPACITY) {
        calls.push(call);
        return;
      }
      calls[oldest] = call;
      oldest = (oldest + 1) % CAPACITY;
    },
    list: () => [...calls.slice(oldest), ...calls.slice(0, oldest)],
    clear: () => {
      calls = [];
      oldest = 0;
    },
  };
}
