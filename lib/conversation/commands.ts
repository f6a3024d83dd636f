import { texts } from "../i18n/index.ts";
import type { Language } from "../shared/localized.ts";

/** Commands that do something today, in the order of Telegram's menu. */
const COMMANDS = [
  "start",
  "models",
  "balance",
  "topup",
  "promo",
  "limit",
  "history",
  "help",
  "settings",
  "cancel",
  "terms",
  "privacy",
  "paysupport",
] as const;

/** For `setMyCommands`: names without a slash, descriptions in the language asked for; admins have one more. */
export function commandList(
  language: Language,
  { isAdmin }: { isAdmin: boolean } = { isAdmin: false },
): { command: string; description: string }[] {
  const { commands } = texts(language);
  const names = [...COMMANDS, ...(isAdmin ? (["admin"] as const) : [])];
  return names.map((command) => ({ command, description: commands[command] }));
}
