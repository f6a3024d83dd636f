import type { GenerationState } from "../../generation/states.ts";
import type { BankRequestStatus, StarStatus } from "../../ledger/payments.ts";
import type { LedgerLineKind } from "../../ledger/settlement.ts";
import type { Kopecks } from "../../shared/kopecks.ts";
import type { RunMode } from "../../shared/run-mode.ts";

/** Which way an admin moves money, seen from the user. */
export type AdjustDirection = "credit" | "debit";
export type AdjustAccount = "main" | "bonus";

/** Money that an admin is about to move. The first part that is missing is asked for; then it is confirmed. */
export interface AdjustDraft {
  /** Of the confirmation: the transfer's id is made from it, so that however often it is confirmed, it moves once. */
  id: string;
  direction: AdjustDirection;
  account: AdjustAccount;
  /** A decimal string of kopecks (JSON); null until typed. */
  kopecks: string | null;
  /** What the user and the ledger are told; null until typed. */
  reason: string | null;
}

/** Admin pages about one user, and the way to find one. */
export type UserPage =
  /** Found by the words that were typed, or the last active ones. */
  | { kind: "list"; query: string | null }
  | { kind: "card"; userId: number }
  | { kind: "operations"; userId: number }
  | { kind: "generations"; userId: number }
  | { kind: "generation"; userId: number; generationId: string }
  | { kind: "payments"; userId: number }
  /** `key`: see `UserPayment`. */
  | { kind: "payment"; userId: number; key: string }
  /** Main or bonus. */
  | { kind: "accounts"; userId: number; direction: AdjustDirection }
  /** Typed text is the amount, then the reason. */
  | { kind: "adjust"; userId: number; draft: AdjustDraft }
  /** Typed text is the reason. */
  | { kind: "refund"; userId: number; generationId: string; reason: string | null }
  /** Typed text is the reason. */
  | { kind: "refund-stars"; userId: number; key: string; reason: string | null }
  | { kind: "ban"; userId: number; isBan: boolean };

/** Pages that a button can name wholly; the others hold typed words. */
export type UserLink =
  | { kind: "list" }
  | Extract<
      UserPage,
      { kind: "card" | "operations" | "generations" | "generation" | "payments" | "payment" | "accounts" | "ban" }
    >;

export type UserAction =
  | { kind: "open"; page: UserLink }
  /** Begins, or begins again: asks for the amount. */
  | { kind: "adjust"; userId: number; direction: AdjustDirection; account: AdjustAccount }
  /** Confirms the draft of this id, and only that one. */
  | { kind: "apply"; userId: number; id: string }
  | { kind: "refund"; userId: number; generationId: string }
  | { kind: "give-back"; userId: number; generationId: string }
  | { kind: "refund-stars"; userId: number; key: string }
  | { kind: "give-stars-back"; userId: number; key: string }
  | { kind: "resend"; userId: number; generationId: string }
  | { kind: "set-ban"; userId: number; isBan: boolean };

export type UserOrder =
  | {
      kind: "adjust";
      /** Of the confirmation. */
      id: string;
      userId: number;
      direction: AdjustDirection;
      account: AdjustAccount;
      kopecks: Kopecks;
      reason: string;
    }
  | { kind: "refund"; userId: number; generationId: string; reason: string }
  | { kind: "refund-stars"; userId: number; chargeId: string; reason: string }
  | { kind: "resend"; userId: number; generationId: string }
  | { kind: "set-ban"; userId: number; isBan: boolean };

/** What became of an order, where the page that follows does not show it. `description` is Telegram's. */
export interface AdminNews {
  kind: "stars-not-refunded";
  why: { kind: "gone" } | { kind: "refused"; description: string } | { kind: "unknown" };
}

export interface FoundUser {
  userId: number;
  firstName: string;
  username: string | null;
  /** Main and bonus together. */
  availableKopecks: Kopecks;
  isBanned: boolean;
}

export interface UserCard extends Omit<FoundUser, "availableKopecks"> {
  /** False when the bot is blocked. */
  isReachable: boolean;
  createdAt: Date;
  mainKopecks: Kopecks;
  bonusKopecks: Kopecks;
  heldKopecks: Kopecks;
  debtKopecks: Kopecks;
  spentThisMonthKopecks: Kopecks;
  /** By Stars and bank transfers, in all, and in how many payments. */
  paidKopecks: Kopecks;
  payments: number;
  spendLimitKopecks: Kopecks | null;
  running: number;
  queued: number;
}

export interface UserOperation {
  kind: LedgerLineKind;
  kopecks: Kopecks;
  source: string;
  destination: string;
  reason: string | null;
  actorId: number | null;
  generationId: string | null;
  at: Date;
}

export interface UserGeneration {
  generationId: string;
  entryKey: string;
  state: GenerationState;
  mode: RunMode;
  priceKopecks: Kopecks;
  /** Null while the hold is open. */
  chargedKopecks: Kopecks | null;
  /** What a refund gives back, by account. */
  chargedMainKopecks: Kopecks;
  chargedBonusKopecks: Kopecks;
  /** Given back by an admin so far. */
  refundedKopecks: Kopecks;
  taskId: string | null;
  failureCode: string | null;
  createdAt: Date;
  finishedAt: Date | null;
}

/**
 * A payment of a user. `key` names it among theirs: `s` (Stars) or `b` (bank) and 12 hex digits of its id's hash, because
 * Telegram's ids are longer than a button can hold.
 */
export type UserPayment = StarsPayment | BankPayment;

export interface StarsPayment {
  kind: "stars";
  key: string;
  /** Telegram's. */
  chargeId: string;
  /** Null where nobody knows what it was paid for. */
  orderId: string | null;
  stars: number;
  /** What it was credited with; 0 for one that was refunded before it was heard of. */
  kopecks: Kopecks;
  status: StarStatus;
  /** Whether only the comparison with Telegram's list has found it. */
  isFound: boolean;
  at: Date;
  refundedAt: Date | null;
}

export interface BankPayment {
  kind: "bank";
  key: string;
  requestId: string;
  payKopecks: Kopecks;
  creditedKopecks: Kopecks | null;
  status: BankRequestStatus;
  at: Date;
  decidedAt: Date | null;
}

/** What a page about users shows; only what it needs is filled. */
export interface UserFacts {
  found: readonly FoundUser[];
  /** Null when there is no such user. */
  card: UserCard | null;
  operations: readonly UserOperation[];
  generations: readonly UserGeneration[];
  payments: readonly UserPayment[];
  /** Whether the draft of the page has moved its money. */
  isApplied: boolean;
}
