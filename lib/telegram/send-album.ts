import type { BotParams, TelegramClient } from "./client.ts";
import { TelegramFailure, telegramKind } from "./failure.ts";
import { MAX_COVERED_ALBUM_BYTES, MAX_COVERED_SONG_BYTES, MAX_UPLOAD_BYTES } from "./limits.ts";
import {
  captionParams,
  climbDown,
  describe,
  isAboutTheFile,
  type PlacedMedia,
  placedFrom,
  toSentAs,
} from "./media-ladder.ts";
import {
  type Candidate,
  type Caption,
  coveredUploadOf,
  coverOf,
  isUpload,
  likelyShownAs,
  linkOf,
  type MediaToPlace,
  uploadOf,
} from "./media-source.ts";

/** An album broke off after some of its messages were sent: `sent` are those, in order, from the first item on. */
export class AlbumInterrupted extends TelegramFailure {
  override readonly name = "AlbumInterrupted";
  readonly sent: readonly PlacedMedia[];
  constructor(failure: TelegramFailure, sent: readonly PlacedMedia[]) {
    super(failure);
    this.sent = sent;
  }
}

/** https://core.telegram.org/bots/api#sendmediagroup: 2–10 items; photos and videos mix, audio and documents do not. */
const MAX_ALBUM = 10;
const familyOf = (as: Candidate["as"]): string => (as === "photo" || as === "video" ? "visual" : as);

interface AlbumItem {
  media: MediaToPlace;
  how: Candidate | null;
}

/** Neighbours of one family, at most ten together. The order of the items is kept. */
function toGroups(items: readonly AlbumItem[]): AlbumItem[][] {
  const groups: AlbumItem[][] = [];
  for (const item of items) {
    const last = groups.at(-1);
    const previous = last?.at(-1)?.how;
    const joins = previous && item.how !== null && familyOf(previous.as) === familyOf(item.how.as);
    if (last !== undefined && joins && last.length < MAX_ALBUM) last.push(item);
    else groups.push([item]);
  }
  return groups;
}

const NO_CAPTION: Caption = { text: "", entities: [] };
type AlbumMedia = NonNullable<BotParams<"sendMediaGroup">>["media"][number];

function albumMedia({ media, how }: AlbumItem): AlbumMedia[] {
  if (how === null || how.as === "animation") return [];
  const { caption = NO_CAPTION } = media;
  return [{ type: how.as, media: how.file, ...captionParams(caption), ...describe(media, how) }];
}

interface AlbumTarget {
  chatId: number;
  replyToMessageId?: number;
}

async function sendGroup(
  client: TelegramClient,
  target: AlbumTarget,
  group: readonly AlbumItem[],
): Promise<PlacedMedia[] | null> {
  const media = group.flatMap(albumMedia);
  if (group.length < 2 || media.length !== group.length) return null;
  const reply =
    target.replyToMessageId === undefined
      ? {}
      : { reply_parameters: { message_id: target.replyToMessageId, allow_sending_without_reply: true } };
  try {
    const answers = await client.call("sendMediaGroup", { chat_id: target.chatId, media, ...reply });
    return group.map(({ how }, index) =>
      placedFrom(answers[index], { messageId: 0, as: how === null ? "document" : toSentAs(how.as) }),
    );
  } catch (error) {
    const kind = telegramKind(error);
    // Words that Telegram can not read are put right where a file goes alone.
    if (isAboutTheFile(kind) || kind === "bad-entities" || kind === "too-long") return null;
    throw error;
  }
}

type Report = (placed: readonly PlacedMedia[]) => Promise<void>;

/** The same group, its songs uploaded with their covers as far as the album's limit allows; null where none is. */
async function withCovers(client: TelegramClient, group: readonly AlbumItem[]): Promise<AlbumItem[] | null> {
  const covers = await Promise.all(group.map(({ media }) => coverOf(client, media)));
  const items: AlbumItem[] = [];
  let totalBytes = 0;
  for (const [index, item] of group.entries()) {
    const hasRoom = totalBytes + MAX_COVERED_SONG_BYTES <= MAX_COVERED_ALBUM_BYTES;
    const how = hasRoom ? await coveredUploadOf(client, item.media, covers[index] ?? null) : null;
    items.push(how === null ? item : { ...item, how });
    if (how?.file instanceof File) totalBytes += how.file.size;
  }
  return totalBytes === 0 ? null : items;
}

