/** Methods that change or remove messages. */
import type { TelegramMessage } from "@gramio/types/objects";
import { DAY_MS, SECOND_MS } from "../../shared/clock.ts";
import { refusal, violation } from "./errors.ts";
import { fileIdOf } from "./files.ts";
import { readMarkup } from "./keyboards.ts";
import { captionFields, inputMediaFields, textFields } from "./sending.ts";
import type { StoredMessage } from "./state.ts";
import { existingChat, type Method, nowMs, nowSeconds, type World, writableChat } from "./world.ts";

interface Target {
  chat_id?: number | string;
  message_id?: number;
}

function editable(world: World, { chat_id, message_id }: Target): StoredMessage {
  if (chat_id === undefined || message_id === undefined) throw violation("message identifier is not specified");
  const chat = writableChat(world, chat_id);
  const stored = world.state.message(chat.chat.id, message_id);
  if (!stored) throw refusal("message to edit not found");
  if (stored.from !== "bot") throw violation("message can't be edited (it is not the bot's)");
  if (stored.hasReplyKeyboard) throw violation("message can't be edited (it carries a reply keyboard)");
  return stored;
}

type Content = "text" | "caption" | "media" | "markup";

const CONTENT_FIELDS: Record<Content, readonly (keyof TelegramMessage)[]> = {
  text: ["text", "entities"],
  caption: ["caption", "caption_entities", "show_caption_above_media"],
  media: [
    ...(["text", "entities", "caption", "caption_entities", "show_caption_above_media", "has_media_spoiler"] as const),
    ...(["photo", "video", "animation", "audio", "voice", "document", "video_note", "sticker"] as const),
  ],
  markup: [],
};

/**
 * Replaces one part of a message. An edit without `reply_markup` takes the inline keyboard away, as the server does.
 *
 * @throws BotApiError `message is not modified` when nothing would change.
 */
function replace(
  world: World,
  stored: StoredMessage,
  part: Content,
  fields: Partial<TelegramMessage>,
  replyMarkup: unknown,
): TelegramMessage {
  const markup = readMarkup(replyMarkup);
  if (markup.hasReplyKeyboard) throw violation("inline keyboard expected");
  const kept: TelegramMessage = { ...stored.message };
  for (const name of [...CONTENT_FIELDS[part], "reply_markup" as const]) delete kept[name];
  const next: TelegramMessage = { ...kept, ...fields, ...(markup.inline ? { reply_markup: markup.inline } : {}) };
  if (fingerprint(world, next) === fingerprint(world, stored.message)) {
    throw refusal(
      "message is not modified: specified new message content and reply markup are exactly the same as a current content and reply markup of the message",
    );
  }
  // A new keyboard alone does not make a message "edited".
  const message = part === "markup" ? next : { ...next, edit_date: nowSeconds(world) };
  world.state.putMessage({ ...stored, message });
  world.changed(message.chat.id);
  return message;
}

/** Equal files count as equal, whichever id names them. */
function fingerprint(world: World, message: TelegramMessage): string {
  const { text, entities, caption, caption_entities, reply_markup, show_caption_above_media } = message;
  const fileId = fileIdOf(message);
  const file = fileId === undefined ? undefined : world.state.file(fileId)?.fileUniqueId;
  return JSON.stringify([text, entities, caption, caption_entities, reply_markup, show_caption_above_media, file]);
}

export const editMessageText: Method<"editMessageText"> = (world, params) => {
  const stored = editable(world, params);
  if (params.text === undefined) throw violation("message text is empty");
  if (stored.message.text === undefined) throw violation("there is no text in the message to edit");
  const fields = textFields(String(params.text), params.parse_mode, params.entities);
  return replace(world, stored, "text", fields, params.reply_markup);
};

export const editMessageCaption: Method<"editMessageCaption"> = (world, params) => {
  const stored = editable(world, params);
  if (fileIdOf(stored.message) === undefined) throw violation("there is no caption in the message to edit");
  return replace(world, stored, "caption", captionFields(params), params.reply_markup);
};

export const editMessageReplyMarkup: Method<"editMessageReplyMarkup"> = (world, params) =>
  replace(world, editable(world, params), "markup", {}, params.reply_markup);

export const editMessageMedia: Method<"editMessageMedia"> = async (world, params, parts) => {
  const before = editable(world, params);
  if (params.media.type === "live_photo") throw violation("live photos are not simulated");
  const caption = captionFields(params.media);
  if (before.message.media_group_id !== undefined) assertSameFamily(before.message, params.media.type);
  const fields = { ...(await inputMediaFields(world, params.media, parts)), ...caption };
  // Read again: the message can be gone or different after a long download.
  return replace(world, editable(world, params), "media", fields, params.reply_markup);
};

function assertSameFamily(message: TelegramMessage, type: string): void {
  const allowed = message.audio ? ["audio"] : message.document ? ["document"] : ["photo", "video"];
  if (!allowed.includes(type)) throw violation(`a message of this album can only become ${allowed.join(" or ")}`);
}

export const deleteMessage: Method<"deleteMessage"> = (world, params) => {
  const chat = existingChat(world, params.chat_id);
  const stored = world.state.message(chat.chat.id, params.message_id);
  if (!stored) throw refusal("message to delete not found");
  if (!isDeletable(world, stored)) throw refusal("message can't be deleted for everyone");
  remove(world, stored);
  return true;
};

/** Skips what is not there, as the server does. */
export const deleteMessages: Method<"deleteMessages"> = (world, params) => {
  const chat = existingChat(world, params.chat_id);
  for (const messageId of params.message_ids) {
    const stored = world.state.message(chat.chat.id, messageId);
    if (stored && isDeletable(world, stored)) remove(world, stored);
  }
  return true;
};

function isDeletable(world: World, { message, from }: StoredMessage): boolean {
  const isYoung = nowMs(world) - message.date * SECOND_MS < 2 * DAY_MS;
  return isYoung && (from === "bot" || message.chat.type === "private");
}

function remove(world: World, { message }: StoredMessage): void {
  world.state.deleteMessage(message.chat.id, message.message_id);
  world.changed(message.chat.id);
}
