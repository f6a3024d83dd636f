import type { Account } from "../../ledger/accounts.ts";
import type { BankRequestStatus, PromoKind } from "../../ledger/payments.ts";
import type { LedgerLineKind } from "../../ledger/settlement.ts";
import type { Kopecks } from "../../shared/kopecks.ts";

/** Screens about money. The amounts travel as decimal strings of kopecks (JSON). */
export type MoneyPage =
  /** Amounts to top up by; `asking`: typed text is the amount in roubles. */
  | { kind: "topup"; asking: boolean }
  /** How to pay a chosen amount: Stars, or a bank transfer where it is on. */
  | { kind: "pay"; kopecks: string }
  /** The open bank transfer: requisites, the exact sum, what to do next. */
  | { kind: "bank" }
  | { kind: "operations"; before: string | null }
  /** `asking`: typed text is the limit in roubles. */
  | { kind: "limit"; asking: boolean }
  /** `asking`: typed text is a code. */
  | { kind: "promo"; asking: boolean }
  | { kind: "referral" };

/** Buttons about money. They work at any age: each says wholly what it does, and the services guard the rest. */
export type MoneyAction =
  | { kind: "page"; page: Exclude<MoneyPage, { kind: "operations" }> }
  | { kind: "operations"; before: string | null }
  /** Sends the invoice. */
  | { kind: "stars"; kopecks: string }
  | { kind: "bank"; kopecks: string }
  /** Back to the open card after a top-up; spends nothing. */
  | { kind: "continue" }
  | { kind: "bank-cancel"; requestId: string }
  /** Sends the picture that a bank's app reads. */
  | { kind: "bank-qr"; requestId: string }
  /** The statement of a month (`2026-11`) as a file. */
  | { kind: "statement"; month: string }
  /** Null: no limit. */
  | { kind: "set-limit"; kopecks: string | null };

/** What the services do for a user. */
export type MoneyOrder =
  | { kind: "send-invoice"; kopecks: Kopecks }
  | { kind: "open-bank-request"; kopecks: Kopecks }
  | { kind: "cancel-bank-request"; requestId: string }
  | { kind: "send-bank-qr"; requestId: string }
  | { kind: "send-statement"; month: string }
  | { kind: "set-limit"; kopecks: Kopecks | null }
  | { kind: "redeem"; code: string };

export interface BankRequestFacts {
  id: string;
  kopecks: Kopecks;
  payKopecks: Kopecks;
  status: BankRequestStatus;
  expiresAt: Date;
  hasReceipt: boolean;
  /** What the main balance got; null before. */
  creditedKopecks: Kopecks | null;
  reason: string | null;
}

export interface ActivePromo {
  code: string;
  kind: PromoKind;
  percent: number | null;
  generationsLeft: number | null;
  until: Date | null;
}

/** One movement of a user's money. */
export interface Operation {
  /** Made from the cause: `gen:<id>:hold:main`, `star:<charge>` … */
  id: string;
  kind: LedgerLineKind;
  kopecks: Kopecks;
  source: Account;
  destination: Account;
  /** What a person wrote, or a promo code; null where the accounts say everything. */
  reason: string | null;
  at: Date;
  /** The generation it was for. */
  generation: { generationId: string; entryKey: string } | null;
}

/** A user's invitations. */
export interface ReferralFacts {
  link: string;
  /** What each of both gets. */
  bonusKopecks: Kopecks;
  /** Rewards of one referrer in a month. */
  monthlyLimit: number;
  invited: number;
  /** For how many of them the user was rewarded, and how much that was. */
  rewarded: number;
  earnedKopecks: Kopecks;
}

/** Facts for the screens about money; only what the page needs is filled. */
export interface MoneyFacts {
  /** Stars for one rouble's worth and the other way round, from the configuration; null = Stars are off. */
  starsToRub: string | null;
  /** Requisites to pay to; null = bank transfer is off. */
  requisites: string | null;
  /** Whether an SBP QR code can be made. */
  hasBankQr: boolean;
  bank: BankRequestFacts | null;
  operations: { items: readonly Operation[]; next: string | null } | null;
  spendLimitKopecks: Kopecks | null;
  spentThisMonthKopecks: Kopecks;
  /** Whether users can invite friends here; absent = no. */
  canInvite?: boolean;
  referral: ReferralFacts | null;
}
