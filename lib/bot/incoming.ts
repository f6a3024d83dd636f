import * as z from "zod";

/**
 * The parts of an update that this bot reads, as loosely as they can be read: new members appear at any time, and an
 * update of an unknown kind is answered with 200.
 */
export const updateSchema = z.lazy(() => z.looseObject({ update_id: z.int().min(0) }));
export type IncomingUpdate = z.output<typeof updateSchema>;

const person = z.lazy(() =>
  z.looseObject({
    id: z.int(),
    is_bot: z.boolean().optional(),
    first_name: z.string().optional(),
    username: z.string().optional(),
    language_code: z.string().optional(),
  }),
);
export type Person = z.output<typeof person>;

const chat = z.lazy(() => z.looseObject({ id: z.int(), type: z.string() }));

const file = z.lazy(() => z.looseObject({ file_id: z.string(), file_size: z.number().optional() }));

export const messageSchema = z.lazy(() =>
  z.looseObject({
    message_id: z.int(),
    from: person.optional(),
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
    from: person,
    data: z.string().optional(),
    message: z.looseObject({ message_id: z.int(), chat, text: z.string().optional() }).optional(),
  }),
);

export const membershipSchema = z.lazy(() =>
  z.looseObject({
    chat,
    from: person,
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
