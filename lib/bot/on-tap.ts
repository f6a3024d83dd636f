import { decodeAction } from "../conversation/callback-data.ts";
import type { DialogueEvent } from "../conversation/types.ts";
import type { App } from "../services/app.ts";
import { takeStep } from "../services/dialogue/take-step.ts";
import type { BotContext } from "./context.ts";
import { callbackQuerySchema } from "./incoming.ts";
import { senderOf } from "./sender.ts";
import { showStep } from "./show-step.ts";

/** A button. Its answer always comes, at the latest empty, so that the button stops spinning. */
export async function onTap(app: App, context: BotContext): Promise<void> {
  const parsed = callbackQuerySchema.safeParse(Reflect.get(context.update, "callback_query"));
  if (!parsed.success) return;
  const { id, from, data, message } = parsed.data;
  context.response = { method: "answerCallbackQuery", callback_query_id: id };
  // Without its message (older than 48 h, or of another bot) there is nothing to draw in; the menu is one command away.
  if (message === undefined || message.chat.type !== "private" || message.chat.id !== from.id) return;

  const decoded = data === undefined ? null : decodeAction(data);
  const event: DialogueEvent =
    decoded === null
      ? { kind: "unknown-tap", messageId: message.message_id }
      : { kind: "tap", ...decoded, messageId: message.message_id };
  const sender = senderOf(from);
  // The media of a result must stay: only texts are redrawn in place.
  const tappedMessageId = message.text === undefined ? null : message.message_id;
  const step = await takeStep(app, { updateId: context.update.update_id, sender, event, tappedMessageId });
  if (step.toast !== null) {
    context.response = { ...context.response, text: step.toast.text, show_alert: step.toast.alert };
  }
  await showStep(app, { chatId: message.chat.id, userId: sender.id, tappedMessageId, step });
}
