import type { View } from "../conversation/types.ts";
import { saveScreenMessage, setReachable } from "../db/dialogues.ts";
import type { App } from "../services/app.ts";
import { deliverWhole } from "../services/batch/finish-item.ts";
import { startBatch } from "../services/batch/start.ts";
import type { StepResult } from "../services/dialogue/take-step.ts";
import { advanceGeneration } from "../services/generation/advance.ts";
import { publishFirstLook } from "../services/generation/first-look.ts";
import { refreshGeneration } from "../services/generation/refresh.ts";
import { resendResult } from "../services/generation/resend.ts";
import { sendOffered } from "../services/generation/send-offered.ts";
import { sendOriginals } from "../services/generation/send-originals.ts";
import { telegramKind } from "../telegram/failure.ts";
import { placeText } from "../telegram/place-text.ts";
import { toMessage } from "../telegram/view-message.ts";

interface Shown {
  chatId: number;
  userId: number;
  tappedMessageId: number | null;
  step: StepResult;
}

/** Shows what a step decided, with one call, then starts what follows from it (also when the picture did not arrive). */
export async function showStep(app: App, shown: Shown): Promise<void> {
  try {
    if (shown.step.view !== null) await draw(app, shown, shown.step.view);
  } finally {
    startEffects(app, shown.userId, shown.step);
  }
}

async function draw(app: App, shown: Shown, view: View): Promise<void> {
  const { chatId, userId, tappedMessageId, step } = shown;
  const target = step.show === "edit" ? (tappedMessageId ?? step.previousMessageId) : null;
  let messageId: number;
  try {
    messageId = await placeText(app.telegram, { chatId, messageId: target, message: toMessage(view, step.revision) });
  } catch (error) {
    const kind = telegramKind(error);
    if (kind !== "blocked" && kind !== "chat-gone") throw error;
    await setReachable(app.database, userId, false);
    return;
  }
  if (messageId === target || !step.isCard) return;
  // A new message: the next step must know which one shows the screen, and the card above it is not one any more.
  await saveScreenMessage(app.database, { userId, revision: step.revision, messageId });
  const { replacedCardMessageId } = step;
  if (replacedCardMessageId !== null && replacedCardMessageId !== messageId) {
    app.defer("remove replaced card", async () => {
      await app.telegram.call("deleteMessage", { chat_id: chatId, message_id: replacedCardMessageId });
    });
  }
}

function startEffects(app: App, userId: number, step: StepResult): void {
  const { created } = step;
  if (created !== null) {
    const fields = { generationId: created.id };
    app.log.info("generation.created", fields);
    const submit = async () => {
      // First the net, then the jump: a process that dies in between is found by the job.
      await publishFirstLook(app, created);
      await advanceGeneration(app, "state" in created ? created : created.id);
    };
    app.defer("submit generation", submit, fields);
  }
  startBatches(app, step);
  for (const effect of step.effects) {
    if (effect.kind === "refresh") {
      const { generationId } = effect;
      app.defer("refresh generation", () => refreshGeneration(app, { generationId, userId }), { generationId });
    }
    if (effect.kind === "deliver-undelivered") {
      app.defer("deliver undelivered", async () => {
        const { deliverUndelivered } = await import("../services/generation/deliver-undelivered.ts");
        await deliverUndelivered(app, userId);
      });
    }
    if (effect.kind === "original") {
      const { generationId } = effect;
      app.defer("send originals", () => sendOriginals(app, { generationId, userId }), { generationId });
    }
    if (effect.kind === "send-files") {
      const { generationId } = effect;
      app.defer("send offered files", () => sendOffered(app, { generationId, userId }), { generationId });
    }
    if (effect.kind === "resend") {
      const { generationId } = effect;
      app.defer("resend result", () => resendResult(app, { generationId, userId }), { generationId });
    }
  }
}

function startBatches(app: App, { createdBatch, endedBatchId }: StepResult): void {
  if (createdBatch !== null) {
    const fields = { batchId: createdBatch.id };
    app.log.info("batch.created", fields);
    app.defer("start batch", () => startBatch(app, createdBatch), fields);
  }
  if (endedBatchId !== null) {
    app.defer("deliver batch", () => deliverWhole(app, endedBatchId), { batchId: endedBatchId });
  }
}
