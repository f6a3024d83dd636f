import { formatNumber, NBSP } from "./format.ts";
import type { ReferralTexts } from "./referral-ru.ts";

const counted = (value: number, one: string, many: string): string =>
  `${formatNumber(value, "en")}${NBSP}${value === 1 ? one : many}`;

export const referralEn: ReferralTexts = {
  button: "🎁 Invite a friend",
  title: "🎁 Invite a friend",
  offer: (sum) => `Send a friend this link. When they top up for the first time, you both get ${sum} in bonus money.`,
  link: "Your link:",
  invited: (count) => `Came by your link: ${counted(count, "friend", "friends")}`,
  nobody: "Nobody has come by your link yet.",
  earned: (sum, count) => `You got ${sum} for ${counted(count, "friend", "friends")}`,
  rules: (limit) =>
    `Only people who have not used the bot before count. You get at most ${counted(limit, "reward", "rewards")} a month; your friend gets their bonus in any case.`,
  copy: "📋 Copy the link",
  share: "📨 Send to a friend",
  invitation: "Pictures, videos and music made by neural networks. Come by my link:",
  welcome: (sum) => `🎁 A friend invited you. After your first top-up you both get ${sum} in bonus money.`,
  rewarded: {
    friend: (sum) => `🎁 You got ${sum} in bonus money: you came by an invitation and topped up.`,
    referrer: (sum) => `🎁 You got ${sum} in bonus money: a friend whom you invited has topped up.`,
  },
};
