import type { Environment } from "../config/config.ts";

/** Names under which the simulators are mounted on the one local server. */
export const PREFIXES = {
  telegram: "/telegram",
  kie: "/kie",
  kieUpload: "/kie-upload",
  kieFiles: "/kie-files",
  qstash: "/qstash",
  neon: "/neon",
} as const;

/** The simulated bot. Its number is the first part of the token, as with real ones. */
export const SANDBOX_BOT = { id: 1000000001, username: "sandbox_bot", first_name: "Песочница" };
/** The person who administrates in the sandbox. */
export const SANDBOX_ADMIN_ID = 1;

/**
 * A complete configuration that points at the simulators. The secrets are none: they guard nothing but this machine's
 * play, and are here so that every check runs as in production. Anything the operator set wins.
 */
export function sandboxEnvironment(origin: string, databaseUrl: string, operator: Environment): Environment {
  const defaults: Record<string, string> = {
    TELEGRAM_BOT_TOKEN: `${SANDBOX_BOT.id}:sandbox-token-that-opens-nothing`,
    TELEGRAM_WEBHOOK_SECRET: "sandbox-webhook-secret-0001",
    TELEGRAM_API_ROOT: `${origin}${PREFIXES.telegram}`,
    TELEGRAM_BOT_USERNAME: SANDBOX_BOT.username,
    KIE_API_KEY: "sandbox-kie-key",
    KIE_BASE_URL: `${origin}${PREFIXES.kie}`,
    KIE_UPLOAD_URL: `${origin}${PREFIXES.kieUpload}`,
    KIE_WEBHOOK_HMAC_KEY: "sandbox-hmac-key",
    DATABASE_URL: databaseUrl,
    DATABASE_HTTP_ENDPOINT: `${origin}${PREFIXES.neon}/sql`,
    QSTASH_URL: `${origin}${PREFIXES.qstash}`,
    QSTASH_TOKEN: "sandbox-qstash-token",
    QSTASH_CURRENT_SIGNING_KEY: "sig_sandbox_current_key",
    QSTASH_NEXT_SIGNING_KEY: "sig_sandbox_next_key",
    ADMIN_ID: String(SANDBOX_ADMIN_ID),
    CREDIT_TO_RUB_RATE: "0.39295",
    STARS_TO_RUB: "1.5",
    BANK_REQUISITES: "Банк: Песочница\nКарта: 2200 0000 0000 0000\nПолучатель: Иван И.",
    BANK_SBP_LINK: "https://qr.nspk.ru/AS000000000000?type=02&sum={amount}&cur=RUB",
    WELCOME_BONUS_KOPECKS: "5000",
    FREE_PER_DAY: "3",
    REFERRAL_BONUS_KOPECKS: "5000",
    PUBLIC_URL: origin,
    ALLOW_REAL_GENERATION: "1",
    HEALTH_TOKEN: "sandbox-health-token",
    LOG_LEVEL: "warn",
  };
  const chosen = Object.fromEntries(Object.entries(operator).filter(([, value]) => (value ?? "").trim() !== ""));
  const usesRealTelegram = chosen["TELEGRAM_BOT_TOKEN"] !== undefined;
  const usesRealKie = chosen["KIE_API_KEY"] !== undefined;
  const merged: Record<string, string | undefined> = { ...defaults, ...chosen };
  // A real token must never be sent to a simulator, nor a made-up one to the real service.
  if (usesRealTelegram && chosen["TELEGRAM_API_ROOT"] === undefined) {
    delete merged["TELEGRAM_API_ROOT"];
    if (chosen["TELEGRAM_BOT_USERNAME"] === undefined) delete merged["TELEGRAM_BOT_USERNAME"];
  }
  if (usesRealKie) {
    for (const name of ["KIE_BASE_URL", "KIE_UPLOAD_URL", "KIE_WEBHOOK_HMAC_KEY"]) {
      if (chosen[name] === undefined) delete merged[name];
    }
    // Real money: only when it was asked for.
    if (chosen["ALLOW_REAL_GENERATION"] === undefined) delete merged["ALLOW_REAL_GENERATION"];
  }
  return merged;
}
