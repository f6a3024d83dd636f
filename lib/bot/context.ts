import { Context } from "telegraf";

/** A Bot API call that rides in the HTTP response to the webhook: costs no round trip, and its result is invisible. */
export type WebhookReply = { method: string } & Record<string, unknown>;

/** telegraf's context, and what the handler wants to put into the HTTP response. */
export class BotContext extends Context {
  response: WebhookReply | null = null;
}
