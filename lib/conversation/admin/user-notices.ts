import { adminTexts } from "../../i18n/admin.ts";
import { formatBalance, formatKopecks } from "../../i18n/format.ts";
import type { Kopecks } from "../../shared/kopecks.ts";
import type { Language } from "../../shared/localized.ts";
import type { RichText, View } from "../types.ts";
import { button, lines, oneLine } from "../view-parts.ts";
import type { AdjustAccount, AdjustDirection, AdminNews } from "./user-types.ts";

/** To a user: an admin moved their money, and why. */
export function balanceAdjustedView(
  moved: { direction: AdjustDirection; account: AdjustAccount; kopecks: Kopecks; reason: string },
  language: Language,
): View {
  const { notices } = adminTexts(language).adminUsers;
  const words = moved.direction === "credit" ? notices.credited : notices.debited;
  return {
    text: lines(words[moved.account](formatBalance(moved.kopecks, language)), notices.reason(moved.reason)),
    keyboard: toBalance(language),
  };
}

/** To a user: what a generation cost is back. */
export function generationRefundedView(
  refund: { kopecks: Kopecks; bonusKopecks: Kopecks; reason: string },
  language: Language,
): View {
  const { notices } = adminTexts(language).adminUsers;
  const { kopecks, bonusKopecks, reason } = refund;
  return {
    text: lines(
      notices.refunded(formatKopecks(kopecks, language)),
      bonusKopecks > 0n ? notices.refundedBonus(formatKopecks(bonusKopecks, language)) : null,
      notices.reason(reason),
    ),
    keyboard: toBalance(language),
  };
}

/** To an admin, above the page: what became of their order. */
export function adminNewsNotice({ why }: AdminNews, language: Language): RichText {
  const { refund } = adminTexts(language).adminPayments;
  return [why.kind === "refused" ? refund.refused(oneLine(why.description, 200)) : refund[why.kind]];
}

function toBalance(language: Language): View["keyboard"] {
  return [[button(adminTexts(language).adminUsers.notices.balance, { kind: "balance" })]];
}
