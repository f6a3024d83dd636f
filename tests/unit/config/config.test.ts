import { expect, test } from "vitest";
import { ConfigError, type Environment, readConfig, secretsOf } from "../../../lib/config/config.ts";

const COMPLETE: Record<string, string> = {
  TELEGRAM_BOT_TOKEN: "123456789:AAtoken-of-the-bot-0123456789",
  TELEGRAM_WEBHOOK_SECRET: "webhook-secret-0123456789",
  KIE_API_KEY: "kie-key-0123456789",
  DATABASE_URL: "postgres://owner:db-password-1@ep-x.eu-central-1.aws.neon.tech/neondb?sslmode=require",
  ADMIN_ID: "111, 222",
  CREDIT_TO_RUB_RATE: "0.39295",
  QSTASH_TOKEN: "qstash-token-0123456789",
  QSTASH_CURRENT_SIGNING_KEY: "sig_current_0123456789",
  QSTASH_NEXT_SIGNING_KEY: "sig_next_0123456789",
  PUBLIC_URL: "https://bot.example.com/",
};

const without = (...names: string[]): Environment =>
  Object.fromEntries(Object.entries(COMPLETE).filter(([name]) => !names.includes(name)));

function problemsOf(environment: Environment): readonly string[] {
  try {
    readConfig(environment);
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
  return [];
}

test("H4: a complete environment is read, with its defaults", () => {
  const config = readConfig(COMPLETE);
  expect(config).toMatchObject({
    ADMIN_ID: [111, 222],
    botId: 123_456_789,
    PUBLIC_URL: "https://bot.example.com",
    TELEGRAM_API_ROOT: "https://api.telegram.org",
    KIE_BASE_URL: "https://api.kie.ai",
    PRICE_MULTIPLIER: "2",
    MAX_RUNNING_PER_USER: 3,
    KIE_CATALOGUE_GAP_MS: 1_100,
    CATALOG_SYNC_HOURS: 24,
    CONFIRM_FROM_KOPECKS: 2_000n,
    LOG_LEVEL: "info",
  });
});

test.each(Object.keys(COMPLETE))("H4: a missing %s is named with an example", (name) => {
  const problems = problemsOf(without(name));
  expect(problems).toHaveLength(1);
  expect(problems[0]).toMatch(new RegExp(`^${name} is missing \\(for example .{3,}\\)$`));
});

test.each(Object.keys(COMPLETE))("H4: an empty %s counts as missing", (name) => {
  expect(problemsOf({ ...COMPLETE, [name]: "  " })).toEqual(problemsOf(without(name)));
});

test("H4: everything that is wrong is said at once", () => {
  expect(problemsOf({}).map((problem) => problem.split(" ")[0])).toEqual(expect.arrayContaining(Object.keys(COMPLETE)));
});

test.each([
  ["TELEGRAM_BOT_TOKEN", "hunter2-no-token"],
  ["TELEGRAM_WEBHOOK_SECRET", "hunter2"],
  ["TELEGRAM_WEBHOOK_SECRET", "hunter2 with spaces and more"],
  ["TELEGRAM_API_ROOT", "hunter2"],
  ["TELEGRAM_API_ROOT", "ftp://hunter2.example"],
  ["TELEGRAM_BOT_USERNAME", "@hunter2"],
  ["KIE_API_KEY", "hunter2"],
  ["KIE_BASE_URL", "hunter2"],
  ["KIE_UPLOAD_URL", "javascript:hunter2"],
  ["DATABASE_URL", "mysql://hunter2@host/db"],
  ["DATABASE_HTTP_ENDPOINT", "hunter2"],
  ["QSTASH_TOKEN", "hunter2"],
  ["QSTASH_URL", "hunter2"],
  ["QSTASH_CURRENT_SIGNING_KEY", "hunter2"],
  ["QSTASH_NEXT_SIGNING_KEY", "hunter2"],
  ["ADMIN_ID", "hunter2"],
  ["ADMIN_ID", "111;222"],
  ["ADMIN_ID", "@hunter2"],
  ["CREDIT_TO_RUB_RATE", "0,39 hunter2"],
  ["CREDIT_TO_RUB_RATE", "0.000"],
  ["CREDIT_TO_RUB_RATE", "-1"],
  ["CREDIT_TO_RUB_RATE", "1e3"],
  ["PRICE_MULTIPLIER", "hunter2"],
  ["PRICE_MULTIPLIER", "0"],
  ["WELCOME_BONUS_KOPECKS", "hunter2"],
  ["CONFIRM_FROM_KOPECKS", "20.00"],
  ["PUBLIC_URL", "hunter2"],
  ["MAX_RUNNING_PER_USER", "hunter2"],
  ["MAX_RUNNING_PER_USER", "0"],
  ["MAX_QUEUED_PER_USER", "-3"],
  ["KIE_CREATES_PER_10_SECONDS", "1.5"],
  ["KIE_CATALOGUE_GAP_MS", "-1"],
  ["CATALOG_SYNC_HOURS", "daily"],
  ["ARCHIVE_S3_ENDPOINT", "hunter2"],
  ["ARCHIVE_S3_REGION", "hunter2 west"],
  ["ARCHIVE_S3_BUCKET", "Hunter2"],
  ["ARCHIVE_S3_SECRET_ACCESS_KEY", "hunter2"],
  ["ARCHIVE_S3_PREFIX", "/hunter2"],
  ["HEALTH_TOKEN", "hunter2"],
  ["LOG_LEVEL", "hunter2"],
])("H4 H6: a malformed %s («%s») is named with an example and not repeated", (name, value) => {
  const problems = problemsOf({ ...COMPLETE, [name]: value });
  expect(problems).toHaveLength(1);
  expect(problems[0]).toMatch(new RegExp(`^${name} is malformed: .+ \\(for example .+\\)$`));
  expect(problems[0]).not.toContain("hunter2");
});

test("H6: the error that is thrown repeats no value of the whole environment", () => {
  const environment = { ...COMPLETE, ADMIN_ID: "nobody", LOG_LEVEL: "loud" };
  const told = problemsOf(environment).join("\n");
  for (const value of Object.values(COMPLETE)) expect(told).not.toContain(value);
});

test.each([
  ["DATABASE_URL", "POSTGRES_URL"],
  ["DATABASE_URL", "NEON_DATABASE_URL"],
  ["DATABASE_URL", "STORAGE_DATABASE_URL"],
  ["DATABASE_URL", "STORAGE_URL"],
  ["QSTASH_TOKEN", "STORAGE_QSTASH_TOKEN"],
  ["QSTASH_TOKEN", "UPSTASH_QSTASH_TOKEN"],
  ["QSTASH_CURRENT_SIGNING_KEY", "STORAGE_QSTASH_CURRENT_SIGNING_KEY"],
  ["QSTASH_NEXT_SIGNING_KEY", "UPSTASH_QSTASH_NEXT_SIGNING_KEY"],
] as const)("H4: %s is also taken from the marketplace's %s", (name, alias) => {
  const config = readConfig({ ...without(name), [alias]: COMPLETE[name] });
  expect(config[name]).toBe(COMPLETE[name]);
});

test("H4: the own name wins over the marketplace's", () => {
  const config = readConfig({ ...COMPLETE, POSTGRES_URL: "postgres://other@host/db" });
  expect(config.DATABASE_URL).toBe(COMPLETE.DATABASE_URL);
});

test("H4: without PUBLIC_URL Vercel's production domain is the address", () => {
  const environment = { ...without("PUBLIC_URL"), VERCEL_PROJECT_PRODUCTION_URL: "bot.vercel.app" };
  expect(readConfig(environment).PUBLIC_URL).toBe("https://bot.vercel.app");
  expect(readConfig({ ...environment, PUBLIC_URL: "https://own.example" }).PUBLIC_URL).toBe("https://own.example");
});

test.each([
  [{}, "dry-run", true],
  [{ ALLOW_REAL_GENERATION: "1" }, "real", false],
  [{ ALLOW_REAL_GENERATION: "TRUE" }, "real", false],
  [{ ALLOW_REAL_GENERATION: " yes " }, "real", false],
  [{ ALLOW_REAL_GENERATION: "0" }, "dry-run", true],
  [{ ALLOW_REAL_GENERATION: "enabled" }, "dry-run", true],
  [{ ALLOW_REAL_GENERATION: "1", DRY_RUN: "1" }, "dry-run", true],
  [{ ALLOW_REAL_GENERATION: "1", KIE_STUB: "yes" }, "dry-run", true],
  [{ ALLOW_REAL_GENERATION: "1", TEST_MODE: "true" }, "test", true],
  [{ ALLOW_REAL_GENERATION: "1", TEST_MODE: "1", DRY_RUN: "1" }, "test", true],
  [{ ALLOW_REAL_GENERATION: "1", TEST_MODE: "0", DRY_RUN: "false" }, "real", false],
])("C11: the switches %j mean %s", (switches, mode, mockKie) => {
  expect(readConfig({ ...COMPLETE, ...switches })).toMatchObject({ mode, mockKie });
});

const ARCHIVE = {
  ARCHIVE_S3_ENDPOINT: "https://s3.example/",
  ARCHIVE_S3_REGION: "ru-central1",
  ARCHIVE_S3_BUCKET: "results",
  ARCHIVE_S3_ACCESS_KEY_ID: "access-key-id",
  ARCHIVE_S3_SECRET_ACCESS_KEY: "secret-access-key",
};

test("D8 H4: an archive is set up by all of its variables, or by none", () => {
  expect(readConfig(COMPLETE).archive).toBeNull();
  expect(readConfig({ ...COMPLETE, ...ARCHIVE }).archive).toEqual({
    endpoint: "https://s3.example",
    region: "ru-central1",
    bucket: "results",
    accessKeyId: "access-key-id",
    secretAccessKey: "secret-access-key",
    prefix: "",
  });
  expect(readConfig({ ...COMPLETE, ...ARCHIVE, ARCHIVE_S3_PREFIX: "a/b" }).archive?.prefix).toBe("a/b");
  for (const name of Object.keys(ARCHIVE)) {
    const problems = problemsOf({ ...COMPLETE, ...ARCHIVE, [name]: "" });
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(new RegExp(`^${name} is missing: .+ \\(for example .+\\)$`));
  }
});

test("H6: every secret of the configuration is on the list of what a log must not show", () => {
  const extra = { KIE_WEBHOOK_HMAC_KEY: "hmac-one-1, hmac-two-2", HEALTH_TOKEN: "health-token-0123456789", ...ARCHIVE };
  const secrets = secretsOf(readConfig({ ...COMPLETE, ...extra }));
  const names = [
    "TELEGRAM_BOT_TOKEN",
    "TELEGRAM_WEBHOOK_SECRET",
    "KIE_API_KEY",
    "DATABASE_URL",
    "QSTASH_TOKEN",
    "QSTASH_CURRENT_SIGNING_KEY",
    "QSTASH_NEXT_SIGNING_KEY",
  ];
  for (const name of names) expect(secrets).toContain(COMPLETE[name]);
  const others = ["hmac-one-1", "hmac-two-2", "health-token-0123456789", "access-key-id", "secret-access-key"];
  expect(secrets).toEqual(expect.arrayContaining(others));
});
