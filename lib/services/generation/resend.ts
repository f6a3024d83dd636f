import { leaseTelling } from "../../db/delivery.ts";
import { readGeneration } from "../../db/generations.ts";
import type { OwnedGeneration } from "../../db/owned-generation.ts";
import { LEASE_SECONDS } from "../../generation/schedule.ts";
import { addSeconds } from "../../shared/clock.ts";
import { sendAlbum } from "../../telegram/deliver-media.ts";
import { placeText } from "../../telegram/place-text.ts";
import type { App } from "../app.ts";
import { withArchiveLinks } from "../archive/links.ts";
import { withCatalog } from "../catalog/current.ts";
import { deliverResult } from "./deliver.ts";
import { ownerFacts } from "./owner-facts.ts";
import { resultMessage } from "./result-message.ts";

/** Sends a past result again, free, from the files that Telegram keeps. A result that was never delivered is delivered. */
export async function resendResult(anyApp: App, input: { generationId: string; userId: number }): Promise<void> {
  const stored = await readGeneration(anyApp.database, input.generationId);
  if (stored === null || stored.userId !== input.userId) return;
  const app = await withCatalog(anyApp, stored.catalogRevision);
  const generation = await withArchiveLinks(app, stored);
  if (generation.state === "undeliverable") return await deliverAgain(app, generation);
  if (generation.state !== "delivered" || generation.outputs.length === 0) return;
  const { message, files } = resultMessage(app, generation, ownerFacts(app, generation));
  const messageId = await placeText(app.telegram, { chatId: generation.userId, messageId: null, message });
  await sendAlbum(app.telegram, {
    chatId: generation.userId,
    items: files.map(({ media }) => media),
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
