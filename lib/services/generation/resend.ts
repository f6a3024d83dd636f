import { receiptCaption, resultKeyboard } from "../../conversation/generation-views.ts";
import { leaseTelling } from "../../db/delivery.ts";
import { readGeneration } from "../../db/generations.ts";
import type { OwnedGeneration } from "../../db/owned-generation.ts";
import { LEASE_SECONDS } from "../../generation/schedule.ts";
import { addSeconds } from "../../shared/clock.ts";
import { sendAlbum } from "../../telegram/deliver-media.ts";
import { placeText } from "../../telegram/place-text.ts";
import { toMessage } from "../../telegram/view-message.ts";
import type { App } from "../app.ts";
import { deliverResult, mediaOf } from "./deliver.ts";
import { generationFacts } from "./facts.ts";
import { ownerFacts } from "./owner-facts.ts";

/** Sends a past result again, free, from the files that Telegram keeps. A result that was never delivered is delivered. */
export async function resendResult(app: App, input: { generationId: string; userId: number }): Promise<void> {
  const generation = await readGeneration(app.database, input.generationId);
  if (generation === null || generation.userId !== input.userId) return;
  if (generation.state === "undeliverable") return await deliverAgain(app, generation);
  if (generation.state !== "delivered" || generation.outputs.length === 0) return;
  const facts = ownerFacts(app, generation);
  const shown = generationFacts(generation);
  const receipt = toMessage(
    { text: receiptCaption(shown, facts, app.catalog), keyboard: resultKeyboard(shown, facts, app.catalog) },
    0,
  );
  const messageId = await placeText(app.telegram, { chatId: generation.userId, messageId: null, message: receipt });
  await sendAlbum(app.telegram, {
    chatId: generation.userId,
    items: mediaOf(app, generation),
    replyToMessageId: messageId,
  });
}

/** Under a lease, so that two taps do not deliver twice. */
async function deliverAgain(app: App, generation: OwnedGeneration): Promise<void> {
  const now = app.clock.now();
  const isMine = await leaseTelling(app.database, {
    generationId: generation.id,
    state: generation.state,
    now,
    leaseUntil: addSeconds(now, LEASE_SECONDS),
  });
  if (isMine) await deliverResult(app, generation);
}
