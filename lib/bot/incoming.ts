import * as z from "zod";
import type { ReceiptFile } from "../services/payments/bank-receipt.ts";

/**
 * The parts of an update that this bot reads, as loosely as they can be read: new members appear at any time, and an
 * update of an unknown kind is answered with 200.
 */
export const updateSchema = z.lazy(() => z.looseObject({ update_id: z.int().min(0) }));
export type IncomingUpdate = z.output<typeof updateSchema>;

export const personSchema = z.lazy(() =>
  z.looseObject({
    id: z.int(),
    is_bot: z.boolean().optional(),
    first_name: z.string().optional(),
    username: z.string().optional(),
    language_code: z.string().optional(),
  }),
);
export type Person = z.output<typeof personSchema>;

const chat = z.lazy(() => z.looseObject({ id: z.int(), type: z.string() }));

const file = z.lazy(() =>
  z.looseObject({
    file_id: z.string(),
    file_unique_id: z.string().optional(),
    file_size: z.number().optional(),
    mime_type: z.string().optional(),
    file_name: z.string().optional(),
  }),
);

export const messageSchema = z.lazy(() =>
  z.looseObject({
    message_id: z.int(),
    from: personSchema.optional(),
    chat,
    text: z.string().optional(),
    caption: z.string().optional(),
    media_group_id: z.string().optional(),
    photo: z.array(file).optional(),
    video: file.optional(),
    audio: file.optional(),
    voice: file.optional(),
    video_note: file.optional(),
    animation: file.optional(),
    document: file.optional(),
  }),
);
export type IncomingMessage = z.output<typeof messageSchema>;

export const callbackQuerySchema = z.lazy(() =>
  z.looseObject({
    id: z.string(),
    from: personSchema,
    data: z.string().optional(),
    message: z.looseObject({ message_id: z.int(), chat, text: z.string().optional() }).optional(),
  }),
);

export const membershipSchema = z.lazy(() =>
  z.looseObject({
    chat,
    from: personSchema,
    new_chat_member: z.looseObject({ status: z.string() }),
  }),
);

/** The file of a message with its declared size, largest photo first; null when it carries none that can be used. */
export function fileOf(message: IncomingMessage): { fileId: string; declaredBytes: number | null } | null {
  const found =
    message.photo?.at(-1) ??
    message.video ??
    message.audio ??
    message.voice ??
    message.video_note ??
    message.animation ??
    message.document;
  return found === undefined ? null : { fileId: found.file_id, declaredBytes: found.file_size ?? null };
}

/** The text file of a message, by its name or else by what the sender's app says it is; null when it carries none. */
export function wordsFileOf({
  document,
}: IncomingMessage): { fileId: string; declaredBytes: number | null; format: "txt" | "csv" } | null {
  const name = /\.(txt|csv)$/i.exec(document?.file_name ?? "")?.[1]?.toLowerCase();
  const format = name ?? /^text\/(plain|csv)$/.exec(document?.mime_type ?? "")?.[1];
  if (document === undefined || format === undefined) return null;
  const { file_id: fileId, file_size: declaredBytes = null } = document;
  return { fileId, declaredBytes, format: format === "csv" ? "csv" : "txt" };
}

/** The photo or document of a message, which may be the receipt of a bank transfer; null when it carries neither. */
export function receiptFileOf({ photo, document, animation }: IncomingMessage): ReceiptFile | null {
  // A GIF comes as a document, too, but can not be sent on as one.
  const found = photo?.at(-1) ?? (animation === undefined ? document : undefined);
  if (found === undefined) return null;
  return {
    fileId: found.file_id,
    fileUniqueId: found.file_unique_id ?? found.file_id,
    sentAs: photo === undefined ? "document" : "photo",
    mime: found.mime_type ?? null,
    declaredBytes: found.file_size ?? null,
  };
}
