import { formatBalance } from "../../i18n/format.ts";
import { texts } from "../../i18n/index.ts";
import type { Kopecks } from "../../shared/kopecks.ts";
import type { Language } from "../../shared/localized.ts";
import { balanceScreen } from "../account-screens.ts";
import type { RichText, View } from "../types.ts";
import { button, keyboard, lines } from "../view-parts.ts";
import type { MoneyDrawing } from "./drawing.ts";

/** The link by which a user invites, and how it went. Where inviting is off, the balance. */
export function referralScreen({ money, facts }: MoneyDrawing<unknown>): View {
  const { language } = facts.user;
  const t = texts(language);
  const { referral } = money;
  if (referral === null) return balanceScreen(facts);
  const { link, invited, rewarded } = referral;
  const share = new URLSearchParams({ url: link, text: t.referral.invitation });
  return {
    text: lines(
      { bold: t.referral.title },
      "",
      t.referral.offer(formatBalance(referral.bonusKopecks, language)),
      "",
      t.referral.link,
      { code: link },
      "",
      invited === 0 ? t.referral.nobody : t.referral.invited(invited),
      rewarded === 0 ? null : t.referral.earned(formatBalance(referral.earnedKopecks, language), rewarded),
      "",
      { italic: t.referral.rules(referral.monthlyLimit) },
    ),
    keyboard: keyboard(
      [
        [{ text: t.referral.copy, copy: link }],
        // Telegram reads "+" as it stands, so spaces are written out.
        [{ text: t.referral.share, url: `https://t.me/share/url?${share.toString().replaceAll("+", "%20")}` }],
      ],
      [[button(t.buttons.balance, { kind: "balance" }), button(t.buttons.menu, { kind: "menu" })]],
    ),
  };
}

/** To a new person who came by a friend's link. */
export function referralWelcome(bonusKopecks: Kopecks, language: Language): RichText {
  return [texts(language).referral.welcome(formatBalance(bonusKopecks, language))];
}

/** To one of the two who were rewarded. */
export function referralRewardView(role: "friend" | "referrer", kopecks: Kopecks, language: Language): View {
  const t = texts(language);
  return {
    text: [t.referral.rewarded[role](formatBalance(kopecks, language))],
    keyboard: [[button(t.buttons.balance, { kind: "balance" })]],
  };
}
