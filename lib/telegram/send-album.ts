import type { BotParams, TelegramClient } from "./client.ts";
import { TelegramFailure, telegramKind } from "./failure.ts";
import { climbDown, describe, isAboutTheFile, type PlacedMedia, placedFrom, toSentAs } from "./media-ladder.ts";
import { type Candidate, likelyShownAs, linkOf, type MediaToPlace, uploadOf } from "./media-source.ts";

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

type AlbumMedia = NonNullable<BotParams<"sendMediaGroup">>["media"][number];

function albumMedia({ media, how }: AlbumItem): AlbumMedia[] {
  if (how === null || how.as === "animation") return [];
  return [{ type: how.as, media: how.file, ...describe(media, how.as) }];
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
    if (isAboutTheFile(telegramKind(error))) return null;
    throw error;
  }
}

/** By link first; refused, everything is downloaded and uploaded; refused again, each file goes down the ladder alone. */
async function sendGroupSomehow(
  client: TelegramClient,
  target: AlbumTarget,
  group: readonly AlbumItem[],
  sent: PlacedMedia[],
): Promise<void> {
  const byLink = await sendGroup(client, target, group);
  if (byLink !== null) {
    sent.push(...byLink);
    return;
  }
  const uploads: AlbumItem[] = [];
  let total = 0;
  for (const { media } of group) {
    // One album in memory at a time, and no more of it than one upload may hold.
    const how = group.length < 2 || total > MAX_ALBUM_BYTES ? null : await uploadOf(client, media);
    if (how !== null && typeof how.file !== "string") total += how.file.size;
    uploads.push({ media, how: total > MAX_ALBUM_BYTES ? null : how });
  }
  for (const part of toGroups(uploads)) {
    const together = await sendGroup(client, target, part);
    if (together !== null) {
      sent.push(...together);
      continue;
    }
    for (const { media } of part) {
      sent.push(await climbDown(client, { ...target, messageId: null }, media, { text: "", entities: [] }));
    }
  }
}

const MAX_ALBUM_BYTES = 50 * 1000 * 1000;

/**
 * Sends files as albums below a message: 2–10 of one family each, more as several, a lone one by itself. Sends can not be
 * repeated safely: after an unknown outcome a repeat may double them.
 *
 * @returns one entry per item, in the items' order.
 * @throws TelegramFailure when nothing was sent, AlbumInterrupted (with `sent`) when some of it was.
 */
export async function sendAlbum(
  client: TelegramClient,
  input: { chatId: number; items: readonly MediaToPlace[]; replyToMessageId?: number },
): Promise<PlacedMedia[]> {
  const { chatId, items, replyToMessageId } = input;
  const target: AlbumTarget = { chatId, ...(replyToMessageId === undefined ? {} : { replyToMessageId }) };
  const sent: PlacedMedia[] = [];
  try {
    const prepared = await Promise.all(items.map((media) => prepare(client, media)));
    for (const group of toGroups(prepared)) await sendGroupSomehow(client, target, group, sent);
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
  if (link === null) return { media, how: await uploadOf(client, media) };
  const as = likelyShownAs(media);
  return { media, how: as === "document" ? null : { as, file: link } };
}
