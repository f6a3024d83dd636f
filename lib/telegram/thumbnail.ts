import { SECOND_MS } from "../shared/clock.ts";
import type { TelegramClient } from "./client.ts";

/** https://core.telegram.org/bots/api#sendaudio: a JPEG under 200 kB, at most 320 pixels wide and high. */
const MAX_THUMBNAIL_BYTES = 200_000;
const MAX_THUMBNAIL_SIDE = 320;
/** A host that is slow with a small picture must not hold up what was paid for. */
const PATIENCE_MS = 5 * SECOND_MS;

/**
 * The provider's picture as a thumbnail for an upload, or null where Telegram would not take it as it is, or where it can
 * not be had: a result never waits for its picture, and never fails because of it.
 *
 * @param previewUrl absent or no web link: null, without a call.
 */
export async function thumbnailOf(client: TelegramClient, previewUrl: string | undefined): Promise<File | null> {
  if (previewUrl === undefined || !/^https?:\/\//i.test(previewUrl)) return null;
  const bytes = await client.fetchMedia(previewUrl, MAX_THUMBNAIL_BYTES, PATIENCE_MS).catch(() => null);
  const facts = bytes === null ? null : await client.probeMedia(bytes);
  if (bytes === null || facts?.format !== "jpeg") return null;
  const { width = Number.POSITIVE_INFINITY, height = Number.POSITIVE_INFINITY } = facts;
  const fits = Math.max(width, height) <= MAX_THUMBNAIL_SIDE;
  return fits ? new File([new Uint8Array(bytes)], "thumbnail.jpg", { type: facts.mime }) : null;
}
