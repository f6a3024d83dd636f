import { type Kopecks, minKopecks } from "../shared/kopecks.ts";
import type { Account } from "./accounts.ts";

/** Kinds of movements in the ledger. */
export type LedgerLineKind = "credit" | "hold" | "post" | "void" | "refund" | "adjust";

/** One row of the ledger, as the statement that settles a hold inserts it. */
export interface SettlementTransfer {
  id: string;
  kind: "post" | "void";
  kopecks: Kopecks;
  source: Account;
  destination: Account;
}

export interface Settlement {
  transfers: readonly SettlementTransfer[];
  postedKopecks: Kopecks;
  /** What goes back to each account. */
  mainBack: Kopecks;
  bonusBack: Kopecks;
}

/**
 * Ends a hold: `charge` goes to revenue (bonus money first), the rest back to the accounts it came from. A charge of 0
 * is a void. Ids come from the generation, so a repeat inserts nothing.
 *
 * @throws RangeError when the charge is negative or above the hold: money that is not there is never taken.
 */
export function settleHold(hold: {
  generationId: string;
  heldMain: Kopecks;
  heldBonus: Kopecks;
  charge: Kopecks;
}): Settlement {
  const { generationId, heldMain, heldBonus, charge } = hold;
  if (charge < 0n || charge > heldMain + heldBonus) throw new RangeError("charge outside the hold");
  const bonusPosted = minKopecks(heldBonus, charge);
  const mainPosted = charge - bonusPosted;
  const bonusBack = heldBonus - bonusPosted;
  const mainBack = heldMain - mainPosted;
  const transfers: SettlementTransfer[] = [
    {
      id: `gen:${generationId}:post:bonus`,
      kind: "post",
      kopecks: bonusPosted,
      source: "held",
      destination: "revenue",
    },
    { id: `gen:${generationId}:post:main`, kind: "post", kopecks: mainPosted, source: "held", destination: "revenue" },
    { id: `gen:${generationId}:void:bonus`, kind: "void", kopecks: bonusBack, source: "held", destination: "bonus" },
    { id: `gen:${generationId}:void:main`, kind: "void", kopecks: mainBack, source: "held", destination: "main" },
  ];
  return {
    transfers: transfers.filter((transfer) => transfer.kopecks > 0n),
    postedKopecks: charge,
    mainBack,
    bonusBack,
  };
}

/**
 * What a finished job costs. Per-generation prices are due whole if at least one output came; per-output prices pro
 * rata, rounded down in the user's favour, and never more than was held. Measured prices are what KIE took, at most the
 * hold, which is due whole when KIE does not tell.
 */
export function chargeFor(job: {
  heldKopecks: Kopecks;
  charge: "generation" | "output" | "measured";
  expectedOutputs: number;
  receivedOutputs: number;
  /** The price of the credits that KIE took for this job; null when it did not tell. */
  measuredKopecks: Kopecks | null;
}): Kopecks {
  if (job.receivedOutputs <= 0) return 0n;
  if (job.charge === "measured") return minKopecks(job.heldKopecks, job.measuredKopecks ?? job.heldKopecks);
  if (job.charge === "generation" || job.receivedOutputs >= job.expectedOutputs) return job.heldKopecks;
  return (job.heldKopecks * BigInt(job.receivedOutputs)) / BigInt(job.expectedOutputs);
}

/** `2026-11` in Europe/Moscow: the month a spend limit counts in. */
export function spendingMonth(at: Date): string {
  // Moscow has been UTC+3 without daylight saving since 2014.
  return new Date(at.getTime() + 3 * 3_600_000).toISOString().slice(0, 7);
}
