/**
 * The simulated Telegram: a stateful Bot API server behind HTTP, and the people who talk to the bot.
 *
 * It checks every call against the Bot API 10.3 schema and the server's own rules, keeps everything in the sandbox's
 * store, and delivers updates to the webhook with the real server's queues and retries, in virtual time.
 *
 * What it does not imitate:
 * - Methods outside of the table in methods.ts: answered 400 "… is not simulated".
 * - Payments are Stars only, without subscriptions and photos, at most 10,000 in one invoice. Everybody has as many Stars
 *   as they like, nobody can withdraw the bot's. What a wrong charge id answers is a guess (CHARGE_ID_INVALID), and so is
 *   who is named as the sender of a refund's service message. Fields that Stars ignore are refused.
 * - Rate limits and upload throttling: a 429 comes only from `faults`, whose `pacing` has the limits of the FAQ without
 *   the bursts that the real server lets pass.
 * - Channels, topics, business connections, inline mode, reactions, stickers sent by the bot, paid and live media.
 * - Group administration: a group is only a place where a person can write and the bot can answer.
 * - Webhook hygiene: TLS, IP addresses and certificates; plain http to this machine is allowed. The webhook is not
 *   removed after 23 h of status 410, and connections are not cut down to one after 10 s without success.
 * - Message ids rise per chat; the real ones rise per bot in private chats.
 * - Unknown parameters are refused; the real server ignores them, which hides typing mistakes.
 * - Thumbnails that break the rules are refused; the real server shows none. Covers of videos are accepted and dropped;
 *   link previews, too. All sizes of a photo are the same bytes. Video is not transcoded.
 * - Files of a URL are judged by their bytes, not by the Content-Type header, and may lie on this machine.
 * - The second answer to a callback query is accepted and shown to nobody. A query is too old after 30 s sharp.
 * - The bot's edits have no age limit, its deletions 48 h; file links never expire; update ids never jump.
 */
import type { TelegramBotCommand, TelegramUser } from "@gramio/types/objects";
import type { SandboxContext, Simulator } from "../context.ts";
import { json } from "../http.ts";
import { BotApi, type Violation } from "./bot-api.ts";
import { visibleCommands } from "./bot-settings.ts";
import { type ChatSummary, type ChatView, summarize, viewChat } from "./chat-view.ts";
import { Delivery } from "./delivery.ts";
import { FaultPlan, type TelegramFaults } from "./faults.ts";
import { type FileAnswer, serveBytes } from "./file-answer.ts";
import { MAX_GET_FILE_BYTES } from "./files.ts";
import { chargeBack, type PayOptions, type PayOutcome, type PayTarget, payInvoice } from "./payments-people.ts";
import { PaymentsState } from "./payments-state.ts";
import { People, type UserContent, type UserProfile } from "./people.ts";
import { TelegramState } from "./state.ts";
import { nowMs, type World } from "./world.ts";

export type { Violation } from "./bot-api.ts";
export type { ChatSummary, ChatView, MessageView } from "./chat-view.ts";
export { PeopleError } from "./errors.ts";
export type { TelegramFaults } from "./faults.ts";
export type { PayOptions, PayOutcome, PayTarget } from "./payments-people.ts";
export type { UserContent, UserFile, UserProfile } from "./people.ts";
export { FILE_KINDS } from "./state.ts";

export interface TelegramSimulatorOptions {
  prefix: "/telegram";
  token: string;
  bot: { id: number; username: string; first_name: string };
  /** Carries an update to the webhook; `fetch` by default. */
  deliver?: (request: Request) => Promise<Response>;
}

export interface ChatWatcher {
  /** A private chat (the user's id) or a group (negative) looks different now. */
  changed(chatId: number): void;
  /** The simulator stopped; nothing changes any more. */
  stopped(): void;
}

/**
 * The people's side of Telegram, for the chat page and for tests. Actions resolve after the bot was told: its webhook
 * answered, or failed and will be retried later. A person who does the impossible gets a `PeopleError`.
 */
export interface TelegramControl {
  userSends(userId: number, content: UserContent): Promise<{ messageId: number }>;
  /** `data` must be on that message's keyboard, unless `force`. */
  userTaps(
    userId: number,
    messageId: number,
    data: string,
    options?: { force?: boolean; groupId?: number },
  ): Promise<{ queryId: string }>;
  /** Pays an invoice. `force`: also one that has no button for it any more. */
  userPays(userId: number, target: PayTarget, options?: PayOptions): Promise<PayOutcome>;
  /** The store gives a person the Stars of a payment back. */
  userChargesBack(userId: number, chargeId: string, options?: { update?: "lost" | undefined }): Promise<void>;
  userBlocks(userId: number): Promise<void>;
  userUnblocks(userId: number): Promise<void>;
  /** Takes a message out of the private chat, for both sides: the bot is not told. Also one of the bot. */
  userDeletes(userId: number, messageId: number): void;
  /**
   * The person is gone: `deactivated` as after deleting the account (403), `not-found` as a chat that is not there any
   * more (400). `undefined` brings them back. Nobody tells the bot.
   */
  userVanishes(userId: number, how: "deactivated" | "not-found" | undefined): void;
  /** Takes the webhook away, as after a day of status 410 or by another program. Updates wait until somebody sets it again. */
  removeWebhook(): void;
  /** Makes the person when new. Default: a Russian speaker without a username. */
  setProfile(userId: number, profile: UserProfile): void;
  /** Also of a group. `undefined` when nobody has been there. */
  chat(chatId: number): ChatView | undefined;
  /** People, in the order in which they came; groups are left out. */
  chats(): ChatSummary[];
  /** The bot's commands in this person's menu. */
  commands(userId: number): TelegramBotCommand[] | undefined;
  /** A file's bytes over HTTP with range support; `undefined` when the id is unknown. */
  serveFile(fileId: string, request: Request): Response | undefined;
  watch(watcher: ChatWatcher): () => void;
  /** Rules broken by calls so far (the last 1,000), oldest first. What a correct bot can meet too is not among them. */
  violations(): Violation[];
  clearViolations(): void;
  /** Updates that the bot has not acknowledged. */
  pendingUpdateCount(): number;
  /** Resolves when no delivery is under way; an update that waits for a retry does not count. */
  idle(): Promise<void>;
  faults: TelegramFaults;
}

