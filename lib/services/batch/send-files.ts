import { itemCaption } from "../../conversation/batch/views.ts";
import type { Facts } from "../../conversation/types.ts";
import { type SentOutput, saveBatchFiles } from "../../db/batch-delivery.ts";
import { type OwnedBatch, ownedItem } from "../../db/batch-json.ts";
import type { OwnedGeneration } from "../../db/owned-generation.ts";
import { LEASE_SECONDS } from "../../generation/schedule.ts";
import { addSeconds } from "../../shared/clock.ts";
import { AlbumInterrupted, type MediaToPlace, type PlacedMedia, sendAlbum } from "../../telegram/deliver-media.ts";
import { toMessage } from "../../telegram/view-message.ts";
import type { App } from "../app.ts";
import { OFFERED, type OfferedFile, offeredFiles } from "../generation/data-saver.ts";
import { generationFacts } from "../generation/facts.ts";
import { fileOf, isWorthItsCover, sentFile } from "../generation/result-files.ts";
import { resultMessage } from "../generation/result-message.ts";
import { batchFacts } from "./facts.ts";

/** What one item still has to bring. */
interface Pending {
  generation: OwnedGeneration;
  /** Too large for somebody who saves traffic: they come by a button. */
  offered: readonly OfferedFile[];
}

/**
 * Sends every output that is not with the user yet, in the order of the batch, as albums below the message; then, for
 * somebody who saves traffic, the receipts of items with large files, whose buttons bring them. What arrives is stored
 * on the way.
 *
 * @returns what came last: it is stored together with the batch's end.
 */
export async function sendFiles(app: App, batch: OwnedBatch, facts: Facts, messageId: number): Promise<SentOutput[]> {
  const pending: Pending[] = [];
  for (const item of batch.items) {
    if (item.state !== "succeeded") continue;
    const generation = ownedItem(batch, item);
    pending.push({ generation, offered: await offeredFiles(app, generation) });
  }
  let unsaved = await sendAlbums(app, batch, filesOf(app, batch, facts, pending), messageId);
  for (const { generation, offered } of pending) {
    if (offered.length === 0) continue;
    await save(app, batch, unsaved);
    unsaved = await offer(app, generation, offered, facts);
  }
  return unsaved;
}

async function save(app: App, batch: OwnedBatch, files: readonly SentOutput[]): Promise<void> {
  const leaseUntil = addSeconds(app.clock.now(), LEASE_SECONDS);
  await saveBatchFiles(app.database, { batchId: batch.id, files, leaseUntil });
}

interface BatchFile {
  generationId: string;
  position: number;
  media: MediaToPlace;
}

function filesOf(app: App, batch: OwnedBatch, facts: Facts, pending: readonly Pending[]): BatchFile[] {
  const shown = batchFacts(batch);
  return pending.flatMap(({ generation, offered }) => {
    const words = itemCaption(shown, generationFacts(generation), facts, app.catalog);
    const { text, entities } = toMessage({ text: words, keyboard: [] }, 0);
    return generation.outputs
      .filter((output) => output.messageId === null && !offered.some(({ position }) => position === output.position))
      .map((output) => {
        const { position, media } = fileOf(app, generation, output);
        // An item has no attempts of its own.
        const ofBatch = { isWorthItsCover: isWorthItsCover(batch), caption: { text, entities } };
        return { generationId: generation.id, position, media: { ...media, ...ofBatch } };
      });
  });
}

async function sendAlbums(
  app: App,
  batch: OwnedBatch,
  files: readonly BatchFile[],
  messageId: number,
): Promise<SentOutput[]> {
  let saved = 0;
  const unsaved = (placed: readonly PlacedMedia[]): SentOutput[] =>
    files.slice(saved, placed.length).flatMap(({ generationId, position }, index) => {
      const file = placed[saved + index];
      return file === undefined ? [] : [{ generationId, ...sentFile(file, position) }];
    });
  const onProgress = async (placed: readonly PlacedMedia[]): Promise<void> => {
    await save(app, batch, unsaved(placed));
    saved = placed.length;
  };
  try {
    const items = files.map(({ media }) => media);
    return unsaved(
      await sendAlbum(app.telegram, { chatId: batch.userId, items, replyToMessageId: messageId, onProgress }),
    );
  } catch (error) {
    if (error instanceof AlbumInterrupted && error.sent.length > saved) await onProgress(error.sent);
    throw error;
  }
}

async function offer(
  app: App,
  generation: OwnedGeneration,
  offered: readonly OfferedFile[],
  facts: Facts,
): Promise<SentOutput[]> {
  const { message } = resultMessage(app, generation, facts, offered);
  const sent = await app.telegram.call("sendMessage", { chat_id: generation.userId, ...message });
  return offered.map(({ position }) => ({
    generationId: generation.id,
    position,
    fileId: null,
    sentAs: OFFERED,
    messageId: sent.message_id,
  }));
}
