import { classify } from "../faults/classify.ts";
import type { Fault } from "../faults/fault.ts";

/** What a Telegram failure means to whoever made the call. */
export const TELEGRAM_KINDS = [
  /** The user blocked the bot, left or was deactivated: stop sending, keep the result. */
  "blocked",
  /** The chat never existed for this bot; handle as `blocked`. */
  "chat-gone",
  "chat-migrated",
  /** The edit changed nothing: a success. */
  "not-modified",
  /** The message was deleted or can not be edited: send a new one, once. */
  "message-gone",
  /** An edit of text on a message that has become media, or the reverse. */
  "no-text",
  /** The tap is too old to be answered: drop it silently. */
  "query-too-old",
  "already-refunded",
  /** Telegram could not fetch or would not take the file: next rung of the ladder. */
  "media-refused",
  /** Our mistakes: send plain text, or split. */
  "bad-entities",
  "too-long",
  "token-revoked",
  "conflict",
  /** Wait `retryAfterSeconds`. */
  "flood",
  /** Nothing left this machine: the same call may be made again. */
  "not-sent",
  /** It may have been done: repeat edits and answers, think twice about sends. */
  "unknown-outcome",
  "other",
] as const;
export type TelegramKind = (typeof TELEGRAM_KINDS)[number];

const isTelegramKind = (name: string): name is TelegramKind => TELEGRAM_KINDS.some((kind) => kind === name);

/** Reads the same table as `classify`, under the names that a caller of the Bot API branches on. */
export function classifyTelegram(fault: Extract<Fault, { system: "telegram" }>): TelegramKind {
  const { name, retry } = classify(fault);
  if (retry === "unknown-outcome") return "unknown-outcome";
  const kind = name.replace("telegram-", "");
  return isTelegramKind(kind) ? kind : "other";
}
