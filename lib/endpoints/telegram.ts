import { botOf } from "../bot/bot.ts";
import { type IncomingUpdate, updateSchema } from "../bot/incoming.ts";
import { countFailure } from "../db/dialogues.ts";
import { addToOutbox } from "../db/outbox.ts";
import { answer, receiveWebhook } from "../http/receive.ts";
import { secretsEqual } from "../http/secrets.ts";
import type { App } from "../services/app.ts";
import { TelegramFailure } from "../telegram/failure.ts";

/** After so many failures an update is given up: Telegram would block the chat with it for a day. */
const GIVE_UP_AT = 3;

/**
 * The Telegram webhook. 200 with, or without, a method call in the body; 401 without the secret; 503 with Retry-After
 * for an update that failed less than three times, so that nothing (a payment, later) is lost.
 */
export function telegramWebhook(request: Request, app: App): Promise<Response> {
  return receiveWebhook(request, {
    log: app.log,
    verify: (incoming) =>
      secretsEqual(incoming.headers.get("x-telegram-bot-api-secret-token"), app.config.TELEGRAM_WEBHOOK_SECRET),
    schema: updateSchema,
    run: async (update) => {
      try {
        const reply = await botOf(app).handle(update);
        return reply === null ? answer(200, { ok: true }) : answer(200, reply);
      } catch (error) {
        return await afterFailure(app, update, error);
      }
    },
  });
}

/** A flood limit tells how long to wait; an earlier try would only use up another of the three. */
function floodWaitSeconds(error: unknown): number | null {
  return error instanceof TelegramFailure ? error.retryAfterSeconds : null;
}

async function afterFailure(app: App, update: IncomingUpdate, error: unknown): Promise<Response> {
  const log = app.log.child({ updateId: update.update_id });
  log.error("update.failed", { error });
  const now = app.clock.now();
  try {
    const failures = await countFailure(app.database, {
      updateId: update.update_id,
      userId: null,
      error: error instanceof Error ? error.name : "unknown",
      giveUpAt: GIVE_UP_AT,
      now,
    });
    if (failures < GIVE_UP_AT) {
      const waitSeconds = floodWaitSeconds(error) ?? 2 * failures;
      return answer(503, { error: "try again" }, { "retry-after": String(waitSeconds) });
    }
    await addToOutbox(app.database, {
      messages: app.config.ADMIN_ID.map((adminId) => ({
        id: `alert:failed-update:${now.toISOString().slice(0, 13)}:${adminId}`,
        userId: adminId,
        kind: "alert",
        payload: { name: "failed-update", code: String(update.update_id) },
      })),
      now,
    });
    log.error("update.given-up", { failures });
    return answer(200, { ok: true });
  } catch (databaseError) {
    log.error("update.not-counted", { error: databaseError });
    return answer(503, { error: "try again" }, { "retry-after": "10" });
  }
}
