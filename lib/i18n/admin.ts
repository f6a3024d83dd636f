import type { Language } from "../shared/localized.ts";
import { adminBankEn } from "./admin-bank-en.ts";
import { adminBankRu } from "./admin-bank-ru.ts";
import { adminEn } from "./admin-en.ts";
import { adminPaymentsEn } from "./admin-payments-en.ts";
import { adminPaymentsRu } from "./admin-payments-ru.ts";
import { adminPromoEn } from "./admin-promo-en.ts";
import { adminPromoRu } from "./admin-promo-ru.ts";
import { adminRu } from "./admin-ru.ts";
import { adminUsersEn } from "./admin-users-en.ts";
import { adminUsersRu } from "./admin-users-ru.ts";
import { type Texts, texts } from "./index.ts";
import { reconcileEn } from "./reconcile-en.ts";
import { reconcileRu } from "./reconcile-ru.ts";

const ru = {
  admin: adminRu,
  adminBank: adminBankRu,
  adminPayments: adminPaymentsRu,
  adminPromo: adminPromoRu,
  adminUsers: adminUsersRu,
  reconcile: reconcileRu,
};

const en: typeof ru = {
  admin: adminEn,
  adminBank: adminBankEn,
  adminPayments: adminPaymentsEn,
  adminPromo: adminPromoEn,
  adminUsers: adminUsersEn,
  reconcile: reconcileEn,
};

/** What admins read: everybody's texts and their own, which nobody else has to load. */
export type AdminTexts = Texts & typeof ru;

const TEXTS: Record<Language, AdminTexts> = { ru: { ...texts("ru"), ...ru }, en: { ...texts("en"), ...en } };

/** All texts of one language, with those that only admins read. */
export function adminTexts(language: Language): AdminTexts {
  return TEXTS[language];
}
