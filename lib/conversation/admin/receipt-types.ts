import type { BankRequestStatus, ReceiptDuplicate, ReceiptReading, RejectReason } from "../../ledger/payments.ts";
import type { Kopecks } from "../../shared/kopecks.ts";

/** Admin pages about bank transfers. */
export type ReceiptPage =
  /** Receipts that wait for a decision. */
  | { kind: "list" }
  | { kind: "request"; requestId: string }
  /** Typed text is the sum that arrived. */
  | { kind: "sum"; requestId: string }
  | { kind: "sum-confirm"; requestId: string; kopecks: string }
  | { kind: "reason"; requestId: string }
  /** Typed text is the reason. */
  | { kind: "other-reason"; requestId: string }
  | { kind: "reversal"; requestId: string }
  | { kind: "reversal-confirm"; requestId: string; reason: string };

/** Pages that a button can name wholly; the others hold typed words. */
export type ReceiptLink = Exclude<ReceiptPage, { kind: "sum-confirm" | "reversal-confirm" }>;

export type ReceiptAction =
  | { kind: "open"; page: ReceiptLink }
  | { kind: "approve"; requestId: string; kopecks: string }
  | { kind: "reject"; requestId: string; reason: RejectReason }
  /** Confirms the reason that stands on the screen. */
  | { kind: "reverse"; requestId: string }
  /** Sends the files once more. */
  | { kind: "show"; requestId: string };

export type ReceiptOrder =
  | { kind: "approve"; requestId: string; kopecks: Kopecks; reason: string | null }
  /** `reason`: one of REJECT_REASONS, or words. */
  | { kind: "reject"; requestId: string; reason: string }
  | { kind: "reverse"; requestId: string; reason: string }
  | { kind: "show"; requestId: string }
  /** Somebody pressed a button of a card that is decided. */
  | { kind: "redraw"; requestId: string };

export interface WaitingReceipt {
  requestId: string;
  userName: string;
  payKopecks: Kopecks;
  receiptAt: Date;
}

export interface CardReceipt {
  receiptId: string;
  status: "waiting" | "read" | "unreadable";
  reading: ReceiptReading | null;
  /** 0 to 100. */
  score: number | null;
  duplicates: readonly ReceiptDuplicate[];
}

/** Everything an admin should know before the decision, and what it was. */
export interface ReceiptCard {
  requestId: string;
  user: { id: number; name: string; username: string | null; since: Date | null };
  kopecks: Kopecks;
  payKopecks: Kopecks;
  status: BankRequestStatus;
  createdAt: Date;
  creditedKopecks: Kopecks | null;
  reason: string | null;
  decidedAt: Date | null;
  decidedBy: string | null;
  /** Earlier requests of the user. */
  history: { approved: number; rejected: number; reversed: number; creditedKopecks: Kopecks };
  /** Oldest first. */
  receipts: readonly CardReceipt[];
}

/** What a page about bank transfers shows; only what it needs is filled. */
export interface ReceiptAdminFacts {
  /** How many requests with a receipt wait for a decision. */
  waiting: number;
  list: readonly WaitingReceipt[];
  /** Null when there is no such request. */
  card: ReceiptCard | null;
}
