import type { APIMethods } from "@gramio/types";
import { bold, code, type FmtString, italic, join, quote, strikethrough } from "telegraf/format";
import { encodeAction } from "../conversation/callback-data.ts";
import type { RichText, Span, View, ViewButton } from "../conversation/types.ts";

import type { KeyboardButton } from "./media-ladder.ts";

type SendMessage = NonNullable<Parameters<APIMethods["sendMessage"]>[0]>;

/** The part of a Bot API message that a view decides. */
export interface MessageParts {
  text: string;
  entities: NonNullable<SendMessage["entities"]>;
  reply_markup: { inline_keyboard: KeyboardButton[][] };
}

/**
 * A view as Telegram wants it: entities instead of markup, so that nothing a user typed needs escaping, and buttons
 * that carry the revision.
 */
export function toMessage(view: View, revision: number): MessageParts {
  const formatted = toFormatted(view.text);
  return {
    text: formatted.text,
    entities: (formatted.entities ?? []) as MessageParts["entities"],
    reply_markup: { inline_keyboard: view.keyboard.map((row) => row.map((button) => toButton(button, revision))) },
  };
}

function toFormatted(text: RichText): FmtString {
  return join(text.map(toSpan), "");
}

function toSpan(span: Span): string | FmtString {
  if (typeof span === "string") return span;
  if ("bold" in span) return bold(span.bold);
  if ("italic" in span) return italic(span.italic);
  if ("strike" in span) return strikethrough(span.strike);
  if ("code" in span) return code(span.code);
  return quote(span.quote);
}

function toButton(button: ViewButton, revision: number): KeyboardButton {
  if ("copy" in button) return { text: button.text, copy_text: { text: button.copy } };
  return "url" in button
    ? { text: button.text, url: button.url }
    : { text: button.text, callback_data: encodeAction(button.action, revision) };
}
