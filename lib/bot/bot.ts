import { Composer, Telegram } from "telegraf";
import { type App, withLogFields } from "../services/app.ts";
import { BotContext, type WebhookReply } from "./context.ts";
import type { IncomingUpdate } from "./incoming.ts";
import { onMembership } from "./on-membership.ts";
import { onMessage } from "./on-message.ts";
import { onPayment, onPreCheckout } from "./on-payment.ts";
import { onTap } from "./on-tap.ts";

interface Bot {
  /**
   * Handles one update.
   * @returns the call to put into the HTTP response, or null. Unknown kinds of updates do nothing.
   * @throws whatever went wrong; the endpoint counts it.
   */
  handle(update: IncomingUpdate): Promise<WebhookReply | null>;
}

/** Update kinds that the bot reads: the webhook is set to these, and everything else is answered with 200. */
export const ALLOWED_UPDATES = ["message", "callback_query", "pre_checkout_query", "my_chat_member"] as const;

const made = new WeakMap<App, Bot>();

/** The bot of an app, made with its first update: the other endpoints never need one. */
export function botOf(app: App): Bot {
  const known = made.get(app);
  if (known !== undefined) return known;
  const bot = createBot(app);
  made.set(app, bot);
  return bot;
}

/**
 * The router. telegraf's Composer finds the handler; no sessions, no scenes, no replies of its own, and `botInfo` is
 * preset, so that it never calls getMe.
 */
function createBot(app: App): Bot {
  const composer = new Composer<BotContext>();
  const ofUpdate = (context: BotContext): App => withLogFields(app, { updateId: context.update.update_id });
  composer.on(kind("callback_query"), (context) => onTap(ofUpdate(context), context));
  composer.on(kind("pre_checkout_query"), (context) => onPreCheckout(ofUpdate(context), context));
  composer.on(kind("message"), async (context) => {
    // Money first: whatever else a message may be, a payment in it must not be passed over.
    if (!(await onPayment(ofUpdate(context), context))) await onMessage(ofUpdate(context), context);
  });
  composer.on(kind("my_chat_member"), (context) => onMembership(ofUpdate(context), context));
  const run = composer.middleware();

  const telegram = new Telegram(app.config.TELEGRAM_BOT_TOKEN, { apiRoot: app.config.TELEGRAM_API_ROOT });
  const botInfo = {
    id: app.config.botId,
    is_bot: true as const,
    first_name: "bot",
    username: app.config.TELEGRAM_BOT_USERNAME ?? "bot",
    can_join_groups: false,
    can_read_all_group_messages: false,
    supports_inline_queries: false,
  };
  return {
    async handle(update) {
      const context = new BotContext(update as never, telegram, botInfo);
      await run(context, async () => {
        const kinds = Object.keys(update).filter((key) => key !== "update_id");
        ofUpdate(context).log.info("update.unknown-kind", { kinds });
      });
      return context.response;
    },
  };
}

/** By the update's own member: telegraf's filter by name also looks into `message`, which throws when that is null. */
function kind(name: (typeof ALLOWED_UPDATES)[number]) {
  return (update: object): update is never => Object.hasOwn(update, name);
}
