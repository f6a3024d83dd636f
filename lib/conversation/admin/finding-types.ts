import type { UserAccount } from "../../ledger/accounts.ts";
import type { Kopecks } from "../../shared/kopecks.ts";

/** Σ transfers of some accounts of a wallet and what the wallet says differ. */
export interface BalanceFinding {
  kind: "balance";
  userId: number;
  /** Only those that differ. */
  accounts: readonly { account: UserAccount; cachedKopecks: Kopecks; sumKopecks: Kopecks }[];
}

export interface StaleHoldFinding {
  kind: "stale-hold";
  userId: number;
  generationId: string;
  entryKey: string;
  heldKopecks: Kopecks;
  deadlineAt: Date;
}

/** One per entry and pair of figures, however many generations show it. */
export interface CreditsFinding {
  kind: "credits";
  entryKey: string;
  /** One that shows it. */
  generationId: string;
  /** Decimals, as the catalog counts and as KIE took. */
  expectedCredits: string;
  consumedCredits: string;
}

/**
 * `not-credited`: Telegram has the payment, our books have not. `not-refunded`: Telegram gave it back, our books do not
 * know. `unknown`: our books have a payment that Telegram's list has not.
 */
export const STARS_PROBLEMS = ["not-credited", "not-refunded", "unknown"] as const;

export interface StarsFinding {
  kind: "stars";
  problem: (typeof STARS_PROBLEMS)[number];
  chargeId: string;
  /** The invoice's payload. */
  orderId: string;
  userId: number;
  stars: number;
  at: Date;
}

export type FindingBody = BalanceFinding | StaleHoldFinding | CreditsFinding | StarsFinding;

export interface Finding {
  /** 16 characters of `[0-9a-z]`. */
  id: string;
  status: "open" | "repaired" | "dismissed" | "gone";
  createdAt: Date;
  body: FindingBody;
}

/** The admins' page of the nightly comparison; with an id, one finding of it. */
export interface FindingPage {
  findingId: string | null;
  /** Asks once more before anything is changed. */
  isConfirming: boolean;
}

/** What its buttons do. Each works at any age. */
export type FindingAction =
  | { kind: "list" }
  | { kind: "now" }
  | { kind: "open"; findingId: string; isConfirming: boolean }
  | { kind: "repair"; findingId: string }
  | { kind: "dismiss"; findingId: string };

/** What the services do for an admin here. */
export type FindingOrder = { kind: "now" } | { kind: "repair" | "dismiss"; findingId: string };

export interface ReconciliationFacts {
  /** The last run; null before the first one. */
  run: { startedAt: Date; finishedAt: Date | null; checkedWallets: number } | null;
  /** Those that wait, newest first, and how many there are in all. */
  open: readonly Finding[];
  openCount: number;
  /** The one that the page is about; null when it is not there. */
  finding: Finding | null;
}
