import { ALLOWED_UPDATES } from "../bot/bot.ts";
import { commandList } from "../conversation/commands.ts";
import { saveSetting } from "../db/health.ts";
import type { App } from "../services/app.ts";
import { orderSync } from "../services/catalog/sync.ts";
import { seedPromos } from "../services/promo/seed.ts";
import { LANGUAGES } from "../shared/localized.ts";
import { telegramKind } from "../telegram/failure.ts";
import { migrateDatabase } from "./migrate.ts";

export interface SetUpStep {
  name: string;
  ok: boolean;
  /** What was done, or what is wrong and what to do about it. */
  detail: string;
}

const SWEEP_SCHEDULE_ID = "sweep";
/** Each may hold one database round trip; the smallest Neon compute has room for more. */
const MAX_CONNECTIONS = 20;

/**
 * Makes an installation work: database layout, webhook with its secret, commands, the sweeper's schedule, and a look at
 * KIE. Each step says what it did or what is wrong; a failing one does not stop the others. Safe to repeat.
 *
 * @param options `migrations`: the folder `drizzle/`. `webhook`: false where updates are polled. `sync`: whether the
 *   catalog is compared with KIE's afterwards, by a job; admins get a message when it is done.
 */
export async function setUp(
  app: App,
  options: { migrations: URL; webhook: boolean; sync?: boolean },
): Promise<SetUpStep[]> {
  let me: { id: number; username?: string | undefined } | undefined;
  return [
    await attempt("database", "Check DATABASE_URL: host, user, password.", async () => {
      await migrateDatabase(app.config.DATABASE_URL, options.migrations);
      return "migrated";
    }),
    await attempt("promo codes", "Check DATABASE_URL and the line above.", () => seedPromos(app)),
    await attempt("bot", "Check TELEGRAM_BOT_TOKEN: the token that BotFather gave.", async () => {
      me = await app.telegram.call("getMe");
      return `@${me.username ?? me.id}`;
    }),
    await attempt("record", "Check DATABASE_URL and the lines above.", async () => {
      if (me === undefined) throw new Error("The bot's name is not known");
      await saveSetting(app.database, "bot", { id: me.id, username: me.username ?? null }, app.clock.now());
      return "the bot's id and name are stored";
    }),
    ...(options.webhook
      ? [
          await attempt("webhook", "Check PUBLIC_URL (https, no redirect) and TELEGRAM_BOT_TOKEN.", () =>
            setWebhook(app),
          ),
        ]
      : []),
    await attempt("commands", "Check TELEGRAM_BOT_TOKEN.", async () => {
      for (const language of LANGUAGES) {
        // The fallback for every other language is Russian, the product's first.
        const codes = language === "ru" ? ["", "ru"] : [language];
        for (const code of codes) {
          await app.telegram.call("setMyCommands", {
            commands: commandList(language),
            scope: { type: "all_private_chats" },
            ...(code === "" ? {} : { language_code: code }),
          });
        }
      }
      return `${commandList("ru").length} commands${await setAdminCommands(app)}`;
    }),
    await attempt("schedule", "Check QSTASH_TOKEN and QSTASH_URL: both belong to one region.", async () => {
      await app.queue.upsertSchedule({
        scheduleId: SWEEP_SCHEDULE_ID,
        cron: app.config.SWEEP_CRON,
        job: { name: "sweep" },
      });
      return app.config.SWEEP_CRON;
    }),
    await attempt("kie", "Check KIE_API_KEY and its IP allow-list.", async () => {
      if (app.config.mockKie) return `not asked: ${app.config.mode} mode answers from the built-in mock`;
      return `${await app.kie.credits()} credits`;
    }),
    ...(options.sync === true
      ? [
          await attempt("catalog", "Check DATABASE_URL and the lines above.", async () => {
            if (app.config.mockKie) return `not compared with KIE's: ${app.config.mode} mode never asks KIE`;
            const isBegun = await orderSync(app, "set-up");
            return isBegun ? "is being compared with KIE's; admins are told" : "is already being compared with KIE's";
          }),
        ]
      : []),
  ];
}

async function setWebhook(app: App): Promise<string> {
  const url = `${app.config.PUBLIC_URL}/api/telegram`;
  await app.telegram.call("setWebhook", {
    url,
    secret_token: app.config.TELEGRAM_WEBHOOK_SECRET,
    allowed_updates: [...ALLOWED_UPDATES],
    max_connections: MAX_CONNECTIONS,
  });
  const info = await app.telegram.call("getWebhookInfo");
  if (info.url !== url) throw new Error("Telegram kept another webhook URL");
  return url;
}

async function attempt(name: string, advice: string, step: () => Promise<string>): Promise<SetUpStep> {
  try {
    return { name, ok: true, detail: await step() };
  } catch (error) {
    return { name, ok: false, detail: `${describe(error)} ${advice}` };
  }
}

/** The adapters' errors carry no secrets; anything else is reduced to its kind. */
function describe(error: unknown): string {
  if (!(error instanceof Error)) return "Failed.";
  const isOurs = ["TelegramFailure", "KieRejected", "KieUnavailable", "DatabaseFailure", "QueueFailure"].includes(
    error.name,
  );
  return isOurs ? `${error.message}.` : `Failed (${error.name}).`;
}

/** An admin's chat exists once the admin wrote to the bot; until then Telegram refuses a list for it. */
async function setAdminCommands(app: App): Promise<string> {
  const strangers: number[] = [];
  for (const chatId of app.config.ADMIN_ID) {
    try {
      for (const language of LANGUAGES) {
        await app.telegram.call("setMyCommands", {
          commands: commandList(language, { isAdmin: true }),
          scope: { type: "chat", chat_id: chatId },
          ...(language === "ru" ? {} : { language_code: language }),
        });
      }
    } catch (error) {
      if (telegramKind(error) !== "chat-gone") throw error;
      strangers.push(chatId);
    }
  }
  return strangers.length === 0
    ? ""
    : `; without /admin in the menu of ${strangers.join(", ")}, who never wrote to the bot`;
}
