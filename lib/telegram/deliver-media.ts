import * as z from "zod";
import type { BotParams, TelegramClient } from "./client.ts";
import { TelegramFailure, telegramKind } from "./failure.ts";
import { type Candidate, candidatesOf, likelyShownAs, linkOf, type MediaToPlace, uploadOf } from "./media-source.ts";

export type { MediaSource, MediaToPlace } from "./media-source.ts";

type Send = NonNullable<BotParams<"sendPhoto">>;
export type CaptionEntities = NonNullable<Send["caption_entities"]>;
export type InlineKeyboard = {
  inline_keyboard: ({ text: string; callback_data: string } | { text: string; url: string })[][];
};

/** How a file reached the user at last. */
export type SentAs = "photo" | "video" | "audio" | "document" | "link";

export interface PlacedMedia {
  /** The message that shows it: the given one, or a new one when that was gone. */
  messageId: number;
  /** For sending it again for ever; null for a link, and when Telegram said "not modified". */
  fileId: string | null;
  fileUniqueId: string | null;
  as: SentAs;
}

/** An album broke off after some of its messages were sent: `sent` are those, in order, from the first item on. */
export class AlbumInterrupted extends TelegramFailure {
  override readonly name = "AlbumInterrupted";
  readonly sent: readonly PlacedMedia[];
  constructor(failure: TelegramFailure, sent: readonly PlacedMedia[]) {
    super(failure);
    this.sent = sent;
  }
}

const fileSchema = z.looseObject({ file_id: z.string(), file_unique_id: z.string() });
const sentSchema = z.looseObject({
  message_id: z.number(),
  photo: z.array(fileSchema).nullish().catch(null),
  video: fileSchema.nullish().catch(null),
  animation: fileSchema.nullish().catch(null),
  audio: fileSchema.nullish().catch(null),
  document: fileSchema.nullish().catch(null),
});

/** Reads what Telegram made of it. A silent MP4 comes back as an animation, with a document beside it. */
function placedFrom(answer: unknown, fallback: { messageId: number; as: SentAs }): PlacedMedia {
  const parsed = sentSchema.safeParse(answer);
  if (!parsed.success) return { ...fallback, fileId: null, fileUniqueId: null };
  const { message_id: messageId, photo, video, animation, audio, document } = parsed.data;
  const found: [SentAs, z.infer<typeof fileSchema> | null | undefined][] = [
    ["photo", photo?.at(-1)],
    ["video", video ?? animation],
    ["audio", audio],
    ["document", document],
  ];
  const [as, file] = found.find(([, candidate]) => candidate) ?? [fallback.as, null];
  return { messageId, fileId: file?.file_id ?? null, fileUniqueId: file?.file_unique_id ?? null, as };
}

interface Caption {
  text: string;
  entities: CaptionEntities;
}

const captionParams = ({ text, entities }: Caption): { caption?: string; caption_entities?: CaptionEntities } =>
  text === "" ? {} : { caption: text, ...(entities.length === 0 ? {} : { caption_entities: entities }) };

/** Members that only audio and video have. */
function describe(media: MediaToPlace, as: Candidate["as"]): { duration?: number; title?: string; performer?: string } {
  const { title, performer, durationSeconds } = media;
  if (as !== "audio" && as !== "video") return {};
  return {
    ...(durationSeconds === undefined ? {} : { duration: Math.max(1, Math.round(durationSeconds)) }),
    ...(as === "audio" && title !== undefined ? { title } : {}),
    ...(as === "audio" && performer !== undefined ? { performer } : {}),
  };
}

const toSentAs = (as: Candidate["as"]): SentAs => (as === "animation" ? "video" : as);

interface Target {
  chatId: number;
  /** The message to edit; null = send a new one. */
  messageId: number | null;
  replyToMessageId?: number;
  replyMarkup?: InlineKeyboard;
}

