import type { PromoKind } from "../../ledger/payments.ts";
import type { Kopecks } from "../../shared/kopecks.ts";

/** How long a discount holds for somebody who entered the code. */
export type PromoHold = { generations: number } | { days: number };

/** A code that an admin is making up, one answer after the other; what is absent has not been answered. */
export interface PromoDraft {
  id: string;
  kind?: PromoKind;
  /** Kopecks of a bonus, per cent of the others. */
  value?: number;
  /** Of a discount. */
  hold?: PromoHold;
  newcomersOnly?: boolean;
  /** Null: as many people as want. */
  cap?: number | null;
  /** Days until nobody can enter it any more; null: for ever. */
  daysOpen?: number | null;
  /** Upper case. */
  code?: string;
  /** Confirmed: from now on the code is expected to be there. */
  isOrdered?: true;
}

/** What is asked, in this order. */
export const PROMO_STEPS = ["kind", "value", "hold", "who", "cap", "days", "code"] as const;
export type PromoStep = (typeof PROMO_STEPS)[number];

export type PromoAdminPage =
  | { kind: "list"; isClosed: boolean; page: number }
  | { kind: "code"; code: string; isClosing: boolean }
  | { kind: "new"; draft: PromoDraft };

export type PromoAdminAction =
  | { kind: "open"; page: Exclude<PromoAdminPage, { kind: "new" }> }
  | { kind: "begin" }
  /** A ready answer to what is asked; another step's button is out of date. */
  | { kind: "answer"; step: Exclude<PromoStep, "value">; value: string }
  /** Confirms the draft of this id, and only that one. */
  | { kind: "create"; id: string }
  | { kind: "close"; code: string };

export type PromoAdminOrder =
  | {
      kind: "create";
      code: string;
      promo: PromoKind;
      kopecks: Kopecks | null;
      percent: number | null;
      generations: number | null;
      days: number | null;
      newcomersOnly: boolean;
      cap: number | null;
      daysOpen: number | null;
    }
  | { kind: "close"; code: string };

/** A code as it stands. */
export interface PromoCodeFacts {
  code: string;
  kind: PromoKind;
  kopecks: Kopecks | null;
  percent: number | null;
  generations: number | null;
  days: number | null;
  newcomersOnly: boolean;
  cap: number | null;
  used: number;
  expiresAt: Date | null;
  closedAt: Date | null;
  createdAt: Date;
}

/** What a page about promo codes shows; only what it needs is filled. */
export interface PromoAdminFacts {
  /** Of the list's page. */
  codes: readonly PromoCodeFacts[];
  pages: number;
  /** The page's own code, or the one that a draft wants to have; null when there is none. */
  code: PromoCodeFacts | null;
}
