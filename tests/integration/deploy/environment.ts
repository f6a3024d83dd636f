/** fetch refuses port 1 without trying: no test can reach anything by accident. */
const NOWHERE = "http://127.0.0.1:1";

/** A complete, made-up environment; every service it names is out of reach. */
export const ENVIRONMENT: Readonly<Record<string, string>> = {
  TELEGRAM_BOT_TOKEN: "123456789:AAmade-up-token-for-tests-00000000",
  TELEGRAM_WEBHOOK_SECRET: "made-up-webhook-secret-1",
  TELEGRAM_API_ROOT: NOWHERE,
  KIE_API_KEY: "made-up-kie-key",
  KIE_BASE_URL: NOWHERE,
  KIE_UPLOAD_URL: NOWHERE,
  DATABASE_URL: "postgres://bot:made-up-password@db.localhost/bot",
  DATABASE_HTTP_ENDPOINT: `${NOWHERE}/sql`,
  QSTASH_TOKEN: "made-up-qstash-token",
  QSTASH_URL: NOWHERE,
  QSTASH_CURRENT_SIGNING_KEY: "sig_made_up_current",
  QSTASH_NEXT_SIGNING_KEY: "sig_made_up_next",
  ADMIN_ID: "1",
  CREDIT_TO_RUB_RATE: "0.39295",
  PUBLIC_URL: "https://bot.example.com",
};

/** Values that must not be printed or answered. */
export const SECRETS: readonly string[] = [
  "TELEGRAM_BOT_TOKEN",
  "TELEGRAM_WEBHOOK_SECRET",
  "KIE_API_KEY",
  "DATABASE_URL",
  "QSTASH_TOKEN",
  "QSTASH_CURRENT_SIGNING_KEY",
  "QSTASH_NEXT_SIGNING_KEY",
].map((name) => ENVIRONMENT[name] ?? "");
