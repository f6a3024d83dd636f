import type { MoneyFacts } from "../../conversation/money/types.ts";
import { readReferrals } from "../../db/referrals.ts";
import type { App } from "../app.ts";
import { referralLink } from "./link.ts";

/** Whether users can invite here: inviting without a reward is not offered. */
export function canInvite({ config }: Pick<App, "config">): boolean {
  return config.REFERRAL_BONUS_KOPECKS > 0n;
}

/**
 * What the page of a user's invitations shows, in one read; null where inviting is off, or nobody has told the bot its
 * name: neither the configuration nor the set-up.
 */
export async function referralFacts(app: App, userId: number): Promise<MoneyFacts["referral"]> {
  if (!canInvite(app)) return null;
  const { botName, ...counts } = await readReferrals(app.database, userId);
  const name = app.config.TELEGRAM_BOT_USERNAME ?? botName;
  if (name === null) return null;
  const { REFERRAL_BONUS_KOPECKS: bonusKopecks, REFERRAL_MONTHLY_LIMIT: monthlyLimit } = app.config;
  return { link: referralLink(app, userId, name), bonusKopecks, monthlyLimit, ...counts };
}
