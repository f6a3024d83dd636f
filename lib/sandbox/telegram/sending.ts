/** Methods that make a new message. */

import { randomBytes } from "node:crypto";
import type { TelegramInputMedia, TelegramMessage, TelegramReplyParameters } from "@gramio/types/objects";
import { formatText } from "./entities.ts";
import { BotApiError, refusal, violation } from "./errors.ts";
import { mediaFields, resolveMedia, type SendDetails } from "./files.ts";
import { readMarkup } from "./keyboards.ts";
import type { FileKind, StoredChat, StoredMessage } from "./state.ts";
import { asQuoted, type Method, nowSeconds, type Parts, type World, writableChat } from "./world.ts";

const MAX_TEXT = 4096;
const MAX_CAPTION = 1024;

/** Parameters that every sending method shares. */
interface Common {
  disable_notification?: boolean;
  protect_content?: boolean;
  message_effect_id?: string;
  reply_parameters?: TelegramReplyParameters;
  reply_markup?: unknown;
}

interface Captioned {
  caption?: string | { toString(): string };
  parse_mode?: string;
  caption_entities?: TelegramMessage["entities"];
  show_caption_above_media?: boolean;
  has_spoiler?: boolean;
}

export const sendMessage: Method<"sendMessage"> = (world, params) => {
  const chat = writableChat(world, params.chat_id);
  return post(world, chat, textFields(String(params.text), params.parse_mode, params.entities), params);
};

/** @throws BotApiError, a violation: empty, too long, or badly marked up. */
export function textFields(
  text: string,
  parseMode: string | undefined,
  entities: TelegramMessage["entities"],
): Partial<TelegramMessage> {
  const formatted = formatText({ text, parseMode, entities }, MAX_TEXT);
  if (formatted.text === "") throw violation("message text is empty");
  return { text: formatted.text, ...(formatted.entities.length > 0 ? { entities: formatted.entities } : {}) };
}

export function captionFields(params: Captioned): Partial<TelegramMessage> {
  const { text, entities } = formatText(
    { text: String(params.caption ?? ""), parseMode: params.parse_mode, entities: params.caption_entities },
    MAX_CAPTION,
  );
  return {
    ...(text === "" ? {} : { caption: text }),
    ...(entities.length > 0 ? { caption_entities: entities } : {}),
    ...(params.show_caption_above_media ? { show_caption_above_media: true } : {}),
    ...(params.has_spoiler ? { has_media_spoiler: true } : {}),
  };
}

async function sendFile(
  world: World,
  kind: FileKind,
  given: Blob | string,
  params: Common & Captioned & SendDetails & { chat_id: number | string },
  parts: Parts,
): Promise<TelegramMessage> {
  const chat = writableChat(world, params.chat_id);
  const caption = captionFields(params);
  // The keyboard is checked before a URL is fetched, so that a wrong one costs no download.
  readMarkup(params.reply_markup);
  const file = await resolveMedia(world.state, kind, given, parts, params);
  return post(world, chat, { ...mediaFields(world.state, file), ...caption }, params);
}

export const sendPhoto: Method<"sendPhoto"> = (world, params, parts) =>
  sendFile(world, "photo", params.photo, params, parts);
export const sendVideo: Method<"sendVideo"> = (world, params, parts) =>
  sendFile(world, "video", params.video, params, parts);
export const sendAudio: Method<"sendAudio"> = (world, params, parts) =>
  sendFile(world, "audio", params.audio, params, parts);
export const sendVoice: Method<"sendVoice"> = (world, params, parts) =>
  sendFile(world, "voice", params.voice, params, parts);
export const sendDocument: Method<"sendDocument"> = (world, params, parts) =>
  sendFile(world, "document", params.document, params, parts);
export const sendAnimation: Method<"sendAnimation"> = (world, params, parts) =>
  sendFile(world, "animation", params.animation, params, parts);

export const sendMediaGroup: Method<"sendMediaGroup"> = async (world, params, parts) => {
  const chat = writableChat(world, params.chat_id);
  const families = new Set(params.media.map(({ type }) => (type === "photo" || type === "video" ? "visual" : type)));
  if (families.size > 1) throw violation(`${[...families].join(" and ")} can't be mixed in one media group`);
  const captions = params.media.map(captionFields);
  const items: Partial<TelegramMessage>[] = [];
  for (const [index, media] of params.media.entries()) {
    try {
      items.push({ ...(await inputMediaFields(world, media, parts)), ...captions[index] });
    } catch (error) {
      if (!(error instanceof BotApiError)) throw error;
      const reason = error.message.replace("Bad Request: ", "");
      const description = `failed to send message #${index + 1} with the error message "${reason}"`;
      throw error.isViolation ? violation(description) : refusal(description);
    }
  }
  // Checked again: a person can block the bot while the files are being fetched.
  writableChat(world, params.chat_id);
  const media_group_id = String(randomBytes(6).readUIntBE(0, 6));
  return world.state.transaction(() => items.map((item) => post(world, chat, { ...item, media_group_id }, params)));
};

/** The message fields of one InputMedia. */
export async function inputMediaFields(
  world: World,
  media: TelegramInputMedia,
  parts: Parts,
): Promise<Partial<TelegramMessage>> {
  if (media.type === "live_photo") throw violation("live photos are not simulated");
  const details: SendDetails = media.type === "photo" ? {} : media;
  const file = await resolveMedia(world.state, media.type, media.media, parts, details);
  return mediaFields(world.state, file);
}

/** Adds the bot's message to the chat. Only an invoice may have a pay button. */
export function post(
  world: World,
  chat: StoredChat,
  content: Partial<TelegramMessage>,
  params: Common,
  rules: { mayPay?: boolean } = {},
): TelegramMessage {
  const markup = readMarkup(params.reply_markup, rules);
  const reply = quoted(world, chat, params.reply_parameters);
  const message: TelegramMessage = {
    message_id: world.state.nextMessageId(chat.chat.id),
    from: world.bot,
    chat: chat.chat,
    date: nowSeconds(world),
    ...(reply ? { reply_to_message: reply } : {}),
    ...content,
    ...(params.protect_content ? { has_protected_content: true } : {}),
    ...(params.message_effect_id === undefined ? {} : { effect_id: params.message_effect_id }),
    ...(markup.inline ? { reply_markup: markup.inline } : {}),
  };
  const stored: StoredMessage = {
    message,
    from: "bot",
    ...(markup.hasReplyKeyboard ? { hasReplyKeyboard: true } : {}),
  };
  world.state.putMessage(stored);
  const { typing: _, ...silent } = world.state.chat(chat.chat.id) ?? chat;
  world.state.putChat(silent);
  world.changed(chat.chat.id);
  return message;
}

function quoted(
  world: World,
  chat: StoredChat,
  reply: TelegramReplyParameters | undefined,
): TelegramMessage | undefined {
  if (reply?.message_id === undefined) return undefined;
  const target = world.state.message(chat.chat.id, reply.message_id);
  if (!target && !reply.allow_sending_without_reply) throw refusal("message to be replied not found");
  return target ? asQuoted(target.message) : undefined;
}
