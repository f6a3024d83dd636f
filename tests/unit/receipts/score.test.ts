import { expect, test } from "vitest";
import { type ExpectedPayment, receiptFlags, scoreOf } from "../../../lib/ledger/receipt-score.ts";

const EXPECTED: ExpectedPayment = {
  payKopecks: 150_037n,
  createdAt: new Date("2026-11-21T14:00:00+03:00"),
  receivedAt: new Date("2026-11-21T14:20:00+03:00"),
};
const RIGHT = { sums: ["150037"], paidAt: "2026-11-21T14:05:12+03:00", numbers: ["5012345678"] };

test("F3: sum to the kopeck, time between request and receipt, a number: 100", () => {
  expect(receiptFlags(RIGHT, EXPECTED)).toEqual({ sum: "first", time: "within", hasNumbers: true });
  expect(scoreOf(RIGHT, EXPECTED)).toBe(100);
});

test("F3: an empty reading says nothing", () => {
  const empty = { sums: [], paidAt: null, numbers: [] };
  expect(receiptFlags(empty, EXPECTED)).toEqual({ sum: "none", time: "none", hasNumbers: false });
  expect(scoreOf(empty, EXPECTED)).toBe(0);
});

test("F3: a sum that is one kopeck off is another sum", () => {
  expect(receiptFlags({ ...RIGHT, sums: ["150038"] }, EXPECTED).sum).toBe("other");
  expect(scoreOf({ ...RIGHT, sums: ["150038"] }, EXPECTED)).toBe(40);
  expect(receiptFlags({ ...RIGHT, sums: ["9900", "150037"] }, EXPECTED).sum).toBe("listed");
  expect(scoreOf({ ...RIGHT, sums: ["9900", "150037"] }, EXPECTED)).toBe(80);
});

test.each([
  ["2026-11-21T13:57:59+03:00", "outside"],
  ["2026-11-21T13:58:00+03:00", "within"],
  ["2026-11-21T14:25:00+03:00", "within"],
  ["2026-11-21T14:25:01+03:00", "outside"],
  ["2026-10-21T14:05:12+03:00", "outside"],
  ["2026-11-21", "day"],
  ["2026-11-20", "outside"],
  ["2026-11-22", "outside"],
  ["no date at all", "none"],
  ["2026-11-21Tbroken", "none"],
])("F3: the moment %s is %s", (paidAt, time) => {
  expect(receiptFlags({ ...RIGHT, paidAt }, EXPECTED).time).toBe(time);
});

test("F3: the day is Moscow's: late in the evening of UTC it is the next one there", () => {
  const night = {
    ...EXPECTED,
    createdAt: new Date("2026-11-21T21:30:00Z"),
    receivedAt: new Date("2026-11-21T21:40:00Z"),
  };
  expect(receiptFlags({ ...RIGHT, paidAt: "2026-11-22" }, night).time).toBe("day");
  expect(receiptFlags({ ...RIGHT, paidAt: "2026-11-21" }, night).time).toBe("outside");
});
