import type { TelegramClient } from "./client.ts";
import { telegramKind } from "./failure.ts";
import type { MessageParts } from "./view-message.ts";

/**
 * Shows a message in the place of an older one of ours: edits it, or sends a new one when there is none (any more) to
 * edit. A message that already looks so counts as shown.
 *
 * @returns the id of the message that shows it now.
 * @throws TelegramFailure
 */
export async function placeText(
  telegram: TelegramClient,
  input: { chatId: number; messageId: number | null; message: MessageParts },
): Promise<number> {
  const { chatId, messageId, message } = input;
  if (messageId !== null) {
    try {
      await telegram.call("editMessageText", { chat_id: chatId, message_id: messageId, ...message });
      return messageId;
    } catch (error) {
      const kind = telegramKind(error);
      if (kind === "not-modified") return messageId;
      if (kind !== "message-gone" && kind !== "no-text") throw error;
    }
  }
  const sent = await telegram.call("sendMessage", { chat_id: chatId, ...message });
  return sent.message_id;
}
