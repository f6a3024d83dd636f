import { decodeAction } from "../conversation/callback-data.ts";
import type { DialogueEvent } from "../conversation/types.ts";
import type { App } from "../services/app.ts";
import { takeStep } from "../services/dialogue/take-step.ts";
import { receiveOutput } from "../services/upload/receive-output.ts";
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
  const sender = senderOf(from);
  const tap: DialogueEvent =
    decoded === null
      ? { kind: "unknown-tap", messageId: message.message_id }
      : { kind: "tap", ...decoded, messageId: message.message_id };
  const event = (await takenOutput(app, context.update.update_id, sender.id, tap)) ?? tap;
  // The media of a result must stay: only texts are redrawn in place.
  const tappedMessageId = message.text === undefined ? null : message.message_id;
  const step = await takeStep(app, { updateId: context.update.update_id, sender, event, tappedMessageId });
  if (step.toast !== null) {
    context.response = { ...context.response, text: step.toast.text, show_alert: step.toast.alert };
  }
  await showStep(app, { chatId: message.chat.id, userId: sender.id, tappedMessageId, step });
}

/** What became of a tap that takes an output as the file of a new card; null for other taps, and where there is none. */
async function takenOutput(
  app: App,
  updateId: number,
  userId: number,
  tap: DialogueEvent,
): Promise<DialogueEvent | null> {
  if (tap.kind !== "tap" || tap.action.kind !== "use") return null;
  const { generationId, position, job } = tap.action;
  const received = await receiveOutput(app, { updateId, userId, generationId, position });
  if (received === null) return null;
  return received.ok ? { kind: "output", ...received.value, job } : { kind: "media-refused", reason: received.problem };
}
