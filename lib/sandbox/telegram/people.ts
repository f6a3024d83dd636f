/** What people do in Telegram: write, send files, tap buttons, block the bot. */
import { randomInt } from "node:crypto";
import type { TelegramMessage, TelegramUser } from "@gramio/types/objects";
import { DAY_MS, SECOND_MS } from "../../shared/clock.ts";
import { detectEntities } from "./entities.ts";
import { PeopleError } from "./errors.ts";
import { type IncomingFile, mediaFields, storeFile } from "./files.ts";
import { inlineRows } from "./keyboards.ts";
import type { FileKind, StoredChat } from "./state.ts";
import { asQuoted, nowMs, nowSeconds, privateChat, type World } from "./world.ts";

const MESSAGE_TTL_SECONDS = DAY_MS / SECOND_MS;
const CALLBACK_TTL_SECONDS = 150;

export interface UserFile {
  bytes: Uint8Array;
  fileName: string;
  mime: string;
  kind: FileKind;
  /** What the sender's app claims, true or not; whole seconds, 0 when absent. */
  declaredDurationSeconds?: number | undefined;
  /** Shown to the bot instead of the real size, to try getFile's 20 MB limit without the bytes. */
  pretendSizeBytes?: number | undefined;
  title?: string | undefined;
  performer?: string | undefined;
}

/** One message: a text or a file. */
export interface UserContent {
  text?: string | undefined;
  file?: UserFile | undefined;
  caption?: string | undefined;
  /** Messages of one album carry the same id. */
  mediaGroupId?: string | undefined;
  /** A message id of the same chat. */
  replyTo?: number | undefined;
  /** Written in a group instead of the private chat; the id is negative. */
  group?: { id: number; title: string } | undefined;
}

export interface UserProfile {
  firstName?: string | undefined;
  /** An empty string takes the username away. */
  username?: string | undefined;
  languageCode?: string | undefined;
}

export class People {
  readonly #world: World;

  constructor(world: World) {
    this.#world = world;
  }

  /** Makes the person on first use, before anything was written. */
  private(userId: number): StoredChat & { user: TelegramUser } {
    if (!Number.isSafeInteger(userId) || userId <= 0) throw new PeopleError(400, "userId must be a positive integer");
    const known = this.#world.state.chat(userId);
    if (known?.user) return { ...known, user: known.user };
    const user: TelegramUser = { id: userId, is_bot: false, first_name: `Человек ${userId}`, language_code: "ru" };
    const chat = { chat: privateChat(user), user, isStarted: false, isBlocked: false, pinnedIds: [] };
    this.#world.state.putChat(chat);
    return chat;
  }

  setProfile(userId: number, profile: UserProfile): void {
    const known = this.private(userId);
    const { username = known.user.username, firstName, languageCode } = profile;
    const { username: _, ...rest } = known.user;
    const user: TelegramUser = {
      ...rest,
      ...(username ? { username } : {}),
      ...(firstName === undefined ? {} : { first_name: firstName }),
      ...(languageCode === undefined ? {} : { language_code: languageCode }),
    };
    this.#world.state.putChat({ ...known, user, chat: privateChat(user) });
    this.#world.changed(userId);
  }

  async sends(userId: number, content: UserContent): Promise<{ messageId: number }> {
    const person = this.private(userId);
    const target = content.group ? this.#group(content.group) : person;
    if (person.gone) throw new PeopleError(400, "This person is gone; bring them back to write");
    if (person.isBlocked && !content.group) throw new PeopleError(400, "The bot is blocked; unblock it to write");
    const fields = this.#fieldsOf(target.chat.id, content);
    const message: TelegramMessage = {
      message_id: this.#world.state.nextMessageId(target.chat.id),
      from: person.user,
      chat: target.chat,
      date: nowSeconds(this.#world),
      ...fields,
    };
    // A kill between the message and its update would leave a message that the bot never hears of.
    const { handedOver } = this.#world.state.transaction(() => {
      this.#world.state.putChat({ ...target, isStarted: true });
      this.#world.state.putMessage({ message, from: "user" });
      return { handedOver: this.#world.delivery.enqueue(`chat:${target.chat.id}`, MESSAGE_TTL_SECONDS, { message }) };
    });
    this.#world.changed(target.chat.id);
    await handedOver;
    return { messageId: message.message_id };
  }