async function put(
  client: TelegramClient,
  target: Target,
  media: MediaToPlace,
  how: Candidate,
  caption: Caption,
): Promise<PlacedMedia> {
  const { as, file } = how;
  const text = captionParams(caption);
  const details = describe(media, as);
  const markup = target.replyMarkup === undefined ? {} : { reply_markup: target.replyMarkup };
  const { chatId: chat_id } = target;
  if (target.messageId !== null) {
    const { messageId } = target;
    const params = { chat_id, message_id: messageId, media: { type: as, media: file, ...text, ...details }, ...markup };
    return placedFrom(await client.call("editMessageMedia", params), { messageId, as: toSentAs(as) });
  }
  const reply =
    target.replyToMessageId === undefined
      ? {}
      : { reply_parameters: { message_id: target.replyToMessageId, allow_sending_without_reply: true } };
  const params = { chat_id, ...text, ...details, ...markup, ...reply };
  const send = {
    photo: () => client.call("sendPhoto", { ...params, photo: file }),
    video: () => client.call("sendVideo", { ...params, video: file, supports_streaming: true }),
    audio: () => client.call("sendAudio", { ...params, audio: file }),
    document: () => client.call("sendDocument", { ...params, document: file }),
    animation: () => client.call("sendAnimation", { ...params, animation: file }),
  } satisfies Record<Candidate["as"], () => Promise<unknown>>;
  return placedFrom(await send[as](), { messageId: 0, as: toSentAs(as) });
}

/** The last rung: the receipt's text with the link under it, so that a paid result is never lost. */
async function putLink(client: TelegramClient, target: Target, link: string, caption: Caption): Promise<PlacedMedia> {
  const text = caption.text === "" ? link : `${caption.text}\n\n${link}`;
  const message = {
    chat_id: target.chatId,
    text,
    ...(caption.entities.length === 0 ? {} : { entities: caption.entities }),
    ...(target.replyMarkup === undefined ? {} : { reply_markup: target.replyMarkup }),
  };
  const placed = (messageId: number): PlacedMedia => ({ messageId, fileId: null, fileUniqueId: null, as: "link" });
  if (target.messageId !== null) {
    try {
      await client.call("editMessageText", { ...message, message_id: target.messageId });
      return placed(target.messageId);
    } catch (error) {
      const kind = telegramKind(error);
      if (kind === "not-modified") return placed(target.messageId);
      if (kind !== "message-gone" && kind !== "no-text") throw error;
    }
  }
  const sent = await client.call("sendMessage", message);
  return placed(sent.message_id);
}

/** Refusals of this file in this form; anything else (blocked, flood, no answer …) concerns the call as a whole. */
const isAboutTheFile = (kind: string): boolean => kind === "media-refused" || kind === "other";

/** Climbs down the ladder for one file, into `target.messageId` or as a new message. */
async function climbDown(
  client: TelegramClient,
  start: Target,
  media: MediaToPlace,
  given: Caption,
): Promise<PlacedMedia> {
  let target = start;
  let caption = given;
  let refusal: unknown = null;
  for await (const how of candidatesOf(client, media)) {
    // A deleted message and a broken caption are put right once each, and the same rung is tried again.
    for (let repairs = 0; ; repairs++) {
      try {
        return await put(client, target, media, how, caption);
      } catch (error) {
        const kind = telegramKind(error);
        if (kind === "not-modified" && target.messageId !== null) {
          return { messageId: target.messageId, fileId: null, fileUniqueId: null, as: toSentAs(how.as) };
        }
        refusal = error;
        if (kind === "message-gone" && target.messageId !== null) target = { ...target, messageId: null };
        else if ((kind === "bad-entities" || kind === "too-long") && repairs < 2 && caption.text !== "") {
          caption = { text: caption.text.slice(0, 1_000), entities: [] };
        } else if (isAboutTheFile(kind)) break;
        else throw error;
      }
    }
  }
  const link = linkOf(media.source);
  if (link !== null) return await putLink(client, target, link, caption);
  throw refusal ?? unreadable();
}

const unreadable = (): TelegramFailure =>
  new TelegramFailure({
    method: "placeMedia",
    code: 400,
    description: "the file can not be uploaded and has no link",
    retryAfterSeconds: null,
    outcome: "refused",
  });

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
