import { receiptCardView } from "../../conversation/admin/receipt-screens.ts";
import { readReceiptCard, readSentCards, saveCardMessage } from "../../db/bank-cards.ts";
import type { OutboxMessage } from "../../db/outbox.ts";
import { telegramKind } from "../../telegram/failure.ts";
import { toMessage } from "../../telegram/view-message.ts";
import type { App } from "../app.ts";

/** Sends one receipt to one admin, with what is known about it and the buttons of the decision. */
export async function sendReceiptCard(app: App, message: OutboxMessage): Promise<void> {
  const { payload, userId } = message;
  const card = await readReceiptCard(app.database, String(payload["requestId"]));
  if (card === null) return;
  const parts = toMessage(receiptCardView(card, String(payload["receiptId"]), message.language ?? "ru"), 0);
  const under = {
    chat_id: userId,
    caption: parts.text,
    caption_entities: parts.entities,
    reply_markup: parts.reply_markup,
  };
  const fileId = String(payload["fileId"]);
  let messageId: number;
  try {
    const sent =
      payload["sentAs"] === "photo"
        ? await app.telegram.call("sendPhoto", { ...under, photo: fileId })
        : await app.telegram.call("sendDocument", { ...under, document: fileId });
    messageId = sent.message_id;
  } catch (error) {
    // A file that Telegram does not give out again: the decision must not hang on it, so the words go alone.
    const kind = telegramKind(error);
    if (kind !== "media-refused" && kind !== "other") throw error;
    app.log.warn("receipt.sent-without-file", { requestId: card.requestId, error });
    await app.telegram.call("sendMessage", { chat_id: userId, ...parts });
    return;
  }
  await saveCardMessage(app.database, { outboxId: message.id, messageId });
}

/** Draws the cards of a request anew in the chats of all admins: when it was read, and when it was decided. */
export async function redrawReceiptCards(app: App, requestId: string): Promise<void> {
  const card = await readReceiptCard(app.database, requestId);
  if (card === null) return;
  for (const sent of await readSentCards(app.database, { requestId, adminIds: app.config.ADMIN_ID })) {
    const { text, entities, reply_markup } = toMessage(receiptCardView(card, sent.receiptId, sent.language), 0);
    try {
      await app.telegram.call("editMessageCaption", {
        chat_id: sent.adminId,
        message_id: sent.messageId,
        caption: text,
        caption_entities: entities,
        reply_markup,
      });
    } catch (error) {
      // One that was deleted, or looks so already, must not keep the others from being redrawn.
      if (telegramKind(error) !== "not-modified") app.log.info("receipt.not-redrawn", { requestId, error });
    }
  }
}
