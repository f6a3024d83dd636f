import fc from "fast-check";
import { expect, test } from "vitest";
import { chargeFor, settleHold, spendingMonth } from "../../../lib/ledger/settlement.ts";

const kopecks = fc.bigInt({ min: 0n, max: 10_000_000_000n });
/** A hold and a charge that it covers. */
const holds = fc
  .record({ heldMain: kopecks, heldBonus: kopecks, share: fc.double({ min: 0, max: 1, noNaN: true }) })
  .map(({ heldMain, heldBonus, share }) => {
    const held = heldMain + heldBonus;
    const charge = (held * BigInt(Math.round(share * 1_000))) / 1_000n;
    return { generationId: "g1", heldMain, heldBonus, charge };
  });

test("what is posted and what goes back are together what was held", () => {
  fc.assert(
    fc.property(holds, (hold) => {
      const { transfers, postedKopecks, mainBack, bonusBack } = settleHold(hold);
      expect(postedKopecks + mainBack + bonusBack).toBe(hold.heldMain + hold.heldBonus);
      expect(postedKopecks).toBe(hold.charge);
      expect(transfers.reduce((sum, transfer) => sum + transfer.kopecks, 0n)).toBe(hold.heldMain + hold.heldBonus);
      const sumOf = (kind: string, destination: string) =>
        transfers
          .filter((transfer) => transfer.kind === kind && transfer.destination === destination)
          .reduce((sum, transfer) => sum + transfer.kopecks, 0n);
      expect(sumOf("post", "revenue")).toBe(postedKopecks);
      expect(sumOf("void", "main")).toBe(mainBack);
      expect(sumOf("void", "bonus")).toBe(bonusBack);
    }),
    { numRuns: 5_000 },
  );
});

test("bonus money is spent first and nothing goes back that did not come from there", () => {
  fc.assert(
    fc.property(holds, (hold) => {
      const { mainBack, bonusBack } = settleHold(hold);
      expect(mainBack >= 0n && mainBack <= hold.heldMain).toBe(true);
      expect(bonusBack >= 0n && bonusBack <= hold.heldBonus).toBe(true);
      // Main money is touched only once the bonus is used up.
      expect(mainBack === hold.heldMain || bonusBack === 0n).toBe(true);
    }),
    { numRuns: 5_000 },
  );
});

test("every transfer has an id of its own, made from the generation, and moves something between two accounts", () => {
  fc.assert(
    fc.property(holds, (hold) => {
      const { transfers } = settleHold(hold);
      expect(new Set(transfers.map((transfer) => transfer.id)).size).toBe(transfers.length);
      for (const transfer of transfers) {
        expect(transfer.id).toMatch(/^gen:g1:(post|void):(main|bonus)$/);
        expect(transfer.kopecks > 0n).toBe(true);
        expect(transfer.source).toBe("held");
        expect(transfer.destination).not.toBe("held");
      }
    }),
    { numRuns: 2_000 },
  );
});

test("a charge below nothing or above the hold is a bug and takes nothing", () => {
  expect(() => settleHold({ generationId: "g", heldMain: 5n, heldBonus: 5n, charge: 11n })).toThrow(RangeError);
  expect(() => settleHold({ generationId: "g", heldMain: 5n, heldBonus: 5n, charge: -1n })).toThrow(RangeError);
});

test("a hold of nothing, as in the test mode, is settled without transfers", () => {
  expect(settleHold({ generationId: "g", heldMain: 0n, heldBonus: 0n, charge: 0n })).toEqual({
    transfers: [],
    postedKopecks: 0n,
    mainBack: 0n,
    bonusBack: 0n,
  });
});

const jobs = fc.record({
  heldKopecks: kopecks,
  charge: fc.constantFrom("generation" as const, "output" as const, "measured" as const),
  expectedOutputs: fc.integer({ min: 1, max: 20 }),
  receivedOutputs: fc.integer({ min: 0, max: 25 }),
  measuredKopecks: fc.option(kopecks, { nil: null }),
});

test("C8: a charge is never more than the hold, nothing without an output, and grows with what came", () => {
  fc.assert(
    fc.property(jobs, (job) => {
      const charge = chargeFor(job);
      expect(charge >= 0n && charge <= job.heldKopecks).toBe(true);
      expect(chargeFor({ ...job, receivedOutputs: 0 })).toBe(0n);
      expect(charge <= chargeFor({ ...job, receivedOutputs: job.receivedOutputs + 1 })).toBe(true);
      const isWhole = job.charge !== "measured" && job.receivedOutputs > 0;
      if (isWhole && job.receivedOutputs >= job.expectedOutputs) expect(charge).toBe(job.heldKopecks);
    }),
    { numRuns: 5_000 },
  );
});

test("C8: a price per generation is due whole for one output, a price per output pro rata, rounded down", () => {
  const job = { heldKopecks: 1_000n, expectedOutputs: 3, receivedOutputs: 1, measuredKopecks: 1n };
  expect(chargeFor({ ...job, charge: "generation" })).toBe(1_000n);
  expect(chargeFor({ ...job, charge: "output" })).toBe(333n);
  expect(chargeFor({ ...job, charge: "output", receivedOutputs: 2 })).toBe(666n);
  expect(chargeFor({ ...job, charge: "output", receivedOutputs: 3 })).toBe(1_000n);
});

test("E3: a measured price is what KIE took, never above the hold, and the whole hold when KIE does not tell", () => {
  const job = { heldKopecks: 1_000n, charge: "measured" as const, expectedOutputs: 1, receivedOutputs: 1 };
  expect(chargeFor({ ...job, measuredKopecks: 237n })).toBe(237n);
  expect(chargeFor({ ...job, measuredKopecks: 0n })).toBe(0n);
  expect(chargeFor({ ...job, measuredKopecks: 1_001n })).toBe(1_000n);
  expect(chargeFor({ ...job, measuredKopecks: null })).toBe(1_000n);
  expect(chargeFor({ ...job, measuredKopecks: 237n, receivedOutputs: 0 })).toBe(0n);
});

test.each([
  ["2026-11-30T20:59:59.999Z", "2026-11"],
  ["2026-11-30T21:00:00.000Z", "2026-12"],
  ["2026-12-31T20:59:59.999Z", "2026-12"],
  ["2026-12-31T21:00:00.000Z", "2027-01"],
  ["2028-02-28T21:00:00.000Z", "2028-02"],
  ["2028-02-29T21:00:00.000Z", "2028-03"],
  ["2027-02-28T21:00:00.000Z", "2027-03"],
  // Summer: Moscow keeps no daylight saving time.
  ["2026-06-30T20:59:59.999Z", "2026-06"],
  ["2026-06-30T21:00:00.000Z", "2026-07"],
])("the spending month of %s is %s in Moscow", (at, month) => {
  expect(spendingMonth(new Date(at))).toBe(month);
});

test("the spending month is what a calendar in Moscow shows", () => {
  const calendar = new Intl.DateTimeFormat("sv-SE", { timeZone: "Europe/Moscow", year: "numeric", month: "2-digit" });
  fc.assert(
    fc.property(fc.date({ min: new Date("2015-01-01"), max: new Date("2060-01-01"), noInvalidDate: true }), (at) => {
      expect(spendingMonth(at)).toBe(calendar.format(at));
    }),
    { numRuns: 2_000 },
  );
});
