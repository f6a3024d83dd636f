/** Which Bot API methods are imitated, and the one table that says which are not and why. */
import type { APIMethods } from "@gramio/types/methods";
import * as settings from "./bot-settings.ts";
import * as chats from "./chat-methods.ts";
import * as editing from "./editing.ts";
import { violation } from "./errors.ts";
import * as payments from "./payments.ts";
import { assertParams } from "./schema.ts";
import * as sending from "./sending.ts";
import type { Method, Parts, World } from "./world.ts";

const METHODS: { [M in keyof APIMethods]?: Method<M> } = {
  getMe: settings.getMe,
  setMyCommands: settings.setMyCommands,
  getMyCommands: settings.getMyCommands,
  deleteMyCommands: settings.deleteMyCommands,
  setMyName: settings.setMyName,
  getMyName: settings.getMyName,
  setMyDescription: settings.setMyDescription,
  getMyDescription: settings.getMyDescription,
  setMyShortDescription: settings.setMyShortDescription,
  getMyShortDescription: settings.getMyShortDescription,
  setChatMenuButton: settings.setChatMenuButton,
  getChatMenuButton: settings.getChatMenuButton,
  setWebhook: settings.setWebhook,
  deleteWebhook: settings.deleteWebhook,
  getWebhookInfo: settings.getWebhookInfo,
  getUpdates: settings.getUpdates,
  sendMessage: sending.sendMessage,
  sendPhoto: sending.sendPhoto,
  sendVideo: sending.sendVideo,
  sendAudio: sending.sendAudio,
  sendVoice: sending.sendVoice,
  sendDocument: sending.sendDocument,
  sendAnimation: sending.sendAnimation,
  sendMediaGroup: sending.sendMediaGroup,
  editMessageText: editing.editMessageText,
  editMessageCaption: editing.editMessageCaption,
  editMessageReplyMarkup: editing.editMessageReplyMarkup,
  editMessageMedia: editing.editMessageMedia,
  deleteMessage: editing.deleteMessage,
  deleteMessages: editing.deleteMessages,
  answerCallbackQuery: chats.answerCallbackQuery,
  sendChatAction: chats.sendChatAction,
  getChat: chats.getChat,
  pinChatMessage: chats.pinChatMessage,
  unpinChatMessage: chats.unpinChatMessage,
  unpinAllChatMessages: chats.unpinAllChatMessages,
  getFile: chats.getFile,
  sendInvoice: payments.sendInvoice,
  createInvoiceLink: payments.createInvoiceLink,
  answerPreCheckoutQuery: payments.answerPreCheckoutQuery,
  refundStarPayment: payments.refundStarPayment,
  getStarTransactions: payments.getStarTransactions,
  getMyStarBalance: payments.getMyStarBalance,
};

/** Every other method of the Bot API is answered "not simulated"; these are the ones with a reason worth reading. */
const NOT_IMITATED: Partial<Record<keyof APIMethods | "*", string>> = {
  answerShippingQuery: "Stars buy nothing that is shipped",
  editUserStarSubscription: "the product sells no subscriptions",
  logOut: "there is no second server to move to",
  close: "there is no second server to move to",
  "*": "the product does not use it",
};

/** Parameters of imitated methods that would lead somewhere else than an ordinary chat. */
const NOT_IMITATED_PARAMS = [
  "business_connection_id",
  "direct_messages_topic_id",
  "ephemeral_message_parameters",
  "inline_message_id",
  "message_thread_id",
  "suggested_post_parameters",
];

/**
 * Checks and runs one call.
 *
 * @returns the `result` of the answer.
 * @throws BotApiError
 */
export async function runMethod<M extends keyof APIMethods>(
  world: World,
  name: M,
  params: Record<string, unknown>,
  parts: Parts,
): Promise<unknown> {
  assertParams(name, params);
  const method: Method<M> | undefined = METHODS[name];
  if (!method) throw violation(`${name} is not simulated (${NOT_IMITATED[name] ?? NOT_IMITATED["*"]})`);
  const strange = NOT_IMITATED_PARAMS.find((param) => params[param] !== undefined);
  if (strange !== undefined) throw violation(`${strange} is not simulated`);
  return await method(world, params, parts);
}
