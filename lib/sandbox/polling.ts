import { ALLOWED_UPDATES } from "../bot/bot.ts";
import { updateSchema } from "../bot/incoming.ts";
import { telegramWebhook } from "../endpoints/telegram.ts";
import type { BotMethod } from "../telegram/client.ts";
import { TelegramFailure } from "../telegram/failure.ts";
import type { Sandbox } from "./sandbox.ts";

const WAIT_SECONDS = 25;
/** After a failed poll or update. */
const PAUSE_MS = 3_000;
/** An update that fails more often is left behind; the endpoint has told the admins by then. */
const MAX_TRIES = 3;

/**
 * Fetches updates of a real bot and hands them to the webhook's own endpoint, whose answer may hold a method call.
 *
 * @throws when the bot has a webhook: somebody else serves it, and taking that away is the operator's decision.
 */
export async function pollTelegram(sandbox: Sandbox, note: (line: string) => void): Promise<{ stop(): Promise<void> }> {
  const { app } = sandbox;
  const info = await app.telegram.call("getWebhookInfo");
  if (info.url !== "") {
    throw new Error(
      "This bot has a webhook, so another program serves it. Use the token of another bot, or remove the webhook first.",
    );
  }
  const stopping = new AbortController();

  async function handle(update: unknown): Promise<void> {
    for (let attempt = 1; attempt <= MAX_TRIES; attempt += 1) {
      const request = new Request(`${app.config.PUBLIC_URL}/api/telegram`, {
        method: "POST",
        headers: { "x-telegram-bot-api-secret-token": app.config.TELEGRAM_WEBHOOK_SECRET },
        body: JSON.stringify(update),
      });
      const response = await telegramWebhook(request, app);
      if (!response.ok) {
        await pause();
        continue;
      }
      const { method, ...parameters } = (await response.json()) as { method?: BotMethod };
      if (method !== undefined) await app.telegram.call(method, parameters as never).catch(report);
      return;
    }
  }

  function report(error: unknown): void {
    note(error instanceof TelegramFailure ? `Telegram: ${error.message}` : "Telegram: a call failed");
  }
  const pause = () => new Promise((resolve) => setTimeout(resolve, PAUSE_MS));

  async function run(): Promise<void> {
    let offset = 0;
    while (!stopping.signal.aborted) {
      try {
        const updates = await app.telegram.call(
          "getUpdates",
          { offset, timeout: WAIT_SECONDS, allowed_updates: [...ALLOWED_UPDATES] },
          { signal: stopping.signal },
        );
        for (const update of updates) {
          await handle(update);
          offset = updateSchema.parse(update).update_id + 1;
        }
      } catch (error) {
        if (stopping.signal.aborted) return;
        report(error);
        await pause();
      }
    }
  }
  const running = run();
  return {
    async stop() {
      stopping.abort();
      await running;
    },
  };
}
