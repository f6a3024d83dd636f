import type { TelegramClient } from "./client.ts";
import { climbDown, type InlineKeyboard, type PlacedMedia, type Target } from "./media-ladder.ts";
import type { CaptionEntities, MediaToPlace } from "./media-source.ts";

export type { InlineKeyboard, PlacedMedia } from "./media-ladder.ts";
export type { CaptionEntities, LinkReason, MediaSource, MediaToPlace } from "./media-source.ts";
export { AlbumInterrupted, sendAlbum } from "./send-album.ts";

/**
 * Turns one of our text messages into a file with a caption: Telegram fetches the link, else we download and upload the
 * bytes (10 MB as a photo, 50 MB as anything), else the message gets the link. Only edits, so a repeat makes no second
 * message; a message that the user deleted is replaced by one new message.
 *
 * @throws TelegramFailure: blocked, flood (wait `retryAfterSeconds`), or an unknown outcome (repeat it).
 */
export async function placeMedia(
  client: TelegramClient,
  input: {
    chatId: number;
    messageId: number;
    media: MediaToPlace;
    caption: string;
    captionEntities?: CaptionEntities;
    replyMarkup?: InlineKeyboard;
  },
): Promise<PlacedMedia> {
  const { chatId, messageId, media, caption, captionEntities = [], replyMarkup } = input;
  const target: Target = { chatId, messageId, ...(replyMarkup === undefined ? {} : { replyMarkup }) };
  return await climbDown(client, target, media, { text: caption, entities: captionEntities });
}

/**
 * Sends one file as a message of its own, down the same ladder. Can not be repeated safely: after an unknown outcome a
 * repeat may double it.
 *
 * @throws TelegramFailure
 */
export async function sendMedia(
  client: TelegramClient,
  input: { chatId: number; media: MediaToPlace; caption?: string },
): Promise<PlacedMedia> {
  const target: Target = { chatId: input.chatId, messageId: null };
  return await climbDown(client, target, input.media, { text: input.caption ?? "", entities: [] });
}
