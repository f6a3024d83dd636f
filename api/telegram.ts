import { productionApp } from "../lib/app.ts";
import { telegramWebhook } from "../lib/endpoints/telegram.ts";

/** Telegram's webhook. */
export const POST = (request: Request): Promise<Response> => {
  const { app, bot } = productionApp();
  return telegramWebhook(request, app, bot);
};
