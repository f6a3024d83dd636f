import { serve } from "../lib/app.ts";
import { telegramWebhook } from "../lib/endpoints/telegram.ts";

/** Telegram's webhook. */
export const POST = (request: Request): Promise<Response> => serve((app) => telegramWebhook(request, app));
