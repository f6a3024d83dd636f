/** Accounts of one user. `debt` is what a chargeback took back beyond the balance: the next credits pay it first. */
export const USER_ACCOUNTS = ["main", "bonus", "held", "debt"] as const;
export type UserAccount = (typeof USER_ACCOUNTS)[number];

/** The outside ones, which every movement is balanced against. */
export const OUTSIDE_ACCOUNTS = [
  "revenue",
  "welcome",
  "sandbox",
  "stars",
  "bank",
  "promo",
  "referral",
  "admin",
] as const;
export type OutsideAccount = (typeof OUTSIDE_ACCOUNTS)[number];
export type Account = UserAccount | OutsideAccount;
