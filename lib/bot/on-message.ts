import type { DialogueEvent } from "../conversation/types.ts";
import { texts } from "../i18n/index.ts";
import type { App } from "../services/app.ts";
import { takeStep } from "../services/dialogue/take-step.ts";
import { takeReceipt } from "../services/payments/bank-receipt.ts";
import { receiveUpload } from "../services/upload/receive.ts";
import type { BotContext } from "./context.ts";
import { fileOf, type IncomingMessage, messageSchema, receiptFileOf, wordsFileOf } from "./incoming.ts";
import { senderOf } from "./sender.ts";
import { showStep } from "./show-step.ts";

/** Things a person sends that no model takes. Service messages (pins, joins …) are not among them and stay unanswered. */
const UNSUPPORTED = [
  "sticker",
  "location",
  "venue",
  "contact",
  "poll",
  "dice",
  "game",
  "story",
  "paid_media",
  "checklist",
] as const;

export async function onMessage(app: App, context: BotContext): Promise<void> {
  const parsed = messageSchema.safeParse(Reflect.get(context.update, "message"));
  if (!parsed.success || parsed.data.from === undefined || parsed.data.from.is_bot === true) return;
  const message = parsed.data;
  const sender = senderOf(parsed.data.from);
  if (message.chat.type !== "private") {
    // Only when spoken to: a group's talk is not ours, and a group must not be spammed.
    if (message.text?.startsWith("/")) {
      context.response = {
        method: "sendMessage",
        chat_id: message.chat.id,
        text: texts(sender.language).privateChatsOnly,
      };
    }
    return;
  }
  const updateId = context.update.update_id;
  const event = await toEvent(app, updateId, sender.id, message);
  if (event === null) return;
  const step = await takeStep(app, { updateId, sender, event, tappedMessageId: null });
  await showStep(app, { chatId: message.chat.id, userId: sender.id, tappedMessageId: null, step });
}

async function toEvent(
  app: App,
  updateId: number,
  userId: number,
  message: IncomingMessage,
): Promise<DialogueEvent | null> {
  if (message.text !== undefined) {
    const command = /^\/([A-Za-z0-9_]{1,32})(?:@\w+)?(?:\s+([\s\S]*))?$/.exec(message.text);
    if (command?.[1] === undefined) return { kind: "text", text: message.text };
    return { kind: "command", name: command[1].toLowerCase(), argument: command[2]?.trim() ?? "" };
  }
  const wordsFile = wordsFileOf(message);
  if (wordsFile !== null) {
    const { receiveWords } = await import("../services/upload/receive-words.ts");
    const words = await receiveWords(app, wordsFile);
    return words.ok
      ? { kind: "words", text: words.value, format: wordsFile.format }
      : { kind: "media-refused", reason: words.problem };
  }
  const receiptFile = receiptFileOf(message);
  const receipt = receiptFile === null ? null : await takeReceipt(app, { userId, updateId, file: receiptFile });
  if (receipt !== null) return { kind: "receipt", refused: receipt.refused };
  const file = fileOf(message);
  if (file !== null) {
    const received = await receiveUpload(app, { updateId, userId, ...file });
    return received.ok
      ? {
          kind: "media",
          upload: received.value,
          caption: message.caption ?? "",
          ...(message.media_group_id === undefined ? {} : { albumId: message.media_group_id }),
        }
      : { kind: "media-refused", reason: received.problem };
  }
  return UNSUPPORTED.some((kind) => Reflect.has(message, kind)) ? { kind: "unsupported" } : null;
}
