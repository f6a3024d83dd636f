/** What the simulated Telegram remembers, all of it in the sandbox's store. */
import { createHash } from "node:crypto";
import type {
  TelegramBotCommand,
  TelegramChat,
  TelegramMessage,
  TelegramUpdate,
  TelegramUser,
} from "@gramio/types/objects";
import { randomId } from "../../shared/ids.ts";
import type { SandboxStore } from "../context.ts";

/** A private chat (its id is the user's) or a group. */
export interface StoredChat {
  chat: TelegramChat;
  /** The person, in private chats. */
  user?: TelegramUser;
  /** False until the person first wrote: the bot can not write before. */
  isStarted: boolean;
  isBlocked: boolean;
  /** The person deleted the account, or the chat is not there any more. */
  gone?: "deactivated" | "not-found";
  pinnedIds: number[];
  typing?: { action: string; atMs: number };
}

export interface StoredMessage {
  message: TelegramMessage;
  from: "bot" | "user";
  /** A message that carried a reply keyboard can not be edited by the bot. */
  hasReplyKeyboard?: boolean;
}

export const FILE_KINDS = [
  "photo",
  "video",
  "audio",
  "voice",
  "document",
  "sticker",
  "animation",
  "video_note",
] as const;
export type FileKind = (typeof FILE_KINDS)[number];

export interface StoredFile {
  fileId: string;
  fileUniqueId: string;
  kind: FileKind;
  fileName: string;
  mime: string;
  /** As Telegram tells it; the blob may be smaller when a test pretends a large file. */
  sizeBytes: number;
  /** `file_path` of getFile. */
  path: string;
  blobId: string;
  width?: number;
  height?: number;
  durationSeconds?: number;
  title?: string;
  performer?: string;
  /** The picture that came with an upload; a photo of its own. */
  thumbnailId?: string;
  /** All sizes of a photo, smallest first; each is a file of its own. */
  sizeIds?: string[];
}

interface StoredQuery {
  id: string;
  userId: number;
  chatId: number;
  messageId: number;
  atMs: number;
  isAnswered: boolean;
}

export interface Toast {
  text: string;
  alert: boolean;
  messageId: number;
  /** Unix seconds, virtual time. */
  at: number;
}

export interface StoredUpdate {
  update: TelegramUpdate;
  /** Updates of one queue are delivered strictly one after the other. */
  queue: string;
  expiresAtMs: number;
  attempts: number;
  notBeforeMs: number;
  /** Deliveries still to be made: 2 for an update that a fault repeats. */
  copies: number;
}

export interface WebhookConfig {
  url: string;
  secretToken?: string;
  maxConnections: number;
  lastErrorAt?: number;
  lastErrorMessage?: string;
}

interface BotSettings {
  webhook?: WebhookConfig;
  /** Survives deleteWebhook: an omitted `allowed_updates` means the previous list. */
  allowedUpdates?: string[];
  /** `<what>:<language>` of setMyName, setMyDescription, setMyShortDescription. */
  texts: Record<string, string>;
  /** JSON of the menu button by chat id, `default` for all. */
  menuButtons: Record<string, unknown>;
}

const TOASTS_KEPT = 50;

export class TelegramState {
  readonly #store: SandboxStore;

  constructor(store: SandboxStore) {
    this.#store = store;
  }

  chat = (chatId: number): StoredChat | undefined => this.#store.get<StoredChat>("telegram:chats", String(chatId));
  putChat = (stored: StoredChat): void => this.#store.put("telegram:chats", String(stored.chat.id), stored);
  chats = (): StoredChat[] => this.#store.list<StoredChat>("telegram:chats").map(({ document }) => document);

  nextMessageId = (chatId: number): number => this.#store.next(`telegram:messages:${chatId}`);
  message = (chatId: number, messageId: number): StoredMessage | undefined =>
    this.#store.get<StoredMessage>(`telegram:messages:${chatId}`, String(messageId));
  messages = (chatId: number): StoredMessage[] =>
    this.#store.list<StoredMessage>(`telegram:messages:${chatId}`).map(({ document }) => document);
  putMessage(stored: StoredMessage): void {
    this.#store.put(`telegram:messages:${stored.message.chat.id}`, String(stored.message.message_id), stored);
  }
  deleteMessage(chatId: number, messageId: number): void {
    this.#store.delete(`telegram:messages:${chatId}`, String(messageId));
  }

