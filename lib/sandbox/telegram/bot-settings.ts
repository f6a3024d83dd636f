/** Methods about the bot itself: who it is, its commands, descriptions, menu button and webhook. */
import type { TelegramBotCommand, TelegramBotCommandScope } from "@gramio/types/objects";
import { SECOND_MS } from "../../shared/clock.ts";
import { BotApiError, violation } from "./errors.ts";
import type { StoredChat, TelegramState, WebhookConfig } from "./state.ts";
import { existingChat, type Method } from "./world.ts";

const MAX_COMMANDS = 100;
const DEFAULT_CONNECTIONS = 40;
const DEFAULT_UPDATES_LIMIT = 100;

export const getMe: Method<"getMe"> = (world) => ({
  ...world.bot,
  can_join_groups: true,
  can_read_all_group_messages: false,
  supports_inline_queries: false,
});

const scopeKey = (scope: TelegramBotCommandScope | undefined, language: string): string => {
  const parts: (string | number)[] = [scope?.type ?? "default"];
  if (scope && "chat_id" in scope) parts.push(Number(scope.chat_id));
  if (scope && "user_id" in scope) parts.push(scope.user_id);
  return `${parts.join(":")}/${language}`;
};

function languageOf(code: string | undefined): string {
  if (code !== undefined && code !== "" && !/^[a-z]{2}$/.test(code)) throw violation("LANG_CODE_INVALID");
  return code ?? "";
}

export const setMyCommands: Method<"setMyCommands"> = (world, { commands, scope, language_code }) => {
  if (commands.length > MAX_COMMANDS) throw violation("BOT_COMMANDS_TOO_MUCH");
  for (const { command, description } of commands) {
    if (!/^\/?[a-z0-9_]{1,32}$/.test(command)) throw violation(`BOT_COMMAND_INVALID (${command})`);
    if (description.trim() === "") throw violation(`BOT_COMMAND_DESCRIPTION_INVALID (${command})`);
  }
  if (scope && "chat_id" in scope) existingChat(world, scope.chat_id);
  const plain = commands.map(({ command, description }) => ({ command: command.replace("/", ""), description }));
  const key = scopeKey(scope, languageOf(language_code));
  if (plain.length === 0) world.state.deleteCommands(key);
  else world.state.putCommands(key, plain);
  return true;
};

export const getMyCommands: Method<"getMyCommands"> = (world, { scope, language_code }) =>
  world.state.commands(scopeKey(scope, languageOf(language_code))) ?? [];

export const deleteMyCommands: Method<"deleteMyCommands"> = (world, { scope, language_code }) => {
  world.state.deleteCommands(scopeKey(scope, languageOf(language_code)));
  return true;
};

/** The commands that a person sees in the menu: the narrowest scope wins, in it the person's language. */
export function visibleCommands(state: TelegramState, { chat, user }: StoredChat): TelegramBotCommand[] {
  const scopes = user
    ? [`chat:${chat.id}`, "all_private_chats", "default"]
    : [`chat:${chat.id}`, "all_group_chats", "default"];
  const languages = [user?.language_code?.slice(0, 2) ?? "", ""];
  for (const scope of scopes) {
    for (const language of languages) {
      const commands = state.commands(`${scope}/${language}`);
      if (commands) return commands;
    }
  }
  return [];
}

type TextName = "name" | "description" | "short_description";

const setText =
  <M extends "setMyName" | "setMyDescription" | "setMyShortDescription">(name: TextName): Method<M> =>
  (world, params) => {
    const settings = world.state.settings();
    const given: Record<string, unknown> = params;
    const key = `${name}:${languageOf(params.language_code)}`;
    world.state.putSettings({ ...settings, texts: { ...settings.texts, [key]: String(given[name] ?? "") } });
    return true;
  };

const getText =
  <M extends "getMyName" | "getMyDescription" | "getMyShortDescription">(name: TextName): Method<M> =>
  (world, params) => {
    const { texts } = world.state.settings();
    const fallback = name === "name" ? world.bot.first_name : "";
    return { [name]: texts[`${name}:${languageOf(params.language_code)}`] || texts[`${name}:`] || fallback };
  };

