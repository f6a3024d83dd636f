import type { Category } from "../../catalog/categories.ts";
import type { CatalogChange, CatalogSetting, Completion } from "../../catalog/live/changes.ts";

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
  | { kind: "family"; family: string };

/** Buttons of the admins. They work at any age, so each says wholly what it does. */
export type AdminAction =
  | { kind: "page"; page: Exclude<AdminPage, { kind: "proposal" }> }
  | { kind: "proposal"; id: string; asking: "price" | "titleRu" | "titleEn" | null }
  | { kind: "category"; id: string; category: Category }
  /** What the price of a proposal is counted by. */
  | { kind: "per"; id: string; per: NonNullable<Completion["price"]>["per"] }
  | { kind: "approve"; id: string }
  | { kind: "ignore"; id: string }
  | { kind: "roll-back"; id: string }
  | { kind: "sync-now" }
  | { kind: "route"; family: string; second: boolean }
  | { kind: "visible"; entry: string; visible: boolean };

/** What the services do for an admin. */
export type AdminOrder =
  | { kind: "sync-now" }
  | { kind: "complete"; proposalId: string; completion: Completion }
  | { kind: "decide"; proposalId: string; decision: "approve" | "ignore" | "roll-back" }
  | { kind: "set"; setting: CatalogSetting };

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

/** Facts for the admin screens; only what the page needs is filled. */
export interface AdminFacts {
  sync: SyncFacts | null;
  counts: Readonly<Record<ProposalStatus, number>>;
  /** By kind, of those that wait for a decision. */
  waiting: Readonly<Partial<Record<CatalogChange["kind"], number>>>;
  proposals: readonly Proposal[];
  proposal: Proposal | null;
}
