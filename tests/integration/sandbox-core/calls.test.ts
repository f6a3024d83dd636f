import { expect, test } from "vitest";
import { createCallRecorder } from "../../../lib/sandbox/calls.ts";
import type { RecordedCall } from "../../../lib/sandbox/context.ts";

const call = (at: number): RecordedCall => ({
  service: "kie",
  method: "GET /",
  body: null,
  answer: null,
  at,
  durationMs: 1,
});

test("the recorder keeps the last 5,000 calls in order and can be cleared", () => {
  const calls = createCallRecorder();
  for (let at = 0; at < 12_345; at += 1) calls.record(call(at));
  const kept = calls.list().map(({ at }) => at);
  expect(kept).toEqual(Array.from({ length: 5_000 }, (_, index) => 7_345 + index));
  calls.clear();
  calls.record(call(1));
  expect(calls.list()).toEqual([call(1)]);
});