export const setMyName = setText<"setMyName">("name");
export const setMyDescription = setText<"setMyDescription">("description");
export const setMyShortDescription = setText<"setMyShortDescription">("short_description");
export const getMyName = getText<"getMyName">("name");
export const getMyDescription = getText<"getMyDescription">("description");
export const getMyShortDescription = getText<"getMyShortDescription">("short_description");

export const setChatMenuButton: Method<"setChatMenuButton"> = (world, { chat_id, menu_button }) => {
  const settings = world.state.settings();
  const key = chat_id === undefined ? "default" : String(existingChat(world, chat_id).chat.id);
  world.state.putSettings({
    ...settings,
    menuButtons: { ...settings.menuButtons, [key]: menu_button ?? { type: "default" } },
  });
  return true;
};

export const getChatMenuButton: Method<"getChatMenuButton"> = (world, { chat_id }) => {
  const { menuButtons } = world.state.settings();
  return menuButtons[String(chat_id ?? "default")] ?? menuButtons.default ?? { type: "commands" };
};

export const setWebhook: Method<"setWebhook"> = (world, params) => {
  if (params.url === "") return deleteWebhook(world, params, new Map());
  if (!isWebhookUrl(params.url)) throw violation("bad webhook: An HTTPS URL must be provided for webhook");
  if (params.secret_token !== undefined && !/^[A-Za-z0-9_-]+$/.test(params.secret_token)) {
    throw violation("secret token contains unallowed characters");
  }
  const webhook: WebhookConfig = {
    url: params.url,
    maxConnections: params.max_connections ?? DEFAULT_CONNECTIONS,
    ...(params.secret_token === undefined ? {} : { secretToken: params.secret_token }),
  };
  const settings = world.state.settings();
  const allowedUpdates = params.allowed_updates ?? settings.allowedUpdates;
  world.state.putSettings({ ...settings, webhook, ...(allowedUpdates ? { allowedUpdates } : {}) });
  if (params.drop_pending_updates) world.delivery.dropPending();
  world.delivery.webhookChanged();
  return true;
};

/** HTTPS, as Telegram demands, or this machine: the sandbox has no certificate. */
function isWebhookUrl(url: string): boolean {
  if (!URL.canParse(url)) return false;
  const { protocol, hostname } = new URL(url);
  return protocol === "https:" || (protocol === "http:" && ["127.0.0.1", "localhost", "[::1]"].includes(hostname));
}

export const deleteWebhook: Method<"deleteWebhook"> = (world, params) => {
  const { webhook: _, ...settings } = world.state.settings();
  world.state.putSettings(settings);
  if (params.drop_pending_updates) world.delivery.dropPending();
  return true;
};

export const getWebhookInfo: Method<"getWebhookInfo"> = (world) => {
  const { webhook, allowedUpdates } = world.state.settings();
  return {
    url: webhook?.url ?? "",
    has_custom_certificate: false,
    pending_update_count: world.delivery.pending().length,
    ...(webhook ? { max_connections: webhook.maxConnections, ip_address: "127.0.0.1" } : {}),
    ...(webhook?.lastErrorAt === undefined ? {} : { last_error_date: webhook.lastErrorAt }),
    ...(webhook?.lastErrorMessage === undefined ? {} : { last_error_message: webhook.lastErrorMessage }),
    ...(allowedUpdates && allowedUpdates.length > 0 ? { allowed_updates: allowedUpdates } : {}),
  };
};

export const getUpdates: Method<"getUpdates"> = async (world, params) => {
  const settings = world.state.settings();
  if (settings.webhook) {
    throw new BotApiError(
      409,
      "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first",
      true,
    );
  }
  if (params.allowed_updates) world.state.putSettings({ ...settings, allowedUpdates: params.allowed_updates });
  const { offset = 0, limit = DEFAULT_UPDATES_LIMIT, timeout = 0 } = params;
  const ready = world.delivery.take(offset, limit);
  if (ready.length > 0) return ready;
  await world.delivery.nextUpdate(timeout * SECOND_MS);
  return world.delivery.take(offset, limit);
};
