import * as z from "zod";
import type { TelegramClient } from "./client.ts";
import { TelegramFailure, telegramKind } from "./failure.ts";
import {
  type BareLink,
  type Candidate,
  type Caption,
  type CaptionEntities,
  candidatesOf,
  type MediaToPlace,
} from "./media-source.ts";

export type KeyboardButton =
  | { text: string; callback_data: string }
  | { text: string; url: string }
  | { text: string; copy_text: { text: string } };

export type InlineKeyboard = {
  inline_keyboard: KeyboardButton[][];
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

const fileSchema = z.lazy(() => z.looseObject({ file_id: z.string(), file_unique_id: z.string() }));
const sentSchema = z.lazy(() =>
  z.looseObject({
    message_id: z.number(),
    photo: z.array(fileSchema).nullish().catch(null),
    video: fileSchema.nullish().catch(null),
    animation: fileSchema.nullish().catch(null),
    audio: fileSchema.nullish().catch(null),
    document: fileSchema.nullish().catch(null),
  }),
);

/** Reads what Telegram made of it. A silent MP4 comes back as an animation, with a document beside it. */
export function placedFrom(answer: unknown, fallback: { messageId: number; as: SentAs }): PlacedMedia {
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

/** Members that carry a caption; none for an empty one. */
export const captionParams = ({ text, entities }: Caption): { caption?: string; caption_entities?: CaptionEntities } =>
  text === "" ? {} : { caption: text, ...(entities.length === 0 ? {} : { caption_entities: entities }) };

/**
 * Members that only audio and video have. What Telegram fetches by link it measures itself; of an upload it believes
 * what the sender says, and shows a square of no length where nothing is said.
 */
export function describe(
  media: MediaToPlace,
  { as, facts, thumbnail }: Candidate,
): {
  thumbnail?: File;
  duration?: number;
  title?: string;
  performer?: string;
  width?: number;
  height?: number;
  supports_streaming?: boolean;
} {
  if (as !== "audio" && as !== "video") return {};
  const { title, performer } = media;
  const picture = thumbnail === undefined ? {} : { thumbnail };
  const durationSeconds = media.durationSeconds ?? facts?.durationSeconds;
  const duration = durationSeconds === undefined ? {} : { duration: Math.max(1, Math.round(durationSeconds)) };
  if (as === "audio") {
    return {
      ...picture,
      ...duration,
      ...(title === undefined ? {} : { title }),
      ...(performer === undefined ? {} : { performer }),
    };
  }
  const { width, height } = facts ?? {};
  return {
    ...picture,
    ...duration,
    ...(width === undefined || height === undefined ? {} : { width, height }),
    supports_streaming: true,
  };
}

export const toSentAs = (as: Candidate["as"]): SentAs => (as === "animation" ? "video" : as);

export interface Target {
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
  const details = describe(media, how);
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
    video: () => client.call("sendVideo", { ...params, video: file }),
    audio: () => client.call("sendAudio", { ...params, audio: file }),
    document: () => client.call("sendDocument", { ...params, document: file }),
    animation: () => client.call("sendAnimation", { ...params, animation: file }),
  } satisfies Record<Candidate["as"], () => Promise<unknown>>;
  return placedFrom(await send[as](), { messageId: 0, as: toSentAs(as) });
}

/** The last rung: the receipt's text with the link under it, so that a paid result is never lost. */
async function putLink(
  client: TelegramClient,
  target: Target,
  media: MediaToPlace,
  { link, why, previewUrl }: BareLink,
  caption: Caption,
): Promise<PlacedMedia> {
  const note = media.linkNote?.(why) ?? "";
  const text = [caption.text, note === "" ? link : `${note}\n${link}`].filter((part) => part !== "").join("\n\n");
  const message = {
    chat_id: target.chatId,
    text,
    ...(caption.entities.length === 0 ? {} : { entities: caption.entities }),
    ...(target.replyMarkup === undefined ? {} : { reply_markup: target.replyMarkup }),
    // Of a large file Telegram makes no picture by itself.
    ...(previewUrl === undefined ? {} : { link_preview_options: { url: previewUrl, prefer_large_media: true } }),
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
export const isAboutTheFile = (kind: string): boolean => kind === "media-refused" || kind === "other";

/**
 * Climbs down the ladder for one file, into `target.messageId` or as a new message.
 *
 * @param downloaded the file ready for upload, where its link was refused before.
 */
export async function climbDown(
  client: TelegramClient,
  start: Target,
  media: MediaToPlace,
  given: Caption,
  downloaded?: Candidate,
): Promise<PlacedMedia> {
  let target = start;
  let caption = given;
  let refusal: unknown = null;
  for await (const how of candidatesOf(client, media, downloaded)) {
    if (how.as === "link") return await putLink(client, target, media, how, caption);
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
