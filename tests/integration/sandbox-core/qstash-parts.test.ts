import { expect, test } from "vitest";
import { parseCron } from "../../../lib/sandbox/qstash/cron.ts";
import { evaluate, parseDuration, retryDelayMs } from "../../../lib/sandbox/qstash/retry.ts";

const next = (cron: string, after: string) => parseCron(cron)?.next(new Date(after)).toISOString().slice(0, 16);

test.each([
  ["* * * * *", "2026-11-20T10:00:00Z", "2026-11-20T10:01"],
  ["* * * * *", "2026-11-20T10:00:59.999Z", "2026-11-20T10:01"],
  ["*/5 * * * *", "2026-11-20T10:58:00Z", "2026-11-20T11:00"],
  ["7-59/20 * * * *", "2026-11-20T10:28:00Z", "2026-11-20T10:47"],
  ["50/5 * * * *", "2026-11-20T10:00:00Z", "2026-11-20T10:50"],
  ["0,30 9-17 * * mon-fri", "2026-11-20T17:30:00Z", "2026-11-23T09:00"],
  ["0 0 1 jan *", "2026-11-20T00:00:00Z", "2027-01-01T00:00"],
  ["0 0 29 2 *", "2026-11-20T00:00:00Z", "2028-02-29T00:00"],
  ["0 0 * * 7", "2026-11-20T00:00:00Z", "2026-11-22T00:00"],
  ["0 0 13 * 5", "2026-11-21T00:00:00Z", "2026-11-27T00:00"],
  ["59 23 31 12 *", "2026-12-31T23:59:00Z", "2027-12-31T23:59"],
  ["CRON_TZ=UTC 0 4 * * *", "2026-11-20T04:00:00Z", "2026-11-21T04:00"],
])("cron %s after %s comes at %s", (cron, after, expected) => {
  expect(next(cron, after)).toBe(expected);
});

test.each([
  "",
  "* * * *",
  "* * * * * *",
  "60 * * * *",
  "*/0 * * * *",
  "5-1 * * * *",
  "a * * * *",
  "0 0 30 2 *",
  "CRON_TZ=Europe/Moscow 0 0 * * *",
  "*-5 * * * *",
  "1, * * * *",
])("cron %j is refused", (cron) => {
  expect(parseCron(cron)).toBeUndefined();
});

test("durations are seconds, with or without units", () => {
  expect(["30", "30s", "2m", "1d10h30m", "0"].map(parseDuration)).toEqual([30, 30, 120, 124_200, 0]);
  expect(["", "s", "1x", "-1", "1.5s"].map(parseDuration)).toEqual([
    undefined,
    undefined,
    undefined,
    undefined,
    undefined,
  ]);
});

test("retry-delay expressions follow the usual rules of arithmetic", () => {
  expect(evaluate("1000 * (1 + retried)", 2)).toBe(3_000);
  expect(evaluate("max(1000, pow(2, retried) * 100)", 5)).toBe(3_200);
  expect(evaluate("2 + 3 * 4 - 10 / 5 % 3", 0)).toBe(12);
  expect(evaluate("-retried + floor(sqrt(17.9))", 1)).toBe(3);
  for (const bad of ["", "1 +", "pow(2", "process", "retried(1)", "1 2", "1 / 0", "min()", "x(1)"]) {
    expect(evaluate(bad, 0), bad).toBeUndefined();
  }
});

test("the default waits are e^(2.5 n) seconds and never above a day", () => {
  const now = new Date("2026-11-20T00:00:00Z");
  const waits = [0, 1, 2, 3, 4, 9].map((retried) =>
    Math.round(retryDelayMs(retried, undefined, undefined, now) / 1_000),
  );
  expect(waits).toEqual([12, 148, 1_808, 22_026, 86_400, 86_400]);
  const asks = (value: string) => retryDelayMs(0, "5", new Headers({ "retry-after": value }), now);
  expect(asks("120")).toBe(120_000);
  expect(asks("Fri, 20 Nov 2026 00:01:00 GMT")).toBe(60_000);
  expect(asks("999999999")).toBe(86_400_000);
  expect(asks("nonsense")).toBe(5);
});
