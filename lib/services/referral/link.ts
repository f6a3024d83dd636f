import type { DialogueEvent } from "../../conversation/types.ts";
import { sealId, unsealId } from "../../shared/sealed-id.ts";
import type { App } from "../app.ts";

/** What a start parameter of a referral begins with (PRODUCT A9). */
const PREFIX = "ref_";
const PURPOSE = "referral";

/**
 * The link by which a user invites. Its code is made from the user's id and the bot's token, so it needs no storage; with
 * another token old links become an ordinary /start.
 *
 * @param botName without @.
 */
export function referralLink({ config }: Pick<App, "config">, userId: number, botName: string): string {
  return `https://t.me/${botName}?start=${PREFIX}${sealId(userId, secretOf(config), PURPOSE)}`;
}

/** Whose link an event came by; null for other events, codes that nobody made, and one's own link. */
export function referrerOf({ config }: Pick<App, "config">, userId: number, event: DialogueEvent): number | null {
  if (config.REFERRAL_BONUS_KOPECKS === 0n) return null;
  if (event.kind !== "command" || event.name !== "start" || !event.argument.startsWith(PREFIX)) return null;
  const referrerId = unsealId(event.argument.slice(PREFIX.length), secretOf(config), PURPOSE);
  return referrerId === userId ? null : referrerId;
}

/** The token is never shown; what is shown is only keyed by it, under a purpose of its own. */
function secretOf(config: App["config"]): string {
  return config.TELEGRAM_BOT_TOKEN;
}
