/** Methods around a chat that neither send nor edit: callback answers, chat actions, pins, files. */
import { SECOND_MS } from "../../shared/clock.ts";
import { refusal, violation } from "./errors.ts";
import { MAX_GET_FILE_BYTES } from "./files.ts";
import { existingChat, type Method, nowMs, nowSeconds, writableChat } from "./world.ts";

/** After this long a client no longer waits. Telegram documents no number; reports range from 10 s upwards. */
const QUERY_TTL_SECONDS = 30;

export const answerCallbackQuery: Method<"answerCallbackQuery"> = (world, params) => {
  const query = world.state.query(params.callback_query_id);
  if (!query || nowMs(world) - query.atMs > QUERY_TTL_SECONDS * SECOND_MS) {
    throw refusal("query is too old and response timeout expired or query ID is invalid");
  }
  if (params.url !== undefined) throw violation("URL_INVALID (only game bots and t.me links can open one)");
  // The client took the first answer; a second one is accepted and shown to nobody.
  if (query.isAnswered) return true;
  world.state.putQuery({ ...query, isAnswered: true });
  const { chatId, messageId } = query;
  if (params.text) {
    const alert = params.show_alert ?? false;
    world.state.addToast(chatId, { text: params.text, alert, messageId, at: nowSeconds(world) });
  }
  world.changed(chatId);
  return true;
};

export const sendChatAction: Method<"sendChatAction"> = (world, params) => {
  const chat = writableChat(world, params.chat_id);
  world.state.putChat({ ...chat, typing: { action: params.action, atMs: nowMs(world) } });
  world.changed(chat.chat.id);
  return true;
};

export const getChat: Method<"getChat"> = (world, params) => {
  const { chat, pinnedIds } = existingChat(world, params.chat_id);
  const pinned = pinnedIds.at(-1);
  const pinnedMessage = pinned === undefined ? undefined : world.state.message(chat.id, pinned)?.message;
  return {
    ...chat,
    accent_color_id: 0,
    max_reaction_count: 11,
    accepted_gift_types: {
      unlimited_gifts: true,
      limited_gifts: true,
      unique_gifts: true,
      premium_subscription: true,
      gifts_from_channels: true,
    },
    ...(pinnedMessage ? { pinned_message: pinnedMessage } : {}),
  };
};

export const pinChatMessage: Method<"pinChatMessage"> = (world, params) => {
  const chat = writableChat(world, params.chat_id);
  if (!world.state.message(chat.chat.id, params.message_id)) throw refusal("message to pin not found");
  const others = chat.pinnedIds.filter((id) => id !== params.message_id);
  world.state.putChat({ ...chat, pinnedIds: [...others, params.message_id] });
  world.changed(chat.chat.id);
  return true;
};

export const unpinChatMessage: Method<"unpinChatMessage"> = (world, params) => {
  const chat = writableChat(world, params.chat_id);
  const messageId = params.message_id ?? chat.pinnedIds.at(-1);
  if (messageId === undefined || !chat.pinnedIds.includes(messageId)) throw refusal("message to unpin not found");
  world.state.putChat({ ...chat, pinnedIds: chat.pinnedIds.filter((id) => id !== messageId) });
  return true;
};

export const unpinAllChatMessages: Method<"unpinAllChatMessages"> = (world, params) => {
  world.state.putChat({ ...writableChat(world, params.chat_id), pinnedIds: [] });
  return true;
};

export const getFile: Method<"getFile"> = (world, params) => {
  const file = world.state.file(params.file_id);
  if (!file) throw violation("invalid file_id");
  if (file.sizeBytes > MAX_GET_FILE_BYTES) throw refusal("file is too big");
  return {
    file_id: file.fileId,
    file_unique_id: file.fileUniqueId,
    file_size: file.sizeBytes,
    file_path: file.path,
  };
};
