import type { Category } from "../../catalog/categories.ts";
import type { CatalogChange, CatalogSetting, Completion } from "../../catalog/live/changes.ts";
import type { Pause } from "../../generation/breaker.ts";
import type { Kopecks } from "../../shared/kopecks.ts";
import type { FindingAction, FindingOrder, FindingPage, ReconciliationFacts } from "./finding-types.ts";
import type { PromoAdminAction, PromoAdminFacts, PromoAdminOrder, PromoAdminPage } from "./promo-types.ts";
import type { ReceiptAction, ReceiptAdminFacts, ReceiptOrder, ReceiptPage } from "./receipt-types.ts";
import type { UserAction, UserFacts, UserOrder, UserPage } from "./user-types.ts";

/** How a proposal stands. */
export type ProposalStatus = "proposed" | "approved" | "ignored" | "rolled-back";

/** Which screen of the admins is shown. */
export type AdminPage =
  | { kind: "home" }
  /** The last sync and its proposals by kind. */
  | { kind: "sync" }
  | { kind: "proposals"; status: ProposalStatus; page: number }
  /** One proposal. `asking`: what typed text fills. */
  | { kind: "proposal"; id: string; asking: "price" | "titleRu" | "titleEn" | null }
  | { kind: "families"; category: Category; page: number }
  | { kind: "family"; family: string }
  /** Users and their money. */
  | { kind: "user"; page: UserPage }
  /** The comparison of the books. */
  | { kind: "finding"; page: FindingPage }
  | { kind: "promo"; page: PromoAdminPage }
  /** Bank transfers. */
  | { kind: "receipt"; page: ReceiptPage };

/** Buttons of the admins. They work at any age, so each says wholly what it does. */
export type AdminAction =
  | { kind: "page"; page: Exclude<AdminPage, { kind: "proposal" | "user" | "finding" | "promo" | "receipt" }> }
  | { kind: "proposal"; id: string; asking: "price" | "titleRu" | "titleEn" | null }
  | { kind: "category"; id: string; category: Category }
  /** What the price of a proposal is counted by. */
  | { kind: "per"; id: string; per: NonNullable<Completion["price"]>["per"] }
  | { kind: "approve"; id: string }
  | { kind: "ignore"; id: string }
  | { kind: "roll-back"; id: string }
  | { kind: "sync-now" }
  | { kind: "resume-selling" }
  | { kind: "route"; family: string; second: boolean }
  | { kind: "visible"; entry: string; visible: boolean }
  | { kind: "user"; action: UserAction }
  | { kind: "finding"; action: FindingAction }
  | { kind: "promo"; action: PromoAdminAction }
  | { kind: "receipt"; action: ReceiptAction };

/** What the services do for an admin. */
export type AdminOrder =
  | { kind: "sync-now" }
  | { kind: "resume-selling" }
  | { kind: "complete"; proposalId: string; completion: Completion }
  | { kind: "decide"; proposalId: string; decision: "approve" | "ignore" | "roll-back" }
  | { kind: "set"; setting: CatalogSetting }
  | { kind: "user"; order: UserOrder }
  | { kind: "finding"; order: FindingOrder }
  | { kind: "promo"; order: PromoAdminOrder }
  | { kind: "receipt"; order: ReceiptOrder };

export interface Proposal {
  /** At most 16 characters of `[0-9a-z]`. */
  id: string;
  status: ProposalStatus;
  change: CatalogChange;
  completion: Completion;
  createdAt: Date;
  /** Why it can not be approved as it stands, in English; null when nothing is known against it. */
  fault: string | null;
}

export interface SyncFacts {
  startedAt: Date;
  finishedAt: Date | null;
  /** Models read so far, and in all. */
  read: number;
  total: number;
}

/** Of today, Moscow time. */
export interface TodayFacts {
  toppedUpKopecks: Kopecks;
  spentKopecks: Kopecks;
  running: number;
  queued: number;
}

/** Facts for the admin screens; only what the page needs is filled. */
export interface AdminFacts {
  sync: SyncFacts | null;
  counts: Readonly<Record<ProposalStatus, number>>;
  /** By kind, of those that wait for a decision. */
  waiting: Readonly<Partial<Record<CatalogChange["kind"], number>>>;
  proposals: readonly Proposal[];
  proposal: Proposal | null;
  today?: TodayFacts;
  /** Null while selling does not pause. */
  pause?: Pause | null;
  user?: UserFacts;
  reconciliation?: ReconciliationFacts;
  promo?: PromoAdminFacts;
  receipts?: ReceiptAdminFacts;
}