/**
 * Calls arrive at `<prefix>/bot<token>/<method>`, downloads at `<prefix>/file/bot<token>/<path>`.
 * A `reset` forgets the webhook and the commands too: whoever resets sets them up again.
 */
export function createTelegramSimulator(
  context: SandboxContext,
  options: TelegramSimulatorOptions,
): Simulator & TelegramControl {
  const watchers = new Set<ChatWatcher>();
  const state = new TelegramState(context.store);
  const bot: TelegramUser = { ...options.bot, is_bot: true };
  // A watcher that throws is no reason to fail the call that changed something.
  const tell = (run: (watcher: ChatWatcher) => void): void => {
    for (const watcher of [...watchers]) {
      try {
        run(watcher);
      } catch (error) {
        context.note(`A chat watcher failed: ${String(error)}`);
      }
    }
  };
  const faults = new FaultPlan();
  const delivery = new Delivery(context, state, {
    faults,
    runResponse: (response) => api.runResponse(response),
    deliver: options.deliver ?? ((request) => fetch(request)),
  });
  const payments = new PaymentsState(context.store);
  const world: World = {
    context,
    state,
    payments,
    delivery,
    bot,
    changed: (id) => tell((watcher) => watcher.changed(id)),
  };
  const api = new BotApi(world, faults);
  const people = new People(world);

  const serveFile = (fileId: string, request: Request): Response | undefined => {
    const file = state.file(fileId);
    return file && serveBytes(toAnswer(file.mime, file.fileName, state.bytes(file)), request);
  };

  return {
    handle: async (request) => {
      const { pathname } = new URL(request.url);
      if (!pathname.startsWith(`${options.prefix}/`)) return refuse(404, "Not Found");
      const [, isFile, token, rest] = /^\/(file\/)?bot([^/]+)\/(.+)$/.exec(pathname.slice(options.prefix.length)) ?? [];
      if (token === undefined || rest === undefined) return refuse(404, "Not Found");
      if (decodeURIComponent(token) !== options.token) return refuse(401, "Unauthorized");
      if (!isFile) return api.answer(rest, request);
      const file = state.fileByPath(decodeURIComponent(rest));
      if (!file || file.sizeBytes > MAX_GET_FILE_BYTES) return refuse(404, "Not Found");
      return serveBytes(toAnswer("application/octet-stream", undefined, state.bytes(file)), request);
    },
    start: () => delivery.start(),
    stop: async () => {
      api.stop();
      await delivery.stop();
      tell((watcher) => watcher.stopped());
      watchers.clear();
    },
    reset: () => {
      const chatIds = state.chats().map(({ chat }) => chat.id);
      delivery.reset();
      faults.reset();
      api.forgetPace();
      api.clearViolations();
      state.clear();
      payments.clear();
      for (const chatId of chatIds) world.changed(chatId);
    },
    userSends: (userId, content) => people.sends(userId, content),
    userTaps: (userId, messageId, data, tapOptions) => people.taps(userId, messageId, data, tapOptions),
    userPays: (userId, target, payOptions) => payInvoice(world, people.private(userId), target, payOptions),
    userChargesBack: (userId, chargeId, backOptions) =>
      chargeBack(world, people.private(userId), chargeId, backOptions),
    userBlocks: (userId) => people.blocks(userId, true),
    userUnblocks: (userId) => people.blocks(userId, false),
    userDeletes: (userId, messageId) => {
      people.deletes(userId, messageId);
      faults.hit("message-deleted");
    },
    userVanishes: (userId, how) => {
      people.vanishes(userId, how);
      if (how !== undefined) faults.hit(how === "deactivated" ? "user-deactivated" : "chat-not-found");
    },
    removeWebhook: () => {
      faults.hit("webhook-removed");
      const { webhook: _, ...settings } = state.settings();
      state.putSettings(settings);
    },
    setProfile: (userId, profile) => people.setProfile(userId, profile),
    chat: (chatId) => {
      const chat = state.chat(chatId);
      return chat && viewChat(state, payments, chat, nowMs(world));
    },
    chats: () => state.chats().flatMap((chat) => summarize(state, payments, chat) ?? []),
    commands: (userId) => {
      const chat = state.chat(userId);
      return chat && visibleCommands(state, chat);
    },
    serveFile,
    watch: (watcher) => {
      watchers.add(watcher);
      return () => watchers.delete(watcher);
    },
    violations: api.violations,
    clearViolations: () => api.clearViolations(),
    pendingUpdateCount: () => delivery.pending().length,
    idle: () => delivery.idle(),
    faults,
  };
}

const refuse = (status: number, description: string): Response =>
  json({ ok: false, error_code: status, description }, status);

const toAnswer = (mime: string, fileName: string | undefined, bytes: Uint8Array): FileAnswer => ({
  mime,
  fileName,
  bytes,
});