  file = (fileId: string): StoredFile | undefined => this.#store.get<StoredFile>("telegram:files", fileId);
  fileByPath(path: string): StoredFile | undefined {
    const fileId = this.#store.get<string>("telegram:paths", path);
    return fileId === undefined ? undefined : this.file(fileId);
  }
  nextFileNumber = (): number => this.#store.next("telegram:files");
  putFile(file: StoredFile): void {
    this.#store.put("telegram:files", file.fileId, file);
    this.#store.put("telegram:paths", file.path, file.fileId);
  }
  bytes = (file: StoredFile): Uint8Array => this.#store.getBlob(file.blobId) ?? new Uint8Array();
  /** Equal bytes are kept once. */
  putBytes(bytes: Uint8Array): { blobId: string; sha256: string } {
    const sha256 = createHash("sha256").update(bytes).digest("hex");
    const blobId = `telegram:${sha256}`;
    if (!this.#store.getBlob(blobId)) this.#store.putBlob(blobId, bytes);
    return { blobId, sha256 };
  }

  query = (id: string): StoredQuery | undefined => this.#store.get<StoredQuery>("telegram:queries", id);
  putQuery = (query: StoredQuery): void => this.#store.put("telegram:queries", query.id, query);

  toasts = (chatId: number): Toast[] => this.#store.get<Toast[]>("telegram:toasts", String(chatId)) ?? [];
  addToast(chatId: number, toast: Toast): void {
    this.#store.put("telegram:toasts", String(chatId), [...this.toasts(chatId), toast].slice(-TOASTS_KEPT));
  }

  settings = (): BotSettings =>
    this.#store.get<BotSettings>("telegram:settings", "bot") ?? { texts: {}, menuButtons: {} };
  putSettings = (settings: BotSettings): void => this.#store.put("telegram:settings", "bot", settings);

  commands = (key: string): TelegramBotCommand[] | undefined =>
    this.#store.get<TelegramBotCommand[]>("telegram:commands", key);
  putCommands = (key: string, commands: TelegramBotCommand[]): void =>
    this.#store.put("telegram:commands", key, commands);
  deleteCommands = (key: string): void => this.#store.delete("telegram:commands", key);

  nextUpdateId = (): number => 100_000 + this.#store.next("telegram:updates");
  updates = (): StoredUpdate[] => this.#store.list<StoredUpdate>("telegram:updates").map(({ document }) => document);
  putUpdate = (stored: StoredUpdate): void =>
    this.#store.put("telegram:updates", String(stored.update.update_id), stored);
  deleteUpdate = (updateId: number): void => this.#store.delete("telegram:updates", String(updateId));

  transaction = <T>(work: () => T): T => this.#store.transaction(work);

  /** Empties this simulator's collections and blobs; ids already used do not come again. */
  clear(): void {
    this.transaction(() => {
      for (const { document } of this.#store.list<StoredFile>("telegram:files"))
        this.#store.deleteBlob(document.blobId);
      const collections = [
        ...this.chats().map(({ chat }) => `telegram:messages:${chat.id}`),
        ...["chats", "files", "paths", "queries", "toasts", "settings", "commands", "updates"].map(
          (name) => `telegram:${name}`,
        ),
      ];
      for (const collection of collections) {
        for (const { id } of this.#store.list(collection)) this.#store.delete(collection, id);
      }
    });
  }
}

const ID_PREFIX: Record<FileKind, string> = {
  photo: "AgACAgIAAxkB",
  video: "BAACAgIAAxkB",
  audio: "CQACAgIAAxkB",
  voice: "AwACAgIAAxkB",
  document: "BQACAgIAAxkB",
  sticker: "CAACAgIAAxkB",
  animation: "CgACAgIAAxkB",
  video_note: "DQACAgIAAxkB",
};

export const newFileId = (kind: FileKind): string => `${ID_PREFIX[kind]}${randomId(44)}`;

/** Equal for equal bytes (and size, of photos), whoever sends them; it can not be used to download. */
export const uniqueFileId = (kind: FileKind, sha256: string, size: number): string =>
  `Ag${ID_PREFIX[kind].slice(0, 1)}${size}${Buffer.from(sha256.slice(0, 24), "hex").toString("base64url")}`;
