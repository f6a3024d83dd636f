import { formatNumber, NBSP, plural } from "./format.ts";

const counted = (value: number, one: string, few: string, many: string): string =>
  `${formatNumber(value, "ru")}${NBSP}${plural("ru", value, { one, few, many, other: few })}`;

/** Inviting friends, in Russian. Sums arrive written out. */
export const referralRu = {
  button: "🎁 Пригласить друга",
  title: "🎁 Пригласите друга",
  offer: (sum: string): string =>
    `Отправьте другу ссылку. Когда он впервые пополнит баланс, вы оба получите по${NBSP}${sum} бонусами.`,
  link: "Ваша ссылка:",
  invited: (count: number): string => `Пришли по ссылке: ${counted(count, "друг", "друга", "друзей")}`,
  nobody: "По вашей ссылке пока никто не пришёл.",
  earned: (sum: string, count: number): string =>
    `Вы получили: ${sum} за ${counted(count, "друга", "друзей", "друзей")}`,
  rules: (limit: number): string =>
    `Считаются только те, кто раньше ботом не пользовался. В месяц вы получите не больше ${counted(limit, "награды", "наград", "наград")}, друг свой бонус получит в любом случае.`,
  copy: "📋 Скопировать ссылку",
  share: "📨 Отправить другу",
  invitation: "Здесь можно делать картинки, видео и музыку с помощью нейросетей. Заходи по моей ссылке:",
  welcome: (sum: string): string =>
    `🎁 Вы пришли по приглашению друга. После первого пополнения вы оба получите по${NBSP}${sum} бонусами.`,
  rewarded: {
    friend: (sum: string): string => `🎁 Вам начислено ${sum} бонусами: вы пришли по приглашению и пополнили баланс.`,
    referrer: (sum: string): string =>
      `🎁 Вам начислено ${sum} бонусами: друг, которого вы пригласили, пополнил баланс.`,
  },
};

/** The shape every language has. */
export type ReferralTexts = typeof referralRu;
