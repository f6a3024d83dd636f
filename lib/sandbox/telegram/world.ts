import type { APIMethods } from "@gramio/types/methods";
import type { TelegramChat, TelegramMessage, TelegramUser } from "@gramio/types/objects";
import type { APIMethodParams } from "@gramio/types/utils";
import { SECOND_MS } from "../../shared/clock.ts";
import type { SandboxContext } from "../context.ts";
import type { Delivery } from "./delivery.ts";
import { BotApiError, refusal } from "./errors.ts";
import type { PaymentsState } from "./payments-state.ts";
import type { StoredChat, TelegramState } from "./state.ts";

/** What every method works on. */
export interface World {
  context: SandboxContext;
  state: TelegramState;
  payments: PaymentsState;
  delivery: Delivery;
  bot: TelegramUser;
  /** Tells whoever watches (the chat page) that a chat looks different now. */
  changed(chatId: number): void;
}

export type Parts = ReadonlyMap<string, File>;

/** One Bot API method. Parameters have passed the schema; it adds the rules that the schema can not say. */
export type Method<M extends keyof APIMethods> = (
  world: World,
  params: Record<string, unknown> & APIMethodParams<M>,
  parts: Parts,
) => unknown;

export const nowMs = (world: World): number => world.context.clock.now().getTime();

/** Unix seconds, virtual time. */
export const nowSeconds = (world: World): number => Math.floor(nowMs(world) / SECOND_MS);

/**
 * The chat that a bot may write to.
 *
 * @throws BotApiError 400 `chat not found`, 403 when the person has blocked the bot or deleted the account.
 */
export function writableChat(world: World, chatId: number | string): StoredChat {
  const stored = existingChat(world, chatId);
  if (stored.gone === "deactivated") throw new BotApiError(403, "Forbidden: user is deactivated", false);
  if (stored.isBlocked) throw new BotApiError(403, "Forbidden: bot was blocked by the user", false);
  return stored;
}

export function existingChat(world: World, chatId: number | string): StoredChat {
  const stored = Number.isSafeInteger(Number(chatId)) ? world.state.chat(Number(chatId)) : undefined;
  if (!stored?.isStarted || stored.gone === "not-found") throw refusal("chat not found");
  return stored;
}

/** A private chat as messages show it, from the person's profile. */
export const privateChat = ({ id, first_name, last_name, username }: TelegramUser): TelegramChat => ({
  id,
  type: "private",
  first_name,
  ...(last_name === undefined ? {} : { last_name }),
  ...(username === undefined ? {} : { username }),
});

/** A message as another one quotes it: without what it quotes itself. */
export function asQuoted({ reply_to_message: _, ...message }: TelegramMessage): TelegramMessage {
  return message;
}