  /** @param options.force the button need not be there any more, nor the message. */
  async taps(
    userId: number,
    messageId: number,
    data: string,
    options: { force?: boolean | undefined; groupId?: number | undefined } = {},
  ): Promise<{ queryId: string }> {
    const person = this.private(userId);
    const chat = options.groupId === undefined ? person : this.#world.state.chat(options.groupId);
    if (!chat) throw new PeopleError(404, `There is no chat ${options.groupId}`);
    const stored = this.#world.state.message(chat.chat.id, messageId);
    if (!options.force) {
      if (!stored) throw new PeopleError(404, `There is no message ${messageId} in chat ${chat.chat.id}`);
      const buttons = inlineRows(stored.message.reply_markup).flat();
      if (!buttons.some((button) => button.callback_data === data)) {
        throw new PeopleError(400, `Message ${messageId} has no button with data ${JSON.stringify(data)}`);
      }
    }
    const id = String(randomInt(2 ** 40, 2 ** 47));
    const atMs = nowMs(this.#world);
    this.#world.state.putQuery({ id, userId, chatId: chat.chat.id, messageId, atMs, isAnswered: false });
    const message = stored?.message ?? { chat: chat.chat, message_id: messageId, date: 0 as const };
    await this.#world.delivery.enqueue(`callback:${userId}`, CALLBACK_TTL_SECONDS, {
      callback_query: { id, from: person.user, message, chat_instance: String(chat.chat.id), data },
    });
    return { queryId: id };
  }

  async blocks(userId: number, isBlocked: boolean): Promise<void> {
    const person = this.private(userId);
    if (person.isBlocked === isBlocked) return;
    this.#world.state.putChat({ ...person, isBlocked });
    this.#world.changed(userId);
    const member = { status: "member" as const, user: this.#world.bot };
    const kicked = { status: "kicked" as const, user: this.#world.bot, until_date: 0 };
    await this.#world.delivery.enqueue(`member:${userId}`, MESSAGE_TTL_SECONDS, {
      my_chat_member: {
        chat: person.chat,
        from: person.user,
        date: nowSeconds(this.#world),
        old_chat_member: isBlocked ? member : kicked,
        new_chat_member: isBlocked ? kicked : member,
      },
    });
  }

  deletes(userId: number, messageId: number): void {
    const { chat } = this.private(userId);
    if (!this.#world.state.message(chat.id, messageId)) {
      throw new PeopleError(404, `There is no message ${messageId} in chat ${chat.id}`);
    }
    this.#world.state.deleteMessage(chat.id, messageId);
    this.#world.changed(chat.id);
  }

  vanishes(userId: number, how: StoredChat["gone"]): void {
    const { gone: _, ...person } = this.private(userId);
    this.#world.state.putChat({ ...person, ...(how === undefined ? {} : { gone: how }) });
    this.#world.changed(userId);
  }

  #group({ id, title }: { id: number; title: string }): StoredChat {
    if (!Number.isSafeInteger(id) || id >= 0) throw new PeopleError(400, "group.id must be a negative integer");
    const chat = { id, type: "group" as const, title };
    return this.#world.state.chat(id) ?? { chat, isStarted: true, isBlocked: false, pinnedIds: [] };
  }

  #fieldsOf(chatId: number, content: UserContent): Partial<TelegramMessage> {
    const { text, file, caption, mediaGroupId, replyTo } = content;
    if ((text === undefined) === (file === undefined)) throw new PeopleError(400, "Give either text or file");
    const quoted = replyTo === undefined ? undefined : this.#world.state.message(chatId, replyTo)?.message;
    if (replyTo !== undefined && !quoted) throw new PeopleError(404, `There is no message ${replyTo} to reply to`);
    return {
      ...(quoted ? { reply_to_message: asQuoted(quoted) } : {}),
      ...(mediaGroupId ? { media_group_id: mediaGroupId } : {}),
      ...(text === undefined ? {} : writtenText(text)),
      ...(file === undefined ? {} : mediaFields(this.#world.state, storeFile(this.#world.state, toIncoming(file)))),
      ...(caption?.trim() && file ? writtenCaption(caption) : {}),
    };
  }
}

function toIncoming({ declaredDurationSeconds, ...file }: UserFile): IncomingFile {
  if (file.bytes.length === 0) throw new PeopleError(400, "file must not be empty");
  const isMoving = file.kind === "video" || file.kind === "animation" || file.kind === "video_note";
  return {
    ...file,
    ...(declaredDurationSeconds === undefined ? {} : { durationSeconds: declaredDurationSeconds }),
    ...(isMoving ? { width: 640, height: 360 } : {}),
  };
}

function writtenText(text: string): Partial<TelegramMessage> {
  const written = text.trim();
  if (written === "") throw new PeopleError(400, "text must not be empty");
  if (written.length > 4096) throw new PeopleError(400, "text must be at most 4096 characters");
  const entities = detectEntities(written, []).sort((a, b) => a.offset - b.offset);
  return { text: written, ...(entities.length > 0 ? { entities } : {}) };
}

function writtenCaption(caption: string): Partial<TelegramMessage> {
  const written = caption.trim();
  if (written.length > 1024) throw new PeopleError(400, "caption must be at most 1024 characters");
  const entities = detectEntities(written, []).sort((a, b) => a.offset - b.offset);
  return { caption: written, ...(entities.length > 0 ? { caption_entities: entities } : {}) };
}
