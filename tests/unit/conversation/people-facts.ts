import type { PromoCodeFacts } from "../../../lib/conversation/admin/promo-types.ts";
import type {
  BankPayment,
  StarsPayment,
  UserCard,
  UserFacts,
  UserGeneration,
  UserOperation,
} from "../../../lib/conversation/admin/user-types.ts";
import { NOW } from "./dialogue.ts";

/** What the admin pages about users and promo codes show, ready-made. */

export function makeCard(fields: Partial<UserCard> = {}): UserCard {
  return {
    userId: 7,
    firstName: "Анна",
    username: null,
    isReachable: true,
    createdAt: NOW,
    mainKopecks: 12_800n,
    bonusKopecks: 5_000n,
    heldKopecks: 63n,
    debtKopecks: 0n,
    spentThisMonthKopecks: 1_240n,
    spendLimitKopecks: 100_000n,
    paidKopecks: 50_000n,
    payments: 2,
    running: 1,
    queued: 2,
    isBanned: false,
    ...fields,
  };
}

export function makeOperation(fields: Partial<UserOperation> = {}): UserOperation {
  return {
    kind: "adjust",
    kopecks: 9_950n,
    source: "admin",
    destination: "main",
    reason: "Подарок",
    actorId: 1,
    generationId: null,
    at: NOW,
    ...fields,
  };
}

export function makeGeneration(fields: Partial<UserGeneration> = {}): UserGeneration {
  return {
    generationId: "abcdefgh1234",
    entryKey: "movie-text",
    state: "delivered",
    mode: "real",
    priceKopecks: 63n,
    chargedKopecks: 63n,
    chargedMainKopecks: 43n,
    chargedBonusKopecks: 20n,
    refundedKopecks: 0n,
    taskId: "task-1",
    failureCode: null,
    createdAt: NOW,
    finishedAt: NOW,
    ...fields,
  };
}

export function makeStarsPayment(fields: Partial<StarsPayment> = {}): StarsPayment {
  return {
    kind: "stars",
    key: "s0123456789ab",
    // Telegram's ids are longer than any button's data.
    chargeId: "stx".padEnd(160, "Aa0_-"),
    orderId: "abcdefgh12345678",
    stars: 200,
    kopecks: 30_000n,
    status: "credited",
    isFound: false,
    at: NOW,
    refundedAt: null,
    ...fields,
  };
}

export function makeBankPayment(fields: Partial<BankPayment> = {}): BankPayment {
  return {
    kind: "bank",
    key: "bba9876543210",
    requestId: "abcdefgh1234",
    payKopecks: 30_017n,
    creditedKopecks: 30_017n,
    status: "approved",
    at: NOW,
    decidedAt: NOW,
    ...fields,
  };
}

export function makeUser(fields: Partial<UserFacts> = {}): UserFacts {
  return {
    found: [],
    card: makeCard(),
    operations: [makeOperation()],
    generations: [makeGeneration()],
    payments: [makeStarsPayment(), makeBankPayment()],
    isApplied: false,
    ...fields,
  };
}

export function makeCode(fields: Partial<PromoCodeFacts> = {}): PromoCodeFacts {
  const kind = fields.kind ?? "bonus";
  return {
    code: "WELCOME",
    kind,
    kopecks: kind === "bonus" ? 5_000n : null,
    percent: kind === "bonus" ? null : 15,
    generations: null,
    days: null,
    newcomersOnly: false,
    cap: null,
    used: 3,
    expiresAt: null,
    closedAt: null,
    createdAt: NOW,
    ...fields,
  };
}