/**
 * Songs with their covers, else by link first; refused, the files are downloaded and uploaded together; refused again, each one goes down the ladder
 * alone.
 */
async function sendGroupSomehow(
  client: TelegramClient,
  target: AlbumTarget,
  group: readonly AlbumItem[],
  report: Report,
): Promise<void> {
  const covered = group.length < 2 ? null : await withCovers(client, group);
  const withPictures = covered === null ? null : await sendGroup(client, target, covered);
  if (withPictures !== null) return await report(withPictures);
  const byLink = await sendGroup(client, target, group);
  if (byLink !== null) return await report(byLink);
  const alone = async ({ media }: AlbumItem, downloaded?: Candidate) =>
    await report([
      await climbDown(client, { ...target, messageId: null }, media, media.caption ?? NO_CAPTION, downloaded),
    ]);
  let uploads: (AlbumItem & { how: Candidate })[] = [];
  let totalBytes = 0;
  const sendUploads = async () => {
    for (const part of toGroups(uploads)) {
      const together = await sendGroup(client, target, part);
      if (together !== null) await report(together);
      else for (const item of part) await alone(item, item.how ?? undefined);
    }
    uploads = [];
    totalBytes = 0;
  };
  const [only, ...others] = group;
  if (only !== undefined && others.length === 0) return await alone(only);
  for (const { media } of group) {
    const how = await uploadOf(client, media);
    if (!isUpload(how) || typeof how.file === "string") {
      await sendUploads();
      await alone({ media, how: null });
      continue;
    }
    // No more in memory, and in one call, than one upload may hold.
    if (totalBytes + how.file.size > MAX_UPLOAD_BYTES) await sendUploads();
    uploads.push({ media, how });
    totalBytes += how.file.size;
  }
  await sendUploads();
}

/**
 * Sends files as albums below a message: 2–10 of one family each, more as several, a lone one by itself. Sends can not be
 * repeated safely: after an unknown outcome a repeat may double them.
 *
 * @returns one entry per item, in the items' order.
 * @throws TelegramFailure when nothing was sent, AlbumInterrupted (with `sent`) when some of it was.
 */
export async function sendAlbum(
  client: TelegramClient,
  input: {
    chatId: number;
    items: readonly MediaToPlace[];
    replyToMessageId?: number;
    /** What has been sent so far, from the first item on, each time that more is to follow. */
    onProgress?: (sent: readonly PlacedMedia[]) => Promise<void>;
  },
): Promise<PlacedMedia[]> {
  const { chatId, items, replyToMessageId, onProgress } = input;
  const target: AlbumTarget = { chatId, ...(replyToMessageId === undefined ? {} : { replyToMessageId }) };
  const sent: PlacedMedia[] = [];
  const report: Report = async (placed) => {
    sent.push(...placed);
    if (sent.length < items.length) await onProgress?.(sent);
  };
  try {
    const prepared = await Promise.all(items.map((media) => prepare(client, media)));
    for (const group of toGroups(prepared)) await sendGroupSomehow(client, target, group, report);
    return sent;
  } catch (error) {
    if (sent.length > 0 && error instanceof TelegramFailure) throw new AlbumInterrupted(error, sent);
    throw error;
  }
}

/** The first form of an album's item: a link or file_id as it is, bytes and `data:` URLs as an upload. */
async function prepare(client: TelegramClient, media: MediaToPlace): Promise<AlbumItem> {
  const { source } = media;
  if ("fileId" in source) return { media, how: { as: likelyShownAs(media), file: source.fileId } };
  const link = linkOf(source);
  if (link === null) {
    const how = await uploadOf(client, media);
    return { media, how: isUpload(how) ? how : null };
  }
  const as = likelyShownAs(media);
  return { media, how: as === "document" ? null : { as, file: link } };
}
