import { doneText } from "../../conversation/generation-views.ts";
import type { Facts } from "../../conversation/types.ts";
import { markTold, postponeTelling, type SentFile, saveDoneMessage, saveSentFiles } from "../../db/delivery.ts";
import { setReachable } from "../../db/dialogues.ts";
import type { OwnedGeneration } from "../../db/owned-generation.ts";
import { transition } from "../../generation/life-cycle.ts";
import { deliveryRetryAt, LEASE_SECONDS } from "../../generation/schedule.ts";
import { addSeconds } from "../../shared/clock.ts";
import { type PlacedMedia, placeMedia, sendAlbum } from "../../telegram/deliver-media.ts";
import { telegramKind, toFault } from "../../telegram/failure.ts";
import { placeText } from "../../telegram/place-text.ts";
import { toMessage } from "../../telegram/view-message.ts";
import type { App } from "../app.ts";
import { withArchiveLinks } from "../archive/links.ts";
import { archiveDueAt, wakeArchive } from "../archive/plan.ts";
import { OFFERED, offeredFiles } from "./data-saver.ts";
import { generationFacts } from "./facts.ts";
import { ownerFacts } from "./owner-facts.ts";
import { type ResultFile, sentFile } from "./result-files.ts";
import { resultMessage } from "./result-message.ts";
import { retireStatus } from "./retire-status.ts";

/** Tries before a result counts as undeliverable; with the growing waits about three hours. */
const MAX_ATTEMPTS = 25;

/**
 * Gives the user the result. The caller holds the lease. First a short text, so that the phone rings; its id is stored,
 * then it is edited into the media, which may be repeated without a second message. Never throws for Telegram's sake:
 * what could not be done now is owed and planned.
 */
export async function deliverResult(app: App, stored: OwnedGeneration): Promise<void> {
  const delivered = transition(stored.state, "delivered");
  if (delivered === null) return;
  // One that could not be delivered for a long time.
  const generation = await withArchiveLinks(app, stored);
  const facts = ownerFacts(app, generation);
  try {
    const doneMessageId = generation.doneMessageId ?? (await ring(app, generation, facts));
    const files = await place(app, generation, facts, doneMessageId);
    await markTold(app.database, {
      generationId: generation.id,
      from: generation.state,
      to: delivered.to,
      now: app.clock.now(),
      files,
      archiveDueAt: archiveDueAt(app),
    });
    wakeArchive(app, [generation.id]);
    app.log.info("generation.delivered", { generationId: generation.id, sentAs: files.map((file) => file.sentAs) });
    retireStatus(app, generation);
  } catch (error) {
    await handleTellingError(app, generation, error);
  }
}

async function ring(app: App, generation: OwnedGeneration, facts: Facts): Promise<number> {
  const message = toMessage({ text: doneText(generationFacts(generation), facts, app.catalog), keyboard: [] }, 0);
  const sent = await app.telegram.call("sendMessage", { chat_id: generation.userId, ...message });
  await saveDoneMessage(app.database, { generationId: generation.id, messageId: sent.message_id });
  return sent.message_id;
}

async function place(app: App, generation: OwnedGeneration, facts: Facts, messageId: number): Promise<SentFile[]> {
  const offered = await offeredFiles(app, generation);
  const { message, isCaption, files, inText } = resultMessage(app, generation, facts, offered);
  const [single] = files;
  if (isCaption && single !== undefined) {
    const placed = await placeMedia(app.telegram, {
      chatId: generation.userId,
      messageId,
      media: single.media,
      caption: message.text,
      captionEntities: message.entities,
      replyMarkup: message.reply_markup,
    });
    return [sentFile(placed, single.position)];
  }
  // An album can not carry buttons: the text keeps the receipt and the buttons, the files follow it.
  const shownId = await placeText(app.telegram, { chatId: generation.userId, messageId, message });
  if (shownId !== messageId) await saveDoneMessage(app.database, { generationId: generation.id, messageId: shownId });
  const said = [
    ...inText.map((position) => ({ position, fileId: null, sentAs: "text", messageId: shownId })),
    ...offered.map(({ position }) => ({ position, fileId: null, sentAs: OFFERED, messageId: shownId })),
  ];
  const sent = new Set(
    generation.outputs.filter((output) => output.messageId !== null).map(({ position }) => position),
  );
  const missing = files.filter(({ position }) => !sent.has(position));
  return [...said, ...(await sendBelow(app, generation, missing, shownId))];
}

async function sendBelow(
  app: App,
  generation: OwnedGeneration,
  files: readonly ResultFile[],
  messageId: number,
): Promise<SentFile[]> {
  const toSentFiles = (placed: readonly PlacedMedia[]): SentFile[] =>
    files.flatMap(({ position }, index) => {
      const file = placed[index];
      return file === undefined ? [] : [sentFile(file, position)];
    });
  const placed = await sendAlbum(app.telegram, {
    chatId: generation.userId,
    items: files.map(({ media }) => media),
    replyToMessageId: messageId,
    // Uploads take their time: without this another process would take the lease and send the same again.
    onProgress: (sent) =>
      saveSentFiles(app.database, {
        generationId: generation.id,
        files: toSentFiles(sent),
        leaseUntil: addSeconds(app.clock.now(), LEASE_SECONDS),
      }),
  });
  return toSentFiles(placed);
}

/** Shared by the result and the failure message: blocked is final, everything else is tried again later. */
export async function handleTellingError(app: App, generation: OwnedGeneration, error: unknown): Promise<void> {
  const kind = telegramKind(error);
  app.log.warn("generation.not-told", {
    generationId: generation.id,
    attempts: generation.deliveryAttempts,
    kind,
    error,
  });
  const now = app.clock.now();
  const isUnreachable = kind === "blocked" || kind === "chat-gone";
  if (isUnreachable || generation.deliveryAttempts >= MAX_ATTEMPTS) {
    await markTold(app.database, {
      generationId: generation.id,
      from: generation.state,
      // A failure that could not be told stays what it is.
      to: transition(generation.state, "unreachable")?.to ?? generation.state,
      now,
      files: [],
      archiveDueAt: generation.outputs.length > 0 ? archiveDueAt(app) : null,
    });
    if (generation.outputs.length > 0) wakeArchive(app, [generation.id]);
    if (isUnreachable) await setReachable(app.database, generation.userId, false);
    return;
  }
  const retryAt = deliveryRetryAt(now, generation.deliveryAttempts, toFault(error).retryAfterSeconds);
  await postponeTelling(app.database, { generationId: generation.id, retryAt });
  await app.queue
    .publish(
      { name: "advance-generation", generationId: generation.id },
      {
        delaySeconds: Math.ceil((retryAt.getTime() - now.getTime()) / 1000),
        deduplicationId: `tell-${generation.id}-${generation.deliveryAttempts}`,
      },
    )
    .catch((reason: unknown) => app.log.warn("queue.publish-failed", { generationId: generation.id, error: reason }));
}
