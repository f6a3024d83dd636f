/** Rules for `reply_markup` that the schema can not say. */
import type { TelegramInlineKeyboardButton, TelegramInlineKeyboardMarkup } from "@gramio/types/objects";
import { violation } from "./errors.ts";

const MAX_BUTTONS = 100;
const MAX_BUTTONS_IN_ROW = 8;
const NOT_ACTIONS = ["text", "style", "icon_custom_emoji_id"];

interface Markup {
  /** The inline keyboard, absent when there is none. */
  inline?: TelegramInlineKeyboardMarkup;
  hasReplyKeyboard: boolean;
}

/** @throws BotApiError, a violation, when a keyboard breaks a rule. */
export function readMarkup(given: unknown, rules: { mayPay?: boolean } = {}): Markup {
  if (given === undefined || given === null) return { hasReplyKeyboard: false };
  if (!hasInlineKeyboard(given)) return { hasReplyKeyboard: true };
  const rows = given.inline_keyboard.filter((row) => row.length > 0);
  const buttons = rows.flat();
  if (buttons.length > MAX_BUTTONS) throw violation(`reply markup is too long (${buttons.length} buttons)`);
  for (const row of rows) {
    if (row.length > MAX_BUTTONS_IN_ROW) throw violation(`too many buttons in a row (${row.length})`);
  }
  buttons.forEach(assertButton);
  const paying = buttons.findIndex((button) => button.pay !== undefined);
  if (paying > 0 || (paying === 0 && rules.mayPay !== true)) {
    throw violation("a Pay button must be the first button of an invoice message");
  }
  return rows.length === 0
    ? { hasReplyKeyboard: false }
    : { inline: { inline_keyboard: rows }, hasReplyKeyboard: false };
}

/** The rows of a message's inline keyboard; none when it has none. */
export function inlineRows(markup: unknown): TelegramInlineKeyboardButton[][] {
  return hasInlineKeyboard(markup) ? markup.inline_keyboard : [];
}

function hasInlineKeyboard(markup: unknown): markup is TelegramInlineKeyboardMarkup {
  return typeof markup === "object" && markup !== null && "inline_keyboard" in markup;
}

function assertButton(button: TelegramInlineKeyboardButton): void {
  const actions = Object.keys(button).filter((name) => !NOT_ACTIONS.includes(name));
  const label = JSON.stringify(button.text);
  if (button.text.trim() === "") throw violation("text of an inline keyboard button must be non-empty");
  if (actions.length !== 1) {
    throw violation(
      `inline keyboard button ${label} must have exactly one action, has ${actions.join(", ") || "none"}`,
    );
  }
  if (button.url !== undefined && !isButtonUrl(button.url)) {
    throw violation(`inline keyboard button URL '${button.url}' is invalid`);
  }
  if (button.web_app && !button.web_app.url.startsWith("https://")) {
    throw violation(
      `inline keyboard button Web App URL '${button.web_app.url}' is invalid: Only HTTPS links are allowed`,
    );
  }
}

function isButtonUrl(url: string): boolean {
  const protocol = URL.canParse(url) ? new URL(url).protocol : "";
  return ["http:", "https:", "tg:", "ton:"].includes(protocol);
}
